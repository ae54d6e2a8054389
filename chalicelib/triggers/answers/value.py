"""What a customer is worth, why, and what tier she has by it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta, field

from chalicelib.customers.value_index import Term
from chalicelib.customers.views import Valuation
from chalicelib.model.calibration import Calibration
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Interaction
from chalicelib.model.tier import Bands, Standing, Tiers
from chalicelib.triggers.answers.shared import Index, Links, Next, Output, points

DAY = timedelta(days=1)
Minor = Annotated[int, Meta(description="Minor units of the company's currency.")]


class StandingOut(Output, frozen=True):
    """Her tier, and what may change it."""

    tier: str
    since: datetime
    below_since: Annotated[datetime | None, Meta(description="Since then her index is too low for it.")]
    noticed_at: Annotated[datetime | None, Meta(description="Then it was decided that she will lose it, and told.")]
    pinned_until: datetime | None
    pinned_by: str
    reason: Annotated[str, Meta(description="Why it is pinned.")]
    looked_at_again: Annotated[datetime | None, Meta(description="When time alone may change it.")]

    @classmethod
    def of(cls, standing: Standing, look_again: datetime | None) -> "StandingOut":
        return cls(
            tier=standing.tier,
            since=standing.since,
            below_since=standing.below_since,
            noticed_at=standing.noticed_at,
            pinned_until=standing.pinned_until,
            pinned_by=standing.pinned_by,
            reason=standing.reason,
            looked_at_again=look_again,
        )


class TermOut(Output, frozen=True):
    """What one term adds, to the money expected of her and to her index."""

    term: Term
    money: Minor
    points: float


class ValueOut(Output, frozen=True):
    """Her value index, and which terms gave how much: they sum exactly to `expected_margin` and `value_index`."""

    customer_id: str
    value_index: Annotated[float, Meta(description="0 to 100: how many customers are likely to bring less.")]
    expected: Annotated[Minor, Meta(description="What she is likely to bring in 13 weeks. For ranking; no forecast.")]
    terms: list[TermOut]
    margin_of_next_purchase: Minor
    own_share: Annotated[float, Meta(description="How much of that is her own mean; the rest is everybody's.")]
    purchases: int
    margin: Annotated[Minor, Meta(description="Of all purchases and refunds so far.")]
    first_purchase: datetime | None
    last_purchase: datetime | None
    standing: StandingOut
    calibrated_at: Annotated[datetime | None, Meta(description="Whom she is compared with: all customers as of then.")]
    calibrated_with: Annotated[int, Meta(description="How many they were.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, valuation: Valuation, links: dict[str, str]) -> "ValueOut":
        customer, explained = valuation.customer, valuation.explanation
        return cls(
            customer_id=customer.id,
            value_index=explained.points / 10,
            expected=explained.money,
            terms=[
                TermOut(term=each.term, money=each.money, points=each.points / 10) for each in explained.contributions
            ],
            margin_of_next_purchase=explained.expected_margin,
            own_share=round(explained.own_share, 3),
            purchases=customer.value.purchases,
            margin=customer.value.margin,
            first_purchase=customer.value.first,
            last_purchase=customer.value.last,
            standing=StandingOut.of(customer.standing, customer.look_again),
            calibrated_at=valuation.calibration.at,
            calibrated_with=valuation.calibration.customers,
            links=links,
        )


class MomentOut(Output, frozen=True):
    """Her index after one thing that happened to her."""

    at: datetime
    value_index: Index
    because: Annotated[str, Meta(description="order, contact by email, tier_changed ...")]
    entry_id: Annotated[str, Meta(description="Its entry on her timeline.")]
    detail: Mapping[str, str]

    @classmethod
    def of(cls, told: Interaction | Fact | Event) -> "MomentOut":
        match told:
            case Interaction():
                return cls(told.at, points(told.index), f"contact by {told.channel}", told.id, {"tier": told.tier})
            case Fact():
                return cls(told.occurred_at, points(told.index), told.what.value, told.id, told.data)
        index = told.detail.get("index")
        return cls(told.at, float(index) if index else None, told.what.value, told.id, told.detail)


class HistoryOut(Output, frozen=True):
    """Newest first. Late facts stand where they happened, with the index of when they were told."""

    items: list[MomentOut]
    next: Next


class TierOut(Output, frozen=True):
    name: str
    from_index: Annotated[float, Meta(description="Wins it today: the night keeps tiers at their configured size.")]
    keep_index: Annotated[float, Meta(description="Below it, it may be lost.")]
    configured_from_index: float
    first_answer_minutes: Annotated[Mapping[str, float], Meta(description="By channel; * for those not named.")]
    next_answer_minutes: Annotated[Mapping[str, float], Meta(description="Likewise; not named: as the first.")]
    solution_minutes: Annotated[Mapping[str, float], Meta(description="Likewise; not named: none is promised.")]
    perks: list[str]


class TiersOut(Output, frozen=True):
    """The tiers in force, lowest first."""

    version: Annotated[str, Meta(description="Of names, thresholds, grace and notice; each change of a tier names it.")]
    edition: Annotated[
        str, Meta(description="Of all that is configured, promises, perks and urgency factors included.")
    ]
    grace_days: float
    notice_days: float
    tiers: list[TierOut]
    calibrated_at: datetime | None
    calibrated_with: int

    @classmethod
    def of(cls, tiers: Tiers, bands: Bands, calibration: Calibration) -> "TiersOut":
        moved = {band.tier: band for band in bands.bands}
        return cls(
            version=tiers.version,
            edition=tiers.edition,
            grace_days=tiers.grace / DAY,
            notice_days=tiers.notice / DAY,
            tiers=[
                TierOut(
                    name=tier.name,
                    from_index=round(moved[tier.name].up_at, 2) if tier.name in moved else 0.0,
                    keep_index=round(moved[tier.name].down_below, 2) if tier.name in moved else 0.0,
                    configured_from_index=tier.from_index,
                    first_answer_minutes=_minutes(tier.first_answer),
                    next_answer_minutes=_minutes(tier.next_answer),
                    solution_minutes=_minutes(tier.solution),
                    perks=list(tier.perks),
                )
                for tier in tiers.tiers
            ],
            calibrated_at=calibration.at,
            calibrated_with=calibration.customers,
        )


def _minutes(promised: Mapping[str, timedelta]) -> dict[str, float]:
    return {channel: within.total_seconds() / 60 for channel, within in promised.items()}
