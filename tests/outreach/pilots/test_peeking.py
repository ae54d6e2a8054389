"""Who looks again and again at a play that changes nothing is not told that it does.

`python -m benchmarks.pilots` does the same with thousands of pilots; docs/pilots.md has what came out.
"""

import random
from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.model.tally import words_as_one
from chalicelib.outreach.pilots import reading
from tests.factories import NOON
from tests.outreach.pilots.things import make_design, make_pilot

PILOTS, LOOKS, PER_LOOK = 80, 20, 50
GROUPS = ("contacted", "held_out")
NAMES = {
    (what, arm): words_as_one(what, arm, "standard", "1")
    for what in ("drawn", "judged", "repeat_contact")
    for arm in GROUPS
}
PILOT = make_pilot(design=make_design(planned=2 * PER_LOOK * (LOOKS - 2)))


def found(rng: random.Random, lower: float) -> tuple[bool, bool]:
    """Whether the report ever said that there is something, and whether an ordinary test did, at any look."""
    sums: Counter[str] = Counter()
    by_report = by_ordinary = once_done = False
    for look in range(LOOKS):
        for arm in GROUPS:
            rate = 0.2 - (lower if arm == "contacted" else 0.0)
            again = sum(rng.random() < rate for _ in range(PER_LOOK))
            for what, amount in (("drawn", PER_LOOK), ("judged", PER_LOOK), ("repeat_contact", again)):
                sums[NAMES[what, arm]] += amount
        figures, now = reading.figures_of(sums), NOON + timedelta(days=look)
        once = reading.read(PILOT, figures, now, once=True)
        if once.primary is None or once.primary.once_p_value is None or once.primary.p_value is None:
            continue
        by_ordinary |= once.primary.once_p_value < 0.05
        by_report |= once.primary.p_value < reading.EARLY
        if not once.missing_people and not once_done:
            by_report |= once.verdict in (reading.BETTER, reading.WORSE)
            once_done = True
    return by_report, by_ordinary


@pytest.fixture(scope="module")
def of_nothing() -> list[tuple[bool, bool]]:
    rng = random.Random(20)  # noqa: S311 - a simulation
    return [found(rng, 0.0) for _ in range(PILOTS)]


def test_of_plays_that_change_nothing_hardly_one_in_twenty_is_ever_said_to(of_nothing: list[tuple[bool, bool]]) -> None:
    assert sum(by_report for by_report, _ in of_nothing) <= 8


def test_an_ordinary_test_would_not_pass_that(of_nothing: list[tuple[bool, bool]]) -> None:
    assert sum(by_ordinary for _, by_ordinary in of_nothing) > 8


def test_what_is_there_is_found() -> None:
    rng = random.Random(21)  # noqa: S311 - a simulation

    assert sum(by_report for by_report, _ in (found(rng, 0.08) for _ in range(20))) >= 18
