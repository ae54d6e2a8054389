"""Times are aware, in UTC, cut to milliseconds, and written so that text order is time order."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from chalicelib.kernel import clock
from tests.factories import NOON


def test_now_is_in_utc_and_has_whole_milliseconds() -> None:
    now = clock.now()

    assert now.tzinfo is UTC
    assert now.microsecond % 1000 == 0


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 21, 20, 44, 26, 123999, UTC), "2026-11-21T20:44:26.123Z"),
        (datetime(2026, 11, 21, tzinfo=UTC), "2026-11-21T00:00:00.000Z"),
        (datetime(2026, 11, 22, 4, 44, tzinfo=timezone(timedelta(hours=8))), "2026-11-21T20:44:00.000Z"),
        (datetime(987, 1, 2, tzinfo=UTC), "0987-01-02T00:00:00.000Z"),
    ],
)
def test_a_moment_is_written_in_one_form(at: datetime, text: str) -> None:
    assert clock.iso(at) == text


def test_text_order_is_time_order() -> None:
    moments = [NOON + timedelta(milliseconds=n**3) for n in range(-50, 50)]

    assert [clock.iso(at) for at in moments] == sorted(clock.iso(at) for at in moments)


def test_what_is_written_is_read_back() -> None:
    at = NOON + timedelta(milliseconds=7)

    assert clock.from_iso(clock.iso(at)) == at
