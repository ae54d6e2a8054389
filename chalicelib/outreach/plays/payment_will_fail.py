"""Her card expires, so the next payment will fail: tell her two weeks before, so that nothing is cut off.

Customers rate care markedly higher where a problem with the bill is announced before it bites.
"""

from datetime import UTC, datetime, time, timedelta

from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.outreach.plays.base import Occasion, Play

LEAD = timedelta(days=14)


def _occasion(fact: Fact, _customer: Customer) -> Occasion | None:
    expires_on = datetime.combine(datetime.fromisoformat(fact.data["expires_on"]), time(), UTC)
    if expires_on <= fact.recorded_at:
        return None  # it has expired: the payment plays own that, not this one
    return Occasion(
        key=fact.data["expires_on"],
        due_at=max(expires_on - LEAD, fact.recorded_at),
        deadline=expires_on,
        why=f"the card on file expires on {fact.data['expires_on']}",
        context={"expires_on": fact.data["expires_on"], "card_hint": fact.data.get("card_hint", "")},
    )


def _still_needed(customer: Customer, context: dict[str, str]) -> bool:
    return customer.traits.get("card_expires_on") == context["expires_on"]


PLAY = Play(
    name="payment_will_fail",
    purpose="service",
    goal="update the card before a payment fails",
    triggers=frozenset({FactKind.CARD_EXPIRING}),
    occasion=_occasion,
    still_needed=_still_needed,
)
