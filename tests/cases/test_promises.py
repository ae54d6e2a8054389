"""What we promise, and what the clock does when a promise or a wait is due."""

from datetime import datetime, timedelta

import pytest

from chalicelib.cases import promises
from chalicelib.model.case import Case, CaseStatus, Promise, PromiseState
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.tier import DEFAULT_TIERS
from tests.factories import ANNS_ID, CASE_ID, NOON, make_case, make_customer, make_promise

WARN, DUE = NOON + timedelta(hours=17), NOON + timedelta(hours=23)
A_MOMENT = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("tier", "channel", "minutes"),
    [
        ("standard", "email", 1440),
        ("standard", "chat", 10),
        ("platinum", "phone", 120),
        ("platinum", "chat", 2),
    ],
)
def test_an_answer_is_promised_by_tier_and_channel(tier: str, channel: str, minutes: int) -> None:
    promise = promises.answer_by(DEFAULT_TIERS.named(tier), channel, NOON)

    assert promise.due_at == NOON + timedelta(minutes=minutes)
    assert promise.warn_at == NOON + timedelta(minutes=minutes) * 0.75


@pytest.mark.parametrize(
    ("state", "answered_at", "after"),
    [
        (PromiseState.OPEN, WARN, PromiseState.KEPT),
        (PromiseState.OPEN, DUE - A_MOMENT, PromiseState.KEPT),
        (PromiseState.OPEN, DUE, PromiseState.BROKEN),
        (PromiseState.AT_RISK, DUE - A_MOMENT, PromiseState.KEPT),
        (PromiseState.BROKEN, DUE - A_MOMENT, PromiseState.BROKEN),
        (PromiseState.KEPT, DUE + A_MOMENT, PromiseState.KEPT),
    ],
)
def test_an_answer_keeps_the_promise_if_it_is_in_time(
    state: PromiseState, answered_at: datetime, after: PromiseState
) -> None:
    kept = promises.kept(make_promise(state=state), answered_at)

    assert kept
    assert kept.state is after


def test_where_nothing_was_promised_nothing_is_kept() -> None:
    assert promises.kept(None, NOON) is None


@pytest.mark.parametrize(
    ("state", "now", "after", "priority", "told"),
    [
        (PromiseState.OPEN, WARN - A_MOMENT, PromiseState.OPEN, 0, None),
        (PromiseState.OPEN, WARN, PromiseState.AT_RISK, 1, EventKind.PROMISE_AT_RISK),
        (PromiseState.OPEN, DUE - A_MOMENT, PromiseState.AT_RISK, 1, EventKind.PROMISE_AT_RISK),
        (PromiseState.OPEN, DUE, PromiseState.BROKEN, 2, EventKind.PROMISE_BROKEN),
        (PromiseState.AT_RISK, DUE - A_MOMENT, PromiseState.AT_RISK, 0, None),
        (PromiseState.AT_RISK, DUE, PromiseState.BROKEN, 2, EventKind.PROMISE_BROKEN),
        (PromiseState.BROKEN, DUE, PromiseState.BROKEN, 0, None),
        (PromiseState.KEPT, DUE, PromiseState.KEPT, 0, None),
    ],
)
def test_a_promise_is_warned_of_then_broken(
    state: PromiseState, now: datetime, after: PromiseState, priority: int, told: EventKind | None
) -> None:
    case = make_case(promise=make_promise(state=state))

    decision = promises.act_on_due(case, make_customer(), now)

    changed = next((c for c in decision.changes if isinstance(c, Case)), case)
    events = [c.what for c in decision.changes if isinstance(c, Event)]
    assert isinstance(changed.promise, Promise)
    assert (changed.promise.state, changed.priority) == (after, priority)
    assert events == ([told] if told else [])


def test_a_case_an_agent_raised_higher_stays_there() -> None:
    urgent, _ = promises.act_on_due(make_case(priority=5), make_customer(), WARN).changes

    assert urgent.priority == 5


@pytest.mark.parametrize("status", [CaseStatus.WAITING, CaseStatus.SOLVED])
def test_no_promise_breaks_while_the_next_move_is_not_ours(status: CaseStatus) -> None:
    assert not promises.act_on_due(make_case(status=status), make_customer(), DUE).changes


def test_a_wait_that_is_over_solves_the_case() -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=NOON)
    customer = make_customer(open_cases={CASE_ID: "", "another": "complaint"})

    case, event, after = promises.act_on_due(waiting, customer, NOON).changes

    assert (case.status, case.waiting_until) == (CaseStatus.SOLVED, None)
    assert (event.what, event.customer_id) == (EventKind.CASE_SOLVED, ANNS_ID)
    assert after.open_cases == {"another": "complaint"}


@pytest.mark.parametrize("customer", [None, make_customer()])
def test_a_wait_ends_though_her_record_does_not_know_the_case(customer: Customer | None) -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=NOON)

    kinds = [type(change) for change in promises.act_on_due(waiting, customer, NOON).changes]

    assert kinds == [Case, Event]


def test_a_wait_that_is_not_over_goes_on() -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=NOON + A_MOMENT)

    assert promises.act_on_due(waiting, make_customer(), NOON).reason == "not due"
