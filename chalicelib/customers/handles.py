"""Which handles are hers? One more, or one that turns out to be somebody else's."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.channels import sms
from chalicelib.customers import identity
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, HandleTaken, NotFound
from chalicelib.model.customer import Customer, CustomerHint, Handle, HandleOwner
from chalicelib.model.event import Event, EventKind

MOST_HANDLES = 100  # of one customer: they are kept on her row


def added(customer: Customer, handle: Handle, owner: Customer | None, *, by: str, now: datetime) -> Decision:
    """Hers from now on. Raises HandleTaken when it is another's, Conflict when she has too many."""
    if owner and owner.id == customer.id:
        return Decision(reason="hers already")
    if owner:
        raise HandleTaken(f"this handle is customer {owner.id}'s; if they are one person, merge them", "/value")
    if len(customer.handles) >= MOST_HANDLES:
        raise Conflict(f"a customer has at most {MOST_HANDLES} handles", "/value")
    told = _told(customer.id, EventKind.HANDLE_ADDED, handle, now, {"by": by})
    known = replace(customer, handles=(*customer.handles, handle))
    return Decision((known, HandleOwner(handle=handle, customer_id=customer.id), told), reason="added")


def split_off(
    customer: Customer,
    owner: HandleOwner | None,
    records: Iterable[Customer],
    *,
    author: str,
    reason: str,
    lowest_tier: str,
    now: datetime,
) -> Decision:
    """The handle becomes a customer of its own, of whom nothing is known but the team; what was told stays where it is.

    `records`: those that were merged into hers. Raises NotFound, or Conflict for her last handle.
    """
    if owner is None or owner.handle not in customer.handles:
        raise NotFound("this customer has no such handle")
    handle = owner.handle
    if len(customer.handles) == 1:
        raise Conflict("it is her last handle; nobody would find her any more")
    alone, _ = identity.first_met(CustomerHint(handle=handle), lowest_tier, now)
    fate = {place: why for place, why in customer.suppressed.items() if place in places(handle)}
    alone = replace(alone, suppressed=fate, team=customer.team)  # whoever she is, others have not served her
    said = {"by": author, "reason": reason}
    return Decision(
        (
            _without(customer, handle),
            alone,
            replace(owner, customer_id=alone.id),
            *(_without(record, handle) for record in records if handle in record.handles),
            _told(customer.id, EventKind.HANDLE_SPLIT_OFF, handle, now, {**said, "to": alone.id}),
            _told(alone.id, EventKind.HANDLE_SPLIT_OFF, handle, now, {**said, "from": customer.id}),
        ),
        reason="split off",
    )


def _without(customer: Customer, handle: Handle) -> Customer:
    return replace(
        customer,
        handles=tuple(other for other in customer.handles if other != handle),
        suppressed={place: why for place, why in customer.suppressed.items() if place not in places(handle)},
    )


def places(handle: Handle) -> tuple[str, ...]:
    """What a handle is called among the places nothing is sent to any more: a number may be wrong for calls, texts or
    both."""
    match handle.kind:
        case "external":
            return ()
        case "phone":
            return handle.value, sms.place(handle.value)
    return (handle.value,)


def _told(customer_id: str, what: EventKind, handle: Handle, at: datetime, said: dict[str, str]) -> Event:
    return Event(
        id=ids.derived_ulid(at, customer_id, what.value, str(handle)),
        customer_id=customer_id,
        what=what,
        at=at,
        detail={"handle": str(handle), **said},
    )
