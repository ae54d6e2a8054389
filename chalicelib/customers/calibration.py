"""What do all customers together teach the index? Once a night, from sums that parts of the fleet add up to.

One pass over the customers, in any number of parts, each into a `Statistics`; `merge` makes one of them. Of that come
the table of the index (`scores.table()`), the parameters for the next night (`fit`) and the thresholds that keep the
tiers their size (`steered`). No step holds the customers in memory.

Scores are counted with the parameters the pass was given. What `fit` makes of it is for the pass of the next night: so
a table and the parameters it belongs to are always published together, and one pass a night is enough.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.customers import spending
from chalicelib.customers.quantiles import Sketch
from chalicelib.customers.spending import GammaGamma, SpendingCell
from chalicelib.customers.value_index import WEEKS, money_of, score, score_of_purchases
from chalicelib.model.calibration import Calibration, Snapshot
from chalicelib.model.tier import Band, Bands, Tiers
from chalicelib.model.value import DEFAULTS, Parameters, ValueState

ENOUGH_BUYERS = 50  # to learn the shape of margins from; with fewer, only their mean is learnt
ENOUGH_PAST = 50  # customers in a snapshot, to compare its forecast with what came
K_BOUNDS = (0.2, 2.0)

ENOUGH_TO_STEER = 200  # customers; below, one more or less is half a point, and thresholds stay as configured
GAIN = 0.3  # points of threshold for each point of excess share

STEERED_EVERY = timedelta(hours=12)  # at least: tiers need a night to follow, passes by hand do not push on

SNAPSHOT_EVERY = 7  # days
JUDGED_AFTER = 7 * WEEKS  # days until what a snapshot foretold should have come
SNAPSHOTS_KEPT = JUDGED_AFTER + SNAPSHOT_EVERY  # days, so that one is always old enough

_EXACT_COUNTS = 20  # purchases that are their own bin; above, bins are a tenth wide
_MEAN_BIN = 0.04  # width of a bin of mean margins, in logarithms


@dataclass(slots=True, kw_only=True)
class Statistics:
    """Sums over customers as of one moment: whole numbers, so parts add up to the whole exactly, in any order."""

    at: datetime
    parameters: Parameters = DEFAULTS  # which scores are counted with
    past: Snapshot | None = None  # the one to be judged: some 13 weeks old
    customers: int = 0
    purchases: int = 0
    margin: int = 0  # minor units
    margin_of_past: int = 0  # of those who bought by the time of `past`
    forecast: int = 0  # minor units over the next WEEKS, were k 1
    spending: Counter[tuple[int, int]] = field(default_factory=Counter)  # (purchases, mean margin) by bins → customers
    scores: Sketch = field(default_factory=Sketch)
    tiers: Counter[str] = field(default_factory=Counter)

    def add(self, state: ValueState, tier: str = "") -> None:
        self.customers += 1
        self.purchases += state.purchases
        self.margin += state.margin
        self.scores.add(score(state, self.parameters))
        if tier:
            self.tiers[tier] += 1
        if state.purchases < 1 or state.first is None:
            return
        self.forecast += round(score_of_purchases(state, self.parameters) * self._money)
        if self.past and state.first <= self.past.at:
            self.margin_of_past += state.margin
        if state.margin > 0:
            self.spending[_count_bin(state.purchases), _mean_bin(state.margin / state.purchases)] += 1

    def merge(self, other: "Statistics") -> None:
        """Adds another part of the same pass. ValueError for one of another moment or with other parameters."""
        if (self.at, self.parameters, self.past) != (other.at, other.parameters, other.past):
            raise ValueError("parts of one pass have the same moment, parameters and past")
        self.customers += other.customers
        self.purchases += other.purchases
        self.margin += other.margin
        self.margin_of_past += other.margin_of_past
        self.forecast += other.forecast
        self.spending.update(other.spending)
        self.scores.merge(other.scores)
        self.tiers.update(other.tiers)

    def snapshot(self) -> Snapshot:
        return Snapshot(self.at, self.customers, self.margin, self.forecast)

    def to_json(self) -> dict[str, Any]:
        """The sums of one part. Moment, parameters and past are the pass's, and are not repeated."""
        sums = {name: getattr(self, name) for name in _SUMS}
        return {
            **sums,
            "spending": [[*key, count] for key, count in sorted(self.spending.items())],
            "scores": self.scores.to_json(),
            "tiers": dict(sorted(self.tiers.items())),
        }

    @classmethod
    def from_json(
        cls, data: Mapping[str, Any], at: datetime, parameters: Parameters = DEFAULTS, past: Snapshot | None = None
    ) -> "Statistics":
        return cls(
            at=at,
            parameters=parameters,
            past=past,
            **{name: data[name] for name in _SUMS},
            spending=Counter({(count, mean): customers for count, mean, customers in data["spending"]}),
            scores=Sketch.from_json(data["scores"]),
            tiers=Counter(data["tiers"]),
        )

    @property
    def _money(self) -> float:
        return money_of(replace(self.parameters, k=1), self.at, WEEKS)


_SUMS = ("customers", "purchases", "margin", "margin_of_past", "forecast")


def fit(statistics: Statistics) -> Parameters:
    """The parameters for the next pass; what cannot be learnt from so few customers stays as it is."""
    known = statistics.parameters
    if statistics.purchases < 1 or statistics.margin <= 0:
        return known
    mu = statistics.margin / statistics.purchases
    model = _spending(statistics, GammaGamma(known.p, known.q, mu * (known.q - 1) / known.p))
    return replace(known, p=model.p, q=model.q, g=model.g, mu=mu, k=_came_true(statistics))


def steered(bands: Bands, configured: Bands, tiers: Mapping[str, int]) -> Bands:
    """The bands for tomorrow: each moved so that its tier and those above come back to the share that was configured.

    `configured.up_at` of 80 means that a fifth of all customers should be there or higher. A threshold never goes so
    far that less than half or more than twice that share would earn it; what keeps a tier moves along. Where two
    thresholds would meet, all stay.
    """
    total = sum(tiers.values())
    if total < ENOUGH_TO_STEER:
        return configured
    moved = []
    for place, (band, wanted) in enumerate(zip(bands.bands, configured.bands, strict=True), start=1):
        share = 100 * sum(tiers.get(name, 0) for name in bands.tiers[place:]) / total
        quota = 100 - wanted.up_at
        lowest = max(100 - 2 * quota, wanted.up_at / 2)
        up_at = min(max(band.up_at + GAIN * (share - quota), lowest), 100 - quota / 2)
        down_below = min(wanted.down_below * up_at / wanted.up_at, up_at)  # the quotient may be a bit too much
        moved.append(Band(wanted.tier, up_at, down_below))
    if any(low.up_at >= high.up_at or low.down_below >= high.down_below for low, high in pairwise(moved)):
        return bands
    return replace(configured, bands=tuple(moved))


def past_of(snapshots: Iterable[Snapshot], at: datetime) -> Snapshot | None:
    """Whose forecast can be held against what came: the latest that is 13 weeks old."""
    old = [snapshot for snapshot in snapshots if _days(snapshot.at, at) >= JUDGED_AFTER]
    return max(old, key=lambda snapshot: snapshot.at, default=None)


def renewed(before: Calibration, statistics: Statistics, tiers: Tiers, run: str) -> Calibration:
    """What a pass publishes in place of what was published before."""
    bands = tiers.bands
    if before.bands and before.at and not is_new(before, tiers):
        bands = before.bands
        if statistics.at - before.at >= STEERED_EVERY:
            bands = steered(bands, tiers.bands, statistics.tiers)
    return replace(
        before,
        at=statistics.at,
        run=run,
        customers=statistics.customers,
        parameters=statistics.parameters,
        learnt=fit(statistics),
        table=statistics.scores.table(),
        bands=bands,
        tiers_version=tiers.version,
        snapshots=_kept(before.snapshots, statistics),
    )


def is_new(before: Calibration, tiers: Tiers) -> bool:
    """Whether nobody was judged by these tiers yet: how many have which says nothing then."""
    return before.at is None or before.tiers_version != tiers.version


def _kept(snapshots: tuple[Snapshot, ...], statistics: Statistics) -> tuple[Snapshot, ...]:
    kept = tuple(snapshot for snapshot in snapshots if _days(snapshot.at, statistics.at) <= SNAPSHOTS_KEPT)
    if kept and _days(kept[-1].at, statistics.at) < SNAPSHOT_EVERY:
        return kept
    return (*kept, statistics.snapshot())


def _days(begin: datetime, end: datetime) -> int:
    """Whole dates apart: a night that begins some seconds earlier than the last is a day later all the same."""
    return (end.date() - begin.date()).days


def _spending(statistics: Statistics, start: GammaGamma) -> GammaGamma:
    if statistics.spending.total() < ENOUGH_BUYERS:
        return start
    cells = [
        SpendingCell(customers, _count_of(count), _mean_of(mean))
        for (count, mean), customers in statistics.spending.items()
    ]
    return spending.fit_spending(cells, start)


def _came_true(statistics: Statistics) -> float:
    """What was earned since the snapshot of those it knew, by what it foretold for that time at the bare rate."""
    past = statistics.past
    if past is None or past.customers < ENOUGH_PAST or past.forecast <= 0 or statistics.at <= past.at:
        return statistics.parameters.k
    weeks = (statistics.at - past.at) / timedelta(weeks=1)
    low, high = K_BOUNDS
    return min(max((statistics.margin_of_past - past.margin) / (past.forecast * weeks / WEEKS), low), high)


def _count_bin(count: int) -> int:
    if count <= _EXACT_COUNTS:
        return count
    return _EXACT_COUNTS + math.ceil(math.log(count / _EXACT_COUNTS) / math.log(1.1))


def _count_of(place: int) -> float:
    if place <= _EXACT_COUNTS:
        return place
    return _EXACT_COUNTS * math.pow(1.1, place - _EXACT_COUNTS - 0.5)


def _mean_bin(mean: float) -> int:
    return math.floor(math.log(mean) / _MEAN_BIN)


def _mean_of(place: int) -> float:
    return math.exp((place + 0.5) * _MEAN_BIN)
