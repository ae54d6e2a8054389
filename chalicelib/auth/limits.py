"""Does a caller call too often? Counted in the table in steps, not call by call: counting costs next to nothing.

Each process counts its own calls and tells the table at the first of a minute, then at every hundredth part of the
limit, and learns what all of them did together. So a key at its limit costs about a hundred writes a minute however
often it calls, and each process may let through a hundredth more than the limit. A refused call writes nothing.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalicelib.auth.permissions import Principal
from chalicelib.kernel.errors import TooMany, Unavailable
from chalicelib.storage import auth as storage

STEPS = 100
MOST_KEPT = 5_000  # callers a process remembers


@dataclass(slots=True)
class _Count:
    window: datetime
    of_all: int = 0  # as last told
    untold: int = 0
    asked: bool = False


_counts: dict[str, _Count] = {}


def demand(principal: Principal, now: datetime) -> None:
    """Raises TooMany for a caller who called more often this minute than she may."""
    limit = principal.per_minute
    if not limit:
        return
    window = now.replace(second=0, microsecond=0)
    count = _counts.get(principal.key_id)
    if count is None or count.window != window:
        if len(_counts) >= MOST_KEPT:
            _counts.clear()
        count = _counts[principal.key_id] = _Count(window)
    if count.of_all <= limit:
        count.untold += 1
        if not count.asked or count.untold >= max(1, limit // STEPS):
            with suppress(Unavailable):  # who cannot count serves; the call itself will say what is wrong
                count.of_all = storage.called(f"key:{principal.key_id}", window, count.untold)
                count.untold, count.asked = 0, True
    if count.of_all > limit:
        raise TooMany(f"You may call {limit} times a minute. Go on in the next one.")
