"""What did a play come to, day by day? Counted in the writes that made it so."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

REFUSED = "refused."


@dataclass(frozen=True, slots=True)
class Day:
    """`counted`: how many tasks came to each state; `refused`: how many each guardrail refused."""

    day: date | None  # None: all of them
    counted: Mapping[str, int] = field(default_factory=dict)
    refused: Mapping[str, int] = field(default_factory=dict)


def days_from(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def day_of(day: date | None, sums: Mapping[str, int]) -> Day:
    counted = {what: n for what, n in sorted(sums.items()) if n and not what.startswith(REFUSED)}
    refused = {what.removeprefix(REFUSED): n for what, n in sums.items() if n and what.startswith(REFUSED)}
    return Day(day, counted, dict(sorted(refused.items(), key=lambda one: (-one[1], one[0]))))


def summed(days: Iterable[Mapping[str, int]]) -> Day:
    """All days as one."""
    total: Counter[str] = Counter()
    for sums in days:
        total.update(sums)
    return day_of(None, total)
