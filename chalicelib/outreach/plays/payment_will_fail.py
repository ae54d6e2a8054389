"""Her card expires, so the next payment will fail: tell her two weeks before, so that nothing is cut off.

Customers rate care markedly higher where a problem with the bill is announced before it bites.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time, timedelta

from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.outreach.plays.base import Given, Occasion, Play

LEAD = Parameter(
    name="lead_days",
    kind=ParameterKind.NUMBER,
    default=14,
    says="How many days before the card's last day she is told.",
    at_least=1,
    at_most=60,
)


def _occasions(fact: Fact, _customer: Customer, given: Given) -> Iterable[Occasion]:
    expires_on = datetime.combine(datetime.fromisoformat(fact.data["expires_on"]), time(), UTC)
    if expires_on <= fact.recorded_at:
        return  # it has expired: the payment plays own that, not this one
    yield Occasion(
        key=fact.data["expires_on"],
        due_at=max(expires_on - timedelta(days=float(given[LEAD.name])), fact.recorded_at),
        deadline=expires_on,
        why=f"the card on file expires on {fact.data['expires_on']}",
        context={"expires_on": fact.data["expires_on"], "card_hint": fact.data.get("card_hint", "")},
    )


def _still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    return customer.traits.get("card_expires_on") == context["expires_on"]


PLAY = Play(
    name="payment_will_fail",
    title="A payment will fail",
    purpose="service",
    goal="update the card before a payment fails",
    triggers=frozenset({FactKind.CARD_EXPIRING}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(LEAD,),
    topic="billing",
)
