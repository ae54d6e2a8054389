"""Everybody who listens is told, once; what fails with one holds up nobody else. Over moto, on one stage."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.automation import events, service
from chalicelib.gateways import bus, outward
from chalicelib.gateways.outward import Answer
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Unavailable
from chalicelib.model.case import Case
from chalicelib.model.domain_event import DomainEvent, Subject
from chalicelib.model.event import EventKind
from chalicelib.model.webhook import DeliveryOutcome, Listeners, Webhook, WebhookDelivery
from chalicelib.storage import automation as storage
from chalicelib.storage import cases, customers, due, keys, table
from chalicelib.storage.commit import commit
from tests.auth.callers import shared_stage
from tests.automation.things import make_event, make_webhook
from tests.factories import NOON, make_case, make_customer
from tests.workbench import Bench, far_from_now, set_environment

_NUMBERS = count(1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage is the module's; nobody listens, and there are no rules."""
    listening = storage.listeners()
    if listening != Listeners():
        commit(Decision((Listeners(version=listening.version),)))
    service.save_rules("")
    storage.forget()


class World:
    """In place of the world outside."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.answer = Answer(204, 5)

    def post(self, url: str, _body: bytes, _headers: dict[str, str]) -> Answer:
        self.got.append(url)
        return self.answer


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    twin = World()
    monkeypatch.setattr(outward, "post", twin.post)
    return twin


def listen(*types: str, team: str = "") -> Webhook:
    number = next(_NUMBERS)
    made, _ = service.make_webhook(
        url=f"https://hooks.example.com/{number}", types=types, description="", team=team, active=True, by="shop",
        receipt_key=str(number),
    )  # fmt: skip
    return made


def opened(team: str = "", **fields: Any) -> DomainEvent:
    """Of a case and a customer who are stored."""
    number, now = str(next(_NUMBERS)), clock.now()
    own, case_id = ids.derived_ulid(now, "customer", number), ids.derived_case_id("case", number)
    customer = make_customer(id=own, handles=(), team=team, open_cases={case_id: ""}, version=None)
    commit(Decision((customer,)))
    commit(Decision((make_case(id=case_id, customer_id=own, version=None, **fields),)))
    event_id = ids.derived_ulid(now, "event", number)
    return make_event(id=event_id, subject=Subject(customer_id=own, case_id=case_id))


def publish(*told: DomainEvent) -> None:
    service.publish([events.to_json(event) for event in told])


def sent_to(webhook: Webhook) -> list[WebhookDelivery]:
    return list(storage.deliveries(webhook.id, None, 10).items)


def ruled(*entries: dict[str, Any]) -> None:
    service.save_rules(json.dumps([{"when": "case.opened", **entry} for entry in entries]))


def case_of(event: DomainEvent) -> Case:
    case = cases.case(event.subject.case_id)
    assert case
    return case


TOPIC = {"name": "topic", "then": [{"do": "set_topic", "to": "billing"}]}
LOOK = {"name": "look", "then": [{"do": "set_attention", "to": "look"}]}


# ── Webhooks ──────────────────────────────────────────────────────────────────────────────────────


def test_who_listens_is_told_once_however_often_it_is_said(world: World) -> None:
    webhook, other = listen("case.*"), listen("customer.*")
    event = opened()

    publish(event)
    publish(event)

    assert [(each.event_id, each.outcome) for each in sent_to(webhook)] == [(event.id, DeliveryOutcome.PENDING)]
    assert sent_to(other) == []


def test_a_webhook_of_a_team_is_told_of_its_customers_and_of_everybodys(world: World) -> None:
    north = listen("*", team="north")
    ours, everybodys, theirs = opened("north"), opened(), opened("south")
    nobodys = make_event("article.published", id=ids.new_ulid(clock.now()), subject=Subject())

    publish(ours, everybodys, theirs, nobodys)

    assert {each.event_id for each in sent_to(north)} == {ours.id, everybodys.id}


def test_an_attempt_is_recorded_and_a_repeated_message_makes_no_other(world: World) -> None:
    webhook = listen("case.*")
    publish(opened())
    (delivery,) = sent_to(webhook)

    service.deliver(delivery.id, 0)
    service.deliver(delivery.id, 0)

    (after,) = sent_to(webhook)
    assert (after.outcome, len(after.attempts), after.next_at) == (DeliveryOutcome.DELIVERED, 1, None)
    assert world.got == [webhook.url]


def test_what_failed_is_found_by_the_clock_when_it_is_due_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook = listen("case.*")
    publish(opened())
    (delivery,) = sent_to(webhook)
    world.answer = Answer(500, 5)
    service.deliver(delivery.id, 0)
    later = timedelta(minutes=2)

    announced = [message for page in due.work(clock.now() + later) for message in page]
    with far_from_now(monkeypatch, later):
        world.answer = Answer(204, 5)
        service.deliver(delivery.id, -1)

    assert any(getattr(message, "delivery_id", "") == delivery.id for message in announced)
    assert [attempt.status for attempt in sent_to(webhook)[0].attempts] == [500, 204]


def test_a_receiver_that_failed_five_times_rests_and_its_deliveries_wait(world: World) -> None:
    webhook = listen("case.*")
    publish(*(opened() for _ in range(6)))
    world.answer = Answer(0, 10_000, error="no answer within 10 seconds")

    for delivery in sent_to(webhook):
        service.deliver(delivery.id, 0)

    assert len(world.got) == 5
    resting = storage.webhook(webhook.id)
    assert resting and resting.paused_until
    assert sorted(len(each.attempts) for each in sent_to(webhook)) == [0, 1, 1, 1, 1, 1]


def test_a_receiver_that_says_it_is_gone_is_told_of_nothing_more(world: World) -> None:
    webhook = listen("case.*")
    publish(opened())
    world.answer = Answer(410, 5)

    service.deliver(sent_to(webhook)[0].id, 0)
    publish(opened())

    off = storage.webhook(webhook.id)
    assert off and (off.active, off.off_because) == (False, "it answered 410: it is gone")
    assert len(sent_to(webhook)) == 1


def test_switched_on_again_it_begins_anew(world: World) -> None:
    off = make_webhook(
        id=ids.new_ulid(clock.now()), active=False, off_because="gone", failures=9, failing_since=NOON, version=None
    )
    commit(Decision((off,)))

    on = service.put_webhook(
        off.id, url=off.url, types=off.types, description="", team="", active=True, expected=None, by="Tom"
    )

    assert (on.active, on.failures, on.failing_since, on.off_because) == (True, 0, None, "")
    assert off.id in storage.listeners().webhooks


# ── The bus ───────────────────────────────────────────────────────────────────────────────────────


def test_a_bus_that_is_broken_holds_up_neither_webhooks_nor_rules(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise Unavailable("the event bus: Throttling")

    with monkeypatch.context() as patch:
        set_environment(patch, events="on")
        patch.setattr(bus, "put", broken)
        webhook = listen("case.*")
        ruled(TOPIC)
        event = opened()
        with pytest.raises(Unavailable, match="not everybody"):
            publish(event)

        assert len(sent_to(webhook)) == 1
        assert case_of(event).topic == "billing"
    set_environment(monkeypatch)


def test_with_the_bus_off_nothing_is_put_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus, "put", lambda *_: pytest.fail("it was put"))

    publish(opened())


# ── Rules ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_rule_acts_once_and_says_so_on_the_timeline() -> None:
    ruled(TOPIC)
    event = opened()

    publish(event)
    commit(Decision((Case(**{**_fields(case_of(event)), "topic": "by hand"}),)))
    publish(event)

    assert case_of(event).topic == "by hand"
    told = customers.timeline(event.subject.customer_id, None, 10).items
    assert [(entry.what, entry.detail) for entry in told] == [
        (EventKind.RULE_RAN, {"rule": "topic", "did": "set_topic billing"})
    ]


def _fields(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.__dataclass_fields__}


def test_what_a_rule_wrote_names_it_until_the_next_write() -> None:
    ruled(TOPIC)
    event = opened()
    publish(event)

    def caused_by() -> str:
        key = keys.case(event.subject.case_id)
        row = table.Row.get(*key)
        return str(row.caused_by or "")

    first = caused_by()
    commit(Decision((case_of(event),)))

    assert (first, caused_by()) == ("topic", "")


def test_rules_are_asked_in_their_order_and_stop_ends_it() -> None:
    sees = {**LOOK, "if": [{"field": "case.topic", "equals": "billing"}]}
    ruled(TOPIC, {**sees, "stop": True}, {"name": "last", "then": [{"do": "set_language", "to": "de"}]})
    event = opened()

    publish(event)

    case = case_of(event)
    assert (case.topic, case.attention, case.language) == ("billing", "look", "")


def test_a_rule_that_raises_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.automation import rules

    ruled(TOPIC, LOOK)
    event, real = opened(), rules.why_not

    def broken(rule: Any, scene: Any) -> str:
        if rule.name == "topic":
            raise RuntimeError("broken")
        return real(rule, scene)

    monkeypatch.setattr(rules, "why_not", broken)
    with pytest.raises(Unavailable):
        publish(event)

    assert case_of(event).attention == "look"


def test_what_a_rule_causes_does_not_set_it_off_again() -> None:
    ruled({**TOPIC, "when": "case.changed"})
    event = opened()
    after = make_event("case.changed", id=event.id, subject=event.subject, chain=("topic",), cause="rule:topic")

    publish(after)

    assert case_of(event).topic == ""


def test_rules_that_are_the_same_are_no_new_edition() -> None:
    first = service.save_rules(json.dumps([{"when": "case.opened", **TOPIC}]))

    assert service.save_rules(first.source).edition == first.edition
    assert service.save_rules("").edition == first.edition + 1
    assert storage.listeners().rules == ()
