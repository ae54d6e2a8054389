"""Tiers: what a customer's value index earns her, what each tier is promised per channel, and what may change hers.

Tiers are configuration. A tier never closes a channel: it only changes how fast, and by whom.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Permanent
from chalicelib.model.case import PromiseKind
from chalicelib.model.urgency import Urgency

EVERY_CHANNEL = "*"
_PROMISES = ("first_answer_minutes", "next_answer_minutes", "solution_minutes")
URGENT = {Urgency.URGENT: 0.5}
LEAST_FACTOR, MOST_FACTOR = 0.05, 4.0
GRACE, NOTICE = timedelta(weeks=4), timedelta(weeks=2)


@dataclass(frozen=True, slots=True)
class Band:
    """A tier that is earned: at `up_at` one gets it, below `down_below` one may lose it. Index points."""

    tier: str
    up_at: float
    down_below: float


@dataclass(frozen=True, slots=True)
class Bands:
    """The earned tiers, lowest first, above the one that everybody has.

    `notice` is how long before a lower tier comes she hears of it. Raises Permanent for what cannot be a policy.
    """

    bands: tuple[Band, ...] = (Band("gold", 80, 72), Band("platinum", 95, 92))
    lowest: str = "standard"
    grace: timedelta = timedelta(weeks=4)
    notice: timedelta = timedelta(weeks=2)

    def __post_init__(self) -> None:
        names = [self.lowest, *(band.tier for band in self.bands)]
        if len(set(names)) < len(names) or not all(names):
            raise Permanent("each tier has a name of its own")
        if not all(0 < band.down_below <= band.up_at <= 100 for band in self.bands):
            raise Permanent("a band is lost at or below the index it is won at, both above 0 and at most 100")
        if not all(low.up_at < high.up_at and low.down_below < high.down_below for low, high in pairwise(self.bands)):
            raise Permanent("bands must rise, lowest tier first")
        if not timedelta() < self.notice <= self.grace:
            raise Permanent("a notice comes within the grace period, and before its end")

    @property
    def tiers(self) -> tuple[str, ...]:
        return (self.lowest, *(band.tier for band in self.bands))

    def rank(self, tier: str) -> int:
        """0 for the lowest, and for a name that is no longer configured."""
        return self.tiers.index(tier) if tier in self.tiers else 0

    def earned_by(self, index: float) -> int:
        return sum(index >= band.up_at for band in self.bands)

    def is_below(self, index: float, rank: int) -> bool:
        """Whether the index is too low to keep the tier of that rank."""
        return rank > 0 and index < self.bands[rank - 1].down_below


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A customer's tier, and what may change it."""

    tier: str
    since: datetime
    below_since: datetime | None = None  # her index is too low for it from then on, without a break
    noticed_at: datetime | None = None  # when it was told that the tier will be lost
    lost_at: datetime | None = None  # the moment that was told then: a promise, whatever is configured since
    pinned_until: datetime | None = None
    pinned_by: str = ""
    reason: str = ""  # of the pin


@dataclass(frozen=True, slots=True)
class Tier:
    """`from_index` wins it and below `keep_index` it may be lost, in index points; 0 for the lowest, which everybody
    has. `perks` are in the company's own words, for its agents.

    What is promised is business time, by channel; EVERY_CHANNEL is the fallback.
    """

    name: str
    first_answer: Mapping[str, timedelta]
    from_index: float = 0
    keep_index: float = 0
    perks: tuple[str, ...] = ()
    next_answer: Mapping[str, timedelta] = field(default_factory=dict)  # what it does not name: as the first
    solution: Mapping[str, timedelta] = field(default_factory=dict)  # what it does not name: none

    @property
    def channels(self) -> set[str]:
        """All it names, the fallback included."""
        return {*self.first_answer, *self.next_answer, *self.solution}

    @property
    def hasty(self) -> bool:
        """Whether it promises something in no time."""
        promised = (*self.first_answer.values(), *self.next_answer.values(), *self.solution.values())
        return any(within <= timedelta() for within in promised)

    def promised(self, channel: str) -> timedelta:
        """The first answer."""
        return self.first_answer.get(channel) or self.first_answer[EVERY_CHANNEL]

    def within(self, kind: PromiseKind, channel: str) -> timedelta | None:
        """The business time in which it is promised; None: it is not."""
        if kind is PromiseKind.FIRST_ANSWER:
            return self.promised(channel)
        told = self.next_answer if kind is PromiseKind.NEXT_ANSWER else self.solution
        named = told.get(channel) or told.get(EVERY_CHANNEL)
        return named or (self.promised(channel) if kind is PromiseKind.NEXT_ANSWER else None)


@dataclass(frozen=True, slots=True)
class Tiers:
    """All tiers of the company, lowest first. `factors`: of what a tier promises, what holds for a case of that
    urgency; 1 for one that is not named. Raises Permanent for what cannot be a policy."""

    tiers: tuple[Tier, ...]
    grace: timedelta = GRACE
    notice: timedelta = NOTICE
    factors: Mapping[Urgency, float] = field(default_factory=lambda: URGENT)
    bands: Bands = field(init=False)
    version: str = field(init=False)  # of all that decides who has which: names, thresholds, grace and notice
    edition: str = field(init=False)  # of all of it, what is promised and perks included

    def __post_init__(self) -> None:
        if not self.tiers:
            raise Permanent("there must be a tier, so that everybody has one")
        if empty := [tier.name for tier in self.tiers if EVERY_CHANNEL not in tier.first_answer]:
            raise Permanent(f'{empty[0]} promises nothing for "*", the channels it does not name')
        if hasty := [tier.name for tier in self.tiers if tier.hasty]:
            raise Permanent(f"{hasty[0]} promises an answer in no time; give minutes above 0")
        if self.lowest.from_index or self.lowest.keep_index:
            raise Permanent(f"{self.lowest.name}, the lowest tier, is everybody's: it has no from_index")
        ordered = [self.factor(urgency) for urgency in Urgency]
        if not LEAST_FACTOR <= min(ordered) <= max(ordered) <= MOST_FACTOR:
            raise Permanent(f"urgency_factors are {LEAST_FACTOR} to {MOST_FACTOR:g}")
        if ordered != sorted(ordered, reverse=True):
            raise Permanent("urgency_factors never grow with urgency: low, normal, high, urgent")
        earned = tuple(Band(tier.name, tier.from_index, tier.keep_index) for tier in self.tiers[1:])
        bands = Bands(earned, self.lowest.name, self.grace, self.notice)
        object.__setattr__(self, "bands", bands)
        object.__setattr__(self, "version", ids.fingerprint(repr(bands))[:8])
        promised = [
            (
                tier.name,
                tier.perks,
                *(sorted(each.items()) for each in (tier.first_answer, tier.next_answer, tier.solution)),
            )
            for tier in self.tiers
        ]
        object.__setattr__(self, "edition", ids.fingerprint(repr((bands, promised, ordered)))[:8])

    @property
    def lowest(self) -> Tier:
        return self.tiers[0]

    def factor(self, urgency: Urgency) -> float:
        return self.factors.get(urgency, 1.0)

    def named(self, name: str) -> Tier:
        """The tier of that name; a name no longer configured is served as the lowest, never refused."""
        return next((tier for tier in self.tiers if tier.name == name), self.lowest)


DEFAULT_TIERS = Tiers(
    (
        Tier("standard", {EVERY_CHANNEL: timedelta(hours=24), "chat": timedelta(minutes=10)}),
        Tier("gold", {EVERY_CHANNEL: timedelta(hours=8), "chat": timedelta(minutes=5)}, 80, 72),
        Tier("platinum", {EVERY_CHANNEL: timedelta(hours=2), "chat": timedelta(minutes=2)}, 95, 92),
    )
)


def read_tiers(text: str) -> Tiers:
    """From `{"tiers": [{"name", "from_index", "keep_index", "first_answer_minutes": {"*": 1440, "chat": 10},
    "next_answer_minutes": {...}, "solution_minutes": {...}, "perks": [...]}, ...], "grace_days": 28, "notice_days":
    14, "urgency_factors": {"urgent": 0.5}}`, lowest tier first; empty: ours.

    Raises Permanent, saying what to correct, when the configuration cannot be used.
    """
    if not text:
        return DEFAULT_TIERS
    try:
        told = json.loads(text)
        _known(told, {"tiers", "grace_days", "notice_days", "urgency_factors"})
        return Tiers(
            tuple(_tier(entry) for entry in told["tiers"]),
            timedelta(days=float(told.get("grace_days", GRACE.days))),
            timedelta(days=float(told.get("notice_days", NOTICE.days))),
            _factors(told["urgency_factors"]) if "urgency_factors" in told else URGENT,
        )
    except Permanent as error:
        raise Permanent(f"TIERS: {error.detail}") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Permanent(f"TIERS cannot be read ({error!r}); see docs/operations.md for its form") from error


def _tier(entry: Mapping[str, Any]) -> Tier:
    _known(entry, {"name", "from_index", "keep_index", *_PROMISES, "perks"})
    from_index = float(entry.get("from_index", 0))
    return Tier(
        str(entry["name"]),
        _times(entry["first_answer_minutes"]),
        from_index,
        float(entry.get("keep_index", from_index)),
        tuple(str(perk) for perk in entry.get("perks", ())),
        _times(entry.get("next_answer_minutes", {})),
        _times(entry.get("solution_minutes", {})),
    )


def _times(told: Mapping[str, Any]) -> dict[str, timedelta]:
    return {channel: timedelta(minutes=float(minutes)) for channel, minutes in told.items()}


def _factors(told: Mapping[str, Any]) -> dict[Urgency, float]:
    _known(told, {urgency.value for urgency in Urgency})
    return {Urgency(name): float(factor) for name, factor in told.items()}


def _known(entry: Mapping[str, Any], names: set[str]) -> None:
    if unknown := sorted({*entry} - names):
        raise Permanent(f"there is no {unknown[0]}; there are {', '.join(sorted(names))}")
