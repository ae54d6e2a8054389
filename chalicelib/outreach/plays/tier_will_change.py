"""Her tier will be lowered: tell her what changes and when, before it does. Nothing is sold.

Whoever was answered within two hours and suddenly waits for a day without a word feels cheated, and rightly.
"""

from collections.abc import Iterable, Mapping

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.outreach.plays.base import Given, Occasion, Play


def _occasions(event: Event, _customer: Customer, _given: Given) -> Iterable[Occasion]:
    lowered_at = clock.from_iso(event.detail["at"])
    if lowered_at <= event.at:
        return
    yield Occasion(
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


def _still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    lost_at = customer.standing.lost_at
    return customer.tier == context["before"] and lost_at is not None and f"{lost_at:%Y-%m-%d}" == context["on"]


PLAY = Play(
    name="tier_will_change",
    title="A tier will be lowered",
    purpose="service",
    goal="know beforehand what she will be promised from then on",
    triggers=frozenset({EventKind.TIER_WILL_CHANGE}),
    occasions=_occasions,
    still_needed=_still_needed,
)
