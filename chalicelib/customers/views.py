"""What is shown of customers."""

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.customers import matching, tiers
from chalicelib.customers import value_index as rules
from chalicelib.customers.matching import Match
from chalicelib.customers.value_index import Explanation
from chalicelib.kernel.errors import NotFound
from chalicelib.model.calibration import Calibration
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Interaction
from chalicelib.model.page import Page
from chalicelib.model.task import Task, TaskState
from chalicelib.model.tier import Bands, Tiers
from chalicelib.storage import customers as storage
from chalicelib.storage.calibration import current_policy


def customer(customer_id: str) -> Customer:
    found = storage.customer(customer_id)
    if found is None:
        raise NotFound("no customer has this id")
    return found


def find(handle: Handle) -> Customer:
    found = storage.customer_of(handle)
    if found is None:
        raise NotFound(f"no customer has this {handle.kind} handle")
    return found


def matches(customer_id: str) -> list[Match]:
    """Who may be the same person, the strongest reasons first. Raises NotFound."""
    asked = customer(customer_id)
    cases = storage.cases_of(asked.open_cases)
    return matching.matches(asked, storage.owners_of(matching.clues(asked, cases)).values(), cases)


class Valuation(NamedTuple):
    """A customer's index, and whom she is compared with."""

    customer: Customer
    explanation: Explanation
    calibration: Calibration


class InForce(NamedTuple):
    tiers: Tiers
    bands: Bands  # today's thresholds
    calibration: Calibration


def value_index(customer: Customer) -> float:
    """0 to 100, by one tenth."""
    return tiers.index_now(customer, current_policy()) / 10


def valuation(customer_id: str, now: datetime) -> Valuation:
    """Raises NotFound."""
    asked, learnt = tiers.of_today(customer(customer_id)), current_policy().calibration
    return Valuation(asked, rules.explain(asked.value, learnt.parameters, learnt.table, now), learnt)


def value_history(customer_id: str, after: str | None, limit: int) -> Page[Interaction | Fact | Event]:
    """What changed her index, newest first: those of a page of her timeline that say what it was after them."""
    page = storage.timeline(customer_id, after, limit)
    return Page(tuple(told for told in page.items if _says_index(told)), page.next)


def tiers_in_force() -> InForce:
    policy = current_policy()
    return InForce(policy.tiers, tiers.bands(policy), policy.calibration)


def _says_index(told: Any) -> bool:
    if isinstance(told, Event):
        return "index" in told.detail
    return isinstance(told, Interaction | Fact) and told.index is not None


def timeline(customer_id: str, after: str | None, limit: int) -> Page[Any]:
    """All that stands on it, newest first. Nobody's timeline is empty, not missing.

    Who is held out of a play is not on it: whoever serves her must treat her as everybody.
    """
    page = storage.timeline(customer_id, after, limit)
    return Page(tuple(told for told in page.items if not _is_held_out(told)), page.next)


def _is_held_out(told: Any) -> bool:
    return isinstance(told, Task) and told.state is TaskState.HELD_OUT
