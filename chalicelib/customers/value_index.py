"""How much is she worth to us from now on, next to everybody else? The Customer Value Index, 0 to 100.

A customer is a few sums (`ValueState`). Each event adds to them, whenever and in whatever order it comes, and a
correction takes away exactly what the event had added. Sums are whole numbers, so that nothing is lost by rounding.

An event's weight doubles with every 13 weeks of its date: w(day) = 2^((day - LANDMARK) / 91). Compared at any later
moment, an event 13 weeks older counts half. As the common factor 2^-(now - LANDMARK) is left out, a score changes only
with an event of its customer, and nobody has to be rewritten at night.

    M = p (g + margin) / (p purchases + q - 1)        expected margin of a purchase: gamma-gamma posterior mean
    F = factor x recent x M + rho x mu x referrals - service                     the score
    V = k x weeks x (ln 2 / 13) x 2^-((now - LANDMARK) / 13 weeks) x F           money over the next weeks
    index = mid-rank percentile of F among all customers

docs/value-index.md says what it is for, and what it is not.
"""

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum

from chalicelib.customers.quantiles import Table
from chalicelib.kernel.errors import Invalid, Permanent

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueState:
    """Sums over a customer's events. All are whole numbers and exact.

    Twenty years after the landmark they fit a DynamoDB number of 38 digits, if what the half-life leaves of them is
    at most 8,000 purchases or referrals and 10,000,000.00 of costs.
    """

    purchases: int = 0
    margin: int = 0  # minor units
    recent: int = 0  # weights of purchases, in 2^-32
    service: int = 0  # cost to serve in minor units times weight, in 2^-16
    referrals: int = 0  # weights, in 2^-32
    first: datetime | None = None  # the earliest and latest purchase reported, also if it was corrected later
    last: datetime | None = None

    @property
    def repeats(self) -> int:
        return max(self.purchases - 1, 0)

    @property
    def tenure(self) -> float:
        """Years between first and last purchase: like all else here, it stands still between events."""
        if self.first is None or self.last is None:
            return 0.0
        return (self.last - self.first).total_seconds() / (365.25 * 86400)


NOTHING = ValueState()


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
    )


def _weight(at: datetime) -> int:
    """2^((day - LANDMARK) / 91) in units of 2^-32, by the whole day in UTC."""
    if at.tzinfo is None:
        raise Invalid("an instant needs a time zone")
    octave, day = divmod(at.astimezone(UTC).toordinal() - _LANDMARK, HALF_LIFE)
    return _ROOTS[day] << octave if octave >= 0 else _ROOTS[day] >> -octave


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What the nightly calibration learns of all customers; the defaults serve until there are enough of them.

    p, q and g (minor units) are those of the gamma-gamma model: p g / (q - 1) is the margin expected of a customer of
    whom nothing is known, and counts as (q - 1) / p purchases of hers. Raises Permanent for values that make no index.
    """

    p: float = 10.0
    q: float = 3.3
    g: float = 230.0  # with p and q: 10.00 a purchase
    k: float = 1.0  # what came true of a forecast by the bare rate
    mu: float = 1_000.0  # mean margin of a purchase, minor units
    rho: float = 0.25  # purchases of average margin that a referral is worth: an assumption
    breadth: float = 0.0  # exponent of 1 + repeated purchases
    tenure: float = 0.0  # exponent of 1 + years between first and last purchase

    def __post_init__(self) -> None:
        numbers = (self.p, self.q, self.g, self.k, self.mu, self.rho, self.breadth, self.tenure)
        if not all(map(math.isfinite, numbers)):
            raise Permanent("value parameters are finite numbers")
        if self.p <= 0 or self.q <= 1 or self.g <= 0 or self.k <= 0:
            raise Permanent("value parameters need p, g and k above 0 and q above 1")
        if self.rho < 0:
            raise Permanent("a referral never lowers the value of who referred: rho is 0 or more")

    @property
    def usual_margin(self) -> float:
        """Expected of a customer of whom nothing is known, minor units."""
        return self.p * self.g / (self.q - 1)


DEFAULTS = Parameters()


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
        Term.SERVICE: -state.service / _COST_UNIT,
    }


def _factor(state: ValueState, parameters: Parameters) -> float:
    if not (parameters.breadth or parameters.tenure):
        return 1.0
    raw = math.pow(1 + state.repeats, parameters.breadth) * math.pow(1 + state.tenure, parameters.tenure)
    low, high = FACTOR_BOUNDS
    return min(max(raw, low), high)
