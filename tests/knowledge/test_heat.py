from datetime import timedelta

import pytest

from chalicelib.knowledge.heat import HALF_LIFE, asked, demand, together
from tests.factories import NOON


def test_each_ask_counts_one_and_half_of_it_after_the_half_life() -> None:
    heat = asked(asked(0, NOON), NOON)

    assert demand(heat, NOON) == pytest.approx(2, rel=0.01)
    assert demand(heat, NOON + HALF_LIFE) == pytest.approx(1, rel=0.01)


def test_a_recent_ask_is_worth_more_than_an_old_one() -> None:
    heat = asked(asked(0, NOON - HALF_LIFE), NOON)

    assert demand(heat, NOON) == pytest.approx(1.5, rel=0.01)


def test_the_order_of_asks_makes_no_difference() -> None:
    days = [timedelta(days=day) for day in (0, 3, 9)]
    forth, back = 0, 0
    for day in days:
        forth = asked(forth, NOON + day)
    for day in reversed(days):
        back = asked(back, NOON + day)

    assert abs(forth - back) <= 2


def test_what_is_asked_more_stays_above_while_nobody_asks() -> None:
    often = asked(asked(asked(0, NOON - timedelta(days=2)), NOON), NOON)
    seldom = asked(0, NOON)

    assert often > seldom
    assert demand(often, NOON + timedelta(days=90)) > demand(seldom, NOON + timedelta(days=90))


def test_a_hundred_thousand_asks_are_one_whole_number() -> None:
    heat = asked(0, NOON, 100_000.0)

    assert isinstance(heat, int)
    assert demand(heat, NOON) == pytest.approx(100_000, rel=0.01)


def test_of_two_that_are_one_the_demands_add_up() -> None:
    assert demand(together(asked(0, NOON, 3.0), asked(0, NOON, 5.0)), NOON) == pytest.approx(8, rel=0.01)
    assert together(0, 7) == 7


def test_nobody_asked_for_what_was_never_asked_for() -> None:
    assert demand(0, NOON) == 0
