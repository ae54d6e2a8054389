"""What a contact costs in DynamoDB round trips and write units: figures that are promises."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import service as cases
from chalicelib.customers import service as customers
from chalicelib.customers import views
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import CustomerHint, Handle
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.interaction import Direction, Interaction, Purpose
from chalicelib.model.money import Money
from chalicelib.storage.calibration import current_policy
from chalicelib.storage.commit import commit
from tests.factories import make_customer
from tests.meter import Metering
from tests.workbench import SENDER, Bench, mail_bytes, received

pytestmark = pytest.mark.cloud


def warm() -> Metering:
    """Of a process that has read what the last night learnt: it does so every five minutes."""
    metering = Metering()
    current_policy()
    return metering


def take_in(bench: Bench, raw: bytes) -> None:
    ses_id = bench.receive(raw, announce=False)
    cases.receive_mail(received(ses_id, [SENDER], "ann@example.org", bench.bucket))


def test_a_strangers_first_mail_costs_two_round_trips(cloud_bench: Bench) -> None:
    metering = warm()

    meter = metering.start()
    take_in(cloud_bench, mail_bytes())

    assert meter.trips == {"BatchGetItem": 1, "TransactWriteItems": 1}
    # interaction 2+1, acknowledgement 2+2, case 2+3, customer 2+1, that the case is hers, receipt, Message-ID, handle 2
    # each (+ index entries), one sum
    assert meter.write_units <= 25


def test_a_known_customers_mail_costs_three_round_trips(cloud_bench: Bench) -> None:
    metering = warm()
    take_in(cloud_bench, mail_bytes())

    meter = metering.start()
    take_in(cloud_bench, mail_bytes("Another matter.", subject="A tent pole"))

    assert meter.trips == {"BatchGetItem": 2, "TransactWriteItems": 1}
    assert meter.write_units <= 22


def test_a_contact_in_which_something_goes_wrong_costs_eight_write_units_more(cloud_bench: Bench) -> None:
    metering = warm()
    take_in(cloud_bench, mail_bytes())

    meter = metering.start()
    take_in(cloud_bench, mail_bytes("Where is it?"))  # the same again: a recovery, its places on two indexes, two sums

    assert meter.trips == {"BatchGetItem": 2, "TransactWriteItems": 1}
    assert meter.write_units <= 30


def test_a_reply_costs_three_round_trips_however_many_messages_it_refers_to(cloud_bench: Bench) -> None:
    metering = warm()
    take_in(cloud_bench, mail_bytes(message_id="<first@example.org>"))
    chain = " ".join(f"<{n}@elsewhere.example>" for n in range(150))

    meter = metering.start()
    take_in(cloud_bench, mail_bytes("More.", References=f"{chain} <first@example.org>"))

    assert meter.trips == {"BatchGetItem": 2, "TransactWriteItems": 1}
    # interaction 4+1, its chain being long; case 4+1, over 1 KB with who was heard; receipt, Message-ID, customer (what
    # it cost us) 2 each, and what moves on the indexes
    assert meter.write_units <= 15


def test_the_same_mail_again_costs_one_read_and_writes_nothing(cloud_bench: Bench) -> None:
    metering = warm()
    ses_id = cloud_bench.receive(mail_bytes(), announce=False)
    notice = received(ses_id, [SENDER], "ann@example.org", cloud_bench.bucket)
    cases.receive_mail(notice)

    meter = metering.start()
    cases.receive_mail(notice)

    assert meter.trips == {"BatchGetItem": 1}


ORDER, PLAN = {"amount": Money(10_00, "USD")}, {"data": {"plan": "family"}}
BY_HANDLE = {"BatchGetItem": 1, "GetItem": 1, "TransactWriteItems": 1}
CORRECTING = {"BatchGetItem": 2, "TransactWriteItems": 1}


@pytest.mark.parametrize(
    ("before", "fact", "trips", "units"),
    [
        ((), (FactKind.ORDER, ORDER), {"BatchGetItem": 1, "TransactWriteItems": 1}, 9),
        ((FactKind.ORDER, ORDER), (FactKind.ORDER, ORDER), BY_HANDLE, 6),
        ((FactKind.ORDER, ORDER), (FactKind.RATING, {"data": {"score": "4", "of": "delivery"}}), BY_HANDLE, 6),
        ((FactKind.ORDER, ORDER), (FactKind.TRAIT, PLAN), BY_HANDLE, 6),
        ((FactKind.ORDER, ORDER), (FactKind.CORRECTION, {"corrects": "fact:before"}), CORRECTING, 8),
        ((FactKind.TRAIT, PLAN), (FactKind.CORRECTION, {"corrects": "fact:before"}), {**CORRECTING, "Query": 1}, 8),
        ((FactKind.ORDER, ORDER), (FactKind.CORRECTION, {"corrects": "fact:to come"}), BY_HANDLE, 8),
    ],
    ids=[
        "of somebody new",
        "order",
        "rating",
        "trait",
        "money corrected",
        "trait corrected",
        "corrected before it came",
    ],
)
def test_a_fact_costs_two_or_three_round_trips(
    cloud_bench: Bench, before: Any, fact: Any, trips: dict[str, int], units: int
) -> None:
    metering = warm()
    if before:
        report(before[0], "before", **before[1])

    meter = metering.start()
    report(fact[0], "now", **fact[1])

    assert meter.trips == trips
    assert meter.write_units <= units


def test_the_same_fact_again_writes_nothing(cloud_bench: Bench) -> None:
    metering = warm()
    report(FactKind.ORDER, "now", **ORDER)

    meter = metering.start()
    report(FactKind.ORDER, "now", **ORDER)

    assert meter.trips == {"BatchGetItem": 1, "GetItem": 1}


@pytest.mark.parametrize("length", [3, 400])
def test_a_timeline_page_is_one_query_at_any_length(cloud_bench: Bench, length: int) -> None:
    metering = warm()
    customer_id = history(length)

    meter = metering.start()
    page = views.timeline(customer_id, None, 25)

    assert meter.trips == {"Query": 1}
    assert len(page.items) == min(25, length)


def test_an_idle_tick_reads_each_shard_once_and_writes_nothing(cloud_bench: Bench) -> None:
    from chalicelib.outreach import service as outreach
    from chalicelib.storage.keys import DUE_SHARDS

    metering = warm()

    meter = metering.start()
    cases.announce_due(clock.now())
    outreach.announce_due(clock.now())

    assert meter.trips == {"Query": 2 * DUE_SHARDS}
    assert meter.write_units == 0


def report(what: FactKind, event_id: str, **more: Any) -> None:
    customers.record_fact(
        FactReport(
            receipt_key=f"fact:{event_id}",
            fingerprint=event_id,
            customer=CustomerHint(handle=Handle("email", "ann@example.org")),
            what=what,
            occurred_at=clock.now(),
            **more,
        )
    )


def history(length: int) -> str:
    """A customer with that many interactions, newest last."""
    start = clock.now() - timedelta(days=1)
    customer = make_customer(id=ids.new_ulid(start), created_at=start, version=None)
    commit(Decision((customer,)))
    told = [
        Interaction(
            id=ids.new_ulid(start + timedelta(seconds=n)),
            customer_id=customer.id,
            at=start + timedelta(seconds=n),
            channel="phone",
            direction=Direction.IN,
            purpose=Purpose.CONTACT,
            preview="x" * 1000,
        )
        for n in range(length)
    ]
    for begin in range(0, length, 50):
        commit(Decision(tuple(told[begin : begin + 50])))
    return customer.id
