"""Plays in the table. AP-95 one play · AP-96 all of them."""

from chalicelib.model.play import PlayRecord
from chalicelib.storage import keys, table

MOST = 500


def play(name: str) -> PlayRecord | None:
    """AP-95: by key, strongly consistent."""
    found: PlayRecord | None = table.row_at(keys.play(name))
    return found


def plays() -> list[PlayRecord]:
    """AP-96: a Query and a BatchGet for all there are."""
    return list(table.page_of(table.listed(keys.PLAYS, limit=MOST), MOST).items)
