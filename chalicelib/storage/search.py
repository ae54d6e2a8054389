"""What the knowledge base is searched with, in the table."""

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.model.search import NewestSnapshot, SearchBuild, SearchMark, Snapshot
from chalicelib.storage import keys, table


def newest() -> NewestSnapshot | None:
    """AP-80: by key, strongly consistent; None before the first."""
    found: NewestSnapshot | None = table.row_at(keys.NEWEST_SNAPSHOT)
    return found


def snapshots(numbers: Iterable[int]) -> list[Snapshot]:
    """AP-80: those of these that are kept, the newest first; one BatchGet."""
    found = table.rows_at(keys.snapshot(number) for number in numbers if number > 0)
    return sorted(found.values(), key=lambda each: int(each.number), reverse=True)


class Work(NamedTuple):
    """What a builder begins with."""

    build: SearchBuild
    newest: NewestSnapshot | None


def work() -> Work:
    """AP-81: who builds, what else is to be done, and what there is: one BatchGet."""
    found = table.rows_at((keys.SEARCH_BUILD, keys.NEWEST_SNAPSHOT))
    return Work(found.get(keys.SEARCH_BUILD) or SearchBuild(), found.get(keys.NEWEST_SNAPSHOT))


def mark(slug: str) -> SearchMark | None:
    """AP-82: by key."""
    found: SearchMark | None = table.row_at(keys.search_mark(slug))
    return found


def marks(limit: int) -> list[SearchMark]:
    """AP-82: what the newest snapshot lacks, at most so many: a strongly consistent Query per shard, until it is
    enough."""
    found: list[SearchMark] = []
    for shard in range(keys.MARK_SHARDS):
        if len(found) < limit:
            page = table.whole(keys.search_marks_shard(shard), after="", limit=limit - len(found))
            found += [mark for _, mark in page]
    return found
