"""What a night learns of all customers, in parts or at once."""

import json
import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers import calibration
from chalicelib.customers.calibration import Statistics
from chalicelib.customers.value_index import expected_value, purchased, refunded, served
from chalicelib.model.calibration import Calibration, Snapshot
from chalicelib.model.tier import DEFAULT_TIERS, Band, Bands
from chalicelib.model.value import DEFAULTS, NOTHING, Parameters, ValueState
from tests.factories import NOON

some = settings(deadline=None)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
QUARTER = 13 * WEEK
PAST = Snapshot(NOON - QUARTER, 60, 1_000_00, 500_00)

PURCHASES = st.tuples(st.integers(0, 2000), st.integers(-50_00, 900_00))


def customer(*purchases: tuple[int, int], now: datetime = NOON) -> ValueState:
    """Of purchases so many days ago, each with its margin."""
    state = NOTHING
    for days, margin in purchases:
        state = purchased(state, now - days * DAY, margin)
    return state


CUSTOMERS = st.lists(PURCHASES, max_size=5).map(lambda purchases: customer(*purchases))


def statistics_of(states: list[ValueState], **fields: object) -> Statistics:
    statistics = Statistics(**{"at": NOON, "past": PAST, **fields})  # type: ignore[arg-type]
    for state in states:
        statistics.add(state, "gold" if state.purchases > 3 else "standard")
    return statistics


def shoppers(count: int, seed: int = 1) -> list[ValueState]:
    """Buyers whose margins come of a gamma-gamma with p 6, q 4, g 1500."""
    rng = random.Random(seed)  # noqa: S311
    states = []
    for _ in range(count):
        rate = rng.gammavariate(4, 1 / 1500)
        times = [(rng.randrange(400), max(round(rng.gammavariate(6, 1 / rate)), 1)) for _ in range(rng.randrange(1, 8))]
        states.append(customer(*times))
    return states


# Statistics


@some
@given(st.lists(CUSTOMERS, max_size=12), st.lists(CUSTOMERS, max_size=12))
def test_parts_of_a_pass_add_up_to_the_whole(one: list[ValueState], other: list[ValueState]) -> None:
    merged = statistics_of(one)
    merged.merge(statistics_of(other))

    assert merged == statistics_of(one + other)


@some
@given(st.lists(CUSTOMERS, max_size=12))
def test_a_part_survives_json(states: list[ValueState]) -> None:
    statistics = statistics_of(states)

    stored = json.loads(json.dumps(statistics.to_json()))

    assert Statistics.from_json(stored, NOON, DEFAULTS, PAST) == statistics


def test_parts_of_different_passes_do_not_mix() -> None:
    with pytest.raises(ValueError, match="one pass"):
        statistics_of([]).merge(statistics_of([], parameters=Parameters(k=0.5)))


def test_who_never_bought_is_counted_and_ranked_but_teaches_nothing_of_buying() -> None:
    statistics = statistics_of([NOTHING, served(NOTHING, NOON, 9_99)])

    assert (statistics.customers, statistics.scores.count) == (2, 2)
    assert not statistics.spending


def test_margins_of_nothing_or_less_teach_nothing_of_margins() -> None:
    statistics = statistics_of([refunded(customer((5, 10_00)), 10_00), customer((5, -3_00))])

    assert not statistics.spending


def test_statistics_grow_with_the_kinds_of_customers_and_not_with_their_number() -> None:
    states = shoppers(500)

    once, often = (json.dumps(statistics_of(states * times).to_json()) for times in (1, 9))

    assert len(often) < 1.2 * len(once)


# Parameters


def test_nobody_teaches_nothing() -> None:
    assert calibration.fit(Statistics(at=NOON)) == DEFAULTS


def test_a_few_customers_teach_their_mean_margin_and_no_more() -> None:
    learnt = calibration.fit(statistics_of([customer((5, 90_00), (9, 30_00))] * 10, past=None))

    assert (learnt.p, learnt.q, learnt.k, learnt.mu) == (DEFAULTS.p, DEFAULTS.q, 1, 60_00)
    assert learnt.usual_margin == pytest.approx(60_00)


def test_customers_who_only_cost_teach_nothing() -> None:
    assert calibration.fit(statistics_of([customer((5, -1_00))] * 90, past=None)) == DEFAULTS


def test_many_customers_teach_the_shape_of_margins() -> None:
    learnt = calibration.fit(statistics_of(shoppers(4_000)))

    assert learnt.p == pytest.approx(6, rel=0.1)
    assert learnt.q == pytest.approx(4, rel=0.1)
    assert learnt.usual_margin == pytest.approx(6 * 1500 / 3, rel=0.05)


def test_learning_again_of_the_same_changes_nothing_to_speak_of() -> None:
    states = shoppers(1_000)
    once = calibration.fit(statistics_of(states))

    twice = calibration.fit(statistics_of(states, parameters=once))

    assert (twice.p, twice.q, twice.g) == pytest.approx((once.p, once.q, once.g), rel=0.02)


def test_a_subscription_of_one_price_for_all_has_an_expected_margin_too() -> None:
    states = [customer(*[(30 * n, 9_99) for n in range(months)]) for months in range(1, 100)]

    learnt = calibration.fit(statistics_of(states))

    assert learnt.usual_margin == pytest.approx(9_99, rel=0.05)


def test_k_is_what_came_true_of_those_who_were_there() -> None:
    then = NOON - QUARTER
    old = [customer((10, 20_00), (40, 20_00), now=then)] * 60
    past = statistics_of(old, at=then, past=None).snapshot()
    now = [purchased(state, NOON - WEEK, 30_00) for state in old[:20]] + old[20:] + [customer((3, 900_00))] * 60

    learnt = calibration.fit(statistics_of(now, past=past))

    foretold = sum(expected_value(state, DEFAULTS, then) for state in old)
    assert learnt.k == pytest.approx(20 * 30_00 / foretold, rel=0.001)


@pytest.mark.parametrize(
    ("past", "k"),
    [
        (None, 1),
        (Snapshot(NOON - QUARTER, 3, 0, 100), 1),
        (Snapshot(NOON - QUARTER, 900, 0, 0), 1),
        (Snapshot(NOON, 900, 0, 100), 1),
        (Snapshot(NOON - QUARTER, 900, 0, 1), 2),
        (Snapshot(NOON - QUARTER, 900, 0, 10**9), 0.2),
    ],
    ids=["none", "of too few", "foretold nothing", "of now", "foretold too little", "foretold too much"],
)
def test_k_needs_a_past_to_speak_of_and_keeps_within_bounds(past: Snapshot | None, k: float) -> None:
    states = [customer((300, 20_00))] * 60

    assert calibration.fit(statistics_of(states, past=past)).k == k


# Thresholds


def test_a_tier_that_grew_too_large_is_harder_to_win_and_to_keep() -> None:
    steered = calibration.steered(Bands(), Bands(), {"standard": 700, "gold": 250, "platinum": 50})

    gold, platinum = steered.bands
    assert gold.up_at == pytest.approx(80 + 0.3 * 10)
    assert gold.down_below == pytest.approx(72 * 83 / 80)
    assert platinum == Band("platinum", 95, 92)


def test_a_tier_of_its_size_keeps_its_threshold() -> None:
    bands = Bands()

    assert calibration.steered(bands, bands, {"standard": 800, "gold": 150, "platinum": 50}) == bands


def test_thresholds_go_no_further_than_half_or_twice_the_share() -> None:
    bands = Bands((Band("gold", 80, 72),))
    crowded = empty = bands
    for _ in range(100):
        crowded = calibration.steered(crowded, bands, {"standard": 300, "gold": 700})
        empty = calibration.steered(empty, bands, {"standard": 1000})

    assert (empty.bands[0].up_at, crowded.bands[0].up_at) == (60, 90)


@some
@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500)), max_size=60))
def test_steering_always_leaves_bands_that_can_be_used(nights: list[tuple[int, int, int]]) -> None:
    bands = Bands()
    for counts in nights:
        bands = calibration.steered(bands, Bands(), dict(zip(bands.tiers, counts, strict=True)))

    assert bands.tiers == Bands().tiers


def test_a_tier_that_is_kept_at_the_index_it_is_won_at_has_its_thresholds_moved_together() -> None:
    bands = Bands((Band("gold", 80, 80), Band("platinum", 95, 95)))

    moved = bands
    for number in range(200):
        moved = calibration.steered(moved, bands, {"standard": 7_900 - number, "gold": 1_700 + number, "platinum": 503})

        assert all(band.down_below == pytest.approx(band.up_at) for band in moved.bands)


def test_with_few_customers_thresholds_stay_as_configured() -> None:
    moved = Bands((Band("gold", 85, 75), Band("platinum", 96, 93)))

    assert calibration.steered(moved, Bands(), {"standard": 2, "gold": 100}) == Bands()


# What a pass publishes


def snapshots(*days_ago: int) -> tuple[Snapshot, ...]:
    return tuple(Snapshot(NOON - days * DAY, 60, days, 500_00) for days in days_ago)


@pytest.mark.parametrize(
    ("days_ago", "chosen"),
    [((), None), ((90, 7), None), ((91,), 91), ((98, 91, 84), 91), ((98, 84), 98)],
)
def test_a_forecast_is_judged_once_it_is_thirteen_weeks_old(days_ago: tuple[int, ...], chosen: int | None) -> None:
    found = calibration.past_of(snapshots(*days_ago), NOON)

    assert (found.margin if found else None) == chosen


def test_a_night_some_seconds_earlier_in_the_day_still_finds_its_forecast() -> None:
    assert calibration.past_of(snapshots(91), NOON - timedelta(seconds=30))


@pytest.mark.parametrize(
    ("days_ago", "kept"),
    [((), (0,)), ((6,), (6,)), ((7,), (7, 0)), ((105, 98, 7), (98, 7, 0)), ((99, 92, 1), (92, 1))],
)
def test_one_forecast_a_week_is_kept_until_it_was_judged(days_ago: tuple[int, ...], kept: tuple[int, ...]) -> None:
    statistics = statistics_of(shoppers(5))

    published = calibration.renewed(Calibration(snapshots=snapshots(*days_ago)), statistics, DEFAULT_TIERS, "run")

    assert [(NOON - each.at).days for each in published.snapshots] == list(kept)


def test_table_and_the_parameters_it_was_counted_with_are_published_together() -> None:
    counted_with = Parameters(rho=0.5)
    statistics = statistics_of(shoppers(300), parameters=counted_with)

    published = calibration.renewed(Calibration(version=3), statistics, DEFAULT_TIERS, "2026-11-20")

    assert published.parameters == counted_with
    assert published.learnt == calibration.fit(statistics) != counted_with
    assert published.table == statistics.scores.table()
    assert (published.at, published.run, published.customers) == (NOON, "2026-11-20", 300)
    assert published.version == 3, "in place of what was read"


GOLDEN = Calibration(
    at=NOON - DAY, bands=Bands((Band("gold", 85, 76.5), Band("platinum", 97, 94))), tiers_version=DEFAULT_TIERS.version
)


def test_thresholds_move_on_from_where_they_are_and_at_most_twice_a_day() -> None:
    crowded = statistics_of([customer(*[(n, 10_00) for n in range(5)])] * 300)

    a_day_later = calibration.renewed(GOLDEN, crowded, DEFAULT_TIERS, "run")
    an_hour_later = calibration.renewed(replace(GOLDEN, at=NOON - DAY / 24), crowded, DEFAULT_TIERS, "run")

    assert a_day_later.bands == calibration.steered(GOLDEN.bands, DEFAULT_TIERS.bands, crowded.tiers)
    assert a_day_later.bands != an_hour_later.bands == GOLDEN.bands


def test_other_tiers_begin_with_their_own_thresholds() -> None:
    changed = replace(DEFAULT_TIERS, grace=timedelta(weeks=6))

    published = calibration.renewed(GOLDEN, statistics_of(shoppers(5)), changed, "run")

    assert (published.bands, published.tiers_version) == (changed.bands, changed.version)
