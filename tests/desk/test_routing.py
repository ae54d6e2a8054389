"""Where work stands in line, and how it moves."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.configuration import read_map
from chalicelib.desk import routing
from chalicelib.model.calendar import read_calendars
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Handle
from chalicelib.model.policy import Policy
from chalicelib.model.task import TaskState
from chalicelib.model.tier import DEFAULT_TIERS
from chalicelib.model.work import MOST_REFUSALS, Handling, Refusal
from tests.factories import BO_ID, NOON, at, make_agent, make_case, make_customer, make_policy, make_routing, make_task

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFICE = read_calendars('{"open": {"mon-fri": ["09:00-17:00"]}}', "UTC")


def policy_with(*entries: dict[str, Any], **more: Any) -> Policy:
    return make_policy(touchpoints=read_map(json.dumps({"entries": entries}), DEFAULT_TIERS, "UTC"), **more)


def routed(
    policy: Policy, *, now: Any = NOON, channel: str = "email", last_free: bool = False, **customer: Any
) -> Case:
    return routing.routed(make_case(), make_customer(**customer), channel, now, policy, last_free=last_free)


def test_a_case_stands_in_its_queue_with_what_the_map_asks_of_agents() -> None:
    policy = policy_with({"queue": "money", "needs": {"billing": 2}, "wants": {"wine": 1}, "language_level": 2})

    case = routed(policy, language="de", team="north")

    line = case.routing
    assert line and case.waits and case.queue == "money"
    assert (line.needs, line.wants, line.language, line.language_level) == ({"billing": 2}, {"wine": 1}, "de", 2)
    assert (line.team, line.since, line.relax_at) == ("north", NOON, NOON + HOUR)


def test_who_chose_her_language_since_is_served_in_it() -> None:
    case = routing.routed(
        make_case(language="en"), make_customer(language="zh-Hans", language_chosen=True), "email", NOON, make_policy(),
        last_free=False,
    )  # fmt: skip

    assert case.routing and case.routing.language == "zh-Hans"


@pytest.mark.parametrize(("tier", "hours"), [("standard", 0), ("gold", 16), ("platinum", 22)])
def test_a_tier_stands_as_much_earlier_as_its_answer_is_promised_sooner(tier: str, hours: int) -> None:
    case = routed(make_policy(), tier=tier)

    assert case.routing and case.routing.order_at == NOON - hours * HOUR


@pytest.mark.parametrize(
    ("moment", "queue"),
    [("2026-11-20 12:00", "day"), ("2026-11-20 18:00", "night"), ("2026-11-21 12:00", "weekend")],
)
def test_the_hour_decides(moment: str, queue: str) -> None:
    policy = policy_with(
        {"when": {"open": {"sat-sun": ["00:00-24:00"]}}, "queue": "weekend"},
        {"when": "open", "queue": "day"},
        {"when": "closed", "queue": "night"},
        calendars=OFFICE,
    )

    assert routed(policy, now=at(moment)).queue == queue


def test_a_call_back_waits_for_the_next_opening_and_takes_a_phone() -> None:
    policy = policy_with({"when": "closed", "handling": "call_back"}, calendars=OFFICE)
    friday_evening, monday_morning = at("2026-11-20 18:00"), at("2026-11-23 09:00")

    case = routed(policy, now=friday_evening, handles=(Handle("phone", "+49301234567"),), tier="platinum")

    assert case.routing and case.routing.handling is Handling.CALL_BACK
    assert (case.routing.channel, case.routing.order_at) == ("phone", monday_morning)


def test_who_has_no_number_is_not_called_back_but_served_in_the_queue() -> None:
    case = routed(policy_with({"handling": "call_back"}))

    assert case.routing and (case.routing.handling, case.routing.channel) == (Handling.QUEUE, "email")


SELF_SERVICE = {"channels": ["email"], "handling": "self_service_first", "after_minutes": 30}


def test_where_she_may_help_herself_a_person_waits_for_nothing_until_she_was_given_something() -> None:
    first, plain = routed(policy_with(SELF_SERVICE)), routed(make_policy())

    assert first.routing and first.routing.handling is Handling.SELF_SERVICE_FIRST
    assert plain.routing and first.routing.order_at == plain.routing.order_at


def test_self_service_comes_first_and_a_person_after_it() -> None:
    policy = policy_with(SELF_SERVICE)
    case = routing.helping_herself(routed(policy), NOON + MINUTE, policy)

    assert case.routing and case.routing.order_at == NOON + 31 * MINUTE
    assert case.routing.relax_at and case.routing.relax_at > case.routing.order_at


def test_giving_her_something_twice_does_not_defer_a_person_twice() -> None:
    policy = policy_with(SELF_SERVICE)
    once = routing.helping_herself(routed(policy), NOON, policy)

    assert routing.helping_herself(once, NOON + 5 * MINUTE, policy) == once


@pytest.mark.parametrize("entry", [{}, {"handling": "person"}])
def test_where_the_map_does_not_say_so_nobody_is_kept_waiting(entry: dict[str, Any]) -> None:
    policy = policy_with(entry)
    case = routed(policy)

    assert routing.helping_herself(case, NOON, policy) == case


def test_what_an_agent_has_already_is_not_taken_from_her_for_self_service() -> None:
    policy = policy_with(SELF_SERVICE)
    case = routed(policy)
    assert case.routing
    taken = routing.taken(case, case.routing, BO_ID, NOON)

    assert routing.helping_herself(taken, NOON, policy) == taken


def test_who_asks_for_a_person_stands_where_she_would_have_stood() -> None:
    policy = policy_with(SELF_SERVICE)
    case = routed(policy)
    helped = routing.helping_herself(case, NOON + MINUTE, policy)

    back = routing.at_once(helped, NOON + 2 * MINUTE, policy)

    assert back.routing and case.routing and back.routing.order_at == case.routing.order_at
    assert routing.at_once(back, NOON + 3 * MINUTE, policy) == back


def test_what_comes_back_is_kept_for_who_had_it_if_she_is_free() -> None:
    before = make_case(status=CaseStatus.OPEN, routing=make_routing(last_agent=BO_ID))

    free, busy = (
        routing.routed(before, make_customer(), "email", NOON, make_policy(), last_free=last_free).routing
        for last_free in (True, False)
    )

    assert free and (free.kept_for, free.kept_until) == (BO_ID, NOON + 5 * MINUTE)
    assert busy and (busy.kept_for, busy.kept_until, busy.last_agent) == ("", None, BO_ID)


def test_a_new_case_of_hers_is_kept_for_who_solved_her_last_one() -> None:
    case = routed(make_policy(), last_free=True, last_agent=BO_ID)

    assert case.routing and case.routing.kept_for == BO_ID


def test_an_offer_is_one_agents_until_she_answers() -> None:
    case = make_case(queue="support", routing=make_routing())
    assert case.routing

    offered = routing.offered(case, case.routing, BO_ID, NOON, 2 * MINUTE)

    assert (offered.holder, offered.waits, offered.due_at) == (BO_ID, False, NOON + 2 * MINUTE)


def test_an_offer_nobody_answered_goes_back_to_its_place_but_not_to_her() -> None:
    line = make_routing(order_at=NOON - 9 * HOUR)
    offered = routing.offered(make_case(queue="support"), line, BO_ID, NOON, 2 * MINUTE)

    early, nothing = routing.clocked(offered, NOON + MINUTE, "")
    back, why = routing.clocked(offered, NOON + 2 * MINUTE, "")

    assert (early, nothing) == (offered, "")
    assert back.waits and back.routing and back.routing.order_at == line.order_at
    assert why == routing.UNANSWERED
    assert back.routing.refused(BO_ID, NOON + 3 * MINUTE)
    assert not back.routing.refused(BO_ID, NOON + HOUR)


def test_work_is_kept_for_a_while_and_then_for_everybody() -> None:
    kept = make_case(routing=make_routing(kept_for=BO_ID, kept_until=NOON, relax_at=NOON + HOUR))

    freed, _ = routing.clocked(kept, NOON, "")

    assert freed.routing and (freed.routing.kept_for, freed.routing.next_at) == ("", NOON + HOUR)


def test_what_nobody_could_do_becomes_a_wish_and_its_team_is_looked_up_again() -> None:
    case = make_case(
        routing=make_routing(needs={"law": 4}, wants={"wine": 1}, language_level=3, relax_at=NOON, team="x")
    )

    relaxed, why = routing.clocked(case, NOON, "north")

    line = relaxed.routing
    assert line and line.relaxed and why
    assert (line.needs, line.wants, line.language_level, line.team) == ({}, {"wine": 1, "law": 4}, 0, "north")
    assert line.next_at is None


def test_who_refused_is_remembered_for_a_few() -> None:
    case = make_case(routing=make_routing())
    for n in range(MOST_REFUSALS + 2):
        assert case.routing
        case = routing.put_back(case, case.routing, NOON, Refusal(agent_id=f"agent {n}", until=NOON + HOUR))

    assert case.routing
    assert [one.agent_id for one in case.routing.refusals] == [f"agent {n}" for n in range(2, MOST_REFUSALS + 2)]


def test_taken_work_is_hers_and_no_clock_of_the_desk_runs() -> None:
    case = make_case(routing=make_routing(relax_at=NOON), promise=None)
    assert case.routing

    taken = routing.taken(case, case.routing, BO_ID, NOON)

    assert (taken.assigned_to, taken.holder, taken.due_at, taken.waits) == (BO_ID, BO_ID, None, False)


def test_a_case_that_waits_for_the_customer_is_in_nobodys_hand_and_remembers_whose_it_was() -> None:
    left = routing.left(make_case(assigned_to=BO_ID, routing=make_routing(taken_at=NOON)))

    assert left.routing and (left.assigned_to, left.holder, left.routing.last_agent) == ("", "", BO_ID)


@pytest.mark.parametrize(
    ("taken", "at_work", "stays"),
    [
        (NOON - MINUTE, True, True),
        (NOON - MINUTE, False, False),
        (NOON - HOUR, True, False),
        (NOON - HOUR, False, False),
    ],
    ids=["just taken", "gone", "idle", "idle and gone"],
)
def test_a_promise_that_runs_out_in_an_idle_hand_takes_the_case_out_of_it(
    taken: Any, at_work: bool, stays: bool
) -> None:
    case = make_case(assigned_to=BO_ID, routing=make_routing(taken_at=taken))

    after, told = routing.taken_back(case, NOON, at_work=at_work)

    assert (after == case) is stays
    if not stays:
        (event,) = told
        assert after.waits and after.routing and after.routing.refused(BO_ID, NOON)
        assert after.routing.order_at < case.routing.since - timedelta(days=29)  # type: ignore[union-attr]
        assert event.detail == {"from": BO_ID, "by": "Liana", "why": routing.BREACH}


def test_what_nobody_took_needs_no_taking_back() -> None:
    case = make_case(routing=make_routing())

    assert routing.taken_back(case, NOON, at_work=False) == (case, ())


def test_a_transfer_to_an_agent_is_kept_for_her_though_she_refused_before() -> None:
    line = make_routing(refusals=(Refusal(agent_id=BO_ID, until=NOON + HOUR),))

    moved = routing.transferred(make_case(assigned_to="Tom", routing=line), line, NOON, to=BO_ID)

    assert moved.routing and (moved.assigned_to, moved.routing.kept_for) == ("", BO_ID)
    assert not moved.routing.refused(BO_ID, NOON)


def test_a_transfer_to_a_queue_keeps_the_time_waited() -> None:
    line = make_routing()

    moved = routing.transferred(make_case(queue="support", routing=line), line, NOON, queue="money")

    assert moved.routing and (moved.queue, moved.routing.order_at) == ("money", line.order_at)


def test_a_task_moves_through_its_states_with_its_place() -> None:
    task = replace(make_task(), routing=make_routing(channel="phone"), queue="support")
    waiting = routing.task_routed(task, make_customer(team="north", language="de"), make_policy(), NOON)
    assert waiting.routing

    taken = routing.taken(waiting, waiting.routing, BO_ID, NOON)
    back = routing.put_back(taken, waiting.routing, NOON)

    assert (waiting.state, waiting.waits, waiting.routing.team) == (TaskState.WAITING, True, "north")
    assert (taken.state, taken.holder) == (TaskState.TAKEN, BO_ID)
    assert (back.state, back.holder, back.waits) == (TaskState.WAITING, "", True)


def test_a_call_that_few_agents_may_have_stands_in_their_line_and_any_other_in_everybodys() -> None:
    task = replace(make_task(), channel="phone")
    theirs = replace(task, agents=(BO_ID,), pilot_id="pilot")

    lines = [routing.task_routed(each, make_customer(), make_policy(), NOON).routing for each in (task, theirs)]

    assert [line and line.lane for line in lines] == ["outbound", "outboundg:pilot"]
    assert [line and line.bars("cy") for line in lines] == [False, True]


def test_an_agent_is_heard_of_but_not_written_down_each_time() -> None:
    early, late = NOON + MINUTE, NOON + 4 * MINUTE

    assert routing.heard_of(make_agent(), early) == make_agent()
    assert routing.heard_of(make_agent(), late).present_until == late + 5 * MINUTE


@pytest.mark.parametrize(
    ("order_at", "stands_at"),
    [(NOON - 2 * HOUR, NOON - 6 * HOUR), (NOON + HOUR, NOON + HOUR)],
    ids=["in line", "not before then"],
)
def test_what_presses_stands_earlier_once_a_person_may_see_it(order_at: Any, stands_at: Any) -> None:
    assert make_routing(since=NOON, order_at=order_at).stands_at(priority=2) == stands_at
