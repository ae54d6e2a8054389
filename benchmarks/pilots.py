"""How often a pilot finds what is not there, and what is: `python -m benchmarks.pilots [--runs 2000]`.

Made-up people with the rates of two tiers, and real money: what CDNOW's customers spent in 39 weeks, with what was
expected of each before (LIANA_DATA is the folder that holds `value/`). Every look is the product's own reading of the
product's own sums. Tables say what was promised beside what came out; times are CPU of one process.
"""

import argparse
import random
import time
from bisect import bisect
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from math import exp, lgamma, log, log1p

from benchmarks.value import CUT, calibrated, path_of, split_of, states_of
from chalicelib.customers.value_index import expected_value
from chalicelib.insight import statistics
from chalicelib.insight.statistics import Moments
from chalicelib.kernel import ids
from chalicelib.model.pilot import Design, Outcome, Period, Pilot, PilotState
from chalicelib.model.tally import words_as_one
from chalicelib.outreach import holding_out
from chalicelib.outreach.pilots import reading
from chalicelib.outreach.pilots.reading import BETTER, EARLY, ONCE, POWER, WITHHELD, WORSE, Reading

RUNS = 2_000
DAYS = 60  # looks, one a day; the planned number is there after 50
PER_DAY = 20  # people judged in each group
HALF = {"*": 0.5}
START = datetime(2026, 11, 20, 12, tzinfo=UTC)
TIERS = (("gold", 0.3, 0.30), ("standard", 0.7, 0.16))  # part of all, share that turns to us again: 0.202 of all
GROUPS = ("contacted", "held_out")
PLANNED = 50 * 2 * PER_DAY


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=RUNS)
    options.add_argument("--only", choices=tuple(TABLES), help="one table of them")
    chosen = options.parse_args()
    runs = chosen.runs
    begun = time.process_time()
    print(f"{runs:,} pilots each; {DAYS} daily looks, {PLANNED:,} people planned")
    print("Part of pilots that found something                                      promised")
    for name, table in TABLES.items():
        if chosen.only in (None, name):
            table(runs)
    print(f"\n{time.process_time() - begun:.0f} s CPU")


def pilot_of(outcome: Outcome, minimum: float, expected: float, **more: object) -> Pilot:
    told = {"planned": PLANNED, "contacted": HALF, "held_out": HALF, **more}
    design = Design(primary=outcome, minimum=minimum, expected=expected, **told)  # type: ignore[arg-type]
    first = Period(number=1, since=START, contacted=design.contacted, held_out=design.held_out, by="")
    return Pilot(
        id=ids.derived_ulid(START, "simulated"),
        play="simulated",
        state=PilotState.RUNNING,
        design=design,
        prepared_by="",
        prepared_by_id="",
        prepared_at=START,
        started_at=START,
        periods=(first,),
        updated_at=START,
    )


# ── Looking every day ─────────────────────────────────────────────────────────────────────────────


@dataclass
class Story:
    """What somebody who looks every day saw of one pilot."""

    early: str = ""  # the first verdict that stands however often one looks
    people: int = 0  # when that was
    once: Reading | None = None  # the one look at the planned number
    ordinary: bool = False  # whether an ordinary test was ever below 0.05
    covered: bool = True  # whether each interval held what is true

    @property
    def verdict(self) -> str:
        return self.early or (self.once.verdict if self.once else "")

    @property
    def found(self) -> bool:
        return self.verdict in (BETTER, WORSE)


def looked_at(pilot: Pilot, days: Iterator[Counter[str]], truth: float) -> Story:
    """One pilot, its sums growing by a day's people."""
    story, sums = Story(), Counter[str]()
    for day, judged in enumerate(days, 1):
        sums.update(judged)
        figures, now = reading.figures_of(sums), START + timedelta(days=day)
        told = reading.read(pilot, figures, now, once=True)
        primary = told.primary
        if primary is None or primary.once_p_value is None or primary.interval is None:
            continue
        story.ordinary |= primary.once_p_value < statistics.ALPHA
        story.covered &= primary.interval.low <= truth <= primary.interval.high
        at_any_time = reading.read(pilot, figures, now).verdict if primary.p_value < EARLY else ""  # type: ignore[operator]
        if at_any_time in (BETTER, WORSE) and not story.early:
            story.early, story.people = at_any_time, sum(told.judged.values())
        if story.once is None and not told.missing_people:
            story.once = told
    return story


def shares_by_day(rng: random.Random, lower: float) -> Iterator[Counter[str]]:
    """People of both tiers; those contacted turn to us less by `lower`. How many, and how many of them, is drawn, not
    each: that is the same, and quicker."""
    for _ in range(DAYS):
        sums: Counter[str] = Counter()
        for arm in GROUPS:
            gold = of_so_many(rng, PER_DAY, TIERS[0][1])
            for (tier, _, rate), people in zip(TIERS, (gold, PER_DAY - gold), strict=True):
                again = of_so_many(rng, people, rate - (lower if arm == "contacted" else 0.0))
                count(sums, arm, tier, people, repeat_contact=again)
        yield sums


def of_so_many(rng: random.Random, people: int, rate: float) -> int:
    """How many of them do it, when each does with this chance."""
    return bisect(up_to(people, rate), rng.random())


@cache
def up_to(people: int, rate: float) -> tuple[float, ...]:
    """The chance that so many or fewer of them do it, but for all of them."""
    whole, did, did_not = lgamma(people + 1), log(rate), log1p(-rate)
    each = (
        exp(whole - lgamma(n + 1) - lgamma(people - n + 1) + n * did + (people - n) * did_not) for n in range(people)
    )
    return tuple(accumulate(each))


def count(sums: Counter[str], arm: str, tier: str, people: int, **amounts: int) -> None:
    for what, amount in {"drawn": people, "judged": people, **amounts}.items():
        sums[named(what, arm, tier)] += amount


@cache
def named(what: str, arm: str, tier: str) -> str:
    return words_as_one(what, arm, tier, "1")


# ── Nothing to find ───────────────────────────────────────────────────────────────────────────────


def of_shares(runs: int) -> None:
    pilot, rng = pilot_of(Outcome.REPEAT_CONTACT, 0.05, 0.2), random.Random(1)  # noqa: S311 - a simulation
    stories = [looked_at(pilot, shares_by_day(rng, 0.0), 0.0) for _ in range(runs)]
    once = [story.once.primary for story in stories if story.once and story.once.primary]
    fixed = [found.once_p_value for found in once if found.once_p_value is not None]
    row("share, one look at the planned number, p < 0.05", part(p < 0.05 for p in fixed), "0.044 to 0.056")
    row("share, the same, as the report reads it (p < 0.04)", part(p < ONCE for p in fixed), "0.04")
    row("share, looked at every day, ordinary test", part(s.ordinary for s in stories), "none")
    row("share, looked at every day, early verdict", part(bool(s.early) for s in stories), "at most 0.01")
    row("share, looked at every day, the report's verdict", part(s.found for s in stories), "at most 0.05")
    row("share, an interval of any day missed what is true", part(not s.covered for s in stories), "at most 0.01")


def of_one_look(runs: int) -> None:
    """Only the comparison at the planned number, so ten times as many pilots."""
    runs, rng, below = 10 * runs, random.Random(6), Counter[float]()  # noqa: S311 - a simulation
    each = PLANNED // 2
    for _ in range(runs):
        groups = []
        for _ in GROUPS:
            gold = of_so_many(rng, each, TIERS[0][1])
            parts = zip(TIERS, (gold, each - gold), strict=True)
            groups.append([Moments.of_events(of_so_many(rng, people, rate), people) for (*_, rate), people in parts])
        compared = statistics.stratified(zip(*groups, strict=True))
        for alpha in (statistics.ALPHA, ONCE):
            below[alpha] += bool(compared and compared.p_value < alpha)
    row(f"share, one look, {runs:,} pilots, p < 0.05", below[statistics.ALPHA] / runs, "0.044 to 0.056")
    row(f"share, one look, {runs:,} pilots, p < 0.04", below[ONCE] / runs, "0.04")


def of_tiers(runs: int) -> None:
    """Gold is contacted more often, and turns to us more often: thrown together that looks like an effect."""
    contacted, held_out = {"gold": 0.8, "*": 0.3}, {"gold": 0.2, "*": 0.7}
    pilot = pilot_of(Outcome.REPEAT_CONTACT, 0.05, 0.2, contacted=contacted, held_out=held_out)
    rng, apart, together = random.Random(2), 0, 0  # noqa: S311 - a simulation
    for _ in range(runs):
        sums: Counter[str] = Counter()
        gold = of_so_many(rng, PLANNED, TIERS[0][1])
        for (tier, _, rate), people in zip(TIERS, (gold, PLANNED - gold), strict=True):
            first = of_so_many(rng, people, contacted.get(tier, contacted["*"]))
            for arm, of in zip(GROUPS, (first, people - first), strict=True):
                count(sums, arm, tier, of, repeat_contact=of_so_many(rng, of, rate))
        told = reading.read(pilot, reading.figures_of(sums), START, once=True).primary
        apart += bool(told and told.once_p_value is not None and told.once_p_value < 0.05)
        groups = [
            Moments.of_events(sums_of(sums, "repeat_contact", arm), sums_of(sums, "judged", arm)) for arm in GROUPS
        ]
        compared = statistics.stratified([(groups[0], groups[1])])
        together += bool(compared and compared.p_value < 0.05)
    row("tiers with other shares, compared within tiers", apart / runs, "0.05")
    row("tiers with other shares, thrown together", together / runs, "none")


def of_strata(runs: int) -> None:
    """The same people in ever more strata of a few each, and of whom ever fewer do it: is the interval still as wide as
    it says? What is true differs between strata."""
    rng = random.Random(5)  # noqa: S311 - a simulation
    for rate, lower in ((0.2, 0.05), (0.06, 0.02)):
        for strata in (1, 4, 12, 20, 40):
            each = PLANNED // 2 // strata
            held, found = 0, 0
            for _ in range(runs):
                pairs = [
                    tuple(
                        Moments.of_events(of_so_many(rng, people, here - less), people)
                        for people, less in ((round(each * more), lower), (each, 0.0))
                    )
                    for n in range(strata)
                    for here, more in ((rate * (0.6 + 0.8 * (n % 4) / 3 if strata > 1 else 1.0), 1 + n % 2),)
                ]
                compared = statistics.stratified(pairs)  # type: ignore[arg-type]
                if compared is None:
                    continue
                told = compared.interval(ONCE)
                found += 1
                held += told.low <= -lower <= told.high
            print(
                f"  {rate:.2f} of {each * strata:,} and more do it, in {strata} strata of {each} and more:"
                f" interval of 96 % held what is true in {held / found:.4f}"
            )


def sums_of(sums: Counter[str], what: str, arm: str) -> int:
    return sum(amount for name, amount in sums.items() if name.startswith(f"{what}/{arm}/"))


# ── The company-wide hold-out ─────────────────────────────────────────────────────────────────────

WEEKS = 9  # in which a quarter draws people
TOUCHY, OFTEN, SELDOM = 0.2, 0.30, 0.15  # part of all who turn to us often, and the shares of both who do
WITHDRAW, SHARE = 0.2, 0.1  # of the touchy who are contacted in a quarter; the share that is held out


def of_quarters(runs: int) -> None:
    """Plays change nothing, but whoever turns to us often is also likely to withdraw her consent when she is contacted,
    and is not drawn any more. In the second quarter of the same hold-out those compared have lost such people, those
    held out have not; drawn anew, both have lost as many."""
    for each in (200, 1_000, 2_000, 4_000):
        for how, lost in (
            ("the first quarter", (0.0, 0.0)),
            ("drawn anew for the second", (WITHDRAW * (1 - SHARE), WITHDRAW * (1 - SHARE))),
            ("the same for the second", (WITHDRAW, 0.0)),
        ):
            rng = random.Random(f"{each} {how}")  # noqa: S311 - a simulation
            ends = [a_quarter(rng, each, lost) for _ in range(runs)]
            told = [end.primary.difference for end, _ in ends if end.primary and end.primary.difference is not None]
            print(
                f"  {each * WEEKS:,} in each group, {how}: ever found"
                f" {part(found for _, found in ends):.4f} (promised: at most 0.01), withheld at the end"
                f" {part(end.verdict == WITHHELD for end, _ in ends):.3f} (0.002);"
                f" on average off by {sum(told) / len(told) if told else 0.0:+.4f}"
            )


def a_quarter(rng: random.Random, each: int, lost: tuple[float, float]) -> tuple[Reading, bool]:
    """As it is read at its end, and whether it ever found something, looked at every week. `lost`: the part of the
    touchy, of each group, who withdrew in the quarter before."""
    pilot = holding_out.pilot_of(holding_out.quarter_of(START))
    sums, found = Counter[str](), False
    told = reading.read(pilot, reading.figures_of(sums), START)
    for week in range(WEEKS):
        first = of_so_many(rng, 2 * each, 0.5)
        for arm, people, gone in zip(GROUPS, (first, 2 * each - first), lost, strict=True):
            touchy = of_so_many(rng, people, TOUCHY)
            left = touchy - (of_so_many(rng, touchy, gone) if gone else 0)
            again = of_so_many(rng, left, OFTEN) + of_so_many(rng, people - touchy, SELDOM)
            count(sums, arm, "standard", left + people - touchy, repeat_contact=again)
        told = reading.read(pilot, reading.figures_of(sums), START + timedelta(weeks=week))
        found |= told.verdict in (BETTER, WORSE)
    return told, found


# ── Something to find ─────────────────────────────────────────────────────────────────────────────


def of_power(runs: int) -> None:
    """A quarter of the pilots each: what is often found needs fewer."""
    runs = max(20, runs // 4)
    pilot, rng = pilot_of(Outcome.REPEAT_CONTACT, 0.05, 0.2), random.Random(3)  # noqa: S311 - a simulation
    for lower in (0.05, 0.075, 0.10):
        stories = [looked_at(pilot, shares_by_day(rng, lower), -lower) for _ in range(runs)]
        early = [story.people for story in stories if story.early == BETTER]
        usual = sorted(early)[len(early) // 2] if early else 0
        once = [story.once.primary.once_interval for story in stories if story.once and story.once.primary]
        held = part(bool(each) and each.low <= -lower <= each.high for each in once if each)
        print(
            f"  {lower:.3f} fewer turn to us: found {part(s.verdict == BETTER for s in stories):.3f},"
            f" early {len(early) / runs:.3f} (median after {usual:,} people);"
            f" wrong way {part(s.verdict == WORSE for s in stories):.3f}; interval of 96 % held it {held:.3f}"
        )
    wanted = statistics.needed(0.2, 0.15, power=POWER, alpha=ONCE)
    print(f"  planned for 0.05 at 4 in 5: {2 * wanted:,.0f} people")


# ── Money ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class People:
    """What CDNOW's customers spent in the 39 weeks after the cut, and what was expected of each at it; both cut off at
    the 99.5th percentile of the 39 weeks before."""

    raw: list[int]
    expected_raw: list[int]
    spent: list[int]
    expected: list[int]
    cap: int


def bought(name: str) -> People:
    split = split_of(name)
    parameters = calibrated(split.past)
    expected = [round(expected_value(state, parameters, CUT, 39)) for state in states_of(split.past)]
    past = sorted(sum(minor for _, minor in purchases) for purchases in split.past)
    cap = past[round(len(past) * 0.995)]
    cut = [[min(cap, minor) for minor in told] for told in (split.future, expected)]
    return People(split.future, expected, cut[0], cut[1], cap)


def of_money(runs: int) -> None:
    if not path_of("master").exists():
        print("money: skipped; set LIANA_DATA to the folder that holds value/")
        return
    people = bought("master")
    print(f"Money of {len(people.spent):,} CDNOW customers over 39 weeks, cut at {people.cap / 100:,.0f}.00")
    row("variance that what was expected explains, uncut", explained(people.raw, people.expected_raw), "0.40")
    row("variance that what was expected explains, cut", explained(people.spent, people.expected), "none")
    left = variance(people.spent) * (1 - explained(people.spent, people.expected)) / variance(people.raw)
    row("variance that the cut and it take away together", 1 - left, "none")
    rng = random.Random(4)  # noqa: S311 - a simulation
    for each in (1_000, 2_500):
        stories = [split_and_read(rng, people, each) for _ in range(runs)]
        fixed = [story.once.primary.once_p_value for story in stories if story.once and story.once.primary]
        row(f"money, {each:,} in each group, one look, p < 0.05", part(bool(p) and p < 0.05 for p in fixed), "0.05")
        row(f"money, {each:,} in each group, looked at every day, ordinary", part(s.ordinary for s in stories), "none")
        row(f"money, {each:,} in each group, looked at every day", part(s.found for s in stories), "at most 0.05")


def split_and_read(rng: random.Random, people: People, each: int) -> Story:
    """Nobody is treated: two groups by lot, of whom a fiftieth more is judged every day. The last look is the one."""
    chosen = rng.sample(range(len(people.spent)), 2 * each)
    looks = [round(each * (look + 1) / 50) for look in range(50)]
    pilot = pilot_of(Outcome.SPEND, 500.0, 0.0, spread=3_000.0, planned=2 * each, spend_cap=people.cap)
    return looked_at(pilot, money_by_day(people, chosen[:each], chosen[each:], looks), 0.0)


def money_by_day(people: People, one: Sequence[int], other: Sequence[int], looks: list[int]) -> Iterator[Counter[str]]:
    done = 0
    for upto in looks:
        sums: Counter[str] = Counter()
        for arm, chosen in zip(GROUPS, (one, other), strict=True):
            spent = [people.spent[who] for who in chosen[done:upto]]
            known = [people.expected[who] for who in chosen[done:upto]]
            count(
                sums, arm, "standard", len(spent), spend=sum(spent), before=sum(known),
                **{
                    "spend.squares": sum(each**2 for each in spent),
                    "before.squares": sum(each**2 for each in known),
                    "spend.products": sum(a * b for a, b in zip(spent, known, strict=True)),
                },
            )  # fmt: skip
        done = upto
        yield sums


def explained(spent: Sequence[int], expected: Sequence[int]) -> float:
    """The square of their correlation."""
    ours, theirs = (sum(told) / len(told) for told in (spent, expected))
    both = sum((a - ours) * (b - theirs) for a, b in zip(spent, expected, strict=True))
    return both**2 / (variance(spent) * variance(expected) * len(spent) ** 2)


def variance(told: Sequence[int]) -> float:
    mean = sum(told) / len(told)
    return sum((each - mean) ** 2 for each in told) / len(told)


def part(told: Iterator[bool] | list[bool]) -> float:
    told = list(told)
    return sum(told) / len(told) if told else 0.0


def row(what: str, found: float, promised: str) -> None:
    print(f"  {what:<62} {found:.4f}   {promised}")


TABLES = {
    "shares": of_shares,
    "once": of_one_look,
    "tiers": of_tiers,
    "strata": of_strata,
    "quarters": of_quarters,
    "power": of_power,
    "money": of_money,
}

if __name__ == "__main__":
    main()
