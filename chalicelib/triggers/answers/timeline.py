"""Everything about a customer in one list."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta

from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import Interaction
from chalicelib.model.rating import Rating
from chalicelib.model.recovery import Recovery
from chalicelib.model.task import Task
from chalicelib.triggers.answers.interactions import InteractionOut
from chalicelib.triggers.answers.recoveries import RatingOut, RecoveryOut
from chalicelib.triggers.answers.shared import Index, Next, Output, points
from chalicelib.triggers.answers.tasks import TaskOut


class MoneyOut(Output, frozen=True):
    minor: int
    currency: str


class FactOut(Output, frozen=True, tag_field="kind", tag="fact"):
    id: str
    at: datetime
    what: FactKind
    margin: MoneyOut | None
    value_index: Index
    data: Mapping[str, str]
    corrected_by: Annotated[str, Meta(description="The correction that says it was wrong; empty: it holds.")]

    @classmethod
    def of(cls, fact: Fact) -> "FactOut":
        margin = MoneyOut(minor=fact.margin.minor, currency=fact.margin.currency) if fact.margin else None
        return cls(
            id=fact.id,
            at=fact.occurred_at,
            what=fact.what,
            margin=margin,
            value_index=points(fact.index),
            data=fact.data,
            corrected_by=fact.corrected_by,
        )


class EventOut(Output, frozen=True, tag_field="kind", tag="event"):
    """Something that happened to her record and was no contact."""

    id: str
    at: datetime
    what: EventKind
    case_id: str
    task_id: str
    detail: Mapping[str, str]

    @classmethod
    def of(cls, event: Event) -> "EventOut":
        return cls(
            id=event.id,
            at=event.at,
            what=event.what,
            case_id=event.case_id,
            task_id=event.task_id,
            detail=event.detail,
        )


Entry = InteractionOut | FactOut | EventOut | TaskOut | RecoveryOut | RatingOut


def entry_of(thing: Interaction | Fact | Event | Task | Recovery | Rating) -> Entry:
    match thing:
        case Interaction():
            return InteractionOut.of(thing)
        case Fact():
            return FactOut.of(thing)
        case Event():
            return EventOut.of(thing)
        case Recovery():
            return RecoveryOut.of(thing)
        case Rating():
            return RatingOut.of(thing)
    return TaskOut.of(thing)


class TimelineOut(Output, frozen=True):
    """Everything about a customer, newest first."""

    items: list[Entry]
    next: Next
