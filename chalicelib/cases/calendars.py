"""How much business time lies between two moments, and when has some of it passed?

A span opens at the first moment the clock on the wall shows its beginning or later, and closes at the first it shows
its end or later. So a time that clocks skip is the moment they jump; one they show twice counts when first shown.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Permanent
from chalicelib.model.calendar import Calendar

LOOKED_AHEAD = timedelta(days=6 * 366)
A_DAY, A_SECOND, A_MINUTE = timedelta(days=1), timedelta(seconds=1), timedelta(minutes=1)


class Opening(NamedTuple):
    """A stretch of business time, in UTC: from `opens` to just before `closes`."""

    opens: datetime
    closes: datetime


def add(calendar: Calendar, start: datetime, length: timedelta) -> datetime:
    """The first moment at which so much business time has passed since `start`, in UTC: never after closing time when
    it is closing time.

    Raises Permanent when it would take more than six years.
    """
    start = start.astimezone(UTC)
    if calendar.always or length <= timedelta():
        return start + max(length, timedelta())
    for opens, closes in _openings(calendar, start, start + LOOKED_AHEAD):
        if length <= closes - opens:
            return opens + length
        length -= closes - opens
    raise Permanent("the calendar is hardly ever open: so much business time takes more than six years")


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """The business time from one moment to a later one; none to an earlier one."""
    if calendar.always:
        return max(end.astimezone(UTC) - start.astimezone(UTC), timedelta())
    open_for = (stretch.closes - stretch.opens for stretch in _openings(calendar, start, end))
    return sum(open_for, timedelta())


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """The moment itself while it is open, else when it opens next, in UTC. Raises Permanent as `add` does."""
    found = None if calendar.always else next(_openings(calendar, at, at + LOOKED_AHEAD), None)
    if found is None and not calendar.always:
        raise Permanent("the calendar does not open within six years")
    return found.opens if found else at.astimezone(UTC)


def is_open(calendar: Calendar, at: datetime) -> bool:
    return calendar.always or any(_openings(calendar, at, at + A_SECOND))


def _openings(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Opening]:
    """The business time from `start` to `end`, in order and nowhere twice."""
    zone = ZoneInfo(calendar.time_zone)
    reached, end = start.astimezone(UTC), end.astimezone(UTC)
    day = start.astimezone(zone).date() - A_DAY  # its night may last until now
    last = end.astimezone(zone).date() + A_DAY  # clocks may have shown it, and been turned back
    while day <= last and reached < end:
        for span in calendar.of(day):
            closes = min(_first_shown(day, span.closes, zone), end)
            opens = max(_first_shown(day, span.opens, zone), reached)
            if opens < closes:
                yield Opening(opens, closes)
                reached = closes
        day += A_DAY


def _first_shown(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """When clocks of the zone first show the time or a later one, in UTC."""
    shown = datetime.combine(day, time()) + minutes * A_MINUTE
    after = shown.replace(tzinfo=zone).astimezone(UTC)
    if after.astimezone(zone).replace(tzinfo=None) == shown:
        return after
    # They skip it: between these two moments, where their distance from UTC changes.
    before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > A_SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
