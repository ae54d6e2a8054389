"""Which case does it belong to? First rule that answers wins; the subject alone never does.

1. the case its signed reply token, or an agent, names
2. the case of a message it answers (In-Reply-To, References; RFC 5322 §3.6.4), for a participant or a sender
   who is who she says she is
3. a new case
"""

from typing import NamedTuple

from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.known import IntakeFacts


class Thread(NamedTuple):
    case: Case | None
    reason: str


def which_case(arrival: Arrival, facts: IntakeFacts) -> Thread:
    if facts.named:
        return Thread(facts.named, "named")
    if facts.referenced:
        belongs = arrival.sender and facts.referenced.participant(arrival.sender.value)
        if belongs or arrival.trust.identifies:
            return Thread(facts.referenced, "reference")
        return Thread(None, "reference by a stranger")
    return Thread(None, "new")
