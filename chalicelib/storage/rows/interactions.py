"""Contacts, and by what one knows that they arrived before."""

from datetime import datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.model.interaction import Interaction, KnownMessage, Purpose, Receipt
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until

LETTERS_KEPT = timedelta(days=30)  # to the staff: long enough to see that somebody was told
RECEIPT_KEPT = timedelta(days=400)  # as long as raw mail is, which could otherwise be taken in twice


class InteractionRow(Row, discriminator="interaction"):
    model = Interaction
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    channel = UnicodeAttribute()
    direction = UnicodeAttribute()
    purpose = UnicodeAttribute()
    tier = UnicodeAttribute(null=True)
    index = NumberAttribute(null=True)
    cost = NumberAttribute(null=True)
    during = UnicodeAttribute(null=True)
    author = UnicodeAttribute(null=True)
    sender = UnicodeAttribute(null=True)
    subject = UnicodeAttribute(null=True)
    preview = UnicodeAttribute(null=True)
    body_key = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    message_id = UnicodeAttribute(null=True)
    mailbox = UnicodeAttribute(null=True)
    references = ListOf(null=True)
    trust = UnicodeAttribute(null=True)
    machine = UnicodeAttribute(null=True)
    flags = ListOf(null=True)
    warnings = ListOf(null=True)
    raw_key = UnicodeAttribute(null=True)
    attachments = ListOf(null=True)
    locked = UnicodeAttribute(null=True)
    released_to = UnicodeAttribute(null=True)
    delivery = MapOf(null=True)
    template = MapOf(null=True)
    task_id = UnicodeAttribute(null=True)
    articles = ListOf(null=True)
    side = NumberAttribute(null=True)
    mood = MapOf(null=True)
    mentions = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: Interaction) -> Key:
        if thing.quarantined:
            return keys.quarantine(thing.at, thing.id)
        if thing.purpose is Purpose.STAFF:
            return keys.staff_letter(thing.customer_id, thing.id)
        return keys.timeline(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: Interaction) -> tuple[keys.DueLane, datetime] | None:
        """A mail that got stuck comes back: see cases/sending.py."""
        unclear_at = thing.delivery.unclear_at if thing.delivery else None
        return ("work", unclear_at) if unclear_at else None

    @classmethod
    def list_place(cls, thing: Interaction) -> Key | None:
        """Who reads what was said in a case never meets what was said beside it."""
        if thing.purpose is Purpose.STAFF:
            return None
        if thing.purpose is Purpose.SIDE:
            return keys.said_aside(thing.case_id, thing.side, thing.id)
        if thing.kept_for_her:
            return keys.waits_for_her(thing.customer_id, thing.template.get("until", ""), thing.id)
        return keys.of_case(thing.case_id, thing.id) if thing.case_id else None

    @classmethod
    def expiry_of(cls, thing: Interaction) -> datetime | None:
        kept = configuration.retention()
        if thing.purpose is Purpose.STAFF:
            return thing.at + LETTERS_KEPT
        return kept_until(thing.at, kept.quarantine if thing.quarantined else kept.interaction)


class ReceiptRow(Row, discriminator="receipt"):
    model = Receipt
    key = UnicodeAttribute()
    fingerprint = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)
    corrected_by = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Receipt) -> Key:
        return keys.receipt(thing.key)

    @classmethod
    def expiry_of(cls, thing: Receipt) -> datetime:
        return thing.at + RECEIPT_KEPT


class KnownMessageRow(Row, discriminator="message"):
    model = KnownMessage
    mailbox = UnicodeAttribute()
    message_id = UnicodeAttribute()
    fingerprint = UnicodeAttribute(null=True)
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)  # a notice leads into none
    at = UnicodeAttribute(null=True)
    copies = ListOf(null=True)
    side = NumberAttribute(null=True)
    task_id = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: KnownMessage) -> Key:
        return keys.message(thing.mailbox, thing.message_id)

    @classmethod
    def expiry_of(cls, thing: KnownMessage) -> datetime | None:
        return kept_until(thing.at, configuration.retention().message) if thing.at else None
