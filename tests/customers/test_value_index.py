"""What a customer is worth: sums that are the same in any order of events, and an index that can be explained."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import value as bench
from chalicelib.customers import value_index
from chalicelib.customers.quantiles import Sketch
from chalicelib.customers.value_index import (
    LANDMARK,
    Term,
    corrected,
    expected_margin,
    expected_value,
    explain,
    index_of,
    joined,
    purchased,
    referred,
    refunded,
    score,
    served,
)
from chalicelib.kernel.errors import Invalid, Permanent
from chalicelib.model.calibration import Table
from chalicelib.model.value import DEFAULTS, NOTHING, Parameters, ValueState
from tests.factories import NOON, at

some = settings(deadline=None)
UNIT = 2**32
MONTH = timedelta(days=30)
HALF_LIFE = timedelta(weeks=13)
Event = Callable[[ValueState], ValueState]

INSTANTS = st.datetimes(datetime(2019, 1, 1), datetime(2043, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
MARGINS = st.integers(-10_000_00, 10_000_00)
COSTS = st.integers(0, 500_00)
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.tuples(INSTANTS, MARGINS).map(lambda e: lambda state: purchased(state, *e)),
    MARGINS.map(lambda margin: lambda state: refunded(state, margin)),
    st.tuples(INSTANTS, COSTS).map(lambda e: lambda state: served(state, *e)),
    INSTANTS.map(lambda at: lambda state: referred(state, at)),
)
COMPANIES = st.builds(
    Parameters,
    p=st.floats(0.1, 200), q=st.floats(1.05, 200), g=st.floats(1, 100_000), k=st.floats(0.2, 2), mu=st.floats(0, 9_999),
    breadth=st.sampled_from([0, 0.05, 0.5]), tenure=st.sampled_from([0, 0.1]),
)  # fmt: skip


def after(*events: Event) -> ValueState:
    return reduce(lambda state, event: event(state), events, NOTHING)


def bought(*purchases: tuple[datetime, int]) -> ValueState:
    return reduce(lambda state, purchase: purchased(state, *purchase), purchases, NOTHING)


def table_of(*scores: float) -> Table:
    sketch = Sketch()
    for each in scores:
        sketch.add(each)
    return sketch.table()


# Sums


def test_an_event_at_the_landmark_weighs_one_and_doubles_with_each_half_life() -> None:
    landmark = datetime(LANDMARK.year, LANDMARK.month, LANDMARK.day, tzinfo=UTC)

    weights = [bought((landmark + n * HALF_LIFE, 0)).recent / UNIT for n in (-1, 0, 1, 8)]

    assert weights == [0.5, 1, 2, 256]


def test_weights_are_the_same_on_every_machine() -> None:
    """They are rounded where a float's last bits, in which machines may differ, decide nothing."""
    exact = [2 ** (day / 91) * UNIT for day in range(91)]

    assert min(abs(value % 1 - 0.5) for value in exact) > 1e-4
    assert (value_index._ROOTS[1], value_index._ROOTS[90]) == (4327806982, 8524753600)


def test_the_day_is_that_of_utc() -> None:
    evening_in_new_york = datetime(2026, 11, 20, 22, tzinfo=timezone(timedelta(hours=-5)))

    assert bought((evening_in_new_york, 1)).recent == bought((at("2026-11-21"), 1)).recent


@some
@given(st.lists(EVENTS, max_size=12), st.randoms(use_true_random=False))
def test_late_and_shuffled_events_make_the_same_customer(events: list[Event], rng: random.Random) -> None:
    shuffled = rng.sample(events, len(events))

    assert after(*shuffled) == after(*events)


@some
@given(st.lists(EVENTS, max_size=8), EVENTS)
def test_a_correction_takes_away_exactly_what_the_event_added(events: list[Event], wrong: Event) -> None:
    before = after(*events)

    repaired = corrected(wrong(before), wrong(NOTHING))

    assert replace(repaired, first=None, last=None) == replace(before, first=None, last=None)
    assert score(repaired, DEFAULTS) == score(before, DEFAULTS)


@some
@given(st.lists(EVENTS, max_size=8), EVENTS)
def test_a_correction_may_come_before_what_it_corrects(events: list[Event], wrong: Event) -> None:
    early = wrong(corrected(after(*events), wrong(NOTHING)))

    assert early == corrected(after(*events, wrong), wrong(NOTHING))


@some
@given(st.lists(EVENTS, max_size=6), st.lists(EVENTS, max_size=6))
def test_two_customers_who_are_one_join_to_what_one_would_have_been(one: list[Event], other: list[Event]) -> None:
    assert joined(after(*one), after(*other)) == after(*one, *other)


def test_a_customer_of_twenty_years_fits_a_number_of_dynamodb() -> None:
    end = datetime(2043, 12, 31, tzinfo=UTC)
    purchases = bought((end, 1)).recent * 8_000
    costs = served(NOTHING, end, 1).service * 10_000_000_00

    assert len(str(purchases)) <= 38
    assert len(str(costs)) <= 38


def test_first_and_last_are_those_of_purchases_in_whatever_order() -> None:
    state = served(bought((NOON, 1), (NOON - MONTH, 1)), NOON + MONTH, 5)

    assert (state.first, state.last, state.repeats) == (NOON - MONTH, NOON, 1)
    assert state.tenure == pytest.approx(30 / 365.25)


def test_a_refund_takes_margin_back_and_leaves_that_she_bought() -> None:
    state = refunded(bought((NOON, 500)), 500)

    assert (state.purchases, state.margin) == (1, 0)
    assert 0 < score(state, DEFAULTS) < score(bought((NOON, 500)), DEFAULTS)


@pytest.mark.parametrize("refund", [500, -500])
def test_a_refund_lowers_whichever_sign_it_is_told_with(refund: int) -> None:
    assert refunded(NOTHING, refund).margin == -500


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(Invalid, match="time zone"):
        purchased(NOTHING, datetime(2026, 11, 20), 1)  # noqa: DTZ001


def test_a_negative_cost_is_refused() -> None:
    with pytest.raises(Invalid, match="not negative"):
        served(NOTHING, NOON, -1)


# Scores


def test_golden_values() -> None:
    state = referred(served(bought((at("2026-01-05"), 20_00), (at("2026-04-06"), 40_00)), at("2026-04-07"), 9_99), NOON)

    assert state.recent == 3_479_182_696_704
    assert expected_margin(state, DEFAULTS) == pytest.approx(2793.7219730)
    assert score(state, DEFAULTS) == pytest.approx(2486104.581)
    assert expected_value(state, DEFAULTS, NOON) == pytest.approx(559.8037)


@pytest.mark.parametrize(("purchases", "expected"), [(0, 1000), (1, 1813), (4, 1946), (400, 1999)])
def test_the_more_she_buys_the_less_her_expected_margin_is_everybodys(purchases: int, expected: int) -> None:
    state = bought(*[(NOON, 20_00)] * purchases)

    assert round(expected_margin(state, DEFAULTS)) == expected


def test_a_purchase_is_worth_half_after_thirteen_weeks() -> None:
    state = bought((NOON, 20_00))

    now, later = (expected_value(state, DEFAULTS, NOON + passed) for passed in (timedelta(), HALF_LIFE))

    assert later == pytest.approx(now / 2)


def test_who_bought_lately_is_before_who_bought_long_ago_and_time_alone_never_changes_that() -> None:
    lately, long_ago = bought((NOON, 20_00)), bought((NOON - MONTH, 20_00))

    assert score(lately, DEFAULTS) > score(long_ago, DEFAULTS)


def test_service_lowers_and_a_referral_raises() -> None:
    state = bought((NOON, 20_00))

    assert score(served(state, NOON, 9_99), DEFAULTS) < score(state, DEFAULTS) < score(referred(state, NOON), DEFAULTS)


def test_a_referral_is_worth_a_quarter_of_a_mean_purchase() -> None:
    landmark = at("2024-01-01")

    assert score(referred(NOTHING, landmark), DEFAULTS) == 0.25 * DEFAULTS.mu


def test_breadth_and_tenure_are_off_by_default_and_bounded() -> None:
    state = bought((NOON - 40 * MONTH, 20_00), *[(NOON, 20_00)] * 50)

    plain = score(state, DEFAULTS)
    mild, strong = (score(state, replace(DEFAULTS, breadth=b, tenure=b)) for b in (0.02, 5))

    assert plain < mild < strong
    assert strong == pytest.approx(1.3 * plain)


@some
@given(st.lists(EVENTS, max_size=10), COMPANIES)
def test_every_customer_has_a_score(events: list[Event], parameters: Parameters) -> None:
    assert abs(score(after(*events), parameters)) < 1e60


@pytest.mark.parametrize(
    "wrong", [{"p": 0}, {"q": 1}, {"g": -1}, {"k": 0}, {"rho": -0.1}, {"mu": float("nan")}, {"tenure": float("inf")}]
)
def test_parameters_that_make_no_index_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(Permanent):
        Parameters(**wrong)


# The index


def test_the_index_of_a_company_with_ten_customers_is_her_rank() -> None:
    scores = [score(bought((NOON - n * MONTH, 20_00)), DEFAULTS) for n in range(10)]
    table = table_of(*scores)

    assert [round(index_of(each, table), 6) for each in scores] == [95, 85, 75, 65, 55, 45, 35, 25, 15, 5]


def test_alone_or_before_the_first_night_everybody_is_in_the_middle() -> None:
    only = score(bought((NOON, 20_00)), DEFAULTS)

    assert (index_of(only, Table()), index_of(only, table_of(only))) == (50, 50)


def test_those_who_never_bought_share_one_index_and_who_only_cost_is_below_them() -> None:
    costly = score(served(NOTHING, NOON, 32_74), DEFAULTS)
    table = table_of(costly, 0, 0, 0, 0, 0, 0, 0, *(score(bought((NOON, n)), DEFAULTS) for n in (100, 200)))

    assert (index_of(costly, table), index_of(0, table)) == (5, 45)


# Why


@some
@given(st.lists(EVENTS, max_size=10), COMPANIES, st.lists(st.floats(-1e9, 1e9), max_size=30))
def test_an_explanation_sums_exactly_to_the_whole(
    events: list[Event], parameters: Parameters, others: list[float]
) -> None:
    state, table = after(*events), table_of(*others)

    told = explain(state, parameters, table, NOON)

    assert sum(each.money for each in told.contributions) == told.money
    assert sum(each.points for each in told.contributions) == told.points
    assert told.points == round(10 * index_of(score(state, parameters), table))
    assert told.money == round(expected_value(state, parameters, NOON))


def test_an_explanation_names_each_term_once_from_the_start_to_the_least() -> None:
    state = served(bought((NOON, 60_00), (NOON - MONTH, 60_00)), NOON, 9_99)
    told = explain(state, DEFAULTS, table_of(*range(-100, 100_000_000, 1_000_000)), NOON)

    terms = [each.term for each in told.contributions]
    sizes = [abs(each.money) for each in told.contributions[1:]]

    assert terms[:4] == [Term.START, Term.MARGIN, Term.PURCHASES, Term.SERVICE]
    assert set(terms) == set(Term)
    assert sizes == sorted(sizes, reverse=True)


def test_an_explanation_says_how_much_of_the_expected_margin_is_her_own() -> None:
    unknown, known = (explain(bought(*[(NOON, 20_00)] * n), DEFAULTS, Table(), NOON) for n in (0, 4))

    assert (unknown.expected_margin, unknown.own_share) == (1000, 0)
    assert (known.expected_margin, round(known.own_share, 3)) == (1946, 0.946)


# On real customers


@pytest.mark.skipif(not bench.path_of("sample").exists(), reason="no development data (LIANA_DATA)")
def test_it_ranks_real_customers_as_well_as_it_is_said_to() -> None:
    split = bench.split_of("sample")
    parameters = bench.calibrated(split.past)
    scores = [score(state, parameters) for state in bench.states_of(split.past)]

    measured = bench.measured(scores, split.future)

    assert measured.rho >= 0.440
    assert measured.cap20 >= 0.670
    assert measured.lift10 >= 5.00


@pytest.mark.skipif(not bench.path_of("sample").exists(), reason="no development data (LIANA_DATA)")
def test_real_customers_keep_their_tiers_as_long_as_it_is_said_to() -> None:
    course = bench.course_of(bench.split_of("sample").past)

    assert course.policy.changes / course.policy.looks <= 0.013
    assert course.policy.flaps / course.policy.looks <= 0.0006
    assert 0.16 <= course.shares["gold"] + course.shares["platinum"] <= 0.24
