"""Counters that decisions add to, in shards."""

from collections import Counter
from collections.abc import Iterable

from chalicelib.storage import keys, table

A_PAGE = 1_000  # sums


def sums(counter: tuple[str, ...]) -> dict[str, int]:
    """AP-27: what was summed in a counter, over all its shards; nothing for one nobody added to yet."""
    found: Counter[str] = Counter()
    for shard in range(keys.TALLY_SHARDS):
        after = None
        while True:
            page = table.entries(keys.tally(counter, shard), keys.SUMS, after=after, limit=A_PAGE)
            for each in page:
                found[each.of_what] += each.amount
            if len(page) < A_PAGE:
                break
            after = keys.SUMS + page[-1].of_what
    return dict(found)


def sums_of(counter: tuple[str, ...], names: Iterable[str]) -> dict[str, int]:
    """AP-83: those of a few things only, over all shards: a BatchGet of 100 rows for each six of them."""
    wanted = [keys.sum_of(counter, shard, name) for name in names for shard in range(keys.TALLY_SHARDS)]
    found: Counter[str] = Counter()
    for each in table.rows_at(wanted).values():
        found[each.of_what] += each.amount
    return dict(found)
