"""Something about her account or her order will trouble her on a day we know: she is told before it bites.

A bill that is unusually high, a quota nearly used up, a contract that ends, a delivery that will be late: each makes
people call, and each is known days before.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from chalicelib.customers.learning import problem_trait
from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.money import Money
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.model.task import SEE
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Occasion, Play

LEAD = Parameter(
    name="lead_days",
    kind=ParameterKind.NUMBER,
    default=7,
    says="How many days before the day it bites she is told; at once, where it is known later.",
    at_least=0,
    at_most=60,
)


def _occasions(fact: Fact, _customer: Customer, given: Given) -> Iterable[Occasion]:
    what, on = fact.data["what"], fact.data["on"]
    bites_at = read.start_of(on)
    over_at = bites_at + timedelta(days=1)
    if over_at <= fact.recorded_at:
        return
    yield Occasion(
        key=f"{what}:{on}",
        due_at=max(bites_at - read.days(given, LEAD), fact.recorded_at),
        deadline=over_at,
        why=f"{what.replace('_', ' ')} on {on}",
        context={"what": what, "on": on, "amount": _amount(fact), SEE: fact.data.get("article", "")},
        stands_on=fact.id,
    )


def _amount(fact: Fact) -> str:
    minor = fact.data.get("amount_minor")
    return str(Money(int(minor), fact.data["currency"])) if minor else ""


def _still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    return customer.traits.get(problem_trait(context["what"])) == context["on"]


PLAY = Play(
    name="account_problem_ahead",
    title="A problem with an account or an order ahead",
    purpose="service",
    goal="know of it in time, and what can be done",
    triggers=frozenset({FactKind.PROBLEM_AHEAD}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(LEAD,),
    channels=("email", "app", "sms"),
    topic="account",
    urgent=True,
)
