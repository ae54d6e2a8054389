"""How a person is forgotten, as decisions: what goes, what stays, what is waited for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers.merging import MOST_RECORDS
from chalicelib.kernel.decision import Gone, Tally
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.messages import Erase
from chalicelib.model.customer import Handle, HandleOwner
from chalicelib.model.interaction import KnownMessage, Receipt
from chalicelib.model.privacy import STUCK_AFTER, Erasing, Erasure, ErasureState, Export, ExportState
from chalicelib.model.value import ValueState
from chalicelib.privacy import erasing
from tests.factories import ANN, ANNS_ID, CASE_ID, NOON, make_case, make_customer, make_interaction

ASKED = {"by": "desk", "author": "Tom", "reason": "letter", "receipt_key": "api:1", "fingerprint": "f", "now": NOON}
PERSON = make_customer(absorbed=("01B",), open_cases={CASE_ID: ""})
ABSORBED = make_customer(id="01B", handles=(Handle("phone", "+4930123456"),), merged_into=ANNS_ID)
MARKER = Erasing(customer_id=ANNS_ID, erasure_id="01R", version=1)
OWNER = HandleOwner(handle=ANN, customer_id=ANNS_ID, version=1)


def make_export(**fields: Any) -> Export:
    given = {"id": "01X", "customer_id": ANNS_ID, "records": (ANNS_ID,), "at": NOON, "by": "desk", "updated_at": NOON}
    return Export(**{**given, "version": 1, **fields})


def make_erasure(**fields: Any) -> Erasure:
    given = {"id": "01R", "at": NOON, "by": "desk", "author": "Tom", "reason": "letter", "updated_at": NOON}
    hers = {"customer_id": ANNS_ID, "records": (ANNS_ID, "01B"), "version": 1}
    return Erasure(**{**given, **hers, **fields})


# Asking


def test_it_is_stored_with_all_her_records_and_goes_on_by_a_message() -> None:
    decision, receipt = erasing.accept([PERSON, ABSORBED], [], None, **ASKED)

    erasure, marker, stored = decision.changes
    assert isinstance(erasure, Erasure)
    assert (erasure.records, erasure.state) == ((ANNS_ID, "01B"), ErasureState.ACCEPTED)
    assert marker == Erasing(customer_id=ANNS_ID, erasure_id=erasure.id)
    assert stored == receipt
    assert (receipt.customer_id, receipt.interaction_id) == ("", erasure.id)
    assert decision.messages == (Erase(erasure_id=erasure.id, turn=0),)


def test_who_is_unknown_cannot_be_forgotten() -> None:
    with pytest.raises(NotFound):
        erasing.accept([], [], None, **ASKED)


def test_while_an_export_is_built_or_an_erasure_runs_there_is_no_other() -> None:
    with pytest.raises(Conflict, match="export 01X"):
        erasing.accept([PERSON], [make_export()], None, **ASKED)
    with pytest.raises(Conflict, match="erasure 01R"):
        erasing.accept([PERSON], [], MARKER, **ASKED)
    assert erasing.accept([PERSON], [make_export(state=ExportState.DONE)], None, **ASKED)


# Forgetting


def test_who_she_is_goes_first_and_at_once() -> None:
    decision = erasing.forget(make_erasure(), [PERSON, ABSORBED], [OWNER], MARKER, NOON)

    erasure, *gone, tally = decision.changes
    assert gone == [Gone(PERSON), Gone(ABSORBED), Gone(OWNER)]
    assert tally == Tally(("erased", "2026-11"), {"customers": 1, "tier.standard": 1})
    assert isinstance(erasure, Erasure)
    assert (erasure.state, erasure.forgotten_at) == (ErasureState.ERASING, NOON)
    assert erasure.handles == (*PERSON.handles, *ABSORBED.handles)
    assert erasure.cases == (CASE_ID,)
    assert erasure.counts == {"customer": 2, "handle": 1}


def test_what_she_brought_stays_in_sums_in_which_nobody_can_be_found() -> None:
    value = ValueState(purchases=3, margin=12_00, first=NOON - timedelta(days=80), last=NOON)

    tally = erasing.left_behind(replace(PERSON, value=value), NOON)

    assert tally.counter == ("erased", "2026-11")
    assert tally.amounts == {
        "customers": 1,
        "tier.standard": 1,
        "purchases": 3,
        "margin": 12_00,
        "margin.2026-09": 12_00,
    }


def test_however_many_handles_she_has_it_is_one_transaction() -> None:
    """Of at most 50 records, as many as merging allows."""
    owners = [replace(OWNER, handle=Handle("device", str(n))) for n in range(500)]
    absorbed = [replace(ABSORBED, id=f"{n}") for n in range(MOST_RECORDS - 1)]
    person = replace(PERSON, absorbed=tuple(record.id for record in absorbed))

    decision = erasing.forget(make_erasure(records=person.ids), [person, *absorbed], owners, MARKER, NOON)

    tallied = 5
    assert len(decision.changes) - 1 + tallied <= 100


def test_a_handle_that_is_another_customers_stays_hers() -> None:
    decision = erasing.forget(make_erasure(), [PERSON, ABSORBED], [replace(OWNER, customer_id="01C")], MARKER, NOON)

    assert Gone(replace(OWNER, customer_id="01C")) not in decision.changes


@pytest.mark.parametrize("records", [[], [replace(PERSON, absorbed=("01B", "01C"))], [replace(PERSON, id="01Z")]])
def test_who_became_somebody_else_meanwhile_is_left_alone(records: list[Any]) -> None:
    decision = erasing.forget(make_erasure(), records, [OWNER], MARKER, NOON)

    erasure, marker = decision.changes
    assert isinstance(erasure, Erasure)
    assert (erasure.state, erasure.records, erasure.customer_id) == (ErasureState.REFUSED, (), "")
    assert marker == Gone(MARKER)


# Sweeping


@pytest.mark.parametrize(
    ("found", "hers"),
    [
        (make_case(), True),
        (make_case(customer_id="01C"), False),
        (KnownMessage(mailbox="us@x", message_id="a@x", customer_id="01B", case_id="c"), True),
        (KnownMessage(mailbox="us@x", message_id="a@x", customer_id="01C", case_id="c"), False),
        (Receipt(key="mail:1", at=NOON, customer_id=ANNS_ID, interaction_id="i"), True),
        (Receipt(key="mail:1", at=NOON), False),
        (make_interaction(customer_id=""), True),
    ],
)
def test_what_her_rows_lead_to_goes_if_it_is_hers(found: object, hers: bool) -> None:
    assert erasing.is_hers(found, (ANNS_ID, "01B")) is hers


def test_rows_go_receipts_are_emptied_and_both_are_counted() -> None:
    mail = make_interaction()
    receipt = Receipt(key="mail:1", fingerprint="f", at=NOON, customer_id=ANNS_ID, interaction_id="i", version=1)
    erasure = make_erasure(counts={"interaction": 2})

    decision = erasing.swept(erasure, [("interaction", mail), ("receipt", receipt)], {"object: mail": 1}, NOON)

    after, *changes = decision.changes
    assert changes == [Gone(mail), Receipt(key="mail:1", at=NOON, version=1)]
    assert isinstance(after, Erasure)
    assert after.counts == {"interaction": 3, "receipt": 1, "object: mail": 1}


# Settling


def test_when_nothing_is_left_it_waits_for_what_is_still_being_written() -> None:
    (settling,) = erasing.nothing_left(make_erasure(state=ErasureState.ERASING), MARKER, NOON).changes

    assert isinstance(settling, Erasure)
    assert (settling.state, settling.next_look_at) == (ErasureState.SETTLING, NOON + STUCK_AFTER)
    assert erasing.nothing_left(settling, MARKER, NOON + timedelta(minutes=14)).changes == ()


def test_then_it_is_done_and_names_nobody() -> None:
    settling = make_erasure(state=ErasureState.SETTLING, handles=(ANN,), cases=(CASE_ID,), counts={"fact": 2})

    done, marker = erasing.nothing_left(settling, MARKER, NOON + STUCK_AFTER).changes

    assert marker == Gone(MARKER)
    assert isinstance(done, Erasure)
    assert (done.customer_id, done.records, done.cases, done.handles) == ("", (), (), ())
    assert (done.state, done.counts, done.next_look_at) == (ErasureState.DONE, {"fact": 2}, None)


def test_a_turn_ends_with_a_message_for_the_next() -> None:
    decision = erasing.next_turn(make_erasure(turn=3), NOON)

    (message,) = decision.messages
    assert isinstance(message, Erase)
    assert message.turn == 4
