"""A play as the company runs it: which edition of it, with what parameters, whether it runs, and on whose word.

What a play does is code (outreach/plays) or a definition that people wrote; either way nobody is contacted before a
second person approved the edition.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from chalicelib.model.pilot import PilotPlan
from chalicelib.model.segment import Definition

Value = str | int | float | bool
MOST_TEXT = 4_000  # characters of a text a definition holds, in each language
TO_WRITE = "[…]"  # stands where somebody has to write; nothing is submitted while it does


class ParameterKind(Enum):
    NUMBER = "number"
    TEXT = "text"
    CHOICE = "choice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """Something a company sets of a play, with what is taken if it does not."""

    name: str
    kind: ParameterKind
    default: Value
    says: str  # what it means, in a sentence, with its unit
    at_least: float | None = None  # of a number
    at_most: float | None = None
    one_of: tuple[str, ...] = ()  # of a choice
    longest: int = 200  # characters of a text


class PlayState(Enum):
    OFF = "off"  # was never started
    RUNNING = "running"
    PAUSED = "paused"  # nobody is contacted; what was planned waits
    STOPPED = "stopped"  # nobody is contacted; what was planned is withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a notice says in one language: `short` where there is room for little, in the app and by SMS; empty: the
    subject. `subject` only where the channel has one."""

    subject: str
    body: str
    short: str = ""

    @property
    def unfinished(self) -> bool:
        return TO_WRITE in self.subject + self.body + self.short


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """What makes a configured play speak: a fact or event, or a moment that lies in a trait (N days before or after
    it), or that she joins a segment. One of them. Below 0 days, a fact speaks before the day it tells of."""

    fact: str = ""
    event: str = ""
    trait: str = ""
    segment: str = ""
    where: Mapping[str, str] = field(default_factory=dict)  # what the fact's data must say
    days: int = 0  # after it; before it when below 0
    too_late_after_days: int = 7  # from when it is right


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayDefinition:
    """A play by configuration: when, who, what, goal."""

    when: When
    who: Definition = field(default_factory=Definition)  # nothing in it: everybody
    texts: Mapping[str, Words] = field(default_factory=dict)  # by language
    goal: str = ""
    goal_fact: str = ""  # the kind of fact that says it was reached; until then it is still needed
    topic: str = ""
    urgent: bool = False
    purpose: str = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayEdition:
    """What a second person approves; never changed once it was submitted."""

    number: int
    given: Mapping[str, Value] = field(default_factory=dict)  # by parameter; what is not there has its default
    channels: tuple[str, ...] = ()  # that may be used, the preferred first; empty: the play's own
    definition: PlayDefinition | None = None  # of a play by configuration
    prepared_by: str
    prepared_at: datetime
    preparers: tuple[str, ...] = ()  # ids of all who had a hand in it: none of them approves it
    submitted_at: datetime | None = None
    sent_back: str = ""  # why, while nothing was changed since
    approved_by: str = ""
    approver: str = ""  # her id: names may be those of two
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayRecord:
    """One row a play. `live` is what runs, `draft` what is being prepared or waits for a second person."""

    id: str  # the play's name
    title: str = ""  # of a play by configuration
    state: PlayState = PlayState.OFF
    why: str = ""  # it was paused or stopped
    state_at: datetime | None = None  # since when it is in this state; None: it never ran
    stopped_at: datetime | None = None  # last; what was planned before is withdrawn, whatever came since
    live: PlayEdition | None = None
    draft: PlayEdition | None = None
    editions: int = 0  # the number of the last one: no two that were shown to anybody have the same
    pilot: PilotPlan | None = None  # decides whom it contacts, while there is one
    updated_at: datetime
    updated_by: str
    version: int | None = None

    @property
    def contacts(self) -> bool:
        """Whether anybody is contacted now."""
        return self.state is PlayState.RUNNING and self.live is not None

    @property
    def configured(self) -> bool:
        """Whether people wrote it; else it is code."""
        return any(edition is not None and edition.definition is not None for edition in (self.live, self.draft))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayVersion:
    """An edition as it was approved: what went out under its number. Never changed."""

    play: str
    edition: PlayEdition
    version: int | None = None
