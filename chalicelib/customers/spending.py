"""How do margins of purchases differ between customers, and between the purchases of one? The gamma-gamma model.

Fader, Hardie and Lee (2005): "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis". The fit takes cells
(how many customers are alike, and in what), not customers.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

MOST = 200.0  # for any parameter: some data push a likelihood to infinity, where scores are no numbers any more
LEAST_Q = 1.05  # at 1 the expected margin of a stranger is infinite


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
