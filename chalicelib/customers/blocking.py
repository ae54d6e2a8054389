"""Does nobody contact her first any more? She has died, or somebody said so on her behalf."""

from dataclasses import replace
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind


def blocked(customer: Customer, why: str, *, proof: str, by: str, now: datetime) -> Decision:
    """From now on she hears of nothing she did not ask for: no plays, campaigns, calls of ours, nor how a case was.
    Who writes in her name is answered. Told on her timeline; the same again changes nothing."""
    if customer.blocked == why:
        return Decision(reason="blocked before")
    told = _told(customer, EventKind.BLOCKED, now, {"why": why, "proof": proof, "by": by})
    return Decision((replace(customer, blocked=why), told), reason="blocked")


def unblocked(customer: Customer, *, proof: str, by: str, now: datetime) -> Decision:
    """It was wrong, or holds no longer; consent and everything else are as they were."""
    if not customer.blocked:
        return Decision(reason="not blocked")
    told = _told(customer, EventKind.UNBLOCKED, now, {"why": customer.blocked, "proof": proof, "by": by})
    return Decision((replace(customer, blocked=""), told), reason="unblocked")


def left_alone(customer: Customer, until: datetime | None) -> Decision:
    """She asked not to be contacted first until then; None: she may be again."""
    if customer.not_before == until:
        return Decision(reason="as before")
    return Decision((replace(customer, not_before=until),), reason="left alone" if until else "may be contacted")


def _told(customer: Customer, what: EventKind, now: datetime, detail: dict[str, str]) -> Event:
    return Event(
        id=ids.derived_ulid(now, customer.id, what.value, detail["why"]),
        customer_id=customer.id,
        what=what,
        at=now,
        detail=detail,
    )
