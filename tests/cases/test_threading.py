"""Which case a contact belongs to."""

from typing import Any

import pytest

from chalicelib.cases.threading import STRANGERS_NUMBER, STRANGERS_REFERENCE, which_case
from chalicelib.model.case import CaseStatus, Participant
from chalicelib.model.customer import Handle
from chalicelib.model.known import IntakeFacts
from chalicelib.model.trust import Trust
from tests.factories import ANN, NOON, make_arrival, make_case, make_customer

EVE = Handle("email", "eve@evil.example")
COLLEAGUE = Handle("email", "bob@example.org")
NAMED, REFERENCED, NUMBERED = (make_case(id=which) for which in ("named", "referenced", "numbered"))


def thread(case: str, sender: Handle | None = ANN, trust: Trust = Trust.AUTHENTICATED, **more: Any) -> tuple[Any, str]:
    """(case, reason) for a mail that names, references or numbers a case."""
    known = {"named": NAMED, "referenced": REFERENCED, "numbered": NUMBERED}
    facts = IntakeFacts(**{case: known[case]} if case else {}, **more.pop("facts", {}))
    found = which_case(make_arrival(sender=sender, trust=trust, **more), facts)
    return found.case.id if found.case else None, found.reason


def test_a_token_threads_whoever_writes() -> None:
    assert thread("named", EVE, Trust.SPOOFED) == ("named", "named")


def test_a_named_case_comes_before_a_referenced_one() -> None:
    assert thread("named", facts={"referenced": REFERENCED}) == ("named", "named")


def test_a_referenced_case_comes_before_a_numbered_one() -> None:
    assert thread("referenced", facts={"numbered": NUMBERED}) == ("referenced", "reference")


@pytest.mark.parametrize(
    ("sender", "trust", "joins"),
    [
        (ANN, Trust.AUTHENTICATED, True),
        (ANN, Trust.UNVERIFIED, True),
        (COLLEAGUE, Trust.AUTHENTICATED, True),
        (COLLEAGUE, Trust.WEAK, True),
        (COLLEAGUE, Trust.UNVERIFIED, False),
        (EVE, Trust.AUTHENTICATED, False),
        (EVE, Trust.UNVERIFIED, False),
        (None, Trust.UNVERIFIED, False),
    ],
)
def test_a_reference_is_believed_of_participants_and_of_their_proven_colleagues(
    sender: Handle | None, trust: Trust, joins: bool
) -> None:
    expected = ("referenced", "reference") if joins else (None, STRANGERS_REFERENCE)

    assert thread("referenced", sender, trust) == expected


def test_whoever_absorbed_the_cases_customer_may_answer() -> None:
    survivor = make_customer(id="01S", handles=(EVE,), absorbed=(REFERENCED.customer_id,))

    assert thread("referenced", EVE, facts={"customer": survivor}) == ("referenced", "reference")


def test_another_address_of_the_same_customer_may_answer() -> None:
    customer = make_customer(handles=(ANN, EVE))

    assert thread("referenced", EVE, facts={"customer": customer}) == ("referenced", "reference")


def test_who_was_revoked_opens_no_case_by_reference() -> None:
    gone = make_case(id="referenced", participants=(Participant(number=1, address=EVE.value, revoked_at=NOON),))

    found = which_case(make_arrival(sender=EVE), IntakeFacts(referenced=gone))

    assert found.case is None


@pytest.mark.parametrize(
    ("sender", "trust", "joins"),
    [
        (ANN, Trust.AUTHENTICATED, True),
        (ANN, Trust.WEAK, False),
        (ANN, Trust.UNVERIFIED, False),
        (COLLEAGUE, Trust.AUTHENTICATED, False),
        (EVE, Trust.AUTHENTICATED, False),
    ],
)
def test_a_number_in_the_subject_is_believed_of_proven_participants_only(
    sender: Handle, trust: Trust, joins: bool
) -> None:
    expected = ("numbered", "number") if joins else (None, STRANGERS_NUMBER)

    assert thread("numbered", sender, trust) == expected


def test_a_report_joins_the_case_of_the_mail_it_is_about() -> None:
    daemon = Handle("email", "mailer-daemon@mx.example.org")

    joined = thread("referenced", daemon, Trust.UNVERIFIED, machine="bounce", reports_on="sent@email.amazonses.com")

    assert joined == ("referenced", "report")


def test_a_mail_that_names_nothing_is_a_new_matter() -> None:
    assert thread("") == (None, "new")


def test_the_same_subject_alone_joins_nothing() -> None:
    assert which_case(make_arrival(subject=NAMED.subject), IntakeFacts()).case is None


def test_what_comes_long_after_goes_on_from_the_case_it_names() -> None:
    old = make_case(status=CaseStatus.SOLVED, solved_at=NOON.replace(month=9))

    found = which_case(make_arrival(), IntakeFacts(named=old))

    assert (found.case, found.follows) == (None, old)
