"""Business time against a slow implementation that knows nothing of ours: it walks, minute by minute, with a clock on
the wall that is never turned back."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chalicelib.cases import calendars
from chalicelib.model.calendar import DAY, Calendar, Span

A_MINUTE = timedelta(minutes=1)
# Moments at which clocks jumped: an hour, half an hour, at midnight, for Ramadan, a whole day.
CHANGES = [
    ("Europe/Berlin", "2026-03-29T01:00Z"),
    ("Europe/Berlin", "2026-10-25T01:00Z"),
    ("America/New_York", "2026-03-08T07:00Z"),
    ("America/New_York", "2026-11-01T06:00Z"),
    ("Australia/Lord_Howe", "2026-04-04T15:00Z"),
    ("Australia/Lord_Howe", "2026-10-03T15:30Z"),
    ("America/Havana", "2026-03-08T05:00Z"),
    ("America/Havana", "2026-11-01T05:00Z"),
    ("America/Santiago", "2026-04-05T03:00Z"),
    ("America/Santiago", "2026-09-06T04:00Z"),
    ("Africa/Casablanca", "2026-02-15T02:00Z"),
    ("America/St_Johns", "2010-11-07T02:31Z"),  # 0:01 became 23:01 of the day before
    ("Pacific/Apia", "2011-12-30T10:00Z"),
    ("Asia/Shanghai", "2026-06-01T00:00Z"),  # none
]


@cache
def wall(zone: str, day: date) -> list[tuple[datetime, datetime]]:
    """Each minute of a day in UTC, and the latest time a clock of the zone has shown by then."""
    shown, latest = [], datetime.min  # noqa: DTZ901 - what a clock shows has no zone
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    for minute in range(3 * DAY):
        at = begin + minute * A_MINUTE
        latest = max(latest, at.astimezone(ZoneInfo(zone)).replace(tzinfo=None))
        shown.append((at, latest))
    return shown[2 * DAY :]


def is_open(calendar: Calendar, shown: datetime) -> bool:
    def within(day: date) -> bool:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - likewise
        return any(span.opens * A_MINUTE <= shown - midnight < span.closes * A_MINUTE for span in calendar.of(day))

    return within(shown.date()) or within(shown.date() - timedelta(days=1))


def slowly_between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    total, day = timedelta(), start.date()
    while day <= end.date():
        for at, shown in wall(calendar.time_zone, day):
            passed = min(at + A_MINUTE, end) - max(at, start)
            if passed > timedelta() and is_open(calendar, shown):
                total += passed
        day += timedelta(days=1)
    return total


def slowly_added(calendar: Calendar, start: datetime, length: timedelta, days: int) -> datetime | None:
    for ahead in range(days):
        for at, shown in wall(calendar.time_zone, start.date() + timedelta(days=ahead)):
            begins = max(at, start)
            if begins < at + A_MINUTE and is_open(calendar, shown):
                if length <= at + A_MINUTE - begins:
                    return begins + length
                length -= at + A_MINUTE - begins
    return None


@st.composite
def days_spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """Up to three spans, the last of which may go over midnight."""
    edges = sorted(draw(st.lists(st.integers(0, DAY - 1), max_size=6, unique=True)))
    spans = [Span(opens, closes) for opens, closes in zip(edges[::2], edges[1::2], strict=False)]
    night = draw(st.none() | st.integers(1, DAY))
    if len(edges) % 2 and night:
        spans.append(Span(edges[-1], min(edges[-1] + night, edges[-1] + DAY - 1)))
    return tuple(spans)


@st.composite
def openings(draw: st.DrawFn) -> tuple[Calendar, datetime, datetime]:
    """A calendar and two moments, some days apart, around a change of clocks."""
    zone, at = draw(st.sampled_from(CHANGES))
    change = datetime.fromisoformat(at)
    one, other = draw(days_spans()), draw(days_spans())
    week = (one, other, one, other, other, one, ())
    around = [change.date() + timedelta(days=n) for n in range(-3, 4)]
    days = {draw(st.sampled_from(around)): draw(days_spans())}
    start = change - timedelta(seconds=draw(st.integers(0, 2 * 86400)))
    end = start + timedelta(seconds=draw(st.integers(0, 4 * 86400)))
    return Calendar(zone, week, days), start, end


some = settings(deadline=None, max_examples=60)


@some
@given(openings())
@example((Calendar("Europe/Berlin", ((Span(60, 150),),) * 7), *(datetime(2026, 10, d, tzinfo=UTC) for d in (24, 26))))
def test_business_time_is_what_one_counts_minute_by_minute(given: tuple[Calendar, datetime, datetime]) -> None:
    calendar, start, end = given

    assert calendars.between(calendar, start, end) == slowly_between(calendar, start, end)


@some
@given(openings(), st.integers(1, 24 * 3600))
def test_business_time_is_added_as_one_does_minute_by_minute(
    given: tuple[Calendar, datetime, datetime], seconds: int
) -> None:
    calendar, start, _ = given
    length = timedelta(seconds=seconds)
    slowly = slowly_added(calendar, start, length, days=7)
    assume(slowly)

    assert calendars.add(calendar, start, length) == slowly


@some
@given(openings())
def test_adding_what_lies_between_comes_to_the_end_or_to_the_closing_before_it(
    given: tuple[Calendar, datetime, datetime],
) -> None:
    calendar, start, end = given
    length = calendars.between(calendar, start, end)
    reached = calendars.add(calendar, start, length)

    assert reached <= end
    assert calendars.between(calendar, reached, end) == timedelta()


@some
@given(openings())
def test_nothing_is_open_before_the_next_opening(given: tuple[Calendar, datetime, datetime]) -> None:
    calendar, start, _ = given
    assume(any(calendar.week))
    opens = calendars.next_opening(calendar, start)

    assert calendars.between(calendar, start, opens) == timedelta()
    assert calendars.between(calendar, opens, opens + A_MINUTE) > timedelta()
