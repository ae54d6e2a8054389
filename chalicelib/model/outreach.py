"""What the company decided about contacting customers first."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from functools import partial
from typing import Any, NamedTuple

from chalicelib.kernel.errors import Permanent
from chalicelib.model.load import Promise

EVERY = "*"  # any other tier, or any other channel
REMEMBERED = 10  # contacts her row remembers: no cap may count more
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAYS = "holidays"  # in place of a day: when the calendar's day has no hours
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Hours(NamedTuple):
    """From when until when, over midnight if it ends before it begins. Both at one time: never."""

    start: time
    end: time

    def hold(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


_NIGHT, _NO_CALLS = Hours(time(20), time(8)), Hours(time(18), time(9))


@dataclass(frozen=True, slots=True, kw_only=True)
class OutreachPolicy:
    """By tier or channel, `*` for any other. `per_week`, `per_month`: contacts she gets at most in 7 and in 30 days,
    all plays and channels together; 0: none. `quiet`: hours by her own clock. `rest_days`: days of the week, or
    holidays of the calendar, when nobody is contacted. `call_tiers`: whom agents call for a play; empty: everybody.
    `hold_out`: share of customers no play contacts in a quarter, to see what plays do. The brake stops what is sent:
    complaints and bounces per notice sent in 7 days, from `brake_after` notices on."""

    per_week: Mapping[str, int] = field(default_factory=lambda: {EVERY: 2})
    per_month: Mapping[str, int] = field(default_factory=lambda: {EVERY: 5})
    quiet: Mapping[str, Hours] = field(default_factory=lambda: {EVERY: _NIGHT, "phone": _NO_CALLS})
    rest_days: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    call_tiers: tuple[str, ...] = ()
    hold_out: float = 0.0
    complaints_warn: float = 0.001
    complaints_stop: float = 0.003
    bounces_stop: float = 0.05
    brake_after: int = 500
    service_level: float = 0.8  # of those who come by phone or chat: answered within so many seconds, whoever calls
    service_seconds: int = 20
    patience_seconds: int = 120  # after which somebody who waits gives up, on average

    drivers_share: float = 1.0  # of customers, by whom it is learnt what makes people call

    @property
    def promise(self) -> Promise:
        """What calls of plays must leave standing."""
        return Promise(self.service_level, self.service_seconds, self.patience_seconds)

    def weekly(self, tier: str) -> int:
        return self.per_week.get(tier, self.per_week.get(EVERY, 2))

    def monthly(self, tier: str) -> int:
        return self.per_month.get(tier, self.per_month.get(EVERY, 5))

    def quiet_on(self, channel: str) -> Hours:
        return self.quiet.get(channel, self.quiet.get(EVERY, _NIGHT))

    def rests_on(self, channel: str) -> tuple[str, ...]:
        return self.rest_days.get(channel, self.rest_days.get(EVERY, ()))


_SHARES = {
    "hold_out": 0.5,
    "complaints_warn": 0.1,
    "complaints_stop": 0.1,
    "bounces_stop": 0.5,
    "drivers_share": 1.0,
}  # and the most of each


def read_outreach(text: str, tiers: Iterable[str]) -> OutreachPolicy:
    """From `{"per_week": {"gold": 1}, "quiet": {"phone": "18:00-09:00"}, "rest_days": {"phone": ["sun"]}}`; what is not
    named keeps its default, as does a tier or channel.

    Raises Permanent, saying what to correct.
    """
    if not text:
        return OutreachPolicy()
    try:
        told = dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise Permanent(f"OUTREACH cannot be read ({error}); see docs/plays.md for its form") from error
    names = [f.name for f in fields(OutreachPolicy)]
    if unknown := sorted({*told} - {*names}):
        raise Permanent(f"OUTREACH: there is no {unknown[0]}; there are {', '.join(names)}")
    known, ours = {*tiers, EVERY}, OutreachPolicy()
    readers: dict[str, Callable[[Any], object]] = {
        "per_week": lambda caps: {**ours.per_week, **_caps("per_week", caps, known)},
        "per_month": lambda caps: {**ours.per_month, **_caps("per_month", caps, known)},
        "quiet": lambda hours: {**ours.quiet, **_hours(hours)},
        "rest_days": _rest_days,
        "call_tiers": lambda named: _tiers(named, known),
        "brake_after": _brake_after,
        "service_level": _service_level,
        "service_seconds": partial(_seconds, "service_seconds"),
        "patience_seconds": partial(_seconds, "patience_seconds"),
        **{name: partial(_share, name) for name in _SHARES},
    }
    said: dict[str, Any] = {name: readers[name](value) for name, value in told.items()}
    read = OutreachPolicy(**said)
    if read.complaints_warn > read.complaints_stop:
        raise Permanent("OUTREACH: complaints_warn is more than complaints_stop; warn before you stop")
    return read


def _share(name: str, told: Any) -> float:
    if type(told) not in (int, float) or not 0 <= told <= _SHARES[name]:
        raise Permanent(f"OUTREACH: {name} is a share from 0 to {_SHARES[name]:g}")
    return float(told)


def _service_level(told: Any) -> float:
    if type(told) is not float or not 0.5 <= told <= 0.99:
        raise Permanent("OUTREACH: service_level is a share from 0.5 to 0.99 of those who come")
    return told


def _seconds(name: str, told: Any) -> int:
    if type(told) is not int or not 1 <= told <= 3600:
        raise Permanent(f"OUTREACH: {name} is a whole number of seconds from 1 to 3600")
    return told


def _brake_after(told: Any) -> int:
    if type(told) is not int or not 50 <= told <= 1_000_000:
        raise Permanent("OUTREACH: brake_after is a whole number of notices from 50 to 1000000")
    return told


def _caps(name: str, told: Any, tiers: set[str]) -> dict[str, int]:
    if not isinstance(told, dict) or any(type(n) is not int or not 0 <= n <= REMEMBERED for n in told.values()):
        raise Permanent(f'OUTREACH: {name} gives tiers, or "*", a whole number of contacts from 0 to {REMEMBERED}')
    if unknown := sorted(told.keys() - tiers):
        raise Permanent(f"OUTREACH: {name} names the tier {unknown[0]}; there are {', '.join(sorted(tiers))}")
    return dict(told)


def _hours(told: Any) -> dict[str, Hours]:
    found = {}
    for channel, text in dict(told).items() if isinstance(told, dict) else [("", None)]:
        match = _HOURS.fullmatch(text) if isinstance(text, str) else None
        if match is None:
            raise Permanent('OUTREACH: quiet gives channels, or "*", hours such as "20:00-08:00"')
        numbers = [int(part) for part in match.groups()]
        found[channel] = Hours(time(numbers[0], numbers[1]), time(numbers[2], numbers[3]))
    return found


def _rest_days(told: Any) -> dict[str, tuple[str, ...]]:
    allowed = {*DAYS, HOLIDAYS}
    if not isinstance(told, dict) or any(not isinstance(days, list) or {*days} - allowed for days in told.values()):
        raise Permanent(f'OUTREACH: rest_days gives channels, or "*", a list of {", ".join(DAYS)}, {HOLIDAYS}')
    if any({*DAYS} <= {*days} for days in told.values()):
        raise Permanent("OUTREACH: rest_days leaves no day of the week to contact anybody")
    return {channel: tuple(days) for channel, days in told.items()}


def _tiers(told: Any, tiers: set[str]) -> tuple[str, ...]:
    if not isinstance(told, list) or {*told} - (tiers - {EVERY}):
        raise Permanent(f"OUTREACH: call_tiers is a list of tiers: {', '.join(sorted(tiers - {EVERY}))}")
    return tuple(told)
