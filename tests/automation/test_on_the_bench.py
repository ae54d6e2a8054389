"""From a mail to who is told of it: the relay, the event bus, webhooks and rules, over moto."""

import json

import pytest

from chalicelib.automation import service
from chalicelib.gateways import outward
from chalicelib.gateways.outward import Answer
from chalicelib.model.case import Case
from chalicelib.model.rule import RuleRun
from chalicelib.model.webhook import DeliveryOutcome, WebhookDelivery
from tests.workbench import Bench, mail_bytes

pytestmark = pytest.mark.usefixtures("no_index")

SPAM = json.dumps(
    [
        {
            "name": "orders",
            "when": "case.opened",
            "if": [{"field": "case.subject", "contains": ["order"]}],
            "then": [{"do": "set_topic", "to": "delivery"}],
        },
        {
            "name": "look-twice",
            "when": "case.changed",
            "if": [{"field": "data.changed", "equals": "topic"}],
            "then": [{"do": "set_attention", "to": "check the parcel"}],
        },
    ]
)


class Receiver:
    """In place of the world outside: what it was sent, and what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, dict[str, str]]] = []
        self.answer = Answer(204, 5)

    def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.got.append((url, body, headers))
        return self.answer

    @property
    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body, _ in self.got]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    twin = Receiver()
    monkeypatch.setattr(outward, "post", twin.post)
    return twin


def listen(*types: str, team: str = "") -> str:
    webhook, _ = service.make_webhook(
        url="https://hooks.example.com/liana", types=types, description="", team=team, active=True, by="shop",
        receipt_key="one",
    )  # fmt: skip
    return webhook.id


def test_a_mail_is_told_to_a_webhook_once(bench: Bench, receiver: Receiver) -> None:
    listen("case.opened", "interaction.*")

    bench.receive(mail_bytes())
    bench.run()

    assert receiver.types.count("case.opened") == 1
    assert "interaction.received" in receiver.types
    assert {delivery.outcome for delivery in bench.rows(WebhookDelivery)} == {DeliveryOutcome.DELIVERED}


def test_nothing_is_handed_on_while_nobody_listens(bench: Bench, receiver: Receiver) -> None:
    bench.receive(mail_bytes())
    bench.run()

    assert bench.rows(WebhookDelivery) == []


def test_a_rule_sets_the_topic_and_the_next_rule_follows_it(bench: Bench) -> None:
    service.save_rules(SPAM)

    bench.receive(mail_bytes())
    bench.run()

    (case,) = bench.rows(Case)
    assert (case.topic, case.attention) == ("delivery", "check the parcel")
    assert sorted(run.rule for run in bench.rows(RuleRun)) == ["look-twice", "orders"]
    assert bench.failures == []
