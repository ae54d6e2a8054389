"""A pilot of payment_will_fail that Tom prepared and Lea started, and people in it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from chalicelib.kernel import ids
from chalicelib.model.pilot import Arm, Design, Outcome, Period, Pilot, PilotState, Subject
from chalicelib.model.tally import words_as_one
from chalicelib.outreach.life import Person
from tests.factories import ANNS_ID, NOON

PILOT = ids.derived_ulid(NOON, "a pilot")
TOM, LEA = Person(id="tom", name="Tom"), Person(id="lea", name="Lea")
HALF = {"*": 0.5}


def make_design(**fields: Any) -> Design:
    return Design(
        **{
            "primary": Outcome.REPEAT_CONTACT,
            "minimum": 0.05,
            "expected": 0.2,
            "planned": 2_000,
            "contacted": HALF,
            "held_out": HALF,
            "goal_fact": "card_updated",
            **fields,
        }
    )


def make_pilot(state: PilotState = PilotState.RUNNING, **fields: Any) -> Pilot:
    design = fields.pop("design", None) or make_design()
    ran: dict[str, Any] = {}
    if state is not PilotState.PREPARED:
        first = Period(number=1, since=NOON, contacted=design.contacted, held_out=design.held_out, by="Lea")
        ran = {"started_by": "Lea", "started_at": NOON, "periods": (first,), "look_at": NOON + timedelta(days=1)}
    return Pilot(
        **{
            "id": PILOT,
            "play": "payment_will_fail",
            "state": state,
            "design": design,
            "prepared_by": "Tom",
            "prepared_by_id": "tom",
            "prepared_at": NOON - timedelta(days=1),
            "updated_at": NOON,
            "version": 1,
            **ran,
            **fields,
        }
    )


def make_subject(arm: Arm = Arm.CONTACTED, **fields: Any) -> Subject:
    """Ann, drawn at noon; looked at 30 days later."""
    return Subject(
        **{
            "pilot_id": PILOT,
            "customer_id": ANNS_ID,
            "play": "payment_will_fail",
            "arm": arm,
            "tier": "standard",
            "period": 1,
            "expected": 500,
            "task_id": "T",
            "at": NOON,
            "window_ends_at": NOON + timedelta(days=28),
            "judge_at": NOON + timedelta(days=30),
            "version": 1,
            **fields,
        }
    )


def sums_of(*groups: tuple[str, str, int, dict[str, int]]) -> dict[str, int]:
    """As the counter has them: of arm, tier, period, and what was summed."""
    return dict(_named(groups))


def _named(groups: tuple[tuple[str, str, int, dict[str, int]], ...]) -> Iterator[tuple[str, int]]:
    for arm, tier, period, sums in groups:
        told = {"drawn": sums.get("judged", 0), **sums}
        for what, amount in told.items():
            yield words_as_one(what, arm, tier, str(period)), amount
