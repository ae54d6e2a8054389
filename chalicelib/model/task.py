"""A task: one proactive contact with one customer, from the plan to its outcome."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, NamedTuple, Self

from chalicelib.model.article import Article
from chalicelib.model.case import Case
from chalicelib.model.fact import Fact
from chalicelib.model.segment import Memberships
from chalicelib.model.work import Routing, holder_of

STUCK_AFTER = timedelta(minutes=15)


class TaskState(Enum):
    PLANNED = "planned"  # its time has not come
    QUEUED = "queued"  # the guardrails let it through
    CLAIMED = "claimed"  # its notice is stored, and with whoever sends it
    SENT = "sent"
    DELIVERED = "delivered"
    OPENED = "opened"  # she looked at it, where a channel tells so without spying
    ANSWERED = "answered"  # she wrote back, or said what it asked for
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"
    HELD = "held"  # sending is switched off
    WAITING = "waiting"  # for an agent: the guardrails let it through to the desk
    TAKEN = "taken"  # an agent is about it
    DONE = "done"  # an agent did it; the outcome says what came of it
    PASSED_OVER = "passed_over"  # not contacted; the reason says why
    WITHDRAWN = "withdrawn"  # its play or campaign was stopped before she was contacted
    HELD_OUT = "held_out"  # not contacted, to see what contacting the others changes

    @property
    def final(self) -> bool:
        return self not in _PENDING

    @property
    def next(self) -> "frozenset[TaskState]":
        """The states it may come to from here; those that news of an earlier moment name are not among them."""
        return MOVES[self]


_PENDING = (
    TaskState.PLANNED, TaskState.QUEUED, TaskState.CLAIMED, TaskState.SENT, TaskState.WAITING, TaskState.TAKEN,
)  # fmt: skip
ARTICLE = "article"  # in a context: the slug without which there is nothing to say
SEE = "see"  # likewise: the slug of what is worth reading besides
CASE = "case"  # likewise: the case it is about
SEGMENT = "in_segment"  # likewise: the one whose member she became, and still has to be
LINK = "link"  # likewise: where the article is read; empty where nobody can
_NEWS = (
    TaskState.SENT, TaskState.DELIVERED, TaskState.OPENED, TaskState.ANSWERED, TaskState.BOUNCED, TaskState.COMPLAINED,
)  # fmt: skip
# She was tried elsewhere before, and tells us now: what is still to be done is not.
_TOLD_MEANWHILE = (TaskState.ANSWERED, TaskState.COMPLAINED)
_ENDED = (TaskState.PASSED_OVER, TaskState.WITHDRAWN)
MOVES: Mapping[TaskState, frozenset[TaskState]] = {
    before: frozenset(after)
    for before, after in {
        TaskState.PLANNED: (
            TaskState.QUEUED, TaskState.WAITING, TaskState.HELD_OUT, TaskState.DONE, *_ENDED, *_TOLD_MEANWHILE,
        ),
        TaskState.QUEUED: (
            TaskState.PLANNED, TaskState.WAITING, TaskState.HELD_OUT, TaskState.CLAIMED, TaskState.SENT, TaskState.HELD,
            *_ENDED, *_TOLD_MEANWHILE,
        ),
        TaskState.CLAIMED: (*_NEWS, TaskState.FAILED, TaskState.HELD, TaskState.WITHDRAWN, TaskState.PLANNED),
        TaskState.SENT: (*_NEWS[1:], TaskState.FAILED, TaskState.WITHDRAWN, TaskState.PLANNED),
        TaskState.DELIVERED: (*_NEWS[2:], TaskState.PLANNED),
        TaskState.OPENED: (*_NEWS[3:], TaskState.PLANNED),
        TaskState.ANSWERED: (TaskState.COMPLAINED,),
        TaskState.BOUNCED: _TOLD_MEANWHILE,
        TaskState.COMPLAINED: (),
        TaskState.FAILED: (TaskState.BOUNCED, *_TOLD_MEANWHILE),
        # Nobody knew whether it was taken, and it was.
        TaskState.HELD: _NEWS,
        TaskState.WITHDRAWN: _NEWS,
        TaskState.WAITING: (TaskState.TAKEN, TaskState.DONE, TaskState.PLANNED, *_ENDED, *_TOLD_MEANWHILE),
        TaskState.TAKEN: (TaskState.WAITING, TaskState.DONE, TaskState.PLANNED, *_ENDED),
        TaskState.DONE: (),
        TaskState.PASSED_OVER: (),
        TaskState.HELD_OUT: (),
    }.items()
}  # fmt: skip
BY_HAND = "by_hand"  # in place of a play's name: an agent set it up


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
    stands_on: str = ""  # the fact without which there was nothing to say
    edition: int = 0  # of its play, when it was planned
    step: str = ""  # of a play with several
    topic: str = ""  # what it is about, as cases have it
    urgent: bool = False  # a day later it helps less
    channels: tuple[str, ...] = ()  # that may be used, the preferred first; `channel` is the one that is
    tried: tuple[str, ...] = ()  # channels she could not be reached on
    fall_back_at: datetime | None = None  # sent, and not seen by then: the next channel
    campaign_id: str = ""
    pilot_id: str = ""
    arm: str = ""  # of the pilot
    agents: tuple[str, ...] = ()  # who alone may do it; empty: whoever can
    # Of a task that an agent does; see model/work.py.
    goal: str = ""  # what is to come of it
    outcome: str = ""  # what came of it, by whoever did it
    done_by: str = ""
    calls: int = 0  # how often she was called in vain
    begun_at: datetime | None = None  # when its agent looked at the number
    queue: str = ""
    assigned_to: str = ""
    routing: Routing | None = None
    version: int | None = None

    @property
    def next_look_at(self) -> datetime | None:
        """When the clock has to look at it: when it is due, or when it got stuck on its way."""
        if self.state is TaskState.PLANNED:
            return self.due_at
        if self.state in (TaskState.QUEUED, TaskState.CLAIMED):
            return self.updated_at + STUCK_AFTER
        if self.state is TaskState.SENT:
            return self.fall_back_at
        if self.state in (TaskState.WAITING, TaskState.TAKEN):
            routed = self.routing.next_at if self.routing and self.state is TaskState.WAITING else None
            return min(routed or self.deadline, self.deadline)
        return None

    def moved(self, state: TaskState, now: datetime, **fields: Any) -> Self:
        """The task in another state, or in its own with other fields. Raises ValueError for a move that there is not:
        whoever decides asks `state.next` before."""
        if state is not self.state and state not in self.state.next:
            raise ValueError(f"a task does not go from {self.state.value} to {state.value}; MOVES says where it may")
        return replace(self, state=state, updated_at=now, **fields)

    @property
    def holder(self) -> str:
        """The agent who has it in hand, or is offered it."""
        return holder_of(self.assigned_to, self.routing) if self.state in (TaskState.WAITING, TaskState.TAKEN) else ""

    @property
    def waits(self) -> bool:
        """Whether it stands in its queue for an agent."""
        return self.state is TaskState.WAITING and self.routing is not None and not self.holder


class Grounds(NamedTuple):
    """What a task stands on, as it is by now; None: it names none, or it is gone."""

    fact: Fact | None = None
    article: Article | None = None
    case: Case | None = None
    memberships: Memberships | None = None


def grounds_named(task: Task) -> tuple[str, str]:
    """The slug and the case its context names."""
    return task.context.get(ARTICLE) or task.context.get(SEE, ""), task.context.get(CASE, "")
