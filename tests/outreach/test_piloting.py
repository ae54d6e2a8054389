"""Who is contacted, who is held out, and who is neither, while a play has a pilot."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.model.customer import Customer
from chalicelib.model.pilot import MOST_REMEMBERED, Arm, PilotPlan, Subject
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import piloting, planning
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import NOON, make_customer, make_policy, make_running, make_task

PILOT = ids.derived_ulid(NOON, "a pilot")


def make_plan(contacted: float = 0.4, held_out: float = 0.3, **fields: Any) -> PilotPlan:
    return PilotPlan(
        **{
            "id": PILOT,
            "contacted": {"*": contacted},
            "held_out": {"*": held_out},
            "started_at": NOON,
            **fields,
        }
    )


OF_GOLD: dict[str, Any] = {"contacted": {"gold": 1.0, "*": 0.0}, "held_out": {"*": 0.0}}


def somebody(number: int, **fields: Any) -> Customer:
    return make_customer(id=ids.derived_ulid(NOON - timedelta(days=90), str(number)), **fields)


def in_arm(arm: Arm, plan: PilotPlan) -> Customer:
    """The first of all whom this plan puts there."""
    return next(one for one in map(somebody, range(1000)) if piloting.arm_of(one, plan, NOON) is arm)


def test_the_shares_are_those_of_the_plan() -> None:
    plan = make_plan()

    arms = Counter(piloting.arm_of(somebody(number), plan, NOON) for number in range(4_000))

    assert {arm.value: round(n / 4_000, 1) for arm, n in arms.items()} == {
        "contacted": 0.4,
        "held_out": 0.3,
        "outside": 0.3,
    }


def test_each_tier_has_shares_of_its_own() -> None:
    plan = replace(make_plan(), **OF_GOLD)

    arms = {tier: piloting.arm_of(somebody(1, tier=tier), plan, NOON) for tier in ("gold", "standard")}

    assert arms == {"gold": Arm.CONTACTED, "standard": Arm.OUTSIDE}


def test_who_is_held_out_gets_no_notice_and_becomes_a_subject() -> None:
    plan = make_plan()
    ann = in_arm(Arm.HELD_OUT, plan)

    task, changes = piloting.drawn(make_task(), ann, plan, expected=815, now=NOON)

    later, subject, counted = changes
    assert (task.state, task.arm, task.pilot_id) == (TaskState.HELD_OUT, "held_out", PILOT)
    assert isinstance(later, Customer)
    assert later.pilots == {PILOT: "held_out"}
    assert isinstance(subject, Subject)
    assert (subject.arm, subject.tier, subject.expected) == (Arm.HELD_OUT, "standard", 815)
    assert subject.judge_at == NOON + timedelta(days=30)
    assert counted == Tally(("pilot", PILOT), {"drawn/held_out/standard/1": 1})


def test_who_is_contacted_is_by_the_pilots_agents() -> None:
    plan = make_plan(agents=("bo",))

    task, changes = piloting.drawn(make_task(), in_arm(Arm.CONTACTED, plan), plan, now=NOON)

    assert (task.state, task.agents, task.arm) == (TaskState.PLANNED, ("bo",), "contacted")
    assert [type(change).__name__ for change in changes] == ["Customer", "Subject", "Tally"]


def test_who_is_outside_is_passed_over_and_counted_but_no_subject() -> None:
    plan = make_plan()

    task, changes = piloting.drawn(make_task(), in_arm(Arm.OUTSIDE, plan), plan, now=NOON)

    assert (task.state, task.reason.partition(":")[0]) == (TaskState.PASSED_OVER, "outside_pilot")
    assert [type(change).__name__ for change in changes] == ["Customer", "Tally"]


@pytest.mark.parametrize("arm", [Arm.CONTACTED, Arm.HELD_OUT, Arm.OUTSIDE])
def test_a_second_task_of_hers_finds_her_where_she_is(arm: Arm) -> None:
    plan = make_plan()
    ann = replace(somebody(1), pilots={PILOT: arm.value, ids.derived_ulid(NOON, "other"): "contacted"})
    outside = replace(in_arm(Arm.OUTSIDE, plan), pilots=ann.pilots)

    task, changes = piloting.drawn(make_task(), outside if arm is Arm.OUTSIDE else ann, plan, now=NOON)

    assert (task.arm, changes) == (arm.value, ())


def test_a_merge_does_not_move_her() -> None:
    plan = make_plan()
    old = in_arm(Arm.HELD_OUT, plan)
    young = make_customer(id=ids.derived_ulid(NOON, "young"), absorbed=(old.id,))

    assert piloting.arm_of(young, plan, NOON) is Arm.HELD_OUT


def test_a_change_of_tier_does_not_move_her() -> None:
    plan = replace(make_plan(), **OF_GOLD)
    ann = make_customer(tier="standard", pilots={PILOT: "contacted"})

    assert piloting.arm_of(ann, plan, NOON) is Arm.CONTACTED


def test_widening_leaves_those_held_out_and_those_contacted_where_they_are() -> None:
    narrow, wide = make_plan(contacted=0.2), make_plan(contacted=0.7, period=2)
    people = [somebody(number) for number in range(500)]

    moves = {(piloting.arm_of(one, narrow, NOON).value, piloting.arm_of(one, wide, NOON).value) for one in people}

    assert moves == {("contacted", "contacted"), ("outside", "contacted"), ("held_out", "held_out")}


def test_who_was_outside_before_it_was_widened_is_contacted_and_not_compared() -> None:
    narrow, wide = make_plan(contacted=0.2), make_plan(contacted=0.7, period=2)
    ann = replace(in_arm(Arm.OUTSIDE, narrow), pilots={PILOT: "outside"})

    task, changes = piloting.drawn(make_task(), ann, wide, now=NOON)

    (later,) = changes
    assert (task.state, task.arm) == (TaskState.PLANNED, "released")
    assert isinstance(later, Customer)
    assert later.pilots == {PILOT: "released"}


@pytest.mark.parametrize(("arm", "then"), [(Arm.CONTACTED, Arm.RELEASED), (Arm.HELD_OUT, Arm.OUTSIDE)])
def test_nobody_is_compared_who_comes_when_drawing_is_over(arm: Arm, then: Arm) -> None:
    plan = make_plan(draws_until=NOON + timedelta(days=90))
    ann = in_arm(arm, plan)

    assert piloting.arm_of(ann, plan, NOON + timedelta(days=90)) is then


def test_who_is_in_very_many_pilots_is_in_no_further_one() -> None:
    plan = make_plan(contacted=1.0, held_out=0.0)
    others = {ids.derived_ulid(NOON, str(number)): "contacted" for number in range(MOST_REMEMBERED)}

    task, changes = piloting.drawn(make_task(), make_customer(pilots=others), plan, now=NOON)

    assert (task.state, changes) == (TaskState.PASSED_OVER, ())


def test_pilots_of_long_ago_are_forgotten_when_a_new_one_draws_her() -> None:
    long_ago = ids.derived_ulid(NOON - timedelta(days=300), "old")

    _, (later, *_) = piloting.drawn(make_task(), make_customer(pilots={long_ago: "contacted"}), make_plan(), now=NOON)

    assert isinstance(later, Customer)
    assert list(later.pilots) == [PILOT]


def test_without_a_pilot_nothing_is_drawn() -> None:
    task = make_task()

    assert piloting.drawn(task, make_customer(), None, now=NOON) == (task, ())


# ── In the pipeline ───────────────────────────────────────────────────────────────────────────────


def considered(plan: PilotPlan, **fields: Any) -> Decision:
    ann = make_customer(consenting=True, traits={"card_expires_on": "2026-12-10"}, **fields)
    running = make_running(payment_will_fail.PLAY, pilot=plan)
    return planning.consider(make_task(), ann, running, make_policy(), NOON)


def test_a_task_of_somebody_held_out_is_over_and_nobody_sends_anything() -> None:
    decision = considered(make_plan(contacted=0.0, held_out=1.0))

    assert decision.messages == ()
    assert [type(change).__name__ for change in decision.changes] == ["Task", "Customer", "Subject", "Tally", "Tally"]


def test_a_task_of_somebody_contacted_is_queued_with_her_as_a_subject() -> None:
    decision = considered(make_plan(contacted=1.0, held_out=0.0))

    assert decision.reason == "queued"
    assert [type(change).__name__ for change in decision.changes] == ["Task", "Customer", "Subject", "Tally"]


def test_whom_a_guardrail_refuses_is_not_drawn_and_counted_with_the_guardrail() -> None:
    decision = considered(make_plan(), open_cases={"c": "complaint"})

    task, *_, counted = decision.changes
    assert isinstance(task, Task)
    assert task.arm == ""
    assert counted == Tally(("pilot", PILOT), {"refused/open_complaint": 1})
