"""Signing machines in, and what signed links in mails stand for."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.auth import links, machine_token
from chalicelib.auth.permissions import Principal, Scope
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel.errors import Forbidden, NotFound, Unauthenticated
from chalicelib.model.machine import MachineKey
from chalicelib.storage import auth as storage

_LONGEST_HEADER = 4096
_REFUSED = "The key or token is not valid: it is unknown, revoked or expired."  # never says which


def create_key(
    name: str, scopes: Iterable[str], now: datetime, *, role: str = "", team: str = ""
) -> tuple[MachineKey, str]:
    """A stored key and its text, which is shown this once. Raises ValueError on a bad name, scope, role or team."""
    key, secret = machine_token.mint_key(name, scopes, now, role=role, team=team)
    storage.save_machine_key(key)
    return key, secret


def revoke_key(key_id: str, now: datetime) -> MachineKey:
    """From now on neither the key nor a token made from it lets anybody in (the gateway may remember a
    caller for one more minute). Revoking twice keeps the first time."""
    key = storage.machine_key(key_id)
    if key is None:
        raise NotFound(f"There is no key {key_id}.")
    if key.revoked_at is None:
        key = replace(key, revoked_at=now)
        storage.save_machine_key(key)
    return key


def authenticate(header: str, now: datetime) -> Principal:
    """Who sends this Authorization header. Raises Unauthenticated, the same whatever is wrong with it."""
    scheme, _, credential = header.strip().partition(" ")
    if scheme.lower() != "bearer" or len(credential) > _LONGEST_HEADER:
        raise Unauthenticated(_REFUSED)
    principal = _by_key(credential) or _by_token(credential, now)
    if principal is None:
        raise Unauthenticated(_REFUSED)
    return principal


def issue_token(principal: Principal, scopes: Iterable[str], life: timedelta, now: datetime) -> tuple[str, datetime]:
    """A token of its maker's team that may do part of what its maker may, and the time it ends. It never may make
    another: a leaked token must not outlive its hour."""
    wanted = frozenset(scopes)
    if excess := sorted(wanted - (principal.scopes - {Scope.TOKENS_WRITE.value})):
        raise Forbidden(f"A token of this key cannot have the scope {excess[0]}.", "/scopes")
    expires_at = now + min(life, machine_token.LONGEST_LIFE)
    return machine_token.mint_token(principal.key_id, wanted, expires_at, signing_keys()), expires_at


def unsubscription(token: str) -> links.Unsubscription:
    """What the link in a mail stands for. Raises NotFound when it is not one of ours."""
    found = links.read_unsubscribe_token(token, signing_keys())
    if found is None:
        raise NotFound("This link is not one of ours, or a part of it is missing.")
    return found


def ballot(token: str) -> links.Ballot:
    """What the link in a mail that asks for a rating stands for. Raises NotFound when it is not one of ours."""
    found = links.read_vote_token(token, signing_keys())
    if found is None:
        raise NotFound("This link is not one of ours, or a part of it is missing.")
    return found


def _by_key(credential: str) -> Principal | None:
    if not (parts := machine_token.split_key(credential)):
        return None
    key_id, secret = parts
    key = storage.machine_key(key_id)
    if not machine_token.secret_fits(secret, key) or key is None or key.revoked_at:
        return None
    return Principal(key_id=key.id, name=key.name, scopes=frozenset(key.scopes), team=key.team)


def _by_token(credential: str, now: datetime) -> Principal | None:
    if not (token := machine_token.read_token(credential, signing_keys(), now)):
        return None
    key = storage.machine_key(token.key_id)
    if key is None or key.revoked_at:
        return None
    return Principal(key_id=key.id, name=key.name, scopes=token.scopes & frozenset(key.scopes), team=key.team)
