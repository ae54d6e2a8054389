"""Her tier will be lowered: tell her what changes and when, before it does. Nothing is sold.

Whoever was answered within two hours and suddenly waits for a day without a word feels cheated, and rightly.
"""

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.outreach.plays.base import Occasion, Play


def _occasion(event: Event, _customer: Customer) -> Occasion | None:
    lowered_at = clock.from_iso(event.detail["at"])
    if lowered_at <= event.at:
        return None
    return Occasion(
        key=event.id,
        due_at=event.at,
        deadline=lowered_at,
        why=f"tier {event.detail['from']} becomes {event.detail['to']} on {lowered_at:%Y-%m-%d}",
        context={
            "before": event.detail["from"],
            "after": event.detail["to"],
            "on": f"{lowered_at:%Y-%m-%d}",
        },
    )


def _still_needed(customer: Customer, context: dict[str, str]) -> bool:
    lost_at = customer.standing.lost_at
    return customer.tier == context["before"] and lost_at is not None and f"{lost_at:%Y-%m-%d}" == context["on"]


PLAY = Play(
    name="tier_will_change",
    purpose="service",
    goal="know beforehand what she will be promised from then on",
    triggers=frozenset({EventKind.TIER_WILL_CHANGE}),
    occasion=_occasion,
    still_needed=_still_needed,
)
