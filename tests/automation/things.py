"""Events, webhooks and rules for tests."""

from typing import Any

from chalicelib.kernel import ids
from chalicelib.kernel.signing import Keys
from chalicelib.model.domain_event import DomainEvent, Subject
from chalicelib.model.webhook import Secret, Webhook, WebhookDelivery
from tests.factories import ANNS_ID, CASE_ID, NOON

KEYS = Keys("a", {"a": b"1" * 32})
WEBHOOK_ID = ids.derived_ulid(NOON, "webhook")


def make_event(name: str = "case.opened", **fields: Any) -> DomainEvent:
    """Ann's case was opened at noon."""
    return DomainEvent(
        **{
            "id": ids.derived_ulid(NOON, "event", name),
            "type": name,
            "timestamp": NOON,
            "stage": "test",
            "sequence": 1,
            "subject": Subject(customer_id=ANNS_ID, case_id=CASE_ID),
            "data": {"status": "new", "channel": "email"},
            **fields,
        }
    )


def make_webhook(**fields: Any) -> Webhook:
    return Webhook(
        **{
            "id": WEBHOOK_ID,
            "url": "https://hooks.example.com/liana",
            "types": ("case.*",),
            "secrets": (Secret(number=1, key_id="a"),),
            "created_at": NOON,
            "created_by": "Tom",
            "updated_at": NOON,
            "updated_by": "Tom",
            "version": 1,
            **fields,
        }
    )


def make_delivery(**fields: Any) -> WebhookDelivery:
    return WebhookDelivery(
        **{
            "id": ids.derived_ulid(NOON, "delivery"),
            "webhook_id": WEBHOOK_ID,
            "event_id": make_event().id,
            "event_type": "case.opened",
            "payload": "{}",
            "at": NOON,
            "since": NOON,
            "next_at": NOON,
            "version": 1,
            **fields,
        }
    )
