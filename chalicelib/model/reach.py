"""How she is reached: what was sent to her on a channel, and what she answered."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Of one channel. Both sums are of `last` and fade from then on; see customers/reaching.py."""

    sent: float = 0.0
    answered: float = 0.0
    last: datetime  # when either grew last
