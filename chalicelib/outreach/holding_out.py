"""Whom does no play contact this quarter, and with whom are they compared?

The share is drawn anew each calendar quarter. Would it stay the same, the guardrails were no fair gate from the second
quarter on: who was contacted is refused for other reasons than who never was (caps, complaints, withdrawn consents), so
those who pass them would not be alike. Windows end within the quarter, so nobody's treatment changes in hers.

What is compared is a pilot of all plays together, which is no row: all of it follows from the quarter.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.model.customer import Customer
from chalicelib.model.pilot import EVERY_PLAY, EVERY_TIER, Arm, Design, Outcome, Period, Pilot, PilotState
from chalicelib.model.task import Task
from chalicelib.outreach import piloting

HOLD_OUT = "hold_out"  # what a quarter's pilot is named by
WINDOW, GRACE = 28, 2  # days, as pilots have them
# What notices are to spare people, answers to them included; often enough to be seen in a quarter, as churn is not.
PRIMARY = Outcome.REPEAT_CONTACT
MINIMUM = 0.02  # of a share: the smallest difference worth finding
_HALF: Mapping[str, float] = {EVERY_TIER: 0.5}


class Quarter(NamedTuple):
    """A calendar quarter, by UTC."""

    year: int
    number: int

    @property
    def name(self) -> str:
        """As 2026-Q4."""
        return f"{self.year}-Q{self.number}"

    @property
    def begins(self) -> datetime:
        return datetime(self.year, 3 * self.number - 2, 1, tzinfo=UTC)

    @property
    def ends(self) -> datetime:
        """When the next one begins."""
        return datetime(self.year + self.number // 4, 3 * self.number % 12 + 1, 1, tzinfo=UTC)

    @property
    def before(self) -> "Quarter":
        return quarter_of(self.begins - timedelta(days=1))


def quarter_of(at: datetime) -> Quarter:
    at = at.astimezone(UTC)
    return Quarter(at.year, (at.month + 2) // 3)


def quarter_named(name: str) -> Quarter:
    """Of 2026-Q4; the contract takes nothing else."""
    year, _, number = name.partition("-Q")
    return Quarter(int(year), int(number))


@lru_cache(maxsize=8)
def pilot_of(quarter: Quarter) -> Pilot:
    """Both groups are equally large at each moment, whatever the share is: so the split is one half."""
    drawn_for = quarter.ends - quarter.begins - timedelta(days=WINDOW + GRACE)
    design = Design(
        primary=PRIMARY,
        minimum=MINIMUM,
        expected=0.0,
        planned=0,  # nothing is decided once: only what holds however often one looks
        contacted=_HALF,
        held_out=_HALF,
        window_days=WINDOW,
        grace_days=GRACE,
        days=drawn_for.days,
    )
    return Pilot(
        id=ids.derived_ulid(quarter.begins, HOLD_OUT),
        play=EVERY_PLAY,
        state=PilotState.RUNNING,
        design=design,
        prepared_by="",
        prepared_by_id="",
        prepared_at=quarter.begins,
        started_at=quarter.begins,
        periods=(Period(number=1, since=quarter.begins, contacted=_HALF, held_out=_HALF, by=""),),
        updated_at=quarter.begins,
    )


def pilot_named(pilot_id: str) -> Pilot | None:
    """The quarter's pilot of this id; None: it is a play's."""
    if not ids.is_ulid(pilot_id):
        return None
    pilot = pilot_of(quarter_of(ids.instant_of(pilot_id)))
    return pilot if pilot.id == pilot_id else None


def arm_of(customer: Customer, share: float, at: datetime) -> Arm:
    """Of the quarter of that moment, by her oldest record, which no merge moves. The last of all are held out, the
    first, as many, are compared with them."""
    place = piloting.place(customer, pilot_of(quarter_of(at)).id)
    if place >= 1 - share:
        return Arm.HELD_OUT
    return Arm.CONTACTED if place < share else Arm.OUTSIDE


def drawn(
    task: Task, customer: Customer, share: float, *, expected: int, now: datetime
) -> tuple[Customer, tuple[object, ...]]:
    """Her row from now on, and what is stored when this is her first occasion of the quarter. Whoever is in neither
    group is not noted: that would cost a write for everybody."""
    plan, arm = pilot_of(quarter_of(now)).plan, arm_of(customer, share, now)
    over = plan.draws_until is not None and now >= plan.draws_until
    if arm is Arm.OUTSIDE or over or plan.id in customer.pilots:
        return customer, ()
    later = replace(customer, pilots=piloting.remembered(customer, plan, arm, now))
    return later, (later, *piloting.noted(task, customer, plan, arm, expected, now))


def moved(pilot: Pilot, customer: Customer, arm: Arm, share: float) -> bool:
    """Whether she is treated otherwise than she was drawn, since she was merged with an older record or the share was
    changed. Both groups lose as many by either."""
    return arm_of(customer, share, pilot.prepared_at) is not arm
