"""Who takes part in a case, and how often she wrote: the last line against loops that no other rule recognised.

Whoever joins by writing is read but not answered until an agent confirms her: a forwarded mail carries its
reply address to people the customer never meant to let in.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case, Heard, Participant
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.event import Event, EventKind

AN_HOUR = timedelta(hours=1)
MOST_CONTACTS = 20  # of one sender in one case within an hour; what follows is kept but moves nothing
MOST_ACKNOWLEDGEMENTS = 5  # to one customer within an hour


def newcomer(arrival: Arrival, case: Case) -> str:
    """The address that writes to this case for the first time; empty: none does."""
    sender = arrival.sender
    if sender is None or sender.kind != "email" or case.participant(sender.value):
        return ""
    return sender.value


def joined(arrival: Arrival, case: Case, customer: Customer) -> tuple[Participant, ...]:
    """The participants with the sender among them. Nobody joins who is not proven to be who she says."""
    address = newcomer(arrival, case)
    if not address or not arrival.trust.identifies:
        return case.participants
    number = max((p.number for p in case.participants), default=0) + 1
    own = Handle("email", address) in customer.handles
    return (*case.participants, Participant(number=number, address=address, confirmed=own))


def heard(arrival: Arrival, case: Case) -> tuple[Heard, ...] | None:
    """The case's count of the hour with this contact; None when its sender wrote too often."""
    if arrival.sender is None:
        return case.heard
    address = arrival.sender.value
    recent = [h for h in case.heard if arrival.at - h.since < AN_HOUR]
    own = next((h for h in recent if h.address == address), Heard(address=address, since=arrival.at, times=0))
    if own.times >= MOST_CONTACTS:
        return None
    return (*(h for h in recent if h is not own), replace(own, times=own.times + 1))


def acknowledged(customer: Customer, at: datetime) -> tuple[datetime, ...] | None:
    """Her acknowledgements of the hour with one more; None when that is too many."""
    recent = tuple(moment for moment in customer.acknowledged if at - moment < AN_HOUR)
    return None if len(recent) >= MOST_ACKNOWLEDGEMENTS else (*recent, at)


def confirm(case: Case, number: int, now: datetime, *, by: str) -> Decision:
    """An agent says that answers may go to this participant, too. Raises NotFound, or Conflict when revoked."""
    participant = _numbered(case, number)
    if participant.revoked_at:
        raise Conflict("this participant was revoked; she takes part again when she writes")
    return _with(case, replace(participant, confirmed=True), EventKind.PARTICIPANT_CONFIRMED, now, by)


def revoke(case: Case, number: int, now: datetime, *, by: str) -> Decision:
    """Her reply address opens the case no more; she may still write to us, as anybody may. Raises NotFound."""
    participant = _numbered(case, number)
    if participant.revoked_at:
        return Decision(reason="revoked before")
    return _with(case, replace(participant, revoked_at=now), EventKind.PARTICIPANT_REVOKED, now, by)


def _numbered(case: Case, number: int) -> Participant:
    for participant in case.participants:
        if participant.number == number:
            return participant
    raise NotFound("this case has no participant of this number")


def _with(case: Case, changed: Participant, what: EventKind, now: datetime, by: str) -> Decision:
    """Told on the customer's timeline: who let whom read along, or no more."""
    people = tuple(changed if p.number == changed.number else p for p in case.participants)
    if people == case.participants:
        return Decision(reason="nothing changed")
    told = Event(
        id=ids.derived_ulid(now, case.id, what.value, str(changed.number)),
        customer_id=case.customer_id,
        what=what,
        at=now,
        case_id=case.id,
        detail={"by": by, "address": changed.address},
    )
    return Decision((replace(case, participants=people, updated_at=now), told), reason=what.value, by=by)
