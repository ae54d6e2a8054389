"""From a queued task to its outcome. A task is claimed by the write that stores its notice.

planned ─▶ queued ─▶ claimed ─▶ sent ─▶ delivered ─▶ opened ─▶ answered
   └─▶ passed over ◀─┘  └─▶ held · failed   └─▶ bounced · complained
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import SendMail
from chalicelib.model.campaign import Campaign
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Delivery, Direction, Interaction, Purpose, preview_of
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import guardrails, planning
from chalicelib.outreach.campaigns import halting
from chalicelib.outreach.guardrails import Contact
from chalicelib.outreach.plays.base import Running


class Notice(NamedTuple):
    """What is said, and where the whole of it lies when a row cannot carry it."""

    subject: str
    text: str
    body_key: str = ""


def release(
    task: Task,
    customer: Customer,
    running: Running | None,
    notice: Notice,
    policy: Policy,
    now: datetime,
    *,
    campaign: Campaign | None = None,
) -> Decision:
    """Store the notice and hand it to the mailer, if the guardrails still agree. `campaign`: the one it is of."""
    if task.state is not TaskState.QUEUED:
        return Decision(reason=f"is {task.state.value}")
    if halted := halting.halted(task, campaign, now):
        return halted
    to = customer.email
    contact = None
    if running:
        contact = Contact(customer=customer, task=task, running=running, policy=policy, now=now, campaign=campaign)
    if contact is None or to is None or guardrails.objection_to(contact):
        due = replace(task, state=TaskState.PLANNED, due_at=min(task.due_at, now))
        return planning.consider(due, customer, running, policy, now, campaign=campaign)
    mail = Interaction(
        id=ids.derived_ulid(now, task.id, "notice"),
        customer_id=task.customer_id,
        at=now,
        channel=task.channel,
        direction=Direction.OUT,
        purpose=Purpose.NOTICE,
        tier=customer.tier,
        author="Liana",
        subject=notice.subject,
        preview=preview_of(notice.text),
        body_key=notice.body_key,
        language=customer.language,
        delivery=Delivery(to=to, since=now),
        template={"why": task.why, "purpose": task.purpose},
        task_id=task.id,
    )
    released = replace(task, state=TaskState.CLAIMED, interaction_id=mail.id, updated_at=now)
    told = (*customer.notices_sent, now)[-planning.NOTICES_REMEMBERED :]
    message = SendMail(customer_id=task.customer_id, interaction_id=mail.id, bulk=True)
    return Decision((mail, released, replace(customer, notices_sent=told)), (message,), reason="released")


def settled(task: Task, state: TaskState, now: datetime) -> Decision:
    """What became of its notice; later news replace earlier ones, never the other way round."""
    if state is task.state or _ORDER[state] < _ORDER[task.state]:
        return Decision(reason=f"is {task.state.value} already")
    outcome = Event(
        id=ids.derived_ulid(now, task.id, state.value),
        customer_id=task.customer_id,
        what=EventKind.OUTCOME,
        at=now,
        task_id=task.id,
        detail={"play": task.play, "outcome": state.value},
    )
    return Decision((replace(task, state=state, updated_at=now), outcome), reason=state.value)


def caught_up(task: Task, notice: Interaction | None, now: datetime) -> Decision:
    """A released task nobody reported on: take its notice's word, or look again while that is on its way."""
    if task.next_look_at is None or task.next_look_at > now:
        return Decision(reason="not due")
    if notice is None or notice.delivery is None or notice.delivery.state.pending:
        return Decision((replace(task, updated_at=now),), reason="still on its way")
    return settled(task, TaskState(notice.delivery.state.value), now)


_ORDER = {
    state: rank
    for rank, states in enumerate(
        (
            (TaskState.PLANNED, TaskState.QUEUED, TaskState.CLAIMED, TaskState.WAITING, TaskState.TAKEN),
            (TaskState.HELD, TaskState.SENT),
            (TaskState.DELIVERED, TaskState.FAILED),
            (TaskState.OPENED,),
            (TaskState.ANSWERED,),
            (TaskState.BOUNCED,),
            (TaskState.COMPLAINED, TaskState.PASSED_OVER, TaskState.DONE, TaskState.WITHDRAWN, TaskState.HELD_OUT),
        )
    )
    for state in states
}
