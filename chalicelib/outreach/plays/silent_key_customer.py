"""A customer we must not lose has fallen silent: somebody she knows asks how she is.

One task watches each of them. It is planned with the first order or use for when she will have been silent too long,
and is not touched when she is heard of again: when it is due it looks when that was, and moves itself. So a fact costs
what it costs anyway, and a watched customer one look in each time of silence.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Later, Occasion, Play

TIME_TO_CALL = timedelta(days=21)
ENOUGH_PURCHASES = 3  # to know how often she buys
LONGEST = timedelta(days=365)  # the receipt of a task that is open for longer would be gone
TIERS = Parameter(
    name="tiers",
    kind=ParameterKind.TEXT,
    default="platinum, gold",
    says="Who is watched: tiers, with commas between.",
)
DAYS = Parameter(
    name="days",
    kind=ParameterKind.NUMBER,
    default=90,
    says="After how many days without an order, a contact or use she counts as silent, until she ordered three times.",
    at_least=14,
    at_most=365,
)
TIMES = Parameter(
    name="times",
    kind=ParameterKind.NUMBER,
    default=2,
    says="After how many times her usual time between two orders, once she ordered three times.",
    at_least=1,
    at_most=6,
)


def _occasions(fact: Fact, customer: Customer, given: Given) -> Iterable[Occasion]:
    if customer.tier not in read.names(given, TIERS):
        return
    due_at = max(_silent_at(customer, fact.occurred_at, given), fact.recorded_at)
    yield Occasion(
        key="",
        due_at=due_at,
        deadline=due_at + TIME_TO_CALL,
        why="nothing was heard of her for longer than usual",
        again=timedelta(0),
    )


def _silent_at(customer: Customer, at: datetime, given: Given) -> datetime:
    """When she will have been silent too long, if she was heard of last then."""
    return (customer.heard_of_at or at) + _usual(customer, given)


def _usual(customer: Customer, given: Given) -> timedelta:
    value = customer.value
    if value.purchases < ENOUGH_PURCHASES or value.first is None or value.last is None:
        return read.days(given, DAYS)
    between = (value.last - value.first) / value.repeats
    return min(max(between * float(given[TIMES.name]), timedelta(days=14)), LONGEST)


def _later(customer: Customer, _context: Mapping[str, str], given: Given, now: datetime) -> Later | None:
    silent_at = _silent_at(customer, now, given)
    return Later(silent_at, silent_at + TIME_TO_CALL) if silent_at > now else None


def _still_needed(customer: Customer, _context: Mapping[str, str], given: Given) -> bool:
    return customer.tier in read.names(given, TIERS) and not customer.open_cases and not customer.recovery


PLAY = Play(
    name="silent_key_customer",
    title="A key customer has fallen silent",
    purpose="service",
    goal="hear how she is, and whether anything keeps her from using what she has",
    triggers=frozenset({FactKind.ORDER, FactKind.USAGE}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(TIERS, DAYS, TIMES),
    channels=("phone", "email"),
    topic="check-in",
    later=_later,
)
