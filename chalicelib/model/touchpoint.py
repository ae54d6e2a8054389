"""The touchpoint map: who sees to a contact, by channel, tier and hour, what that asks of agents, and what it costs.

The map is configuration. Whatever it says, every contact of every tier still reaches a person: a map by which one would
not cannot be read.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from chalicelib.kernel.errors import Permanent
from chalicelib.model.agent import DEFAULT_QUEUE
from chalicelib.model.calendar import Calendar, read_hours
from chalicelib.model.tier import EVERY_CHANNEL, Tiers
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import LEVELS, Handling

ALWAYS, OPEN, CLOSED = "always", "open", "closed"  # of the channel's business calendar
URGENCIES = tuple(urgency.value for urgency in Urgency)
MOST_RULES = 50
LONGEST_NAME = 40
MOST_SKILLS = 5  # that one entry names
LONGEST_WITHOUT_A_PERSON = timedelta(days=1)
KEPT_FOR_A_PERSON = timedelta(minutes=15)
LONGEST_KEPT, LONGEST_UNRELAXED = timedelta(days=1), timedelta(days=7)
HANDLINGS = tuple(handling.value for handling in Handling)
_FIELDS = (
    "channels", "tiers", "when", "handling", "queue", "needs", "wants", "language_level", "after_minutes",
    "keep_minutes", "relax_minutes", "head_start_minutes", "offer_seconds", "cost", "customer_cost", "urgency",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Touchpoint:
    """One entry of the map. Costs are minor units per contact; None: what the channel costs.

    `head_start`: by how much it stands before who came at the same time; None: by how much sooner its tier is promised
    an answer than the slowest. `urgency`: factors on what is promised; what it does not name, the tiers' hold.
    """

    channels: tuple[str, ...] = (EVERY_CHANNEL,)
    tiers: tuple[str, ...] = ("*",)
    when: str = ALWAYS  # or "hours"
    hours: Calendar | None = None
    handling: Handling = Handling.QUEUE
    queue: str = DEFAULT_QUEUE
    needs: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    wants: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    language_level: int = 0
    after: timedelta = timedelta()  # self-service first: how long before a person comes
    keep: timedelta = timedelta(minutes=5)  # for who answered her last, if she is there; longer for a PERSON
    relax: timedelta = timedelta(hours=1)  # after which needs are wishes
    head_start: timedelta | None = None
    offered_for: timedelta = timedelta(minutes=2)  # before it comes back
    cost: int | None = None
    customer_cost: int | None = None
    urgency: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def covers(self, channel: str, tier: str) -> bool:
        return bool({channel, EVERY_CHANNEL} & {*self.channels}) and bool({tier, "*"} & {*self.tiers})

    def factor(self, urgency: Urgency, tiers: Tiers) -> float:
        """How much of what a tier promises holds at this urgency; what it does not say, the tiers do."""
        return self.urgency.get(urgency.value, tiers.factor(urgency))


DEFAULT = Touchpoint()


@dataclass(frozen=True, slots=True)
class Touchpoints:
    """The entries in order: the first that covers a contact counts. Behind them all stands one that covers every
    contact."""

    entries: tuple[Touchpoint, ...] = ()

    def of(self, channel: str, tier: str) -> tuple[Touchpoint, ...]:
        """All that may apply, down to the first that always does."""
        found = []
        for entry in (*self.entries, DEFAULT):
            if entry.covers(channel, tier):
                found.append(entry)
                if entry.when == ALWAYS:
                    break
        return tuple(found)

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys([*(entry.queue for entry in self.entries), DEFAULT_QUEUE]))


def read_touchpoints(text: str, tiers: Tiers, channels: tuple[str, ...], time_zone: str) -> Touchpoints:
    """From `{"entries": [{"channels": ["phone"], "tiers": ["gold"], "when": "closed", "handling": "call_back", "queue":
    "vip", "needs": {"billing": 2}, …}]}`; empty: one queue for everybody. `when` is always, open or closed (of the
    channel's calendar), or `{"open": {"mon-fri": ["18:00-22:00"]}, "time_zone": …}`.

    Raises Permanent, saying what to correct, also for a map by which somebody would not reach a person.
    """
    if not text:
        return Touchpoints()
    try:
        told = dict(json.loads(text))
        _known(told, ("entries",))
        entries = [_numbered(number, entry, time_zone) for number, entry in enumerate(told["entries"], 1)]
    except Permanent as error:
        raise Permanent(f"TOUCHPOINTS: {error.detail}") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Permanent(f"TOUCHPOINTS cannot be read ({error!r}); see docs/desk.md for its form") from error
    if len(entries) > MOST_RULES:
        raise Permanent(f"TOUCHPOINTS: {len(entries)} entries; at most {MOST_RULES} are read for every contact")
    for number, entry in enumerate(entries, 1):
        if wrong := _names_nobody(entry, tiers, channels) or _cuts_off(entry, tiers, channels):
            raise Permanent(f"TOUCHPOINTS: entry {number}: {wrong}")
    return Touchpoints(tuple(entries))


def _numbered(number: int, told: Mapping[str, Any], time_zone: str) -> Touchpoint:
    try:
        return _entry(told, time_zone)
    except Permanent as error:
        raise Permanent(f"entry {number}: {error.detail}") from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Permanent(f"entry {number} cannot be read ({error!r}); see docs/desk.md for its form") from error


def _entry(told: Mapping[str, Any], time_zone: str) -> Touchpoint:
    _known(told, _FIELDS)
    when = told.get("when", ALWAYS)
    hours = None
    if isinstance(when, Mapping):
        hours, when = read_hours(when, time_zone), "hours"
    elif when not in (ALWAYS, OPEN, CLOSED):
        raise Permanent(f"when is {ALWAYS}, {OPEN}, {CLOSED} or a table with the hours, not {when!r}")
    if told.get("handling", HANDLINGS[1]) not in HANDLINGS:
        raise Permanent(
            f"handling is one of {', '.join(HANDLINGS)}, not {told['handling']!r}: no tier has a channel closed"
        )
    handling = Handling(told.get("handling", HANDLINGS[1]))
    return Touchpoint(
        channels=_names(told.get("channels", EVERY_CHANNEL)),
        tiers=_names(told.get("tiers", "*")),
        when=when,
        hours=hours,
        handling=handling,
        queue=_name(told.get("queue", DEFAULT_QUEUE)),
        needs=_levels("needs", told.get("needs", {})),
        wants=_levels("wants", told.get("wants", {})),
        language_level=_level("language_level", told.get("language_level", 0), 0),
        after=_minutes(told, "after_minutes", DEFAULT.after),
        keep=_minutes(told, "keep_minutes", KEPT_FOR_A_PERSON if handling is Handling.PERSON else DEFAULT.keep),
        relax=_minutes(told, "relax_minutes", DEFAULT.relax),
        head_start=_minutes(told, "head_start_minutes", timedelta()) if "head_start_minutes" in told else None,
        offered_for=timedelta(seconds=_within(told, "offer_seconds", 120, 10, 3600)),
        cost=_cost(told, "cost"),
        customer_cost=_cost(told, "customer_cost"),
        urgency=_factors(told.get("urgency", {})),
    )


def _names_nobody(entry: Touchpoint, tiers: Tiers, channels: tuple[str, ...]) -> str:
    if unknown := sorted({*entry.channels} - {*channels, EVERY_CHANNEL}):
        return f"there is no channel {unknown[0]}; there are {', '.join(channels)}"
    if unknown := sorted({*entry.tiers} - {*tiers.bands.tiers, "*"}):
        return f"there is no tier {unknown[0]}; there are {', '.join(tiers.bands.tiers)}"
    return ""


def _cuts_off(entry: Touchpoint, tiers: Tiers, channels: tuple[str, ...]) -> str:
    """Why somebody would not reach a person by this entry, or too late; empty: everybody does."""
    if entry.after and entry.handling is not Handling.SELF_SERVICE_FIRST:
        return f"after_minutes is for {Handling.SELF_SERVICE_FIRST.value} alone: nobody else waits for a person to come"
    if entry.after > LONGEST_WITHOUT_A_PERSON:
        return "after_minutes is at most a day: a person comes in the end"
    if not timedelta() < entry.relax <= LONGEST_UNRELAXED:
        return "relax_minutes is above 0 and at most 7 days: what nobody can do would wait for ever"
    if entry.keep > LONGEST_KEPT:
        return "keep_minutes is at most a day: others must come in the end"
    return _too_late(entry, tiers, channels)


def _too_late(entry: Touchpoint, tiers: Tiers, channels: tuple[str, ...]) -> str:
    factors = [entry.factor(urgency, tiers) for urgency in Urgency]
    if factors != sorted(factors, reverse=True):
        return "urgency never stretches more the more urgent it is: low, normal, high, urgent"
    for tier in tiers.tiers:
        for channel in channels:
            if entry.covers(channel, tier.name) and entry.after >= tier.promised(channel) * min(factors):
                return f"{tier.name} is promised an answer on {channel} before after_minutes lets a person see it"
    return ""


def _known(told: Mapping[str, Any], names: tuple[str, ...]) -> None:
    if unknown := sorted({*told} - {*names}):
        raise Permanent(f"there is no {unknown[0]}; there are {', '.join(names)}")


def _names(told: object) -> tuple[str, ...]:
    names = (told,) if isinstance(told, str) else tuple(map(str, told))  # type: ignore[call-overload]  # else refused
    if not names:
        raise Permanent('channels and tiers name at least one, or "*"')
    return names


def _name(told: object) -> str:
    name = str(told)
    if not 0 < len(name) <= LONGEST_NAME or not all(c.isalnum() or c in "-_" for c in name) or not name.isascii():
        raise Permanent(f"{name[:LONGEST_NAME]!r} is no name: 1 to {LONGEST_NAME} letters, digits, - and _")
    return name


def _levels(what: str, told: Mapping[str, object]) -> Mapping[str, int]:
    if len(told) > MOST_SKILLS:
        raise Permanent(f"{what} names at most {MOST_SKILLS} skills")
    return {_name(skill): _level(f"{what}.{skill}", level, LEVELS[0]) for skill, level in told.items()}


def _level(what: str, told: object, least: int) -> int:
    if type(told) is not int or not least <= told <= LEVELS[-1]:
        raise Permanent(f"{what} is a level, {least} to {LEVELS[-1]}, not {told!r}")
    return told


def _minutes(told: Mapping[str, Any], name: str, default: timedelta) -> timedelta:
    return timedelta(minutes=_within(told, name, default.total_seconds() / 60, 0, 60 * 24 * 30))


def _within(told: Mapping[str, Any], name: str, default: float, least: float, most: float) -> float:
    value = float(told.get(name, default))
    if not least <= value <= most:
        raise Permanent(f"{name} is {least:g} to {most:g}, not {value:g}")
    return value


def _cost(told: Mapping[str, Any], name: str) -> int | None:
    cost = told.get(name)
    if cost is not None and (type(cost) is not int or cost < 0):
        raise Permanent(f"{name} is a whole number of minor units, 0 or more, not {cost!r}")
    return cost


def _factors(told: Mapping[str, object]) -> Mapping[str, float]:
    if unknown := sorted({*told} - {*URGENCIES}):
        raise Permanent(f"there is no urgency {unknown[0]}; there are {', '.join(URGENCIES)}")
    factors = {name: float(str(factor)) for name, factor in told.items()}
    if odd := [name for name, factor in factors.items() if not 0.05 <= factor <= 5]:
        raise Permanent(f"urgency.{odd[0]} is a factor of 0.05 to 5 on what is promised")
    return factors
