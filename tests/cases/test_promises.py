"""What we promise, and what the clock does when a promise or a wait is due."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.cases import promises
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import SendMail
from chalicelib.model.calendar import Calendars, read_calendars
from chalicelib.model.case import Case, CaseStatus, Promise, PromiseKind, PromiseState
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.tier import DEFAULT_TIERS, Tier, Tiers
from tests.factories import (
    ANN,
    ANNS_ID,
    BO_ID,
    CASE_ID,
    NOON,
    at,
    make_case,
    make_customer,
    make_interaction,
    make_policy,
    make_promise,
    make_routing,
)

WARN, DUE = NOON + timedelta(hours=17), NOON + timedelta(hours=23)
A_MOMENT = timedelta(milliseconds=1)
FIRST, POLICY = PromiseKind.FIRST_ANSWER, make_policy()


def act_on_due(case: Case, customer: Customer | None, now: datetime, **more: Any) -> Decision:
    return promises.act_on_due(case, customer, now, **{"policy": POLICY, **more})


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
    promise = promises.made(FIRST, DEFAULT_TIERS.named(tier), channel, NOON, POLICY)

    assert promise
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
    case = promises.answered(make_case(promise=make_promise(state=state)), answered_at, solved=False)

    assert case.promise
    assert case.promise.state is after


def test_where_nothing_was_promised_nothing_is_kept() -> None:
    nothing = make_case(promise=None)

    assert promises.answered(nothing, NOON, solved=True) == nothing


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

    decision = act_on_due(case, make_customer(), now)

    changed = next((c for c in decision.changes if isinstance(c, Case)), case)
    events = [c.what for c in decision.changes if isinstance(c, Event)]
    assert isinstance(changed.promise, Promise)
    assert (changed.promise.state, changed.priority) == (after, priority)
    assert events == ([told] if told else [])


def test_a_case_an_agent_raised_higher_stays_there() -> None:
    urgent, _ = act_on_due(make_case(priority=5), make_customer(), WARN).changes

    assert urgent.priority == 5


@pytest.mark.parametrize("status", [CaseStatus.WAITING, CaseStatus.SOLVED])
def test_no_promise_breaks_while_the_next_move_is_not_ours(status: CaseStatus) -> None:
    assert not act_on_due(make_case(status=status), make_customer(), DUE).changes


def test_a_wait_that_is_over_solves_the_case() -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=NOON)
    customer = make_customer(open_cases={CASE_ID: "", "another": "complaint"})

    case, event, after = act_on_due(waiting, customer, NOON).changes

    assert (case.status, case.waiting_until) == (CaseStatus.SOLVED, None)
    assert (event.what, event.customer_id) == (EventKind.CASE_SOLVED, ANNS_ID)
    assert after.open_cases == {"another": "complaint"}


@pytest.mark.parametrize("customer", [None, make_customer()])
def test_a_wait_ends_though_her_record_does_not_know_the_case(customer: Customer | None) -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=NOON)

    kinds = [type(change) for change in act_on_due(waiting, customer, NOON).changes]

    assert kinds == [Case, Event]


def test_who_had_a_case_is_who_knows_her_once_a_wait_solved_it() -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=NOON, routing=make_routing(last_agent=BO_ID))

    _, _, after = act_on_due(waiting, make_customer(), NOON).changes

    assert after.last_agent == BO_ID


def test_a_wait_that_is_not_over_goes_on() -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=NOON + A_MOMENT)

    assert act_on_due(waiting, make_customer(), NOON).reason == "not due"


# What is promised, in business time

IN_BERLIN = read_calendars('{"open": {"mon-fri": ["09:00-17:00"]}}', "Europe/Berlin")
TIER = Tier(
    "standard",
    {"*": timedelta(hours=8)},
    next_answer={"*": timedelta(hours=4)},
    solution={"email": timedelta(hours=24)},
)
OPEN_BY_DAY = make_policy(calendars=IN_BERLIN, tiers=Tiers((TIER,)))
FRIDAY, MONDAY, TUESDAY, WEDNESDAY = (at(f"2026-11-{day} 12:00") for day in (20, 23, 24, 25))  # 13:00 in Berlin


def fresh(**fields: Any) -> Case:
    """A case opened on Friday, with its promises: an answer by Monday 12:00, a solution by Wednesday 12:00."""
    return promises.opened(make_case(**fields), TIER, "email", FRIDAY, OPEN_BY_DAY, tell=ANN.value)


def wrote(case: Case, when: datetime) -> Case:
    after = promises.asked(case, TIER, "email", when, OPEN_BY_DAY)
    return replace(after, status=CaseStatus.OPEN, waiting_until=None, solved_at=None)


def answered(case: Case, when: datetime, *, solved: bool = False) -> Case:
    status = CaseStatus.SOLVED if solved else CaseStatus.WAITING
    return replace(promises.answered(case, when, solved=solved), status=status)


def log_of(case: Case) -> list[tuple[str, str]]:
    return [(entry.promise.value, entry.step.value) for entry in case.promise_log]


def test_promises_are_counted_while_it_is_open() -> None:
    first, solution = fresh().promises

    assert (first.kind, first.due_at) == (FIRST, MONDAY)
    assert first.warn_at == at("2026-11-23 10:00")
    assert (solution.kind, solution.due_at) == (PromiseKind.SOLUTION, WEDNESDAY)


def test_a_channel_is_counted_by_its_own_calendar() -> None:
    chat = promises.made(
        FIRST, TIER, "chat", FRIDAY, make_policy(calendars=Calendars(channels={"email": IN_BERLIN.default}))
    )

    assert chat
    assert chat.due_at == FRIDAY + timedelta(hours=8)


def test_a_solution_is_promised_only_where_the_tier_says_so() -> None:
    assert promises.opened(make_case(), TIER, "phone", FRIDAY, OPEN_BY_DAY).solution is None


def test_a_case_is_looked_at_when_the_first_of_its_promises_needs_it() -> None:
    case = fresh()
    answered_once = replace(case, promise=replace(case.promise, state=PromiseState.KEPT))

    assert case.due_at == case.promise.warn_at
    assert answered_once.due_at == case.solution.warn_at


def test_the_solutions_clock_stands_while_the_next_move_is_hers() -> None:
    waiting = answered(fresh(), at("2026-11-20 13:00"))
    again = wrote(waiting, at("2026-11-24 10:00"))

    assert waiting.solution.paused_at == at("2026-11-20 13:00")
    assert again.solution.paused_at is None
    # It stood from Friday 14:00 to Tuesday 11:00 in Berlin: 3 + 8 + 2 hours. Wednesday 13:00 and 4 + 8 + 1 hours are:
    assert again.solution.due_at == at("2026-11-27 09:00")
    assert log_of(again) == [("first_answer", "kept"), ("solution", "paused"), ("solution", "resumed")]
    assert again.promise_log[-1].why == promises.HER_WORD


def test_her_next_word_is_promised_a_next_answer_and_the_first_stays_told() -> None:
    again = wrote(answered(fresh(), at("2026-11-20 13:00")), TUESDAY)

    assert [promise.kind.value for promise in again.promises] == ["first_answer", "next_answer", "solution"]
    assert again.first_answer.state is PromiseState.KEPT
    assert again.promise.due_at == at("2026-11-24 16:00")  # four hours


def test_an_answer_that_never_was_is_not_the_first() -> None:
    promised = wrote(fresh(status=CaseStatus.WAITING), TUESDAY)

    assert (promised.promise.kind, promised.first_answer) == (FIRST, None)


def test_solving_keeps_the_solution_and_her_word_makes_it_run_again() -> None:
    solved = answered(fresh(), MONDAY, solved=True)
    again = wrote(solved, at("2026-11-24 12:00"))

    assert solved.solution.state is PromiseState.KEPT
    assert again.solution.state is PromiseState.OPEN
    assert again.solution.due_at == at("2026-11-26 12:00")  # a day later
    assert log_of(again)[-1] == ("solution", "resumed")


def test_a_wait_that_is_over_keeps_the_solution_whose_clock_stood() -> None:
    waiting = replace(answered(fresh(), at("2026-11-20 13:00")), waiting_until=at("2026-12-20"))

    case, *_ = act_on_due(waiting, None, at("2026-12-20")).changes

    assert case.solution.state is PromiseState.KEPT


def test_a_solution_that_was_late_when_we_answered_is_broken() -> None:
    late = answered(fresh(), at("2026-11-27"))

    assert late.solution.state is PromiseState.BROKEN
    assert log_of(late) == [("first_answer", "broken"), ("solution", "broken")]


def test_answer_and_solution_break_each_on_its_own() -> None:
    decision = act_on_due(fresh(), make_customer(), at("2026-11-27"))

    case, *events = decision.changes
    assert [promise.state for promise in case.promises] == [PromiseState.BROKEN] * 2
    assert [event.detail["promise"] for event in events] == ["first_answer", "solution"]
    assert len({event.id for event in events}) == 2


def test_the_log_keeps_the_last_twenty_lines() -> None:
    case = fresh()
    for hour in range(15):
        case = wrote(answered(case, MONDAY + timedelta(minutes=hour)), MONDAY + timedelta(minutes=hour, seconds=30))

    assert len(case.promise_log) == 20
    assert log_of(case)[-1] == ("solution", "resumed")


def test_an_answer_that_did_not_arrive_makes_the_solutions_clock_go_on() -> None:
    waiting = answered(fresh(), at("2026-11-20 13:00"))

    going = promises.resumed(waiting, MONDAY, IN_BERLIN, "it bounced")

    assert going.solution.running
    assert promises.resumed(going, TUESDAY, IN_BERLIN, "again") == going


# What she is told before it breaks


def letters_of(decision: Decision) -> list[Interaction]:
    return [change for change in decision.changes if isinstance(change, Interaction)]


def events_of(decision: Decision) -> list[Event]:
    return [change for change in decision.changes if isinstance(change, Event)]


def told(case: Case | None = None, now: datetime = MONDAY, **more: Any) -> Decision:
    """What the clock does about a case whose promise is about to break or broke."""
    customer = more.pop("customer", make_customer())
    return act_on_due(case or fresh(), customer, now, **{"policy": OPEN_BY_DAY, **more})


def test_she_is_told_before_it_breaks_and_by_when_she_has_an_answer_instead() -> None:
    decision = told(now=at("2026-11-23 10:00"), hers=make_interaction(references=("a@x",), message_id="b@x"))

    (letter,) = letters_of(decision)
    assert letter.delivery
    assert (letter.purpose, letter.delivery.to, letter.references) == (Purpose.DELAY, ANN.value, ("a@x", "b@x"))
    assert letter.template == {
        "promise": "first_answer",
        "promised_by": "2026-11-23T12:00:00.000Z",
        "told_by": "2026-11-24T12:00:00.000Z",  # eight hours of business time later
    }
    assert decision.messages == (SendMail(customer_id=ANNS_ID, interaction_id=letter.id),)
    assert decision.changes[0].promise.told_by == TUESDAY


def test_the_timeline_says_of_which_event_she_was_written_so_that_no_play_tells_it_again() -> None:
    told_her = told(now=at("2026-11-23 10:00"))
    did_not = told(now=at("2026-11-23 10:00"), policy=replace(OPEN_BY_DAY, delays_told=False))

    assert [event.detail.get("letter") for event in events_of(told_her)] == ["yes"]
    assert [event.detail.get("letter") for event in events_of(did_not)] == [None]


def test_she_is_told_once() -> None:
    warned, *_ = told(now=at("2026-11-23 10:00")).changes

    assert not letters_of(told(warned, at("2026-11-23 10:00")))
    assert not letters_of(told(warned, MONDAY))


def test_a_clock_that_comes_late_tells_her_while_it_is_of_use() -> None:
    assert letters_of(told(now=MONDAY + timedelta(minutes=5)))
    assert not letters_of(told(now=TUESDAY))


@pytest.mark.parametrize(
    ("case", "more"),
    [
        (fresh(), {"policy": replace(OPEN_BY_DAY, delays_told=False)}),
        (fresh(), {"customer": make_customer(suppressed={ANN.value: "bounced"})}),
        (fresh(), {"customer": make_customer(handles=())}),
        (fresh(), {"customer": None}),
        (promises.opened(make_case(), TIER, "email", FRIDAY, OPEN_BY_DAY), {}),
        (fresh(status=CaseStatus.SOLVED), {}),
    ],
    ids=["switched off", "address failed", "address no longer hers", "nobody", "was not acknowledged", "solved"],
)
def test_whoever_cannot_or_need_not_hear_of_it_is_not_told(case: Case, more: dict[str, Any]) -> None:
    decision = told(case, **more)

    assert not letters_of(decision)
    assert not decision.messages


def test_what_she_was_told_instead_is_watched_too() -> None:
    warned, *_ = told(now=at("2026-11-23 10:00")).changes
    broken, *_ = told(warned, MONDAY).changes

    assert broken.due_at == TUESDAY
    again, event = told(broken, TUESDAY).changes
    assert (again.priority, again.due_at) == (3, at("2026-11-24 14:00"))  # the solution's warning is next
    assert (event.what, event.detail["again"]) == (EventKind.PROMISE_BROKEN, "yes")


def test_an_answer_that_came_too_late_ends_what_she_was_told() -> None:
    warned, *_ = told(now=at("2026-11-23 10:00")).changes
    broken, *_ = told(warned, MONDAY).changes

    late = answered(broken, at("2026-11-23 13:00"))

    assert (late.promise.state, late.promise.kept_at, late.promise.next_at) == (
        PromiseState.BROKEN,
        at("2026-11-23 13:00"),
        None,
    )
