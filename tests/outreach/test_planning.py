"""What a fact calls for, and what becomes of a task when its time has come."""

from datetime import timedelta

import pytest

from chalicelib.kernel.messages import DeliverTask
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind
from chalicelib.model.interaction import Receipt
from chalicelib.model.task import Task, TaskState
from chalicelib.model.tier import Standing
from chalicelib.outreach import planning, plays
from chalicelib.outreach.plays import payment_will_fail, tier_will_change
from tests.factories import ANNS_ID, NOON, at, make_customer, make_fact, make_policy, make_running, make_task

PLAY = payment_will_fail.PLAY
RUNNING = make_running(PLAY)
ALL = [make_running(play) for play in plays.ALL]
READY = make_customer(consenting=True, traits={"card_expires_on": "2026-12-10"})


def test_a_card_about_to_expire_is_a_task_two_weeks_before() -> None:
    (decision,) = planning.plans_for(make_fact(), make_customer(), ALL, NOON)

    task, receipt, _ = decision.changes
    assert isinstance(task, Task)
    assert isinstance(receipt, Receipt)
    assert (task.due_at, task.deadline) == (at("2026-11-26"), at("2026-12-10"))
    assert (task.state, task.customer_id, task.why) == (
        TaskState.PLANNED,
        ANNS_ID,
        "the card on file expires on 2026-12-10",
    )
    assert receipt.interaction_id == task.id


def test_the_same_occasion_reported_twice_is_one_task() -> None:
    first, again = (
        planning.plans_for(make_fact(id=fact_id), make_customer(), ALL, NOON)[0].changes[1]
        for fact_id in ("fact 1", "fact 2")
    )

    assert first.key == again.key


def test_another_card_is_another_task() -> None:
    first, other = (
        planning.plans_for(make_fact(data={"expires_on": day}), make_customer(), ALL, NOON)[0].changes[1]
        for day in ("2026-12-10", "2027-12-10")
    )

    assert first.key != other.key


def test_a_card_that_expires_sooner_is_told_of_at_once() -> None:
    soon = make_fact(data={"expires_on": "2026-11-23"})

    (occasion,) = PLAY.occasions(soon, make_customer(), RUNNING.given)

    assert occasion.due_at == NOON


@pytest.mark.parametrize("day", ["2026-11-20", "2020-01-01"])
def test_a_card_that_has_expired_is_another_plays_business(day: str) -> None:
    assert list(PLAY.occasions(make_fact(data={"expires_on": day}), make_customer(), RUNNING.given)) == []


@pytest.mark.parametrize("what", sorted(set(FactKind) - {FactKind.CARD_EXPIRING}, key=str))
def test_other_facts_call_for_nothing(what: FactKind) -> None:
    assert planning.plans_for(make_fact(what), make_customer(), [RUNNING], NOON) == []


@pytest.mark.parametrize(
    ("traits", "needed"),
    [
        ({"card_expires_on": "2026-12-10"}, True),
        ({"card_expires_on": "2028-12-31"}, False),
        ({}, False),
    ],
)
def test_a_notice_is_needed_while_that_card_is_on_file(traits: dict[str, str], needed: bool) -> None:
    assert PLAY.still_needed(make_customer(traits=traits), {"expires_on": "2026-12-10"}, RUNNING.given) is needed


# When its time has come


def test_a_task_nothing_speaks_against_is_queued_and_handed_on() -> None:
    decision = planning.consider(make_task(), READY, RUNNING, make_policy(), NOON)

    (task,) = decision.changes
    assert (task.state, task.updated_at) == (TaskState.QUEUED, NOON)
    assert decision.messages == (DeliverTask(customer_id=ANNS_ID, task_id=task.id, as_of="2026-11-20T12:00:00.000Z"),)


def test_a_task_that_must_wait_is_planned_again_with_the_reason() -> None:
    night = at("2026-11-20 22:00")

    (task,) = planning.consider(make_task(), READY, RUNNING, make_policy(), night).changes

    assert (task.state, task.due_at) == (TaskState.PLANNED, at("2026-11-21 08:00"))
    assert task.reason.startswith("quiet_hours")


def test_who_is_passed_over_is_passed_over_with_a_reason() -> None:
    decision = planning.consider(make_task(), make_customer(), RUNNING, make_policy(), NOON)

    task, _ = decision.changes
    assert task.state is TaskState.PASSED_OVER
    assert task.reason == decision.reason == "not_needed: she has taken care of it, or it changed"


def test_a_task_of_a_play_that_is_gone_is_passed_over() -> None:
    task, _ = planning.consider(make_task(), READY, None, make_policy(), NOON).changes

    assert task.reason == "no_play: payment_will_fail is no longer configured"


def test_a_task_that_got_stuck_in_the_queue_is_asked_about_again() -> None:
    stuck = make_task(TaskState.QUEUED, updated_at=NOON - timedelta(minutes=15))

    decision = planning.consider(stuck, READY, RUNNING, make_policy(), NOON)

    assert decision.reason == "queued"
    assert decision.messages


@pytest.mark.parametrize(
    "task",
    [make_task(due_at=NOON + timedelta(milliseconds=1)), make_task(TaskState.QUEUED, updated_at=NOON)]
    + [make_task(state) for state in TaskState if state.final or state is TaskState.SENT],
)
def test_a_task_that_is_not_due_is_left_alone(task: Task) -> None:
    assert planning.consider(task, READY, RUNNING, make_policy(), NOON).reason == "not due"


def test_an_absorbed_ones_fact_plans_the_same_task_before_the_merge_and_after_it() -> None:
    (before,) = planning.plans_for(make_fact(), make_customer(), ALL, NOON)

    (after,) = planning.plans_for(make_fact(), make_customer(id="01S", absorbed=(ANNS_ID,)), ALL, NOON)

    assert after == before


# Events


def test_who_will_lose_her_tier_is_told_at_once_and_not_after_she_lost_it() -> None:
    told = Event(
        id="01E",
        customer_id=ANNS_ID,
        what=EventKind.TIER_WILL_CHANGE,
        at=NOON,
        detail={"from": "gold", "to": "standard", "at": "2026-12-04T12:00:00.000Z"},
    )

    ((task, *_),) = [plan.changes for plan in planning.plans_for(told, make_customer(tier="gold"), ALL, NOON)]

    assert (task.play, task.due_at, task.deadline) == ("tier_will_change", NOON, at("2026-12-04T12:00"))


@pytest.mark.parametrize(
    ("tier", "lost", "needed"),
    [
        ("gold", "2026-12-04", True),
        ("gold", "", False),
        ("standard", "2026-12-04", False),
        ("gold", "2026-12-13", False),
    ],
)
def test_she_is_told_while_she_has_the_tier_and_will_lose_it_on_that_day(tier: str, lost: str, needed: bool) -> None:
    standing = Standing(tier=tier, since=NOON, lost_at=at(lost) if lost else None)
    context = {"before": "gold", "after": "standard", "on": "2026-12-04"}

    assert tier_will_change.PLAY.still_needed(make_customer(standing=standing), context, {}) is needed
