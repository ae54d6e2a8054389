"""From a fact to a notice, and every way a customer is not written to."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.customers import service as customers
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.money import Money
from chalicelib.model.task import Task, TaskState
from chalicelib.storage.commit import commit
from tests.factories import CALIBRATION, make_customer
from tests.workbench import Bench, mail_bytes, send_event, text_of

pytestmark = pytest.mark.usefixtures("no_index")

ANN = Handle("email", "ann@example.org")
EXPIRES = (clock.now() + timedelta(days=30)).date().isoformat()


def report(what: FactKind, event_id: str = "", handle: Handle = ANN, **more: object) -> customers.RecordedFact:
    fields = {"data": {}, "occurred_at": clock.now(), "customer": CustomerHint(handle=handle), **more}
    return customers.record_fact(
        FactReport(
            receipt_key=f"fact:shop:{event_id or ids.new_ulid(clock.now())}",
            fingerprint=ids.fingerprint(str(fields["data"]), str(fields.get("amount"))),
            what=what,
            **fields,  # type: ignore[arg-type]
        )
    )


def consents(granted: bool = True, handle: Handle = ANN) -> None:
    said = {
        "channel": "email",
        "purpose": "service",
        "granted": str(granted).lower(),
        "proof": "sign-up form",
    }
    report(FactKind.CONSENT, handle=handle, data=said)


def card_expires(event_id: str = "", handle: Handle = ANN) -> None:
    report(FactKind.CARD_EXPIRING, event_id, handle, data={"expires_on": EXPIRES, "card_hint": "4242"})


def at_noon(days: int) -> datetime:
    day = clock.now() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def only_task(bench: Bench) -> Task:
    (task,) = bench.rows(Task)
    return task


def test_a_card_about_to_expire_becomes_one_notice_two_weeks_before(bench: Bench) -> None:
    consents()
    card_expires("c-1")
    card_expires("c-2")
    bench.run()
    assert only_task(bench).state is TaskState.PLANNED

    bench.tick(at_noon(10))
    bench.run()
    assert not bench.sent, "too early"

    for _ in range(2):
        bench.tick(at_noon(17))
        bench.run()

    (mail,) = bench.sent
    assert "4242" in text_of(mail) and EXPIRES in text_of(mail)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert only_task(bench).state is TaskState.SENT
    assert [e.detail["outcome"] for e in bench.rows(Event) if e.what is EventKind.OUTCOME] == ["sent"]


def test_what_became_of_the_notice_reaches_the_task(bench: Bench) -> None:
    consents()
    card_expires()
    bench.run()
    bench.tick(at_noon(17))
    bench.run()
    tags = dict(pair.strip().split("=") for pair in bench.sent[0]["X-SES-MESSAGE-TAGS"].split(","))

    bench.put("feedback", send_event(bench.mailer.accepted[0][0], tags, "Delivery"))
    bench.run()

    assert only_task(bench).state is TaskState.DELIVERED


def test_without_consent_she_is_passed_over_and_the_reason_is_stored(bench: Bench) -> None:
    card_expires()
    bench.run()
    bench.tick(at_noon(17))
    bench.run()

    task = only_task(bench)
    assert task.state is TaskState.PASSED_OVER
    assert task.reason.startswith("no_consent")
    assert not bench.sent


def test_who_has_an_open_complaint_is_passed_over(bench: Bench) -> None:
    from chalicelib.cases import service as cases
    from chalicelib.model.arrival import Arrival

    consents()
    card_expires()
    cases.take_in(
        Arrival(
            receipt_key="api:1",
            fingerprint="f",
            channel="phone",
            at=clock.now(),
            sender=ANN,
            author="Bo",
            subject="Billed twice",
            text="…",
            topic="complaint",
        )
    )
    bench.run()
    bench.tick(at_noon(17))
    bench.run()

    assert only_task(bench).reason.startswith("open_complaint")


def test_at_night_the_notice_waits_for_her_morning(bench: Bench) -> None:
    report(FactKind.PROFILE, customer=CustomerHint(handle=ANN, time_zone="Asia/Shanghai"))
    consents()
    card_expires()
    bench.run()

    evening_there = at_noon(17).replace(hour=14)  # 22:00 in Shanghai
    bench.tick(evening_there)
    bench.run()

    task = only_task(bench)
    assert task.state is TaskState.PLANNED
    assert task.due_at.hour == 0, "8:00 in Shanghai is midnight in UTC"
    assert task.reason.startswith("quiet_hours")


def test_who_has_updated_her_card_is_left_alone(bench: Bench) -> None:
    consents()
    card_expires()
    report(FactKind.CARD_UPDATED)
    bench.run()
    bench.tick(at_noon(17))
    bench.run()

    assert only_task(bench).reason.startswith("not_needed")


def test_who_unsubscribes_between_queue_and_delivery_is_not_written_to(bench: Bench) -> None:
    from chalicelib.outreach import service as outreach

    consents()
    card_expires()
    bench.run()
    task = only_task(bench)
    outreach.consider_task(task.customer_id, task.id, at_noon(17))
    assert only_task(bench).state is TaskState.QUEUED

    customers.withdraw_consent(task.customer_id, "email", "service", "one-click")
    bench.run()

    assert only_task(bench).state is TaskState.PASSED_OVER
    assert not bench.sent


def test_margin_raises_the_tier_and_the_next_contact_carries_it(bench: Bench) -> None:
    commit(Decision((CALIBRATION,)))
    report(FactKind.ORDER, amount=Money(300_00, "USD"), margin=Money(250_00, "USD"))

    bench.receive(mail_bytes())
    bench.run()

    (customer,) = bench.rows(Customer)
    assert customer.tier == "gold"
    assert "within 8 hours" in text_of(bench.sent[0])
    (event,) = bench.rows(Event)
    assert (event.detail["from"], event.detail["to"], event.detail["index"]) == ("standard", "gold", "85.0")


def test_a_refund_takes_the_margin_back(bench: Bench) -> None:
    report(FactKind.ORDER, amount=Money(900_00, "USD"))
    report(FactKind.REFUND, amount=Money(900_00, "USD"))

    (customer,) = bench.rows(Customer)
    assert (customer.value.purchases, customer.value.margin) == (1, 0)


def test_the_same_event_twice_counts_once(bench: Bench) -> None:
    first = report(FactKind.ORDER, "o-1", amount=Money(100_00, "USD"))
    again = report(FactKind.ORDER, "o-1", amount=Money(100_00, "USD"))

    assert (first.duplicate, again.duplicate) == (False, True)
    (customer,) = bench.rows(Customer)
    assert customer.value.margin == 30_00


def test_the_same_event_with_other_content_is_refused(bench: Bench) -> None:
    from chalicelib.kernel.errors import Conflict

    report(FactKind.ORDER, "o-1", amount=Money(100_00, "USD"))

    with pytest.raises(Conflict, match="other content"):
        report(FactKind.ORDER, "o-1", amount=Money(999_00, "USD"))


def test_who_falls_below_her_tier_hears_of_it_two_weeks_before_she_loses_it(bench: Bench) -> None:
    commit(Decision((CALIBRATION,)))
    ann = make_customer(tier="gold", consenting=True, version=None)
    commit(Decision((ann, HandleOwner(handle=ANN, customer_id=ann.id))))
    customers.judge_tier(ann.id, at_noon(0))

    def wait(days: int) -> Customer:
        """Two ticks: what the first one finds is due at once."""
        for _ in range(2):
            bench.tick(at_noon(days))
            bench.run()
        (customer,) = bench.rows(Customer)
        return customer

    assert (wait(13).tier, len(bench.sent)) == ("gold", 0)
    assert (wait(15).tier, len(bench.sent)) == ("gold", 1)
    assert "our promise to gold customers" in text_of(bench.sent[0])
    assert (wait(27).tier, len(bench.sent)) == ("gold", 1)
    assert (wait(30).tier, len(bench.sent)) == ("standard", 1)
    assert [event.what for event in bench.rows(Event) if event.what is EventKind.TIER_CHANGED]
