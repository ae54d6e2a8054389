"""A pilot: a play for a part of those it would reach, beside a part that is held out, to see what it changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

EVERY_TIER = "*"
EVERY_PLAY = "*"  # in place of a play: the company-wide hold-out
MOST_DAYS = 180  # of drawing people: a pilot is a question, not a state
MOST_PERIODS = 20  # a pilot may be widened so often, less one
MOST_REMEMBERED = 40  # pilots a customer's row remembers; whoever is in so many is in no other one
REMEMBERED_FOR = timedelta(days=MOST_DAYS + 20)
MOST_CONTACTS = 20  # of one person that count: who writes every hour does not decide for all


class Arm(Enum):
    CONTACTED = "contacted"
    HELD_OUT = "held_out"
    OUTSIDE = "outside"  # not contacted and not compared: the pilot is small
    RELEASED = "released"  # contacted and not compared: she was outside, and the pilot was widened


class Outcome(Enum):
    """What becomes of somebody within the window."""

    REPEAT_CONTACT = "repeat_contact"  # whether she turned to us at all
    CONTACTS = "contacts"  # how often
    LOW_RATING = "low_rating"  # whether she rated us 1 or 2; who was not asked, or did not answer, did not
    RATING = "rating"  # her last one, of those who gave one
    CHURN = "churn"  # whether she cancelled
    GOAL = "goal"  # whether she did what the play is to help her with
    SPEND = "spend"  # what she earned us, in minor units, cut at a cap

    @property
    def is_share(self) -> bool:
        return self in (Outcome.REPEAT_CONTACT, Outcome.LOW_RATING, Outcome.CHURN, Outcome.GOAL)

    @property
    def more_is_better(self) -> bool:
        return self in (Outcome.RATING, Outcome.GOAL, Outcome.SPEND)


# Who rates at all may depend on being contacted, so nothing is decided by the mean of those who did.
PRIMARY = tuple(outcome for outcome in Outcome if outcome is not Outcome.RATING)


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
    grace_days: int = 2  # after it, for facts that are told late
    period: int = 1  # how often it was widened, and one
    started_at: datetime
    draws_until: datetime | None = None  # whoever comes later is contacted, or held out, and not compared

    def contacted_of(self, tier: str) -> float:
        return self.contacted.get(tier, self.contacted.get(EVERY_TIER, 0.0))

    def held_out_of(self, tier: str) -> float:
        return self.held_out.get(tier, self.held_out.get(EVERY_TIER, 0.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One person in one pilot, from the draw until it is seen what became of her. Everything by which groups are
    compared is of the moment of the draw."""

    pilot_id: str
    customer_id: str
    play: str
    arm: Arm
    tier: str
    period: int
    expected: int = 0  # what she was expected to earn us within the window, in minor units
    task_id: str  # the first she was drawn for
    at: datetime
    window_ends_at: datetime
    judge_at: datetime | None = None  # when it is looked what became of her; None: it was
    judged: str = ""  # "counted", or why not
    outcomes: Mapping[str, int] = field(default_factory=dict)  # as they were counted
    version: int | None = None


class PilotState(Enum):
    PREPARED = "prepared"  # waits for a second person
    RUNNING = "running"
    STOPPED = "stopped"
    DROPPED = "dropped"  # nobody started it


class Then(Enum):
    """What becomes of the play when its pilot is stopped."""

    FOR_ALL = "for_all"
    STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is to be found out, said before anybody is drawn and never changed after."""

    primary: Outcome
    minimum: float  # the smallest difference worth finding: of a share 0 to 1, of contacts, or in minor units
    expected: float  # of those who are held out: the share, or the mean
    spread: float = 0.0  # the standard deviation expected of a mean
    planned: int  # people in both groups whose windows have ended, when it is decided
    contacted: Mapping[str, float]
    held_out: Mapping[str, float]
    agents: tuple[str, ...] = ()
    window_days: int = 28
    grace_days: int = 2
    days: int = 90  # for how long people are drawn
    spend_cap: int = 100_000  # minor units: more of one person counts as this
    goal_fact: str = ""  # the kind of fact that says that the goal was reached
    why: str = ""
    overlapping: bool = False  # other pilots of the same outcome may run beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time with the same shares: only people who were drawn in one are compared."""

    number: int
    since: datetime
    contacted: Mapping[str, float]
    held_out: Mapping[str, float]
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pilot:
    id: str
    play: str
    state: PilotState = PilotState.PREPARED
    design: Design
    prepared_by: str
    prepared_by_id: str  # of the member of staff or the key: who must not start it as well
    prepared_at: datetime
    started_by: str = ""
    started_at: datetime | None = None
    periods: tuple[Period, ...] = ()
    decided_at: datetime | None = None  # when the planned number was reached, and it was read once
    look_at: datetime | None = None  # when it is looked next whether it is reached
    stopped_at: datetime | None = None
    stopped_by: str = ""
    then: str = ""  # what became of the play
    why: str = ""  # it was stopped
    updated_at: datetime
    version: int | None = None

    @property
    def of_all_plays(self) -> bool:
        """Whether those contacted have notices of whichever play: the company-wide hold-out."""
        return self.play == EVERY_PLAY

    @property
    def plan(self) -> PilotPlan:
        """What rides on the play's record. Raises ValueError before it was started."""
        if self.started_at is None or not self.periods:
            raise ValueError("nobody started this pilot")
        now = self.periods[-1]
        return PilotPlan(
            id=self.id,
            contacted=now.contacted,
            held_out=now.held_out,
            agents=self.design.agents,
            window_days=self.design.window_days,
            grace_days=self.design.grace_days,
            period=now.number,
            started_at=self.started_at,
            draws_until=self.started_at + timedelta(days=self.design.days),
        )


class Cause(Enum):
    """Why a reading was stored."""

    PLANNED = "planned"  # the planned number was reached
    WIDENED = "widened"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a pilot said at a moment, as it was told then."""

    id: str
    pilot_id: str
    at: datetime
    cause: Cause
    by: str = ""
    why: str = ""
    reading: Mapping[str, Any]
    version: int | None = None
