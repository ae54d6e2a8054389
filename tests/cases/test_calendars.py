"""Business time: spans, nights, exceptions, and what clocks do in spring and autumn."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.cases import calendars
from chalicelib.kernel.errors import Permanent
from chalicelib.model.calendar import ALWAYS_OPEN, Calendar, Span, read_calendars

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
# Mornings and afternoons of working days; 24 November 2026 is closed, Saturday 28 open.
SHOP = read_calendars(
    '{"open": {"mon-fri": ["09:00-12:30", "13:30-18:00"]}, "closed": ["2026-11-24"], '
    '"also_open": {"2026-11-28": "10:00-14:00"}}',
    "Europe/Berlin",
).default
NIGHTS = read_calendars('{"open": {"mon-sun": "22:00-02:00"}}', "Europe/Berlin").default


def berlin(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("11-20T10:00", 1, "11-20T11:00"),
        ("11-20T10:00", 2.5, "11-20T12:30"),  # closing time is the end, not the next opening
        ("11-20T12:00", 1, "11-20T14:00"),
        ("11-20T13:00", 1, "11-20T14:30"),
        ("11-20T17:00", 2, "11-23T10:00"),  # Friday to Monday
        ("11-21T11:00", 8, "11-23T18:00"),
        ("11-23T17:00", 2, "11-25T10:00"),  # over the closed Tuesday
        ("11-27T17:30", 1, "11-28T10:30"),  # the open Saturday
        ("11-20T03:00", 0, "11-20T03:00"),
    ],
)
def test_business_time_passes_only_while_it_is_open(start: str, hours: float, end: str) -> None:
    assert calendars.add(SHOP, berlin(start), timedelta(hours=hours)) == berlin(end)
    assert calendars.between(SHOP, berlin(start), berlin(end)) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("11-20T10:00", "11-20T10:00"),
        ("11-20T12:30", "11-20T13:30"),
        ("11-20T18:00", "11-23T09:00"),
        ("11-23T19:00", "11-25T09:00"),
        ("11-27T20:00", "11-28T10:00"),
    ],
)
def test_the_next_opening_is_now_while_it_is_open(at: str, opens: str) -> None:
    assert calendars.next_opening(SHOP, berlin(at)) == berlin(opens)


def test_a_night_belongs_to_the_day_it_begins() -> None:
    closed = Calendar("Europe/Berlin", NIGHTS.week, {date(2026, 11, 20): ()})

    assert calendars.between(closed, berlin("11-20T00:00"), berlin("11-21T12:00")) == timedelta(hours=2)
    assert calendars.add(NIGHTS, berlin("11-20T23:00"), timedelta(hours=3)) == berlin("11-21T02:00")


@pytest.mark.parametrize(
    ("spans", "start", "end", "hours"),
    [
        ("01:00-04:00", "03-29T00:00", "03-29T12:00", 2),  # 2:00 becomes 3:00
        ("02:30-05:00", "03-29T00:00", "03-29T12:00", 2),  # opens at the jump
        ("01:00-02:30", "03-29T00:00", "03-29T12:00", 1),  # closes at the jump
        ("02:10-02:50", "03-29T00:00", "03-29T12:00", 0),  # never shown
        ("22:00-02:30", "03-28T12:00", "03-29T12:00", 4),
        ("01:00-04:00", "10-25T00:00", "10-25T12:00", 4),  # 3:00 becomes 2:00
        ("01:00-02:30", "10-25T00:00", "10-25T12:00", 1.5),  # closes when 2:30 is first shown
        ("02:30-04:00", "10-25T00:00", "10-25T12:00", 2.5),  # opens when 2:30 is first shown
        ("02:00-03:00", "10-25T00:00", "10-25T12:00", 2),
        ("22:00-02:30", "10-24T12:00", "10-25T12:00", 4.5),
    ],
)
def test_clocks_that_jump_change_how_long_it_is_open(spans: str, start: str, end: str, hours: float) -> None:
    open_daily = read_calendars(f'{{"open": {{"mon-sun": "{spans}"}}}}', "Europe/Berlin").default

    assert calendars.between(open_daily, berlin(start), berlin(end)) == timedelta(hours=hours)


def test_an_hour_that_comes_twice_is_added_twice() -> None:
    open_daily = read_calendars('{"open": {"mon-sun": "01:00-05:00"}}', "Europe/Berlin").default

    assert calendars.add(open_daily, berlin("10-25T01:30"), timedelta(hours=2)) == berlin("10-25T02:30", fold=1)


def test_a_day_that_never_was_has_no_business_time() -> None:
    """Samoa went from 29 to 31 December 2011."""
    samoa = read_calendars('{"open": {"mon-sun": "09:00-17:00"}}', "Pacific/Apia").default
    zone = ZoneInfo("Pacific/Apia")

    open_for = calendars.between(samoa, datetime(2011, 12, 29, tzinfo=zone), datetime(2012, 1, 1, tzinfo=zone))

    assert open_for == timedelta(hours=16)


def test_always_open_is_plain_time() -> None:
    start = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert ALWAYS_OPEN.always
    assert calendars.add(ALWAYS_OPEN, start, timedelta(days=365)) == start + timedelta(days=365)
    assert calendars.between(ALWAYS_OPEN, start, start - timedelta(days=1)) == timedelta()
    assert calendars.next_opening(ALWAYS_OPEN, start) == start


def test_a_year_of_business_time_is_counted_and_what_would_take_longer_than_six_is_refused() -> None:
    an_hour_a_week = Calendar("UTC", ((Span(540, 600),), *((),) * 6))
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)

    assert calendars.add(an_hour_a_week, start, timedelta(hours=53)) == datetime(2027, 1, 4, 10, tzinfo=UTC)
    with pytest.raises(Permanent, match="hardly ever open"):
        calendars.add(an_hour_a_week, start, timedelta(hours=320))


def test_a_calendar_of_another_zone_opens_by_its_own_clock() -> None:
    new_york = read_calendars('{"time_zone": "America/New_York", "open": {"mon-fri": "09:00-17:00"}}', "UTC").default

    opens = calendars.next_opening(new_york, datetime(2026, 11, 20, 8, tzinfo=UTC))

    assert opens == datetime(2026, 11, 20, 9, tzinfo=NEW_YORK)
