"""What goes on beside a case's thread: templates, answers that wait, side conversations,
files, letters to the staff."""

from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.notice import NoticeSettings, Notified
from chalicelib.model.side import SideConversation
from chalicelib.model.template import Template
from chalicelib.model.upload import USABLE_FOR, Upload
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until


class TemplateRow(Row, discriminator="template"):
    model = Template
    id = UnicodeAttribute()
    title = UnicodeAttribute()
    texts = MapOf()  # of a deleted one, too: as they were
    team = UnicodeAttribute(null=True)
    edition = NumberAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    used = NumberAttribute(null=True)
    deleted = BooleanAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Template) -> Key:
        return keys.template(thing.id)

    @classmethod
    def list_place(cls, thing: Template) -> Key | None:
        return None if thing.deleted else keys.template_by_slug(thing.id)


class ScheduledAnswerRow(Row, discriminator="scheduled_answer"):
    model = ScheduledAnswer
    id = UnicodeAttribute()
    customer_id = UnicodeAttribute()
    case_id = UnicodeAttribute()
    at = UnicodeAttribute()
    send_at = UnicodeAttribute()
    author = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    then = UnicodeAttribute()
    preview = UnicodeAttribute(null=True)
    body_key = UnicodeAttribute(null=True)
    articles = ListOf(null=True)
    template = UnicodeAttribute(null=True)
    template_language = UnicodeAttribute(null=True)
    history = BooleanAttribute(null=True)
    attachments = ListOf(null=True)
    only_if_silent = BooleanAttribute(null=True)
    state = UnicodeAttribute()
    settled_at = UnicodeAttribute(null=True)
    why = UnicodeAttribute(null=True)
    interaction_id = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ScheduledAnswer) -> Key:
        return keys.later(thing.customer_id, thing.id)

    @classmethod
    def due_place(cls, thing: ScheduledAnswer) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.send_at) if thing.waits else None

    @classmethod
    def list_place(cls, thing: ScheduledAnswer) -> Key:
        return keys.later_of_case(thing.case_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: ScheduledAnswer) -> datetime | None:
        return None if thing.waits else kept_until(thing.at, configuration.retention().interaction)


class SideConversationRow(Row, discriminator="side_conversation"):
    model = SideConversation
    case_id = UnicodeAttribute()
    number = NumberAttribute()
    customer_id = UnicodeAttribute()
    subject = UnicodeAttribute()
    to = ListOf()
    language = UnicodeAttribute(null=True)
    opened_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    author = UnicodeAttribute()
    by = UnicodeAttribute(null=True)
    messages = NumberAttribute(null=True)
    unread = BooleanAttribute(null=True)
    heard = NumberAttribute(null=True)
    heard_since = UnicodeAttribute(null=True)
    closed_at = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: SideConversation) -> Key:
        return keys.side(thing.customer_id, thing.case_id, thing.number)

    @classmethod
    def list_place(cls, thing: SideConversation) -> Key:
        return keys.side_of_case(thing.case_id, thing.number)

    @classmethod
    def expiry_of(cls, thing: SideConversation) -> datetime | None:
        return kept_until(thing.updated_at, configuration.retention().interaction)


class UploadRow(Row, discriminator="upload"):
    model = Upload
    id = UnicodeAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    case_id = UnicodeAttribute(null=True)
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    size = NumberAttribute()

    @classmethod
    def key_of(cls, thing: Upload) -> Key:
        return keys.upload(thing.id)

    @classmethod
    def expiry_of(cls, thing: Upload) -> datetime:
        return thing.at + USABLE_FOR


class NoticeSettingsRow(Row, discriminator="notice_settings"):
    model = NoticeSettings
    staff_id = UnicodeAttribute()
    off = ListOf(null=True)
    updated_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: NoticeSettings) -> Key:
        return keys.notice_settings(thing.staff_id)


class NotifiedRow(Row, discriminator="notified"):
    model = Notified
    whom = UnicodeAttribute()
    hour = UnicodeAttribute()
    letters = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: Notified) -> Key:
        return keys.notified(thing.whom, thing.hour)

    @classmethod
    def expiry_of(cls, thing: Notified) -> datetime:
        return thing.hour + timedelta(days=2)
