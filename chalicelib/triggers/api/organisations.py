"""Organisations, and who belongs to them."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.model.organisation import Organisation
from chalicelib.model.page import Page
from chalicelib.organisations import service as organisations_service
from chalicelib.organisations import views as organisations
from chalicelib.triggers.answers.organisations import (
    BelongsOut,
    OrganisationOut,
    OrganisationsOut,
    PeopleOut,
    PersonOut,
    SuggestedOut,
    WorthOut,
)
from chalicelib.triggers.contract.organisations import (
    JoinIn,
    LeaveQuery,
    OrganisationChange,
    OrganisationIn,
    OrganisationsQuery,
)
from chalicelib.triggers.contract.shared import Paged, if_told
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/organisations",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Make an organisation",
    body=OrganisationIn,
    returns=OrganisationOut,
    status=201,
    errors=(409,),
)
def create_organisation(call: Call[OrganisationIn]) -> OrganisationOut:
    """Its external_id and its domains are no other's: with one, a request sent twice makes one organisation."""
    said = call.input
    made = organisations_service.create(said.name, said.external_id, said.domains, by=call.principal.name)
    return _organisation_out(call, made)


@api.endpoint(
    "GET",
    "/v1/organisations",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Organisations",
    query=OrganisationsQuery,
    returns=OrganisationsOut,
    errors=(404,),
)
def list_organisations(call: Call[OrganisationsQuery]) -> OrganisationsOut:
    """All, or the one with an id in your own systems."""
    if call.input.external_id:
        page = Page((organisations.by_external_id(call.input.external_id),))
    else:
        page = organisations.organisations(call.after, call.input.limit)
    items = [_organisation_out(call, organisation) for organisation in page.items]
    return OrganisationsOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/organisations/{organisation_id}",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="An organisation",
    returns=OrganisationOut,
    errors=(404,),
)
def get_organisation(call: Call[None], organisation_id: str) -> OrganisationOut:
    """What it is called, and what it is known by."""
    return _organisation_out(call, organisations.organisation(organisation_id))


@api.endpoint(
    "PUT",
    "/v1/organisations/{organisation_id}",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Change an organisation",
    body=OrganisationChange,
    returns=OrganisationOut,
    errors=(404, 409),
)
def change_organisation(call: Call[OrganisationChange], organisation_id: str) -> OrganisationOut:
    """All of it at once. The same again changes nothing."""
    said = call.input
    expected = if_told(said.expected_version)
    changed = organisations_service.change(
        organisation_id, said.name, said.external_id, said.domains, by=call.principal.name, expected=expected
    )
    return _organisation_out(call, changed)


@api.endpoint(
    "GET",
    "/v1/organisations/{organisation_id}/members",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.FILTERED,
    summary="Who belongs to an organisation",
    query=Paged,
    returns=PeopleOut,
    errors=(404,),
    whose="customer_id",
)
def list_people(call: Call[Paged], organisation_id: str) -> PeopleOut:
    """By id."""
    page = organisations.members(organisation_id, call.after, call.input.limit)
    items = [PersonOut.of(person, {"self": call.link(f"v1/customers/{person.id}")}) for person in page.items]
    return PeopleOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/organisations/{organisation_id}/value",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="What an organisation's members come to",
    returns=WorthOut,
    errors=(404,),
)
def get_organisation_value(call: Call[None], organisation_id: str) -> WorthOut:
    """Summed over up to 1,000 members at this moment."""
    own = f"v1/organisations/{organisation_id}"
    links = {"organisation": call.link(own), "members": call.link(f"{own}/members")}
    return WorthOut.of(organisations.worth(organisation_id), links)


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/organisation",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.OF_PATH,
    summary="Where a customer belongs",
    returns=BelongsOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_organisation_of(call: Call[None], customer_id: str) -> BelongsOut:
    """And other organisations at whose domains she has an address."""
    return _belongs_out(call, customer_id)


@api.endpoint(
    "PUT",
    "/v1/customers/{customer_id}/organisation",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.OF_PATH,
    summary="Put a customer into an organisation",
    body=JoinIn,
    returns=BelongsOut,
    errors=(404,),
)
def join_organisation(call: Call[JoinIn], customer_id: str) -> BelongsOut:
    """She belongs to it and to no other. Told on her timeline. May be repeated."""
    organisations_service.join(customer_id, call.input.organisation_id, by=call.input.author)
    return _belongs_out(call, customer_id)


@api.endpoint(
    "DELETE",
    "/v1/customers/{customer_id}/organisation",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.OF_PATH,
    summary="Take a customer out of her organisation",
    query=LeaveQuery,
    returns=BelongsOut,
    errors=(404,),
)
def leave_organisation(call: Call[LeaveQuery], customer_id: str) -> BelongsOut:
    """Told on her timeline. May be repeated."""
    organisations_service.leave(customer_id, by=call.input.author)
    return _belongs_out(call, customer_id)


def _organisation_out(call: Call[Any], organisation: Organisation) -> OrganisationOut:
    own = f"v1/organisations/{organisation.id}"
    links = {"self": call.link(own), "members": call.link(f"{own}/members"), "value": call.link(f"{own}/value")}
    return OrganisationOut.of(organisation, links)


def _belongs_out(call: Call[Any], customer_id: str) -> BelongsOut:
    found = organisations.belonging(customer_id)
    suggestions = [
        SuggestedOut(
            organisation_id=each.organisation.id,
            name=each.organisation.name,
            domain=each.domain,
            links={"self": call.link(f"v1/organisations/{each.organisation.id}")},
        )
        for each in found.suggestions
    ]
    hers = _organisation_out(call, found.organisation) if found.organisation else None
    return BelongsOut(organisation=hers, suggestions=suggestions)
