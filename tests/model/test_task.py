"""When the clock has to look at a task."""

from datetime import datetime, timedelta

import pytest

from chalicelib.model.customer import Handle
from chalicelib.model.money import Money
from chalicelib.model.task import TaskState
from tests.factories import ANN, NOON, make_customer, make_task

MOVED = NOON - timedelta(hours=1)
STUCK = MOVED + timedelta(minutes=15)
TOO_LATE = make_task().deadline
LOOKED_AT = {
    TaskState.PLANNED: NOON,
    TaskState.QUEUED: STUCK,
    TaskState.CLAIMED: STUCK,
    TaskState.WAITING: TOO_LATE,
    TaskState.TAKEN: TOO_LATE,
}


@pytest.mark.parametrize(("state", "look_at"), [(state, LOOKED_AT.get(state)) for state in TaskState])
def test_a_task_is_looked_at_when_due_and_when_stuck(state: TaskState, look_at: datetime | None) -> None:
    assert make_task(state, updated_at=MOVED).next_look_at == look_at


def test_what_is_final_is_not_looked_at_again() -> None:
    assert not [state for state in TaskState if state.final and make_task(state).next_look_at]


def test_she_is_written_to_at_her_first_address_that_works() -> None:
    second = Handle("email", "ann@work.example")
    customer = make_customer(handles=(Handle("phone", "+49301234567"), ANN, second))

    assert customer.email == ANN.value
    assert make_customer(handles=(ANN, second), suppressed={ANN.value: "bounced"}).email == second.value
    assert make_customer(suppressed={ANN.value: "bounced"}).email is None


@pytest.mark.parametrize(
    ("minor", "shown"),
    [(0, "0.00 USD"), (5, "0.05 USD"), (-1_234_56, "-1,234.56 USD"), (1_000_000_00, "1,000,000.00 USD")],
)
def test_money_is_shown_with_its_currency(minor: int, shown: str) -> None:
    assert str(Money(minor, "USD")) == shown
