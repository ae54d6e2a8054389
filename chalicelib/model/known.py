"""What is known when something arrives: read in one place, decided in others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.deflection import Visitor
from chalicelib.model.interaction import KnownMessage, Receipt
from chalicelib.model.recovery import Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFacts:
    receipt: Receipt | None = None  # it was taken in before
    repeat: KnownMessage | None = None  # this Message-ID passed through this mailbox before
    customer: Customer | None = None  # whose handle the sender is
    under: str = ""  # the record of hers that has the handle: another than her own when it was merged into her
    named: Case | None = None  # the case an agent or a signed reply token names
    referenced: Case | None = None  # the case of the newest message it answers that we know
    numbered: Case | None = None  # the case whose number its subject carries
    side: KnownMessage | None = None  # the newest message it answers, when that is one of a side conversation
    notice: KnownMessage | None = None  # the newest message it answers, when that is a notice
    revoked: bool = False  # the reply address it came to was withdrawn
    owner: Customer | None = None  # whose case it joins, when that is not the sender's own
    last_free: bool = False  # whether the agent who had her last is there, with a hand free
    during: str = ""  # the merge that led from `under` to the customer
    via: Case | None = None  # the case it came to, when that was merged into the one it joins
    via_during: str = ""  # the merge that led from that case's record to its owner
    owner_during: str = ""  # the merge that led from the case's record to its owner
    visitor: Visitor | None = None  # who asked before it, without a name
    recoveries: Mapping[str, Recovery] = field(default_factory=dict)  # the open ones of these people, by id
