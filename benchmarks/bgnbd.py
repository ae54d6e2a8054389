"""BG/NBD: how often does she buy, and is she still a customer? What the index is measured against.

Fader, Hardie and Lee (2005): "Counting Your Customers the Easy Way". Fits take cells: how many customers are alike.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.customers.spending import MOST, nelder_mead

_SLACK = 1e-6  # Euler's form has a removable hole at a = 1


@dataclass(frozen=True, slots=True)
class BuyingCell:
    """x purchases after the first, the last of them at tx; T: since the first one. Both in weeks."""

    customers: float
    x: float
    tx: float
    t: float


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Buys at a gamma(r, alpha) rate a week; after each purchase leaves with a beta(a, b) chance."""

    r: float
    alpha: float
    a: float
    b: float

    def alive(self, x: float, tx: float, t: float) -> float:
        """The chance that she is still a customer."""
        return 1 / (1 + self._left(x, tx, t))

    def expected(self, weeks: float, x: float, tx: float, t: float) -> float:
        """Purchases in the next weeks. By Euler's transformation of the published formula, whose series is slower."""
        r, alpha, b = self.r, self.alpha, self.b
        a = self.a if abs(self.a - 1) > _SLACK else 1 + _SLACK
        z = weeks / (alpha + t + weeks)
        series = _hypergeometric(a + b - 1 - r, a - 1, a + b + x - 1, z)
        gone = 1 - math.pow(1 - z, a - 1) * series
        return (a + b + x - 1) / (a - 1) * gone / (1 + self._left(x, tx, t))

    def _left(self, x: float, tx: float, t: float) -> float:
        """Odds that she left after her last purchase."""
        if x == 0:
            return 0.0
        return self.a / (self.b + x - 1) * math.pow((self.alpha + t) / (self.alpha + tx), self.r + x)


def fit(cells: Iterable[BuyingCell]) -> BgNbd:
    """Maximum likelihood, parameters at most MOST."""
    by_purchases: dict[float, list[tuple[float, float, float]]] = defaultdict(list)
    for cell in cells:
        by_purchases[cell.x].append((cell.customers, cell.tx, cell.t))

    def loss(logs: Sequence[float]) -> float:
        if max(logs) > math.log(MOST):
            return math.inf
        return -likelihood(BgNbd(*map(math.exp, logs)), by_purchases)

    return BgNbd(*map(math.exp, nelder_mead(loss, [math.log(start) for start in (1, 4, 1, 2)])))


def likelihood(model: BgNbd, by_purchases: dict[float, list[tuple[float, float, float]]]) -> float:
    """Logarithm; of x → [(customers, tx, T), …]."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    lgamma, log = math.lgamma, math.log
    total = 0.0
    for x, group in by_purchases.items():
        same = lgamma(r + x) - lgamma(r) + r * log(alpha)
        same += lgamma(a + b) + lgamma(b + x) - lgamma(b) - lgamma(a + b + x)
        odds = a / (b + x - 1) if x else 0.0
        for customers, tx, t in group:
            left = odds * ((alpha + t) / (alpha + tx)) ** (r + x) if x else 0.0
            total += customers * (same - (r + x) * log(alpha + t) + math.log1p(left))
    return total


def _hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """2F1 by its series, for z in [0, 1)."""
    total = term = 1.0
    for n in range(2000):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < 1e-13 * abs(total):
            break
    return total
