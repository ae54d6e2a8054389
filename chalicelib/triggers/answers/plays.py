"""Plays: what they are, what of them runs, and on whose word."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from chalicelib.model.play import Parameter, PlayDefinition, PlayEdition, Value, When
from chalicelib.outreach.plays.base import Running
from chalicelib.triggers.answers.shared import Links, Next, Output
from chalicelib.triggers.contract.segments import Asked

State = Literal["off", "running", "paused", "stopped"]


class ParameterOut(Output, frozen=True):
    """Something of a play that you may set."""

    name: str
    kind: Literal["number", "text", "choice"]
    default: Value
    says: Annotated[str, Meta(description="What it means, with its unit.")]
    at_least: float | None
    at_most: float | None
    one_of: list[str]

    @classmethod
    def of(cls, parameter: Parameter) -> "ParameterOut":
        return cls(
            name=parameter.name,
            kind=parameter.kind.value,
            default=parameter.default,
            says=parameter.says,
            at_least=parameter.at_least,
            at_most=parameter.at_most,
            one_of=list(parameter.one_of),
        )


class WhenOut(Output, frozen=True):
    fact: str
    event: str
    trait: str
    segment: str
    where: dict[str, str]
    days: int
    too_late_after_days: int

    @classmethod
    def of(cls, when: When) -> "WhenOut":
        return msgspec.convert(msgspec.to_builtins(when), cls)


class WordsOut(Output, frozen=True):
    subject: str
    body: str


class DefinitionOut(Output, frozen=True):
    """When, who, what, goal."""

    when: WhenOut
    who: Asked
    texts: dict[str, WordsOut]
    goal: str
    goal_fact: str
    topic: str
    urgent: bool
    purpose: str

    @classmethod
    def of(cls, definition: PlayDefinition) -> "DefinitionOut":
        return cls(
            when=WhenOut.of(definition.when),
            who=Asked.of(definition.who),
            texts={tag: WordsOut(words.subject, words.body) for tag, words in definition.texts.items()},
            goal=definition.goal,
            goal_fact=definition.goal_fact,
            topic=definition.topic,
            urgent=definition.urgent,
            purpose=definition.purpose,
        )


class EditionOut(Output, frozen=True):
    """What a second person approves. Approved editions never change."""

    number: int
    parameters: Annotated[dict[str, Value], Meta(description="As they were set; others have their defaults.")]
    channels: Annotated[list[str], Meta(description="None: the play's own.")]
    definition: Annotated[DefinitionOut | None, Meta(description="Null for a play in code.")]
    prepared_by: str
    prepared_at: datetime
    submitted_at: datetime | None
    sent_back: Annotated[str, Meta(description="Why; empty: it was not, or was changed since.")]
    approved_by: str
    approved_at: datetime | None

    @classmethod
    def of(cls, edition: PlayEdition) -> "EditionOut":
        return cls(
            number=edition.number,
            parameters=dict(edition.given),
            channels=list(edition.channels),
            definition=DefinitionOut.of(edition.definition) if edition.definition else None,
            prepared_by=edition.prepared_by,
            prepared_at=edition.prepared_at,
            submitted_at=edition.submitted_at,
            sent_back=edition.sent_back,
            approved_by=edition.approved_by,
            approved_at=edition.approved_at,
        )


class PlayOut(Output, frozen=True):
    """A play. `version` rises with whatever changes of it; 0: nobody touched it yet."""

    name: str
    title: str
    goal: str
    purpose: Annotated[str, Meta(description="What a customer must have agreed to.")]
    by_configuration: Annotated[bool, Meta(description="People wrote it; else it is code.")]
    parameters: list[ParameterOut]
    channels: Annotated[list[str], Meta(description="That are used now, the preferred first.")]
    state: State
    why: Annotated[str, Meta(description="Why it was paused or stopped.")]
    state_at: Annotated[datetime | None, Meta(description="Since when; null: it never ran.")]
    live: Annotated[EditionOut | None, Meta(description="The edition that counts; null: none was approved.")]
    draft: Annotated[EditionOut | None, Meta(description="The one that is prepared, or waits for approval.")]
    version: int
    updated_at: datetime
    updated_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, running: Running, links: dict[str, str]) -> "PlayOut":
        play, record = running.play, running.record
        return cls(
            name=play.name,
            title=play.title,
            goal=play.goal,
            purpose=play.purpose,
            by_configuration=play.words is not None,
            parameters=[ParameterOut.of(parameter) for parameter in play.parameters],
            channels=list(running.channels),
            state=record.state.value,
            why=record.why,
            state_at=record.state_at,
            live=EditionOut.of(record.live) if record.live else None,
            draft=EditionOut.of(record.draft) if record.draft else None,
            version=record.version or 0,
            updated_at=record.updated_at,
            updated_by=record.updated_by,
            links=links,
        )


class PlaysOut(Output, frozen=True):
    """By name."""

    items: list[PlayOut]


class EditionsOut(Output, frozen=True):
    """The newest first."""

    items: list[EditionOut]
    next: Next


class DiscardedOut(Output, frozen=True):
    """Its draft is gone; with it the play, if it never had anything else."""

    name: str
