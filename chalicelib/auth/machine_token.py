"""How machines show who they are: long-lived API keys and short-lived tokens made from them.

    liana_<ULID>_<secret>            an API key: 256 random bits in base 32; only its SHA-256 is stored
    lt1.<payload>.<key id><mac>      a token: whose key, which scopes, until when; signed, nothing is stored

Pure: nothing here reads the table, the clock or the signing keys.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.auth.permissions import Role, known
from chalicelib.auth.sealing import seal, unseal
from chalicelib.kernel import ids
from chalicelib.kernel.signing import Keys
from chalicelib.model.machine import MachineKey
from chalicelib.model.team import TEAM

LONGEST_LIFE = timedelta(hours=1)
_API_KEY = re.compile(r"liana_([0-9A-HJKMNP-TV-Z]{26})_([a-z2-7]{52})")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_PREFIX = "lt1."  # names the form: another form would get another prefix
_PURPOSE = "api-token"
_NO_HASH = "0" * 64


@dataclass(frozen=True, slots=True)
class Token:
    key_id: str
    scopes: frozenset[str]
    expires_at: datetime


def mint_key(
    name: str, scopes: Iterable[str], now: datetime, *, role: str = "", team: str = ""
) -> tuple[MachineKey, str]:
    """A new key and the secret text of it, which nobody can show again: for the scopes of the role and these. Raises
    ValueError on a name, scope, role or team that cannot be."""
    if not _NAME.fullmatch(name):
        raise ValueError("a key's name is 1 to 64 letters, digits, spaces, dots, dashes or underscores")
    if team and not re.fullmatch(TEAM, team):
        raise ValueError("a team's name is 1 to 40 small letters, digits and dashes")
    usual = (scope.value for scope in Role(role).scopes) if role else ()
    allowed = known([*usual, *scopes])
    if not allowed:
        raise ValueError("a key needs at least one scope")
    secret = base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=").lower()
    key_id = ids.new_ulid(now)
    key = MachineKey(
        id=key_id, name=name, scopes=allowed, secret_hash=_hash(secret), created_at=now, role=role, team=team
    )
    return key, f"liana_{key_id}_{secret}"


def split_key(text: str) -> tuple[str, str] | None:
    """The id and the secret in an API key; None when it is none."""
    found = _API_KEY.fullmatch(text)
    return (found[1], found[2]) if found else None


def secret_fits(secret: str, key: MachineKey | None) -> bool:
    """Takes as long for a key that does not exist."""
    fits = hmac.compare_digest(_hash(secret), key.secret_hash if key else _NO_HASH)
    return fits and key is not None


def mint_token(key_id: str, scopes: Iterable[str], expires_at: datetime, keys: Keys) -> str:
    payload = {"sub": key_id, "scopes": sorted(scopes), "exp": int(expires_at.timestamp())}
    return _PREFIX + seal(json.dumps(payload, separators=(",", ":")), keys, purpose=_PURPOSE)


def read_token(text: str, keys: Keys, now: datetime) -> Token | None:
    """What a token of ours says; None when it is not ours, or its time is over."""
    if not text.startswith(_PREFIX):
        return None
    payload = unseal(text.removeprefix(_PREFIX), keys, purpose=_PURPOSE)
    if payload is None:
        return None
    data = json.loads(payload)
    expires_at = datetime.fromtimestamp(data["exp"], now.tzinfo)
    return Token(data["sub"], frozenset(data["scopes"]), expires_at) if now < expires_at else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
