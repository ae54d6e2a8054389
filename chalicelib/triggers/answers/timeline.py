"""Everything about a customer in one list."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import Interaction
from chalicelib.model.question import AskedThrough, Question, QuestionState
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


class QuestionOut(Output, frozen=True, tag_field="kind", tag="question"):
    """What she asked the knowledge base, and what became of it."""

    id: str
    at: datetime
    text: str
    language: str
    through: AskedThrough
    topic: str
    shown: Annotated[Sequence[str], Meta(description="Articles, the best first.")]
    confidence: Annotated[int, Meta(description="Percent.")]
    answered: Annotated[bool, Meta(description="Whether she was told that there is an answer.")]
    read: Sequence[str]
    state: QuestionState
    solved_by: str
    missing: Annotated[str, Meta(description="What was missing, in her words.")]
    case_id: Annotated[str, Meta(description="Of the person she turned to about it.")]

    @classmethod
    def of(cls, question: Question) -> "QuestionOut":
        return cls(
            id=question.id,
            at=question.asked_at,
            text=question.text,
            language=question.language,
            through=question.through,
            topic=question.topic,
            shown=question.shown,
            confidence=question.confidence,
            answered=question.answered,
            read=question.read,
            state=question.state,
            solved_by=question.solved_by,
            missing=question.missing,
            case_id=question.case_id,
        )


Entry = InteractionOut | FactOut | EventOut | TaskOut | RecoveryOut | RatingOut | QuestionOut


_OF: Mapping[type, Callable[[Any], Entry]] = {
    Interaction: InteractionOut.of,
    Fact: FactOut.of,
    Event: EventOut.of,
    Task: TaskOut.of,
    Recovery: RecoveryOut.of,
    Rating: RatingOut.of,
    Question: QuestionOut.of,
}


def entry_of(thing: Interaction | Fact | Event | Task | Recovery | Rating | Question) -> Entry:
    return _OF[type(thing)](thing)


class TimelineOut(Output, frozen=True):
    """Everything about a customer, newest first."""

    items: list[Entry]
    next: Next
