"""Proactive contacts."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from chalicelib.model.task import Task, TaskState
from chalicelib.triggers.answers.shared import Next, Output


class TaskOut(Output, frozen=True, tag_field="kind", tag="task"):
    """One proactive contact, from the plan to its outcome. `why` says what made us propose it, `reason` why
    it was passed over, postponed or failed."""

    id: str
    at: datetime
    customer_id: str
    play: str
    purpose: str
    channel: str
    tier: str
    why: str
    state: TaskState
    reason: str
    due_at: datetime
    deadline: datetime
    updated_at: datetime
    interaction_id: str
    goal: Annotated[str, Meta(description="What is to come of a task that an agent does.")]
    outcome: Annotated[str, Meta(description="What came of it.")]
    done_by: str
    queue: str
    assigned_to: str
    calls: Annotated[int, Meta(description="How often she was called in vain.")]
    begun_at: Annotated[datetime | None, Meta(description="When its agent looked at the number.")]

    @classmethod
    def of(cls, task: Task) -> "TaskOut":
        return cls(
            id=task.id,
            at=task.created_at,
            customer_id=task.customer_id,
            play=task.play,
            purpose=task.purpose,
            channel=task.channel,
            tier=task.tier,
            why=task.why,
            state=task.state,
            reason=task.reason,
            due_at=task.due_at,
            deadline=task.deadline,
            updated_at=task.updated_at,
            interaction_id=task.interaction_id,
            goal=task.goal,
            outcome=task.outcome,
            done_by=task.done_by,
            queue=task.queue,
            assigned_to=task.assigned_to,
            calls=task.calls,
            begun_at=task.begun_at,
        )


class TasksOut(Output, frozen=True):
    items: list[TaskOut]
    next: Next
