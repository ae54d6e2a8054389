"""What answers a question, and what is asked most."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.model.question import QuestionState
from chalicelib.triggers.answers.shared import Links, Output


class FoundAnswerOut(Output, frozen=True):
    slug: str
    title: str
    language: Annotated[str, Meta(description="Of the text that was found.")]
    excerpt: Annotated[str, Meta(description="A little of it where it speaks of what was asked; plain text.")]
    url: Annotated[str, Meta(description="Where customers read it.")]
    confidence: Annotated[float, Meta(description="0 to 1: how likely it is that it answers.")]


class AnswersOut(Output, frozen=True):
    """`answered` false: none is likely enough to be an answer. Say so, show them as what may help, offer a person."""

    question_id: str
    customer_id: Annotated[str, Meta(description="Who asked, if she is known.")]
    visitor_id: Annotated[str, Meta(description="Else as whom her next questions are kept with this one.")]
    answered: bool
    confidence: Annotated[float, Meta(description="0 to 1: how likely it is that the first one answers.")]
    items: Annotated[list[FoundAnswerOut], Meta(description="The best first.")]
    links: Links = field(name="_links")


class FoundTitleOut(Output, frozen=True):
    slug: str
    title: str
    language: str
    url: str


class TypedOut(Output, frozen=True):
    """The best first; `answered`: the first one is likely enough to be an answer."""

    answered: bool
    items: list[FoundTitleOut]


class PopularOut(Output, frozen=True):
    """What is asked most of late: an ask counts half after two weeks. As of this morning, or newer."""

    items: list[FoundTitleOut]


class QuestionStateOut(Output, frozen=True):
    """What became of a question."""

    question_id: str
    at: datetime
    state: QuestionState
    read: Annotated[list[str], Meta(description="Articles she opened.")]
    solved_by: str
    missing: str
    case_id: str
