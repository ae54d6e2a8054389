"""What a channel is to the rest of the house."""

from dataclasses import dataclass
from enum import Enum


class Reporter(Enum):
    """Who tells us of a contact on this channel."""

    MACHINE = "machine"  # it arrives by itself
    CUSTOMER = "customer"  # her own form or app
    AGENT = "agent"  # somebody logs it


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    name: str
    reported_by: Reporter
