"""What is shown of looks, exports and erasures, and what either would find."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.configuration import policy
from chalicelib.gateways import objects
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound
from chalicelib.model.interaction import Interaction, KnownMessage
from chalicelib.model.page import Page
from chalicelib.model.privacy import Erasing, Erasure, Export, Exported, ExportState, Look
from chalicelib.privacy import erasing
from chalicelib.storage import customers, rows
from chalicelib.storage import privacy as storage

ROWS_AT_ONCE = 200
MOST_COUNTED = 5_000  # rows: a caller waits


def looks(customer_id: str, after: str | None, limit: int) -> Page[Look]:
    """Newest first. Raises NotFound."""
    page = storage.looks(customer_id, after, limit)
    if not page.items and after is None and customers.customer(customer_id) is None:
        raise NotFound("no customer has this id")
    return page


def export(export_id: str) -> Export:
    """Raises NotFound, also when it has expired."""
    found = storage.export(export_id)
    if found is None or found.expires_at <= clock.now():
        raise NotFound("there is no such export, or it has expired")
    return found


class File(NamedTuple):
    name: str
    size: int  # bytes
    link: objects.Link


def files(export: Export, after: str | None, limit: int) -> Page[File]:
    """By name; none before it is done."""
    if export.state is not ExportState.DONE:
        return Page(())
    found = objects.objects.page_of(export.folder, f"{export.folder}{after or ''}", limit)
    names = [stored.key.removeprefix(export.folder) for stored in found]
    shown = tuple(
        File(name, stored.size, objects.objects.link(stored.key, name.replace("/", "-"), "application/octet-stream"))
        for name, stored in zip(names, found, strict=True)
    )
    return Page(shown, names[-1] if len(shown) == limit else None)


def erasure(erasure_id: str) -> Erasure:
    """Raises NotFound."""
    found = storage.erasure(erasure_id)
    if found is None:
        raise NotFound("there is no such erasure")
    return found


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is kept of a person, by kind. Not `complete`: there is more than was counted."""

    rows: Mapping[str, int]
    objects: Mapping[str, int]
    complete: bool


def inventory(customer_id: str) -> Inventory:
    """What there is of her now, all her records together. Raises NotFound."""
    records = storage.records(customer_id)
    if not records:
        raise NotFound("no customer has this id")
    owners = storage.owners(handle for record in records for handle in record.handles).values()
    names = [record.id for record in records]
    counted: Counter[str] = Counter({"handle": sum(erasing.is_hers(owner, names) for owner in owners)})
    found: Counter[str] = Counter()
    seen, complete = 0, True
    elsewhere: set[object] = set()
    for name in names:
        after = ""
        while page := storage.kept(name, after, ROWS_AT_ONCE):
            seen += len(page)
            _count(page, names, counted, found, elsewhere)
            after = page[-1].sk
            if seen >= MOST_COUNTED:
                complete = False
                break
    return Inventory(dict(counted), dict(found), complete)


def _count(
    page: list[storage.Row], names: list[str], counted: Counter[str], found: Counter[str], elsewhere: set[object]
) -> None:
    boxes = storage.Mailboxes(policy().sender_address, policy().ses_message_id_domain)
    led_to = {place for row in page for place in storage.kept_elsewhere(row.thing, boxes)} - elsewhere
    elsewhere |= led_to
    for row in page:
        if isinstance(row.thing, Erasing):
            continue
        counted[row.kind] += 1
        if isinstance(row.thing, Interaction):
            found["mail"] += bool(row.thing.raw_key)
            found["text"] += bool(row.thing.body_key)
            found["attachment"] += sum(bool(file.key) for file in row.thing.attachments)
        found["export"] += isinstance(row.thing, Exported)
    hers = [thing for thing in storage.at(led_to).values() if erasing.is_hers(thing, names)]
    counted.update(rows.kind_of(thing) for thing in hers)
    found["mail"] += sum(len(thing.copies) for thing in hers if isinstance(thing, KnownMessage))
