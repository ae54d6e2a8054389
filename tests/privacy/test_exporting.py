"""What stands in an export, and where its building has got to, as decisions."""

from typing import Any

import pytest

from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.messages import BuildExport
from chalicelib.model.merge import Merge
from chalicelib.model.privacy import EXPORTS_KEPT, Erasing, Export, ExportState
from chalicelib.privacy import exporting
from tests.factories import ANNS_ID, NOON, make_customer, make_fact

ASKED = {"by": "desk", "author": "Tom", "reason": "letter", "receipt_key": "api:1", "fingerprint": "f", "now": NOON}
PERSON = make_customer(absorbed=("01B",))


def make_export(**fields: Any) -> Export:
    given = {"id": "01X", "customer_id": ANNS_ID, "records": (ANNS_ID, "01B"), "at": NOON, "by": "desk"}
    return Export(**{**given, "updated_at": NOON, "version": 1, **fields})


def moved(decision: Any) -> Export:
    (export,) = decision.changes
    assert isinstance(export, Export)
    return export


def test_it_is_stored_with_all_her_records_and_builds_itself() -> None:
    decision, receipt = exporting.start([PERSON], [], None, **ASKED)

    export = decision.changes[0]
    assert isinstance(export, Export)
    assert export.records == (ANNS_ID, "01B")
    assert export.expires_at == NOON + EXPORTS_KEPT
    assert receipt.interaction_id == export.id
    assert decision.messages == (BuildExport(export_id=export.id, turn=0),)


def test_there_is_none_of_nobody_nor_beside_another_nor_of_who_is_being_erased() -> None:
    with pytest.raises(NotFound):
        exporting.start([], [], None, **ASKED)
    with pytest.raises(Conflict, match="export 01X"):
        exporting.start([PERSON], [make_export()], None, **ASKED)
    with pytest.raises(Conflict, match="erasure 01R"):
        exporting.start([PERSON], [], Erasing(customer_id=ANNS_ID, erasure_id="01R"), **ASKED)
    assert exporting.start([PERSON], [make_export(state=ExportState.DONE)], None, **ASKED)


def test_it_goes_on_behind_the_last_row_and_then_with_the_next_record() -> None:
    first = moved(exporting.got_on(make_export(), "T#7", 1, {"fact": 2}, NOON))
    second = moved(exporting.got_on(first, "", 1, {"fact": 1, "event": 1}, NOON))

    assert (first.record, first.after, first.parts) == (0, "T#7", 1)
    assert (second.record, second.after, second.parts) == (1, "", 2)
    assert second.figures == {"fact": 3, "event": 1}


def test_what_is_over_is_not_looked_at_by_the_clock() -> None:
    assert make_export().next_look_at
    assert moved(exporting.done(make_export(), {}, NOON)).next_look_at is None
    assert moved(exporting.failed(make_export(), "gone", NOON)).detail == "gone"


def test_a_row_is_told_with_its_kind_and_without_our_version() -> None:
    told = exporting.as_told("fact", make_fact())

    assert told["kind"] == "fact"
    assert told["data"] == {"expires_on": "2026-12-10", "card_hint": "4242"}
    assert "version" not in told


@pytest.mark.parametrize(("records", "sides"), [((ANNS_ID, "01B"), 2), ((ANNS_ID,), 1)])
def test_of_a_merge_she_gets_her_own_records_only(records: tuple[str, ...], sides: int) -> None:
    merge = Merge(id="01M", at=NOON, by="Tom", reason="x", survivor=PERSON, absorbed=make_customer(id="01B"))

    told = exporting.only_hers(merge, records)

    assert len({"survivor", "absorbed"} & set(told)) == sides
