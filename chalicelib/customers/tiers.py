"""Which tier does her value earn? Asked at every event and contact, so that it is right at that moment."""

from dataclasses import replace
from datetime import datetime

from chalicelib.customers import value
from chalicelib.kernel import ids
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.tier import Tiers


def retiered(customer: Customer, tiers: Tiers, now: datetime) -> tuple[Customer, tuple[Event, ...]]:
    """The customer with index and tier as of now, and the event to be told if the tier changed."""
    index = value.index(customer.margin_by_month, now)
    earned = tiers.earned_by(index).name
    current = replace(customer, value_index=index, tier=earned)
    if earned == customer.tier:
        return current, ()
    changed = Event(
        id=ids.derived_ulid(now, customer.id, "tier", customer.tier, earned, str(customer.version)),
        customer_id=customer.id,
        what=EventKind.TIER_CHANGED,
        at=now,
        detail={"from": customer.tier, "to": earned},
    )
    return current, (changed,)
