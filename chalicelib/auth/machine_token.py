"""How machines show who they are: long-lived API keys and short-lived tokens made from them.

    liana_<ULID>_<secret>            an API key: 256 random bits in base 32; only its SHA-256 is stored
    lt1.<payload>.<key id><mac>      a token: whose key, which scopes, until when; signed, nothing is stored

Pure: nothing here reads the table, the clock or the signing keys.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.auth import secrets
from chalicelib.auth.permissions import Role, known
from chalicelib.auth.sealing import seal, unseal
from chalicelib.kernel import ids
from chalicelib.kernel.signing import Keys
from chalicelib.model.machine import PER_MINUTE, MachineKey
from chalicelib.model.team import TEAM

LONGEST_LIFE = timedelta(hours=1)
LONGEST_GRACE = timedelta(days=30)
PREFIX = "liana"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}")
_PREFIX = "lt1."  # names the form: another form would get another prefix
_PURPOSE = "api-token"


@dataclass(frozen=True, slots=True)
class Token:
    key_id: str
    scopes: frozenset[str]
    expires_at: datetime


def mint_key(
    name: str,
    scopes: Iterable[str],
    now: datetime,
    *,
    role: str = "",
    team: str = "",
    per_minute: int = PER_MINUTE,
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
    secret = secrets.new_secret()
    key = MachineKey(
        id=ids.new_ulid(now),
        name=name,
        scopes=allowed,
        secret_hash=secrets.hash_of(secret),
        created_at=now,
        role=role,
        team=team,
        per_minute=per_minute,
    )
    return key, secrets.shown(PREFIX, key.id, secret)


def rotated(key: MachineKey, grace: timedelta, now: datetime) -> tuple[MachineKey, str]:
    """The key with another secret, and its text; the one of before serves for the time of grace, and no older one."""
    secret = secrets.new_secret()
    changed = replace(
        key,
        secret_hash=secrets.hash_of(secret),
        rotated_at=now,
        before_hash=key.secret_hash,
        before_until=now + min(grace, LONGEST_GRACE),
    )
    return changed, secrets.shown(PREFIX, key.id, secret)


def split_key(text: str) -> tuple[str, str] | None:
    """The id and the secret in an API key; None when it is none."""
    return secrets.split(PREFIX, text)


def secret_fits(secret: str, key: MachineKey | None, now: datetime) -> bool:
    """Takes as long for a key that does not exist."""
    if key is None:
        return secrets.fits(secret)
    before = (key.before_hash,) if key.before_until and now < key.before_until else ()
    return secrets.fits(secret, key.secret_hash, *before)


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
