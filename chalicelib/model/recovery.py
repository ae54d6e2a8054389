"""A recovery: we let a customer down, and stay with her until we know whether we kept her."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.kernel.errors import Permanent

MOST_CAUSES = 20  # a recovery remembers; the first one and the newest stay
MOST_DONE = 30
LEAD, AGENT = "lead", "agent"


class Cause(Enum):
    """What went wrong, in the order in which it is asked."""

    ANGRY = "angry"  # she sounds so
    LEAVING = "leaving"  # she says she will leave, complain in public, or see a lawyer
    REPEATED = "repeated"  # she has to ask the same thing again
    REOPENED = "reopened"  # what we called solved was not
    BROKEN_PROMISE = "broken_promise"
    LOW_RATING = "low_rating"


class RecoveryState(Enum):
    OPEN = "open"
    KEPT = "kept"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caused:
    """One cause, and what it was seen in: `entry_id` is of a contact, a rating or a promise's event."""

    cause: Cause
    at: datetime
    case_id: str = ""
    entry_id: str = ""
    detail: str = ""  # in our words: never hers


class Sign(Enum):
    """What she did afterwards."""

    WROTE_CALMLY = "wrote_calmly"
    ORDERED = "ordered"
    RATED_WELL = "rated_well"
    SAID_SO = "said_so"  # asked whether it is right now, she said that it is
    REFUNDED = "refunded"
    CANCELLED = "cancelled"

    @property
    def good(self) -> bool:
        return self in (Sign.WROTE_CALMLY, Sign.ORDERED, Sign.RATED_WELL, Sign.SAID_SO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    sign: Sign
    at: datetime
    entry_id: str = ""


class Deed(Enum):
    """What an agent did about it."""

    APOLOGY = "apology"
    GOODWILL = "goodwill"
    CALL = "call"
    REPAIR = "repair"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    at: datetime
    by: str
    what: Deed
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """`for_role` is whose it is to see to. It is followed until `follow_until`, which each further cause moves on."""

    id: str
    customer_id: str
    opened_at: datetime
    tier: str
    for_role: str = AGENT
    case_id: str = ""  # the first case of it
    causes: tuple[Caused, ...] = ()
    done: tuple[Done, ...] = ()
    seen: tuple[Seen, ...] = ()
    answered_at: datetime | None = None  # when she first had an answer of a person after it began
    follow_until: datetime
    state: RecoveryState = RecoveryState.OPEN
    settled_at: datetime | None = None
    settled_by: str = ""  # empty: the clock, or what she did
    reason: str = ""
    version: int | None = None

    @property
    def open(self) -> bool:
        return self.state is RecoveryState.OPEN

    @property
    def first_cause(self) -> Cause:
        return self.causes[0].cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When and how she last asked about a topic: the next time within `repeat` is once too often."""

    at: datetime
    channel: str
    case_id: str


@dataclass(frozen=True, slots=True)
class RecoveryPolicy:
    """`follow`: how long she is watched after the last thing that went wrong. `repeat`: within which asking again is
    asking twice. `low_rating`: from 1 up to this. `roles`: by tier, whose recoveries they are; others are agents'."""

    follow: timedelta = timedelta(days=7)
    repeat: timedelta = timedelta(days=7)
    low_rating: int = 2
    roles: Mapping[str, str] = field(default_factory=lambda: {"platinum": LEAD})

    def role_of(self, tier: str) -> str:
        return self.roles.get(tier, AGENT)


def read_recovery(text: str) -> RecoveryPolicy:
    """From `{"follow_days": 7, "repeat_days": 7, "low_rating": 2, "roles": {"platinum": "lead"}}`; empty: ours.

    Raises Permanent, saying what to correct.
    """
    if not text:
        return RecoveryPolicy()
    try:
        told = dict(json.loads(text))
    except (ValueError, TypeError) as error:
        raise Permanent(f"RECOVERY cannot be read ({error}); see docs/recovery.md for its form") from error
    ours = RecoveryPolicy()
    if unknown := sorted({*told} - {"follow_days", "repeat_days", "low_rating", "roles"}):
        raise Permanent(f"RECOVERY: there is no {unknown[0]}; there are follow_days, repeat_days, low_rating, roles")
    roles = told.get("roles", dict(ours.roles))
    if not isinstance(roles, dict) or {*roles.values()} - {LEAD, AGENT}:
        raise Permanent(f"RECOVERY: roles gives each tier {LEAD} or {AGENT}")
    return RecoveryPolicy(
        timedelta(days=_whole(told, "follow_days", ours.follow.days, 1, 90)),
        timedelta(days=_whole(told, "repeat_days", ours.repeat.days, 1, 90)),
        _whole(told, "low_rating", ours.low_rating, 1, 4),
        roles,
    )


def _whole(told: Mapping[str, object], name: str, ours: int, least: int, most: int) -> int:
    value = told.get(name, ours)
    if type(value) is not int or not least <= value <= most:
        raise Permanent(f"RECOVERY: {name} is a whole number from {least} to {most}")
    return value
