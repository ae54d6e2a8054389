"""Who looks again and again at a play that changes nothing is not told that it does.

`python -m benchmarks.pilots` does the same with thousands of pilots; docs/pilots.md has what came out. Of 200 pilots in
which each finds something in 5 of 100 more than 19 do so in 2 of 1,000 such tests; the draws here are always the same.
"""

import random
from bisect import bisect
from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import accumulate
from math import comb
from typing import NamedTuple

import pytest

from chalicelib.model.tally import words_as_one
from chalicelib.outreach.pilots import reading
from tests.factories import NOON
from tests.outreach.pilots.things import make_design, make_pilot

PILOTS, LOOKS, PER_LOOK = 200, 12, 100
AT_MOST, EARLY_AT_MOST = 19, 7
GROUPS = ("contacted", "held_out")
NAMES = {
    (what, arm): words_as_one(what, arm, "standard", "1")
    for what in ("drawn", "judged", "repeat_contact")
    for arm in GROUPS
}
PILOT = make_pilot(design=make_design(planned=2 * PER_LOOK * (LOOKS - 2)))


class Found(NamedTuple):
    """Whether each ever said that there is something."""

    early: bool = False  # the report, before the planned number
    once: bool = False  # the report, at it
    ordinary: bool = False  # a test that is made for one look, at any of them

    @property
    def by_report(self) -> bool:
        return self.early or self.once


@cache
def up_to(rate: float) -> tuple[float, ...]:
    """The chance that so many or fewer of those judged between two looks turn to us."""
    return tuple(accumulate(comb(PER_LOOK, n) * rate**n * (1 - rate) ** (PER_LOOK - n) for n in range(PER_LOOK)))


def found(rng: random.Random, lower: float) -> Found:
    sums: Counter[str] = Counter()
    seen, decided = Found(), False
    for look in range(1, LOOKS + 1):
        for arm in GROUPS:
            again = bisect(up_to(0.2 - (lower if arm == "contacted" else 0.0)), rng.random())
            for what, amount in (("drawn", PER_LOOK), ("judged", PER_LOOK), ("repeat_contact", again)):
                sums[NAMES[what, arm]] += amount
        told = reading.read(PILOT, reading.figures_of(sums), NOON + timedelta(days=look), once=True)
        if told.primary is None or told.primary.once_p_value is None or told.primary.p_value is None:
            continue
        at_planned = not told.missing_people and not decided
        decided |= at_planned
        seen = Found(
            early=seen.early or told.primary.p_value < reading.EARLY,
            once=seen.once or (at_planned and told.verdict in (reading.BETTER, reading.WORSE)),
            ordinary=seen.ordinary or told.primary.once_p_value < 0.05,
        )
    return seen


@pytest.fixture(scope="module")
def of_nothing() -> list[Found]:
    rng = random.Random(20)  # noqa: S311 - a simulation
    return [found(rng, 0.0) for _ in range(PILOTS)]


def test_of_plays_that_change_nothing_hardly_one_in_twenty_is_ever_said_to(of_nothing: list[Found]) -> None:
    assert sum(pilot.by_report for pilot in of_nothing) <= AT_MOST


def test_and_hardly_one_in_a_hundred_before_the_planned_number(of_nothing: list[Found]) -> None:
    assert sum(pilot.early for pilot in of_nothing) <= EARLY_AT_MOST


def test_an_ordinary_test_would_not_pass_that(of_nothing: list[Found]) -> None:
    assert sum(pilot.ordinary for pilot in of_nothing) > AT_MOST


def test_what_is_there_is_found() -> None:
    rng = random.Random(21)  # noqa: S311 - a simulation

    assert sum(found(rng, 0.08).by_report for _ in range(20)) >= 18
