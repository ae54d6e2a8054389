"""What every trigger has in common: partial batches, the error policy, the time of a tick."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from chalice.app import SQSEvent

from chalicelib import telemetry
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Permanent, Unavailable
from chalicelib.triggers import kit
from tests import workbench
from tests.factories import NOON, at


def record(message_id: str, body: str) -> dict[str, Any]:
    return {
        "messageId": message_id,
        "body": body,
        "eventSource": "aws:sqs",
        "attributes": {},
        "messageAttributes": {},
    }


def consumed(work: Any, *bodies: str) -> list[str]:
    """The ids of the messages that are handed back."""
    event = {"Records": [record(str(n), body) for n, body in enumerate(bodies)]}
    answer = kit.consumer(work)(SQSEvent(event, workbench.Context()))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_each_message_is_handled_once_in_order() -> None:
    seen: list[str] = []

    assert consumed(seen.append, "a", "b", "c") == []
    assert seen == ["a", "b", "c"]


@pytest.mark.parametrize("error", [Unavailable("later"), Permanent("never"), ValueError("no message"), KeyError("x")])
def test_only_what_fails_is_handed_back_and_the_rest_is_done(error: Exception) -> None:
    done: list[str] = []

    def work(body: str) -> None:
        if body == "bad":
            raise error
        done.append(body)

    assert consumed(work, "a", "bad", "c") == ["1"]
    assert done == ["a", "c"]


def test_when_everything_fails_everything_is_handed_back() -> None:
    def work(body: str) -> None:
        raise Unavailable("the table cannot be read")

    assert consumed(work, "a", "b") == ["0", "1"]


def test_what_fails_is_counted_and_told_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    def work(body: str) -> None:
        raise Unavailable("the table cannot be read")

    consumed(work, "a", "b")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (figures,) = [line for line in lines if "_aws" in line]
    assert sum(figures["MessageFailed"]) == 2
    assert not telemetry.metrics.metric_set, "nothing is left for the next invocation"


def test_a_consumer_keeps_the_name_chalice_deploys_it_by() -> None:
    def inbound_mail(body: str) -> None:
        """Mail arrived."""

    assert kit.consumer(inbound_mail).__name__ == "inbound_mail"


AHEAD, BEHIND = clock.now() + timedelta(days=30), NOON - timedelta(days=30)


@pytest.mark.parametrize(
    ("target", "said", "taken"),
    [
        ("aws", clock.iso(BEHIND), BEHIND),
        ("local", clock.iso(BEHIND), BEHIND),
        ("local", clock.iso(AHEAD), AHEAD),
        ("local", "2026-11-20T12:00:00+08:00", at("2026-11-20 04:00")),
    ],
    ids=["behind, on AWS", "behind, locally", "ahead, locally", "in another zone"],
)
def test_a_tick_is_about_the_time_it_says(
    monkeypatch: pytest.MonkeyPatch, target: str, said: str, taken: datetime
) -> None:
    workbench.set_environment(monkeypatch, target=target)

    assert kit.tick_time({"time": said}) == taken


@pytest.mark.parametrize(
    ("target", "event"),
    [
        ("aws", {"time": clock.iso(AHEAD)}),
        ("aws", {}),
        ("aws", {"time": None}),
        ("local", {"time": "tomorrow"}),
        ("local", {"time": "2026-11-20T12:00:00"}),
        ("local", {"time": 7}),
    ],
)
def test_a_time_that_cannot_be_or_may_not_be_asked_for_is_now(
    monkeypatch: pytest.MonkeyPatch, target: str, event: dict[str, Any]
) -> None:
    workbench.set_environment(monkeypatch, target=target)
    before = clock.now()

    assert before <= kit.tick_time(event) <= clock.now()
