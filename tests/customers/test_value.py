"""What she is worth: margin of twelve months, whenever it is told."""

from datetime import datetime

import pytest

from chalicelib.customers import tiers, value
from chalicelib.model.event import EventKind
from chalicelib.model.tier import DEFAULT_TIERS
from tests.factories import NOON, at, make_customer


def test_margin_of_one_month_adds_up() -> None:
    months = value.with_margin({"2026-11": 100}, 50, NOON, NOON)

    assert months == {"2026-11": 150}


def test_a_late_fact_counts_in_its_own_month() -> None:
    months = value.with_margin({"2026-11": 100}, 50, at("2026-08-31 23:59"), NOON)

    assert months == {"2026-11": 100, "2026-08": 50}


@pytest.mark.parametrize(
    ("occurred_at", "counts"),
    [("2025-11-30 23:59", False), ("2025-12-01", True), ("2026-01-01", True), ("1999-12-31", False)],
)
def test_the_window_is_this_month_and_the_eleven_before(occurred_at: str, counts: bool) -> None:
    months = value.with_margin({}, 50, at(occurred_at), NOON)

    assert value.index(months, NOON) == (50 if counts else 0)


@pytest.mark.parametrize(
    ("now", "index"),
    [
        (at("2026-11-30 23:59"), 111),
        (at("2026-12-01"), 110),
        (at("2026-12-31 23:59"), 110),
        (at("2027-01-01"), 100),
        (at("2027-10-31"), 100),
        (at("2027-11-01"), 0),
    ],
)
def test_the_window_slides_over_the_year_though_nobody_writes(now: datetime, index: int) -> None:
    assert value.index({"2025-12": 1, "2026-01": 10, "2026-11": 100}, now) == index


def test_months_that_left_the_window_are_forgotten_at_the_next_fact() -> None:
    months = value.with_margin({"2024-01": 900, "2026-10": 5}, 1, NOON, NOON)

    assert months == {"2026-10": 5, "2026-11": 1}


def test_a_tier_follows_the_index_and_the_change_is_told() -> None:
    customer, told = tiers.retiered(make_customer(margin_by_month={"2026-11": 200_00}), DEFAULT_TIERS, NOON)

    assert (customer.value_index, customer.tier) == (200_00, "gold")
    (event,) = told
    assert (event.what, dict(event.detail)) == (EventKind.TIER_CHANGED, {"from": "standard", "to": "gold"})


def test_a_tier_that_is_no_longer_earned_is_lost() -> None:
    customer, told = tiers.retiered(
        make_customer(tier="gold", value_index=300_00, margin_by_month={"2025-11": 300_00}),
        DEFAULT_TIERS,
        NOON,
    )

    assert (customer.value_index, customer.tier) == (0, "standard")
    assert dict(told[0].detail) == {"from": "gold", "to": "standard"}


def test_a_tier_that_stays_is_not_told() -> None:
    customer, told = tiers.retiered(make_customer(margin_by_month={"2026-11": 5}), DEFAULT_TIERS, NOON)

    assert (customer.value_index, told) == (5, ())


def test_the_same_change_told_again_is_the_same_event() -> None:
    customer = make_customer(margin_by_month={"2026-11": 200_00})

    assert tiers.retiered(customer, DEFAULT_TIERS, NOON) == tiers.retiered(customer, DEFAULT_TIERS, NOON)
