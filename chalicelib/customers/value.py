"""What is she worth? The first value index: our margin from her in the last twelve months, in minor units.

Kept as one number per month, so that an event costs one addition, a late one lands in its own month, and the
window slides without anybody rewriting the customers.
"""

from collections.abc import Mapping
from datetime import datetime

MONTHS = 12


def month_of(at: datetime) -> str:
    return f"{at:%Y-%m}"


def _months_until(at: datetime) -> set[str]:
    last = at.year * 12 + at.month - 1
    return {f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(last - MONTHS + 1, last + 1)}


def with_margin(by_month: Mapping[str, int], minor: int, occurred_at: datetime, now: datetime) -> dict[str, int]:
    """The months with this margin in its own; months that left the window are dropped."""
    kept = _months_until(now)
    months = {month: margin for month, margin in by_month.items() if month in kept}
    month = month_of(occurred_at)
    if month in kept:
        months[month] = months.get(month, 0) + minor
    return months


def index(by_month: Mapping[str, int], now: datetime) -> int:
    """Margin of the twelve months up to and with this one."""
    kept = _months_until(now)
    return sum(margin for month, margin in by_month.items() if month in kept)
