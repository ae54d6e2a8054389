"""Candidates have reasons, are found by keys, and are merged by nobody."""

from typing import Any

import pytest

from chalicelib.customers import matching
from chalicelib.model.case import Participant
from chalicelib.model.customer import Customer, Handle
from tests.factories import NOON, make_case, make_customer


def email(address: str) -> Handle:
    return Handle("email", address)


def one(address: str = "ann@firm.example", **fields: Any) -> Customer:
    return make_customer(**{"handles": (email(address),), **fields})


def other(address: str = "ann.archer@firm.example", **fields: Any) -> Customer:
    return make_customer(**{"id": "01B", "handles": (email(address),), **fields})


def in_case(address: str, **fields: Any) -> Any:
    return make_case(participants=(Participant(number=2, address=address, **fields),))


@pytest.mark.parametrize(
    ("customer", "candidate", "reasons"),
    [
        (one(), other(), ()),
        (one(name="Ann Archer"), other(name="ann  archer"), ("same_name_and_domain",)),
        (one(name="Ann Archer"), other("ann.archer@other.example", name="Ann Archer"), ()),
        (one("a@qq.com", name="Li Wei"), other("b@qq.com", name="Li Wei"), ()),
        (one(), other("ann+shop@firm.example"), ("same_mailbox",)),
        (one("a.nn@gmail.com"), other("ann+x@googlemail.com"), ("same_mailbox",)),
        (one("a.nn@firm.example"), other("ann@firm.example"), ()),
        (one(traits={"phone": "+49 30 1234567"}), other(handles=(Handle("phone", "+49301234567"),)), ("same_phone",)),
        (one(handles=(Handle("external", "77"),)), other(traits={"external": "77"}), ("same_external_id",)),
        (one(traits={"phone": "none"}), other(), ()),
    ],
)
def test_every_reason_is_a_rule(customer: Customer, candidate: Customer, reasons: tuple[str, ...]) -> None:
    found = matching.matches(customer, [candidate], [])

    assert [match.reasons for match in found] == ([reasons] if reasons else [])


@pytest.mark.parametrize(
    ("fields", "found"), [({"confirmed": False}, True), ({"confirmed": True}, False), ({"revoked_at": NOON}, False)]
)
def test_who_writes_in_her_case_unconfirmed_may_be_her(fields: dict[str, Any], found: bool) -> None:
    case = in_case("bea@else.example", **{"confirmed": False, **fields})

    match = matching.matches(one(), [other("bea@else.example")], [case])

    assert bool(match) is found
    assert all(m.strong and m.reasons == ("writes_in_her_case",) for m in match)


def test_strong_reasons_come_first() -> None:
    named = other(id="01A", name="Ann Archer")
    tagged = other("ann+shop@firm.example")

    found = matching.matches(one(name="Ann Archer"), [named, tagged], [])

    assert [(match.customer.id, match.strong) for match in found] == [("01B", True), ("01A", False)]


def test_nobody_matches_herself_or_a_record_of_hers() -> None:
    case = in_case("bea@else.example", confirmed=False)
    customer = one(absorbed=("01B",))

    assert matching.matches(customer, [customer, other("bea@else.example")], [case]) == []


@pytest.mark.parametrize(
    ("customer", "clue"),
    [
        (one("ann+shop@firm.example"), email("ann@firm.example")),
        (one("a.nn@gmail.com"), email("ann@googlemail.com")),
        (one("ann@gmail.com"), email("an.n@gmail.com")),
        (one(name="Ann Archer"), email("ann.archer@firm.example")),
        (one(traits={"phone": "+49 30 1234567"}), Handle("phone", "+49301234567")),
        (one(traits={"external": "77"}), Handle("external", "77")),
    ],
)
def test_a_candidate_is_found_by_a_handle_that_follows_from_what_is_known(customer: Customer, clue: Handle) -> None:
    assert clue in matching.clues(customer, [])


def test_participants_of_her_open_cases_are_looked_up_but_for_herself() -> None:
    case = make_case(
        participants=(
            Participant(number=1, address="ann@firm.example"),
            Participant(number=2, address="bea@else.example", confirmed=False),
        )
    )

    found = matching.clues(one(), [case])

    assert email("bea@else.example") in found
    assert email("ann@firm.example") not in found


def test_names_say_nothing_at_a_public_provider() -> None:
    assert matching.clues(one("a@qq.com", name="Li Wei"), []) == []


def test_no_more_is_looked_up_than_two_reads_carry() -> None:
    case = make_case(participants=tuple(Participant(number=n, address=f"{n}@x.example") for n in range(1, 400)))

    assert len(matching.clues(one(), [case])) == matching.MOST_CLUES
