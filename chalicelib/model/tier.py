"""Tiers: what a customer's value index earns her, and what each tier is promised per channel.

Tiers are configuration. A tier never closes a channel: it only changes how fast, and by whom.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.kernel.errors import Permanent

EVERY_CHANNEL = "*"


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    from_index: int  # minor units of margin in the last twelve months
    first_answer: Mapping[str, timedelta]  # by channel; EVERY_CHANNEL is the fallback

    def promised(self, channel: str) -> timedelta:
        return self.first_answer.get(channel) or self.first_answer[EVERY_CHANNEL]


@dataclass(frozen=True, slots=True)
class Tiers:
    """All tiers of the company, lowest first."""

    tiers: tuple[Tier, ...]

    @property
    def lowest(self) -> Tier:
        return self.tiers[0]

    def named(self, name: str) -> Tier:
        """The tier of that name; a name no longer configured is served as the lowest, never refused."""
        return next((tier for tier in self.tiers if tier.name == name), self.lowest)

    def earned_by(self, index: int) -> Tier:
        return next((tier for tier in reversed(self.tiers) if index >= tier.from_index), self.lowest)


DEFAULT_TIERS = Tiers(
    (
        Tier("standard", 0, {EVERY_CHANNEL: timedelta(hours=24), "chat": timedelta(minutes=10)}),
        Tier("gold", 200_00, {EVERY_CHANNEL: timedelta(hours=8), "chat": timedelta(minutes=5)}),
        Tier("platinum", 1_000_00, {EVERY_CHANNEL: timedelta(hours=2), "chat": timedelta(minutes=2)}),
    )
)


def read_tiers(text: str) -> Tiers:
    """From `[{"name", "from_index", "first_answer_minutes": {"*": 1440, "chat": 10}}, …]`; empty: ours.

    Raises Permanent, saying what to correct, when the configuration cannot be used.
    """
    if not text:
        return DEFAULT_TIERS
    try:
        tiers = tuple(
            Tier(
                str(entry["name"]),
                int(entry["from_index"]),
                {c: timedelta(minutes=float(m)) for c, m in entry["first_answer_minutes"].items()},
            )
            for entry in json.loads(text)
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Permanent(f"TIERS cannot be read ({error!r}); see docs/operations.md for its form") from error
    if not tiers or tiers[0].from_index > 0:
        raise Permanent("TIERS needs a lowest tier with from_index 0, so that everybody has one")
    if [t.from_index for t in tiers] != sorted({t.from_index for t in tiers}):
        raise Permanent("TIERS must rise: each from_index above the one before")
    if len({t.name for t in tiers}) < len(tiers):
        raise Permanent("TIERS: two tiers have one name, so that nobody could tell which is meant")
    if hasty := [t.name for t in tiers if any(within <= timedelta() for within in t.first_answer.values())]:
        raise Permanent(f"TIERS: {hasty[0]} promises an answer in no time; give minutes above 0")
    if missing := [t.name for t in tiers if EVERY_CHANNEL not in t.first_answer]:
        raise Permanent(f'TIERS: {missing[0]} promises nothing for "*", the channels it does not name')
    return Tiers(tiers)
