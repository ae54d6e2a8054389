"""What customers are worth, and the tiers they have by it."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.customers import service as customers_service
from chalicelib.customers import views as customers
from chalicelib.model.customer import Customer
from chalicelib.triggers.answers.value import HistoryOut, MomentOut, StandingOut, TiersOut, ValueOut
from chalicelib.triggers.contract.customers import VouchQuery
from chalicelib.triggers.contract.shared import Paged
from chalicelib.triggers.contract.value import TierIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/value",
    scope=Scope.CUSTOMERS_READ,
    summary="A customer's value index, explained",
    returns=ValueOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_value(call: Call[None], customer_id: str) -> ValueOut:
    """Which terms give how much of it, and what may change her tier."""
    valuation = customers.valuation(customer_id, call.at)
    own = f"v1/customers/{valuation.customer.id}"
    links = {"self": f"{own}/value", "customer": own, "history": f"{own}/value/history", "tier": f"{own}/tier"}
    return ValueOut.of(valuation, {name: call.link(target) for name, target in links.items()})


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/value/history",
    scope=Scope.CUSTOMERS_READ,
    summary="How a customer's value index came about",
    query=Paged,
    returns=HistoryOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_value_history(call: Call[Paged], customer_id: str) -> HistoryOut:
    """What changed it, newest first, with the index after each. A page has as many as were among `limit` entries of
    her timeline, so it may be short, or empty, before the end."""
    page = customers.value_history(customer_id, call.after, call.input.limit)
    if not page.items and call.after is None:
        customers.customer(customer_id)
    return HistoryOut(items=[MomentOut.of(told) for told in page.items], next=call.cursor(page.next))


@api.endpoint(
    "PUT",
    "/v1/customers/{customer_id}/tier",
    scope=Scope.TIERS_WRITE,
    summary="Pin a customer's tier until a date",
    body=TierIn,
    returns=StandingOut,
    errors=(404,),
)
def pin_tier(call: Call[TierIn], customer_id: str) -> StandingOut:
    """Somebody decides, with name and reason, both kept on her timeline. What it was before is replaced."""
    said = call.input
    return _standing(
        customers_service.pin_tier(customer_id, said.tier, until=said.until, by=said.author, reason=said.reason)
    )


@api.endpoint(
    "DELETE",
    "/v1/customers/{customer_id}/tier",
    scope=Scope.TIERS_WRITE,
    summary="Let a customer's index decide her tier again",
    query=VouchQuery,
    returns=StandingOut,
    errors=(404, 409),
)
def unpin_tier(call: Call[VouchQuery], customer_id: str) -> StandingOut:
    """Before the pin's date. What she cannot keep by her index she keeps for the grace period."""
    return _standing(customers_service.unpin_tier(customer_id, by=call.input.author, reason=call.input.reason))


@api.endpoint(
    "GET",
    "/v1/tiers",
    scope=Scope.CUSTOMERS_READ,
    summary="The tiers in force",
    returns=TiersOut,
)
def list_tiers(_call: Call[Any]) -> TiersOut:
    """What wins and keeps each, what it promises, and its perks."""
    return TiersOut.of(*customers.tiers_in_force())


def _standing(customer: Customer) -> StandingOut:
    return StandingOut.of(customer.standing, customer.look_again)
