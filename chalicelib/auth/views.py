"""Whose is what a request names, or an answer lists? Asked for callers of one team only. And which keys there are."""

from collections.abc import Iterable

from chalicelib.auth import teams
from chalicelib.auth.teams import Named
from chalicelib.model.customer import Customer
from chalicelib.model.machine import MachineKey
from chalicelib.model.page import Page
from chalicelib.storage import auth as storage
from chalicelib.storage import cases, customers, privacy


def demand(team: str, named: Iterable[Named]) -> None:
    """Raises for the first that does not exist, or is of another team's customer: nobody can tell which. One read for a
    customer, two for what is of one; one more for one who was merged."""
    for each in named:
        people = _people(each)
        if not (teams.serves(team, people) or (each.new and not people)):
            raise each.refusal


def served(team: str, customer_ids: Iterable[str]) -> frozenset[str]:
    """Which of these the team may know of: one BatchGet, and a read for each that was merged."""
    found = ((record.id, customers.survivor(record).customer) for record in customers.records(set(customer_ids)))
    return frozenset(record for record, person in found if person and teams.serves(team, [person]))


def machine_keys(after: str | None, limit: int) -> Page[MachineKey]:
    """The oldest first."""
    return storage.machine_keys(after, limit)


def _people(named: Named) -> list[Customer]:
    """Whose it is; nobody's if it does not exist. A merge is also of whom the absorbed one would be again."""
    found: list[Customer | None] = []
    if named.customer_id:
        found = [customers.customer(named.customer_id)]
    elif named.handle:
        found = [customers.customer_of(named.handle)]
    elif named.case_id and (case := cases.case(named.case_id)):
        found = [customers.customer(case.customer_id)]
    elif named.merge_id and (made := customers.merge(named.merge_id)):
        _, absorbed = customers.pair(made.survivor.id, made.absorbed.id)
        found = [customers.customer(made.survivor.id), absorbed]
    elif named.export_id and (export := privacy.export(named.export_id)):
        found = [customers.customer(export.customer_id)]
    return [] if None in found else [person for person in found if person]
