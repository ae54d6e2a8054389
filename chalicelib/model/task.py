"""A task: one proactive contact with one customer, from the plan to its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

STUCK_AFTER = timedelta(minutes=15)


class TaskState(Enum):
    PLANNED = "planned"  # its time has not come
    QUEUED = "queued"  # the guardrails let it through
    RELEASED = "released"  # claimed: its notice is with the mailer
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    HELD = "held"  # sending is switched off
    PASSED_OVER = "passed_over"  # not contacted; the reason says why

    @property
    def final(self) -> bool:
        return self not in (TaskState.PLANNED, TaskState.QUEUED, TaskState.RELEASED, TaskState.SENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    id: str
    customer_id: str
    play: str
    purpose: str  # what consent is needed for
    channel: str
    tier: str
    why: str  # what made the play propose it, for people
    created_at: datetime
    due_at: datetime
    deadline: datetime  # later it helps nobody
    state: TaskState = TaskState.PLANNED
    reason: str = ""  # why passed over, postponed or failed
    updated_at: datetime
    context: Mapping[str, str] = field(default_factory=dict)  # what the template needs
    interaction_id: str = ""
    version: int | None = None

    @property
    def next_look_at(self) -> datetime | None:
        """When the clock has to look at it: when it is due, or when it got stuck on its way."""
        if self.state is TaskState.PLANNED:
            return self.due_at
        if self.state in (TaskState.QUEUED, TaskState.RELEASED):
            return self.updated_at + STUCK_AFTER
        return None
