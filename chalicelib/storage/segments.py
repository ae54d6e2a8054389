"""Segments in the table: what they are, who is in them, and which a customer is in."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.segment import Definition, Directory, Member, Memberships, Segment
from chalicelib.storage import keys, table


def directory() -> Directory:
    """AP-37: which segments there are; an empty one before the first."""
    found: Directory | None = table.row_at(keys.SEGMENTS)
    return found or Directory()


def segment(slug: str) -> Segment | None:
    """AP-38: by key, one that is being cleared included."""
    found: Segment | None = table.row_at(keys.segment(slug))
    return found


def segments(slugs: Iterable[str]) -> list[Segment]:
    """AP-38: those of these that exist, by slug; one BatchGet."""
    found: dict[str, Segment] = {each.id: each for each in table.rows_at(map(keys.segment, slugs)).values()}
    return [found[slug] for slug in sorted(found)]


def definitions() -> dict[str, Definition]:
    """AP-37: what holds now, by slug: the directory, and what it names when it is another edition than last time."""
    listed = directory()
    return _definitions(listed.edition, tuple(listed.editions))


@lru_cache(maxsize=1)
def _definitions(_edition: int, slugs: tuple[str, ...]) -> dict[str, Definition]:
    return {each.id: each.definition for each in segments(slugs)}


class Unsorted(NamedTuple):
    """A customer's record as it is stored, and which segments she was in."""

    customer_id: str
    customer: Customer | None
    memberships: Memberships | None


def unsorted(customer_ids: Iterable[str]) -> list[Unsorted]:
    """AP-39: each with her memberships; one BatchGet per 50."""
    wanted = list(dict.fromkeys(customer_ids))
    rows = table.rows_at([place for each in wanted for place in (keys.customer(each), keys.memberships(each))])
    return [Unsorted(each, rows.get(keys.customer(each)), rows.get(keys.memberships(each))) for each in wanted]


def memberships(customer_id: str) -> Memberships | None:
    """AP-39: those of one customer, by key."""
    found: Memberships | None = table.row_at(keys.memberships(customer_id))
    return found


def members(slug: str, after: str | None, limit: int) -> Page[Member]:
    """AP-40: who is in a segment, part by part and by id: a Query, and one more where a part ends."""
    part, _, behind = (after or "0#").partition("#")
    number, found = int(part), list[Member]()
    while number < keys.POPULATION_SHARDS:
        found += members_in(slug, number, behind, limit - len(found))
        if len(found) == limit:
            return Page(tuple(found), f"{number}#{found[-1].customer_id}")
        number, behind = number + 1, ""
    return Page(tuple(found), None)


def members_in(slug: str, part: int, after: str, limit: int) -> list[Member]:
    """AP-40: the members among one of the `keys.POPULATION_SHARDS` parts of all customers, by id; one Query."""
    return [member for _, member in table.whole(keys.members(slug, part), after=after, limit=limit)]


def part_of(customer_id: str) -> int:
    """Which part of all customers she is in."""
    return ids.shard_of(customer_id, keys.POPULATION_SHARDS)
