"""Where a number stands among others, by a sketch of them."""

import json
import math
import random
from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import value as bench
from chalicelib.customers.quantiles import EXACT, RELATIVE_ERROR, ROWS, Sketch
from chalicelib.customers.value_index import score
from chalicelib.model.calibration import Table

some = settings(deadline=None)
VALUES = st.lists(st.floats(-1e30, 1e30, allow_subnormal=False) | st.integers(-5, 5).map(float), max_size=40)
MANY = st.lists(st.floats(-1e9, 1e9), min_size=EXACT + 1, max_size=EXACT + 40)


def sketch_of(values: list[float]) -> Sketch:
    sketch = Sketch()
    for value in values:
        sketch.add(value)
    return sketch


def mid_ranks(values: list[float]) -> list[float]:
    rising = sorted(values)
    return [50 * (bisect_left(rising, v) + bisect_right(rising, v)) / len(rising) for v in values]


def worst_error(values: list[float]) -> float:
    table = sketch_of(values).table()
    return max(abs(table.percentile(v) - exact) for v, exact in zip(values, mid_ranks(values), strict=True))


@some
@given(VALUES | MANY, VALUES | MANY)
def test_sketches_of_parts_merge_to_the_sketch_of_the_whole(one: list[float], other: list[float]) -> None:
    merged = sketch_of(one)
    merged.merge(sketch_of(other))

    assert merged == sketch_of(one + other)
    assert merged.count == len(one) + len(other)


@some
@given(VALUES | MANY)
def test_a_sketch_survives_json(values: list[float]) -> None:
    sketch = sketch_of(values)

    assert Sketch.from_json(json.loads(json.dumps(sketch.to_json()))) == sketch


@some
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=EXACT))
def test_few_customers_are_told_their_exact_rank(values: list[float]) -> None:
    assert worst_error(values) < 1e-9


@some
@given(MANY)
def test_a_higher_value_never_stands_lower(values: list[float]) -> None:
    table = sketch_of(values).table()

    percentiles = [table.percentile(value) for value in sorted(values)]

    assert percentiles == sorted(percentiles)
    assert all(0 < percentile < 100 for percentile in percentiles)


@some
@given(st.floats(1e-6, 1e30))
def test_a_bucket_stands_for_its_values_within_the_relative_error(value: float) -> None:
    sketch = sketch_of([value, *(-float(n) for n in range(1, EXACT + 2))])

    assert math.isclose(sketch.table().values[-1], value, rel_tol=RELATIVE_ERROR * 1.0001)


@pytest.mark.parametrize("spread", [0.3, 1, 3, 5])
def test_an_index_is_wrong_by_three_tenths_of_a_point_at_most(spread: float) -> None:
    rng = random.Random(4)  # noqa: S311
    values = [rng.lognormvariate(10, spread) * (-1 if n % 5 == 0 else 1) for n in range(4_000)] + [0.0] * 3_000

    assert worst_error(values) <= 0.3


@pytest.mark.skipif(not bench.path_of("sample").exists(), reason="no development data (LIANA_DATA)")
def test_an_index_of_real_customers_is_wrong_by_three_tenths_of_a_point_at_most() -> None:
    past = bench.split_of("sample").past
    parameters = bench.calibrated(past)

    assert worst_error([score(state, parameters) for state in bench.states_of(past)]) <= 0.3


def test_a_table_has_four_hundred_rows_at_most_however_wide_the_values_lie() -> None:
    rng = random.Random(5)  # noqa: S311
    values = [rng.choice([-1, 1]) * 10 ** rng.uniform(-5, 35) for _ in range(20_000)]

    assert 300 <= len(sketch_of(values).table().values) <= ROWS
    assert worst_error(values) <= 0.3


def test_a_weight_counts_as_often() -> None:
    weighted, one_by_one = Sketch(), sketch_of([7.0, 7.0, 7.0])

    weighted.add(7.0, 3)

    assert weighted == one_by_one


def test_between_two_values_it_goes_by_proportion_and_beyond_them_it_stays() -> None:
    table = Table((10.0, 20.0), (25.0, 75.0))

    assert [table.percentile(value) for value in (0, 10, 12, 20, 99)] == [25, 25, 35, 75, 75]


def test_nobody_makes_an_empty_table() -> None:
    assert Sketch().table() == Table()


@pytest.mark.parametrize(("value", "weight"), [(math.nan, 1), (math.inf, 1), (1.0, 0)])
def test_what_cannot_be_counted_is_refused(value: float, weight: int) -> None:
    with pytest.raises(ValueError, match="cannot count"):
        Sketch().add(value, weight)
