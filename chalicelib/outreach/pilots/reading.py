"""What does a pilot say, and how sure is it? Of sums alone, so it stays as it is when customers are erased.

Two things may be said of the outcome it was planned for, and together they are wrong in at most one of twenty pilots in
which there is nothing to find: at any time what stands however often one looks (`EARLY`), and once, when the planned
number is reached, what an ordinary comparison says (`ONCE`). All else is seen from the side.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil

from chalicelib.insight import statistics
from chalicelib.insight.statistics import Compared, Interval, Moments, Share
from chalicelib.model.pilot import Arm, Design, Outcome, Period, Pilot
from chalicelib.model.tally import words_of
from chalicelib.outreach.piloting import DRAWN, REFUSED
from chalicelib.outreach.pilots.judging import (
    BEFORE,
    EXCLUDED,
    JUDGED,
    OTHER_NOTICES,
    OTHER_PILOTS,
    PRODUCTS,
    RATED,
    SQUARES,
)

EARLY, ONCE = 0.01, 0.04  # how often each may find what is not there; 0.05 together
POWER = 0.8
UNLIKE = 0.01  # a p-value below which the groups had unlike company: said; below `statistics.SUSPICIOUS` nothing else
BETTER, WORSE, ALIKE, NOT_YET, WITHHELD = "better", "worse", "no_difference_of_that_size", "not_yet", "withheld"
SUSPICIOUS_SPLIT, OVERLAP = "split_is_wrong", "other_pilots_overlap"


# ── Sums ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Cell:
    """People of one group that were drawn alike: of a tier, in a period."""

    arm: str
    tier: str
    period: int
    sums: Mapping[str, int]

    def of(self, name: str) -> int:
        return self.sums.get(name, 0)

    def moments(self, outcome: Outcome) -> Moments:
        name = outcome.value
        if outcome.is_share:
            return Moments.of_events(self.of(name), self.of(JUDGED))
        n = self.of(RATED) if outcome is Outcome.RATING else self.of(JUDGED)
        products = self.of(f"{name}{PRODUCTS}") if outcome is Outcome.SPEND else 0
        before = (self.of(BEFORE), self.of(f"{BEFORE}{SQUARES}")) if outcome is Outcome.SPEND else (0, 0)
        return Moments(n, self.of(name), self.of(f"{name}{SQUARES}"), *before, products)


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was summed of a pilot."""

    cells: Mapping[tuple[str, str, int], Cell]
    refused: Mapping[str, int]

    def total(self, name: str, arm: Arm) -> int:
        return sum(cell.of(name) for (of_arm, *_), cell in self.cells.items() if of_arm == arm.value)

    def names(self, beginning: str) -> list[str]:
        found = {name for cell in self.cells.values() for name in cell.sums if name.startswith(beginning)}
        return sorted(found)


def figures_of(sums: Mapping[str, int]) -> Figures:
    cells: dict[tuple[str, str, int], dict[str, int]] = {}
    refused: dict[str, int] = {}
    for name, amount in sums.items():
        what, *group = words_of(name)
        if what == REFUSED:
            refused[group[0]] = amount
            continue
        arm, tier, period = group
        cells.setdefault((arm, tier, int(period)), {})[what] = amount
    return Figures({key: Cell(*key, sums) for key, sums in cells.items()}, refused)


# ── What is said ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    people: int
    events: int  # of a share: how many; of a mean: its sum
    mean: float  # of one mix of tiers and periods for both groups


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One outcome. Intervals and p-values of side views count beside each other: all of them together hold."""

    outcome: Outcome
    primary: bool
    contacted: Group
    held_out: Group
    enough: bool
    difference: float | None = None  # contacted less held out; None: of too few to tell
    lift: float | None = None  # by what part
    lift_interval: Interval | None = None
    interval: Interval | None = None  # however often one looks
    p_value: float | None = None
    once_interval: Interval | None = None  # of the one look at the planned number
    once_p_value: float | None = None
    sharpened: bool = False  # by what was expected of them at the draw

    @property
    def towards(self) -> str:
        if not self.difference:
            return ALIKE
        return BETTER if (self.difference > 0) is self.outcome.more_is_better else WORSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Whether both groups were equally much in something else: other plays' notices, other pilots."""

    what: str
    contacted: float  # share of those who had any
    held_out: float
    p_value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    at: datetime
    verdict: str
    why: str = ""  # it is withheld
    warnings: tuple[str, ...] = ()
    drawn: Mapping[str, int] = field(default_factory=dict)  # by arm
    judged: Mapping[str, int] = field(default_factory=dict)
    excluded: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by reason, by arm
    refused: Mapping[str, int] = field(default_factory=dict)  # by guardrail
    split_p_value: float = 1.0
    company: tuple[Company, ...] = ()
    primary: Finding | None = None  # None: withheld
    others: tuple[Finding, ...] = ()
    missing_people: int = 0
    missing_days: int | None = None  # at the pace of until now; None: nobody comes

    @property
    def waiting(self) -> int:
        """Drawn, and neither judged nor left out."""
        left_out = [by_arm.get(arm.value, 0) for by_arm in self.excluded.values() for arm in _GROUPS]
        drawn, judged = (sum(told.get(arm.value, 0) for arm in _GROUPS) for told in (self.drawn, self.judged))
        return drawn - judged - sum(left_out)


_GROUPS = (Arm.CONTACTED, Arm.HELD_OUT)


def read(pilot: Pilot, figures: Figures, now: datetime, *, once: bool = False) -> Reading:
    """`once`: the one look at the planned number; its time must not be chosen by what it says."""
    split = min(_split(pilot.periods, figures, DRAWN), _split(pilot.periods, figures, JUDGED))
    strata = [pair for pair in _strata(pilot.periods, figures) if min(each.of(JUDGED) for each in pair) > 0]
    asked = () if pilot.of_all_plays else (OTHER_NOTICES, OTHER_PILOTS)
    company = tuple(_company(strata, what) for what in asked)
    missing, days = _missing(pilot, figures, now)
    known = Reading(
        at=now,
        verdict=NOT_YET,
        drawn={arm.value: figures.total(DRAWN, arm) for arm in Arm if arm is not Arm.RELEASED},
        judged={arm.value: figures.total(JUDGED, arm) for arm in _GROUPS},
        excluded={
            name.removeprefix(f"{EXCLUDED}."): {arm.value: figures.total(name, arm) for arm in _GROUPS}
            for name in figures.names(f"{EXCLUDED}.")
        },
        refused=figures.refused,
        split_p_value=split,
        missing_people=missing,
        missing_days=days,
    )
    if split < statistics.SUSPICIOUS:
        return replace(known, verdict=WITHHELD, why=SUSPICIOUS_SPLIT)
    known = replace(known, company=company, warnings=tuple(_warnings(company)))
    if any(each.what == OTHER_PILOTS and each.p_value < statistics.SUSPICIOUS for each in company):
        return replace(known, verdict=WITHHELD, why=OVERLAP)
    design = pilot.design
    sides = [outcome for outcome in Outcome if outcome is not design.primary and _asked(outcome, design)]
    primary = _finding(design.primary, strata, design, once=once)
    others = _beside([_finding(outcome, strata, design, sides=len(sides)) for outcome in sides])
    verdict = _verdict(primary, design, once=once)
    return replace(known, verdict=verdict, primary=primary, others=tuple(others))


def _asked(outcome: Outcome, design: Design) -> bool:
    return outcome is not Outcome.GOAL or bool(design.goal_fact)


def _verdict(primary: Finding, design: Design, *, once: bool) -> str:
    interval, p_value, alpha = (
        (primary.once_interval, primary.once_p_value, ONCE) if once else (primary.interval, primary.p_value, EARLY)
    )
    if interval is None or p_value is None:
        return NOT_YET
    if p_value < alpha:
        return primary.towards
    return ALIKE if -design.minimum < interval.low and interval.high < design.minimum else NOT_YET


def _finding(
    outcome: Outcome, strata: Iterable[tuple[Cell, Cell]], design: Design, *, once: bool = False, sides: int = 0
) -> Finding:
    pairs = [(one.moments(outcome), other.moments(outcome)) for one, other in strata]
    compared = (statistics.stratified_cuped if outcome is Outcome.SPEND else statistics.stratified)(pairs)
    groups = [_group(pairs, n, compared) for n in (0, 1)]
    found = Finding(
        outcome=outcome,
        primary=outcome is design.primary,
        contacted=groups[0],
        held_out=groups[1],
        enough=all(_enough(outcome, group) for group in groups),
        sharpened=outcome is Outcome.SPEND,
    )
    if not found.enough or compared is None:
        return found
    alpha = statistics.ALPHA / sides if sides else EARLY
    anytime = statistics.anytime(compared.difference, compared.variance, _planned_variance(outcome, design), alpha)
    lift = compared.lift(alpha)
    return _told(found, compared, anytime, lift, once=once)


def _told(
    found: Finding,
    compared: Compared,
    anytime: statistics.Anytime | None,
    lift: tuple[float, Interval] | None,
    *,
    once: bool,
) -> Finding:
    return replace(
        found,
        difference=compared.difference,
        lift=lift[0] if lift else None,
        lift_interval=lift[1] if lift and once else None,
        interval=anytime.interval if anytime else None,
        p_value=anytime.p_value if anytime else None,
        once_interval=compared.interval(ONCE) if once else None,
        once_p_value=compared.p_value if once else None,
    )


def _beside(found: list[Finding]) -> list[Finding]:
    """Side views with p-values as they count beside each other."""
    told = {each.outcome.value: each.p_value for each in found if each.p_value is not None}
    adjusted = statistics.holm(told)
    return [replace(each, p_value=adjusted.get(each.outcome.value)) for each in found]


def _group(pairs: list[tuple[Moments, Moments]], which: int, compared: Compared | None) -> Group:
    groups = [pair[which] for pair in pairs]
    people = sum(group.n for group in groups)
    events = round(sum(group.total for group in groups))
    mean = events / people if people else 0.0
    if compared:
        mean = (compared.mean, compared.other_mean)[which]
    return Group(people=people, events=events, mean=mean)


def _enough(outcome: Outcome, group: Group) -> bool:
    if outcome.is_share:
        return Share(group.events, group.people).enough
    return group.people >= statistics.FEWEST_OF_MONEY


def _planned_variance(outcome: Outcome, design: Design) -> float:
    """Of the difference, when as many were judged as were planned: what makes the interval narrowest then. For side
    views, of which nothing was planned, as narrow as for a share of one in twenty, or a tenth of a point."""
    to_be_seen = statistics.to_be_seen(POWER, ONCE)
    if outcome is design.primary:
        return (design.minimum / to_be_seen) ** 2
    usual = 0.05 if outcome.is_share else {Outcome.SPEND: design.spend_cap / 20}.get(outcome, 0.1)
    return (usual / to_be_seen) ** 2


# ── Whether it may be said ────────────────────────────────────────────────────────────────────────


def _strata(periods: Iterable[Period], figures: Figures) -> list[tuple[Cell, Cell]]:
    """Both groups of each tier and period in which somebody could be in either."""
    found = []
    places = sorted({(tier, period) for _, tier, period in figures.cells})
    by_number = {period.number: period for period in periods}
    for tier, number in places:
        period = by_number.get(number)
        if period and 0 < share_contacted(period, tier) < 1:
            one, other = (
                figures.cells.get((arm.value, tier, number), Cell(arm.value, tier, number, {})) for arm in _GROUPS
            )
            found.append((one, other))
    return found


def share_contacted(period: Period, tier: str) -> float:
    """Of those who are compared."""
    contacted = period.contacted.get(tier, period.contacted.get("*", 0.0))
    held = period.held_out.get(tier, period.held_out.get("*", 0.0))
    return contacted / (contacted + held) if contacted + held else 0.0


def _split(periods: Iterable[Period], figures: Figures, name: str) -> float:
    periods = tuple(periods)
    by_number = {period.number: period for period in periods}
    return statistics.split_p_value_of(
        (one.of(name), other.of(name), share_contacted(by_number[one.period], one.tier))
        for one, other in _strata(periods, figures)
    )


def _company(strata: Iterable[tuple[Cell, Cell]], what: str) -> Company:
    compared = statistics.stratified(
        (Moments.of_events(one.of(what), one.of(JUDGED)), Moments.of_events(other.of(what), other.of(JUDGED)))
        for one, other in strata
    )
    if compared is None:
        return Company(what=what, contacted=0.0, held_out=0.0, p_value=1.0)
    return Company(what=what, contacted=compared.mean, held_out=compared.other_mean, p_value=compared.p_value)


def _warnings(company: Iterable[Company]) -> Iterable[str]:
    for each in company:
        if each.p_value < UNLIKE:
            more = each.contacted > each.held_out
            yield (
                f"{each.what}: those contacted had {'more' if more else 'fewer'} of them"
                f" ({each.contacted:.1%} and {each.held_out:.1%}); part of a difference may be theirs"
            )


def _missing(pilot: Pilot, figures: Figures, now: datetime) -> tuple[int, int | None]:
    """How many people, and days at the pace of until now, until it can be decided."""
    judged, drawn = (sum(figures.total(name, arm) for arm in _GROUPS) for name in (JUDGED, DRAWN))
    missing = max(0, pilot.design.planned - judged)
    waits = pilot.design.window_days + pilot.design.grace_days
    if not missing:
        return 0, 0
    if pilot.started_at is None or not drawn:
        return missing, None
    since = max((now - pilot.started_at).total_seconds() / 86400, 1.0)
    to_draw = max(0, pilot.design.planned - drawn)
    return missing, ceil(to_draw * since / drawn) + waits
