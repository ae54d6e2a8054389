"""What is done for a person who asks about herself: say who looked, give her everything, forget her.

Each function loads facts, asks a rule, commits, returns. Anything may be called twice, and broken off anywhere.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from chalicelib.channels import email
from chalicelib.configuration import policy
from chalicelib.gateways import objects, texts
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import KeyReused
from chalicelib.model.case import Case
from chalicelib.model.customer import Handle, HandleOwner
from chalicelib.model.interaction import Attachment, Interaction, KnownMessage, Purpose, Receipt
from chalicelib.model.later import ScheduledAnswer
from chalicelib.model.merge import Merge, Signpost
from chalicelib.model.privacy import Erasing, Erasure, ErasureState, Export, Exported, ExportState, Look, folder_of
from chalicelib.privacy import erasing, exporting
from chalicelib.storage import cases, rows
from chalicelib.storage import privacy as storage
from chalicelib.storage.commit import commit, settle
from chalicelib.storage.keys import Key
from chalicelib.telemetry import logger

ROWS_A_PART = 200
ROWS_AT_ONCE = 40
STEPS_A_TURN = 100
SECONDS_A_TURN = 120  # a step of many files may take some of the function's 300
CALLS_AT_ONCE = 16


def look(customer_id: str, *, by: str, what: str, because: str) -> None:
    """Remembers that somebody read of her. Raises Unavailable: then she must not be shown."""
    now = clock.now()
    seen = Look(id=ids.new_ulid(now), customer_id=customer_id, at=now, by=by, what=what, because=because)
    commit(Decision((seen,), reason="looked"))


class Started(NamedTuple):
    id: str
    duplicate: bool


# ── Everything of hers ────────────────────────────────────────────────────────────────────────────


def start_export(customer_id: str, *, by: str, author: str, reason: str, receipt_key: str, fingerprint: str) -> Started:
    """Raises NotFound, KeyReused, or Conflict (one is being built, or she is being erased)."""
    return _start(
        receipt_key,
        fingerprint,
        lambda: exporting.start(
            *_asked(customer_id),
            by=by,
            author=author,
            reason=reason,
            receipt_key=receipt_key,
            fingerprint=fingerprint,
            now=clock.now(),
        ),
    )


def start_erasure(
    customer_id: str, *, by: str, author: str, reason: str, receipt_key: str, fingerprint: str
) -> Started:
    """Raises NotFound, KeyReused, or Conflict (she is being erased, or an export of her is being built)."""
    return _start(
        receipt_key,
        fingerprint,
        lambda: erasing.accept(
            *_asked(customer_id),
            by=by,
            author=author,
            reason=reason,
            receipt_key=receipt_key,
            fingerprint=fingerprint,
            now=clock.now(),
        ),
    )


def _asked(customer_id: str) -> tuple[list[Any], list[Export], Erasing | None]:
    records = storage.records(customer_id)
    exports = storage.exports_of(record.id for record in records)
    return records, exports, storage.erasing(records[0].id) if records else None


def _start(receipt_key: str, fingerprint: str, rule: Callable[[], tuple[Decision, Receipt]]) -> Started:
    def decide() -> tuple[Decision, Started]:
        if known := cases.receipt(receipt_key):
            if known.fingerprint != fingerprint:
                raise KeyReused("this key came before with other content; use a new key for a new request")
            return Decision(reason="duplicate"), Started(known.interaction_id, True)
        decision, receipt = rule()
        return decision, Started(receipt.interaction_id, False)

    return settle(decide)[1]


def build_export(export_id: str, turn: int) -> None:
    """Goes on where it stands, for a while; then a message goes on. One that is further, or over, is left alone."""
    _take_turns(
        lambda now: _build_on(export_id, turn, now),
        lambda now: _if(_building(export_id, turn), lambda export: exporting.next_turn(export, now)),
    )


def _take_turns(step: Callable[[datetime], Decision | None], over: Callable[[datetime], Decision]) -> None:
    """Steps until one has nothing to do, or there were enough of them."""
    begun = time.monotonic()

    def attempt() -> tuple[Decision, bool]:
        decision = step(clock.now())
        return decision or Decision(reason="nothing left"), decision is not None

    for _ in range(STEPS_A_TURN):
        if not settle(attempt)[1]:
            return
        if time.monotonic() - begun > SECONDS_A_TURN:
            break
    settle(lambda: (over(clock.now()), None))


def _if(found: Any, rule: Callable[[Any], Decision]) -> Decision:
    return rule(found) if found else Decision(reason="not its turn")


def _building(export_id: str, turn: int) -> Export | None:
    export = storage.export(export_id)
    its_turn = export and export.state is ExportState.BUILDING and turn in (-1, export.turn)
    return export if its_turn else None


def _build_on(export_id: str, turn: int, now: datetime) -> Decision | None:
    export = _building(export_id, turn)
    if export is None:
        if storage.export(export_id) is None:  # erased while a part was being written
            _delete([folder_of(export_id)])
        return None
    records = storage.records(export.customer_id)
    if why := exporting.outdated(export, records):
        _delete([export.folder])
        return exporting.failed(export, why, now)
    if export.record == len(export.records):
        return _finished(export, now)
    if not export.parts:
        _write(export, "customer.json", [exporting.as_told("customer", record) for record in records])
        handles = dict.fromkeys(handle for record in records for handle in record.handles)
        owned = storage.owners(handles).values()
        _write(export, "handles.json", [exporting.as_told("handle", owner) for owner in owned])
    page = storage.kept(export.records[export.record], export.after, ROWS_A_PART)
    figures = _write_part(export, page)
    after = page[-1].sk if len(page) == ROWS_A_PART else ""
    logger.info("export_got_on", export=export.id, rows=len(page))
    return exporting.got_on(export, after, 1, figures, now)


_FOLDERS = {"look": "looks", "fact": "facts-not-told"}
_NOT_TOLD = (Signpost, Exported, Erasing)


def _write_part(export: Export, page: Sequence[storage.Row]) -> Counter[str]:
    lines: dict[str, list[bytes]] = {}
    for row in page:
        if not _told(row):
            continue
        folder = "timeline" if row.told else _FOLDERS.get(row.kind, row.kind)
        lines.setdefault(folder, []).append(msgspec.json.encode(exporting.as_told(row.kind, row.thing)))
    for folder, told in lines.items():
        _put(export, f"{folder}/{export.parts + 1:06d}.jsonl", b"\n".join(told) + b"\n", "application/x-ndjson")
    places = {place for row in page for place in storage.kept_elsewhere(row.thing, _boxes())}
    for found in storage.at(places).values():
        match found:
            case Case() if erasing.is_hers(found, export.records):
                _write(export, f"cases/{found.id}.json", exporting.as_told("case", found))
            case Merge():
                _write(export, f"merges/{found.id}.json", exporting.only_hers(found, export.records))
    with ThreadPoolExecutor(CALLS_AT_ONCE) as copiers:
        list(copiers.map(lambda row: _copy(export, row.thing), page))
    return Counter(row.kind for row in page if _told(row))


def _told(row: storage.Row) -> bool:
    """What stands in the export elsewhere, or is our own book-keeping, does not stand among her entries."""
    ours = isinstance(row.thing, _NOT_TOLD) or getattr(row.thing, "purpose", None) is Purpose.STAFF
    return row.kind != "customer" and not ours


def _copy(export: Export, thing: object) -> None:
    """Text, files and mail of a contact or of an answer that waits, inside the store. What has expired is left out."""
    if not isinstance(thing, Interaction | ScheduledAnswer):
        return
    if thing.body_key:
        objects.objects.copy(thing.body_key, f"{export.folder}texts/{thing.id}.txt")
    for number, file in enumerate(thing.attachments, 1):
        if file.key:
            name = file.name.replace("/", "_").replace("\\", "_")[:100]
            objects.objects.copy(file.key, f"{export.folder}attachments/{thing.id}/{number}-{name}")
    if isinstance(thing, Interaction) and thing.raw_key:
        to = f"{export.folder}mail/{thing.id}.eml"
        any(objects.objects.copy(place, to) is not None for place in objects.places_of(thing.raw_key, thing.at))


def _finished(export: Export, now: datetime) -> Decision:
    files: Counter[str] = Counter()
    size = 0
    for page in objects.objects.list_in(export.folder, ""):
        for stored in page:
            first, _, rest = stored.key.removeprefix(export.folder).partition("/")
            files[f"files: {first}" if rest else "files"] += 1
            size += stored.size
    figures = {**export.figures, **files, "bytes": size}
    _write(export, "manifest.json", exporting.manifest(export, figures, now))
    logger.info("export_done", export=export.id, files=sum(files.values()), bytes=size)
    return exporting.done(export, figures, now)


def _write(export: Export, name: str, told: Any) -> None:
    _put(export, name, msgspec.json.format(msgspec.json.encode(told), indent=2), "application/json")


def _put(export: Export, name: str, content: bytes, content_type: str) -> None:
    objects.objects.write(f"{export.folder}{name}", content, content_type)


# ── Forgetting ────────────────────────────────────────────────────────────────────────────────────


def erase(erasure_id: str, turn: int, as_of: datetime | None = None) -> None:
    """Goes on with what is left of her, for a while; then a message goes on. One that is over is left alone."""

    def late(now: datetime) -> datetime:
        return max(now, as_of) if as_of else now

    _take_turns(
        lambda now: _erase_on(erasure_id, turn, late(now)),
        lambda now: _if(_erasing(erasure_id, turn), lambda erasure: erasing.next_turn(erasure, now)),
    )


def _erasing(erasure_id: str, turn: int) -> Erasure | None:
    erasure = storage.erasure(erasure_id)
    return erasure if erasure and not erasure.state.final and turn in (-1, erasure.turn) else None


def _erase_on(erasure_id: str, turn: int, now: datetime) -> Decision | None:
    erasure = _erasing(erasure_id, turn)
    if erasure is None:
        return None
    marker = storage.erasing(erasure.customer_id)
    if erasure.state is ErasureState.ACCEPTED:
        records = storage.records(erasure.customer_id)
        owners = storage.owners(handle for record in records for handle in record.handles)
        return erasing.forget(erasure, records, owners.values(), marker, now)
    if batch := _left(erasure):
        gone = _delete_belongings(erasure, [thing for _, thing in batch])
        return erasing.swept(erasure, batch, gone, now)
    _delete_files_of(erasure)
    decision = erasing.nothing_left(erasure, marker, now)
    logger.info("erasure_pass_over", erasure=erasure.id, reason=decision.reason)
    return decision if decision.changes else None


Batch = list[tuple[str, Any]]


def _left(erasure: Erasure) -> Batch:
    """Some of what is left, each with its kind: handles first, then record by record; nothing when nothing is."""
    handles = _owners_left(erasure)
    if handles:
        return [("handle", owner) for owner in handles[: erasing.MOST_CHANGES]]
    for record in erasure.records:
        page = [row for row in storage.kept(record, "", ROWS_AT_ONCE) if not isinstance(row.thing, Erasing)]
        if page:
            return _with_what_they_lead_to(erasure, page)
    cases_left = storage.at(storage.case_places(erasure.cases)).values()
    return [("case", case) for case in cases_left if erasing.is_hers(case, erasure.records)][: erasing.MOST_CHANGES]


def _owners_left(erasure: Erasure) -> list[HandleOwner]:
    return [o for o in storage.owners(erasure.handles).values() if erasing.is_hers(o, erasure.records)]


def _with_what_they_lead_to(erasure: Erasure, page: Sequence[storage.Row]) -> Batch:
    """As many of these rows as fit one transaction, each with the rows elsewhere that only it leads to."""
    led_to = {row.sk: storage.kept_elsewhere(row.thing, _boxes()) for row in page}
    elsewhere = storage.at({place for places in led_to.values() for place in places})
    batch: dict[Key, tuple[str, Any]] = {}
    for row in page:
        more = {
            place: (rows.kind_of(elsewhere[place]), elsewhere[place])
            for place in led_to[row.sk]
            if place in elsewhere and erasing.is_hers(elsewhere[place], erasure.records)
        }
        further = {**batch, **more, rows.key_of(row.thing): (row.kind, row.thing)}
        if erasing.items(thing for _, thing in further.values()) > erasing.MOST_CHANGES:
            # A row that leads to more than a transaction takes goes when some of them are gone.
            return list(batch.values()) or list(more.values())[: erasing.MOST_CHANGES // 2]
        batch = further
    return list(batch.values())


def _delete_belongings(erasure: Erasure, things: Iterable[object]) -> Counter[str]:
    """The objects of these rows; how many of what, as the rows name them."""
    gone: Counter[str] = Counter()
    places: list[str] = []
    contacts = [thing for thing in things if isinstance(thing, Interaction)]
    for answer in (thing for thing in things if isinstance(thing, ScheduledAnswer)):
        belongings = _belongings_of(answer)
        places += belongings
        gone["object: waiting answer"] += len(belongings)
    owners = storage.owners(filter(None, (_sender(contact) for contact in contacts)))
    for contact in contacts:
        sender = _sender(contact)
        owner = owners.get(sender) if sender else None
        for file in contact.attachments:
            if file.key and _may_go(erasure, contact, file, owner):
                places.append(file.key)
                gone["object: attachment"] += 1
        if contact.raw_key:
            places += objects.places_of(contact.raw_key, contact.at)
            places.append(texts.folder_of(email.receipt_key(contact.raw_key.rpartition("/")[2])))
            gone["object: mail"] += 1
        if contact.body_key:
            places.append(texts.folder_in(contact.body_key))
            gone["object: text"] += 1
    for thing in things:
        if isinstance(thing, Exported):
            places.append(folder_of(thing.export_id))
            gone["object: export"] += 1
        for copy in thing.copies if isinstance(thing, KnownMessage) else ():
            places += objects.places_of(copy.raw_key, copy.at)
            gone["object: mail"] += 1
    _delete(places)
    return gone


def _belongings_of(answer: ScheduledAnswer) -> list[str]:
    text = [texts.folder_in(answer.body_key)] if answer.body_key else []
    return [*text, *(file.key for file in answer.attachments)]


def _sender(contact: Interaction) -> Handle | None:
    kind, _, value = contact.sender.partition(":")
    return Handle(kind, value) if value else None


def _may_go(erasure: Erasure, contact: Interaction, file: Attachment, owner: HandleOwner | None) -> bool:
    """A file lies where its sender's files do. Another customer's may be in her own cases; and one that was sent
    again since may belong to whom she is now."""
    if owner is None or contact.purpose is Purpose.SIDE:  # its files lie apart
        return True
    if _sender(contact) not in erasure.handles:
        return False
    return _is_older(file.key, erasure.forgotten_at)


def _is_older(key: str, moment: datetime | None) -> bool:
    found = objects.objects.page_of(key, "", 1)
    return bool(found) and (moment is None or found[0].at < moment)


def _delete_files_of(erasure: Erasure) -> None:
    """What she sent before she was forgotten, and no row names any more: earlier readings, others' cases."""
    for handle in erasure.handles:
        if handle.kind != "email" or erasure.forgotten_at is None:
            continue
        for page in objects.objects.list_in(email.files_of(handle.value), ""):
            # S3 tells whole seconds: what came within that one may be hers, and goes with the rest.
            objects.objects.delete([stored.key for stored in page if stored.at < erasure.forgotten_at])


def _delete(places: Iterable[str]) -> None:
    """Objects, and all in folders (which end with /)."""
    singles = [place for place in places if not place.endswith("/")]
    folders = [place for place in places if place.endswith("/")]

    def empty(folder: str) -> None:
        for page in objects.objects.list_in(folder, ""):
            objects.objects.delete([stored.key for stored in page])

    objects.objects.delete(singles)
    with ThreadPoolExecutor(CALLS_AT_ONCE) as workers:
        list(workers.map(empty, dict.fromkeys(folders)))


def _boxes() -> storage.Mailboxes:
    return storage.Mailboxes(policy().sender_address, policy().ses_message_id_domain)
