"""What a night notes of a customer, whom it has judged, and what it publishes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.customers import calibration, night
from chalicelib.customers.calibration import Statistics
from chalicelib.customers.night import Night
from chalicelib.customers.value_index import purchased
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import JudgeTier
from chalicelib.model.calibration import Calibration, Snapshot
from chalicelib.model.customer import Customer
from chalicelib.model.sweep import Sweep
from chalicelib.model.tier import Standing
from chalicelib.model.value import NOTHING, Parameters
from tests.factories import ANNS_ID, CALIBRATION, NOON, at, make_customer, make_policy

PAST = Snapshot(NOON - timedelta(weeks=13), 60, 1_000_00, 500_00)
PUBLISHED = replace(CALIBRATION, learnt=Parameters(rho=0.1 + 0.2, mu=1234.0), snapshots=(PAST,), version=7)
JOB = Night(lambda: make_policy(calibration=PUBLISHED), lambda: PUBLISHED)
SWEEP = Sweep(
    job=night.CALIBRATION, run="2026-11-20", started_at=NOON, parts=2, given=night.begin(PUBLISHED, NOON, lambda _: {})
)
BUYER = purchased(NOTHING, NOON - timedelta(days=40), 80_00)


def passed(*customers: Customer) -> bytes:
    gathering = JOB.gathering(SWEEP, b"", NOON)
    for customer in customers:
        gathering.look_at(customer)
    return gathering.to_bytes()


def conclusion(*parts: bytes, before: Calibration = PUBLISHED) -> Decision:
    return replace(JOB, stored=lambda: before).conclusion(SWEEP, parts)


def test_all_parts_count_with_what_was_learnt_when_the_night_began() -> None:
    statistics = JOB.gathering(SWEEP, b"", NOON).statistics

    assert (statistics.at, statistics.parameters, statistics.past) == (NOON, PUBLISHED.learnt, PAST)


def test_a_first_night_has_no_forecast_to_judge() -> None:
    sweep = replace(SWEEP, given=night.begin(Calibration(), NOON, lambda _: {}))

    statistics = JOB.gathering(sweep, b"", NOON).statistics

    assert (statistics.parameters, statistics.past) == (Parameters(), None)


def test_a_part_goes_on_with_what_it_gathered() -> None:
    first = passed(make_customer(value=BUYER))

    gathering = JOB.gathering(SWEEP, first, NOON)
    gathering.look_at(make_customer(tier="gold"))

    whole = Statistics(at=NOON, parameters=PUBLISHED.learnt, past=PAST)
    whole.add(BUYER, "standard")
    whole.add(NOTHING, "gold")
    assert gathering.statistics == whole


@pytest.mark.parametrize(
    ("why", "standing", "judged"),
    [
        ("keeps what she has", Standing(tier="standard", since=NOON), False),
        ("is below her tier by the new table", Standing(tier="gold", since=NOON - timedelta(days=300)), True),
        (
            "is known to be below, and it is not time yet",
            Standing(tier="gold", since=NOON - timedelta(days=300), below_since=NOON - timedelta(days=3)),
            False,
        ),
        (
            "has been below for long enough to be told",
            Standing(tier="gold", since=NOON - timedelta(days=300), below_since=NOON - timedelta(days=20)),
            True,
        ),
        (
            "is pinned",
            Standing(tier="platinum", since=NOON, pinned_until=NOON + timedelta(days=9), pinned_by="Bo", reason="VIP"),
            False,
        ),
    ],
)
def test_whoever_has_another_standing_by_now_is_to_be_judged(why: str, standing: Standing, judged: bool) -> None:
    customer = make_customer(standing=standing)
    settled = replace(customer, look_again=night.tiers.retiered(customer, JOB.policy(), NOON).customer.look_again)

    caused = JOB.gathering(SWEEP, b"", NOON).look_at(settled)

    message = JudgeTier(customer_id=ANNS_ID, as_of="2026-11-20T12:00:00.000Z", bulk=True)
    assert tuple(caused) == ((message,) if judged else ()), why


def test_what_0_1_kept_of_her_counts_in_the_statistics_too() -> None:
    gathering = JOB.gathering(SWEEP, b"", NOON)

    gathering.look_at(make_customer(margin_by_month={"2026-10": 80_00}))

    assert (gathering.statistics.purchases, gathering.statistics.margin) == (1, 80_00)


def test_a_late_part_judges_by_the_time_it_is_looked_at() -> None:
    late = NOON + timedelta(days=1)

    assert JOB.gathering(SWEEP, b"", late).now == late
    assert JOB.gathering(SWEEP, b"", NOON - timedelta(days=1)).now == NOON, "asked for a time ahead of the clock"


def test_all_parts_together_are_published_in_place_of_the_last() -> None:
    parts = [passed(make_customer(value=BUYER)), passed(), passed(make_customer(), make_customer())]
    whole = Statistics(at=NOON, parameters=PUBLISHED.learnt, past=PAST)
    for state in (BUYER, NOTHING, NOTHING):
        whole.add(state, "standard")

    decision = conclusion(*parts)

    assert decision.changes == (calibration.renewed(PUBLISHED, whole, JOB.policy().tiers, "2026-11-20"),)


def test_a_night_without_customers_publishes_nothing() -> None:
    assert conclusion(passed(), passed()).changes == ()


def test_a_night_that_a_later_one_overtook_publishes_nothing() -> None:
    later = replace(PUBLISHED, at=NOON + timedelta(hours=1))

    assert conclusion(passed(make_customer()), before=later).changes == ()


def test_what_those_brought_who_were_erased_since_the_forecast_still_counts_against_it() -> None:
    erased = {
        "2026-10": {"margin.2026-08": 70_00, "margin.2026-09": 1_00, "customers": 2},
        "2026-11": {"margin.2026-08": 5_00},
        "2026-08": {"margin.2026-07": 9_00},
    }
    published = replace(PUBLISHED, snapshots=(Snapshot(at("2026-08-20"), 60, 100_00, 500_00),))
    sweep = replace(SWEEP, given=night.begin(published, NOON, lambda month: erased.get(month, {})))

    assert sweep.given["margin_of_erased"] == 75_00


def test_what_a_part_gathers_does_not_grow_with_the_customers() -> None:
    crowd = [make_customer(value=purchased(NOTHING, NOON - timedelta(days=n), n * 7_00)) for n in range(1, 200)]

    assert len(passed(*crowd * 20)) < 1.2 * len(passed(*crowd))
