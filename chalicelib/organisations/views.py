"""What is shown of organisations."""

from typing import NamedTuple

from chalicelib.kernel.errors import NotFound
from chalicelib.model.customer import Customer
from chalicelib.model.organisation import Organisation
from chalicelib.model.page import Page
from chalicelib.organisations import organising
from chalicelib.organisations.organising import Sum
from chalicelib.storage import customers
from chalicelib.storage import organisations as storage

MOST_SUMMED = 1_000  # members; more would be a job, not an answer


class Suggestion(NamedTuple):
    """An organisation at whose domain she has an address."""

    organisation: Organisation
    domain: str


class Belonging(NamedTuple):
    customer: Customer
    organisation: Organisation | None
    suggestions: list[Suggestion]


class Worth(NamedTuple):
    organisation: Organisation
    sum: Sum
    complete: bool


def organisation(organisation_id: str) -> Organisation:
    found = storage.organisation(organisation_id)
    if found is None:
        raise NotFound("no organisation has this id")
    return found


def by_external_id(external_id: str) -> Organisation:
    mark = storage.marks([("external", external_id)]).get(("external", external_id))
    found = storage.organisation(mark.organisation_id) if mark else None
    if found is None:
        raise NotFound("no organisation has this external_id")
    return found


def organisations(after: str | None, limit: int) -> Page[Organisation]:
    """The oldest first."""
    return storage.organisations(after, limit)


def members(organisation_id: str, after: str | None, limit: int) -> Page[Customer]:
    """Each person once on a page. Raises NotFound."""
    organisation(organisation_id)
    page = storage.members(organisation_id, after, limit)
    people = {person.id: person for person in page.items}
    return Page(tuple(people.values()), page.next)


def worth(organisation_id: str) -> Worth:
    """What its members come to, of 1,000 at most; `complete`: there are no more. Raises NotFound."""
    found, total = organisation(organisation_id), Sum()
    page = storage.members(organisation_id, None, MOST_SUMMED)
    for person in {person.id: person for person in page.items}.values():
        total.add(person)
    return Worth(found, total, page.next is None)


def belonging(customer_id: str) -> Belonging:
    """Hers, and those at whose domains she has an address. Raises NotFound."""
    person = customers.customer(customer_id)
    if person is None:
        raise NotFound("no customer has this id")
    marks = storage.marks([("domain", domain) for domain in organising.domains_of(person)])
    found = storage.named([person.organisation_id, *(mark.organisation_id for mark in marks.values())])
    suggested = [
        Suggestion(found[mark.organisation_id], mark.value)
        for mark in marks.values()
        if mark.organisation_id in found and mark.organisation_id != person.organisation_id
    ]
    return Belonging(person, found.get(person.organisation_id), suggested)
