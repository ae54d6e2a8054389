"""Signing staff in by the company's issuer: there, back, and who of the staff it is."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.auth import oidc, sessions, staffing
from chalicelib.auth.oidc import Person
from chalicelib.auth.permissions import Role
from chalicelib.auth.sign_in import SignedIn
from chalicelib.auth.staffing import Actor, Profile
from chalicelib.gateways import issuer as gateway
from chalicelib.gateways.secrets import client_secret, signing_keys
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Permanent, Unauthenticated
from chalicelib.kernel.settings import settings
from chalicelib.model.access import AccessKind
from chalicelib.model.session import Audience
from chalicelib.model.staff import StaffMember
from chalicelib.storage import staff
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

_ISSUER = Actor(name="issuer", scopes=frozenset(scope.value for scope in Role.ADMIN.scopes))
UNKNOWN = "Your company account is not known here: ask an admin to add your address."


def begin(back: str) -> tuple[str, str]:
    """Where to send the browser, and the seed to keep in a cookie meanwhile. Raises Unavailable."""
    attempt = oidc.begin(signing_keys(), clock.now())
    endpoint = str(_configuration()["authorization_endpoint"])
    return oidc.address(endpoint, settings().oidc_client_id, back, attempt), attempt.seed


def finish(seed: str, state: str, code: str, back: str) -> SignedIn:
    """The session of whom the issuer vouches for. Raises Unauthenticated, Unavailable."""
    now = clock.now()
    attempt = oidc.resume(seed, state, signing_keys(), now)
    person = _vouched_for(attempt, code, back, now)

    def decide() -> tuple[Decision, SignedIn]:
        owner = staff.address(person.email)
        member = staff.member(owner.staff_id) if owner else None
        if member is None:
            decision, member = _added(person, now)
        elif not member.active or member.subject not in ("", person.subject):
            raise Unauthenticated(UNKNOWN)
        else:
            decision, member = _bound(member, person, now)
        session, text = sessions.new_session(Audience.STAFF, member.id, now)
        told = staffing.event(AccessKind.SIGNED_IN, member.name, member.id, now, method="issuer")
        return Decision((*decision.changes, session, told), reason="signed in"), SignedIn(session, text)

    return settle(decide)[1]


def _vouched_for(attempt: oidc.Attempt, code: str, back: str, now: datetime) -> Person:
    told, issuer, client_id = _configuration(), settings().oidc_issuer, settings().oidc_client_id
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "client_id": client_id,
        "code_verifier": attempt.verifier,
    }
    ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    try:
        given = gateway.exchange(
            str(told["token_endpoint"]), form, client_secret(), basic="client_secret_basic" in ways
        )
        id_token = str(given.get("id_token", ""))
        key = _key(str(told["jwks_uri"]), oidc.key_named_in(id_token))
        claims = oidc.claims_of(id_token, key, issuer=issuer, client_id=client_id, nonce=attempt.nonce, now=now)
        if "email" not in claims and "userinfo_endpoint" in told:
            more = gateway.userinfo(str(told["userinfo_endpoint"]), str(given.get("access_token", "")))
            if more.get("sub") != claims["sub"]:
                raise Unauthenticated(oidc.REFUSED)
            claims = {**more, **claims}
    except Permanent as error:
        logger.warning("issuer_refused", problem=error.detail)
        raise Unauthenticated(oidc.REFUSED) from error
    return oidc.person_of(claims, issuer)


def _configuration() -> dict[str, Any]:
    """What the issuer says of itself, which must be who we think it is (OpenID Connect Discovery 1.0, 4.3)."""
    issuer = settings().oidc_issuer
    told = gateway.published(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if told.get("issuer") != issuer:
        raise Unauthenticated("The issuer calls itself by another name than OIDC_ISSUER: they must be equal.")
    return told


def _key(jwks_uri: str, key_id: str) -> dict[str, Any]:
    """The issuer's key of this name, or its only one where the token names none; asked for anew, once a minute at most,
    when it is not among those we know."""
    for newer in (False, True):
        signing = [k for k in gateway.published(jwks_uri, newer=newer).get("keys", []) if k.get("use", "sig") == "sig"]
        fitting = [key for key in signing if key.get("kid", "") == key_id or not key_id]
        if len(fitting) == 1:
            return dict(fitting[0])
    raise Unauthenticated(oidc.REFUSED)


def _bound(member: StaffMember, person: Person, now: datetime) -> tuple[Decision, StaffMember]:
    """Her first time binds her to the issuer's subject: who gets her address later is somebody else."""
    if member.subject:
        return Decision(reason="bound before"), member
    bound = replace(member, subject=person.subject)
    told = staffing.event(AccessKind.STAFF_BOUND, member.name, member.id, now)
    return Decision((bound, told), reason="bound"), bound


def _added(person: Person, now: datetime) -> tuple[Decision, StaffMember]:
    """Who was never listed is added when her domain is one whose people are; with the role of it. Raises
    Unauthenticated."""
    role = settings().role_of_domain(person.email.rpartition("@")[2])
    if role is None:
        raise Unauthenticated(UNKNOWN)
    profile = Profile(email=person.email, name=person.name or person.email.partition("@")[0], role=role)
    decision, member = staffing.add(profile, None, staff.admins(), by=_ISSUER, now=now)
    bound = replace(member, subject=person.subject)
    changes = tuple(bound if change is member else change for change in decision.changes)
    return Decision(changes, reason="added"), bound
