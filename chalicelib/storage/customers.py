"""Customers in the table. AP-1 who is this handle · AP-2 everything about a customer, newest first.

A customer who was merged leads to her survivor, here and nowhere else: all functions but `pair` and `records`
answer with survivors.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from chalicelib.kernel import ids
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Receipt
from chalicelib.model.merge import Merge, Signpost
from chalicelib.model.page import Page
from chalicelib.model.recovery import Recovery
from chalicelib.storage import keys, table
from chalicelib.storage.keys import Key

MERGES_FOLLOWED = 20  # one merged into one merged into another; more in a row is a mistake of ours
A_PAGE = 100
FURTHEST_BACK = 10_000  # entries: whoever has more is a machine, and a request ends
TOGETHER = "*"  # begins the cursor of a timeline that is made of several


class Found(NamedTuple):
    """A customer, the record of hers that was asked for, and the merge that led from the one to the other."""

    customer: Customer | None
    under: str = ""
    during: str = ""


class Known(NamedTuple):
    """What is known when a fact is reported: whether it was reported before, or is expected, and whose it is. Of a
    correction: the receipt of the fact it corrects, if there is one, and then that fact and whose it is."""

    receipt: Receipt | None
    customer: Customer | None
    under: str = ""
    during: str = ""
    corrects: Receipt | None = None
    wrong: Fact | None = None


def survivor(record: Customer | None, rows: Mapping[Key, Any] | None = None) -> Found:
    """Whoever this record leads to, for one read per merge on the way; none for what is among `rows`."""
    if record is None:
        return Found(None)
    under, during = record.id, ""
    for _ in range(MERGES_FOLLOWED):
        if not record.merged_into and under in record.ids:
            break
        if not record.merged_into:  # the merge was undone between two reads: what the first one said is over
            record, during, rows = table.row_at(keys.customer(under)) or record, "", None
            continue
        during, place = record.merged_by, keys.customer(record.merged_into)
        record = (rows or {}).get(place) or table.row_at(place) or record
    return Found(record, under, during)


def customer(customer_id: str) -> Customer | None:
    return survivor(table.row_at(keys.customer(customer_id))).customer


def customer_of(handle: Handle) -> Customer | None:
    """AP-1: two reads, both strongly consistent; one more for a customer who was merged."""
    owner: HandleOwner | None = table.row_at(keys.handle(handle))
    return customer(owner.customer_id) if owner else None


def known(receipt_key: str, hint: CustomerHint, corrects: str = "") -> Known:
    """Receipt and customer of a report: one round trip by id, two by handle; two for a correction of what is there."""
    wanted = [keys.receipt(receipt_key)]
    if corrects:
        wanted.append(keys.receipt(corrects))
    if hint.customer_id:
        wanted.append(keys.customer(hint.customer_id))
    elif hint.handle:
        wanted.append(keys.handle(hint.handle))
    rows = table.rows_at(wanted)
    receipt, other = rows.get(keys.receipt(receipt_key)), rows.get(keys.receipt(corrects)) if corrects else None
    if other and not other.waits:
        return _wrong(receipt, other)
    found = rows.get(keys.customer(hint.customer_id))
    if hint.handle and not hint.customer_id and (owner := rows.get(keys.handle(hint.handle))):
        found = table.row_at(keys.customer(owner.customer_id))
    return Known(receipt, *survivor(found), corrects=other)


def _wrong(receipt: Receipt | None, recorded: Receipt) -> Known:
    """A recorded fact and whose it is, by its receipt."""
    record, fact_id = recorded.customer_id, recorded.interaction_id
    places = keys.customer(record), keys.timeline(record, fact_id), keys.untold_fact(record, fact_id)
    rows = table.rows_at(places)
    wrong = rows.get(places[1]) or rows.get(places[2])
    return Known(receipt, *survivor(rows.get(places[0])), corrects=recorded, wrong=wrong)


class Entry(NamedTuple):
    """Something told on a timeline, and its customer."""

    told: Any
    customer: Customer | None


def entry(customer_id: str, entry_id: str) -> Entry:
    """One round trip; one more per merge, and one for what was told under another record of hers."""
    places = keys.customer(customer_id), keys.timeline(customer_id, entry_id)
    rows = table.rows_at(places)
    told, person = rows.get(places[1]), survivor(rows.get(places[0])).customer
    if told is None and person and person.absorbed:
        elsewhere = table.rows_at(keys.timeline(record, entry_id) for record in person.ids)
        told = next(iter(elsewhere.values()), None)
    return Entry(told, person)


def timeline(customer_id: str, after: str | None, limit: int) -> Page[Any]:
    """AP-2: interactions, facts that are told, events and tasks, newest first, in one Query at any length. One that
    begins with a signpost is told together with the other records of that person, for a Query each."""
    if after and after.startswith(TOGETHER):
        return _together(customer_id, after.removeprefix(TOGETHER), limit)
    pk, sk = keys.timeline(customer_id, after or "")
    entries = table.entries(pk, keys.TIMELINE, after=sk if after else None, limit=limit)
    if entries and isinstance(entries[0], Signpost):
        return _together(customer_id, keys.SIGNPOSTS, limit)
    return Page(tuple(entries), entries[-1].id if len(entries) == limit else None)


def _together(customer_id: str, after: str, limit: int) -> Page[Any]:
    person = customer(customer_id)
    found = [
        entry
        for record in (person.ids if person else (customer_id,))
        for entry in table.entries(keys.customer(record).pk, keys.TIMELINE, after=keys.TIMELINE + after, limit=limit)
    ]
    newest = sorted(found, key=lambda entry: entry.id, reverse=True)[:limit]
    return Page(tuple(newest), TOGETHER + newest[-1].id if len(newest) == limit else None)


def recoveries_of(people: Iterable[Customer]) -> dict[str, Recovery]:
    """AP-63: what is open with these, by id: one BatchGet, none for whom nothing is. It lies under a record of hers."""
    wanted = [keys.timeline(record, person.recovery) for person in people if person.recovery for record in person.ids]
    return {found.id: found for found in table.rows_at(wanted).values() if isinstance(found, Recovery)}


def recovery_of(person: Customer | None) -> Recovery | None:
    """AP-63: hers that is open, if there is one."""
    found = recoveries_of([person] if person else [])
    return next(iter(found.values()), None)


def owned(handle: Handle) -> tuple[HandleOwner | None, Customer | None]:
    """A handle as it is stored, and whoever has it now."""
    owner: HandleOwner | None = table.row_at(keys.handle(handle))
    return owner, customer(owner.customer_id) if owner else None


def owners_of(handles: Iterable[Handle]) -> dict[Handle, Customer]:
    """Who has which of these handles: one BatchGet of them, one of the customers."""
    found = table.rows_at([keys.handle(handle) for handle in handles])
    records = table.rows_at([keys.customer(owner.customer_id) for owner in found.values()])
    people = {
        owner.handle: survivor(records.get(keys.customer(owner.customer_id)), records).customer
        for owner in found.values()
    }
    return {handle: person for handle, person in people.items() if person}


def records(record_ids: Iterable[str]) -> list[Customer]:
    """Records as they are stored, merged ones included: one BatchGet."""
    return list(table.rows_at(keys.customer(record) for record in record_ids).values())


def population(shard: int, after: str, limit: int) -> Page[Customer]:
    """AP-26: a page of one of the `keys.POPULATION_SHARDS` parts of all customers, by id, from behind the id `after`.
    Nobody who was merged is among them. One Query, and a BatchGet per 100, as they were a moment ago."""
    found = table.listed(keys.population_shard(shard), after=after, limit=limit)
    rows = table.rows_at((entry.key for entry in found), consistent=False)
    there = (rows[entry.key] for entry in found if entry.key in rows)
    # The index may still show who was merged just now; her row tells.
    everybody = tuple(customer for customer in there if not customer.merged_into)
    return Page(everybody, found[-1].place if len(found) == limit else None)


class Pair(NamedTuple):
    """Two customers as they are stored: one may lead to another."""

    first: Customer | None
    second: Customer | None


def pair(first_id: str, second_id: str) -> Pair:
    places = keys.customer(first_id), keys.customer(second_id)
    rows = table.rows_at(places)
    return Pair(rows.get(places[0]), rows.get(places[1]))


def merge(merge_id: str) -> Merge | None:
    found: Merge | None = table.row_at(keys.merge(merge_id))
    return found


def told(records: Iterable[str]) -> Iterator[Fact | Event]:
    """The facts and events on the timelines of these records, newest first, strongly consistent: a Query per record and
    100 entries, as far as they are asked for, and no further back than 10,000 entries."""
    timelines = (_until(keys.customer(record).pk, "") for record in records)
    newest_first = heapq.merge(*timelines, key=lambda entry: entry.id, reverse=True)
    for entry in islice(newest_first, FURTHEST_BACK):
        if isinstance(entry, Fact | Event):
            yield entry


def told_since(records: Iterable[str], since: datetime) -> list[Any]:
    """What stands on the timelines of these records from a moment on, strongly consistent: a Query per record and 100
    entries."""
    first = ids.first_ulid_at(since)
    return [entry for record in records for entry in _until(keys.customer(record).pk, first)]


def _until(pk: str, first: str) -> Iterable[Any]:
    after = None
    while True:
        found = table.entries(pk, keys.TIMELINE, after=after, limit=A_PAGE, consistent=True)
        yield from (entry for entry in found if entry.id >= first)
        if len(found) < A_PAGE or found[-1].id < first:
            return
        after = keys.TIMELINE + found[-1].id


def cases_of(case_ids: Iterable[str]) -> list[Case]:
    """Her open cases: one BatchGet."""
    return list(table.rows_at(keys.case(case_id) for case_id in case_ids).values())
