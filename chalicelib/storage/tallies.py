"""Counters that decisions add to, in shards."""

from collections import Counter

from chalicelib.storage import keys, table

MOST_SUMS = 1_000  # of one counter


def sums(counter: tuple[str, ...]) -> dict[str, int]:
    """AP-27: what was summed in a counter, over all its shards; nothing for one nobody added to yet."""
    found: Counter[str] = Counter()
    for shard in range(keys.TALLY_SHARDS):
        for each in table.entries(keys.tally(counter, shard), keys.SUMS, after=None, limit=MOST_SUMS):
            found[each.of_what] += each.amount
    return dict(found)
