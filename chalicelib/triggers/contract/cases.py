"""Answers, and who takes part in a case."""

from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.article import MOST_IN_AN_ANSWER
from chalicelib.triggers.contract.shared import Agent, Examples, Input, Paged, Slug, Text


class ReplyIn(Input, frozen=True):
    """An agent's answer to the customer of a case, by mail."""

    text: Text
    then: Annotated[Literal["wait", "solve"], Meta(description="wait for her answer, or call the case solved.")]
    author: Annotated[Agent, Meta(description="The agent, as the customer sees it.")]
    articles: Annotated[
        list[Slug],
        Meta(max_length=MOST_IN_AN_ANSWER, description="Put behind the text, each once, in her language."),
    ] = field(default_factory=list)
    history: Annotated[bool, Meta(description="Quote what was said before below the answer.")] = True
    take_over: Annotated[bool, Meta(description="Answer although a colleague works on the case.")] = False


class ParticipantIn(Input, frozen=True):
    """What becomes of somebody who takes part in a case."""

    state: Annotated[
        Literal["confirmed", "revoked"],
        Meta(description="confirmed: answers may go to her. revoked: her reply address opens the case no more."),
    ]
    author: Annotated[Agent, Meta(description="Who decided it; told on the timeline.")]


class CaseQuery(Paged, frozen=True):
    text: Annotated[
        Literal["preview", "full"],
        Meta(description="full: whole texts, up to 100 KB each, for at most 25 interactions a page."),
    ] = "preview"


EXAMPLES: Examples = {
    ReplyIn: [
        {"text": "Your parcel is with the carrier and comes tomorrow.", "then": "solve", "author": "Tom"},
        {
            "text": "Just send it back, we pay for it.",
            "then": "wait",
            "author": "Tom",
            "articles": ["returning-goods"],
        },
    ],
    ParticipantIn: [{"state": "confirmed", "author": "Tom"}],
}
