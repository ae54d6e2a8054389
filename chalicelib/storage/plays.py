"""Plays in the table. AP-95 one play · AP-96 all of them · AP-97 its editions."""

import time
from collections.abc import Iterable

from chalicelib.model.page import Page
from chalicelib.model.play import PlayRecord, PlayVersion
from chalicelib.storage import keys, table

MOST = 500
KEPT = 15.0  # seconds
_kept: list[tuple[float, list[PlayRecord]]] = []


def play(name: str) -> PlayRecord | None:
    """AP-95: by key, strongly consistent."""
    found: PlayRecord | None = table.row_at(keys.play(name))
    return found


def known(names: Iterable[str]) -> set[str]:
    """AP-95: which of these (at most 100) there are; one BatchGet."""
    return {found.id for found in table.rows_at(keys.play(name) for name in names).values()}


def plays() -> list[PlayRecord]:
    """AP-96: a Query and a BatchGet for all there are."""
    return list(table.page_of(table.listed(keys.PLAYS, limit=MOST), MOST).items)


def fresh_plays() -> list[PlayRecord]:
    """AP-96: the same, fifteen seconds old at most: one read in that time and process."""
    if not _kept or time.monotonic() >= _kept[0][0]:
        _kept[:] = [(time.monotonic() + KEPT, plays())]
    return _kept[0][1]


def versions(name: str, after: str | None, limit: int) -> Page[PlayVersion]:
    """AP-97: what was approved of it, the newest first; one Query."""
    pk, place = keys.play(name).pk, keys.PLAY_VERSIONS + (after or "")
    found: list[PlayVersion] = table.entries(pk, keys.PLAY_VERSIONS, after=place if after else None, limit=limit)
    return Page(tuple(found), f"{found[-1].edition.number:06d}" if len(found) == limit else None)


def forget() -> None:
    """AP-96: the next one reads anew; whoever changed a play says so, for this process."""
    _kept.clear()
