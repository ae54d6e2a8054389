"""When the clock has to look at a case."""

from datetime import datetime, timedelta

import pytest

from chalicelib.model.case import CaseStatus, PromiseState
from tests.factories import NOON, make_case, make_promise

WARN, DUE, WAIT = NOON + timedelta(hours=17), NOON + timedelta(hours=23), NOON + timedelta(days=7)


@pytest.mark.parametrize(
    ("status", "promise", "due_at"),
    [
        (CaseStatus.NEW, PromiseState.OPEN, WARN),
        (CaseStatus.OPEN, PromiseState.OPEN, WARN),
        (CaseStatus.NEW, PromiseState.AT_RISK, DUE),
        (CaseStatus.OPEN, PromiseState.AT_RISK, DUE),
        (CaseStatus.OPEN, PromiseState.BROKEN, None),
        (CaseStatus.OPEN, PromiseState.KEPT, None),
        (CaseStatus.OPEN, None, None),
        (CaseStatus.WAITING, PromiseState.KEPT, WAIT),
        (CaseStatus.WAITING, PromiseState.OPEN, WAIT),
        (CaseStatus.WAITING, None, WAIT),
        (CaseStatus.SOLVED, PromiseState.KEPT, None),
        (CaseStatus.SOLVED, PromiseState.OPEN, None),
    ],
)
def test_a_case_is_due_when_its_promise_or_its_wait_is(
    status: CaseStatus, promise: PromiseState | None, due_at: datetime | None
) -> None:
    made = make_promise(state=promise) if promise else None

    assert make_case(status=status, promise=made, waiting_until=WAIT).due_at == due_at


def test_a_case_that_waits_for_nothing_is_never_due() -> None:
    assert make_case(status=CaseStatus.WAITING, waiting_until=None).due_at is None


@pytest.mark.parametrize(("status", "is_open", "ours"), [
    (CaseStatus.NEW, True, True),
    (CaseStatus.OPEN, True, True),
    (CaseStatus.WAITING, True, False),
    (CaseStatus.SOLVED, False, False),
])  # fmt: skip
def test_whose_move_it_is(status: CaseStatus, is_open: bool, ours: bool) -> None:
    assert (status.is_open, status.ours) == (is_open, ours)
