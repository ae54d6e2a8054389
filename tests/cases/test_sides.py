"""What an answer in a side conversation means to its case."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import sides
from chalicelib.kernel.errors import Conflict
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Handle
from chalicelib.model.side import SideConversation
from tests.factories import (
    ANNS_ID,
    BO_ID,
    CASE_ID,
    NOON,
    make_arrival,
    make_case,
    make_customer,
    make_policy,
    make_routing,
)

CARRIER = Handle("email", "claims@carrier.example")
SIDE = SideConversation(
    case_id=CASE_ID,
    number=1,
    customer_id=ANNS_ID,
    subject="Parcel",
    to=(CARRIER.value,),
    opened_at=NOON,
    updated_at=NOON,
    author="Tom",
)


def answered(**fields: Any) -> Case:
    """The case after the carrier wrote in its side conversation."""
    arrival = make_arrival(sender=CARRIER, side_case=CASE_ID, side=1)
    taken = sides.take_in(arrival, None, None, make_case(**fields), SIDE, make_customer(), make_policy())
    assert taken
    (case,) = (change for change in taken.decision.changes if isinstance(change, Case))
    return case


@pytest.mark.parametrize("status", [CaseStatus.WAITING, CaseStatus.SOLVED])
def test_a_case_that_rested_is_ours_again_and_stands_in_line(status: CaseStatus) -> None:
    case = answered(status=status, solved_at=NOON, routing=None)

    assert (case.status, case.waits) == (CaseStatus.OPEN, True)


def test_a_case_that_was_put_aside_is_in_sight_again() -> None:
    assert not answered(snoozed_at=NOON, snoozed_until=NOON + timedelta(days=3)).snoozed


def test_a_case_in_an_agents_hand_stays_there() -> None:
    assert answered(status=CaseStatus.WAITING_ON_US, assigned_to=BO_ID, routing=make_routing()).holder == BO_ID


def test_it_goes_on_only_while_none_of_them_is_the_customer() -> None:
    sides.check_parties(SIDE, make_customer())

    with pytest.raises(Conflict, match="the customer's by now"):
        sides.check_parties(SIDE, make_customer(handles=(CARRIER,)))
