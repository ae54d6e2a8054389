"""What a play is: a reason to write to a customer before she has to write to us."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

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
    notices it is; each has texts of its own, in a folder of that name.
    """

    key: str
    due_at: datetime
    deadline: datetime
    why: str
    context: dict[str, str] = field(default_factory=dict)
    step: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Texts lie in plays/templates/<name>/<language>/{subject,body}.txt, those of a step in <name>/<step>/<language>/.

    `occasions` says what a fact or event that triggers it calls for, by what was told, whom it is about and what the
    company set; `still_needed` is asked again before anybody is contacted, by the task's context and what is true then.
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


@dataclass(frozen=True, slots=True)
class Running:
    """A play with the company's word on it."""

    play: Play
    record: PlayRecord

    @property
    def edition(self) -> PlayEdition | None:
        return self.record.live

    @property
    def number(self) -> int:
        return self.record.live.number if self.record.live else 0

    @property
    def given(self) -> Given:
        return given_of(self.play, self.record.live)

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
