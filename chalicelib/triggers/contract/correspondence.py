"""What goes on beside a case's thread: answers that wait, side conversations, files, letters to the staff."""

from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.article import MOST_IN_AN_ANSWER
from chalicelib.model.notice import NoticeKind
from chalicelib.model.side import MOST_PARTIES
from chalicelib.model.upload import MOST_BYTES, MOST_FILES
from chalicelib.triggers.contract.shared import (
    ONE_LINE,
    Agent,
    CaseRef,
    Examples,
    Input,
    Key,
    Language,
    Slug,
    Text,
    form,
)

UploadId = Annotated[str, form("[0-9A-HJKMNP-TV-Z]{26}", "An id from POST /v1/uploads.")]
Uploads = Annotated[list[UploadId], Meta(max_length=MOST_FILES, description="Files you uploaded, in this order.")]
Articles = Annotated[
    list[Slug],
    Meta(max_length=MOST_IN_AN_ANSWER, description="Put behind the text, each once, in the reader's language."),
]


class UploadIn(Input, frozen=True):
    """A file that is about to come."""

    filename: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    content_type: Annotated[str, Meta(min_length=3, max_length=150, examples=["image/jpeg"]), ONE_LINE]
    size: Annotated[int, Meta(ge=1, le=MOST_BYTES, description="Bytes, exactly as many as will come.")]
    case_id: Annotated[CaseRef, Meta(description="The only case it may be used in; empty: in any.")] = ""


class SideIn(Input, frozen=True, kw_only=True):
    """A conversation with others about a case. Its customer never sees it."""

    to: Annotated[
        list[Key], Meta(min_length=1, max_length=MOST_PARTIES, description="Addresses; each sees the others.")
    ]
    subject: Annotated[
        str, Meta(min_length=1, max_length=200, description="Of its own: say what they may know."), ONE_LINE
    ]
    text: Text
    author: Annotated[Agent, Meta(description="The agent, as they see it.")]
    language: Annotated[Language, Meta(description="Theirs.")] = "en"
    articles: Articles = field(default_factory=list)
    attachments: Uploads = field(default_factory=list)


class SideReplyIn(Input, frozen=True, kw_only=True):
    """One more letter to all of it."""

    text: Text
    author: Annotated[Agent, Meta(description="The agent, as they see it.")]
    articles: Articles = field(default_factory=list)
    attachments: Uploads = field(default_factory=list)


class SideStateIn(Input, frozen=True):
    state: Annotated[
        Literal["open", "closed"], Meta(description="closed: nothing more is written; an answer reopens it.")
    ]
    author: Annotated[Agent, Meta(description="Who decided it; told on the timeline.")]


class CancelQuery(Input, frozen=True):
    author: Annotated[Agent, Meta(description="Who decided it; told on the timeline.")]


class NotificationsIn(Input, frozen=True):
    """What you do not want to hear of by mail; everything else is told."""

    off: Annotated[list[NoticeKind], Meta(max_length=len(NoticeKind))]


EXAMPLES: Examples = {
    UploadIn: [{"filename": "label.pdf", "content_type": "application/pdf", "size": 48213}],
    SideIn: [
        {
            "to": ["claims@carrier.example"],
            "subject": "Parcel 00340434161094 not delivered",
            "text": "Where is this parcel? It left us on Monday.",
            "author": "Tom",
        }
    ],
    SideReplyIn: [{"text": "Thank you. Please send it back to us.", "author": "Tom"}],
    SideStateIn: [{"state": "closed", "author": "Tom"}],
    NotificationsIn: [{"off": ["customer_wrote"]}],
}
