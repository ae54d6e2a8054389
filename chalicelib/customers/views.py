"""What is shown of customers."""

from typing import Any

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


def timeline(customer_id: str, after: str | None, limit: int) -> Page[Any]:
    """Interactions, facts, events and tasks, newest first. Nobody's timeline is empty, not missing."""
    return storage.timeline(customer_id, after, limit)
