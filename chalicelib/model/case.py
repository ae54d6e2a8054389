"""A case: one matter of one customer, across channels, until it is solved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.model.mood import Mood
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import Routing, holder_of


class CaseStatus(Enum):
    NEW = "new"  # nobody answered yet
    OPEN = "open"  # we owe the next answer
    WAITING_ON_US = "waiting_on_us"  # likewise, and somebody else was asked: a colleague, a supplier
    WAITING = "waiting_on_customer"
    SOLVED = "solved"  # until she writes again, which reopens it
    CLOSED = "closed"  # for good: what comes then opens a new one, which follows it

    @property
    def is_open(self) -> bool:
        return self not in (CaseStatus.SOLVED, CaseStatus.CLOSED)

    @property
    def ours(self) -> bool:
        """Whether the next move is ours."""
        return self in (CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.WAITING_ON_US)


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
    """That we answer, or solve it, by a time. `warn_at` is when it is about to break.

    While `paused_at` is set its clock stands still: the next move is the customer's. Both times move by the business
    time that passes meanwhile.
    """

    made_at: datetime
    due_at: datetime
    warn_at: datetime
    state: PromiseState = PromiseState.OPEN
    kept_at: datetime | None = None  # also when it was too late
    kind: PromiseKind = PromiseKind.FIRST_ANSWER
    channel: str = ""  # whose calendar it is counted in
    paused_at: datetime | None = None
    tell: str = ""  # the address that is told before it breaks; empty: none is
    told_by: datetime | None = None  # until when that address was told to wait instead
    said_by: datetime | None = None  # what she was told, where it is due earlier since

    @property
    def open(self) -> bool:
        """Whether it can still be kept."""
        return self.state in (PromiseState.OPEN, PromiseState.AT_RISK)

    @property
    def running(self) -> bool:
        return self.open and self.paused_at is None

    @property
    def next_at(self) -> datetime | None:
        """When the clock has to look at it next; None: never. What she was told instead is watched, too."""
        if self.state is PromiseState.BROKEN and self.kept_at is None:
            return self.told_by
        if not self.running:
            return None
        return self.due_at if self.state is PromiseState.AT_RISK else self.warn_at


class PromiseStep(Enum):
    """What became of a promise."""

    AT_RISK = "at_risk"
    BROKEN = "broken"
    KEPT = "kept"
    PAUSED = "paused"
    RESUMED = "resumed"
    MOVED = "moved"  # it is due later than was told
    HASTENED = "hastened"  # it is due earlier: the case became more urgent


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseEntry:
    """One line of a case's log of promises."""

    at: datetime
    promise: PromiseKind
    step: PromiseStep
    why: str = ""
    due_at: datetime  # as it was from then on


LONGEST_LOG = 20  # entries; the oldest go
REMEMBERED_FOR = timedelta(days=30)  # a solved case; then it is closed, and whoever answers has a new matter
MOST_FOLLOWERS = 50
MOST_LINKS = 200  # of an incident's case with those it caused
MOST_URLS = 20
MOST_ABSORBED = 20


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


class LinkKind(Enum):
    """How a case stands to another, seen from the one that carries the link."""

    RELATES_TO = "relates_to"
    CAUSED_BY = "caused_by"
    CAUSE_OF = "cause_of"
    DUPLICATE_OF = "duplicate_of"
    DUPLICATED_BY = "duplicated_by"
    PARENT_OF = "parent_of"  # an incident, of those who report it
    CHILD_OF = "child_of"
    URL = "url"  # not a case at all: a page elsewhere

    @property
    def seen_from_there(self) -> "LinkKind":
        return _SEEN_FROM_THERE.get(self, self)


_PAIRS = (
    (LinkKind.CAUSED_BY, LinkKind.CAUSE_OF),
    (LinkKind.DUPLICATE_OF, LinkKind.DUPLICATED_BY),
    (LinkKind.PARENT_OF, LinkKind.CHILD_OF),
)
_SEEN_FROM_THERE = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLink:
    """`id` is the other case's, or follows from the address."""

    id: str
    kind: LinkKind
    url: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """That somebody works on a case, so that others keep off it until then."""

    holder: str  # the id of a member of staff, or the name of who has none
    name: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """An answer that waits for its time: as much of it as decides whether it still does."""

    id: str
    at: datetime
    only_if_silent: bool = True
    by: str = ""  # who of the staff wrote it


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
    priority: int = 0  # higher first: of its urgency, and of promises at risk; see cases/promises.py
    tier: str
    language: str = ""
    promise: Promise | None = None  # of the answer: the one we owe, or gave last
    first_answer: Promise | None = None  # what became of it, once `promise` is of a next one
    solution: Promise | None = None
    promise_log: tuple[PromiseEntry, ...] = ()
    waiting_until: datetime | None = None
    participants: tuple[Participant, ...] = ()
    heard: tuple[Heard, ...] = ()  # of the last hour, against loops
    machine: str = ""  # opened by machine mail: nothing was promised
    attention: str = ""  # what an agent has to see to before anything else
    solved_at: datetime | None = None
    follows: str = ""  # the case this one goes on from
    merged_into: str = ""  # the case its mail goes to now
    # Answers that wait, and conversations beside it.
    scheduled: tuple[Scheduled, ...] = ()
    sides: int = 0  # how many side conversations there ever were
    # Mood, urgency and recovery.
    urgency: Urgency = Urgency.NORMAL
    urgency_by: str = ""  # the agent who set it; empty: the table
    mood: Mood | None = None  # of her last words that could be judged; None: calm
    recovery: str = ""  # the recovery that began with it, or that it joined
    # Who sees to it; see model/work.py.
    queue: str = ""
    assigned_to: str = ""  # the agent who took it
    routing: Routing | None = None
    # What agents do with it.
    edition: int = 0  # how often it changed, but for leases: what an edit is checked against
    followers: tuple[str, ...] = ()  # ids or addresses of members of staff
    links: tuple[CaseLink, ...] = ()
    custom: Mapping[str, str | int | float | bool] = field(default_factory=dict)  # the company's own fields
    lease: Lease | None = None
    snoozed_at: datetime | None = None  # out of the list of open cases since then
    snoozed_until: datetime | None = None  # None, while it is snoozed: until she writes
    absorbed: tuple[str, ...] = ()  # cases that were merged into it, with those merged into them; the last one last
    split_from: str = ""  # the case it was a part of
    version: int | None = None

    @property
    def promises(self) -> tuple[Promise, ...]:
        """All of them, in the order they fall due in."""
        return tuple(one for one in (self.first_answer, self.promise, self.solution) if one)

    @property
    def due_at(self) -> datetime | None:
        """When the clock has to look at this case next; None: never."""
        moments: list[datetime | None] = []
        if self.snoozed:
            moments.append(self.snoozed_until)
        if self.status is CaseStatus.WAITING:
            moments.append(self.waiting_until)
        elif self.status is CaseStatus.SOLVED:
            moments.append(self.solved_at and self.solved_at + REMEMBERED_FOR)
        elif self.status.ours:
            moments += [one.next_at for one in self.promises]
            moments.append(self.routing.next_at if self.routing and not self.assigned_to else None)
        return min((moment for moment in moments if moment), default=None)

    @property
    def snoozed(self) -> bool:
        return self.snoozed_at is not None and self.status.is_open

    @property
    def holder(self) -> str:
        """The agent who has it in hand, or is offered it, while the next move is ours. What is snoozed takes nobody's
        hand: it is hers again when it wakes."""
        return holder_of(self.assigned_to, self.routing) if self.status.ours and not self.snoozed else ""

    @property
    def waits(self) -> bool:
        """Whether it stands in its queue for an agent."""
        return bool(self.status.ours and self.routing and not (self.holder or self.merged_into or self.snoozed))

    @property
    def owed_by(self) -> datetime | None:
        """The first moment at which a running promise breaks."""
        return min((one.due_at for one in self.promises if one.running), default=None)

    def participant(self, address: str) -> Participant | None:
        """Who takes part under this address; a revoked number is nobody's."""
        return next((p for p in self.participants if p.address == address and p.revoked_at is None), None)

    def admits(self, number: int) -> bool:
        """Whether the reply address with this participant's number still opens the case."""
        return all(p.revoked_at is None for p in self.participants if p.number == number)

    def admits_from(self, absorbed: "Case", number: int) -> bool:
        """Whether a reply address of a case that was merged into this one still opens it."""
        address = next((p.address for p in absorbed.participants if p.number == number), "")
        known = [p for p in self.participants if p.address == address]
        return absorbed.admits(number) and (not known or any(p.revoked_at is None for p in known))

    def leased(self, at: datetime) -> Lease | None:
        """Who works on it at this moment; a lease ends by itself."""
        return self.lease if self.lease and at < self.lease.until else None

    def forgotten(self, at: datetime) -> bool:
        """Closed, or solved so long ago that what comes in now is another matter."""
        if self.status is CaseStatus.CLOSED:
            return True
        return self.status is CaseStatus.SOLVED and at - (self.solved_at or self.updated_at) > REMEMBERED_FOR
