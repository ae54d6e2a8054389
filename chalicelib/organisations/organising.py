"""What does saving an organisation change, and what does it change for a customer to join or leave one?"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.customers.matching import PUBLIC
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.organisation import Affiliation, Organisation, OrganisationMark

MOST_DOMAINS = 20
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
Marks = Mapping[tuple[str, str], OrganisationMark]


def create(
    name: str, external_id: str, domains: Iterable[str], marks: Marks, *, by: str, now: datetime
) -> tuple[Decision, Organisation]:
    """A new organisation, and its claim to what it is known by. Raises Conflict when that is another's, or Invalid."""
    made = Organisation(
        id=ids.new_ulid(now),
        name=name,
        external_id=external_id,
        domains=read_domains(domains),
        created_at=now,
        updated_at=now,
        updated_by=by,
    )
    _check(made, marks)
    return Decision((made, *_claims(made, made.marks)), reason="created"), made


def change(
    known: Organisation,
    name: str,
    external_id: str,
    domains: Iterable[str],
    marks: Marks,
    *,
    by: str,
    expected: int | None,
    now: datetime,
) -> tuple[Decision, Organisation]:
    """What it says already changes nothing. Raises Conflict when another edition than `expected` is there, or a mark is
    another's."""
    said = replace(known, name=name, external_id=external_id, domains=read_domains(domains))
    if said == known:
        return Decision(reason="unchanged"), known
    if expected is not None and expected != known.edition:
        raise Conflict(f"version {known.edition} is there, not version {expected}: look again", "/expected_version")
    _check(said, marks)
    changed = replace(said, edition=known.edition + 1, updated_at=now, updated_by=by)
    new = [mark for mark in changed.marks if mark not in known.marks]
    given_up = [marks[mark] for mark in known.marks if mark not in changed.marks and mark in marks]
    return Decision((changed, *_claims(changed, new), *map(Gone, given_up)), reason="changed"), changed


def read_domains(domains: Iterable[str]) -> tuple[str, ...]:
    """In their one form, each once. Raises Invalid, with a pointer."""
    read: dict[str, None] = {}
    for place, given in enumerate(domains):
        domain = given.strip().removeprefix("@").lower().rstrip(".")
        if not _DOMAIN.fullmatch(domain):
            raise Invalid("a mail domain looks like example.com", f"/domains/{place}")
        if domain in PUBLIC:
            raise Invalid("anybody has addresses at this provider", f"/domains/{place}")
        read[domain] = None
    return tuple(read)


def join(
    customer: Customer, affiliation: Affiliation | None, organisation: Organisation, *, by: str, now: datetime
) -> Decision:
    """She belongs to it from now on, and to no other. `affiliation`: of her own record, as it is stored."""
    if customer.organisation_id == organisation.id:
        return Decision(reason="hers already")
    told = [_told(customer, EventKind.ORGANISATION_JOINED, organisation.id, by, now)]
    if customer.organisation_id:
        told = [_told(customer, EventKind.ORGANISATION_LEFT, customer.organisation_id, by, now), *told]
    belongs = Affiliation(
        customer_id=customer.id,
        organisation_id=organisation.id,
        since=now,
        by=by,
        version=affiliation.version if affiliation else None,
    )
    return Decision((replace(customer, organisation_id=organisation.id), belongs, *told), reason="joined")


def leave(customer: Customer, affiliation: Affiliation | None, *, by: str, now: datetime) -> Decision:
    """She belongs to none. May be repeated."""
    if not customer.organisation_id:
        return Decision(reason="hers was none")
    told = _told(customer, EventKind.ORGANISATION_LEFT, customer.organisation_id, by, now)
    gone = (Gone(affiliation),) if affiliation else ()  # none, when she has it from a record merged into hers
    return Decision((replace(customer, organisation_id=""), *gone, told), reason="left")


def domains_of(customer: Customer) -> tuple[str, ...]:
    """The domains of her addresses that say something about where she works."""
    found = dict.fromkeys(address.rpartition("@")[2] for address in customer.handles_of("email"))
    return tuple(domain for domain in found if domain not in PUBLIC)


@dataclass(slots=True)
class Sum:
    """What an organisation's members come to."""

    members: int = 0
    purchases: int = 0
    margin: int = 0  # minor units
    open_cases: int = 0
    tiers: dict[str, int] = field(default_factory=dict)

    def add(self, customer: Customer) -> None:
        self.members += 1
        self.purchases += customer.value.purchases
        self.margin += customer.value.margin
        self.open_cases += len(customer.open_cases)
        self.tiers[customer.tier] = self.tiers.get(customer.tier, 0) + 1


def _check(organisation: Organisation, marks: Marks) -> None:
    if len(organisation.domains) > MOST_DOMAINS:
        raise Invalid(f"an organisation has at most {MOST_DOMAINS} domains", "/domains")
    for what, value in organisation.marks:
        owner = marks.get((what, value))
        if owner and owner.organisation_id != organisation.id:
            at = "/external_id" if what == "external" else f"/domains/{organisation.domains.index(value)}"
            raise Conflict(f"organisation {owner.organisation_id} has it", at)


def _claims(organisation: Organisation, marks: Iterable[tuple[str, str]]) -> list[OrganisationMark]:
    return [OrganisationMark(what=what, value=value, organisation_id=organisation.id) for what, value in marks]


def _told(customer: Customer, what: EventKind, organisation_id: str, by: str, at: datetime) -> Event:
    return Event(
        id=ids.derived_ulid(at, customer.id, what.value, organisation_id, str(customer.version)),
        customer_id=customer.id,
        what=what,
        at=at,
        detail={"organisation": organisation_id, "by": by},
    )
