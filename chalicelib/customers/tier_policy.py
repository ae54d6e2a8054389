"""Which tier does an index keep? Up at once; down one tier at a time, late, and never without a word before.

An index moves a little every week. Were tiers its slices, one customer in fifty would change hers each week, and every
fourth change would soon be taken back. So a tier is lost at a lower index than it is won at, and only when the index
stayed there for a grace period, of which she hears in time. A person may pin a tier until a date. Asked twice with the
same facts, the second answer changes nothing.
"""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.model.tier import Bands, Standing

LONGEST_PIN = timedelta(days=731)


class News(Enum):
    """What happened to a standing."""

    RAISED = "raised"
    WILL_BE_LOWERED = "will_be_lowered"  # `at` says when; to be told to her
    KEPT = "kept"  # after all: what was told before no longer holds
    LOWERED = "lowered"
    PIN_ENDED = "pin_ended"


@dataclass(frozen=True, slots=True)
class Change:
    news: News
    before: str  # tier
    after: str
    at: datetime  # when it holds from


@dataclass(frozen=True, slots=True)
class Judgement:
    """`look_again` is when time alone may change it; None: only another index will."""

    standing: Standing
    changes: tuple[Change, ...] = ()
    look_again: datetime | None = None


def judge(standing: Standing, index: float, bands: Bands, now: datetime) -> Judgement:
    """The standing as of now, and what is to be told. Raises Invalid for an index or instant that is none."""
    _check_instant(now, "now")
    if not (math.isfinite(index) and 0 <= index <= 100):
        raise Invalid("an index lies between 0 and 100")
    changes: tuple[Change, ...] = ()
    if standing.pinned_until:
        if is_pinned(standing, bands, now):
            return Judgement(standing, look_again=standing.pinned_until)
        standing = replace(_unpinned(standing), below_since=None, noticed_at=None, lost_at=None)
        changes = (Change(News.PIN_ENDED, standing.tier, standing.tier, now),)
    rank = bands.rank(standing.tier)
    if bands.tiers[rank] != standing.tier:
        standing = Standing(tier=bands.lowest, since=now)
    earned = bands.earned_by(index)
    if earned > rank:
        raised = Standing(tier=bands.tiers[earned], since=now)
        return Judgement(raised, (*changes, Change(News.RAISED, standing.tier, raised.tier, now)))
    if not bands.is_below(index, rank):
        return Judgement(*_kept(standing, changes, now))
    return _graced(standing, index, changes, bands, now)


def pin(
    standing: Standing, tier: str, *, until: datetime, by: str, reason: str, bands: Bands, now: datetime
) -> Judgement:
    """A person decides the tier until a date. Raises Invalid, with a pointer, for a pin that says not enough."""
    _check_instant(now, "now")
    _check_instant(until, "until")
    if tier not in bands.tiers:
        raise Invalid(f"there is no tier {tier}; there are {', '.join(bands.tiers)}", "/tier")
    if not now < until <= now + LONGEST_PIN:
        raise Invalid("a pin ends in the future, two years from now at most", "/until")
    if not by.strip() or not reason.strip():
        raise Invalid("a pin says who decided it and why", "/reason" if by.strip() else "/author")
    pinned = Standing(
        tier=tier,
        since=standing.since if tier == standing.tier else now,
        pinned_until=until,
        pinned_by=by,
        reason=reason,
    )
    return Judgement(pinned, _pinned(standing, tier, bands, now), until)


def is_pinned(standing: Standing, bands: Bands, now: datetime) -> bool:
    """Whether a pin holds: until its date, and while there is such a tier."""
    return standing.pinned_until is not None and now < standing.pinned_until and standing.tier in bands.tiers


def unpin(standing: Standing, now: datetime) -> Standing:
    """A pin ended before its date: `judge` says what follows. Raises Conflict where there is none."""
    if standing.pinned_until is None or standing.pinned_until <= now:
        raise Conflict("this customer's tier is not pinned")
    return replace(standing, pinned_until=now)


def _graced(standing: Standing, index: float, changes: tuple[Change, ...], bands: Bands, now: datetime) -> Judgement:
    """Too low: first nothing, then a notice, then one tier down."""
    below_since = standing.below_since or now
    standing = replace(standing, below_since=below_since)
    lower = bands.tiers[bands.rank(standing.tier) - 1]
    if standing.noticed_at is None:
        notice_at = below_since + bands.grace - bands.notice
        if now < notice_at:
            return Judgement(standing, changes, notice_at)
        effective = now + bands.notice
        standing = replace(standing, noticed_at=now, lost_at=effective)
        changes = (*changes, Change(News.WILL_BE_LOWERED, standing.tier, lower, effective))
        return Judgement(standing, changes, effective)
    effective = standing.lost_at or standing.noticed_at + bands.notice
    if now < effective:
        return Judgement(standing, changes, effective)
    lowered = Standing(tier=lower, since=now)
    changes = (*changes, Change(News.LOWERED, standing.tier, lower, now))
    if not bands.is_below(index, bands.rank(lower)):
        return Judgement(lowered, changes)
    return Judgement(replace(lowered, below_since=now), changes, now + bands.grace - bands.notice)


def _kept(standing: Standing, changes: tuple[Change, ...], now: datetime) -> tuple[Standing, tuple[Change, ...]]:
    kept = replace(standing, below_since=None, noticed_at=None, lost_at=None)
    if standing.noticed_at:
        changes = (*changes, Change(News.KEPT, standing.tier, standing.tier, now))
    return kept, changes


def _pinned(standing: Standing, tier: str, bands: Bands, now: datetime) -> tuple[Change, ...]:
    if tier != standing.tier:
        news = News.RAISED if bands.rank(tier) > bands.rank(standing.tier) else News.LOWERED
        return (Change(news, standing.tier, tier, now),)
    return (Change(News.KEPT, tier, tier, now),) if standing.noticed_at else ()


def _unpinned(standing: Standing) -> Standing:
    return replace(standing, pinned_until=None, pinned_by="", reason="")


def _check_instant(at: datetime, name: str) -> None:
    if at.tzinfo is None:
        raise Invalid(f"{name} needs a time zone", f"/{name}")
