"""Secrets that callers hold: made here, stored as a hash, compared in constant time.

Each is `<prefix>_<ULID>_<secret>`: the id finds the row, the secret has 256 random bits in base 32, so that a plain
SHA-256 of it cannot be guessed.
"""

import base64
import hashlib
import hmac
import re
import secrets

_SHOWN = re.compile(r"([a-z]+)_([0-9A-HJKMNP-TV-Z]{26})_([a-z2-7]{52})")
_NO_HASH = "0" * 64


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=").lower()


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def shown(prefix: str, row_id: str, secret: str) -> str:
    return f"{prefix}_{row_id}_{secret}"


def split(prefix: str, text: str) -> tuple[str, str] | None:
    """The id and the secret in what somebody shows; None when it is none with this prefix."""
    found = _SHOWN.fullmatch(text)
    return (found[2], found[3]) if found and found[1] == prefix else None


def fits(secret: str, *hashes: str) -> bool:
    """Whether it is the secret of one of these hashes. Takes as long for none as for one."""
    given = hash_of(secret)
    found = [hmac.compare_digest(given, each) for each in hashes or (_NO_HASH,)]
    return any(found)
