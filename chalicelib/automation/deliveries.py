"""What becomes of an event for a webhook: sent, tried again, given up; and what is thought of an address that fails.

pending ──2xx──▶ delivered
   │  ▲──── tried again over about a day, or put off while the address rests
   └──▶ failed ──asked for again──▶ pending
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.automation import events
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.messages import DeliverWebhook
from chalicelib.model.domain_event import DomainEvent
from chalicelib.model.webhook import MOST_ATTEMPTS_KEPT, Attempt, DeliveryOutcome, Webhook, WebhookDelivery

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
# After the first attempt; 23.6 hours in all.
TRIED_AGAIN_AFTER = (_MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 8 * _HOUR, 8 * _HOUR)
SPREAD = 0.2  # of these, either way, so that what failed together does not come back together
GIVEN_UP_AFTER = timedelta(hours=30)  # with all the rests of its address
STUCK_AFTER = timedelta(minutes=15)  # a message that got lost: the clock finds what was never tried
RESTS_AFTER = 5  # failures in a row
FIRST_REST, LONGEST_REST = timedelta(seconds=30), timedelta(minutes=15)
SWITCHED_OFF_AFTER = timedelta(days=5)  # without one success
SNIPPET = 1000  # characters kept of an answer
GONE = 410


def id_of(event_id: str, webhook_id: str, cause: str = "") -> str:
    """Equal for a repetition: an event comes to a webhook once. `cause`: a rule that asked for it besides."""
    return ids.derived_ulid(ids.instant_of(event_id), "delivery", event_id, webhook_id, cause)


def made(event: DomainEvent, webhook_id: str, now: datetime, *, cause: str = "") -> Decision:
    """It is stored, and a message goes out to send it."""
    delivery = WebhookDelivery(
        id=id_of(event.id, webhook_id, cause),
        webhook_id=webhook_id,
        event_id=event.id,
        event_type=event.type,
        payload=events.to_json(event),
        at=now,
        since=now,
        next_at=now + STUCK_AFTER,
    )
    return Decision((delivery,), (DeliverWebhook(delivery_id=delivery.id, tries=0),), reason="made")


def again(delivery: WebhookDelivery, now: datetime) -> Decision:
    """Somebody asks for it once more, with all its tries. Raises Conflict while it is being tried."""
    if delivery.outcome is DeliveryOutcome.PENDING:
        raise Conflict("this delivery is still being tried; its attempts say when next")
    fresh = replace(
        delivery, outcome=DeliveryOutcome.PENDING, tries=0, since=now, next_at=now + STUCK_AFTER, because=""
    )
    return Decision((fresh,), (DeliverWebhook(delivery_id=delivery.id, tries=0),), reason="asked for again")


def is_due(delivery: WebhookDelivery, tries: int, now: datetime) -> bool:
    """Whether a message's attempt is still to be made: it may come twice, and so may the clock."""
    if delivery.outcome is not DeliveryOutcome.PENDING:
        return False
    if tries >= 0:
        return delivery.tries == tries
    return delivery.next_at is not None and delivery.next_at <= now


def withheld(delivery: WebhookDelivery, webhook: Webhook | None, luck: float, now: datetime) -> WebhookDelivery | None:
    """The delivery as it stands when it must not be sent now. None: send it. `luck` from 0 to 1."""
    if webhook is None or not webhook.active:
        why = "the webhook is switched off" if webhook else "the webhook was deleted"
        return _failed(delivery, why)
    if webhook.paused_until and now < webhook.paused_until:
        if now - delivery.since >= GIVEN_UP_AFTER:
            return _failed(delivery, "its address failed all the time")
        return replace(
            delivery, next_at=webhook.paused_until + luck * _MINUTE, because="its address rests: it failed too often"
        )
    return None


def attempted(
    delivery: WebhookDelivery, attempt: Attempt, *, retry_after: int, luck: float, now: datetime
) -> WebhookDelivery:
    """After an attempt. `retry_after`: seconds the receiver asked for."""
    kept = replace(attempt, snippet=attempt.snippet[:SNIPPET])
    tried = replace(
        delivery,
        tries=delivery.tries + 1,
        attempts=(*delivery.attempts, kept)[-MOST_ATTEMPTS_KEPT:],
        because="",
    )
    if taken(attempt):
        return replace(tried, outcome=DeliveryOutcome.DELIVERED, next_at=None)
    if tried.tries > len(TRIED_AGAIN_AFTER) or now - tried.since >= GIVEN_UP_AFTER:
        return _failed(tried, f"given up after {tried.tries} attempts")
    wait = TRIED_AGAIN_AFTER[tried.tries - 1] * (1 + SPREAD * (2 * luck - 1))
    return replace(tried, next_at=now + max(wait, timedelta(seconds=retry_after)))


def _failed(delivery: WebhookDelivery, why: str) -> WebhookDelivery:
    return replace(delivery, outcome=DeliveryOutcome.FAILED, next_at=None, because=why)


def taken(attempt: Attempt) -> bool:
    return 200 <= attempt.status < 300


def felt(webhook: Webhook, attempt: Attempt, now: datetime) -> Webhook:
    """The webhook after an attempt: itself, while all goes well. One that fails again and again rests, longer each
    time; after days, or when it says that it is gone, it is switched off."""
    if taken(attempt):
        well = not (webhook.failures or webhook.failing_since or webhook.paused_until)
        return webhook if well else replace(webhook, failures=0, failing_since=None, paused_until=None)
    failures, since = webhook.failures + 1, webhook.failing_since or now
    rest = min(FIRST_REST * 2 ** min(max(failures - RESTS_AFTER, 0), 10), LONGEST_REST)
    failing = replace(
        webhook,
        failures=failures,
        failing_since=since,
        paused_until=now + rest if failures >= RESTS_AFTER else None,
    )
    if attempt.status == GONE:
        return _off(failing, "it answered 410: it is gone", now)
    if now - since >= SWITCHED_OFF_AFTER:
        return _off(failing, f"it took nothing for {SWITCHED_OFF_AFTER.days} days", now)
    return failing


def _off(webhook: Webhook, why: str, now: datetime) -> Webhook:
    return replace(
        webhook, active=False, off_because=why, paused_until=None, updated_at=now, updated_by="Liana",
        edition=webhook.edition + 1,
    )  # fmt: skip
