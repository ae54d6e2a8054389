"""A handle more, or one less: each has one owner, and both timelines say who did it."""

from dataclasses import replace

import pytest

from chalicelib.customers import handles
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, HandleTaken, NotFound
from chalicelib.model.customer import Customer, Handle, HandleOwner
from chalicelib.model.event import Event, EventKind
from tests.factories import ANN, ANNS_ID, NOON, make_customer

PHONE = Handle("phone", "+49301234567")
BOTH = make_customer(handles=(ANN, PHONE))


def split(customer: Customer, owner: HandleOwner | None, *records: Customer) -> Decision:
    return handles.split_off(customer, owner, records, author="Tom", reason="her son", lowest_tier="standard", now=NOON)


def owner_of(handle: Handle, customer_id: str = ANNS_ID) -> HandleOwner:
    return HandleOwner(handle=handle, customer_id=customer_id, version=3)


def test_a_handle_nobody_has_becomes_hers_and_is_told() -> None:
    decision = handles.added(make_customer(), PHONE, None, by="desk", now=NOON)

    customer, owner, told = decision.changes
    assert customer == BOTH
    assert owner == HandleOwner(handle=PHONE, customer_id=ANNS_ID)
    assert isinstance(told, Event)
    assert (told.what, told.detail) == (EventKind.HANDLE_ADDED, {"handle": str(PHONE), "by": "desk"})


def test_a_handle_that_is_hers_already_changes_nothing() -> None:
    assert not handles.added(BOTH, PHONE, BOTH, by="desk", now=NOON).changes


def test_a_handle_of_another_is_refused_with_nothing_but_her_id() -> None:
    other = make_customer(id="01B", name="Bea Secret", handles=(PHONE,))

    with pytest.raises(HandleTaken, match="01B") as refused:
        handles.added(make_customer(), PHONE, other, by="desk", now=NOON)

    assert "Bea" not in refused.value.detail


def test_nobody_has_more_handles_than_her_row_can_carry() -> None:
    many = tuple(Handle("device", str(n)) for n in range(handles.MOST_HANDLES))

    with pytest.raises(Conflict, match="at most"):
        handles.added(make_customer(handles=many), PHONE, None, by="desk", now=NOON)


def test_a_handle_split_off_is_a_customer_of_whom_nothing_else_is_known() -> None:
    left, alone, owner, *_ = split(replace(BOTH, name="Ann"), owner_of(PHONE)).changes

    assert isinstance(alone, Customer)
    assert isinstance(left, Customer)
    assert (left.handles, left.name) == ((ANN,), "Ann")
    assert (alone.handles, alone.name, alone.version) == ((PHONE,), "", None)
    assert owner == replace(owner_of(PHONE), customer_id=alone.id)


def test_splitting_off_is_told_on_both_timelines() -> None:
    decision = split(BOTH, owner_of(PHONE))

    alone = decision.changes[1]
    told = [change for change in decision.changes if isinstance(change, Event)]
    assert isinstance(alone, Customer)
    assert [event.customer_id for event in told] == [ANNS_ID, alone.id]
    assert all(event.detail["by"] == "Tom" and event.detail["reason"] == "her son" for event in told)


def test_an_address_nothing_is_sent_to_keeps_that_fate() -> None:
    left, alone, *_ = split(replace(BOTH, suppressed={ANN.value: "bounced"}), owner_of(ANN)).changes

    assert isinstance(alone, Customer)
    assert isinstance(left, Customer)
    assert (left.suppressed, alone.suppressed) == ({}, {ANN.value: "bounced"})


def test_a_number_that_was_wrong_for_calls_and_texts_stays_wrong_for_whoever_has_it() -> None:
    wrong = {PHONE.value: "wrong_number", f"sms:{PHONE.value}": "bounced"}

    left, alone, *_ = split(replace(BOTH, suppressed={ANN.value: "bounced", **wrong}), owner_of(PHONE)).changes

    assert isinstance(alone, Customer)
    assert isinstance(left, Customer)
    assert (left.suppressed, alone.suppressed) == ({ANN.value: "bounced"}, wrong)


def test_an_id_of_the_companys_that_reads_like_an_address_takes_no_fate_of_mail_along() -> None:
    known_as = Handle("external", ANN.value)

    _, alone, *_ = split(
        make_customer(handles=(ANN, known_as), suppressed={ANN.value: "bounced"}), owner_of(known_as)
    ).changes

    assert isinstance(alone, Customer)
    assert alone.suppressed == {}


def test_a_record_that_was_merged_into_hers_forgets_the_handle_too() -> None:
    absorbed = make_customer(id="01B", handles=(PHONE,), merged_into=ANNS_ID)

    decision = split(replace(BOTH, absorbed=("01B",)), owner_of(PHONE, "01B"), absorbed)

    assert replace(absorbed, handles=()) in decision.changes


@pytest.mark.parametrize(
    ("customer", "owner", "refusal"),
    [
        (make_customer(), owner_of(ANN), Conflict),
        (BOTH, None, NotFound),
        (BOTH, owner_of(Handle("chat", "bob")), NotFound),
    ],
)
def test_the_last_handle_and_somebody_elses_stay(
    customer: Customer, owner: HandleOwner | None, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        split(customer, owner)
