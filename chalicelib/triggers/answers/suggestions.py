"""Articles that may answer: to a customer at once, and to her agent."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, field

from chalicelib.cases.self_service import Shown, Suggested, Suggestion
from chalicelib.model.question import AskedThrough, Question, QuestionState
from chalicelib.triggers.answers.shared import Links, Output, Taken


class ShownOut(Output, frozen=True):
    """An article that is likely to answer her, as she may be shown it."""

    slug: str
    title: str
    excerpt: str
    url: Annotated[str, Meta(description="Where she reads it.")]
    language: str
    fallback: Annotated[bool, Meta(description="It has no text in her language.")]

    @classmethod
    def of(cls, shown: Shown) -> "ShownOut":
        return cls(**shown._asdict())


class Received(Taken, frozen=True):
    """As Taken, with the articles you asked for. Without any nothing is likely to answer it, or she is left to a person
    for a reason; then no time is lost. Asked again, it tells the same."""

    answers: Annotated[list[ShownOut], Meta(description="The most likely first.")]
    solved_url: Annotated[str, Meta(description="The page where she says that they solved it; empty without any.")]
    person_url: Annotated[str, Meta(description="The page where she says that she still needs a person.")]


class AskedBefore(Output, frozen=True):
    """What she asked the knowledge base before a person, or since."""

    id: str
    at: datetime
    text: Annotated[str, Meta(description="In her words.")]
    through: AskedThrough
    shown: Annotated[list[str], Meta(description="Slugs of the articles she was shown.")]
    read: Annotated[list[str], Meta(description="Those she opened.")]
    answered: Annotated[bool, Meta(description="Whether we said that we have an answer.")]
    state: QuestionState
    solved_by: str
    missing: Annotated[str, Meta(description="What was missing, in her words.")]
    case_id: str

    @classmethod
    def of(cls, question: Question) -> "AskedBefore":
        return cls(
            id=question.id,
            at=question.asked_at,
            text=question.text,
            through=question.through,
            shown=list(question.shown),
            read=list(question.read),
            answered=question.answered,
            state=question.state,
            solved_by=question.solved_by,
            missing=question.missing,
            case_id=question.case_id,
        )


class Insert(Output, frozen=True):
    """A request that answers with the article as it stands: change what you like of it, or send it."""

    method: str
    href: str
    body: dict[str, Any]


class FittingOut(Output, frozen=True):
    slug: str
    title: str
    excerpt: str
    url: str
    language: str
    fallback: Annotated[bool, Meta(description="It has no text in her language.")]
    confidence: Annotated[int, Meta(description="How likely it answers, in percent.")]
    question: Annotated[str, Meta(description="What others asked that it answered, where that resembles this.")]
    topic: str
    for_agents_only: Annotated[bool, Meta(description="Read it, and do not send it: customers may not see it.")]
    sent: Annotated[bool, Meta(description="An answer in this case inserted it already.")]
    insert: Annotated[Insert | None, Meta(description="null: there is no case, or it is not for customers.")]

    @classmethod
    def of(cls, suggestion: Suggestion, insert: Insert | None) -> "FittingOut":
        return cls(
            **suggestion.shown._asdict(),
            confidence=suggestion.confidence,
            question=suggestion.question,
            topic=suggestion.topic,
            for_agents_only=suggestion.for_agents_only,
            sent=suggestion.sent,
            insert=insert,
        )


class FittingArticles(Output, frozen=True):
    """Articles for an agent, the most likely first."""

    customer_id: Annotated[str, Meta(description="Empty: nobody was named.")]
    case_id: str
    text: Annotated[str, Meta(description="What was looked for.")]
    language: str
    answered: Annotated[bool, Meta(description="Whether the first is likely to be an answer.")]
    confidence: Annotated[int, Meta(description="Of that, in percent.")]
    items: list[FittingOut]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, found: Suggested, items: list[FittingOut], links: dict[str, str]) -> "FittingArticles":
        return cls(
            customer_id=found.customer_id,
            case_id=found.case_id,
            text=found.text,
            language=found.language,
            answered=found.answered,
            confidence=found.confidence,
            items=items,
            links=links,
        )
