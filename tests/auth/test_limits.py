"""Callers may call so often a minute, and counting it costs little."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth import limits
from chalicelib.auth.permissions import Principal
from chalicelib.kernel.errors import TooMany, Unavailable

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """What is told to the table, which nobody else writes to."""
    calls: list[int] = []

    def called(_what: str, _window: datetime, more: int) -> int:
        calls.append(more)
        return sum(calls)

    monkeypatch.setattr(limits.storage, "called", called)
    limits._counts.clear()
    yield calls
    limits._counts.clear()


def shop(per_minute: int) -> Principal:
    return Principal(key_id="K", name="shop", scopes=frozenset(), per_minute=per_minute)


def served(principal: Principal, times: int, at: datetime = NOON) -> int:
    done = 0
    for _ in range(times):
        try:
            limits.demand(principal, at)
        except TooMany:
            continue
        done += 1
    return done


def test_a_caller_is_served_up_to_its_limit(told: list[int]) -> None:
    assert served(shop(50), 200) == 50


def test_a_new_minute_begins_anew(told: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    served(shop(50), 60)
    told.clear()

    assert served(shop(50), 60, NOON + timedelta(minutes=1)) == 50


def test_counting_costs_a_hundred_writes_however_much_is_called(told: list[int]) -> None:
    served(shop(6_000), 20_000)

    assert len(told) <= limits.STEPS + 2


def test_what_other_processes_did_counts(told: list[int]) -> None:
    told.append(48)

    assert served(shop(50), 20) == 2


def test_without_a_limit_nothing_is_counted(told: list[int]) -> None:
    assert served(shop(0), 500) == 500
    assert told == []


def test_who_cannot_count_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> int:
        raise Unavailable("the table is away")

    monkeypatch.setattr(limits.storage, "called", away)
    limits._counts.clear()

    assert served(shop(3), 10) == 10
