"""Which team serves her?"""

from dataclasses import replace
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind


def given(customer: Customer, team: str, *, author: str, reason: str, now: datetime) -> Decision:
    """She is this team's from now on, or everybody's (""). Told on her timeline, unless she was before."""
    if customer.team == team:
        return Decision(reason="theirs already")
    told = Event(
        id=ids.derived_ulid(now, customer.id, EventKind.TEAM_CHANGED.value, team),
        customer_id=customer.id,
        what=EventKind.TEAM_CHANGED,
        at=now,
        detail={"from": customer.team, "to": team, "by": author, "reason": reason},
    )
    return Decision((replace(customer, team=team), told), reason="given to a team")
