"""Everybody gets her notice exactly once, whoever dies, at whichever call."""

import pytest

from benchmarks.notices import measure


@pytest.mark.parametrize("seed", [1, 2])
def test_whoever_dies_every_person_gets_one_notice(seed: int) -> None:
    told = measure(40, one_in=12, seed=seed, workers=1)

    assert (told.mails, told.persons) == (40, 40)
    assert told.states == {"sent": 40}
    assert sum(told.deaths.values()) > 20


def test_a_notice_costs_what_the_docs_say() -> None:
    told = measure(20, one_in=0, workers=1)

    assert told.write_units / 20 <= 33
    assert sum(told.calls.values()) / 20 <= 18
