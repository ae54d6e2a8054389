"""What stands in an export of a person, and where its building has got to."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.messages import BuildExport
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Receipt
from chalicelib.model.merge import Merge
from chalicelib.model.privacy import Erasing, Export, Exported, ExportState

NOT_IN_IT = (
    "Message-IDs and receipts: our own book-keeping of what arrived",
    "letters to our own staff that something happened in a case: they say no more than the case",
    "what she wrote into other customers' cases: it is on their timelines",
    "texts, files and mails that have expired",
)


def start(
    records: Sequence[Customer],
    exports: Iterable[Export],
    erasing: Erasing | None,
    *,
    by: str,
    author: str,
    reason: str,
    receipt_key: str,
    fingerprint: str,
    now: datetime,
) -> tuple[Decision, Receipt]:
    """It is stored, and builds itself. Raises NotFound, or Conflict, saying what to wait for."""
    if not records:
        raise NotFound("no customer has this id")
    if erasing:
        raise Conflict(f"she is being erased: see erasure {erasing.erasure_id}")
    if running := next((export for export in exports if export.state is ExportState.BUILDING), None):
        raise Conflict(f"export {running.id} of her is being built: fetch that one")
    person = records[0]
    export = Export(
        id=ids.derived_ulid(now, "export", receipt_key),
        customer_id=person.id,
        records=person.ids,
        at=now,
        by=by,
        author=author,
        reason=reason,
        updated_at=now,
    )
    receipt = Receipt(key=receipt_key, fingerprint=fingerprint, at=now, customer_id=person.id, interaction_id=export.id)
    marker = Exported(export_id=export.id, customer_id=person.id, at=now)
    follow_up = BuildExport(export_id=export.id, turn=export.turn)
    return Decision((export, marker, receipt), (follow_up,), reason="started"), receipt


def got_on(export: Export, after: str, parts: int, figures: Mapping[str, int], now: datetime) -> Decision:
    """These parts are written; behind `after` it goes on. Nothing left in this record: the next one."""
    sums = Counter(export.figures)
    sums.update(figures)
    place = {"after": after} if after else {"after": "", "record": export.record + 1}
    further = replace(export, **place, parts=export.parts + parts, figures=dict(sums), updated_at=now)
    return Decision((further,), reason="got on")


def next_turn(export: Export, now: datetime) -> Decision:
    """Enough for one message: another one goes on."""
    later = replace(export, turn=export.turn + 1, updated_at=now)
    return Decision((later,), (BuildExport(export_id=export.id, turn=later.turn),), reason="goes on")


def done(export: Export, figures: Mapping[str, int], now: datetime) -> Decision:
    over = replace(export, state=ExportState.DONE, figures=figures, updated_at=now, finished_at=now)
    return Decision((over,), reason="done")


def outdated(export: Export, records: Sequence[Customer]) -> str:
    """Why it would not be all of her, or somebody else's too; empty: her records are what they were."""
    if not records:
        return "she was erased meanwhile"
    if {record.id for record in records} != set(export.records):
        return "she was merged, or a merge of hers undone, meanwhile: ask for another"
    return ""


def failed(export: Export, why: str, now: datetime) -> Decision:
    over = replace(export, state=ExportState.FAILED, detail=why, updated_at=now, finished_at=now)
    return Decision((over,), reason=why)


def as_told(kind: str, thing: Any) -> dict[str, Any]:
    """A row as its reader sees it."""
    fields: dict[str, Any] = msgspec.to_builtins(thing)
    return {"kind": kind, **{name: value for name, value in fields.items() if name != "version"}}


def only_hers(merge: Merge, records: Sequence[str]) -> dict[str, Any]:
    """A merge without the record of somebody who turned out to be another person."""
    told = as_told("merge", merge)
    return {
        name: value for name, value in told.items() if name not in ("survivor", "absorbed") or value["id"] in records
    }


def manifest(export: Export, figures: Mapping[str, int], now: datetime) -> dict[str, Any]:
    """What lies beside it."""
    return {
        "export": export.id,
        "customer_id": export.customer_id,
        "records": list(export.records),
        "asked_at": msgspec.to_builtins(export.at),
        "finished_at": msgspec.to_builtins(now),
        "holds": dict(sorted(figures.items())),
        "not_in_it": list(NOT_IN_IT),
        "form": "UTF-8; .jsonl files hold one JSON object a line; times are RFC 3339 in UTC, money whole minor units",
    }
