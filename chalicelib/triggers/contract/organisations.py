"""Organisations, and who belongs to them."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from chalicelib.triggers.contract.articles import Expected
from chalicelib.triggers.contract.customers import ULID
from chalicelib.triggers.contract.shared import Agent, Cursor, Examples, Input, Key, Limit, Name, form

Domains = Annotated[
    tuple[Annotated[str, Meta(max_length=254)], ...],
    Meta(max_length=20, description="Of its people's mail addresses: example.com."),
]
Named = Annotated[Name, Meta(min_length=1)]


class OrganisationIn(Input, frozen=True):
    """Customers who belong together, a company for one."""

    name: Named
    external_id: Annotated[Key, Meta(description="Its id in your own systems; no other has it.")] = ""
    domains: Domains = ()


class OrganisationChange(Input, frozen=True):
    """All it is from now on: what is left out is removed."""

    name: Named
    external_id: Annotated[Key, Meta(description="Its id in your own systems; no other has it.")] = ""
    domains: Domains = ()
    expected_version: Expected | UnsetType = UNSET


class OrganisationsQuery(Input, frozen=True):
    external_id: Annotated[Key, Meta(description="Only the one with this id in your own systems.")] = ""
    limit: Limit = 25
    cursor: Cursor = ""


class JoinIn(Input, frozen=True):
    """Where a customer belongs, on whose word."""

    organisation_id: Annotated[str, form(ULID, "An organisation's id.")]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]


class LeaveQuery(Input, frozen=True):
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]


_BAUM = {"name": "Baum GmbH", "external_id": "K-1044", "domains": ["baum.example"]}
EXAMPLES: Examples = {
    OrganisationIn: [_BAUM],
    OrganisationChange: [{**_BAUM, "expected_version": 1}],
    JoinIn: [{"organisation_id": "01KAM8Q6C3V8QW2E0N4B7T9XYZ", "author": "Tom"}],
}
