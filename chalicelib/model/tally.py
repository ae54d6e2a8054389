"""One sum of a counter, in one of its shards."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

ERASED = "erased"  # the counter of what is left of those who were erased: how many, by month and tier


@dataclass(frozen=True, slots=True)
class Sum:
    """`of_what` is what is summed; the counter's sum of it is that of all shards."""

    counter: tuple[str, ...]
    shard: int
    of_what: str
    amount: int = 0
    version: int | None = None


def words_as_one(*words: str) -> str:
    """Several words as one name of a sum, whatever is in them."""
    return "/".join(quote(word, safe="") for word in words)


def words_of(of_what: str) -> tuple[str, ...]:
    return tuple(unquote(word) for word in of_what.split("/"))
