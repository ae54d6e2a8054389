"""One sum of a counter, in one of its shards."""

from dataclasses import dataclass

ERASED = "erased"  # the counter of what is left of those who were erased: how many, by month and tier


@dataclass(frozen=True, slots=True)
class Sum:
    """`of_what` is what is summed; the counter's sum of it is that of all shards."""

    counter: tuple[str, ...]
    shard: int
    of_what: str
    amount: int = 0
    version: int | None = None
