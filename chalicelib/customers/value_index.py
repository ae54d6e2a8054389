"""How much is she worth to us from now on, next to everybody else? The Customer Value Index, 0 to 100.

A customer is a few sums (`ValueState`). Each event adds to them, whenever and in whatever order it comes, and a
correction takes away exactly what the event had added. Sums are whole numbers, so that nothing is lost by rounding.

An event's weight doubles with every 13 weeks of its date: w(day) = 2^((day - LANDMARK) / 91). Compared at any later
moment, an event 13 weeks older counts half. As the common factor 2^-(now - LANDMARK) is left out, a score changes only
with an event of its customer, and nobody has to be rewritten at night.

    M = p (g + margin) / (p purchases + q - 1)        expected margin of a purchase: gamma-gamma posterior mean
    F = factor x recent x M + rho x mu x referrals + sigma x potential - service             the score
    V = k x weeks x (ln 2 / 13) x 2^-((now - LANDMARK) / 13 weeks) x F           money over the next weeks
    index = mid-rank percentile of F among all customers

docs/value-index.md says what it is for, and what it is not.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum

from chalicelib.kernel.errors import Invalid
from chalicelib.model.calibration import Table
from chalicelib.model.value import Parameters, ValueState

LANDMARK = date(2024, 1, 1)  # never change it while sums are stored: it is in every one of them
HALF_LIFE = 91  # days
HALF_LIFE_WEEKS = HALF_LIFE / 7
WEEKS = 13  # how far ahead money is told unless asked otherwise

_BITS = 32  # a weight of 1 is 2^32 units: an event eight years before the landmark still counts one
_COST_BITS = 16  # costs are minor units times weight, which leaves fewer bits for the fraction
_UNIT, _COST_UNIT = 1 << _BITS, 1 << _COST_BITS
_LANDMARK = LANDMARK.toordinal()
# Rounded far above a float's error, so that every machine has the same 91 numbers.
_ROOTS = tuple(round(2 ** (day / HALF_LIFE) * _UNIT) for day in range(HALF_LIFE))

FACTOR_BOUNDS = (0.8, 1.3)
NEUTRAL = 50.0  # the index while there is nobody to compare with


def purchased(state: ValueState, at: datetime, margin: int) -> ValueState:
    """After a purchase that earned us `margin` minor units. Invalid for an instant without a time zone."""
    return joined(state, ValueState(purchases=1, margin=margin, recent=_weight(at), first=at, last=at))


def refunded(state: ValueState, margin: int) -> ValueState:
    """After a refund of `margin` minor units: she did buy. For an order that never was there is `corrected`."""
    return joined(state, ValueState(margin=-abs(margin)))


def served(state: ValueState, at: datetime, cost: int) -> ValueState:
    """After a contact that cost us `cost` minor units, booked as if she were of the lowest tier.

    Otherwise the better service of a high tier would lower the index that earned it. Invalid for a negative cost.
    """
    if cost < 0:
        raise Invalid("a cost to serve is not negative")
    return joined(state, ValueState(service=cost * (_weight(at) >> (_BITS - _COST_BITS))))


def referred(state: ValueState, at: datetime) -> ValueState:
    """After somebody became a customer on her word."""
    return joined(state, ValueState(referrals=_weight(at)))


def foreseen(state: ValueState, at: datetime, margin: int) -> ValueState:
    """After her company said what margin she may still bring: a quote, a renewal. Invalid for a negative one."""
    if margin < 0:
        raise Invalid("a potential is not negative")
    return joined(state, ValueState(potential=margin * (_weight(at) >> (_BITS - _COST_BITS))))


def joined(one: ValueState, other: ValueState) -> ValueState:
    """The sums of both: of an event and all before it, or of two customers who turn out to be one."""
    firsts = [at for at in (one.first, other.first) if at]
    lasts = [at for at in (one.last, other.last) if at]
    return ValueState(
        purchases=one.purchases + other.purchases,
        margin=one.margin + other.margin,
        recent=one.recent + other.recent,
        service=one.service + other.service,
        referrals=one.referrals + other.referrals,
        potential=one.potential + other.potential,
        first=min(firsts, default=None),
        last=max(lasts, default=None),
    )


def corrected(state: ValueState, wrong: ValueState) -> ValueState:
    """As if `wrong` had not been told, such as `purchased(NOTHING, at, margin)`. May come before what it corrects.

    First and last stay: what was before them is not known any more.
    """
    return replace(
        state,
        purchases=state.purchases - wrong.purchases,
        margin=state.margin - wrong.margin,
        recent=state.recent - wrong.recent,
        service=state.service - wrong.service,
        referrals=state.referrals - wrong.referrals,
        potential=state.potential - wrong.potential,
    )


def _weight(at: datetime) -> int:
    """2^((day - LANDMARK) / 91) in units of 2^-32, by the whole day in UTC."""
    if at.tzinfo is None:
        raise Invalid("an instant needs a time zone")
    octave, day = divmod(at.astimezone(UTC).toordinal() - _LANDMARK, HALF_LIFE)
    return _ROOTS[day] << octave if octave >= 0 else _ROOTS[day] >> -octave


def expected_margin(state: ValueState, parameters: Parameters) -> float:
    """Of her next purchase, minor units: between her own mean and everybody's."""
    p, q, g = parameters.p, parameters.q, parameters.g
    return p * (g + state.margin) / (p * max(state.purchases, 0) + q - 1)


def score(state: ValueState, parameters: Parameters) -> float:
    """F: comparable between customers and constant between events."""
    total = 0.0
    for term in _terms(state, parameters).values():
        total += term  # one by one, as `explain` does: since Python 3.12 sum() rounds otherwise
    return total


def score_of_purchases(state: ValueState, parameters: Parameters) -> float:
    """The part of F that is to come true as margin: without what it costs to serve her, and without referrals."""
    return state.recent / _UNIT * expected_margin(state, parameters) * _factor(state, parameters)


def index_of(f: float, table: Table) -> float:
    """0 to 100: how many of all customers score less, ties counted half."""
    return table.percentile(f) if table.values else NEUTRAL


def expected_value(state: ValueState, parameters: Parameters, now: datetime, weeks: float = WEEKS) -> float:
    """Minor units over the next weeks, as far as a rate can tell: for ranking and budgets, no forecast to rely on."""
    return score(state, parameters) * money_of(parameters, now, weeks)


def money_of(parameters: Parameters, now: datetime, weeks: float) -> float:
    """Minor units over the next weeks for each unit of F."""
    days = (now - datetime(LANDMARK.year, LANDMARK.month, LANDMARK.day, tzinfo=UTC)).total_seconds() / 86400
    return parameters.k * weeks * math.log(2) / HALF_LIFE_WEEKS * math.pow(2, -days / HALF_LIFE)


class Term(Enum):
    """What an index is made of, in the order in which the terms are added up."""

    START = "start"  # the index of somebody of whom nothing is known
    PURCHASES = "purchases"  # how often and how recently, at the usual margin
    MARGIN = "margin"  # what her purchases earn us above or below the usual
    LOYALTY = "loyalty"  # the factor of breadth and tenure
    REFERRALS = "referrals"
    POTENTIAL = "potential"  # what she may still bring, by the company's own estimate
    SERVICE = "service"  # what contacts cost us


@dataclass(frozen=True, slots=True)
class Contribution:
    term: Term
    money: int  # minor units over the next weeks
    points: int  # tenths of an index point


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`contributions` sum exactly to `money` and `points`; START first, then the largest."""

    contributions: tuple[Contribution, ...]
    money: int  # minor units over the next weeks
    points: int  # the index in tenths
    expected_margin: int  # minor units, of her next purchase
    own_share: float  # how much of it is her own mean; the rest is everybody's


def explain(
    state: ValueState, parameters: Parameters, table: Table, now: datetime, weeks: float = WEEKS
) -> Explanation:
    """Each term's part of her value and index: its points are what the index gains when it joins those before."""
    terms = {Term.START: 0.0, **_terms(state, parameters)}
    per_unit = money_of(parameters, now, weeks)
    contributions = []
    so_far, money, points = 0.0, 0, 0
    for term, part in terms.items():
        so_far += part
        money_now, points_now = round(so_far * per_unit), round(index_of(so_far, table) * 10)
        contributions.append(Contribution(term, money_now - money, points_now - points))
        money, points = money_now, points_now
    start, *others = contributions
    own = parameters.p * max(state.purchases, 0)
    return Explanation(
        contributions=(start, *sorted(others, key=lambda each: -abs(each.money))),
        money=money,
        points=points,
        expected_margin=round(expected_margin(state, parameters)),
        own_share=own / (own + parameters.q - 1),
    )


def _terms(state: ValueState, parameters: Parameters) -> dict[Term, float]:
    recent, usual = state.recent / _UNIT, parameters.usual_margin
    expected = expected_margin(state, parameters)
    return {
        Term.PURCHASES: recent * usual,
        Term.MARGIN: recent * (expected - usual),
        Term.LOYALTY: recent * expected * (_factor(state, parameters) - 1),
        Term.REFERRALS: parameters.rho * parameters.mu * state.referrals / _UNIT,
        Term.POTENTIAL: parameters.sigma * state.potential / _COST_UNIT,
        Term.SERVICE: -state.service / _COST_UNIT,
    }


def _factor(state: ValueState, parameters: Parameters) -> float:
    if not (parameters.breadth or parameters.tenure):
        return 1.0
    raw = math.pow(1 + state.repeats, parameters.breadth) * math.pow(1 + state.tenure, parameters.tenure)
    low, high = FACTOR_BOUNDS
    return min(max(raw, low), high)
