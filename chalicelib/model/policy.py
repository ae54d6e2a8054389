"""The company's configuration as rules see it."""

from dataclasses import dataclass

from chalicelib.model.tier import Tiers


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    tiers: Tiers
    time_zone: str  # for customers whose own is unknown
    currency: str
    sending_on: bool
    sender_address: str  # the mailbox we write from
    inbound_domain: str  # where mail to us arrives
    ses_message_id_domain: str = "email.amazonses.com"
    staff: frozenset[str] = frozenset()  # addresses, and domains with their @

    def is_staff(self, address: str) -> bool:
        return address in self.staff or f"@{address.rpartition('@')[2]}" in self.staff

    def is_ours(self, address: str) -> bool:
        """Whether mail from this address is our own coming back."""
        return address == self.sender_address or address.endswith("@" + self.inbound_domain)
