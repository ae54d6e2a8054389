"""Plays: what they are, what of them runs, and on whose word."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from chalicelib.model.play import Parameter, PlayDefinition, PlayEdition, Value, When
from chalicelib.outreach.plays.base import Running
from chalicelib.outreach.preview import FEW, Estimate, Group, Preview
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
    short: Annotated[str, Meta(description="In the app and by SMS; empty: the subject.")]


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
            texts={tag: WordsOut(words.subject, words.body, words.short) for tag, words in definition.texts.items()},
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


class EstimateOut(Output, frozen=True):
    """Of everybody: what is likely, and between which it lies in 19 of 20 samples."""

    likely: float
    low: float
    high: float

    @classmethod
    def of(cls, estimate: Estimate) -> "EstimateOut":
        return cls(likely=round(estimate.likely, 1), low=round(estimate.low, 1), high=round(estimate.high, 1))


class ReachedOut(Output, frozen=True):
    """Those of the sample for whom the play would do the same."""

    reason: Annotated[str, Meta(description="The guardrail's name; empty: none objects.")]
    people: int
    occasions: int
    customer_ids: Annotated[list[str], Meta(description="A few of them.")]

    @classmethod
    def of(cls, reason: str, group: Group) -> "ReachedOut":
        return cls(reason=reason, people=len(group.people), occasions=group.occasions, customer_ids=group.people[:FEW])


class PlayPreviewOut(Output, frozen=True):
    """Whom a play would reach, by a sample and as if all it looked at was due now. Nothing was written."""

    sampled: Annotated[int, Meta(description="Customers that were looked at.")]
    of: Annotated[int, Meta(description="Customers they stand for.")]
    window_days: int
    reached: ReachedOut
    later: Annotated[list[ReachedOut], Meta(description="Of those reached: who would be put off first.")]
    refused: list[ReachedOut]
    channels: Annotated[dict[str, int], Meta(description="Contacts in the sample.")]
    people: Annotated[EstimateOut, Meta(description="Of all customers, in the window.")]
    contacts_a_day: EstimateOut
    call_minutes_a_day: Annotated[float, Meta(description="Agents' minutes, 6 for a call.")]
    answers_a_day: Annotated[float, Meta(description="Contacts that come back, one of ten.")]

    @classmethod
    def of_preview(cls, told: Preview) -> "PlayPreviewOut":
        def groups(found: Mapping[str, Group]) -> list[ReachedOut]:
            ranked = sorted(found.items(), key=lambda each: (-len(each[1].people), each[0]))
            return [ReachedOut.of(reason, group) for reason, group in ranked]

        return cls(
            sampled=told.sampled,
            of=told.of,
            window_days=told.window_days,
            reached=ReachedOut.of("", told.reached),
            later=groups(told.later),
            refused=groups(told.refused),
            channels=dict(told.channels),
            people=EstimateOut.of(told.people),
            contacts_a_day=EstimateOut.of(told.a_day),
            call_minutes_a_day=round(told.call_minutes_a_day(), 1),
            answers_a_day=round(told.answers_a_day(), 1),
        )
