"""How well the Customer Value Index ranks customers, and what it costs: `python -m benchmarks.value [--million]`.

Needs the development data: LIANA_DATA is the folder that holds `value/`. The first 39 weeks of CDNOW calibrate, what
was spent in the next 39 is held out; one purchase per customer and day. Dates are moved 29 years ahead, to the years in
which Liana runs, which changes no order. Times are CPU of one process; compare the rows of one run.
"""

import argparse
import json
import math
import os
import random
import time
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from benchmarks import bgnbd
from benchmarks.bgnbd import BuyingCell
from chalicelib.customers import calibration, spending, tier_policy
from chalicelib.customers.calibration import Statistics
from chalicelib.customers.quantiles import Sketch
from chalicelib.customers.spending import GammaGamma, SpendingCell
from chalicelib.customers.tier_policy import News
from chalicelib.customers.value_index import expected_margin, expected_value, explain, index_of, purchased, score
from chalicelib.model.calibration import Table
from chalicelib.model.tier import Bands, Standing
from chalicelib.model.value import DEFAULTS, NOTHING, Parameters, ValueState

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("LIANA_DATA", ROOT / ".." / "shared" / "data")) / "value"
SETS = ("sample", "master")
AHEAD = timedelta(days=10_592)  # 29 years
START = datetime(1997, 1, 1, 12, tzinfo=UTC) + AHEAD
HALF = timedelta(weeks=39)
CUT, END = START + HALF, START + 2 * HALF
QUARTER = timedelta(weeks=13)
WEEK = timedelta(weeks=1)
BANDS = Bands()
PARTS = 25_000  # customers in a part of a pass
Purchases = list[tuple[datetime, int]]  # day and minor units, in order of time


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--million", action="store_true", help="recalibrate a million customers, some two minutes")
    chosen = options.parse_args()
    for name in SETS:
        if not path_of(name).exists():
            print(f"benchmarks.value: CDNOW {name} skipped; set LIANA_DATA to the folder that holds value/")
            continue
        split = split_of(name)
        print(f"\nCDNOW {name}, {len(split.past):,} customers        rho   cap20  lift10")
        for method, scores in ranked(split).items():
            print(f"  {method:<36} {measured(scores, split.future)}")
        print_rest(split)
    print_speed()
    print_scaling(chosen.million)


def path_of(name: str) -> Path:
    return DATA / f"CDNOW_{name}.txt"


@dataclass(frozen=True)
class Split:
    past: list[Purchases]  # of each customer, before the cut
    future: list[int]  # what she spent after it, minor units


@cache
def split_of(name: str) -> Split:
    past: dict[str, dict[datetime, int]] = defaultdict(lambda: defaultdict(int))
    future: Counter[str] = Counter()
    for line in path_of(name).read_text("ascii").splitlines():
        cells = line.split()
        if not cells or not cells[0].isdigit():
            continue
        customer, day, minor = cells[0], datetime.strptime(cells[-3], "%Y%m%d"), round(float(cells[-1]) * 100)  # noqa: DTZ007
        at = day.replace(hour=12, tzinfo=UTC) + AHEAD
        if at < CUT:
            past[customer][at] += minor
        elif at < END:
            future[customer] += minor
    return Split([sorted(days.items()) for days in past.values()], [future[customer] for customer in past])


def states_of(past: Iterable[Purchases], until: datetime = CUT) -> list[ValueState]:
    states = []
    for purchases in past:
        state = NOTHING
        for at, minor in purchases:
            if at < until:
                state = purchased(state, at, minor)
        states.append(state)
    return states


def statistics_of(
    states: Iterable[ValueState],
    at: datetime,
    parameters: Parameters = DEFAULTS,
    past: calibration.Snapshot | None = None,
) -> Statistics:
    statistics = Statistics(at=at, parameters=parameters, past=past)
    for state in states:
        statistics.add(state)
    return statistics


def calibrated(past: Sequence[Purchases]) -> Parameters:
    """As two nights would have it, thirteen weeks apart: nothing after the cut is looked at."""
    then = CUT - QUARTER
    known = [state for state in states_of(past, then) if state.purchases]
    early = statistics_of(known, then, calibration.fit(statistics_of(known, then)))
    return calibration.fit(statistics_of(states_of(past), CUT, early.parameters, early.snapshot()))


# Ranking


def ranked(split: Split) -> dict[str, list[float]]:
    """Scores of each customer by method, all made of what was known at the cut."""
    states, noise = states_of(split.past), random.Random(39)  # noqa: S311 - a baseline
    parameters = calibrated(split.past)
    recency = [(state.last or START).timestamp() for state in states]
    frequency = [float(state.purchases) for state in states]
    spend = [float(state.margin) for state in states]
    cvi = [score(state, parameters) for state in states]
    return {
        "random": [noise.random() for _ in states],
        "recency": recency,
        "frequency": frequency,
        "past spend": spend,
        "RFM quintile sum": [sum(each) for each in zip(*map(quintiles, (recency, frequency, spend)), strict=True)],
        "BG/NBD + gamma-gamma": published(split.past),
        "cvi, default parameters": [score(state, DEFAULTS) for state in states],
        "cvi": cvi,
        "cvi_geo": geometric(states, parameters, cvi),
        "oracle": [float(minor) for minor in split.future],
    }


def quintiles(values: Sequence[float]) -> list[int]:
    return [int(5 * (rank + 0.5) / len(values)) for rank in mid_ranks(values)]


def published(past: Sequence[Purchases]) -> list[float]:
    """Fader, Hardie and Lee's way: BG/NBD times gamma-gamma, both of repeated purchases alone."""
    rows = [
        (len(each) - 1, weeks(each[0][0], each[-1][0]), weeks(each[0][0], CUT) - 1 / 7, sum(m for _, m in each[1:]))
        for each in past
    ]
    model = bgnbd.fit(BuyingCell(n, *key) for key, n in Counter(row[:3] for row in rows).items())
    means = Counter((x, minor / x) for x, _, _, minor in rows if minor > 0)
    margins = spending.fit_spending((SpendingCell(n, *key) for key, n in means.items()), GammaGamma(6, 4, 1500))
    gamma = Parameters(p=margins.p, q=margins.q, g=margins.g)
    return [
        model.expected(39, x, tx, t) * expected_margin(ValueState(purchases=x, margin=minor), gamma)
        for x, tx, t, minor in rows
    ]


def geometric(states: Sequence[ValueState], parameters: Parameters, cvi: Sequence[float]) -> list[float]:
    """The geometric mean of the index's score and BG/NBD's: needs a clock, so that everybody's changes every day."""
    days = Counter(
        (state.purchases - 1, (state.last - state.first).days, (CUT - state.first).days)
        for state in states
        if state.first and state.last
    )
    model = bgnbd.fit(BuyingCell(n, x, tx / 7, t / 7) for (x, tx, t), n in days.items())
    foretold = (
        model.expected(39, state.purchases - 1, weeks(state.first, state.last), weeks(state.first, CUT))
        * expected_margin(state, parameters)
        for state in states
        if state.first and state.last
    )
    return [math.sqrt(max(one * other, 0)) for one, other in zip(foretold, cvi, strict=True)]


def weeks(since: datetime, until: datetime) -> float:
    return (until - since) // timedelta(days=1) / 7


@dataclass(frozen=True)
class Measured:
    rho: float  # Spearman's
    cap20: float  # share of future spend that the best fifth brings
    lift10: float  # mean future spend of the best tenth, by everybody's

    def __str__(self) -> str:
        return f"{self.rho:>7.3f} {self.cap20:>7.4f} {self.lift10:>7.3f}"


def measured(scores: Sequence[float], future: Sequence[int]) -> Measured:
    total = sum(future) or 1
    return Measured(
        spearman(scores, future),
        captured(scores, future, 0.2) / total,
        captured(scores, future, 0.1) / total * len(future) / round(len(future) * 0.1),
    )


def captured(scores: Sequence[float], future: Sequence[int], share: float) -> float:
    """What the best by score spend; of those that tie at the edge, as many as fit, at their mean."""
    places = round(len(scores) * share)
    edge = sorted(scores, reverse=True)[places - 1]
    above = [minor for each, minor in zip(scores, future, strict=True) if each > edge]
    tied = [minor for each, minor in zip(scores, future, strict=True) if each == edge]
    return sum(above) + (places - len(above)) * sum(tied) / len(tied)


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    first, second, middle = mid_ranks(one), mid_ranks(other), (len(one) - 1) / 2
    shared = sum((a - middle) * (b - middle) for a, b in zip(first, second, strict=True))
    spread = math.prod(math.sqrt(sum((a - middle) ** 2 for a in ranks)) for ranks in (first, second))
    return shared / spread if spread else 0.0


def mid_ranks(values: Sequence[float]) -> list[float]:
    """From 0; ties get their mean."""
    rising = sorted(values)
    return [(bisect_left(rising, value) + bisect_right(rising, value) - 1) / 2 for value in values]


# Tiers


@dataclass
class Moves:
    """Of tiers, over all customers and weeks."""

    looks: int = 0
    changes: int = 0
    flaps: int = 0  # back to a tier that was left in the eight weeks before

    def note(self, before: str, after: str, week: int, left: dict[str, int]) -> None:
        self.looks += 1
        if before == after:
            return
        self.changes += 1
        self.flaps += week - left.get(after, -99) <= 8
        left[before] = week

    def __str__(self) -> str:
        return f"{self.changes / self.looks:>7.2%} changes a week, {self.flaps / self.looks:.3%} flaps"


@dataclass
class Course:
    raw: Moves
    policy: Moves
    notices: int
    shares: dict[str, float]  # of the tiers at the end
    up_at: list[float]


def course_of(past: Sequence[Purchases]) -> Course:
    """From week 13 to the cut, a look a week: tiers as slices of the index, and as the policy has them."""
    begin = START + QUARTER
    parameters = calibration.fit(statistics_of(states_of(past, begin), begin))
    configured = bands = Bands()
    raw_tiers: dict[int, str] = {}
    standings: dict[int, Standing] = {}
    raw_left: defaultdict[int, dict[str, int]] = defaultdict(dict)
    left: defaultdict[int, dict[str, int]] = defaultdict(dict)
    course = Course(Moves(), Moves(), 0, {}, [])
    for week in range(13, 40):
        now = START + week * WEEK
        states = {n: state for n, state in enumerate(states_of(past, now)) if state.purchases}
        scores = {n: score(state, parameters) for n, state in states.items()}
        sketch = Sketch()
        for each in scores.values():
            sketch.add(each)
        table = sketch.table()
        for n, each in scores.items():
            index = index_of(each, table)
            slice_of = configured.tiers[configured.earned_by(index)]
            if n in standings:
                judged = tier_policy.judge(standings[n], index, bands, now)
                course.notices += sum(change.news is News.WILL_BE_LOWERED for change in judged.changes)
                course.policy.note(standings[n].tier, judged.standing.tier, week, left[n])
                course.raw.note(raw_tiers[n], slice_of, week, raw_left[n])
                standings[n] = judged.standing
            else:
                standings[n] = Standing(tier=slice_of, since=now)
            raw_tiers[n] = slice_of
        tiers = Counter(standing.tier for standing in standings.values())
        bands = calibration.steered(bands, configured, tiers)
    course.shares = {tier: tiers[tier] / len(standings) for tier in bands.tiers}
    course.up_at = [band.up_at for band in bands.bands]
    return course


# What it costs


def print_rest(split: Split) -> None:
    states = states_of(split.past)
    course = course_of(split.past)
    shares = ", ".join(f"{tier} {share:.1%}" for tier, share in course.shares.items())
    print(f"  tiers as slices of the index    {course.raw}")
    print(f"  tiers by the policy             {course.policy}; {course.notices:,} notices")
    thresholds = " and ".join(f"{up_at:.1f}" for up_at in course.up_at)
    print(f"  held by quota                   {shares}; won at {thresholds}")
    parameters = calibrated(split.past)
    came = sum(split.future) / sum(expected_value(state, parameters, CUT, 39) for state in states)
    print(f"  money: what came in 39 weeks by what was foretold {came:.2f} (k {parameters.k:.2f})")
    begin = time.process_time()
    statistics = statistics_of(states, CUT, parameters)
    passed = time.process_time()
    calibration.fit(statistics)
    fitted = time.process_time()
    table = statistics.scores.table()
    done = time.process_time()
    print(f"  night, CPU s: pass {passed - begin:.2f}, gamma-gamma {fitted - passed:.2f} "
          f"({len(statistics.spending)} cells), table {done - fitted:.3f}")  # fmt: skip
    scores = [score(state, parameters) for state in states]
    exact = [100 * (rank + 0.5) / len(scores) for rank in mid_ranks(scores)]
    error = max(abs(table.percentile(each) - true) for each, true in zip(scores, exact, strict=True))
    size = len(json.dumps(statistics.scores.to_json(), separators=(",", ":")))
    whole = len(json.dumps(statistics.to_json(), separators=(",", ":")))
    print(f"  index wrong by at most {error:.3f} points; table {len(table.values)} rows, sketch {size:,} bytes, "
          f"all statistics {whole:,} bytes")  # fmt: skip


def print_speed() -> None:
    rng = random.Random(1)  # noqa: S311 - made-up customers
    states = [made_up(rng) for _ in range(2000)]
    table = statistics_of(states, CUT).scores.table()
    standing = Standing(tier="gold", since=START)
    scores = [score(state, DEFAULTS) for state in states]
    print("\nCPU us of one")
    for name, work in {
        "purchase added to a state": lambda n: purchased(states[n], CUT, 1999),
        "score": lambda n: score(states[n], DEFAULTS),
        "index of a score": lambda n: index_of(scores[n], table),
        "judgement of a tier": lambda n: tier_policy.judge(standing, 75, BANDS, CUT),  # noqa: ARG005
        "update: all four": lambda n: updated(states[n], standing, table),
        "explanation": lambda n: explain(states[n], DEFAULTS, table, CUT),
    }.items():
        print(f"  {name:<36} {least(work, len(states)):>7.2f}")


def updated(state: ValueState, standing: Standing, table: Table) -> object:
    after = purchased(state, CUT, 1999)
    return tier_policy.judge(standing, index_of(score(after, DEFAULTS), table), BANDS, CUT)


def least(work: Callable[[int], object], times: int) -> float:
    """The quickest of seven runs, in us a call."""

    def once() -> float:
        begin = time.process_time()
        for n in range(times):
            work(n)
        return (time.process_time() - begin) / times * 1e6

    return min(once() for _ in range(7))


def print_scaling(million: bool) -> None:
    """Recalibration in parts, each merged into the whole, of made-up customers (their making is not counted)."""
    print("\nrecalibration, CPU s            pass    fits and table     all   us a customer")
    sizes = (25_000, 50_000, 100_000, 200_000, *((1_000_000,) if million else ()))
    for size in sizes:
        passed, rest = recalibrated(size)
        print(f"  {size:>9,} customers        {passed:>7.2f} {rest:>17.2f} {passed + rest:>7.2f} "
              f"{(passed + rest) / size * 1e6:>15.1f}")  # fmt: skip
        if size == sizes[3]:
            print(f"  1,000,000 by that line: {passed * 1_000_000 / size + rest:.0f} s")


def recalibrated(size: int) -> tuple[float, float]:
    rng, spent = random.Random(7), 0.0  # noqa: S311 - made-up customers
    whole = Statistics(at=CUT)
    for _ in range(0, size, PARTS):
        states = [made_up(rng) for _ in range(PARTS)]
        begin = time.process_time()
        whole.merge(statistics_of(states, CUT))
        spent += time.process_time() - begin
    begin = time.process_time()
    whole.scores.table()
    calibration.fit(whole)
    return spent, time.process_time() - begin


def made_up(rng: random.Random) -> ValueState:
    """A customer of the last three years: buys at her own rate and margin, and leaves some day."""
    first = CUT - timedelta(days=rng.randrange(1, 1095))
    days = min(rng.expovariate(1 / 300), (CUT - first).days)
    pace, margin = rng.gammavariate(0.8, 1 / 60), rng.lognormvariate(7, 0.8)
    state, at = NOTHING, first
    while at <= first + timedelta(days=days) and state.purchases < 60:
        state = purchased(state, at, round(margin * rng.gammavariate(6, 1 / 6)) + 1)
        at += timedelta(days=rng.expovariate(pace) if pace > 1e-4 else 9999)
    return state


if __name__ == "__main__":
    main()
