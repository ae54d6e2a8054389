"""Does a caller call too often? Counted in the table in steps, not call by call: counting costs next to nothing.

Each process counts its own calls and tells the table at the first of a minute, then at every hundredth part of the
limit, and learns what all of them did together. So a key at its limit costs about a hundred writes a minute however
often it calls, and each process may let through a hundredth more than the limit. A refused call writes nothing.
"""

import ipaddress
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.auth.permissions import Principal
from chalicelib.kernel.errors import TooMany, Unavailable
from chalicelib.kernel.signing import Keys
from chalicelib.storage import auth as storage

WINDOW = timedelta(minutes=15)
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
    if principal.per_minute:
        _demand(f"key:{principal.key_id}", principal.per_minute, now)


def demand_of_network(source: str, per_minute: int, keys: Keys, now: datetime) -> None:
    """Likewise for whoever comes from a network address without showing who she is."""
    _demand(f"network:{_hidden('network', network_of(source), keys)}", per_minute, now)


def demand_few(whose: str, value: str, most: int, keys: Keys, now: datetime, otherwise: str) -> None:
    """One more of what may be done `most` times in a quarter of an hour by, or to, whoever this value stands for; each
    is a write. Raises TooMany, saying `otherwise`. Nobody can read from the counter's name whose value it is."""
    window = datetime.fromtimestamp(now.timestamp() // WINDOW.seconds * WINDOW.seconds, now.tzinfo)
    if storage.called(f"{whose}:{_hidden(whose, value, keys)}", window, 1) > most:
        raise TooMany(otherwise)


def network_of(source: str) -> str:
    """Of IPv6 the /64: it is one line's or one machine's, which may change the rest as often as it likes."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else source


def _hidden(whose: str, value: str, keys: Keys) -> str:
    return keys.sign("rate", whose, value).hex()


def _demand(who: str, limit: int, now: datetime) -> None:
    window = now.replace(second=0, microsecond=0)
    count = _counts.get(who)
    if count is None or count.window != window:
        if len(_counts) >= MOST_KEPT:
            _counts.clear()
        count = _counts[who] = _Count(window)
    if count.of_all <= limit:
        count.untold += 1
        if not count.asked or count.untold >= max(1, limit // STEPS):
            with suppress(Unavailable):  # who cannot count serves; the call itself will say what is wrong
                count.of_all = storage.called(who, window, count.untold)
                count.untold, count.asked = 0, True
    if count.of_all > limit:
        raise TooMany(f"You may call {limit} times a minute. Go on in the next one.")
