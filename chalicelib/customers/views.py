"""What is shown of customers."""

from typing import Any

from chalicelib.customers import matching
from chalicelib.customers.matching import Match
from chalicelib.kernel.errors import NotFound
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.page import Page
from chalicelib.storage import customers as storage


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


def timeline(customer_id: str, after: str | None, limit: int) -> Page[Any]:
    """Interactions, facts, events and tasks, newest first. Nobody's timeline is empty, not missing."""
    return storage.timeline(customer_id, after, limit)
