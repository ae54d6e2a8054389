"""What a play is: a reason to write to a customer before she has to write to us."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from chalicelib.model.campaign import Campaign
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import Parameter, PlayEdition, PlayRecord, PlayState, Value, Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """That somebody belongs to a segment now, told as facts and events are."""

    customer_id: str
    segment: str
    at: datetime

    @property
    def what(self) -> str:
        return joined(self.segment)

    @property
    def id(self) -> str:
        return f"{self.segment}:{self.at:%Y%m%dT%H%M%S}"


def joined(segment: str) -> str:
    """What triggers the plays that wait for somebody to join this segment."""
    return f"segment:{segment}"


Told = Fact | Event | Joined
Given = Mapping[str, Value]  # what the company set, by parameter, defaults included


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One occasion to act: when it is right, when it is too late, what the text needs, why, for people.

    `key` tells occasions apart: the same one reported twice is one task. `step` names which of a play's several
    notices it is; each has texts of its own, in a folder of that name. `again`: for how long the same occasion is
    none any more; then it is one again, unless its task is still open. Without it: for as long as receipts are kept.
    """

    key: str
    due_at: datetime
    deadline: datetime
    why: str
    context: dict[str, str] = field(default_factory=dict)
    step: str = ""
    channels: tuple[str, ...] = ()  # of the play's, those that suit this occasion; empty: all
    again: timedelta | None = None
    stands_on: str = ""  # the fact without which it is none


class Later(NamedTuple):
    """When a task is right instead, and when too late."""

    due_at: datetime
    deadline: datetime


def _never_later(_customer: Customer, _context: Mapping[str, str], _given: Given, _now: datetime) -> Later | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Texts lie in plays/templates/<name>/<language>/{subject,body,short,call}.txt, those of a step in
    <name>/<step>/<language>/.

    `occasions` says what a fact or event that triggers it calls for, by what was told, whom it is about and what the
    company set; `still_needed` is asked again before anybody is contacted, by the task's context and what is true then,
    and `later` when the task is due: a task that only has to wait is moved, instead of another one being planned.
    """

    name: str
    title: str
    purpose: str  # what the customer must have agreed to
    goal: str  # what it helps her with, in a sentence
    triggers: frozenset[FactKind | EventKind | str]  # a text: what joined() says of a segment
    occasions: Callable[[Any, Customer, Given], Iterable[Occasion]]
    still_needed: Callable[[Customer, Mapping[str, str], Given], bool]
    parameters: tuple[Parameter, ...] = ()
    channels: tuple[str, ...] = ("email",)  # that suit it, the preferred first
    topic: str = ""  # what it is about, as cases have it
    urgent: bool = False  # a day later it helps less
    tiers: tuple[str, ...] = ()  # whom it is for; empty: everybody
    words: Mapping[str, Words] | None = None  # by language, of a play by configuration; others have templates
    later: Callable[[Customer, Mapping[str, str], Given, datetime], Later | None] = _never_later
    essential: bool = False  # she is worse off not knowing; see PASSED_BY in outreach/guardrails.py
    about: frozenset[str] = frozenset()  # guardrails whose matter it is about: see MAY_BE_ITS_MATTER there
    no_means: tuple[str, str] | None = None  # the trait, and what it holds, that a plain “no” to it teaches of her
    again_after_days: int = 0  # between two contacts of it; 0: each occasion counts


@dataclass(frozen=True, slots=True)
class Running:
    """A play with the company's word on it."""

    play: Play
    record: PlayRecord
    campaign: Campaign | None = None  # the one whose contact it is

    @property
    def edition(self) -> PlayEdition | None:
        return self.record.live

    @property
    def number(self) -> int:
        return self.record.live.number if self.record.live else 0

    @property
    def given(self) -> Given:
        return {**given_of(self.play, self.record.live), **(self.campaign.given if self.campaign else {})}

    @property
    def channels(self) -> tuple[str, ...]:
        return (self.record.live.channels if self.record.live else ()) or self.play.channels

    @property
    def state(self) -> PlayState:
        return self.record.state


def given_of(play: Play, edition: PlayEdition | None) -> Given:
    """Each parameter as the edition sets it, else its default."""
    defaults = {parameter.name: parameter.default for parameter in play.parameters}
    return {**defaults, **(edition.given if edition else {})}
