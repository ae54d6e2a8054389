"""A case: one matter of one customer, across channels, until it is solved."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum


class CaseStatus(Enum):
    NEW = "new"  # nobody answered yet
    OPEN = "open"  # we owe the next answer
    WAITING = "waiting_on_customer"
    SOLVED = "solved"

    @property
    def is_open(self) -> bool:
        return self is not CaseStatus.SOLVED

    @property
    def ours(self) -> bool:
        """Whether the next move is ours."""
        return self in (CaseStatus.NEW, CaseStatus.OPEN)


class PromiseKind(Enum):
    FIRST_ANSWER = "first_answer"
    NEXT_ANSWER = "next_answer"
    SOLUTION = "solution"


class PromiseState(Enum):
    OPEN = "open"
    AT_RISK = "at_risk"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """That we answer by a time. `warn_at` is when it is about to break."""

    made_at: datetime
    due_at: datetime
    warn_at: datetime
    state: PromiseState = PromiseState.OPEN
    kept_at: datetime | None = None

    @property
    def running(self) -> bool:
        return self.state in (PromiseState.OPEN, PromiseState.AT_RISK)


REMEMBERED_FOR = timedelta(days=30)  # a solved case; whoever answers later has a new matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Somebody whose mail belongs here; her number is in her reply address.

    Whoever joined by writing is unconfirmed: she is read, but nothing is sent to her until an agent says so.
    """

    number: int
    address: str
    confirmed: bool = True
    revoked_at: datetime | None = None  # from then on her reply address opens this case no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """How often an address wrote within the hour that began at `since`."""

    address: str
    since: datetime
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    id: str
    customer_id: str
    opened_at: datetime
    updated_at: datetime
    channel: str
    subject: str = ""
    topic: str = ""
    status: CaseStatus = CaseStatus.NEW
    priority: int = 0  # higher first; promises at risk raise it
    tier: str
    language: str = ""
    promise: Promise | None = None
    waiting_until: datetime | None = None
    participants: tuple[Participant, ...] = ()
    heard: tuple[Heard, ...] = ()  # of the last hour, against loops
    machine: str = ""  # opened by machine mail: nothing was promised
    attention: str = ""  # what an agent has to see to before anything else
    solved_at: datetime | None = None
    follows: str = ""  # the case this one goes on from
    merged_into: str = ""  # the case its mail goes to now
    version: int | None = None

    @property
    def due_at(self) -> datetime | None:
        """When the clock has to look at this case next; None: never."""
        if self.status is CaseStatus.WAITING:
            return self.waiting_until
        if self.status.ours and self.promise and self.promise.running:
            at_risk = self.promise.state is PromiseState.AT_RISK
            return self.promise.due_at if at_risk else self.promise.warn_at
        return None

    def participant(self, address: str) -> Participant | None:
        """Who takes part under this address; a revoked number is nobody's."""
        return next((p for p in self.participants if p.address == address and p.revoked_at is None), None)

    def admits(self, number: int) -> bool:
        """Whether the reply address with this participant's number still opens the case."""
        return all(p.revoked_at is None for p in self.participants if p.number == number)

    def forgotten(self, at: datetime) -> bool:
        """Solved so long ago that what comes in now is another matter."""
        return self.status is CaseStatus.SOLVED and at - (self.solved_at or self.updated_at) > REMEMBERED_FOR
