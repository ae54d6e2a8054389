"""She was not reached: is there another channel?"""

from dataclasses import replace
from datetime import datetime

from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy
from chalicelib.model.task import BY_HAND, Task, TaskState
from chalicelib.outreach import choosing
from chalicelib.outreach.plays.base import Running


def elsewhere(
    task: Task, customer: Customer, running: Running | None, policy: Policy, why: str, now: datetime
) -> Task | None:
    """The same task, planned at once for the next channel; None: there is none, or it is too late.

    It is considered as any planned task is: guardrails are asked again, and there is never more than one channel at a
    time, because it leaves the one it was on by this very write.
    """
    if running is None or task.play == BY_HAND or now >= task.deadline or TaskState.PLANNED not in task.state.next:
        return None
    again = replace(task, tried=tuple(dict.fromkeys((*task.tried, task.channel))))
    possible = (each.channel for each in choosing.choices(again, customer, running, policy, now) if each.possible)
    if (channel := next(possible, None)) is None:
        return None
    return again.moved(
        TaskState.PLANNED,
        now,
        due_at=now,
        channel=channel,
        reason=f"{task.channel}: {why}"[:300],
        fall_back_at=None,
        assigned_to="",
        routing=None,
        queue="",
    )
