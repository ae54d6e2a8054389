"""How urgent is a case, by whose it is, what it is about and how she sounds? A small table of the company's."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from chalicelib.kernel.errors import Permanent
from chalicelib.model.mood import Mood, MoodLevel

LEAVING = "leaving"
MOODS = (*(level.value for level in MoodLevel), LEAVING)
MOST_POINTS = 9


class Urgency(Enum):
    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"

    @property
    def rank(self) -> int:
        return list(Urgency).index(self)


@dataclass(frozen=True, slots=True)
class UrgencyTable:
    """Points by tier, topic and mood are added up. Below zero is low, from `high_from` on high, from `urgent_from` on
    urgent. Of what a table does not name nothing is added."""

    tiers: Mapping[str, int] = field(default_factory=lambda: {"gold": 1, "platinum": 2})
    topics: Mapping[str, int] = field(default_factory=dict)
    moods: Mapping[str, int] = field(default_factory=lambda: {"annoyed": 1, "angry": 2, LEAVING: 1})
    high_from: int = 2
    urgent_from: int = 3

    def of(self, tier: str, topic: str, mood: Mood | None) -> Urgency:
        points = self.tiers.get(tier, 0) + self.topics.get(topic.strip().lower(), 0)
        if mood:
            points += self.moods.get(mood.level.value, 0) + (self.moods.get(LEAVING, 0) if mood.leaving else 0)
        if points >= self.urgent_from:
            return Urgency.URGENT
        if points >= self.high_from:
            return Urgency.HIGH
        return Urgency.LOW if points < 0 else Urgency.NORMAL


def read_urgency(text: str, tiers: Iterable[str]) -> UrgencyTable:
    """From `{"tiers": {"gold": 1}, "topics": {"billing": 1, "newsletter": -1}, "moods": {"angry": 2}, "high_from": 2,
    "urgent_from": 3}`; what is left out is ours, and so is all of an empty text.

    Raises Permanent, saying what to correct.
    """
    if not text:
        return UrgencyTable()
    try:
        told = dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise Permanent(f"URGENCY cannot be read ({error}); see docs/recovery.md for its form") from error
    known = {"tiers", "topics", "moods", "high_from", "urgent_from"}
    if unknown := sorted({*told} - known):
        raise Permanent(f"URGENCY: there is no {unknown[0]}; there are {', '.join(sorted(known))}")
    ours = UrgencyTable()
    table = UrgencyTable(
        _points(told, "tiers", tuple(tiers)) if "tiers" in told else ours.tiers,
        {topic.strip().lower(): points for topic, points in _points(told, "topics", None).items()},
        {**ours.moods, **_points(told, "moods", MOODS)},
        _whole(told.get("high_from", ours.high_from), "high_from"),
        _whole(told.get("urgent_from", ours.urgent_from), "urgent_from"),
    )
    if not 0 < table.high_from <= table.urgent_from:
        raise Permanent("URGENCY: high_from is above 0 and not above urgent_from")
    return table


def _points(told: Mapping[str, Any], name: str, among: tuple[str, ...] | None) -> dict[str, int]:
    given = told.get(name, {})
    if not isinstance(given, dict):
        raise Permanent(f"URGENCY: {name} is a table of points, as in {{ gold = 1 }}")
    if among is not None and (unknown := sorted({*given} - {*among})):
        raise Permanent(f"URGENCY: {name} has no {unknown[0]}; there are {', '.join(among)}")
    return {key: _whole(points, f"{name}.{key}") for key, points in given.items()}


def _whole(points: object, place: str) -> int:
    if type(points) is not int or abs(points) > MOST_POINTS:
        raise Permanent(f"URGENCY: {place} is a whole number of points from -{MOST_POINTS} to {MOST_POINTS}")
    return points
