"""What a night learnt of all customers together, and every function reads a customer's sums with."""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime

from chalicelib.model.tier import Bands
from chalicelib.model.value import DEFAULTS, Parameters


@dataclass(frozen=True, slots=True)
class Table:
    """Values in rising order, and each one's mid-rank percentile, 0 to 100."""

    values: tuple[float, ...] = ()
    percentiles: tuple[float, ...] = ()

    def percentile(self, value: float) -> float:
        """Between rows by proportion; beyond the first and last, theirs. Of an empty table: IndexError."""
        values, percentiles = self.values, self.percentiles
        right = bisect_left(values, value)
        if right == len(values):
            return percentiles[-1]
        if right == 0 or values[right] == value:
            return percentiles[right]
        low, high = values[right - 1], values[right]
        share = (value - low) / (high - low)
        return percentiles[right - 1] + share * (percentiles[right] - percentiles[right - 1])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a night foretold: kept for 13 weeks, then held against what came."""

    at: datetime
    customers: int
    margin: int  # minor units, of all until then
    forecast: int  # minor units over the next WEEKS, were k 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Parameters, table and thresholds that belong together: published as one, by the night. As it is here it holds
    before the first night: nobody is compared with anybody, and thresholds are as configured."""

    at: datetime | None = None  # the moment it describes
    run: str = ""  # which pass made it
    customers: int = 0
    parameters: Parameters = DEFAULTS  # that scores in the table were counted with
    learnt: Parameters = DEFAULTS  # what the next pass counts with
    table: Table = Table()
    bands: Bands | None = None  # thresholds that keep tiers their size; None: as configured
    tiers_version: str = ""  # the configuration they were moved from: another one starts anew
    snapshots: tuple[Snapshot, ...] = ()  # one a week, oldest first
    version: int | None = None
