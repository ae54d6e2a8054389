"""Is it different with, and by how much? What two groups of an experiment say of each other.

Everything here is computed from counts and sums, so that figures of erased customers stay in, and of any number of
people at once. Nothing knows what was tried on whom.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

ALPHA = 0.05  # of all intervals here: they are of 95 %
FEWEST = 200  # people in each group, below which nothing is said
FEWEST_EVENTS = 30  # of each outcome in each group, likewise
FEWEST_OF_MONEY = 1_000  # people in each group when money is compared: it is too skewed for fewer
FEWEST_OF_STRATUM = 10  # people of each group in a stratum, below which it is left out: its spread is not known
SUSPICIOUS = 0.001  # a p-value of the split below this: somebody was lost on the way into the groups
_NORMAL = NormalDist()


def drawn(salt: str, experiment: str, who: str) -> float:
    """Where the draw puts somebody, from 0 to below 1: always the same, and in every experiment another."""
    told = hashlib.sha256(f"{salt}\x1f{experiment}\x1f{who}".encode()).digest()
    return int.from_bytes(told[:8], "big") / 2**64


@dataclass(frozen=True, slots=True)
class Interval:
    low: float
    high: float

    def scaled(self, by: float) -> "Interval":
        ends = sorted((self.low * by, self.high * by))
        return Interval(ends[0], ends[1])


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many. Raises ValueError for what cannot be."""

    events: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.events <= self.of:
            raise ValueError(f"{self.events} of {self.of} is no share")

    @property
    def rate(self) -> float:
        return self.events / self.of if self.of else 0.0

    @property
    def enough(self) -> bool:
        return self.of >= FEWEST and min(self.events, self.of - self.events) >= FEWEST_EVENTS

    @property
    def interval(self) -> Interval:
        """Wilson's score interval, which also holds for few and for rates near 0 and 1 (Wilson, JASA 22, 1927)."""
        if not self.of:
            return Interval(0.0, 1.0)
        z = _z()
        middle = self.rate + z * z / (2 * self.of)
        half = z * math.sqrt(self.rate * (1 - self.rate) / self.of + z * z / (4 * self.of**2))
        whole = 1 + z * z / self.of
        return Interval(max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole))


# ── Two shares ────────────────────────────────────────────────────────────────────────────────────


def difference(one: Share, other: Share) -> Interval:
    """Of `one.rate - other.rate`: Newcombe's hybrid score interval (method 10 of Statistics in Medicine 17, 1998)."""
    between, mine, theirs = one.rate - other.rate, one.interval, other.interval
    down = math.hypot(one.rate - mine.low, theirs.high - other.rate)
    up = math.hypot(mine.high - one.rate, other.rate - theirs.low)
    return Interval(between - down, between + up)


def p_value(one: Share, other: Share) -> float:
    """Two-sided, that both are of one rate: pooled z-test. 1 where nothing can be said."""
    if not (one.of and other.of):
        return 1.0
    pooled = (one.events + other.events) / (one.of + other.of)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of))
    return _two_sided((one.rate - other.rate) / spread) if spread else 1.0


def lift(one: Share, other: Share) -> tuple[float, Interval] | None:
    """By what part `one` is above `other`, with its interval by the delta method on the logarithm of the ratio; None
    when either had no event."""
    if not (one.events and other.events):
        return None
    ratio = one.rate / other.rate
    spread = math.sqrt(1 / one.events - 1 / one.of + 1 / other.events - 1 / other.of)
    wide = math.exp(_z() * spread)
    return ratio - 1, Interval(ratio / wide - 1, ratio * wide - 1)


def variance(one: Share, other: Share) -> float:
    """Of the difference of the rates, unpooled."""
    return sum(share.rate * (1 - share.rate) / share.of for share in (one, other) if share.of)


def split_p_value(in_first: int, in_second: int, share_of_first: float) -> float:
    """That as many would be in the first group by chance (chi-squared, one degree of freedom): below `SUSPICIOUS` the
    groups cannot be compared, whatever they say. 1 for nobody. Raises ValueError for a share outside of 0 to 1."""
    if not 0 < share_of_first < 1:
        raise ValueError("the share of the first group is above 0 and below 1")
    together = in_first + in_second
    if not together:
        return 1.0
    expected = together * share_of_first
    return math.erfc(math.sqrt((in_first - expected) ** 2 / (2 * expected * (1 - share_of_first))))


def split_p_value_of(strata: Iterable[tuple[int, int, float]]) -> float:
    """As `split_p_value`, of strata drawn by shares of their own: what each has in the first group above its expected
    number, added up. Whoever loses people of one group loses them everywhere, so one direction is looked at."""
    apart, spread = 0.0, 0.0
    for in_first, in_second, share in strata:
        together = in_first + in_second
        if not 0 < share < 1:
            raise ValueError("the share of the first group is above 0 and below 1")
        apart += in_first - together * share
        spread += together * share * (1 - share)
    return _two_sided(apart / math.sqrt(spread)) if spread else 1.0


def needed(
    rate: float, other_rate: float, *, power: float = 0.8, per_other: float = 1.0, alpha: float = ALPHA
) -> float:
    """How many people the first group needs to see such a difference of rates with this power, when there are
    `per_other` in the other group for each of its (as R's power.prop.test, which knows groups of one size). Raises
    ValueError for rates that do not differ."""
    if rate == other_rate:
        raise ValueError("two equal rates cannot be told apart")
    pooled = (rate + per_other * other_rate) / (1 + per_other)
    alike = math.sqrt(pooled * (1 - pooled) * (1 + 1 / per_other))
    apart = math.sqrt(rate * (1 - rate) + other_rate * (1 - other_rate) / per_other)
    return ((_z(alpha) * alike + _NORMAL.inv_cdf(power) * apart) / (rate - other_rate)) ** 2


def needed_of_means(
    spread: float, difference: float, *, power: float = 0.8, per_other: float = 1.0, alpha: float = ALPHA
) -> float:
    """As `needed`, of means of something with this standard deviation. Raises ValueError for no difference."""
    if not difference:
        raise ValueError("two equal means cannot be told apart")
    return (1 + 1 / per_other) * (to_be_seen(power, alpha) * spread / difference) ** 2


def to_be_seen(power: float, alpha: float = ALPHA) -> float:
    """How many standard errors apart two groups must lie to be told apart with this power."""
    return _z(alpha) + _NORMAL.inv_cdf(power)


# ── Two means ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Moments:
    """Of a group: how many, and the sums of what was measured and of its squares; of what was known of everybody
    before, as well, where it is known, and of both multiplied."""

    n: int
    total: float
    squares: float
    before: float = 0.0
    before_squares: float = 0.0
    products: float = 0.0

    @property
    def mean(self) -> float:
        return self.total / self.n if self.n else 0.0

    @property
    def variance(self) -> float:
        """Of one measurement, unbiased; 0 for fewer than two."""
        return max(0.0, self.squares - self.total**2 / self.n) / (self.n - 1) if self.n > 1 else 0.0

    @property
    def enough(self) -> bool:
        return self.n >= FEWEST_OF_MONEY

    @classmethod
    def of_events(cls, events: int, of: int) -> "Moments":
        """Of what was measured as 1 for who had it and 0 for others."""
        return cls(of, events, events)


@dataclass(frozen=True, slots=True)
class Means:
    """How far two means lie apart; `variance` is of that difference."""

    difference: float
    interval: Interval
    p_value: float
    variance: float


def welch(one: Moments, other: Moments) -> Means | None:
    """Means of groups that may vary differently (Welch, Biometrika 34, 1947); None for fewer than two in either."""
    if min(one.n, other.n) < 2:
        return None
    parts = [each.variance / each.n for each in (one, other)]
    between, spread = one.mean - other.mean, math.sqrt(sum(parts))
    if not spread:
        return Means(between, Interval(between, between), 0.0 if between else 1.0, 0.0)
    degrees = sum(parts) ** 2 / sum(part**2 / (each.n - 1) for part, each in zip(parts, (one, other), strict=True))
    half = _t_quantile(1 - ALPHA / 2, degrees) * spread
    return Means(between, Interval(between - half, between + half), _t_two_sided(between / spread, degrees), sum(parts))


def cuped(one: Moments, other: Moments) -> Means | None:
    """As `welch`, without what was known before: with a figure of before that goes with what is measured it needs
    fewer people (Deng, Xu, Kohavi and Walker, WSDM 2013). The figure must be of before the draw."""
    n = one.n + other.n
    if min(one.n, other.n) < 2:
        return None
    within = [_within(each) for each in (one, other)]
    apart = sum(before for before, _ in within)
    theta = sum(together for _, together in within) / apart if apart else 0.0
    middle = (one.before + other.before) / n
    return welch(*(_adjusted(each, theta, middle) for each in (one, other)))


def _within(group: Moments) -> tuple[float, float]:
    """Squares and products of deviations from its own means."""
    squares = group.before_squares - group.before**2 / group.n
    return max(0.0, squares), group.products - group.before * group.total / group.n


def _adjusted(group: Moments, theta: float, middle: float) -> Moments:
    """As if each measured y had been y - theta (x - middle)."""
    off = -theta
    shift = theta * middle
    total = group.total + off * group.before + group.n * shift
    squares = (
        group.squares
        + off**2 * group.before_squares
        + group.n * shift**2
        + 2 * off * group.products
        + 2 * shift * group.total
        + 2 * off * shift * group.before
    )
    return Moments(group.n, total, squares)


# ── In strata ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Compared:
    """Two groups within strata: `difference` of their means and its `variance`, whatever strata they are made of.
    `mean` and `other_mean` are of one mix of strata; variances are of them."""

    n: int
    other_n: int
    mean: float
    other_mean: float
    mean_variance: float
    other_variance: float

    @property
    def difference(self) -> float:
        return self.mean - self.other_mean

    @property
    def variance(self) -> float:
        return self.mean_variance + self.other_variance

    @property
    def p_value(self) -> float:
        """Two-sided, that there is no difference; 1 where nothing varied and nothing differs."""
        if self.variance <= 0:
            return 1.0 if not self.difference else 0.0
        return _two_sided(self.difference / math.sqrt(self.variance))

    def interval(self, alpha: float = ALPHA) -> Interval:
        half = _z(alpha) * math.sqrt(self.variance)
        return Interval(self.difference - half, self.difference + half)

    def lift(self, alpha: float = ALPHA) -> tuple[float, Interval] | None:
        """By what part the first mean is above the other, with its interval by the delta method on the logarithm of the
        ratio; None unless both are above zero."""
        if min(self.mean, self.other_mean) <= 0:
            return None
        ratio = self.mean / self.other_mean
        spread = math.sqrt(self.mean_variance / self.mean**2 + self.other_variance / self.other_mean**2)
        wide = math.exp(min(700.0, _z(alpha) * spread))
        return ratio - 1, Interval(ratio / wide - 1, ratio * wide - 1)


def stratified(strata: Iterable[tuple[Moments, Moments]]) -> Compared | None:
    """Both groups within each stratum, weighted by n m / (n + m), after Cochran, Mantel and Haenszel: with equal shares
    everywhere that is each stratum's part of all, and one with few of either group decides little. By the normal
    distribution: for as many as `FEWEST`. None where no stratum has enough of both."""
    usable = [(one, other) for one, other in strata if min(one.n, other.n) >= FEWEST_OF_STRATUM]
    if not usable:
        return None
    weights = [one.n * other.n / (one.n + other.n) for one, other in usable]
    whole = sum(weights)
    parts = [weight / whole for weight in weights]
    return Compared(
        n=sum(one.n for one, _ in usable),
        other_n=sum(other.n for _, other in usable),
        mean=sum(part * one.mean for part, (one, _) in zip(parts, usable, strict=True)),
        other_mean=sum(part * other.mean for part, (_, other) in zip(parts, usable, strict=True)),
        mean_variance=sum(part**2 * one.variance / one.n for part, (one, _) in zip(parts, usable, strict=True)),
        other_variance=sum(part**2 * other.variance / other.n for part, (_, other) in zip(parts, usable, strict=True)),
    )


def stratified_cuped(strata: Iterable[tuple[Moments, Moments]]) -> Compared | None:
    """As `stratified`, without what was known of everybody before, as `cuped`: one slope for all."""
    usable = [(one, other) for one, other in strata if min(one.n, other.n) >= FEWEST_OF_STRATUM]
    within = [_within(group) for pair in usable for group in pair]
    apart = sum(before for before, _ in within)
    theta = sum(together for _, together in within) / apart if apart else 0.0
    adjusted = []
    for one, other in usable:
        middle = (one.before + other.before) / (one.n + other.n)
        adjusted.append((_adjusted(one, theta, middle), _adjusted(other, theta, middle)))
    return stratified(adjusted)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Each p-value as it counts beside the others, so that of all that are true none is called false but with the
    chance stated (Holm, Scandinavian Journal of Statistics 6, 1979)."""
    adjusted: dict[str, float] = {}
    least = 0.0
    for place, (name, value) in enumerate(sorted(p_values.items(), key=lambda each: each[1])):
        least = max(least, min(1.0, value * (len(p_values) - place)))
        adjusted[name] = least
    return adjusted


# ── At any time ───────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Anytime:
    """What may be said however often one looks, and whenever one stops."""

    interval: Interval
    p_value: float


def anytime(between: float, spread: float, planned: float, alpha: float = ALPHA) -> Anytime | None:
    """Of a difference and its variance: the mixture sequential probability ratio test (Johari, Koomen, Pekelis and
    Walsh, Operations Research 70, 2022). `planned`: the variance one expects to have when it is decided, about the
    square of the smallest difference worth finding. It must not be chosen by what came out. None for a variance of
    zero."""
    if spread <= 0:
        return None
    mixed = _mixture(planned, alpha)
    half = _half_width(spread, mixed, alpha)
    ratio = math.sqrt(spread / (spread + mixed)) * math.exp(
        min(700.0, mixed * between**2 / (2 * spread * (spread + mixed)))
    )
    return Anytime(Interval(between - half, between + half), min(1.0, 1 / ratio))


def _half_width(spread: float, mixed: float, alpha: float) -> float:
    return math.sqrt(spread * (spread + mixed) / mixed * (math.log((spread + mixed) / spread) - 2 * math.log(alpha)))


@lru_cache(maxsize=64)  # a simulation looks a million times with one plan
def _mixture(planned: float, alpha: float) -> float:
    """The variance of the mixture that makes the interval narrowest at the planned variance, by golden section."""
    golden = (math.sqrt(5) - 1) / 2
    low, high = math.log(planned) - 10, math.log(planned) + 10
    while high - low > 1e-6:
        left, right = high - golden * (high - low), low + golden * (high - low)
        if _half_width(planned, math.exp(left), alpha) < _half_width(planned, math.exp(right), alpha):
            high = right
        else:
            low = left
    return math.exp((low + high) / 2)


# ── Distributions ─────────────────────────────────────────────────────────────────────────────────


def _z(alpha: float = ALPHA) -> float:
    return _NORMAL.inv_cdf(1 - alpha / 2)


def _two_sided(z: float) -> float:
    return math.erfc(abs(z) / math.sqrt(2))


def _t_two_sided(t: float, degrees: float) -> float:
    return _incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t))


def _t_quantile(upto: float, degrees: float) -> float:
    """Of Student's distribution, above its middle, by bisection."""
    low, high = 0.0, 1.0
    while 1 - _t_two_sided(high, degrees) / 2 < upto:
        high *= 2
    while high - low > 1e-10 * high:
        middle = (low + high) / 2
        if 1 - _t_two_sided(middle, degrees) / 2 < upto:
            low = middle
        else:
            high = middle
    return high


def _incomplete_beta(a: float, b: float, x: float) -> float:
    """Regularised, by its continued fraction (Lentz's method; Press et al., Numerical Recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):
        return 1 - _incomplete_beta(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    tiny = 1e-300
    c, d = 1.0, 1 / _away_from_zero(1 - (a + b) * x / (a + 1), tiny)
    found = d
    for m in range(1, 500):
        for step in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _away_from_zero(1 + step * d, tiny)
            c = _away_from_zero(1 + step / c, tiny)
            found *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return front * found


def _away_from_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
