"""What a customer is worth: the sums that are kept of her, and what they are read with. The rules are in
customers/value_index.py."""

import math
from dataclasses import dataclass
from datetime import datetime

from chalicelib.kernel.errors import Permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueState:
    """Sums over a customer's events. All are whole numbers and exact.

    Twenty years after the landmark they fit a DynamoDB number of 38 digits, if what the half-life leaves of them is
    at most 8,000 purchases or referrals and 10,000,000.00 of costs.
    """

    purchases: int = 0
    margin: int = 0  # minor units
    recent: int = 0  # weights of purchases, in 2^-32
    service: int = 0  # cost to serve in minor units times weight, in 2^-16
    referrals: int = 0  # weights, in 2^-32
    potential: int = 0  # margin she may still bring, in minor units times weight, in 2^-16
    first: datetime | None = None  # the earliest and latest purchase reported, also if it was corrected later
    last: datetime | None = None

    @property
    def repeats(self) -> int:
        return max(self.purchases - 1, 0)

    @property
    def tenure(self) -> float:
        """Years between first and last purchase: like all else here, it stands still between events."""
        if self.first is None or self.last is None:
            return 0.0
        return (self.last - self.first).total_seconds() / (365.25 * 86400)


NOTHING = ValueState()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """What the nightly calibration learns of all customers; the defaults serve until there are enough of them.

    p, q and g (minor units) are those of the gamma-gamma model: p g / (q - 1) is the margin expected of a customer of
    whom nothing is known, and counts as (q - 1) / p purchases of hers. Raises Permanent for values that make no index.
    """

    p: float = 10.0
    q: float = 3.3
    g: float = 230.0  # with p and q: 10.00 a purchase
    k: float = 1.0  # what came true of a forecast by the bare rate
    mu: float = 1_000.0  # mean margin of a purchase, minor units
    rho: float = 0.25  # purchases of average margin that a referral is worth: an assumption
    sigma: float = 0.25  # of the potential her company sees in her that comes true: an assumption
    breadth: float = 0.0  # exponent of 1 + repeated purchases
    tenure: float = 0.0  # exponent of 1 + years between first and last purchase

    def __post_init__(self) -> None:
        numbers = (self.p, self.q, self.g, self.k, self.mu, self.rho, self.sigma, self.breadth, self.tenure)
        if not all(map(math.isfinite, numbers)):
            raise Permanent("value parameters are finite numbers")
        if self.p <= 0 or self.q <= 1 or self.g <= 0 or self.k <= 0:
            raise Permanent("value parameters need p, g and k above 0 and q above 1")
        if self.rho < 0 or self.sigma < 0:
            raise Permanent("neither a referral nor a potential lowers a value: rho and sigma are 0 or more")

    @property
    def usual_margin(self) -> float:
        """Expected of a customer of whom nothing is known, minor units."""
        return self.p * self.g / (self.q - 1)


DEFAULTS = Parameters()
