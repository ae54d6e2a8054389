"""A night: everybody's value becomes the table by which everybody is judged, whatever dies in it."""

import random
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers import calibration as rules
from chalicelib.customers import night
from chalicelib.customers.calibration import Statistics
from chalicelib.customers.value_index import purchased
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.calibration import Calibration
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.sweep import Sweep
from chalicelib.model.tier import DEFAULT_TIERS, Standing
from chalicelib.model.value import NOTHING
from chalicelib.storage import calibration, customers, keys, sweeps
from chalicelib.storage.commit import commit
from chalicelib.sweeps import service
from chalicelib.triggers import background, schedule
from tests.factories import make_customer
from tests.faults import Breaker, Mortality
from tests.workbench import Bench, Context, Died, tick_event

PARTS = 4
LONG_AGO = clock.now() - timedelta(days=300)


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few customers make many slices of several pages."""
    for module in (keys, service):
        monkeypatch.setattr(module, "POPULATION_SHARDS", PARTS)
    monkeypatch.setattr(service, "PAGE", 5)
    monkeypatch.setattr(service, "SLICE", 10)


@pytest.fixture
def shop(bench: Bench) -> list[Customer]:
    """Customers of whom a few bought much, and none was judged before."""
    rng, crowd = random.Random(5), []  # noqa: S311 - made-up customers
    for n in range(80):
        value = NOTHING
        for _ in range(rng.randrange(6)):
            value = purchased(value, clock.now() - timedelta(days=rng.randrange(200)), rng.randrange(1, 90_00))
        standing = Standing(tier="platinum" if n == 0 else "standard", since=LONG_AGO)
        customer = make_customer(id=ids.derived_ulid(LONG_AGO, str(n)), value=value, standing=standing, version=None)
        commit(Decision((customer,)))
        crowd.append(replace(customer, version=1))
    return crowd


def falls(bench: Bench, **detail: str) -> Any:
    """The night falls; what it sends stays on its way."""
    return schedule.calibrate({**tick_event(clock.now()), "detail": detail}, Context())


def sleeps(bench: Bench, until: str = "") -> None:
    """Until the night is over, or a run of it is published. Other lanes wait until morning."""
    for _ in range(800):
        with suppress(Died):  # this read of ours may be the one that breaks
            if until and calibration.stored().run == until:
                return
        if not (bench._follow_stream() or bench._consume("background", background.background)):
            return
    raise AssertionError(f"it never came to rest: {bench.failures[-3:]}")


def straight(crowd: list[Customer], sweep: Sweep) -> Statistics:
    """One pass over everybody, at once."""
    statistics = Statistics(at=clock.from_iso(sweep.given["at"]))
    for customer in crowd:
        statistics.add(customer.value, customer.tier)
    return statistics


def sweep_of(run: str) -> Sweep:
    found = sweeps.run(night.CALIBRATION, run)
    assert found
    return found


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_night_in_which_workers_die_learns_what_one_straight_pass_learns(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, shop: list[Customer], seed: int | None
) -> None:
    breaker = Breaker(monkeypatch)
    run = falls(bench)["run"]

    with breaker.breaking(Mortality(seed=seed or 0, one_in=20 if seed else 10**9)):
        sleeps(bench, until=run)

    sweep = sweep_of(run)
    statistics = straight(shop, sweep)
    assert bool(bench.failures) is bool(seed)
    assert (sweep.customers, statistics.customers) == (len(shop), len(shop))
    published = calibration.stored()
    assert published == replace(rules.renewed(Calibration(), statistics, DEFAULT_TIERS, run), version=1)


def test_the_first_night_is_followed_by_another_that_judges_by_its_table(bench: Bench, shop: list[Customer]) -> None:
    falls(bench, run="first")
    sleeps(bench)

    assert calibration.stored().run == "first: judged by it"
    raised = [event for event in bench.rows(Event) if event.what is EventKind.TIER_CHANGED]
    best = {event.customer_id for event in raised}
    table, parameters = calibration.stored().table, calibration.stored().parameters
    assert table.values and parameters != Calibration().parameters
    assert 10 <= len(best) <= 20, "a fifth of eighty, but for those who share a score"
    assert {customers.customer(one).tier for one in best} == {"gold", "platinum"}
    demoted = customers.customer(shop[0].id)
    assert demoted.tier == "platinum" and (demoted.standing.below_since or demoted.id in best), "late, never at once"


def test_by_the_same_table_nobody_is_judged_twice(bench: Bench, shop: list[Customer]) -> None:
    falls(bench, run="first")
    sleeps(bench)
    first = calibration.stored()
    falls(bench, run="second")
    sleeps(bench)
    assert calibration.stored().run == "second", "followed by no other"
    before = [customers.customer(customer.id) for customer in shop]

    commit(Decision((replace(first, version=calibration.stored().version),)))
    falls(bench, run="third")
    sleeps(bench)

    assert [customers.customer(customer.id) for customer in shop] == before


def test_a_night_over_nobody_publishes_nothing(bench: Bench) -> None:
    run = falls(bench)["run"]

    sleeps(bench)

    assert sweep_of(run).closed_at
    assert bench.rows(Calibration) == []


def test_the_clock_starts_one_night_a_day(bench: Bench) -> None:
    first, second = falls(bench), falls(bench)

    assert first == {"run": f"{clock.now():%Y-%m-%d}", "started": True}
    assert second == {**first, "started": False}
