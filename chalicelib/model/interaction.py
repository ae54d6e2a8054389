"""An interaction: one contact, in or out, on any channel, with the tier the customer had at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.model.mood import Mood

PREVIEW_BYTES = 1024
KEPT_ON = frozenset({"app", "chat"})  # where a notice waits until it is fetched
ANSWERED = "answered"  # of such a one: it waits no more
PLAY_HALTED = "its play was paused or stopped"
BRAKED = "the brake was pulled"  # too many complained, or too much bounced
CLAIM_SETTLES_IN = timedelta(minutes=15)  # SES reports what it accepted within seconds


class Direction(Enum):
    IN = "in"
    OUT = "out"
    INTERNAL = "internal"  # among ourselves


class Purpose(Enum):
    CONTACT = "contact"  # a customer's own words, or a call or chat an agent logged
    ACKNOWLEDGEMENT = "acknowledgement"
    REPLY = "reply"
    DELAY = "delay"  # that a promise will not be kept, and by when there will be an answer instead
    NOTICE = "notice"  # proactive
    SIDE = "side"  # with somebody else, about her case: no part of what she reads
    STAFF = "staff"  # a letter to a colleague: aside from her timeline
    RATING = "rating"  # asks how a solved case was
    NOTE = "note"  # for colleagues: never mailed, never quoted


class DeliveryState(Enum):
    """Where an outbound mail stands. A mail is sent at most once per claim, see cases/sending.py."""

    QUEUED = "queued"  # stored, nobody sends it yet
    CLAIMED = "claimed"  # a worker is about to send it, or died trying: only SES knows
    SENT = "sent"  # SES took it
    DELIVERED = "delivered"  # her server took it
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"  # SES refused it for good
    HELD = "held"  # sending is switched off

    @property
    def pending(self) -> bool:
        return self in (DeliveryState.QUEUED, DeliveryState.CLAIMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The way of one outbound mail: to whom, how far, and what SES called it."""

    to: str
    state: DeliveryState = DeliveryState.QUEUED
    attempt: int = 0
    since: datetime  # when it came into this state
    ses_id: str = ""  # the part before the @ of the Message-ID SES gave it
    detail: str = ""  # why it failed, bounced or was held

    @property
    def unclear_at(self) -> datetime | None:
        """When a mail that is neither sent nor settled by then has to be looked at again."""
        return self.since + CLAIM_SETTLES_IN if self.state.pending else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a contact: never opened here."""

    name: str  # safe to show and to save as
    type: str  # as its sender says
    size: int  # bytes
    key: str = ""  # of the object that holds it; empty: only the original does
    content_id: str = ""  # what the HTML calls it


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    id: str
    customer_id: str = ""  # empty: quarantined, linked to nobody
    case_id: str = ""
    at: datetime
    channel: str
    direction: Direction
    purpose: Purpose
    tier: str = ""  # the customer's at that moment
    index: int | None = None  # her value index after it, in tenths
    cost: int = 0  # minor units it was booked with as cost to serve
    during: str = ""  # the merge by which it counted for the survivor, when it was told of a merged customer
    author: str = ""  # an agent's name, "Liana" for machine mail, empty: the customer
    sender: str = ""  # the handle it came from
    subject: str = ""
    preview: str = ""  # what is new in it, or the beginning of that
    body_key: str = ""  # where the whole text lies, quotes and all; empty: the preview is all of it
    language: str = ""
    message_id: str = ""
    mailbox: str = ""  # the address of ours it came to
    references: tuple[str, ...] = ()  # chain an answer to it has to carry, oldest first
    trust: str = ""
    machine: str = ""
    flags: tuple[str, ...] = ()  # what to know before believing it
    warnings: tuple[str, ...] = ()  # what its channel could not read, or noticed
    raw_key: str = ""
    attachments: tuple[Attachment, ...] = ()
    locked: str = ""  # why the attachments must not be opened; empty: they may
    released_to: str = ""  # quarantined: the case it was taken into after all
    delivery: Delivery | None = None
    template: Mapping[str, str] = field(default_factory=dict)  # what the sender fills in, values as text
    task_id: str = ""
    articles: tuple[str, ...] = ()  # slugs of those an answer inserted
    side: int = 0  # the number of the side conversation of its case that it belongs to
    mood: Mood | None = None  # None: not judged
    mentions: tuple[str, ...] = ()  # ids of members of staff a note calls
    version: int | None = None

    @property
    def kept_for_her(self) -> bool:
        """Whether it waits in the app or the chat, seen or not."""
        if self.purpose is not Purpose.NOTICE or self.channel not in KEPT_ON or self.delivery is None:
            return False
        there = self.delivery.state in (DeliveryState.SENT, DeliveryState.DELIVERED)
        return there and self.delivery.detail != ANSWERED

    @property
    def given_back(self) -> bool:
        """Whether the mailer kept it, and whoever planned it is to decide what becomes of it."""
        way = self.delivery
        return way is not None and way.state is DeliveryState.HELD and way.detail in (PLAY_HALTED, BRAKED)

    @property
    def quarantined(self) -> bool:
        return not self.customer_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """That something arrived and what became of it: the reason a second delivery changes nothing. A fact's
    may wait for it: its correction, `corrected_by`, came first. `until`: from then on the same may come again."""

    key: str
    fingerprint: str = ""
    at: datetime
    customer_id: str = ""
    case_id: str = ""
    interaction_id: str = ""
    corrected_by: str = ""
    until: datetime | None = None
    version: int | None = None

    @property
    def waits(self) -> bool:
        """Nothing came yet but its correction."""
        return bool(self.corrected_by) and not self.interaction_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The same mail, delivered once more: where its original lies, and since when."""

    raw_key: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMessage:
    """A Message-ID that passed through one of our mailboxes, in or out, and the case it belongs to."""

    mailbox: str
    message_id: str
    fingerprint: str = ""  # of the mail that carried it, to tell a repeat from another mail with its id
    customer_id: str
    case_id: str = ""
    at: datetime | None = None
    copies: tuple[Copy, ...] = ()  # no contact names them
    side: int = 0  # of a side conversation: it leads there, never into the case
    task_id: str = ""  # of a notice: who answers it answers this task; it leads into no case
    interaction_id: str = ""  # the notice
    version: int | None = None


def preview_of(text: str) -> str:
    """The text, or as much of its beginning as a row carries."""
    data = text.encode()
    if len(data) <= PREVIEW_BYTES:
        return text
    return data[: PREVIEW_BYTES - 3].decode(errors="ignore") + "…"
