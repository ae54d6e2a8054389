"""Cases and interactions in the table. AP-3 which case does it belong to · AP-4 what is next to do."""

from datetime import date
from typing import NamedTuple

from chalicelib.kernel.errors import NotFound
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, HandleOwner
from chalicelib.model.interaction import Interaction, KnownMessage, Receipt
from chalicelib.model.known import IntakeFacts
from chalicelib.model.page import Page
from chalicelib.storage import keys, table
from chalicelib.storage.keys import Key

REFERENCES_LOOKED_UP = 40  # newest first; with the other keys they fit one BatchGet of 100


def intake_facts(arrival: Arrival) -> IntakeFacts:
    """All that is known about an arrival: one BatchGet, and one more for the rows the first one names.

    Raises NotFound when an authenticated caller names a case that does not exist.
    """
    references = arrival.references[:REFERENCES_LOOKED_UP]
    wanted: dict[str, Key] = {"receipt": keys.receipt(arrival.receipt_key)}
    if arrival.sender:
        wanted["owner"] = keys.handle(arrival.sender)
    if arrival.customer_id:
        wanted["customer"] = keys.customer(arrival.customer_id)
    if arrival.case_id:
        wanted["case"] = keys.case(arrival.case_id)
    if arrival.message_id:
        wanted["repeat"] = keys.message(arrival.mailbox, arrival.message_id)
    answered = [keys.message(arrival.mailbox, reference) for reference in references]
    rows = table.rows_at([*wanted.values(), *answered])
    found = {name: rows.get(key) for name, key in wanted.items()}
    receipt: Receipt | None = found.get("receipt")
    if receipt:
        return IntakeFacts(receipt=receipt)
    owner: HandleOwner | None = found.get("owner")
    named: Case | None = found.get("case")
    if arrival.case_id and named is None and not arrival.by_token:
        raise NotFound("no case has this number", "/case_id")
    known: KnownMessage | None = next((rows[key] for key in answered if key in rows and rows[key].case_id), None)
    customer_id = arrival.customer_id or (owner.customer_id if owner else "")
    case_owner = named.customer_id if named else (known.customer_id if known else "")
    more = table.rows_at(
        [keys.customer(id_) for id_ in (customer_id, case_owner) if id_ and id_ != arrival.customer_id]
        + ([keys.case(known.case_id)] if known and not named else [])
    )
    customer = found.get("customer") or more.get(keys.customer(customer_id))
    referenced = more.get(keys.case(known.case_id)) if known and not named else None
    return IntakeFacts(
        repeat=found.get("repeat"),
        customer=customer,
        named=named,
        referenced=referenced,
        owner=more.get(keys.customer(case_owner)) or (customer if case_owner == customer_id else None),
    )


class Outbound(NamedTuple):
    mail: Interaction | None
    customer: Customer | None


def outbound(customer_id: str, interaction_id: str) -> Outbound:
    places = keys.timeline(customer_id, interaction_id), keys.customer(customer_id)
    rows = table.rows_at(places)
    return Outbound(rows.get(places[0]), rows.get(places[1]))


def case(case_id: str) -> Case | None:
    found: Case | None = table.row_at(keys.case(case_id))
    return found


class Answerable(NamedTuple):
    receipt: Receipt | None
    case: Case | None


def answerable(case_id: str, receipt_key: str) -> Answerable:
    places = keys.receipt(receipt_key), keys.case(case_id)
    rows = table.rows_at(places)
    return Answerable(rows.get(places[0]), rows.get(places[1]))


def interactions_of(case_id: str, after: str | None, limit: int, *, newest_first: bool = False) -> Page[Interaction]:
    """A case's interactions: one Query on the list index for their keys, one BatchGet for the rows."""
    pk = keys.of_case(case_id, "").pk
    found = table.listed(pk, after=after or "", newest_first=newest_first, limit=limit)
    return table.page_of(found, limit)


def open_cases(after: str | None, limit: int) -> Page[Case]:
    """AP-4: open cases, the most urgent first, over all shards."""
    shards = [keys.open_cases_shard(n) for n in range(keys.LIST_SHARDS)]
    return table.page_of(table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit), limit)


def quarantined(day: date, after: str | None, limit: int) -> Page[Interaction]:
    """AP-14: what was put aside on a day, newest first, over all shards."""
    behind = keys.TIMELINE + after if after else None
    found = [
        interaction
        for shard in range(keys.LIST_SHARDS)
        for interaction in table.entries(keys.quarantine_shard(day, shard), keys.TIMELINE, after=behind, limit=limit)
    ]
    newest = sorted(found, key=lambda interaction: interaction.id, reverse=True)[:limit]
    return Page(tuple(newest), newest[-1].id if len(newest) == limit else None)


def receipts_of(keys_of_receipts: list[str]) -> set[str]:
    """Which of these (at most 100) have a receipt."""
    wanted = {keys.receipt(key): key for key in keys_of_receipts}
    return {wanted[key] for key in table.rows_at(wanted)}
