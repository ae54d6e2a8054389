"""Which tier does her value earn? Asked at every event and contact, so that it is right at that moment."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from chalicelib.customers import tier_policy
from chalicelib.customers.tier_policy import Change, Judgement, News
from chalicelib.customers.value_index import index_of, purchased, refunded, score
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import TierNews
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.policy import Policy
from chalicelib.model.tier import Bands, Standing

_TOLD_AS = {
    News.RAISED: EventKind.TIER_CHANGED,
    News.LOWERED: EventKind.TIER_CHANGED,
    News.WILL_BE_LOWERED: EventKind.TIER_WILL_CHANGE,
    News.KEPT: EventKind.TIER_KEPT,
    News.PIN_ENDED: EventKind.TIER_PIN_ENDED,
}


class Retiered(NamedTuple):
    """The customer as of now, what is told of it on her timeline, and who else hears of it."""

    customer: Customer
    told: tuple[Event, ...] = ()
    messages: tuple[TierNews, ...] = ()

    def decision(self, reason: str) -> Decision:
        return Decision((self.customer, *self.told), self.messages, reason=reason)


def index(customer: Customer, policy: Policy) -> float:
    """Her value index, 0 to 100, by what the last night learnt."""
    return index_of(score(of_today(customer).value, policy.calibration.parameters), policy.calibration.table)


def index_now(customer: Customer, policy: Policy) -> int:
    """In tenths, as it is stamped on what happens to her."""
    return round(index(customer, policy) * 10)


def bands(policy: Policy) -> Bands:
    """The thresholds in force: those the night moved, or those configured since."""
    moved = policy.calibration.bands
    return moved if moved and policy.calibration.tiers_version == policy.tiers.version else policy.tiers.bands


def retiered(customer: Customer, policy: Policy, now: datetime) -> Retiered:
    customer = of_today(customer)
    return _told(customer, _judge(customer, customer.standing, policy, now), policy, now, {})


def judged(customer: Customer, policy: Policy, now: datetime) -> Decision:
    """Whatever time or a night made of it; nothing when it made nothing."""
    done = retiered(customer, policy, now)
    return done.decision("changed") if done.customer != customer else Decision(reason="as it was")


def pinned(
    customer: Customer, tier: str, *, until: datetime, by: str, reason: str, policy: Policy, now: datetime
) -> Retiered:
    """A person decides her tier until a date. Raises Invalid, with a pointer."""
    judged = tier_policy.pin(customer.standing, tier, until=until, by=by, reason=reason, bands=bands(policy), now=now)
    said = {"by": by, "reason": reason, "until": clock.iso(until)}
    done = _told(customer, judged, policy, now, said)
    event = _event(customer, EventKind.TIER_PINNED, now, {"tier": tier, **said})
    return done._replace(told=(event, *done.told))


def unpinned(customer: Customer, *, by: str, reason: str, policy: Policy, now: datetime) -> Retiered:
    """The pin ends before its date; what her index earns holds again. Raises Conflict where there is none."""
    judged = _judge(customer, tier_policy.unpin(customer.standing, now), policy, now)
    return _told(customer, judged, policy, now, {"by": by, "reason": reason})


def better(one: Customer, other: Customer, policy: Policy, now: datetime) -> Customer:
    """Which of two who are one person has the standing they both get: pinned, else the higher tier, else the first."""
    thresholds = bands(policy)
    first, second = (tier_policy.is_pinned(each.standing, thresholds, now) for each in (one, other))
    if first != second:
        return one if first else other
    return other if thresholds.rank(other.tier) > thresholds.rank(one.tier) else one


def of_today(customer: Customer) -> Customer:
    """A customer whom 0.1 stored: each month's margin counts as one purchase in its middle."""
    if not customer.margin_by_month:
        return customer
    value = customer.value
    for month, margin in sorted(customer.margin_by_month.items()):
        at = datetime.strptime(month, "%Y-%m").replace(day=15, tzinfo=UTC)
        value = purchased(value, at, margin) if margin > 0 else refunded(value, margin)
    return replace(customer, value=value, margin_by_month={})


def _judge(customer: Customer, standing: Standing, policy: Policy, now: datetime) -> Judgement:
    """By her index; while there is nobody to compare with she keeps what she has."""
    thresholds = bands(policy)
    points = index(customer, policy)
    if not policy.calibration.table.values:
        rank = thresholds.rank(standing.tier)
        points = thresholds.bands[rank - 1].down_below if rank else 0.0
    return tier_policy.judge(standing, points, thresholds, now)


def _told(customer: Customer, judged: Judgement, policy: Policy, now: datetime, said: dict[str, str]) -> Retiered:
    current = replace(customer, standing=judged.standing, look_again=judged.look_again)
    if not judged.changes:
        return Retiered(current)
    points = {"index": f"{index(customer, policy):.1f}", "tiers": policy.tiers.version}
    told = tuple(
        _event(customer, _TOLD_AS[change.news], now, {**_said(change), **points, **said}) for change in judged.changes
    )
    return Retiered(current, told, tuple(TierNews(customer_id=customer.id, event_id=event.id) for event in told))


def _said(change: Change) -> dict[str, str]:
    said = {"from": change.before, "to": change.after}
    return {**said, "at": clock.iso(change.at)} if change.news is News.WILL_BE_LOWERED else said


def _event(customer: Customer, what: EventKind, now: datetime, detail: dict[str, str]) -> Event:
    return Event(
        id=ids.derived_ulid(now, customer.id, what.value, *detail.values(), str(customer.version)),
        customer_id=customer.id,
        what=what,
        at=now,
        detail=detail,
    )
