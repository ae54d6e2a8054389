"""Which case does it belong to? First rule that answers wins; the subject alone never does.

1. the case its signed reply token, or an agent, names
2. the case of the mail whose fate it reports: a bounce of ours
3. the case of a message it answers (In-Reply-To, References; RFC 5322 §3.6.4), for who takes part in it, for
   another address of its customer, or for somebody proven to be of a participant's domain
4. the case whose number the subject carries, for a participant who is proven to be who she says
5. a new case

What belongs to a case that is closed, or was solved long ago, opens a new one, which goes on from it. A case that was
merged into another stands for that other, and what was split off from the case a token names for the part that has the
answered message (storage/cases.py follows both).
"""

from typing import NamedTuple

from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.known import IntakeFacts
from chalicelib.model.trust import Trust

STRANGERS_REFERENCE, STRANGERS_NUMBER = "reference by a stranger", "number by a stranger"


class Thread(NamedTuple):
    case: Case | None
    reason: str
    follows: Case | None = None  # the case a new one goes on from


def which_case(arrival: Arrival, facts: IntakeFacts) -> Thread:
    thread = _found(arrival, facts)
    if thread.case and _comes_too_late(arrival, thread.case):
        return Thread(None, f"{thread.reason}, long after it was solved", follows=thread.case)
    return thread


def _found(arrival: Arrival, facts: IntakeFacts) -> Thread:
    if facts.named:
        return Thread(facts.named, "named")
    if facts.referenced:
        return _by_reference(arrival, facts.referenced, facts.customer)
    if facts.numbered:
        proven = arrival.trust is Trust.AUTHENTICATED and _takes_part(arrival, facts.numbered)
        return Thread(facts.numbered, "number") if proven else Thread(None, STRANGERS_NUMBER)
    return Thread(None, "new")


def _by_reference(arrival: Arrival, case: Case, customer: Customer | None) -> Thread:
    if arrival.reports_on:
        return Thread(case, "report")
    answers = _may_answer(arrival, case, customer)
    return Thread(case, "reference") if answers else Thread(None, STRANGERS_REFERENCE)


def _may_answer(arrival: Arrival, case: Case, customer: Customer | None) -> bool:
    if _takes_part(arrival, case):
        return True
    if not arrival.trust.identifies or arrival.sender is None:
        return False
    if customer and case.customer_id in customer.ids:
        return True
    return _domain(arrival.sender.value) in {_domain(p.address) for p in case.participants if p.revoked_at is None}


def _takes_part(arrival: Arrival, case: Case) -> bool:
    return bool(arrival.sender and case.participant(arrival.sender.value))


def _comes_too_late(arrival: Arrival, case: Case) -> bool:
    """Only a person's own words are a new matter; what an agent logs, machines and impostors send stays. Nothing that
    would open it again stays in what is closed."""
    if arrival.machine or arrival.direction == "out" or arrival.trust is Trust.SPOOFED:
        return False
    if arrival.author:
        return case.status is CaseStatus.CLOSED
    return case.forgotten(arrival.at)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
