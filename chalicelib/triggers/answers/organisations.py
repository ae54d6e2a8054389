"""Organisations, who belongs to them, and what they are worth in sum."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.model.customer import Customer
from chalicelib.model.organisation import Organisation
from chalicelib.organisations.views import Worth
from chalicelib.triggers.answers.shared import Links, Next, Output


class OrganisationOut(Output, frozen=True):
    id: str
    name: str
    external_id: str
    domains: list[str]
    version: int
    created_at: datetime
    updated_at: datetime
    updated_by: Annotated[str, Meta(description="The caller who changed it last.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, organisation: Organisation, links: dict[str, str]) -> "OrganisationOut":
        return cls(
            id=organisation.id,
            name=organisation.name,
            external_id=organisation.external_id,
            domains=list(organisation.domains),
            version=organisation.edition,
            created_at=organisation.created_at,
            updated_at=organisation.updated_at,
            updated_by=organisation.updated_by,
            links=links,
        )


class OrganisationsOut(Output, frozen=True):
    """The oldest first."""

    items: list[OrganisationOut]
    next: Next


class PersonOut(Output, frozen=True):
    customer_id: str
    name: str
    tier: str
    open_cases: int
    links: Links = field(name="_links")

    @classmethod
    def of(cls, customer: Customer, links: dict[str, str]) -> "PersonOut":
        return cls(
            customer_id=customer.id,
            name=customer.name,
            tier=customer.tier,
            open_cases=len(customer.open_cases),
            links=links,
        )


class PeopleOut(Output, frozen=True):
    """Who belongs to it. A page may be short, or empty, before the end."""

    items: list[PersonOut]
    next: Next


class WorthOut(Output, frozen=True):
    """What its members come to, summed when asked for."""

    members: int
    complete: Annotated[bool, Meta(description="False: it has more than 1,000 members, and these are the first.")]
    purchases: int
    margin: Annotated[int, Meta(description="Whole minor units, of all their purchases.")]
    open_cases: int
    tiers: Annotated[Mapping[str, int], Meta(description="How many members are in each.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, worth: Worth, links: dict[str, str]) -> "WorthOut":
        total = worth.sum
        return cls(
            members=total.members,
            complete=worth.complete,
            purchases=total.purchases,
            margin=total.margin,
            open_cases=total.open_cases,
            tiers=total.tiers,
            links=links,
        )


class SuggestedOut(Output, frozen=True):
    """An organisation at whose domain she has an address. Nobody joins one unless somebody says so."""

    organisation_id: str
    name: str
    domain: str
    links: Links = field(name="_links")


class BelongsOut(Output, frozen=True):
    """Where a customer belongs."""

    organisation: OrganisationOut | None
    suggestions: list[SuggestedOut]
