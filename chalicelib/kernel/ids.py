"""Identifiers: ULIDs for machines, case numbers for people.

A *derived* id is a function of what caused it, so that a retry makes the same id and the table's
conditions can refuse the second write. ULID: https://github.com/ulid/spec. Alphabet: Crockford's base 32.
"""

import hashlib
import secrets
from datetime import UTC, datetime

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CASE_ID_LENGTH = 12
_READ_AS = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None, "#": None})


def _encode(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits.append(CROCKFORD[rest])
    return "".join(reversed(digits))


def _digest(parts: tuple[str, ...]) -> bytes:
    return hashlib.sha256("\x1f".join(parts).encode()).digest()


def _ulid(at: datetime, randomness: bytes) -> str:
    millis = max(0, int(at.timestamp() * 1000))
    return _encode(millis << 80 | int.from_bytes(randomness, "big"), 26)


def new_ulid(at: datetime) -> str:
    return _ulid(at, secrets.token_bytes(10))


def derived_ulid(at: datetime, *parts: str) -> str:
    """The ULID of this moment and these parts; equal input, equal id."""
    return _ulid(at, _digest(parts)[:10])


def first_ulid_at(at: datetime) -> str:
    """The smallest ULID of that millisecond, to cut a range."""
    return _ulid(at, bytes(10))


def derived_case_id(*parts: str) -> str:
    """60 bits in 12 lower-case characters: short enough to read out, long enough never to collide."""
    return _encode(int.from_bytes(_digest(parts)[:8], "big") >> 4, _CASE_ID_LENGTH).lower()


def case_number(case_id: str) -> str:
    """How people see a case id: `7K3M-9QXT-2B4C`."""
    upper = case_id.upper()
    return "-".join(upper[i : i + 4] for i in range(0, len(upper), 4))


def read_case_number(text: str) -> str | None:
    """The case id meant by what somebody typed or read out; None when it cannot be one."""
    case_id = text.strip().lower().translate(_READ_AS)
    if len(case_id) != _CASE_ID_LENGTH or any(c not in CROCKFORD.lower() for c in case_id):
        return None
    return case_id


def instant_of(ulid: str) -> datetime:
    """When the ULID says it was made."""
    millis = 0
    for char in ulid[:10]:
        millis = millis << 5 | CROCKFORD.index(char)
    return datetime.fromtimestamp(millis / 1000, UTC)


def is_ulid(text: str) -> bool:
    return len(text) == 26 and all(c in CROCKFORD for c in text)


def fingerprint(*parts: str) -> str:
    """Tells equal from different content under one key; not a secret."""
    return _digest(parts).hex()[:32]


def shard_of(key: str, shards: int) -> int:
    return int.from_bytes(_digest((key,))[:4], "big") % shards
