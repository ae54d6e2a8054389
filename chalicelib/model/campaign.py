"""A campaign: a play sent once to an audience, in parts that go on by themselves at a rate people set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.model.play import Value
from chalicelib.model.task import Task, TaskState

MOST_INLINE = 1_000  # entries of a list that is told with the campaign
MOST_FILES = 10  # uploads a list is made of
CHUNK = 1_000  # entries of a list in one row
MOST_RATE = 600_000  # people a minute: 10,000 a second
MOST_PARTS = 32
LIST_KEPT = timedelta(days=90)  # who was on a list; from when it was given
KEPT = timedelta(days=800)


class AudienceKind(Enum):
    EVERYBODY = "everybody"
    SEGMENT = "segment"
    LIST = "list"
    REACHED = "reached"  # whom another campaign reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    kind: AudienceKind
    segment: str = ""  # its slug
    campaign_id: str = ""  # the one that reached them
    uploads: tuple[str, ...] = ()  # files the list is made of; none: it was told with the campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """How far the entries of a list are looked up. What lies in `chunks` is all of it once `done`."""

    upload: int = 0  # which of the files
    place: int = 0  # bytes of it that were read
    entries: int = 0
    chunks: int = 0
    found: int = 0
    missed: int = 0  # nobody is known by them
    done: bool = False
    turn: int = 0


class CampaignState(Enum):
    DRAFT = "draft"
    SUBMITTED = "submitted"  # waits for a second person
    APPROVED = "approved"  # waits for its time
    RUNNING = "running"
    PAUSED = "paused"  # nobody is contacted; what was planned waits
    STOPPED = "stopped"  # for good; what was planned is withdrawn
    DONE = "done"  # everybody in its audience was looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """`context` is what its texts need, `given` sets parameters of the play for this campaign alone. Nothing of what
    is sent changes once it was submitted; the rate may, at any time."""

    id: str
    title: str
    play: str
    edition: int = 0  # of the play, as it was submitted: another one needs another approval
    given: Mapping[str, Value] = field(default_factory=dict)
    context: Mapping[str, str] = field(default_factory=dict)
    reason: str  # why these people hear of it, for people
    audience: Audience
    listing: Listing | None = None  # of a list
    rate: int  # people a minute, all parts together
    starts_at: datetime | None = None  # None: when it is approved
    deadline: datetime  # later it helps nobody
    state: CampaignState = CampaignState.DRAFT
    why: str = ""  # it is paused or stopped, or ended early
    prepared_by: str  # who that is, not what she is called
    prepared_at: datetime
    preparers: tuple[str, ...] = ()  # ids of all who had a hand in it: none of them approves it
    submitted_at: datetime | None = None
    approved_by: str = ""
    approved_at: datetime | None = None
    begun_at: datetime | None = None
    ended_at: datetime | None = None
    expected: int = 0  # people, as far as that was known when it was submitted
    parts: int = 0
    turn: int = 0  # how often it was begun, paused, resumed or stopped
    forgiven: Mapping[str, int] = field(default_factory=dict)  # counted when it went on after too many complaints
    updated_at: datetime
    updated_by: str  # as people know her
    version: int | None = None

    @property
    def over(self) -> bool:
        return self.state in (CampaignState.STOPPED, CampaignState.DONE)

    @property
    def next_look_at(self) -> datetime | None:
        """When the clock has to begin it."""
        return (self.starts_at or self.approved_at) if self.state is CampaignState.APPROVED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPart:
    """How far one part of a campaign's audience is."""

    campaign_id: str
    number: int
    begun_at: datetime
    after: str = ""  # the place in its audience behind which it goes on
    seen: int = 0  # people it has looked at
    saved: float = 0.0  # people it may still take, by the rate; what it has not earned yet is a fraction
    paced_at: datetime  # until when that is reckoned
    next_at: datetime | None = None  # when the clock looks at it; None: it is done, or stands still
    turn: int = 0  # slices it did
    done: bool = False
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChunk:
    """Some entries of a list, looked up: whom they mean, and which of them mean nobody. The entries themselves are not
    kept."""

    campaign_id: str
    number: int
    at: datetime
    customers: tuple[str, ...] = ()
    missed: tuple[int, ...] = ()  # places in the whole list, from 1
    version: int | None = None


def stand_of(task: Task) -> str:
    """How a campaign's task is counted and listed: by its state, and by the guardrail that refused or postponed her."""
    named = task.state in (TaskState.PASSED_OVER, TaskState.PLANNED) and task.reason
    return f"{task.state.value}.{task.reason.partition(':')[0]}" if named else task.state.value
