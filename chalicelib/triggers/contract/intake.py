"""What customers ask, and the contacts agents log."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.triggers.contract.correspondence import Uploads
from chalicelib.triggers.contract.shared import (
    Agent,
    Answers,
    CaseRef,
    CustomerRef,
    Examples,
    Input,
    Label,
    Language,
    Line,
    Moment,
    Text,
    Visitor,
)


class RequestIn(Input, frozen=True, kw_only=True):
    """What a customer asks through your website or app."""

    customer: CustomerRef
    channel: Annotated[
        Literal["web", "app", "sms"],
        Meta(description="sms: a text message to a number of yours. STOP alone ends them and opens no case."),
    ]
    subject: Line = ""
    text: Text
    topic: Label = ""
    language: Language = ""
    case_id: CaseRef = ""
    attachments: Uploads = field(default_factory=list)
    answers: Answers = 0
    visitor_id: Visitor = ""


class InteractionIn(Input, frozen=True, kw_only=True):
    """A contact an agent had with a customer and logs."""

    customer: CustomerRef
    channel: Literal["phone", "chat", "board"]
    direction: Annotated[Literal["in", "out"], Meta(description="out: we called or wrote first.")]
    subject: Line = ""
    text: Annotated[Text, Meta(description="What was said, or a summary.")]
    topic: Label = ""
    language: Language = ""
    case_id: CaseRef = ""
    occurred_at: Moment | UnsetType = UNSET
    agent: Annotated[Agent, Meta(description="Who had the contact.")]
    answers: Answers = 0
    visitor_id: Visitor = ""

    def __post_init__(self) -> None:
        if self.answers and (self.channel != "chat" or self.direction != "in"):
            raise ValueError("answers are for what she says in a chat: nobody reads them elsewhere.")


EXAMPLES: Examples = {
    RequestIn: [
        {
            "customer": {"email": "maria@example.com", "name": "Maria Lopez", "language": "en"},
            "channel": "web",
            "subject": "Where is my parcel?",
            "text": "I ordered last Monday and have heard nothing since.",
            "topic": "delivery",
            "answers": 3,
        }
    ],
    InteractionIn: [
        {
            "customer": {"phone": "+49301234567"},
            "channel": "phone",
            "direction": "in",
            "subject": "Cannot log in",
            "text": "Called because the reset mail does not arrive. Sent it again while she was on the line.",
            "occurred_at": "2026-11-20T09:30:00Z",
            "agent": "Tom",
        },
        {
            "customer": {"chat": "maria.l"},
            "channel": "chat",
            "direction": "in",
            "text": "How do I send something back?",
            "agent": "chat widget",
            "answers": 2,
        },
    ],
}
