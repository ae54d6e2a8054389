"""What members of the staff are told by mail, and what they do not want to be told."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

MOST_AN_HOUR = 20  # letters to one person


class NoticeKind(Enum):
    PROMISE_AT_RISK = "promise_at_risk"
    PROMISE_BROKEN = "promise_broken"
    CUSTOMER_WROTE = "customer_wrote"
    SIDE_REPLY = "side_reply"
    ANSWER_CANCELLED = "answer_cancelled"  # one that was to be sent later
    MENTION = "mention"


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the staff, as far as a letter needs her."""

    address: str
    language: str = ""
    staff_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeSettings:
    """What one member of the staff does not want to be told of. Without a row she is told of everything."""

    staff_id: str
    off: tuple[NoticeKind, ...] = ()
    updated_at: datetime
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """The letters of one hour to one person, so that there are not too many. No address stands in it."""

    whom: str  # a fingerprint
    hour: datetime
    letters: tuple[str, ...] = ()  # their ids
    version: int | None = None
