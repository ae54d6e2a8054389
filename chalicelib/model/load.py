"""How much the desk has to do just now: who is there, who is idle, who comes, and how many are kept for them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=5)  # by which contacts are counted
FRESH_FOR = timedelta(seconds=30)  # then it is reckoned anew, by whoever asks
STALE_AFTER = timedelta(minutes=2)  # nothing is concluded from what is older


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Of an agent, for one queue and kind of work: how many she took in this window and the one before, and how long
    one takes her, smoothed."""

    since: datetime  # of the window
    taken: int = 0
    before: int = 0
    seconds: int = 0
    done: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenBack:
    """A call that went back into line before she began it."""

    work_id: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLoad:
    """`keep`: how many of the idle are kept for those who come, so that what is promised is `kept`; `in_time`: what is
    predicted then."""

    agents: int
    idle: int
    an_hour: float  # contacts that come
    seconds: int  # that one takes of an agent
    other_seconds: int  # that a call of a play takes
    keep: int
    in_time: float
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLoad:
    """One row. `named` are the idle agents who may be given a call of a play, one each, until it is reckoned anew;
    `groups` those who alone have a pilot's calls, by the name of their line."""

    at: datetime
    queues: Mapping[str, QueueLoad] = field(default_factory=dict)
    named: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    out: int = 0  # agents who have a call of a play in hand
    version: int | None = None

    @property
    def look_at(self) -> datetime | None:
        """When the clock looks at it: while calls are out, or may be since, that may have to come back."""
        return self.at + 2 * FRESH_FOR if self.out or self.named else None


@dataclass(frozen=True, slots=True)
class Promise:
    """What those who come by a live channel are promised: that such a share of them is answered within that time."""

    share: float = 0.8
    within_seconds: int = 20
    patience_seconds: int = 120  # after which somebody who waits gives up, on average
