"""What does a fact call for, and is a task's time right?"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import DeliverTask
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Receipt
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import guardrails
from chalicelib.outreach.guardrails import Contact, Postponement
from chalicelib.outreach.plays.base import Occasion, Play


def plans_for(told: Fact | Event, customer: Customer, plays: Iterable[Play], now: datetime) -> list[Decision]:
    """One decision per play the fact or event calls for; the receipt in it makes the same occasion one task, ever."""
    return [
        _planned(play, occasion, told.customer_id, customer.tier, now)
        for play in plays
        if told.what in play.triggers and (occasion := play.occasion(told, customer))
    ]


def _planned(play: Play, occasion: Occasion, customer_id: str, tier: str, now: datetime) -> Decision:
    key = f"task:{play.name}:{customer_id}:{occasion.key}"
    task = Task(
        id=ids.derived_ulid(now, key),
        customer_id=customer_id,
        play=play.name,
        purpose=play.purpose,
        channel="email",
        tier=tier,
        why=occasion.why,
        created_at=now,
        updated_at=now,
        due_at=occasion.due_at,
        deadline=occasion.deadline,
        context=occasion.context,
    )
    receipt = Receipt(key=key, fingerprint="", at=now, customer_id=customer_id, interaction_id=task.id)
    return Decision((task, receipt), reason=f"planned for {clock.iso(task.due_at)}")


def consider(task: Task, customer: Customer, play: Play | None, policy: Policy, now: datetime) -> Decision:
    """The task when its time has come: queued, postponed, or passed over with the reason stored."""
    if task.next_look_at is None or task.next_look_at > now:
        return Decision(reason="not due")
    if play is None:
        return _passed_over(task, f"no_play: {task.play} is no longer configured", now)
    objection = guardrails.objection_to(Contact(customer=customer, task=task, play=play, policy=policy, now=now))
    match objection:
        case None:
            queued = replace(task, state=TaskState.QUEUED, reason="", updated_at=now)
            message = DeliverTask(customer_id=task.customer_id, task_id=task.id, as_of=clock.iso(now))
            return Decision((queued,), (message,), reason="queued")
        case Postponement():
            later = replace(
                task, state=TaskState.PLANNED, due_at=objection.until, reason=str(objection), updated_at=now
            )
            return Decision((later,), reason=str(objection))
    return _passed_over(task, str(objection), now)


def _passed_over(task: Task, reason: str, now: datetime) -> Decision:
    over = replace(task, state=TaskState.PASSED_OVER, reason=reason, updated_at=now)
    return Decision((over,), reason=reason)
