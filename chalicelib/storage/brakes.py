"""The brake in the table. AP-109 is it pulled, and why? AP-110 what was sent, bounced and complained of."""

import time
from collections.abc import Iterable

from chalicelib.model.brake import Brake
from chalicelib.storage import keys, table, tallies

KEPT = 15.0  # seconds
COUNTER = "notices"
WHAT = ("sent", "bounced", "complained")
_kept: list[tuple[float, Brake]] = []


def brake() -> Brake:
    """AP-109: by key, strongly consistent."""
    found: Brake | None = table.row_at(keys.BRAKE)
    return found or Brake()


def fresh_brake() -> Brake:
    """AP-109: the same, fifteen seconds old at most: one read in that time and process."""
    if not _kept or time.monotonic() >= _kept[0][0]:
        _kept[:] = [(time.monotonic() + KEPT, brake())]
    return _kept[0][1]


def counts(days: Iterable[str]) -> dict[str, dict[str, int]]:
    """AP-110: of each day: a BatchGet each, of 48 rows."""
    return {day: tallies.sums_of((COUNTER, day), WHAT) for day in days}


def forget() -> None:
    """AP-109: the next one reads anew."""
    _kept.clear()
