"""The company's configuration as rules see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from chalicelib.model.calendar import Calendars
from chalicelib.model.calibration import Calibration
from chalicelib.model.case_field import CaseField
from chalicelib.model.knowledge import KnowledgePolicy
from chalicelib.model.outreach import OutreachPolicy
from chalicelib.model.rating import RatingPolicy
from chalicelib.model.recovery import RecoveryPolicy
from chalicelib.model.tier import Tiers
from chalicelib.model.touchpoint import Touchpoints
from chalicelib.model.urgency import UrgencyTable

# What a contact costs when a person answers it, in cents: published averages of the field in US$, until a company
# tells its own. docs/value-index.md says where they come from.
REFERENCE_COSTS: Mapping[str, int] = MappingProxyType(
    {"email": 9_99, "web": 9_99, "app": 9_99, "sms": 9_99, "phone": 32_74, "chat": 7_80, "board": 4_57}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    tiers: Tiers
    time_zone: str  # for customers whose own is unknown
    currency: str
    sending_on: bool
    sender_address: str  # the mailbox we write from
    sms_from: str = ""  # the number, pool or name texts are sent from; empty: none are
    inbound_domain: str  # where mail to us arrives
    ses_message_id_domain: str = "email.amazonses.com"
    staff: frozenset[str] = frozenset()  # addresses, and domains with their @
    notify: tuple[str, ...] = ()  # addresses that hear of every promise at risk or broken
    calendars: Calendars = field(default_factory=Calendars)  # what promises are counted in
    delays_told: bool = True  # whether she is told before a promise breaks
    contact_costs: Mapping[str, int] = field(default_factory=lambda: REFERENCE_COSTS)  # by channel, minor units
    urgency: UrgencyTable = field(default_factory=UrgencyTable)
    recovery: RecoveryPolicy = field(default_factory=RecoveryPolicy)
    ratings: RatingPolicy = field(default_factory=RatingPolicy)
    knowledge: KnowledgePolicy = field(default_factory=KnowledgePolicy)
    outreach: OutreachPolicy = field(default_factory=OutreachPolicy)  # how often, when and whom it contacts first
    second_opinion: bool = False  # whether a service is asked for the mood of each contact, after it was taken in
    touchpoints: Touchpoints = field(default_factory=Touchpoints)  # who sees to a contact
    case_fields: tuple[CaseField, ...] = ()  # those the company gave its cases
    calibration: Calibration = field(
        default_factory=Calibration
    )  # what the last night learnt; services that judge tiers load it

    @property
    def sms_on(self) -> bool:
        return bool(self.sms_from)

    def is_staff(self, address: str) -> bool:
        return address in self.staff or f"@{address.rpartition('@')[2]}" in self.staff

    @property
    def notices_address(self) -> str:
        """Where answers to letters to the staff go: nobody reads them as contacts."""
        return f"notices@{self.inbound_domain}"

    def is_ours(self, address: str) -> bool:
        """Whether mail from this address is our own coming back."""
        return address == self.sender_address or address.endswith("@" + self.inbound_domain)
