"""Which case a contact belongs to."""

import pytest

from chalicelib.cases.threading import which_case
from chalicelib.model.customer import Handle
from chalicelib.model.known import IntakeFacts
from chalicelib.model.trust import Trust
from tests.factories import ANN, make_arrival, make_case

EVE = Handle("email", "eve@evil.example")
NAMED, REFERENCED = make_case(id="named"), make_case(id="referenced")


@pytest.mark.parametrize(
    ("named", "referenced", "sender", "trust", "joins", "reason"),
    [
        (True, False, ANN, Trust.AUTHENTICATED, "named", "named"),
        (True, True, ANN, Trust.AUTHENTICATED, "named", "named"),
        (True, True, EVE, Trust.SPOOFED, "named", "named"),
        (False, True, ANN, Trust.AUTHENTICATED, "referenced", "reference"),
        (False, True, ANN, Trust.UNVERIFIED, "referenced", "reference"),
        (False, True, EVE, Trust.AUTHENTICATED, "referenced", "reference"),
        (False, True, EVE, Trust.WEAK, "referenced", "reference"),
        (False, True, EVE, Trust.UNVERIFIED, None, "reference by a stranger"),
        (False, True, None, Trust.UNVERIFIED, None, "reference by a stranger"),
        (False, False, ANN, Trust.AUTHENTICATED, None, "new"),
    ],
)
def test_the_first_rule_that_answers_wins(
    named: bool, referenced: bool, sender: Handle | None, trust: Trust, joins: str | None, reason: str
) -> None:
    facts = IntakeFacts(named=NAMED if named else None, referenced=REFERENCED if referenced else None)

    thread = which_case(make_arrival(sender=sender, trust=trust), facts)

    assert (thread.case.id if thread.case else None, thread.reason) == (joins, reason)


def test_the_same_subject_alone_joins_nothing() -> None:
    assert which_case(make_arrival(subject=NAMED.subject), IntakeFacts()).case is None
