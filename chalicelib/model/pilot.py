"""A pilot: a play for a part of those it would reach, beside a part that is held out, to see what it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class Arm(Enum):
    CONTACTED = "contacted"
    HELD_OUT = "held_out"
    OUTSIDE = "outside"  # not contacted and not compared: the pilot is small


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotPlan:
    """What decides, without another read, who is contacted; it rides on the play's record while the pilot runs.

    Of those whom no guardrail refuses the first `contacted` are contacted and the last `held_out` are held out, by a
    draw that is the same whenever it is made; both are shares of all, by tier (`*`: any other).
    """

    id: str  # also what the draw is made by: no two pilots draw alike
    contacted: Mapping[str, float] = field(default_factory=lambda: {"*": 1.0})
    held_out: Mapping[str, float] = field(default_factory=lambda: {"*": 0.0})
    agents: tuple[str, ...] = ()  # who alone do its tasks
    window_days: int = 28  # for how long it is looked what becomes of somebody
    started_at: datetime
