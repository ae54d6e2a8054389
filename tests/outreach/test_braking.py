"""Do so many complain that we must stop?"""

from dataclasses import replace

import pytest

from chalicelib.model.brake import Brake
from chalicelib.model.campaign import CampaignState
from chalicelib.model.outreach import OutreachPolicy
from chalicelib.outreach import braking
from tests.factories import NOON, make_campaign

POLICY = OutreachPolicy()


def counts(sent: int, bounced: int = 0, complained: int = 0, day: str = "2026-11-20") -> dict[str, dict[str, int]]:
    return {day: {"sent": sent, "bounced": bounced, "complained": complained}}


@pytest.mark.parametrize(
    ("sent", "bounced", "complained", "pulled"),
    [
        (10, 0, 1, False),
        (499, 0, 20, False),
        (5_000, 0, 15, False),
        (5_000, 0, 30, True),
        (1_000_000, 0, 3_000, False),
        (1_000_000, 0, 3_300, True),
        (1_000, 50, 0, False),
        (1_000, 80, 0, True),
        (0, 0, 0, False),
    ],
)
def test_it_is_pulled_where_the_rate_is_too_high_for_sure(
    sent: int, bounced: int, complained: int, *, pulled: bool
) -> None:
    decision = braking.judged(counts(sent, bounced, complained), Brake(), POLICY, NOON)

    assert bool(decision.changes) is pulled


def test_it_says_why() -> None:
    (brake,) = braking.judged(counts(5_000, complained=30), Brake(), POLICY, NOON).changes

    assert (brake.pulled, brake.why, brake.at) == (True, "30 of 5000 notices were complained of", NOON)


def test_it_warns_before_it_stops() -> None:
    assert braking.read(counts(5_000, complained=10), Brake(), POLICY).warns
    assert not braking.read(counts(5_000, complained=4), Brake(), POLICY).warns


def test_what_was_released_is_not_pulled_again_by_the_same_counts() -> None:
    (pulled,) = braking.judged(counts(5_000, complained=30), Brake(), POLICY, NOON).changes
    (freed,) = braking.released(counts(5_000, complained=30), pulled, by="Lea", because="stopped it", now=NOON).changes

    assert not freed.pulled
    assert not braking.judged(counts(5_000, complained=30), freed, POLICY, NOON).changes
    assert braking.judged(counts(10_000, complained=60), freed, POLICY, NOON).changes


def test_pulled_twice_it_is_pulled_once() -> None:
    (pulled,) = braking.judged(counts(5_000, complained=30), Brake(), POLICY, NOON).changes

    assert not braking.judged(counts(6_000, complained=60), pulled, POLICY, NOON).changes


def test_seven_days_are_looked_at() -> None:
    assert braking.days_until(NOON.date())[0] == "2026-11-20"
    assert braking.days_until(NOON.date())[-1] == "2026-11-14"


RUNS = make_campaign(state=CampaignState.RUNNING)


@pytest.mark.parametrize(
    ("figures", "paused"),
    [
        ({"sent": 200, "delivered": 4_770, "complained": 30, "queued": 90_000}, True),
        ({"delivered": 4_985, "complained": 15}, False),
        ({"delivered": 400, "complained": 20}, False),
        ({}, False),
    ],
)
def test_a_campaign_that_too_many_complain_of_is_paused_alone(figures: dict[str, int], *, paused: bool) -> None:
    decision = braking.of_campaign(RUNS, figures, POLICY, NOON)

    assert [after.state for after in decision.changes] == ([CampaignState.PAUSED] if paused else [])


def test_a_paused_campaign_says_how_many_complained_and_what_was_forgiven_does_not_count_again() -> None:
    figures = {"delivered": 4_970, "complained": 30}
    (paused,) = braking.of_campaign(RUNS, figures, POLICY, NOON).changes
    resumed = replace(RUNS, forgiven=braking.left_of(figures))

    assert paused.why == "too many complained: 30 of 5000"
    assert not braking.of_campaign(resumed, {"delivered": 9_965, "complained": 35}, POLICY, NOON).changes
    assert braking.of_campaign(resumed, {"delivered": 9_940, "complained": 60}, POLICY, NOON).changes
