"""Does a pilot hold her out?

Asked after no guardrail refused, so that those held out are like those contacted. The draw is by her oldest record, so
that no merge moves her, and it is remembered on her row, so that no change of tier does.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.insight import statistics
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.model.customer import Customer
from chalicelib.model.pilot import MOST_REMEMBERED, REMEMBERED_FOR, Arm, PilotPlan, Subject
from chalicelib.model.tally import words_as_one
from chalicelib.model.task import Task, TaskState

SALT = "v1"
OUTSIDE_PILOT = "outside_pilot"  # as a guardrail's name
DRAWN, REFUSED = "drawn", "refused"  # what is counted here of a pilot


class Drawn(NamedTuple):
    """Her task as the draw leaves it, held out or not, and what else is stored with it."""

    task: Task
    changes: tuple[object, ...] = ()


def drawn(task: Task, customer: Customer, pilot: PilotPlan | None, *, expected: int = 0, now: datetime) -> Drawn:
    """Where the pilot puts her and this task; `expected` is what she may earn us within its window. Who is drawn for
    the first time becomes a subject, once: what remembers that is her own row, which is written with it. The same again
    changes nothing."""
    if pilot is None:
        return Drawn(task)
    known = customer.pilots.get(pilot.id)
    arm = arm_of(customer, pilot, now)
    if known == arm.value:
        return Drawn(_put(task, arm, pilot, now))
    pilots = remembered(customer, pilot, arm, now)
    if len(pilots) > MOST_REMEMBERED:
        return Drawn(_put(task, Arm.OUTSIDE, pilot, now))
    later = replace(customer, pilots=pilots)
    if known is not None or arm is Arm.RELEASED:
        return Drawn(_put(task, arm, pilot, now), (later,))
    return Drawn(_put(task, arm, pilot, now), (later, *noted(task, customer, pilot, arm, expected, now)))


def arm_of(customer: Customer, pilot: PilotPlan, now: datetime) -> Arm:
    """Where she is, or would be if her time came now. Who was outside when it was widened is contacted from then on,
    if the draw says so, and not compared: those held out at that time had their first occasion long ago."""
    known = customer.pilots.get(pilot.id)
    if known and known != Arm.OUTSIDE.value:
        return Arm(known)
    her_place = place(customer, pilot.id)
    compared = not known and (pilot.draws_until is None or now < pilot.draws_until)
    if her_place >= 1 - pilot.held_out_of(customer.tier):
        return Arm.HELD_OUT if compared else Arm.OUTSIDE
    if her_place >= pilot.contacted_of(customer.tier):
        return Arm.OUTSIDE
    return Arm.CONTACTED if compared else Arm.RELEASED


def place(customer: Customer, pilot_id: str) -> float:
    """From 0 to below 1: always the same, whatever merges do, in each pilot another."""
    return statistics.drawn(SALT, pilot_id, min(customer.ids))


def noted(
    task: Task, customer: Customer, pilot: PilotPlan, arm: Arm, expected: int, now: datetime
) -> tuple[object, ...]:
    """That she was drawn: the count, and who is compared as a subject."""
    counted = Tally(counter(pilot.id), {words_as_one(DRAWN, arm.value, customer.tier, str(pilot.period)): 1})
    return (counted,) if arm is Arm.OUTSIDE else (_subject(task, customer, pilot, arm, expected, now), counted)


def remembered(customer: Customer, pilot: PilotPlan, arm: Arm, now: datetime) -> dict[str, str]:
    """Her pilots with this one, without those that draw nobody any more."""
    live = {each: was for each, was in customer.pilots.items() if ids.instant_of(each) > now - REMEMBERED_FOR}
    return {**live, pilot.id: arm.value}


def refused(decision: Decision, pilot: PilotPlan | None, rule: str) -> Decision:
    """The decision by which she was passed over, counted for the pilot's report as well."""
    if pilot is None:
        return decision
    return replace(decision, changes=(*decision.changes, Tally(counter(pilot.id), {words_as_one(REFUSED, rule): 1})))


def counter(pilot_id: str) -> tuple[str, str]:
    """Of all that is summed of a pilot."""
    return "pilot", pilot_id


def _put(task: Task, arm: Arm, pilot: PilotPlan, now: datetime) -> Task:
    task = replace(task, pilot_id=pilot.id, arm=arm.value)
    match arm:
        case Arm.HELD_OUT:
            return task.moved(TaskState.HELD_OUT, now, reason="held out: it is looked what becomes of her without")
        case Arm.OUTSIDE:
            return task.moved(TaskState.PASSED_OVER, now, reason=f"{OUTSIDE_PILOT}: the pilot does not reach her")
    return replace(task, agents=pilot.agents)


def _subject(task: Task, customer: Customer, pilot: PilotPlan, arm: Arm, expected: int, now: datetime) -> Subject:
    ends = now + timedelta(days=pilot.window_days)
    return Subject(
        pilot_id=pilot.id,
        customer_id=customer.id,
        play=task.play,
        arm=arm,
        tier=customer.tier,
        period=pilot.period,
        expected=expected,
        task_id=task.id,
        at=now,
        window_ends_at=ends,
        judge_at=ends + timedelta(days=pilot.grace_days),
    )
