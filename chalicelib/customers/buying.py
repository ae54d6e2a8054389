"""What do published models say about buying? Gamma-gamma for margins, BG/NBD for how often and whether at all.

Fader, Hardie and Lee (2005): "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis" has gamma-gamma,
"Counting Your Customers the Easy Way" BG/NBD. Fits take cells (how many customers are alike, and in what), not
customers: 25,000 of these are some 1,600 of those.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MOST = 200.0  # for any parameter: some data push a likelihood to infinity, where scores are no numbers any more
LEAST_Q = 1.05  # at 1 the expected margin of a stranger is infinite
_SLACK = 1e-6  # Euler's form has a removable hole at a = 1


@dataclass(frozen=True, slots=True)
class SpendingCell:
    customers: float
    purchases: float
    mean: float  # of a purchase's margin, above 0


@dataclass(frozen=True, slots=True)
class GammaGamma:
    p: float
    q: float
    g: float


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


def fit_spending(cells: Iterable[SpendingCell], start: GammaGamma) -> GammaGamma:
    """Maximum likelihood; p and q at most MOST, q at least LEAST_Q."""
    by_purchases: dict[float, list[tuple[float, float, float]]] = defaultdict(list)
    for cell in cells:
        by_purchases[cell.purchases].append((cell.customers, cell.mean, math.log(cell.mean)))
    known = [(x, math.log(x), group) for x, group in by_purchases.items()]

    def loss(logs: Sequence[float]) -> float:
        p, q, g = math.exp(logs[0]), 1 + math.exp(logs[1]), math.exp(logs[2])
        if max(p, q) > MOST or q < LEAST_Q:
            return math.inf
        every = q * math.log(g) - math.lgamma(q)
        likelihood = 0.0
        for x, log_x, group in known:
            px = p * x
            same = math.lgamma(px + q) - math.lgamma(px) + every + px * log_x
            for customers, mean, log_mean in group:
                likelihood += customers * (same + (px - 1) * log_mean - (px + q) * math.log(g + x * mean))
        return -likelihood

    p, q, g = nelder_mead(loss, [math.log(start.p), math.log(start.q - 1), math.log(start.g)])
    return GammaGamma(math.exp(p), 1 + math.exp(q), math.exp(g))


def fit_buying(cells: Iterable[BuyingCell]) -> BgNbd:
    """Maximum likelihood, parameters at most MOST."""
    by_purchases: dict[float, list[tuple[float, float, float]]] = defaultdict(list)
    for cell in cells:
        by_purchases[cell.x].append((cell.customers, cell.tx, cell.t))

    def loss(logs: Sequence[float]) -> float:
        if max(logs) > math.log(MOST):
            return math.inf
        return -bgnbd_likelihood(BgNbd(*map(math.exp, logs)), by_purchases)

    return BgNbd(*map(math.exp, nelder_mead(loss, [math.log(start) for start in (1, 4, 1, 2)])))


def bgnbd_likelihood(model: BgNbd, by_purchases: dict[float, list[tuple[float, float, float]]]) -> float:
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


def nelder_mead(loss: Callable[[Sequence[float]], float], start: Sequence[float], *, step: float = 0.3) -> list[float]:
    """Where the loss is least, near the start. Ends when the simplex is small in loss and place, or after 600 steps."""
    size = len(start)
    points = [list(start)] + [[v + step * (i == j) for j, v in enumerate(start)] for i in range(size)]
    simplex = sorted((loss(point), point) for point in points)
    for _ in range(600):
        best, worst = simplex[0], simplex[-1]
        spread = max(abs(a - b) for _, point in simplex for a, b in zip(point, best[1], strict=True))
        if worst[0] - best[0] <= 1e-7 * abs(best[0]) and spread < 1e-3:
            break
        centre = [sum(point[j] for _, point in simplex[:-1]) / size for j in range(size)]
        simplex[-1] = _replacement(loss, simplex, centre)
        if simplex[-1][1] is worst[1]:
            near = [[(a + b) / 2 for a, b in zip(point, best[1], strict=True)] for _, point in simplex[1:]]
            simplex[1:] = [(loss(point), point) for point in near]
        simplex.sort()
    return simplex[0][1]


Vertex = tuple[float, list[float]]


def _replacement(loss: Callable[[Sequence[float]], float], simplex: list[Vertex], centre: list[float]) -> Vertex:
    """A better vertex than the worst, along the line through the others' centre; the worst itself if there is none."""
    worst = simplex[-1]

    def along(share: float) -> Vertex:
        point = [c + share * (w - c) for c, w in zip(centre, worst[1], strict=True)]
        return loss(point), point

    reflected = along(-1)
    if reflected[0] < simplex[0][0]:
        return min(reflected, along(-2))
    if reflected[0] < simplex[-2][0]:
        return reflected
    contracted = along(-0.5) if reflected[0] < worst[0] else along(0.5)
    return contracted if contracted[0] < min(reflected[0], worst[0]) else worst


def _hypergeometric(a: float, b: float, c: float, z: float) -> float:
    """2F1 by its series, for z in [0, 1)."""
    total = term = 1.0
    for n in range(2000):
        term *= (a + n) * (b + n) / ((c + n) * (n + 1)) * z
        total += term
        if abs(term) < 1e-13 * abs(total):
            break
    return total
