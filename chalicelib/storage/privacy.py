"""Everything that is kept about a person, to show, to give away and to erase."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from chalicelib.channels import sms
from chalicelib.kernel import ids
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.interaction import Direction, Interaction
from chalicelib.model.merge import Signpost
from chalicelib.model.page import Page
from chalicelib.model.privacy import Erasing, Erasure, Export, Exported, Look
from chalicelib.model.segment import Memberships
from chalicelib.storage import customers, keys, rows, table
from chalicelib.storage.keys import Key


class Row(NamedTuple):
    """Something of her partition, and where it stands there."""

    sk: str
    thing: Any

    @property
    def kind(self) -> str:
        return rows.kind_of(self.thing)

    @property
    def told(self) -> bool:
        """Whether it is on her timeline."""
        return self.sk.startswith(keys.TIMELINE)


class Mailboxes(NamedTuple):
    """What Message-IDs follow from: the mailbox we write from, and what SES puts behind the @ of those it gives."""

    ours: str
    ses_domain: str


def looks(customer_id: str, after: str | None, limit: int) -> Page[Look]:
    """AP-28: who looked at a person, newest first; at all her records together."""
    person = customers.customer(customer_id)
    found = [
        look
        for record in (person.ids if person else (customer_id,))
        for look in table.entries(
            keys.customer(record).pk, keys.LOOKS, after=keys.LOOKS + after if after else None, limit=limit
        )
    ]
    newest = sorted(found, key=lambda look: look.id, reverse=True)[:limit]
    return Page(tuple(newest), newest[-1].id if len(newest) == limit else None)


def records(customer_id: str) -> list[Customer]:
    """AP-29: her records as they are stored, the survivor first; none for an id nobody has."""
    person = customers.customer(customer_id)
    return [person, *customers.records(person.absorbed)] if person else []


def kept(record_id: str, after: str, limit: int) -> list[Row]:
    """AP-30: whatever lies in the partition of a record, by sort key."""
    return [Row(*entry) for entry in table.whole(keys.customer(record_id).pk, after=after, limit=limit)]


def kept_elsewhere(thing: Any, boxes: Mailboxes) -> list[Key]:
    """Where rows of other partitions lie that an entry of hers leads to: no others can be found by key."""
    match thing:
        case Interaction():
            places = [keys.case(thing.case_id)] if thing.case_id else []
            if thing.message_id and thing.direction is Direction.IN:
                places.append(keys.message(thing.mailbox or boxes.ours, thing.message_id))
            if thing.delivery and thing.delivery.ses_id:
                places.append(
                    keys.message(sms.MAILBOX, thing.delivery.ses_id)
                    if thing.channel == sms.CHANNEL.name
                    else keys.message(boxes.ours, f"{thing.delivery.ses_id}@{boxes.ses_domain}")
                )
            if thing.raw_key:
                places.append(keys.quarantine(ids.instant_of(thing.id), thing.id))
                places.append(keys.receipt(f"mail:{thing.raw_key.rpartition('/')[2]}"))
            return places
        case Signpost():
            return [keys.merge(thing.merge_id)]
        case Exported():
            return [keys.export(thing.export_id)]
        case Memberships():
            return [keys.member(slug, thing.customer_id) for slug in thing.since]
    case_id = getattr(thing, "case_id", "")
    return [keys.case(case_id)] if case_id else []


def case_places(case_ids: Iterable[str]) -> list[Key]:
    return [keys.case(case_id) for case_id in case_ids]


def at(places: Iterable[Key]) -> dict[Key, Any]:
    """AP-31: rows by their keys, in one BatchGet per 100."""
    return table.rows_at(places)


def owners(handles: Iterable[Handle]) -> dict[Handle, Any]:
    """AP-32: whose these handles are, as it is stored; nobody's are missing."""
    wanted = {keys.handle(handle): handle for handle in handles}
    return {wanted[place]: owner for place, owner in table.rows_at(wanted).items()}


def export(export_id: str) -> Export | None:
    found: Export | None = table.row_at(keys.export(export_id))
    return found


def exports_of(record_ids: Iterable[str]) -> list[Export]:
    """AP-33: exports of a person that have not expired."""
    markers = [
        marker
        for record in record_ids
        for marker in table.entries(keys.customer(record).pk, keys.EXPORTS, after=None, limit=100, consistent=True)
    ]
    return list(table.rows_at(keys.export(marker.export_id) for marker in markers).values())


def erasure(erasure_id: str) -> Erasure | None:
    found: Erasure | None = table.row_at(keys.erasure(erasure_id))
    return found


def erasing(record_id: str) -> Erasing | None:
    """AP-34: whether she is being erased; the place is that of the record that was asked for."""
    found: Erasing | None = table.row_at(keys.erasing(record_id))
    return found
