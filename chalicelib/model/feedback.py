"""What SES reports about a mail we sent."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class FeedbackKind(Enum):
    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    kind: FeedbackKind
    ses_id: str
    at: datetime
    customer_id: str
    interaction_id: str
    permanent: bool = False  # a bounce that will not heal: the address is dead
    detail: str = ""
