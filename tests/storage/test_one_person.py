"""Whoever loads a merged customer gets her survivor, and reads of everybody else cost what they did."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Receipt
from chalicelib.model.merge import Signpost
from chalicelib.storage import cases, customers
from chalicelib.storage import outreach as tasks
from chalicelib.storage.commit import commit
from tests.factories import (
    ANN,
    ANNS_ID,
    NOON,
    make_arrival,
    make_case,
    make_customer,
    make_fact,
    make_interaction,
    make_task,
)
from tests.meter import Metering

pytestmark = pytest.mark.usefixtures("table")
BEAS = Handle("email", "bea@example.org")
BEAS_ID = ids.derived_ulid(NOON, "bea")
SURVIVOR = make_customer(handles=(ANN, BEAS), absorbed=(BEAS_ID,), merges=("01M",))
ABSORBED = make_customer(id=BEAS_ID, handles=(BEAS,), merged_into=ANNS_ID, merged_by="01M")
SIGNS = [Signpost(merge_id="01M", customer_id=customer_id) for customer_id in (ANNS_ID, BEAS_ID)]
CASE = make_case(customer_id=BEAS_ID)


def stored(*things: Any) -> None:
    for thing in things:
        commit(Decision((replace(thing, version=None),)))


@pytest.fixture
def merged() -> None:
    stored(SURVIVOR, ABSORBED, HandleOwner(handle=ANN, customer_id=ANNS_ID))
    stored(HandleOwner(handle=BEAS, customer_id=BEAS_ID), CASE, *SIGNS)


@pytest.fixture
def metering() -> Metering:
    return Metering()


def event(minutes: int, customer_id: str) -> Event:
    at = NOON + timedelta(minutes=minutes)
    return Event(id=ids.new_ulid(at), customer_id=customer_id, what=EventKind.UNSUBSCRIBED, at=at)


def loaded() -> dict[str, Customer | None]:
    """Every way to a customer, asked for the absorbed one."""
    task, fact, contact = (
        replace(thing, customer_id=BEAS_ID) for thing in (make_task(), make_fact(), make_interaction())
    )
    stored(task, fact, contact)
    receipt = "fact:shop:1"
    return {
        "id": customers.customer(BEAS_ID),
        "handle": customers.customer_of(BEAS),
        "report by id": customers.known(receipt, CustomerHint(customer_id=BEAS_ID)).customer,
        "report by handle": customers.known(receipt, CustomerHint(handle=BEAS)).customer,
        "fact": customers.entry(BEAS_ID, fact.id).customer,
        "task": tasks.task(BEAS_ID, task.id).customer,
        "mail": cases.outbound(BEAS_ID, contact.id).customer,
        "arrival": cases.intake_facts(make_arrival(sender=BEAS)).customer,
        "arrival by id": cases.intake_facts(make_arrival(sender=None, customer_id=BEAS_ID)).customer,
        "arrival in her case": cases.intake_facts(make_arrival(sender=ANN, case_id=CASE.id)).owner,
        "own arrival in her case": cases.intake_facts(make_arrival(sender=BEAS, case_id=CASE.id)).owner,
        "handles": customers.owners_of([BEAS])[BEAS],
        "owner": customers.owned(BEAS)[1],
    }


def test_every_way_to_a_merged_customer_leads_to_her_survivor(merged: None) -> None:
    assert {way for way, found in loaded().items() if found != SURVIVOR} == set()


def test_what_arrives_is_told_under_the_record_that_has_the_handle(merged: None) -> None:
    assert cases.intake_facts(make_arrival(sender=BEAS)).under == BEAS_ID
    assert cases.intake_facts(make_arrival(sender=ANN)).under == ANNS_ID
    assert customers.known("fact:1", CustomerHint(handle=BEAS)) == customers.Known(None, SURVIVOR, BEAS_ID, "01M")
    assert customers.known("fact:1", CustomerHint(handle=ANN)) == customers.Known(None, SURVIVOR, ANNS_ID)


def test_a_merge_of_a_merged_one_is_followed_and_the_last_one_is_named() -> None:
    carols = make_customer(id="01C", handles=(), merged_into=BEAS_ID, merged_by="01L")
    stored(SURVIVOR, ABSORBED, carols)

    assert customers.customer("01C") == SURVIVOR
    assert customers.known("fact:1", CustomerHint(customer_id="01C")) == customers.Known(None, SURVIVOR, "01C", "01M")


def test_a_circle_of_merges_ends() -> None:
    stored(replace(SURVIVOR, merged_into=BEAS_ID), ABSORBED)

    assert customers.customer(BEAS_ID)


def test_an_entry_is_found_by_any_of_her_ids(merged: None) -> None:
    hers, own = make_interaction(customer_id=BEAS_ID), make_task()
    stored(hers, own)

    assert cases.outbound(ANNS_ID, hers.id).mail == hers
    assert tasks.task(BEAS_ID, own.id).task == own


def test_the_timelines_of_one_person_are_one_and_are_paged_without_gaps_or_repeats(merged: None) -> None:
    entries = [event(n, ANNS_ID if n % 3 else BEAS_ID) for n in range(10)]
    stored(*entries)

    pages, after = [], None
    while True:
        page = customers.timeline(BEAS_ID, after, 3)
        pages.append([entry.id for entry in page.items])
        if (after := page.next) is None:
            break

    assert pages[0] == [entry.id for entry in reversed(entries[7:])]
    assert [found for page in pages for found in page] == [entry.id for entry in reversed(entries)]


def test_a_cursor_survives_a_merge_and_its_undoing() -> None:
    ours, theirs = ([event(n, who) for n in range(6)] for who in (ANNS_ID, BEAS_ID))
    apart = replace(SURVIVOR, absorbed=(), merges=())
    stored(apart, ABSORBED, *ours, *theirs)
    begun_apart = customers.timeline(ANNS_ID, None, 2)
    stored(*SIGNS)
    commit(Decision((SURVIVOR,)))
    begun_together = customers.timeline(ANNS_ID, None, 2)
    goes_on = customers.timeline(ANNS_ID, begun_apart.next, 2)
    commit(Decision((replace(apart, version=2),)))
    goes_on_apart = customers.timeline(ANNS_ID, begun_together.next, 2)

    own = [entry.id for entry in reversed(ours)]
    assert [entry.id for entry in (*begun_apart.items, *goes_on.items)] == own[:4]
    assert {entry.customer_id for entry in begun_together.items} == {ANNS_ID, BEAS_ID}
    assert [entry.id for entry in goes_on_apart.items] == [i for i in own if i < begun_together.items[-1].id][:2]


def test_a_timeline_of_one_record_is_one_query(metering: Metering) -> None:
    stored(make_customer(), *(event(n, ANNS_ID) for n in range(3)))
    meter = metering.start()

    customers.timeline(ANNS_ID, None, 2)

    assert meter.trips == {"Query": 1}


def test_what_was_told_since_is_read_to_its_beginning(merged: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "A_PAGE", 2)
    entries = [event(n, who) for n in range(5) for who in (ANNS_ID, BEAS_ID)]
    stored(*entries)

    found = customers.told_since((ANNS_ID, BEAS_ID), NOON + timedelta(minutes=1))

    told = {entry.id for entry in found if isinstance(entry, Event)}
    assert told == {entry.id for entry in entries[2:]}


def test_what_is_told_of_all_her_records_is_read_newest_first_and_no_further_than_asked(
    merged: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(customers, "A_PAGE", 2)
    entries = [event(n, who) for n in range(3) for who in (ANNS_ID, BEAS_ID)]
    stored(*entries)

    told = customers.told((ANNS_ID, BEAS_ID))

    newest_first = sorted((entry.id for entry in entries), reverse=True)
    assert [next(told).id, *(entry.id for entry in told)] == newest_first


def test_it_is_looked_back_so_far_and_no_further(merged: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(customers, "FURTHEST_BACK", 1 + 3)  # her signpost stands there, too
    entries = [event(n, ANNS_ID) for n in range(5)]
    stored(*entries)

    assert [entry.id for entry in customers.told((ANNS_ID,))] == [entry.id for entry in reversed(entries[2:])]


def test_records_and_pairs_are_as_they_are_stored(merged: None) -> None:
    assert customers.pair(BEAS_ID, "gone") == (ABSORBED, None)
    assert customers.records([BEAS_ID]) == [ABSORBED]


def test_nothing_is_made_of_receipts_alone(merged: None) -> None:
    stored(Receipt(key="fact:1", at=NOON))

    assert customers.known("fact:1", CustomerHint(handle=Handle("chat", "nobody"))).customer is None
