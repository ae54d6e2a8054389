"""How a sweep goes on: one place for each part, and one message that fits it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import ActOnCase, SweepEnded, SweepPart
from chalicelib.model.sweep import KEPT, Part, Sweep
from chalicelib.sweeps import progress
from tests.factories import NOON, make_case

SWEEP = Sweep(job="toy", run="1", started_at=NOON, parts=3, version=1)
PART = Part(job="toy", run="1", number=2, started_at=NOON, after="01B", customers=7, version=4)
CAUSED = ActOnCase(case_id="c", as_of="now")


def test_a_sweep_begins_with_a_message_for_each_part() -> None:
    decision = progress.begin("toy", "1", {"of": "A"}, 3, NOON)

    assert decision.changes == (replace(SWEEP, given={"of": "A"}, version=None),)
    assert decision.messages == tuple(SweepPart(job="toy", run="1", part=number, after="") for number in range(3))


@pytest.mark.parametrize(
    ("why", "sweep", "part", "after", "fits"),
    [
        ("the first message of a part", SWEEP, None, "", True),
        ("the message a part stands at", SWEEP, PART, "01B", True),
        ("a repetition of one before", SWEEP, PART, "01A", False),
        ("the very first one again", SWEEP, PART, "", False),
        ("one ahead of the part, which nobody sent", SWEEP, None, "01B", False),
        ("a part that is done", SWEEP, replace(PART, done=True), "01B", False),
        ("an empty part that is done", SWEEP, replace(PART, after="", done=True), "", False),
        ("a sweep that is closed", replace(SWEEP, closed_at=NOON), PART, "01B", False),
        ("one whose parts may be gone", replace(SWEEP, started_at=NOON - KEPT), None, "", False),
    ],
)
def test_only_the_message_that_fits_a_parts_place_counts(
    why: str, sweep: Sweep, part: Part | None, after: str, fits: bool
) -> None:
    assert progress.is_next(sweep, part, after, NOON) is fits, why


def test_a_slice_moves_the_place_and_sends_what_goes_on_from_there() -> None:
    decision = progress.advanced(PART, "01F", 5, b"sums")

    assert decision.changes == (replace(PART, after="01F", customers=12, gathered=b"sums"),)
    assert decision.messages == (SweepPart(job="toy", run="1", part=2, after="01F"),)


def test_the_last_slice_says_that_the_part_is_through() -> None:
    decision = progress.advanced(PART, None, 5, b"sums")

    assert decision.changes == (replace(PART, customers=12, gathered=b"sums", done=True),)
    assert decision.messages == (SweepEnded(job="toy", run="1"),)


def test_it_is_over_when_all_parts_are_done_and_once() -> None:
    done = [replace(PART, number=number, done=True) for number in range(3)]

    assert progress.is_over(SWEEP, done)
    assert not progress.is_over(SWEEP, done[:2]), "one has not begun"
    assert not progress.is_over(SWEEP, [*done[:2], PART]), "one is under way"
    assert not progress.is_over(replace(SWEEP, closed_at=NOON), done)


def test_its_end_is_one_write_with_what_the_job_makes_of_it() -> None:
    later = NOON + timedelta(minutes=5)
    conclusion = Decision((make_case(),), (CAUSED,), "published")

    decision = progress.closed(SWEEP, [PART, replace(PART, number=1)], conclusion, later)

    assert decision.changes == (replace(SWEEP, closed_at=later, customers=14), make_case())
    assert (decision.messages, decision.reason) == ((CAUSED,), "published")
