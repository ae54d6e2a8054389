"""What is done about organisations: save them, let customers join and leave."""

from collections.abc import Iterable

from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import NotFound
from chalicelib.model.customer import Customer
from chalicelib.model.organisation import Organisation
from chalicelib.organisations import organising
from chalicelib.storage import customers
from chalicelib.storage import organisations as storage
from chalicelib.storage.commit import settle


def create(name: str, external_id: str, domains: tuple[str, ...], *, by: str) -> Organisation:
    """Raises Conflict when the external id or a domain is another's, or Invalid, with pointers."""
    now = clock.now()

    def decide() -> tuple[Decision, Organisation]:
        marks = storage.marks(_marks(external_id, domains))
        return organising.create(name, external_id, domains, marks, by=by, now=now)

    return settle(decide)[1]


def change(
    organisation_id: str, name: str, external_id: str, domains: tuple[str, ...], *, by: str, expected: int | None
) -> Organisation:
    """Raises NotFound, Conflict, or Invalid, with pointers."""
    now = clock.now()

    def decide() -> tuple[Decision, Organisation]:
        known = _existing(organisation_id)
        marks = storage.marks([*known.marks, *_marks(external_id, domains)])
        return organising.change(known, name, external_id, domains, marks, by=by, expected=expected, now=now)

    return settle(decide)[1]


def join(customer_id: str, organisation_id: str, *, by: str) -> Customer:
    """Raises NotFound, with a pointer for the organisation."""
    now = clock.now()

    def decide() -> tuple[Decision, Customer]:
        customer = _person(customer_id)
        organisation = storage.organisation(organisation_id)
        if organisation is None:
            raise NotFound("no organisation has this id", "/organisation_id")
        decision = organising.join(customer, storage.affiliation(customer.id), organisation, by=by, now=now)
        return decision, _changed(decision, customer)

    return settle(decide)[1]


def leave(customer_id: str, *, by: str) -> Customer:
    """May be repeated. Raises NotFound."""
    now = clock.now()

    def decide() -> tuple[Decision, Customer]:
        customer = _person(customer_id)
        decision = organising.leave(customer, storage.affiliation(customer.id), by=by, now=now)
        return decision, _changed(decision, customer)

    return settle(decide)[1]


def _marks(external_id: str, domains: Iterable[str]) -> list[tuple[str, str]]:
    external = [("external", external_id)] if external_id else []
    return [*external, *(("domain", domain) for domain in organising.read_domains(domains))]


def _existing(organisation_id: str) -> Organisation:
    found = storage.organisation(organisation_id)
    if found is None:
        raise NotFound("no organisation has this id")
    return found


def _person(customer_id: str) -> Customer:
    found = customers.customer(customer_id)
    if found is None:
        raise NotFound("no customer has this id")
    return found


def _changed(decision: Decision, customer: Customer) -> Customer:
    return next((change for change in decision.changes if isinstance(change, Customer)), customer)
