"""What becomes of an event for a webhook, and of a webhook that fails."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.automation import deliveries
from chalicelib.kernel.errors import Conflict
from chalicelib.model.webhook import Attempt, DeliveryOutcome, WebhookDelivery
from tests.automation.things import WEBHOOK_ID, make_delivery, make_event, make_webhook
from tests.factories import NOON

TAKEN, REFUSED, GONE = (Attempt(at=NOON, status=status) for status in (204, 500, 410))


def attempted(delivery: WebhookDelivery, attempt: Attempt, **more: float) -> WebhookDelivery:
    given = {"retry_after": 0, "luck": 0.5, **more}
    return deliveries.attempted(delivery, attempt, now=NOON, **given)  # type: ignore[arg-type]


def test_an_event_comes_to_a_webhook_once_and_a_rule_may_send_it_once_more() -> None:
    first, again, by_rule = (
        deliveries.made(make_event(), WEBHOOK_ID, NOON, cause=cause).changes[0] for cause in ("", "", "orders")
    )

    assert first == again != by_rule


def test_what_is_taken_is_done_with() -> None:
    after = attempted(make_delivery(), TAKEN)

    assert (after.outcome, after.next_at, len(after.attempts)) == (DeliveryOutcome.DELIVERED, None, 1)


def test_what_fails_is_tried_for_about_a_day_ever_more_rarely_and_then_given_up() -> None:
    delivery, waits = make_delivery(), []
    while delivery.outcome is DeliveryOutcome.PENDING:
        delivery = attempted(delivery, REFUSED)
        if delivery.next_at:
            waits.append(delivery.next_at - NOON)

    assert waits == sorted(waits) and len(waits) == 7
    assert timedelta(hours=23) < sum(waits, timedelta()) < timedelta(hours=25)
    assert (delivery.outcome, delivery.because) == (DeliveryOutcome.FAILED, "given up after 8 attempts")


def test_what_failed_together_does_not_come_back_together() -> None:
    early, late = (attempted(make_delivery(tries=3), REFUSED, luck=luck).next_at for luck in (0.0, 1.0))

    assert early and late
    assert (early - NOON, late - NOON) == (timedelta(minutes=96), timedelta(minutes=144))


def test_a_receiver_that_asks_for_time_is_given_it() -> None:
    after = attempted(make_delivery(), Attempt(at=NOON, status=429), retry_after=600)

    assert after.next_at == NOON + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("delivery", "tries", "due"),
    [
        (make_delivery(), 0, True),
        (make_delivery(tries=1), 0, False),  # the message came twice
        (make_delivery(tries=1), -1, True),  # the clock
        (make_delivery(next_at=NOON + timedelta(minutes=1)), -1, False),
        (make_delivery(outcome=DeliveryOutcome.DELIVERED), 0, False),
        (make_delivery(outcome=DeliveryOutcome.FAILED, next_at=None), -1, False),
    ],
)
def test_an_attempt_is_made_once_whoever_asks_for_it(delivery: WebhookDelivery, tries: int, due: bool) -> None:
    assert deliveries.is_due(delivery, tries, NOON) is due


def test_nothing_is_sent_to_what_was_switched_off_or_deleted() -> None:
    off = deliveries.withheld(make_delivery(), make_webhook(active=False), 0.5, NOON)
    gone = deliveries.withheld(make_delivery(), None, 0.5, NOON)

    assert off and (off.outcome, off.because) == (DeliveryOutcome.FAILED, "the webhook is switched off")
    assert gone and gone.because == "the webhook was deleted"


def test_while_its_address_rests_a_delivery_waits_without_a_try() -> None:
    resting = make_webhook(paused_until=NOON + timedelta(minutes=5))

    waits = deliveries.withheld(make_delivery(), resting, 0.5, NOON)

    assert waits and (waits.tries, waits.next_at) == (0, NOON + timedelta(minutes=5, seconds=30))


def test_an_address_that_fails_five_times_in_a_row_rests_longer_and_longer() -> None:
    webhook, rests = make_webhook(), []
    for _ in range(12):
        webhook = deliveries.felt(webhook, REFUSED, NOON)
        rests.append((webhook.paused_until or NOON) - NOON)

    assert rests[:6] == [timedelta()] * 4 + [timedelta(seconds=30), timedelta(minutes=1)]
    assert rests[-1] == timedelta(minutes=15)


def test_one_success_and_all_is_forgotten() -> None:
    failing = make_webhook(failures=7, failing_since=NOON, paused_until=NOON)

    assert deliveries.felt(failing, TAKEN, NOON) == make_webhook()


def test_while_all_is_well_nothing_is_written() -> None:
    webhook = make_webhook()

    assert deliveries.felt(webhook, TAKEN, NOON) is webhook


def test_who_takes_nothing_for_five_days_is_switched_off() -> None:
    failing = make_webhook(failures=99, failing_since=NOON - timedelta(days=5))

    off = deliveries.felt(failing, REFUSED, NOON)

    assert (off.active, off.off_because) == (False, "it took nothing for 5 days")


def test_who_says_that_it_is_gone_is_switched_off_at_once() -> None:
    assert deliveries.felt(make_webhook(), GONE, NOON).off_because == "it answered 410: it is gone"


def test_what_was_given_up_may_be_asked_for_again_with_all_its_tries() -> None:
    failed = make_delivery(outcome=DeliveryOutcome.FAILED, tries=8, next_at=None, because="given up")

    decision = deliveries.again(failed, NOON)

    (fresh,) = decision.changes
    assert fresh == replace(
        failed, outcome=DeliveryOutcome.PENDING, tries=0, because="", next_at=NOON + deliveries.STUCK_AFTER
    )
    assert [message.tries for message in decision.messages] == [0]  # type: ignore[attr-defined]


def test_what_is_being_tried_is_not_asked_for_again() -> None:
    with pytest.raises(Conflict, match="still being tried"):
        deliveries.again(make_delivery(), NOON)
