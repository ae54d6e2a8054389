"""Organisations in the table, what they are known by, and who belongs to them."""

from collections.abc import Iterable

from chalicelib.model.customer import Customer
from chalicelib.model.organisation import Affiliation, Organisation, OrganisationMark
from chalicelib.model.page import Page
from chalicelib.storage import customers, keys, table


def organisation(organisation_id: str) -> Organisation | None:
    """AP-41: by key."""
    found: Organisation | None = table.row_at(keys.organisation(organisation_id))
    return found


def named(organisation_ids: Iterable[str]) -> dict[str, Organisation]:
    """AP-41: those of these that exist, by id; one BatchGet."""
    places = [keys.organisation(each) for each in organisation_ids if each]
    return {each.id: each for each in table.rows_at(places).values()}


def organisations(after: str | None, limit: int) -> Page[Organisation]:
    """AP-42: every organisation, the oldest first, over all shards."""
    shards = [keys.organisations_shard(n) for n in range(keys.LIST_SHARDS)]
    found = table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit)
    return table.page_of(found, limit)


def marks(wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], OrganisationMark]:
    """AP-43: whose these marks are, by kind and value; one BatchGet."""
    found = table.rows_at(keys.organisation_mark(what, value) for what, value in wanted)
    return {(mark.what, mark.value): mark for mark in found.values()}


def affiliation(record_id: str) -> Affiliation | None:
    """AP-44: which organisation a record of a customer was put into, by key."""
    found: Affiliation | None = table.row_at(keys.affiliation(record_id))
    return found


def members(organisation_id: str, after: str | None, limit: int) -> Page[Customer]:
    """AP-45: who belongs to it, by the ids of the records that were put into it: a Query, and a BatchGet per 100. A
    person several of whose records were may come several times."""
    found = table.listed(keys.members_of(organisation_id), after=after or "", limit=limit)
    places = [keys.customer(entry.place) for entry in found]
    rows = table.rows_at(places)
    people = (customers.survivor(rows.get(place), rows).customer for place in places)
    belong = tuple(person for person in people if person and person.organisation_id == organisation_id)
    return Page(belong, found[-1].place if len(found) == limit else None)
