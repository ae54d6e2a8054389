"""How much is an article asked for of late?

Each ask counts 1, and half of that after HALF_LIFE. Counters only add, so instead of letting old asks shrink, new ones
count for more: an ask at a moment adds 2 to the power of the half-lives since its counter's epoch began, and who reads
divides by what an ask would add now. Adding needs no reading, and nothing is to be done when time passes.
An epoch is ten half-lives: what is older than the one before counts less than a thousandth and is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

HALF_LIFE = timedelta(days=14)
EPOCH = 10 * HALF_LIFE
UNIT = 1000  # what the first ask of an epoch adds
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
Counter = tuple[str, ...]

WORTH_TELLING = 0.5  # asks: less of a difference is not worth indexing an article anew
BUSY = 50  # asks one process saw within ten seconds: from then on it counts a sample
SAMPLE = 4


def counter(at: datetime) -> Counter:
    """The counter that takes an ask at this moment; summed in it are slugs."""
    return ("demand", str(_epoch(at)))


def amount(at: datetime, times: int = 1) -> int:
    """What it adds."""
    growth: float = 2.0 ** _half_lives(at, _epoch(at))
    return round(UNIT * times * growth)


def counters(now: datetime) -> tuple[Counter, Counter]:
    """Those that matter by now."""
    return counter(now), counter(now - EPOCH)


def demand(now: datetime, sums: Sequence[Mapping[str, int]]) -> dict[str, float]:
    """Asks that count by now, by slug; `sums` are those of `counters`, in their order."""
    found: dict[str, float] = {}
    for back, summed in enumerate(sums):
        of_one = UNIT * 2.0 ** _half_lives(now, _epoch(now) - back)
        for slug, amount in summed.items():
            found[slug] = found.get(slug, 0.0) + amount / of_one
    return found


def moved(indexed: Mapping[str, float], now: Mapping[str, float], most: int) -> list[str]:
    """The articles whose demand is no longer what they were indexed with: by half of it, and by WORTH_TELLING. Those
    that moved most come first, and `most` at most."""
    by = {slug: abs(now.get(slug, 0.0) - indexed.get(slug, 0.0)) for slug in {*indexed, *now}}
    far = [
        slug
        for slug, difference in by.items()
        if difference >= WORTH_TELLING and 2 * difference >= max(now.get(slug, 0.0), indexed.get(slug, 0.0))
    ]
    return sorted(far, key=lambda slug: (-by[slug], slug))[:most]


def times_of(seen: int) -> int:
    """How often an ask counts, when a process saw so many within ten seconds, itself included: 0 for those that a
    sample leaves out. Where everybody asks, each single one matters less than the table's time."""
    if seen <= BUSY:
        return 1
    return SAMPLE if seen % SAMPLE == 0 else 0


def _epoch(at: datetime) -> int:
    return (at - _BEGINNING) // EPOCH


def _half_lives(at: datetime, epoch: int) -> float:
    return (at - _BEGINNING - epoch * EPOCH) / HALF_LIFE
