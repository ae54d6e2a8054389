"""Recent demand: what was asked counts half as much every two weeks."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.knowledge import popularity

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
A_DAY = timedelta(days=1)


def asked(*moments: datetime, slug: str = "returns", now: datetime = NOON) -> float:
    sums: dict[tuple[str, ...], dict[str, int]] = {}
    for at in moments:
        of = sums.setdefault(popularity.counter(at), {})
        of[slug] = of.get(slug, 0) + popularity.amount(at)
    found = popularity.demand(now, [sums.get(counter, {}) for counter in popularity.counters(now)])
    return found.get(slug, 0.0)


def test_an_ask_counts_half_after_its_half_life_and_a_quarter_after_two() -> None:
    assert asked(NOON) == pytest.approx(1, abs=0.01)
    assert asked(NOON - 14 * A_DAY) == pytest.approx(0.5, abs=0.01)
    assert asked(NOON - 28 * A_DAY) == pytest.approx(0.25, abs=0.01)
    assert asked(NOON, NOON - 14 * A_DAY) == pytest.approx(1.5, abs=0.01)


@pytest.mark.parametrize("days", range(0, 300, 23))
def test_it_is_so_at_every_moment_of_an_epoch(days: int) -> None:
    now = NOON + days * A_DAY

    assert asked(now - 7 * A_DAY, now - 21 * A_DAY, now=now) == pytest.approx(2**-0.5 + 2**-1.5, abs=0.01)


def test_what_is_long_ago_is_forgotten() -> None:
    assert asked(NOON - 300 * A_DAY) < 0.001


def test_only_articles_whose_demand_changed_much_are_indexed_anew() -> None:
    indexed = {"same": 10.0, "up": 2.0, "gone": 4.0, "little": 0.2}
    now = {"same": 12.0, "up": 9.0, "little": 0.5, "new": 1.0}

    assert popularity.moved(indexed, now, 10) == ["up", "gone", "new"]
    assert popularity.moved(indexed, now, 1) == ["up"]


def test_a_busy_process_counts_a_sample_of_the_same_weight() -> None:
    assert [popularity.times_of(seen) for seen in (1, 50)] == [1, 1]
    assert sum(popularity.times_of(seen) for seen in range(101, 201)) == 100
