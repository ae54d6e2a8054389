"""Which business event a change is, counted once whatever path led to it."""

import json
from collections.abc import Iterator

import pytest

from chalicelib import telemetry
from chalicelib.insight import metrics
from chalicelib.kernel.decision import Decision, Gone, Tally
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import DeliveryState, Direction
from chalicelib.model.rating import RatingState
from chalicelib.model.recovery import RecoveryState
from chalicelib.model.task import TaskState
from tests.factories import (
    ANNS_ID,
    NOON,
    make_case,
    make_customer,
    make_fact,
    make_interaction,
    make_outbound,
    make_rating,
    make_recovery,
    make_task,
)


@pytest.fixture(autouse=True)
def fresh_metrics() -> Iterator[None]:
    telemetry.metrics.clear_metrics()
    yield
    telemetry.metrics.clear_metrics()


def counted(*changes: object) -> dict[str, float]:
    metrics.count_changes(Decision(changes))
    return {name: sum(metric["Value"]) for name, metric in telemetry.metrics.metric_set.items()}


def event(what: EventKind) -> Event:
    return Event(id="e", customer_id=ANNS_ID, what=what, at=NOON)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (make_interaction(version=None), "Interaction"),
        (make_interaction(version=None, customer_id=""), "Quarantined"),
        (make_interaction(version=1), None),
        (make_interaction(version=None, direction=Direction.OUT), None),
        (make_outbound(version=None), None),
        (make_outbound(DeliveryState.CLAIMED), None),
        (make_outbound(DeliveryState.SENT), "MailSent"),
        (make_outbound(DeliveryState.HELD), "MailHeld"),
        (make_outbound(DeliveryState.FAILED), "MailFailed"),
        (make_outbound(DeliveryState.DELIVERED), None),
        (make_outbound(DeliveryState.BOUNCED), "MailBounced"),
        (make_outbound(DeliveryState.COMPLAINED), "MailComplained"),
        (make_case(version=None), "CaseOpened"),
        (make_case(version=3), None),
        (make_fact(version=None), "Fact"),
        (make_customer(version=None), None),
        (event(EventKind.TIER_CHANGED), "TierChanged"),
        (event(EventKind.PROMISE_AT_RISK), "PromiseAtRisk"),
        (event(EventKind.PROMISE_BROKEN), "PromiseBroken"),
        (make_recovery(version=None), "RecoveryOpened"),
        (make_recovery(state=RecoveryState.KEPT), "RecoveryKept"),
        (make_recovery(state=RecoveryState.LOST), "RecoveryLost"),
        (make_rating(), "RatingAsked"),
        (make_rating(state=RatingState.ANSWERED), "Vote"),
        (event(EventKind.UNSUBSCRIBED), "Unsubscribed"),
        (event(EventKind.OUTCOME), None),
        (make_task(TaskState.PLANNED), "TaskPlanned"),
        (make_task(TaskState.QUEUED), "TaskQueued"),
        (make_task(TaskState.SENT), None),
        (Gone(make_task(TaskState.PLANNED)), None),
    ],
)
def test_a_change_counts_as_one_business_event_or_none(change: object, name: str | None) -> None:
    assert counted(change) == ({name: 1.0} if name else {})


def test_several_of_a_kind_are_counted_together() -> None:
    assert counted(*[make_interaction(version=None)] * 3, make_case(version=None)) == {
        "Interaction": 3.0,
        "CaseOpened": 1.0,
    }


def test_what_is_added_to_a_counter_is_no_business_event() -> None:
    assert counted(make_case(version=None), Tally(("seen",), {"people": 1})) == {"CaseOpened": 1.0}


def test_a_decision_that_changes_nothing_counts_nothing() -> None:
    assert counted() == {}


def test_who_is_passed_over_is_counted_by_the_rule_that_did_it(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.count_changes(Decision((make_task(TaskState.PASSED_OVER, reason="no_consent: she never agreed"),)))

    emitted = json.loads(capsys.readouterr().out)
    assert (emitted["rule"], emitted["TaskPassedOver"]) == ("no_consent", [1.0])
