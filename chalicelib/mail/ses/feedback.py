"""What became of a mail we sent, from SES event publishing (and its older feedback notifications).

Shape: SES developer guide, "Examples of event data that Amazon SES publishes to Amazon SNS". Events come at
least once and in any order; `event_id` is the same for the same event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any

from chalicelib.mail.mime.headers import email_of
from chalicelib.mail.ses.sns import NotSesMessage, moment, section, ses_message, words


class FeedbackKind(Enum):
    SEND = "Send"
    DELIVERY = "Delivery"
    DELAY = "DeliveryDelay"
    BOUNCE = "Bounce"
    COMPLAINT = "Complaint"
    REJECT = "Reject"
    RENDERING_FAILURE = "Rendering Failure"


@dataclass(frozen=True, slots=True)
class FeedbackEvent:
    kind: FeedbackKind
    ses_message_id: str  # the bare id SendEmail returned
    at: datetime | None  # of the event, aware UTC
    recipients: tuple[str, ...]  # the ones this event is about, lower-case
    permanent: bool | None  # bounces only: True never try again, False may work later, None not determined
    status: str | None  # RFC 3463 code
    diagnostic: str | None  # the other server's words, or why SES refused; at most 500 characters
    tags: Mapping[str, str] = field(default_factory=dict)  # the tags the mail was sent with
    subtype: str | None = None  # 'General', 'OnAccountSuppressionList', 'abuse', …

    @property
    def event_id(self) -> str:
        moment = self.at.isoformat() if self.at else ""
        return "|".join((self.kind.name, self.ses_message_id, moment, *self.recipients))


class NotFeedback(NotSesMessage):
    """The body is not an SES sending event."""


_SECTIONS = {
    FeedbackKind.SEND: ("send", ""),
    FeedbackKind.DELIVERY: ("delivery", "recipients"),
    FeedbackKind.DELAY: ("deliveryDelay", "delayedRecipients"),
    FeedbackKind.BOUNCE: ("bounce", "bouncedRecipients"),
    FeedbackKind.COMPLAINT: ("complaint", "complainedRecipients"),
    FeedbackKind.REJECT: ("reject", ""),
    FeedbackKind.RENDERING_FAILURE: ("failure", ""),
}
_PERMANENT = {"Permanent": True, "Transient": False}


def parse_feedback(body: str | bytes) -> FeedbackEvent | None:
    """The event; None for those that ask nothing of us (opens, clicks, subscriptions, set-up messages)."""
    try:
        data = ses_message(body)
    except NotSesMessage as error:
        raise NotFeedback(str(error)) from None
    if not data or data.get("notificationType") == "AmazonSnsSubscriptionSucceeded":
        return None
    word = data.get("eventType") or data.get("notificationType")
    mail = section(data, "mail")
    ses_id = mail.get("messageId")
    if not isinstance(word, str) or word == "Received" or not isinstance(ses_id, str) or not ses_id:
        raise NotFeedback("no event about a mail of ours")
    kind = next((k for k in FeedbackKind if k.value == word), None)
    if kind is None:
        return None
    name, listed = _SECTIONS[kind]
    detail = section(data, name)
    people = detail.get(listed) if listed else mail.get("destination")
    first = next((p for p in people if isinstance(p, dict)), {}) if isinstance(people, list) else {}
    return FeedbackEvent(
        kind=kind,
        ses_message_id=ses_id.strip("<>").partition("@")[0],
        at=moment(detail.get("timestamp")) or moment(mail.get("timestamp")),
        recipients=_recipients(people) or _recipients(mail.get("destination")),
        permanent=_PERMANENT.get(str(detail.get("bounceType"))) if kind is FeedbackKind.BOUNCE else None,
        status=_word(first.get("status")),
        diagnostic=_word(
            first.get("diagnosticCode")
            or detail.get("smtpResponse")
            or detail.get("reason")
            or detail.get("errorMessage")
        ),
        tags=_tags(section(mail, "tags")),
        subtype=_word(
            detail.get("bounceSubType")
            or detail.get("complaintSubType")
            or detail.get("complaintFeedbackType")
            or detail.get("delayType")
        ),
    )


def _recipients(people: object) -> tuple[str, ...]:
    if not isinstance(people, list):
        return ()
    found = (p.get("emailAddress") if isinstance(p, dict) else p for p in people)
    return tuple(dict.fromkeys(email for f in found if isinstance(f, str) and (email := email_of(f))))


def _tags(tags: Mapping[str, Any]) -> dict[str, str]:
    return {name: values[0] for name, value in tags.items() if (values := words(value))}


def _word(value: object) -> str | None:
    return value[:500] if isinstance(value, str) and value else None
