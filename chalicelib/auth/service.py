"""Signing callers in: machines by keys and tokens, people by sessions; and what signed links in mails stand for."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.auth import links, machine_token, secrets, sessions, staffing
from chalicelib.auth.permissions import NEVER_OF_TOKENS, OF_CUSTOMERS, Principal, Role, Scope
from chalicelib.auth.staffing import Actor
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Forbidden, NotFound, Unauthenticated
from chalicelib.model.access import AccessKind
from chalicelib.model.machine import PER_MINUTE, MachineKey
from chalicelib.model.session import Audience, Session
from chalicelib.storage import auth as storage
from chalicelib.storage import customers, staff
from chalicelib.storage.commit import Refused, commit, settle

_LONGEST_HEADER = 4096
STAFF_PER_MINUTE, CUSTOMER_PER_MINUTE = 1_200, 120  # calls a session may make
_REFUSED = "The key or token is not valid: it is unknown, revoked or expired."  # never says which
OPERATOR = Actor(name="operator", scopes=frozenset(scope.value for scope in Role.ADMIN.scopes))


def create_key(
    name: str,
    scopes: Iterable[str],
    now: datetime,
    *,
    role: str = "",
    team: str = "",
    per_minute: int = PER_MINUTE,
    by: Actor = OPERATOR,
) -> tuple[MachineKey, str]:
    """A stored key and its text, which is shown this once. Raises ValueError on a bad name, scope, role or team, and
    Forbidden for scopes that whoever makes it does not have."""
    key, secret = machine_token.mint_key(name, scopes, now, role=role, team=team, per_minute=per_minute)
    if excess := sorted(set(key.scopes) - by.scopes):
        raise Forbidden(f"You cannot give the scope {excess[0]}: you have it not.", "/scopes")
    told = staffing.event(AccessKind.KEY_MADE, by.name, key.id, now, name=name, role=role, team=team)
    commit(Decision((key, told), reason="key made"))
    return key, secret


def rotate_key(key_id: str, grace: timedelta, now: datetime, *, by: Actor = OPERATOR) -> tuple[MachineKey, str]:
    """Another secret for a key, shown this once; the one of before serves for the time of grace. Raises NotFound, and
    Conflict for a key that was revoked."""

    def decide() -> tuple[Decision, tuple[MachineKey, str]]:
        key = _key(key_id)
        if key.revoked_at:
            raise Conflict("this key was revoked: make another")
        if excess := sorted(set(key.scopes) - by.scopes):
            raise Forbidden(f"You cannot have the secret of this key: you have not its scope {excess[0]}.")
        changed, secret = machine_token.rotated(key, grace, now)
        until = changed.before_until.isoformat() if changed.before_until else ""
        told = staffing.event(AccessKind.KEY_ROTATED, by.name, key_id, now, before_serves_until=until)
        return Decision((changed, told), reason="key rotated"), (changed, secret)

    return settle(decide)[1]


def revoke_key(key_id: str, now: datetime, *, by: Actor = OPERATOR) -> MachineKey:
    """From now on neither the key nor a token made from it lets anybody in (the gateway may remember a
    caller for one more minute). Revoking twice keeps the first time. Raises NotFound."""

    def decide() -> tuple[Decision, MachineKey]:
        key = _key(key_id)
        if key.revoked_at:
            return Decision(reason="revoked before"), key
        revoked = replace(key, revoked_at=now, before_hash="", before_until=None)
        told = staffing.event(AccessKind.KEY_REVOKED, by.name, key_id, now)
        return Decision((revoked, told), reason="key revoked"), revoked

    return settle(decide)[1]


def authenticate(header: str, now: datetime) -> Principal:
    """Who sends this Authorization header. Raises Unauthenticated, the same whatever is wrong with it."""
    scheme, _, credential = header.strip().partition(" ")
    if scheme.lower() != "bearer" or len(credential) > _LONGEST_HEADER:
        raise Unauthenticated(_REFUSED)
    principal = _by_key(credential, now) or by_session(credential, now) or _by_token(credential, now)
    if principal is None:
        raise Unauthenticated(_REFUSED)
    return principal


def by_session(credential: str, now: datetime) -> Principal | None:
    """Who holds this session; None when it is over, or whose it is may not come in any more. Two reads, and a write
    every few minutes of use."""
    parts = secrets.split(sessions.PREFIX, credential)
    if parts is None:
        return None
    session_id, secret = parts
    session = staff.session(session_id)
    if not secrets.fits(secret, *([session.secret_hash] if session else [])) or session is None:
        return None
    principal = _staff(session, now) if session.audience is Audience.STAFF else _customer(session, now)
    if principal and (later := sessions.seen(session, now)):
        with suppress(Refused):  # somebody else wrote it down, or she signed out
            commit(Decision((later,), reason="seen"))
    return principal


def issue_token(principal: Principal, scopes: Iterable[str], life: timedelta, now: datetime) -> tuple[str, datetime]:
    """A token of its maker's team that may do part of what its maker may, and the time it ends. It never may make
    another, nor a key or a member of staff: a leaked token must not outlive its hour."""
    if principal.staff_id:
        raise Forbidden("Tokens are made from API keys; you are signed in, and your session serves as it is.")
    wanted = frozenset(scopes)
    if excess := sorted(wanted - (principal.scopes - {scope.value for scope in NEVER_OF_TOKENS})):
        raise Forbidden(f"A token of this key cannot have the scope {excess[0]}.", "/scopes")
    expires_at = now + min(life, machine_token.LONGEST_LIFE)
    return machine_token.mint_token(principal.key_id, wanted, expires_at, signing_keys()), expires_at


def unsubscription(token: str) -> links.Unsubscription:
    """What the link in a mail stands for. Raises NotFound when it is not one of ours."""
    found = links.read_unsubscribe_token(token, signing_keys())
    if found is None:
        raise NotFound("This link is not one of ours, or a part of it is missing.")
    return found


def preferences(token: str) -> links.PreferencesLink:
    """Whose preferences the link in a notice opens. Raises NotFound when it is not one of ours, or over."""
    found = links.read_preferences_token(token, signing_keys())
    if found is None or clock.now() >= found.until:
        raise NotFound("This link is not one of ours, or it is half a year old: a newer notice has a new one.")
    return found


def ballot(token: str) -> links.Ballot:
    """What the link in a mail that asks for a rating stands for. Raises NotFound when it is not one of ours."""
    found = links.read_vote_token(token, signing_keys())
    if found is None:
        raise NotFound("This link is not one of ours, or a part of it is missing.")
    return found


def _staff(session: Session, now: datetime) -> Principal | None:
    member = staff.member(session.subject_id)
    if member is None or not member.active or not sessions.lives(session, now, member.signed_out_at):
        return None
    scopes = frozenset(scope.value for scope in {*Role(member.role).scopes, Scope.SESSION_OWN})
    return Principal(
        key_id=session.id,
        name=member.name,
        scopes=scopes,
        team=member.team,
        staff_id=member.id,
        per_minute=STAFF_PER_MINUTE,
    )


def _customer(session: Session, now: datetime) -> Principal | None:
    """She may have been merged since: then it is the survivor who is signed in."""
    person = customers.customer(session.subject_id)
    if person is None or not sessions.lives(session, now):
        return None
    scopes = frozenset(scope.value for scope in OF_CUSTOMERS)
    return Principal(
        key_id=session.id, name="customer", scopes=scopes, customer_id=person.id, per_minute=CUSTOMER_PER_MINUTE
    )


def _by_key(credential: str, now: datetime) -> Principal | None:
    if not (parts := machine_token.split_key(credential)):
        return None
    key_id, secret = parts
    key = storage.machine_key(key_id)
    if not machine_token.secret_fits(secret, key, now) or key is None or key.revoked_at:
        return None
    return Principal(
        key_id=key.id, name=key.name, scopes=frozenset(key.scopes), team=key.team, per_minute=key.per_minute
    )


def _by_token(credential: str, now: datetime) -> Principal | None:
    if not (token := machine_token.read_token(credential, signing_keys(), now)):
        return None
    key = storage.machine_key(token.key_id)
    if key is None or key.revoked_at:
        return None
    scopes = token.scopes & frozenset(key.scopes)
    return Principal(key_id=key.id, name=key.name, scopes=scopes, team=key.team, per_minute=key.per_minute)


def _key(key_id: str) -> MachineKey:
    key = storage.machine_key(key_id)
    if key is None:
        raise NotFound(f"There is no key {key_id}.")
    return key
