"""Whom no play contacts this quarter, and with whom they are compared."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.model.customer import Customer
from chalicelib.model.outreach import OutreachPolicy
from chalicelib.model.pilot import Arm, PilotPlan, Subject
from chalicelib.model.task import BY_HAND, Task
from chalicelib.model.work import Routing
from chalicelib.outreach import guardrails, holding_out, piloting, planning
from chalicelib.outreach.guardrails import Contact
from chalicelib.outreach.holding_out import Quarter
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import NOON, at, make_customer, make_policy, make_running, make_task

SHARE = 0.2
FOURTH = Quarter(2026, 4)
PILOT = holding_out.pilot_of(FOURTH)
POLICY = make_policy(outreach=OutreachPolicy(hold_out=SHARE))


def somebody(number: int, **fields: Any) -> Customer:
    customer_id = ids.derived_ulid(NOON - timedelta(days=200), "somebody", str(number))
    told = {"consenting": True, "traits": {"card_expires_on": "2026-12-10"}, **fields}
    return make_customer(id=customer_id, **told)


def anybody_of(arm: Arm, **fields: Any) -> Customer:
    people = (somebody(number, **fields) for number in range(1_000))
    return next(one for one in people if holding_out.arm_of(one, SHARE, NOON) is arm)


def considered(customer: Customer, now: datetime = NOON, **fields: Any) -> Decision:
    """Her task to tell her that her card expires, when its time has come."""
    fields = {"play": payment_will_fail.PLAY, "policy": POLICY, "pilot": None, "text": "", **fields}
    task = fields.get("task") or make_task(due_at=now, deadline=now + timedelta(days=10))
    task = replace(task, customer_id=customer.id)
    running = None if task.play == BY_HAND else make_running(fields["play"], pilot=fields["pilot"])
    return planning.consider(task, customer, running, fields["policy"], now, text=fields["text"])


def subjects_in(decision: Decision) -> list[tuple[str, Arm]]:
    return [(one.pilot_id, one.arm) for one in decision.changes if isinstance(one, Subject)]


# ── Quarters ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("moment", "name", "ends"),
    [
        ("2026-01-01 00:00", "2026-Q1", "2026-04-01"),
        ("2026-06-30 23:59", "2026-Q2", "2026-07-01"),
        ("2026-08-15 12:00", "2026-Q3", "2026-10-01"),
        ("2026-12-31 23:59", "2026-Q4", "2027-01-01"),
    ],
)
def test_a_quarter_has_a_name_and_an_end(moment: str, name: str, ends: str) -> None:
    quarter = holding_out.quarter_of(at(moment))

    assert (quarter.name, quarter.ends) == (name, at(ends))
    assert holding_out.quarter_named(name) == quarter


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_all_windows_end_within_the_quarter_and_are_judged_in_it(number: int) -> None:
    quarter = Quarter(2028, number)
    plan = holding_out.pilot_of(quarter).plan

    assert plan.draws_until is not None
    assert plan.draws_until + timedelta(days=plan.window_days + plan.grace_days) == quarter.ends
    assert plan.draws_until - quarter.begins >= timedelta(days=60)


def test_a_quarters_pilot_is_found_by_its_id_and_no_other_one_is() -> None:
    assert holding_out.pilot_named(PILOT.id) == PILOT
    assert holding_out.pilot_named(ids.derived_ulid(FOURTH.begins, "a play's")) is None


# ── Who ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_as_many_are_compared_as_are_held_out(share: float) -> None:
    arms = Counter(holding_out.arm_of(somebody(number), share, NOON) for number in range(4_000))

    assert [arms[arm] / 4_000 for arm in (Arm.HELD_OUT, Arm.CONTACTED)] == pytest.approx([share, share], abs=0.02)


def test_the_guardrail_refuses_those_who_are_held_out_and_nobody_else() -> None:
    people = [somebody(number) for number in range(200)]
    running = make_running(payment_will_fail.PLAY)

    for one in people:
        contact = Contact(customer=one, task=make_task(), running=running, policy=POLICY, now=NOON)
        refused = guardrails.objection_to(contact) is not None
        assert refused is (holding_out.arm_of(one, SHARE, NOON) is Arm.HELD_OUT)


def test_nobody_is_in_either_group_when_the_share_is_none() -> None:
    assert {holding_out.arm_of(somebody(number), 0.0, NOON) for number in range(200)} == {Arm.OUTSIDE}


def test_a_new_quarter_draws_anew() -> None:
    people = [somebody(number) for number in range(2_000)]

    held_out = [one for one in people if holding_out.arm_of(one, SHARE, NOON) is Arm.HELD_OUT]
    again = [one for one in held_out if holding_out.arm_of(one, SHARE, at("2027-01-01")) is Arm.HELD_OUT]

    assert 0.1 < len(again) / len(held_out) < 0.3


# ── The draw ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arm", "reason"), [(Arm.HELD_OUT, "held_out: she is of the share"), (Arm.CONTACTED, "queued")]
)
def test_her_first_occasion_of_the_quarter_makes_her_a_subject_in_the_same_write(arm: Arm, reason: str) -> None:
    decision = considered(anybody_of(arm))

    assert decision.reason.startswith(reason)
    assert isinstance(decision.changes[0], Task)
    (later,) = [change for change in decision.changes if isinstance(change, Customer)]
    assert later.pilots == {PILOT.id: arm.value}
    assert subjects_in(decision) == [(PILOT.id, arm)]
    assert Tally(("pilot", PILOT.id), {f"drawn/{arm.value}/standard/1": 1}) in decision.changes


def test_of_anybody_else_no_more_is_written_than_without_a_hold_out() -> None:
    decision = considered(anybody_of(Arm.OUTSIDE))

    assert [type(change) for change in decision.changes] == [Task]


@pytest.mark.parametrize("arm", [Arm.HELD_OUT, Arm.CONTACTED])
def test_a_later_occasion_of_the_quarter_changes_nothing(arm: Arm) -> None:
    decision = considered(replace(anybody_of(arm), pilots={PILOT.id: arm.value}))

    assert {type(change) for change in decision.changes} <= {Task, Tally}
    assert not [one for one in decision.changes if isinstance(one, Tally) and one.counter[0] == "pilot"]


@pytest.mark.parametrize("arm", [Arm.HELD_OUT, Arm.CONTACTED])
@pytest.mark.parametrize(
    "fields",
    [
        {"open_cases": {"c": "complaint"}},
        {"time_zone": "Asia/Shanghai"},
    ],
    ids=["refused by another guardrail", "postponed into the morning"],
)
def test_whoever_another_guardrail_keeps_from_it_is_not_drawn(arm: Arm, fields: dict[str, Any]) -> None:
    decision = considered(anybody_of(arm, **fields))

    assert subjects_in(decision) == []


@pytest.mark.parametrize("arm", [Arm.HELD_OUT, Arm.CONTACTED])
def test_an_essential_play_reaches_both_groups_and_draws_nobody(arm: Arm) -> None:
    decision = considered(anybody_of(arm), play=replace(payment_will_fail.PLAY, essential=True))

    assert (decision.reason, subjects_in(decision)) == ("queued", [])


@pytest.mark.parametrize("arm", [Arm.HELD_OUT, Arm.CONTACTED])
def test_what_an_agent_set_up_draws_nobody(arm: Arm) -> None:
    call = make_task(play=BY_HAND, routing=Routing(channel="email", since=NOON, order_at=NOON), due_at=NOON)

    decision = considered(anybody_of(arm), task=call)

    assert (decision.reason, subjects_in(decision)) == ("waits for an agent", [])


@pytest.mark.parametrize("arm", [Arm.HELD_OUT, Arm.CONTACTED])
def test_a_second_look_at_what_is_written_already_draws_nobody(arm: Arm) -> None:
    decision = considered(anybody_of(arm), text="Your card expires on 10 December.")

    assert subjects_in(decision) == []


@pytest.mark.parametrize(("arm", "reason"), [(Arm.HELD_OUT, "held_out"), (Arm.CONTACTED, "queued")])
def test_late_in_a_quarter_nobody_is_drawn_and_those_held_out_stay_so(arm: Arm, reason: str) -> None:
    late = datetime(2026, 12, 2, 12, tzinfo=UTC)

    decision = considered(anybody_of(arm), now=late)

    assert (decision.reason.partition(":")[0], subjects_in(decision)) == (reason, [])


def a_pilot(contacted: float, held_out: float) -> PilotPlan:
    plan_id = ids.derived_ulid(NOON, "a play's pilot")
    return PilotPlan(id=plan_id, contacted={"*": contacted}, held_out={"*": held_out}, started_at=NOON)


@pytest.mark.parametrize("plan", [a_pilot(1.0, 0.0), a_pilot(0.0, 1.0)], ids=["contacted", "held out"])
def test_one_task_draws_her_for_a_plays_pilot_as_well_and_her_row_is_written_once(plan: PilotPlan) -> None:
    ann = anybody_of(Arm.CONTACTED)
    in_the_pilot = piloting.arm_of(ann, plan, NOON)

    decision = considered(ann, pilot=plan)

    (later,) = [change for change in decision.changes if isinstance(change, Customer)]
    assert later.pilots == {PILOT.id: "contacted", plan.id: in_the_pilot.value}
    assert {*subjects_in(decision)} == {(PILOT.id, Arm.CONTACTED), (plan.id, in_the_pilot)}


def test_who_is_in_the_plays_pilot_already_is_still_drawn_to_be_compared() -> None:
    plan = a_pilot(1.0, 0.0)

    decision = considered(anybody_of(Arm.CONTACTED, pilots={plan.id: "contacted"}), pilot=plan)

    (later,) = [change for change in decision.changes if isinstance(change, Customer)]
    assert later.pilots == {PILOT.id: "contacted", plan.id: "contacted"}
    assert subjects_in(decision) == [(PILOT.id, Arm.CONTACTED)]


def test_who_is_held_out_of_all_plays_is_drawn_for_no_pilot() -> None:
    plan = a_pilot(1.0, 0.0)

    decision = considered(anybody_of(Arm.HELD_OUT), pilot=plan)

    assert subjects_in(decision) == [(PILOT.id, Arm.HELD_OUT)]
    assert Tally(("pilot", plan.id), {"refused/held_out": 1}) in decision.changes


# ── Who is treated otherwise by now ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("arm", [Arm.HELD_OUT, Arm.CONTACTED])
def test_a_share_that_no_longer_reaches_her_takes_her_out_of_either_group(arm: Arm) -> None:
    ann = anybody_of(arm)

    assert not holding_out.moved(PILOT, ann, arm, SHARE)
    assert holding_out.moved(PILOT, ann, arm, 0.0)


def test_merged_with_an_older_record_she_is_treated_as_that_one() -> None:
    ann = anybody_of(Arm.HELD_OUT)
    older = next(f"00{number:024}" for number in range(100) if is_in_neither(f"00{number:024}"))

    assert holding_out.moved(PILOT, replace(ann, absorbed=(older,)), Arm.HELD_OUT, SHARE)


def is_in_neither(customer_id: str) -> bool:
    return holding_out.arm_of(make_customer(id=customer_id), SHARE, NOON) is Arm.OUTSIDE
