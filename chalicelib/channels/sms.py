"""Text messages: what we send and how many parts it takes, what is reported of it, what she writes, and STOP."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.channels.base import Channel, Reporter
from chalicelib.kernel import clock, ids
from chalicelib.mail.ses.sns import NotSesMessage, ses_message
from chalicelib.model.arrival import Arrival
from chalicelib.model.customer import Handle
from chalicelib.model.feedback import Feedback, FeedbackKind
from chalicelib.model.trust import Trust

CHANNEL = Channel(name="sms", reported_by=Reporter.MACHINE)
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
# 3GPP TS 23.038: the letters that take seven bits, and those that take two of them.
_GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_7_TWICE = frozenset("^{}\\[~]|€\f")
_GSM_ALONE, _GSM_JOINED = 160, 153
_UCS_2_ALONE, _UCS_2_JOINED = 70, 67
# What carriers and the field's associations say must be understood as no more, whatever its case; and what our Chinese
# texts tell her to write.
_STOP = frozenset(
    {"stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "arret", "arrêt", "td", "t", "退订"}
)


def segments(text: str) -> int:
    """How many parts it is sent, and paid, as; 0 for nothing."""
    if not text:
        return 0
    if all(letter in _GSM_7 or letter in _GSM_7_TWICE for letter in text):
        return _parts([2 if letter in _GSM_7_TWICE else 1 for letter in text], _GSM_ALONE, _GSM_JOINED)
    return _parts([len(letter.encode("utf-16-be")) // 2 for letter in text], _UCS_2_ALONE, _UCS_2_JOINED)


def _parts(sizes: list[int], alone: int, joined: int) -> int:
    """No letter is cut in two: what does not fit begins the next part."""
    if sum(sizes) <= alone:
        return 1
    parts, room = 1, joined
    for size in sizes:
        if size > room:
            parts, room = parts + 1, joined
        room -= size
    return parts


def place(number: str) -> str:
    """What stands among the places nothing is sent to any more: a number no text reaches may still be called."""
    return f"sms:{number}"


def is_number(value: str) -> bool:
    """Whether it is a number in E.164, the only form that is sent to."""
    return _E164.fullmatch(value) is not None


def says_stop(text: str) -> bool:
    """Whether she wants no more of them; the word alone, for "stop by on Monday" means something else."""
    return " ".join(text.split()).strip(" .!\"'").casefold() in _STOP


def worded(text: str, company: str, language: str) -> str:
    """What she reads: who writes, what, and how she ends it. A text message has no footer and no link to say it by."""
    return f"{company}: {text} {_HOW_TO_STOP.get(language.partition('-')[0], _HOW_TO_STOP['en'])}"


_HOW_TO_STOP = {"en": "STOP = no more of these", "zh": "回复“退订”即不再接收"}


def feedback_of(notification: str) -> Feedback | None:
    """What End User Messaging reports of a text of ours, whose context says which; None for all else.

    https://docs.aws.amazon.com/sms-voice/latest/userguide/configuration-sets-event-format.html
    """
    data = _published(notification)
    kind = _HEARD.get(str(data.get("eventType")))
    context = data.get("context")
    if kind is None or not isinstance(context, dict) or INTERACTION not in context:
        return None
    told_at = data.get("eventTimestamp")
    return Feedback(
        kind=kind,
        ses_id=str(data.get("messageId", "")),
        at=datetime.fromtimestamp(told_at / 1000, UTC) if isinstance(told_at, int) else clock.now(),
        customer_id=str(context.get(CUSTOMER, "")),
        interaction_id=str(context[INTERACTION]),
        permanent=data["eventType"] in _FOR_GOOD,
        detail=str(data.get("messageStatusDescription", ""))[:500],
    )


def is_report(notification: str) -> bool:
    """Whether it is about a text, ours or not: nothing that SES says."""
    return str(_published(notification).get("eventType", "")).startswith("TEXT_")


def arrival_of(notification: str, now: datetime) -> Arrival | None:
    """A text she wrote to our number; None for all else.

    https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
    """
    data = _published(notification)
    number, text, told_id = (data.get(name) for name in ("originationNumber", "messageBody", "inboundMessageId"))
    if not (isinstance(number, str) and is_number(number) and isinstance(text, str) and isinstance(told_id, str)):
        return None
    answers = data.get("previousPublishedMessageId")
    return Arrival(
        receipt_key=f"sms:{told_id}",
        fingerprint=ids.fingerprint(number, text),
        channel=CHANNEL.name,
        at=clock.to_millis(now),
        sender=Handle("phone", number),
        text=text,
        mailbox=MAILBOX,
        references=(answers,) if isinstance(answers, str) and answers else (),
        trust=Trust.WEAK,  # the carrier says whose number it is
        unanswerable="came as a text",
    )


def _published(notification: str) -> Mapping[str, Any]:
    try:
        return ses_message(notification)
    except NotSesMessage:
        return {}


CUSTOMER, INTERACTION = "customer", "interaction"  # of the context a text is sent with
MAILBOX = "sms"  # under which its ids are remembered
# Whatever it says of a text, it has it. Those it does not know about (UNKNOWN, after three days) are no news.
_HEARD = {
    "TEXT_QUEUED": FeedbackKind.SENT,
    "TEXT_PENDING": FeedbackKind.SENT,
    "TEXT_SENT": FeedbackKind.SENT,
    "TEXT_SUCCESSFUL": FeedbackKind.DELIVERED,  # her carrier took it, and says no more
    "TEXT_DELIVERED": FeedbackKind.DELIVERED,
    "TEXT_INVALID": FeedbackKind.BOUNCED,
    "TEXT_INVALID_MESSAGE": FeedbackKind.BOUNCED,
    "TEXT_UNREACHABLE": FeedbackKind.BOUNCED,
    "TEXT_CARRIER_UNREACHABLE": FeedbackKind.BOUNCED,
    "TEXT_BLOCKED": FeedbackKind.BOUNCED,
    "TEXT_CARRIER_BLOCKED": FeedbackKind.BOUNCED,
    "TEXT_PROTECT_BLOCKED": FeedbackKind.BOUNCED,
    "TEXT_SPAM": FeedbackKind.BOUNCED,
    "TEXT_TTL_EXPIRED": FeedbackKind.BOUNCED,
}
_FOR_GOOD = frozenset({"TEXT_INVALID", "TEXT_BLOCKED", "TEXT_CARRIER_BLOCKED"})
