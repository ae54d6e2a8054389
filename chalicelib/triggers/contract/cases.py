"""Answers, and who takes part in a case."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.model.article import MOST_IN_AN_ANSWER, SLUG
from chalicelib.triggers.contract.correspondence import Uploads
from chalicelib.triggers.contract.shared import Agent, Examples, Input, Moment, Paged, Slug, form
from chalicelib.triggers.contract.templates import Values


class ReplyIn(Input, frozen=True):
    """An agent's answer to the customer of a case, by mail: her own words, a template's, or both."""

    then: Annotated[Literal["wait", "solve"], Meta(description="wait for her answer, or call the case solved.")]
    author: Annotated[Agent, Meta(description="The agent, as the customer sees it.")]
    text: Annotated[str, Meta(max_length=100_000, description="Plain text. Without a template there must be some.")] = (
        ""
    )
    articles: Annotated[
        list[Slug],
        Meta(max_length=MOST_IN_AN_ANSWER, description="Put behind the text, each once, in her language."),
    ] = field(default_factory=list)
    template: Annotated[str, form(f"({SLUG})?", "A template's slug."), Meta(description="In her language.")] = ""
    template_values: Values = field(default_factory=dict)
    attachments: Uploads = field(default_factory=list)
    history: Annotated[bool, Meta(description="Quote what was said before below the answer.")] = True
    take_over: Annotated[bool, Meta(description="Answer although a colleague works on the case.")] = False
    send_at: Annotated[
        Moment | UnsetType,
        Meta(description="Not now but then, at most 90 days from now. The promise waits for it, too."),
    ] = UNSET
    only_if_silent: Annotated[bool, Meta(description="To be sent later: not if she writes first.")] = True

    def __post_init__(self) -> None:
        if not self.text and not self.template:
            raise ValueError("Give a text, a template, or both.")
        if self.template_values and not self.template:
            raise ValueError("template_values are for a template: name one.")


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
