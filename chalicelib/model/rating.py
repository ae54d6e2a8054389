"""A rating: how a solved case was for its customer, asked by rule and never deleted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Permanent

SCORES = (1, 2, 3, 4, 5)
MOST_VOTES = 20  # of one rating; the first one and the newest stay
LONGEST_COMMENT = 1_000  # characters
OPEN_FOR = timedelta(days=30)  # after it was asked
EVERY_TIER = "*"
PURPOSE = "rating"  # of consent


class RatingState(Enum):
    PLANNED = "planned"
    PASSED_OVER = "passed_over"  # not asked after all; the reason says why
    ASKED = "asked"
    ANSWERED = "answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    at: datetime
    score: int
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """`score` and `comment` are those of the last vote."""

    id: str
    customer_id: str
    case_id: str
    solved_at: datetime
    due_at: datetime
    tier: str
    channel: str
    topic: str = ""
    state: RatingState = RatingState.PLANNED
    reason: str = ""
    asked_at: datetime | None = None
    interaction_id: str = ""  # the mail that asked
    score: int = 0
    comment: str = ""
    votes: tuple[Vote, ...] = ()
    updated_at: datetime
    version: int | None = None

    @property
    def next_look_at(self) -> datetime | None:
        return self.due_at if self.state is RatingState.PLANNED else None


@dataclass(frozen=True, slots=True)
class RatingPolicy:
    """`share`: of solved cases, by tier, how many are asked about. `after`: how long after solving. `every`: no
    customer is asked more often."""

    share: Mapping[str, float] = field(default_factory=dict)
    after: timedelta = timedelta(hours=24)
    every: timedelta = timedelta(days=90)

    def asks(self, case_id: str, tier: str) -> bool:
        """Whether this case is in the sample: that follows from its id, nobody chooses."""
        share = self.share.get(tier, self.share.get(EVERY_TIER, 0.0))
        return int(ids.fingerprint("rating", case_id)[:8], 16) < share * 2**32


def read_ratings(text: str) -> RatingPolicy:
    """From `{"share": {"*": 0.2, "gold": 1}, "after_hours": 24, "every_days": 90}`; empty: nobody is asked.

    Raises Permanent, saying what to correct.
    """
    if not text:
        return RatingPolicy()
    try:
        told = dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise Permanent(f"RATINGS cannot be read ({error}); see docs/recovery.md for its form") from error
    if unknown := sorted({*told} - {"share", "after_hours", "every_days"}):
        raise Permanent(f"RATINGS: there is no {unknown[0]}; there are share, after_hours, every_days")
    share = told.get("share", {})
    numbers = isinstance(share, dict) and all(type(part) in (int, float) and 0 <= part <= 1 for part in share.values())
    if not numbers:
        raise Permanent('RATINGS: share gives tiers, or "*", a part of all cases from 0 to 1')
    return RatingPolicy(
        {tier: float(part) for tier, part in share.items()},
        timedelta(hours=_number(told, "after_hours", 24, 0, 24 * 14)),
        timedelta(days=_number(told, "every_days", 90, 1, 400)),
    )


def _number(told: Mapping[str, object], name: str, ours: int, least: int, most: int) -> int:
    value = told.get(name, ours)
    if type(value) is not int or not least <= value <= most:
        raise Permanent(f"RATINGS: {name} is a whole number from {least} to {most}")
    return value
