"""Who customers are: handles, merges, matches, and everything about one in one list."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.customers import identity
from chalicelib.customers import service as customers_service
from chalicelib.customers import views as customers
from chalicelib.kernel.errors import Invalid, Malformed
from chalicelib.model.customer import HANDLE_KINDS, Customer, Handle
from chalicelib.model.merge import Merge
from chalicelib.triggers.answers.customers import CustomerOut, MatchesOut, MatchOut, MergeOut, SplitOut
from chalicelib.triggers.answers.timeline import TimelineOut, entry_of
from chalicelib.triggers.api.shared import by_of
from chalicelib.triggers.contract.customers import (
    BlockIn,
    HandleIn,
    LanguageIn,
    LookupQuery,
    MergeIn,
    TeamIn,
    UnblockIn,
    VouchQuery,
)
from chalicelib.triggers.contract.shared import Paged, VouchIn
from chalicelib.triggers.given import read_handle
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/customers",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.OF_INPUT,
    summary="Find a customer by a handle",
    query=LookupQuery,
    returns=CustomerOut,
    errors=(404,),
    looks_at="id",
    names=lambda asked: [Named(handle=_asked(asked))],
)
def find_customer(call: Call[LookupQuery]) -> CustomerOut:
    """By exactly one of email, phone, chat, external or device. Addresses are compared without regard to case, phone
    numbers in E.164."""
    return _customer_out(call, customers.find(_asked(call.input)))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.OF_PATH,
    summary="What is known of a customer",
    returns=CustomerOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_customer(call: Call[None], customer_id: str) -> CustomerOut:
    """A customer who was merged answers as the one she turned out to be; `merged_into` then links to her."""
    return _customer_out(call, customers.customer(customer_id), asked=customer_id)


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/handles",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.OF_PATH,
    summary="Add a handle to a customer",
    body=HandleIn,
    returns=CustomerOut,
    errors=(404, 409),
    looks_at="customer_id",
    names=lambda said: [Named(handle=_said(said), pointer="/value", new=True, claimed=True)],
)
def add_handle(call: Call[HandleIn], customer_id: str) -> CustomerOut:
    """What comes by it is hers from now on. When another customer has it, the refusal names that one's id. It may be
    repeated."""
    handle = _said(call.input)
    return _customer_out(call, customers_service.add_handle(customer_id, handle, by=call.principal.name))


@api.endpoint(
    "DELETE",
    "/v1/customers/{customer_id}/handles/{kind}/{value}",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.OF_PATH,
    summary="Make a handle a customer of its own",
    query=VouchQuery,
    returns=SplitOut,
    errors=(404, 409),
)
def split_off_handle(call: Call[VouchQuery], customer_id: str, kind: str, value: str) -> SplitOut:
    """Who writes by it turned out to be somebody else. What was told stays where it is; what comes from now on is told
    of the new customer, of whom nothing else is known."""
    handle = _handle_in_path(kind, value)
    left, alone = customers_service.split_off(customer_id, handle, author=call.input.author, reason=call.input.reason)
    links = {"self": call.link(f"v1/customers/{alone.id}"), "left": call.link(f"v1/customers/{left.id}")}
    return SplitOut(customer_id=alone.id, left=left.id, links=links)


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/merge",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.OF_PATH,
    summary="Merge a customer into another",
    body=MergeIn,
    returns=MergeOut,
    status=201,
    errors=(404, 409),
    names=lambda said: [Named(customer_id=said.into, pointer="/into")],
)
def merge_customer(call: Call[MergeIn], customer_id: str) -> MergeOut:
    """They turned out to be one person. Her id, cases and handles lead to the one who remains; nothing is moved, so it
    can be undone."""
    said = call.input
    made = customers_service.merge(
        customer_id, said.into, author=said.author, reason=said.reason, confirm_external=said.confirm_external
    )
    return _merge_out(call, made)


@api.endpoint(
    "POST",
    "/v1/merges/{merge_id}/undo",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.OF_PATH,
    summary="Undo a merge",
    body=VouchIn,
    returns=MergeOut,
    errors=(404, 409),
)
def undo_merge(call: Call[VouchIn], merge_id: str) -> MergeOut:
    """Both are as they were, with what came by the handles of each since. Merges of one customer are undone in reverse
    order. It may be repeated."""
    return _merge_out(call, customers_service.undo_merge(merge_id, author=call.input.author, reason=call.input.reason))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/matches",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.OF_PATH,
    summary="Customers who may be the same person",
    returns=MatchesOut,
    errors=(404,),
    looks_at="customer_id",
    whose="customer_id",
)
def get_matches(call: Call[None], customer_id: str) -> MatchesOut:
    """With the reasons, the strongest first. Nothing is merged unless somebody says so."""
    return MatchesOut(
        items=[
            MatchOut(
                customer_id=match.customer.id,
                name=match.customer.name,
                reasons=list(match.reasons),
                strong=match.strong,
                links={
                    "self": call.link(f"v1/customers/{match.customer.id}"),
                    "merge": call.link(f"v1/customers/{match.customer.id}/merge"),
                },
            )
            for match in customers.matches(customer_id)
        ]
    )


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/timeline",
    scope=Scope.CUSTOMERS_READ,
    teams=Teams.OF_PATH,
    summary="Everything about a customer, newest first",
    query=Paged,
    returns=TimelineOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_timeline(call: Call[Paged], customer_id: str) -> TimelineOut:
    """Interactions, facts, events, tasks, what she asked the knowledge base, recoveries and ratings in one list."""
    page = customers.timeline(customer_id, call.after, call.input.limit)
    if not page.items and call.after is None:
        customers.customer(customer_id)  # nothing has happened yet, or there is nobody: NotFound
    items = [entry_of(thing) for thing in page.items]
    return TimelineOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "PUT",
    "/v1/customers/{customer_id}/team",
    scope=Scope.CUSTOMERS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Give a customer to a team",
    body=TeamIn,
    returns=CustomerOut,
    errors=(404,),
    looks_at="customer_id",
)
def set_team(call: Call[TeamIn], customer_id: str) -> CustomerOut:
    """Keys of other teams know nothing of her from now on. Empty: she is everybody's. Told on her timeline. It may be
    repeated."""
    said = call.input
    given = customers_service.give_to_team(customer_id, said.team, author=said.author, reason=said.reason)
    return _customer_out(call, given)


@api.endpoint(
    "PUT",
    "/v1/customers/{customer_id}/language",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say which language a customer reads",
    body=LanguageIn,
    returns=CustomerOut,
    errors=(404,),
    looks_at="customer_id",
)
def set_language(call: Call[LanguageIn], customer_id: str) -> CustomerOut:
    """She is written to in it from now on. `said` holds whatever she writes in; `guessed` does not change what was
    said. Told on her timeline. It may be repeated."""
    said = call.input
    chosen = customers_service.set_language(
        customer_id, said.language, chosen=said.source == "said", by=by_of(call, said.author)
    )
    return _customer_out(call, chosen)


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/block",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say that nobody contacts a customer first any more",
    body=BlockIn,
    returns=CustomerOut,
    errors=(404,),
    looks_at="customer_id",
)
def block_customer(call: Call[BlockIn], customer_id: str) -> CustomerOut:
    """Because she has died, or another reason. No play, campaign or call reaches her, nor is she asked how a case was.
    Who writes to us is answered. Told on her timeline. It may be repeated."""
    said = call.input
    return _customer_out(
        call, customers_service.block(customer_id, said.why, proof=said.proof, by=by_of(call, said.author))
    )


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/unblock",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Say that a customer may be contacted first again",
    body=UnblockIn,
    returns=CustomerOut,
    errors=(404,),
    looks_at="customer_id",
)
def unblock_customer(call: Call[UnblockIn], customer_id: str) -> CustomerOut:
    """What she agreed to is as it was. Told on her timeline. It may be repeated."""
    said = call.input
    return _customer_out(call, customers_service.unblock(customer_id, proof=said.proof, by=by_of(call, said.author)))


def _asked(query: LookupQuery) -> Handle:
    given = [(kind, value) for kind in HANDLE_KINDS if (value := getattr(query, kind))]
    if len(given) != 1:
        raise Malformed(f"Give exactly one of {', '.join(HANDLE_KINDS)}.")
    return read_handle(*given[0], at="")


def _said(body: HandleIn) -> Handle:
    return read_handle(body.kind, body.value, at="", name="value")


def _handle_in_path(kind: str, value: str) -> Handle:
    try:
        return identity.handle(kind, value)
    except Invalid as error:
        raise Malformed(error.detail, "/value") from error


def _customer_out(call: Call[Any], customer: Customer, asked: str = "") -> CustomerOut:
    own = f"v1/customers/{customer.id}"
    links = {"self": call.link(own)}
    links |= {name: call.link(f"{own}/{name}") for name in ("timeline", "value", "matches")}
    if asked and asked != customer.id:
        links["merged_into"] = call.link(own)
    if customer.merges:
        links["undo"] = call.link(f"v1/merges/{customer.merges[-1]}/undo")
    return CustomerOut.of(customer, customers.value_index(customer), links)


def _merge_out(call: Call[Any], merge: Merge) -> MergeOut:
    links = {"customer": call.link(f"v1/customers/{merge.survivor.id}")}
    if merge.undone_at is None:
        links["undo"] = call.link(f"v1/merges/{merge.id}/undo")
    return MergeOut.of(merge, links)
