"""Ratings in the table. They lie on their customers' timelines; nothing deletes one but an erasure, and time."""

from collections.abc import Sequence
from typing import NamedTuple

from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.rating import Rating
from chalicelib.storage import customers, keys, table


class Rated(NamedTuple):
    rating: Rating | None
    customer: Customer | None


def rating(customer_id: str, rating_id: str) -> Rated:
    """AP-65: one of them, and whose it is; one round trip."""
    found, customer = customers.entry(customer_id, rating_id)
    return Rated(found if isinstance(found, Rating) else None, customer)


def answered(scores: Sequence[int], after: str | None, limit: int) -> Page[Rating]:
    """AP-65: those of these scores, the newest first: a Query per score and shard, and a BatchGet."""
    shards = [keys.ratings_shard(score, n) for score in scores for n in range(keys.LIST_SHARDS)]
    return table.page_of(table.listed_in_all(shards, after=after or "", newest_first=True, limit=limit), limit)
