"""Webhooks, what they were sent, and the company's rules."""

from datetime import datetime

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.model.rule import RUNS_KEPT, Rulebook, RuleRun
from chalicelib.model.webhook import DELIVERIES_KEPT, Listeners, Webhook, WebhookDelivery
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row


class ListenersRow(Row, discriminator="listeners"):
    model = Listeners
    webhooks = MapOf(null=True)
    paused = MapOf(null=True)
    rules = ListOf(null=True)

    @classmethod
    def key_of(cls, _thing: Listeners) -> Key:
        return keys.LISTENERS


class WebhookRow(Row, discriminator="webhook"):
    model = Webhook
    id = UnicodeAttribute()
    url = UnicodeAttribute()
    types = ListOf()
    description = UnicodeAttribute(null=True)
    team = UnicodeAttribute(null=True)
    active = BooleanAttribute()
    secrets = ListOf()
    created_at = UnicodeAttribute()
    created_by = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    edition = NumberAttribute()
    failures = NumberAttribute(null=True)
    failing_since = UnicodeAttribute(null=True)
    paused_until = UnicodeAttribute(null=True)
    off_because = UnicodeAttribute(null=True)
    deleted_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Webhook) -> Key:
        return keys.webhook(thing.id)

    @classmethod
    def expiry_of(cls, thing: Webhook) -> datetime | None:
        """With the last of what it was sent."""
        return thing.deleted_at + DELIVERIES_KEPT if thing.deleted_at else None


class WebhookDeliveryRow(Row, discriminator="webhook_delivery"):
    model = WebhookDelivery
    id = UnicodeAttribute()
    webhook_id = UnicodeAttribute()
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    payload = UnicodeAttribute()
    at = UnicodeAttribute()
    outcome = UnicodeAttribute()
    tries = NumberAttribute(null=True)
    since = UnicodeAttribute()
    attempts = ListOf(null=True)
    next_at = UnicodeAttribute(null=True)
    because = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: WebhookDelivery) -> Key:
        return keys.delivery(thing.id)

    @classmethod
    def due_place(cls, thing: WebhookDelivery) -> tuple[keys.DueLane, datetime] | None:
        return ("work", thing.next_at) if thing.next_at else None

    @classmethod
    def list_place(cls, thing: WebhookDelivery) -> Key:
        return keys.delivery_of(thing.webhook_id, thing.id)

    @classmethod
    def expiry_of(cls, thing: WebhookDelivery) -> datetime:
        return thing.expires_at


class RulebookRow(Row, discriminator="rulebook"):
    model = Rulebook
    edition = NumberAttribute(null=True)
    rules = ListOf(null=True)
    source = UnicodeAttribute(null=True)
    updated_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: Rulebook) -> Key:
        return keys.RULEBOOK


class RuleRunRow(Row, discriminator="rule_run"):
    model = RuleRun
    id = UnicodeAttribute()
    rule = UnicodeAttribute()
    edition = NumberAttribute()
    at = UnicodeAttribute()
    event_id = UnicodeAttribute()
    event_type = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    did = ListOf(null=True)
    skipped = MapOf(null=True)

    @classmethod
    def key_of(cls, thing: RuleRun) -> Key:
        return keys.rule_run(thing.id)

    @classmethod
    def list_place(cls, thing: RuleRun) -> Key:
        return keys.run_of(thing.rule, thing.id)

    @classmethod
    def expiry_of(cls, thing: RuleRun) -> datetime:
        return thing.at + RUNS_KEPT
