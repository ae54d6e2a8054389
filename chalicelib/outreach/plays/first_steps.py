"""She bought something: help on the first day, after the first week and the first month, as far as she needs it.

Each step has words of its own and is a task of its own. Whoever sent it back, is angry, or waits for an answer is left
alone; whoever uses it already is not told how to begin.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer, Lately
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.model.task import SEE
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Occasion, Play

DAY, WEEK, MONTH = "day1", "week1", "month1"
OF_USE_FOR = {DAY: timedelta(days=3), WEEK: timedelta(days=5), MONTH: timedelta(days=10)}
ONCE, EVERY = "once", "every"


def _after(step: str, default: int) -> Parameter:
    return Parameter(
        name=f"{step}_days",
        kind=ParameterKind.NUMBER,
        default=default,
        says=f"How many days after the order the step {step} is right; 0 leaves it out.",
        at_least=0,
        at_most=120,
    )


AFTER = {DAY: _after(DAY, 1), WEEK: _after(WEEK, 7), MONTH: _after(MONTH, 30)}
PRODUCTS = Parameter(
    name="products",
    kind=ParameterKind.TEXT,
    default="",
    says="Of which products, as orders name them, with commas between. Empty: of all.",
    longest=1_000,
)
ORDERS = Parameter(
    name="orders",
    kind=ParameterKind.CHOICE,
    default=ONCE,
    says="Once for a customer and product, or after every order.",
    one_of=(ONCE, EVERY),
)
GUIDES = Parameter(
    name="guides",
    kind=ParameterKind.TEXT,
    default="",
    says="Which article helps with which product: `tent=first-night *=getting-started`. May be empty.",
    longest=1_000,
)


def _occasions(fact: Fact, _customer: Customer, given: Given) -> Iterable[Occasion]:
    product = fact.data.get("product", "")
    products = read.names(given, PRODUCTS)
    if products and product not in products:
        return
    key = fact.id if given[ORDERS.name] == EVERY else product or "any"
    for step, after in AFTER.items():
        due_at = fact.occurred_at + read.days(given, after)
        deadline = due_at + OF_USE_FOR[step]
        if not given[after.name] or deadline <= fact.recorded_at:
            continue
        yield Occasion(
            key=key,
            due_at=max(due_at, fact.recorded_at),
            deadline=deadline,
            why=f"{step} after she ordered {product}".rstrip(),
            context={
                "product": product,
                "step": step,
                "ordered": clock.iso(fact.occurred_at),
                SEE: read.found_for(product, given, GUIDES),
            },
            step=step,
            stands_on=fact.id,
        )


def _still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    ordered = clock.from_iso(context["ordered"])
    given_back = customer.did(Lately.REFUND, ordered) or customer.did(Lately.CANCELLED, ordered)
    in_use = context["step"] != MONTH and customer.did(Lately.USAGE, ordered)
    return not (given_back or in_use or customer.recovery or customer.open_cases)


PLAY = Play(
    name="first_steps",
    title="First steps after buying",
    purpose="service",
    goal="get going with what she bought",
    triggers=frozenset({FactKind.ORDER}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(*AFTER.values(), PRODUCTS, ORDERS, GUIDES),
    channels=("email", "app"),
    topic="first steps",
)
