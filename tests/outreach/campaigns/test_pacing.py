"""How many people a campaign takes, and when."""

from datetime import timedelta

import pytest

from chalicelib.model.load import DeskLoad, Promise
from chalicelib.outreach.campaigns import pacing
from chalicelib.outreach.campaigns.pacing import Load
from tests.factories import NOON, make_campaign
from tests.outreach.campaigns.conftest import make_load

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CAMPAIGN = make_campaign(rate=100, parts=32, expected=60_000, deadline=NOON + timedelta(days=3))


@pytest.mark.parametrize(
    ("load", "rate"),
    [
        (None, 600),
        (Load(predicted=0.85, promised=0.8), 600),
        (Load(predicted=0.8, promised=0.8), 600),
        (Load(predicted=0.75, promised=0.8), 300),
        (Load(predicted=0.7, promised=0.8), 0),
        (Load(predicted=0.1, promised=0.8), 0),
    ],
)
def test_the_rate_falls_as_service_is_predicted_to_fall(load: Load | None, rate: float) -> None:
    assert pacing.pace(600, load) == pytest.approx(rate, abs=1e-6)


def test_the_queue_that_serves_least_in_time_decides() -> None:
    assert pacing.worst(make_load(in_time=0.7), Promise(), NOON + MINUTE) == Load(0.7, Promise().share)


@pytest.mark.parametrize(
    "desk",
    [None, make_load(in_time=0.1, agents=0), make_load(in_time=0.1, an_hour=0.0)],
    ids=["never reckoned", "nobody serves", "nobody comes"],
)
def test_where_nothing_is_predicted_the_whole_rate_holds(desk: DeskLoad | None) -> None:
    assert pacing.worst(desk, Promise(), NOON) is None


def test_what_was_predicted_two_minutes_ago_counts_no_more() -> None:
    assert pacing.worst(make_load(in_time=0.1), Promise(), NOON + 2 * MINUTE) is None


def test_all_parts_together_begin_with_a_minutes_share() -> None:
    first = [int(pacing.begun(CAMPAIGN, number, NOON).saved) for number in range(32)]

    assert 100 - 16 <= sum(first) <= 100 + 16


def test_a_part_of_a_slow_campaign_waits_until_it_earned_somebody() -> None:
    slow = make_campaign(rate=1, parts=32)
    part = pacing.begun(slow, 0, NOON)

    assert pacing.look_again_at(part, 1 / 32, NOON) == NOON + 31 * MINUTE


def test_nobody_looks_more_often_than_the_clock() -> None:
    assert pacing.look_again_at(pacing.begun(CAMPAIGN, 0, NOON), 5_000, NOON) == NOON + MINUTE


def test_a_part_that_stood_still_catches_up_two_minutes_at_most() -> None:
    part = pacing.begun(CAMPAIGN, 0, NOON)

    assert pacing.earned(part, 10.0, NOON + 5 * HOUR).saved == 20


def test_a_part_keeps_what_it_saved_when_the_rate_falls() -> None:
    part = pacing.earned(pacing.begun(CAMPAIGN, 0, NOON), 10.0, NOON + HOUR)

    assert pacing.earned(part, 0.5, NOON + 2 * HOUR).saved == 20


def test_those_whom_the_night_held_back_come_over_the_time_the_audience_takes() -> None:
    eight = NOON + 20 * HOUR
    moments = sorted(pacing.spread(CAMPAIGN, f"C{n}", eight, CAMPAIGN.deadline) for n in range(600))

    assert eight <= moments[0] and moments[-1] < eight + 10 * HOUR
    busiest = max(sum(at <= one < at + MINUTE for one in moments) for at in moments)
    assert busiest <= 8  # of 600 in ten hours; all of them would come in one minute


def test_hers_is_the_same_moment_whenever_it_is_asked_for() -> None:
    eight = NOON + 20 * HOUR

    assert pacing.spread(CAMPAIGN, "A", eight, CAMPAIGN.deadline) == pacing.spread(
        CAMPAIGN, "A", eight, CAMPAIGN.deadline
    )


@pytest.mark.parametrize("expected", [0, 5, 10_000_000])
def test_nobody_is_put_off_until_it_is_too_late(expected: int) -> None:
    campaign = make_campaign(rate=10, expected=expected, deadline=NOON + 2 * HOUR)

    moments = [pacing.spread(campaign, f"C{n}", NOON, campaign.deadline) for n in range(200)]

    assert all(NOON <= at < campaign.deadline for at in moments)
