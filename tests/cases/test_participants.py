"""Who takes part in a case."""

from typing import Any

import pytest

from chalicelib.cases import participants
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.model.case import Case, Participant
from chalicelib.model.customer import Handle
from tests.factories import ANN, NOON, make_arrival, make_case, make_customer

BOB = Handle("email", "bob@example.org")
SECOND = Participant(number=2, address=BOB.value, confirmed=False)
TWO = make_case(participants=(Participant(number=1, address=ANN.value), SECOND))


def after(case: Case, number: int) -> Participant:
    changed, _ = participants.confirm(case, number, NOON, by="Bo").changes
    return next(p for p in changed.participants if p.number == number)  # type: ignore[attr-defined]


def test_somebody_proven_joins_with_the_next_number_and_unconfirmed() -> None:
    case = make_case(participants=(Participant(number=1, address=ANN.value), Participant(number=7, address="x@y")))

    joined = participants.joined(make_arrival(sender=BOB), case, make_customer())

    assert joined[-1] == Participant(number=8, address=BOB.value, confirmed=False)


def test_another_address_of_the_customer_joins_confirmed() -> None:
    joined = participants.joined(make_arrival(sender=BOB), make_case(), make_customer(handles=(ANN, BOB)))

    assert joined[-1].confirmed


def test_who_takes_part_already_is_not_counted_again() -> None:
    case = make_case()

    assert participants.joined(make_arrival(), case, make_customer()) == case.participants


def test_who_was_revoked_joins_anew_under_another_number() -> None:
    case = make_case(participants=(Participant(number=1, address=ANN.value, revoked_at=NOON),))

    joined = participants.joined(make_arrival(), case, make_customer())

    assert [(p.number, p.revoked_at) for p in joined] == [(1, NOON), (2, None)]


def test_an_agent_lets_a_newcomer_in() -> None:
    assert after(TWO, 2).confirmed


def test_a_revoked_reply_address_opens_the_case_no_more_while_others_do() -> None:
    case, _ = participants.revoke(TWO, 2, NOON, by="Bo").changes

    assert isinstance(case, Case)
    assert (case.admits(2), case.admits(1)) == (False, True)
    assert case.participant(BOB.value) is None


def test_revoking_twice_is_revoking_once() -> None:
    case, _ = participants.revoke(TWO, 2, NOON, by="Bo").changes

    assert isinstance(case, Case)
    assert not participants.revoke(case, 2, NOON, by="Bo").changes


def test_who_is_revoked_cannot_be_confirmed() -> None:
    case, _ = participants.revoke(TWO, 2, NOON, by="Bo").changes

    assert isinstance(case, Case)
    with pytest.raises(Conflict, match="revoked"):
        participants.confirm(case, 2, NOON, by="Bo")


@pytest.mark.parametrize("rule", [participants.confirm, participants.revoke])
def test_a_number_nobody_has_is_not_found(rule: object) -> None:
    with pytest.raises(NotFound):
        rule(TWO, 3, NOON, by="Bo")  # type: ignore[operator]


@pytest.mark.parametrize(
    ("rule", "what"),
    [(participants.confirm, "participant_confirmed"), (participants.revoke, "participant_revoked")],
)
def test_who_decided_it_is_told_on_the_timeline(rule: Any, what: str) -> None:
    _, told = rule(TWO, 2, NOON, by="Bo").changes

    assert (told.what.value, told.customer_id, told.case_id) == (what, TWO.customer_id, TWO.id)
    assert told.detail == {"by": "Bo", "address": BOB.value}
