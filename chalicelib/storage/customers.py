"""Customers in the table. AP-1 who is this handle · AP-2 everything about a customer, newest first."""

from typing import Any, NamedTuple

from chalicelib.model.customer import Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Receipt
from chalicelib.model.page import Page
from chalicelib.storage import keys, table


class Known(NamedTuple):
    """What is known when something is reported: whether it was reported before, and by whom it is."""

    receipt: Receipt | None
    customer: Customer | None


def customer(customer_id: str) -> Customer | None:
    found: Customer | None = table.row_at(keys.customer(customer_id))
    return found


def customer_of(handle: Handle) -> Customer | None:
    """AP-1: two reads, both strongly consistent."""
    owner: HandleOwner | None = table.row_at(keys.handle(handle))
    return customer(owner.customer_id) if owner else None


def known(receipt_key: str, hint: CustomerHint) -> Known:
    """Receipt and customer of a report: one round trip by id, two by handle."""
    wanted = [keys.receipt(receipt_key)]
    if hint.customer_id:
        wanted.append(keys.customer(hint.customer_id))
    elif hint.handle:
        wanted.append(keys.handle(hint.handle))
    rows = table.rows_at(wanted)
    found = rows.get(keys.customer(hint.customer_id))
    if hint.handle and not hint.customer_id and (owner := rows.get(keys.handle(hint.handle))):
        found = customer(owner.customer_id)
    return Known(rows.get(keys.receipt(receipt_key)), found)


def fact(customer_id: str, fact_id: str) -> tuple[Customer | None, Fact | None]:
    """A fact told on the timeline and its customer, in one round trip."""
    places = keys.customer(customer_id), keys.timeline(customer_id, fact_id)
    rows = table.rows_at(places)
    return rows.get(places[0]), rows.get(places[1])


def timeline(customer_id: str, after: str | None, limit: int) -> Page[Any]:
    """AP-2: interactions, facts that are told, events and tasks, newest first, in one Query at any length."""
    pk, sk = keys.timeline(customer_id, after or "")
    entries = table.entries(pk, keys.TIMELINE, after=sk if after else None, limit=limit)
    return Page(tuple(entries), entries[-1].id if len(entries) == limit else None)
