"""Her tier at every event: by the thresholds in force, with what is told of it and who hears."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.customers import tiers
from chalicelib.customers.value_index import purchased, refunded
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.messages import TierNews
from chalicelib.model.calibration import Calibration
from chalicelib.model.customer import Customer
from chalicelib.model.event import EventKind
from chalicelib.model.tier import Band, Standing
from chalicelib.model.value import NOTHING, ValueState
from tests.factories import CALIBRATION, NOON, at, make_customer, make_policy

POLICY = make_policy(calibration=CALIBRATION)
RICH = ValueState(purchases=9, margin=90_00, recent=2**45)
WEEK = timedelta(weeks=1)
ANN, GOLD = make_customer(), make_customer(tier="gold")
WORD = {"by": "Tom", "reason": "fair"}


def kinds(done: tiers.Retiered) -> list[EventKind]:
    return [event.what for event in done.told]


def test_a_tier_is_won_at_once_told_with_the_index_and_heard_of() -> None:
    done = tiers.retiered(make_customer(value=RICH), POLICY, NOON)

    (event,) = done.told
    assert done.customer.standing == Standing(tier="gold", since=NOON)
    assert (event.what, event.detail["from"], event.detail["to"]) == (EventKind.TIER_CHANGED, "standard", "gold")
    assert (event.detail["index"], event.detail["tiers"]) == ("85.0", POLICY.tiers.version)
    assert done.messages == (TierNews(customer_id=ANN.id, event_id=event.id),)


def test_who_falls_below_is_looked_at_again_told_two_weeks_before_and_then_lowered() -> None:
    first = tiers.retiered(GOLD, POLICY, NOON)
    second = tiers.retiered(first.customer, POLICY, NOON + 2 * WEEK)
    third = tiers.retiered(second.customer, POLICY, NOON + 4 * WEEK)

    assert [done.customer.tier for done in (first, second, third)] == ["gold", "gold", "standard"]
    assert [kinds(done) for done in (first, second, third)] == [
        [],
        [EventKind.TIER_WILL_CHANGE],
        [EventKind.TIER_CHANGED],
    ]
    assert [done.customer.look_again for done in (first, second, third)] == [
        NOON + 2 * WEEK,
        NOON + 4 * WEEK,
        None,
    ]
    assert second.told[0].detail["at"] == "2026-12-18T12:00:00.000Z"


def test_who_rises_again_in_time_is_told_that_she_keeps_it() -> None:
    warned = tiers.retiered(tiers.retiered(GOLD, POLICY, NOON).customer, POLICY, NOON + 2 * WEEK).customer

    done = tiers.retiered(replace(warned, value=RICH), POLICY, NOON + 3 * WEEK)

    assert kinds(done) == [EventKind.TIER_KEPT]
    assert (done.customer.tier, done.customer.look_again) == ("gold", None)


@pytest.mark.parametrize("customer", [GOLD, make_customer(), make_customer(value=RICH)])
def test_before_the_first_night_everybody_keeps_what_she_has(customer: Customer) -> None:
    assert tiers.retiered(customer, make_policy(), NOON) == (customer, (), ())


def test_judged_twice_the_second_time_changes_nothing() -> None:
    for customer in (GOLD, ANN, make_customer(value=RICH)):
        once = tiers.retiered(customer, POLICY, NOON).customer

        assert not tiers.judged(once, POLICY, NOON).changes


def test_the_thresholds_the_night_moved_are_in_force_while_tiers_are_configured_as_they_were() -> None:
    moved = replace(POLICY.tiers.bands, bands=(Band("gold", 86, 77), Band("platinum", 97, 93)))
    calibration = replace(CALIBRATION, bands=moved, tiers_version=POLICY.tiers.version)

    assert tiers.bands(make_policy(calibration=calibration)) == moved
    assert tiers.bands(make_policy(calibration=replace(calibration, tiers_version="other"))) == POLICY.tiers.bands
    assert tiers.bands(make_policy(calibration=Calibration())) == POLICY.tiers.bands


# By hand


def test_a_pin_holds_whatever_her_index_says_until_its_date() -> None:
    done = tiers.pinned(ANN, "platinum", until=NOON + WEEK, **WORD, policy=POLICY, now=NOON)

    assert (done.customer.tier, done.customer.look_again) == ("platinum", NOON + WEEK)
    assert kinds(done) == [EventKind.TIER_PINNED, EventKind.TIER_CHANGED]
    assert {**WORD, "tier": "platinum", "until": "2026-11-27T12:00:00.000Z"}.items() <= done.told[0].detail.items()
    assert not tiers.judged(done.customer, POLICY, NOON + WEEK / 2).changes


def test_after_a_pin_she_keeps_the_tier_for_a_fresh_grace_period() -> None:
    pinned = tiers.pinned(ANN, "gold", until=NOON + WEEK, **WORD, policy=POLICY, now=NOON).customer

    done = tiers.retiered(pinned, POLICY, NOON + WEEK)

    assert kinds(done) == [EventKind.TIER_PIN_ENDED]
    assert done.customer.standing == Standing(tier="gold", since=NOON, below_since=NOON + WEEK)
    assert done.customer.look_again == NOON + 3 * WEEK


def test_a_pin_may_be_ended_before_its_date() -> None:
    pinned = tiers.pinned(ANN, "gold", until=NOON + WEEK, **WORD, policy=POLICY, now=NOON).customer

    done = tiers.unpinned(pinned, **WORD, policy=POLICY, now=NOON + WEEK / 2)

    assert done.customer.standing.pinned_until is None
    assert (kinds(done), done.told[0].detail["by"]) == ([EventKind.TIER_PIN_ENDED], "Tom")


def test_a_pin_names_a_tier_that_is_configured() -> None:
    with pytest.raises(Invalid, match="there is no tier silver") as refused:
        tiers.pinned(ANN, "silver", until=NOON + WEEK, **WORD, policy=POLICY, now=NOON)

    assert refused.value.pointer == "/tier"


@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        ({"tier": "gold"}, {"tier": "standard"}, "one"),
        ({"tier": "standard"}, {"tier": "gold"}, "other"),
        ({"tier": "gold"}, {"tier": "gold"}, "one"),
        ({"tier": "standard", "pinned_until": NOON}, {"tier": "gold"}, "one"),
        ({"tier": "platinum"}, {"tier": "standard", "pinned_until": NOON}, "other"),
    ],
)
def test_of_two_who_are_one_the_pinned_or_else_the_higher_tier_is_kept(
    one: dict[str, object], other: dict[str, object], kept: str
) -> None:
    first, second = (
        make_customer(id=name, standing=Standing(since=NOON, **fields))  # type: ignore[arg-type]
        for name, fields in (("one", one), ("other", other))
    )

    assert tiers.better(first, second, POLICY, NOON - WEEK).id == kept


@pytest.mark.parametrize(
    "fields", [{"tier": "standard", "pinned_until": NOON}, {"tier": "silver", "pinned_until": NOON + WEEK}]
)
def test_a_pin_that_holds_no_more_takes_no_tier_in_a_merge(fields: dict[str, object]) -> None:
    over = make_customer(id="one", standing=Standing(since=NOON - WEEK, **fields))  # type: ignore[arg-type]

    assert tiers.better(over, GOLD, POLICY, NOON) == GOLD


# Who was stored by 0.1


def test_margin_by_month_becomes_purchases_in_the_middle_of_each() -> None:
    old = make_customer(margin_by_month={"2026-09": 30_00, "2026-10": -4_00})

    done = tiers.retiered(old, POLICY, NOON).customer

    assert done.margin_by_month == {}
    assert done.value == refunded(purchased(NOTHING, at("2026-09-15"), 30_00), 4_00)
