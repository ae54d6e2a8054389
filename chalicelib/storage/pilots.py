"""Pilots in the table. AP-102 a pilot and its evidence · AP-103 all of them · AP-104 what becomes of a subject."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.kernel import ids
from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.pilot import Evidence, Pilot, Subject
from chalicelib.model.task import Task
from chalicelib.storage import customers, keys, table

MOST_EVIDENCE = 100
MOST_READ = 500  # entries of one record in a window: whoever has more is a machine


class Known(NamedTuple):
    """A pilot, and what it said when it mattered, the oldest first."""

    pilot: Pilot | None
    evidence: tuple[Evidence, ...] = ()


def pilot(pilot_id: str) -> Pilot | None:
    """AP-102: by key, strongly consistent."""
    found: Pilot | None = table.row_at(keys.pilot(pilot_id))
    return found


def with_evidence(pilot_id: str) -> Known:
    """AP-102: with what it said: one Query on its partition."""
    found = [thing for _, thing in table.whole(keys.pilot(pilot_id).pk, after="", limit=MOST_EVIDENCE)]
    told = next((thing for thing in found if isinstance(thing, Pilot)), None)
    return Known(told, tuple(thing for thing in found if isinstance(thing, Evidence)))


def pilots(after: str | None, limit: int) -> Page[Pilot]:
    """AP-103: the newest first: a Query and a BatchGet a page."""
    return table.page_of(table.listed(keys.PILOTS, after=after or "", newest_first=True, limit=limit), limit)


def named(pilot_ids: Iterable[str]) -> list[Pilot]:
    """AP-103: these, one BatchGet."""
    return list(table.rows_at(keys.pilot(pilot_id) for pilot_id in pilot_ids).values())


class Judged(NamedTuple):
    """All that is needed to say what became of somebody. `twins` are subjects under other records of hers."""

    subject: Subject | None
    pilot: Pilot | None
    customer: Customer | None
    twins: tuple[Subject, ...] = ()


def subject(customer_id: str, pilot_id: str) -> Judged:
    """AP-104: a BatchGet of subject, customer and pilot; for who was merged one more a merge, and one of her others."""
    places = keys.subject(customer_id, pilot_id), keys.customer(customer_id), keys.pilot(pilot_id)
    rows = table.rows_at(places)
    person = customers.survivor(rows.get(places[1])).customer
    others = [record for record in (person.ids if person else ()) if record != customer_id]
    twins = table.rows_at(keys.subject(record, pilot_id) for record in others).values()
    return Judged(rows.get(places[0]), rows.get(places[2]), person, tuple(twins))


def told_between(records: Iterable[str], since: datetime, until: datetime) -> list[Any]:
    """AP-105: what stands on the timelines of these records of two moments: a Query of up to 500 entries each, strongly
    consistent, the newest."""
    first, last = ids.first_ulid_at(since), ids.first_ulid_at(until)
    return [
        entry
        for record in records
        for entry in table.between(
            keys.timeline(record, first).pk,
            keys.TIMELINE + first,
            keys.TIMELINE + last,
            limit=MOST_READ,
        )
    ]


def plays_of(records: Iterable[str], told: Iterable[Any]) -> dict[str, str]:
    """AP-105: of which play each notice among these is, by its task: one BatchGet of tasks that are not among them,
    none where all are."""
    told = list(told)
    plays = {entry.id: entry.play for entry in told if isinstance(entry, Task)}
    named_in = {entry.task_id for entry in told if getattr(entry, "task_id", "")}
    missing = [keys.timeline(record, task_id) for record in records for task_id in sorted(named_in - plays.keys())]
    found = table.rows_at(missing).values()
    return plays | {entry.id: entry.play for entry in found if isinstance(entry, Task)}
