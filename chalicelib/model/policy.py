"""The company's configuration as rules see it."""

from dataclasses import dataclass

from chalicelib.model.tier import Tiers


@dataclass(frozen=True, slots=True)
class Policy:
    tiers: Tiers
    time_zone: str
    currency: str
    sending_on: bool
    our_addresses: frozenset[str] = frozenset()
    our_domains: frozenset[str] = frozenset()
