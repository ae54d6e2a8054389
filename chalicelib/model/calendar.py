"""When is the company open? Business calendars, by channel: what promises are counted in.

Calendars are configuration. Whoever configures none is always open.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.kernel.errors import Permanent

DAY = 24 * 60  # minutes
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FIELDS = {"time_zone", "open", "holidays", "closed", "also_open"}
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Open from `opens` until `closes`: minutes after midnight of the day it begins. Above DAY, it closes on the
    next."""

    opens: int
    closes: int


ALL_DAY = (Span(0, DAY),)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week` has the spans of each weekday, Monday first; `days` what other days have instead, nothing when closed."""

    time_zone: str = "UTC"
    week: tuple[tuple[Span, ...], ...] = (ALL_DAY,) * 7
    days: Mapping[date, tuple[Span, ...]] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def always(self) -> bool:
        """Whether business time is simply time."""
        return not self.days and all(spans == ALL_DAY for spans in self.week)

    def of(self, day: date) -> tuple[Span, ...]:
        """The spans that begin on a day."""
        return self.days.get(day, self.week[day.weekday()])

    @property
    def a_week(self) -> timedelta:
        """Business time of a week without exceptions."""
        return timedelta(minutes=sum(span.closes - span.opens for spans in self.week for span in spans))


ALWAYS_OPEN = Calendar()


@dataclass(frozen=True, slots=True)
class Calendars:
    default: Calendar = ALWAYS_OPEN
    channels: Mapping[str, Calendar] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, channel: str) -> Calendar:
        return self.channels.get(channel, self.default)


def read_calendars(text: str, time_zone: str) -> Calendars:
    """From `{"time_zone": "Europe/Berlin", "open": {"mon-fri": ["09:00-12:30", "22:00-02:00"]}, "holidays": {"2026":
    "0101 1225"}, "closed": ["2026-12-24"], "also_open": {"2026-12-27": ["10:00-14:00"]}, "channels": {"chat": …}}`;
    empty: always open. A channel has from the default what it does not say itself. `time_zone`: for those that name
    none.

    Raises Permanent, saying what to correct, when the configuration cannot be used.
    """
    if not text:
        return Calendars()
    try:
        told = dict(json.loads(text))
        own = dict(told.pop("channels", {}))
        default = _calendar(told, time_zone)
        return Calendars(default, {name: _calendar({**told, **more}, time_zone, name) for name, more in own.items()})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Permanent(f"CALENDAR cannot be read ({error!r}); see docs/operations.md for its form") from error


def read_hours(told: Mapping[str, Any], time_zone: str) -> Calendar:
    """A calendar alone, as above without channels. Raises Permanent."""
    return _calendar(told, time_zone)


def _calendar(told: Mapping[str, Any], time_zone: str, channel: str = "") -> Calendar:
    try:
        _known(told)
        days: dict[date, tuple[Span, ...]] = dict.fromkeys(_holidays(told.get("holidays") or {}), ())
        days |= dict.fromkeys(map(_date, told.get("closed", ())), ())
        days |= {_date(day): _spans(day, spans) for day, spans in told.get("also_open", {}).items()}
        return Calendar(_zone(told.get("time_zone", time_zone)), _week(told.get("open")), days)
    except Permanent as error:
        where = f"CALENDAR of {channel}" if channel else "CALENDAR"
        raise Permanent(f"{where}: {error.detail}") from error


def _known(told: Mapping[str, Any]) -> None:
    if unknown := sorted({*told} - _FIELDS):
        raise Permanent(f"there is no {unknown[0]}; there are {', '.join(sorted(_FIELDS | {'channels'}))}")


def _week(told: Mapping[str, Any] | None) -> tuple[tuple[Span, ...], ...]:
    if told is None:
        return Calendar().week
    week: list[tuple[Span, ...]] = [()] * 7
    for name, spans in told.items():
        first, _, last = name.partition("-")
        if first not in DAYS or (last or first) not in DAYS or DAYS.index(last or first) < DAYS.index(first):
            raise Permanent(f"{name!r} is no day; open names {', '.join(DAYS)}, or some in a row, as mon-fri")
        for number in range(DAYS.index(first), DAYS.index(last or first) + 1):
            if week[number]:
                raise Permanent(f"{DAYS[number]} is opened twice; give all spans of a day in one list")
            week[number] = _spans(name, spans)
    if not any(week):
        raise Permanent("open names no time; leave it out if you are always open")
    for number, spans in enumerate(week):
        after = week[(number + 1) % 7]
        if spans and after and spans[-1].closes > DAY + after[0].opens:
            raise Permanent(f"the night of {DAYS[number]} lasts into what {DAYS[(number + 1) % 7]} opens")
    return tuple(week)


def _spans(day: str, told: Any) -> tuple[Span, ...]:
    spans = sorted(_span(day, text) for text in ([told] if isinstance(told, str) else told))
    if any(one.closes > other.opens for one, other in pairwise(spans)):
        raise Permanent(f"spans of {day} overlap")
    return tuple(spans)


def _span(day: str, text: object) -> Span:
    """Midnight closes a day as 24:00 or 00:00; what closes before it opens does so on the next day."""
    found = _SPAN.fullmatch(str(text))
    hour, minute, to_hour, to_minute = map(int, found.groups()) if found else (0, 0, 0, 0)
    opens, closes = hour * 60 + minute, to_hour * 60 + to_minute
    if not found or closes > DAY or opens == closes:
        raise Permanent(f"{day}: {text!r} is no span; it looks like 09:00-12:30, 22:00-02:00 or 00:00-24:00")
    return Span(opens, closes if closes > opens else closes + DAY)


def _holidays(told: Mapping[str, str]) -> list[date]:
    """Of `{"2026": "0101 1225"}`, which the stage's file makes of a country."""
    if not isinstance(told, Mapping):
        raise Permanent('holidays are days by year, as {"2026": "0101 1225"}')
    return [_date(f"{year}-{day[:2]}-{day[2:]}") for year, days in told.items() for day in days.split()]


def _date(text: object) -> date:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        raise Permanent(f"{text} is no day; it looks like 2026-12-24") from None


def _zone(name: object) -> str:
    try:
        return ZoneInfo(str(name)).key
    except (KeyError, ValueError, OSError):
        raise Permanent(f"time_zone is no IANA name such as Europe/Berlin: {name!r}") from None
