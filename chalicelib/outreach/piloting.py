"""Does a pilot hold her out?"""

from typing import NamedTuple

from chalicelib.model.customer import Customer
from chalicelib.model.pilot import PilotPlan
from chalicelib.model.task import Task


class Drawn(NamedTuple):
    """Her task as the draw leaves it, held out or not, and what else is stored with it."""

    task: Task
    changes: tuple[object, ...] = ()


def drawn(task: Task, _customer: Customer, _pilot: PilotPlan | None) -> Drawn:
    """Asked after no guardrail refused, so that those held out are like those contacted."""
    return Drawn(task)
