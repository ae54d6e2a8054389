"""Signing people in: a code by mail is asked for, comes back, and becomes a session.

Whoever asks with an address nobody has is answered alike, at the same cost: a code is stored for nobody, and its
message sends nothing.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.auth import limits, sessions, staffing
from chalicelib.auth.sealing import seal, unseal
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Unauthenticated
from chalicelib.kernel.messages import SendSignInCode
from chalicelib.kernel.settings import settings
from chalicelib.kernel.signing import Keys
from chalicelib.model.access import AccessEvent, AccessKind
from chalicelib.model.customer import Handle
from chalicelib.model.session import Audience, Session, SignInCode
from chalicelib.model.staff import StaffMember
from chalicelib.storage import customers, staff
from chalicelib.storage.commit import commit, settle

MOST_OF_ADDRESS = 20  # codes in a window, whoever asks
MOST_OF_ADDRESS_AND_SOURCE = 5  # so that nobody keeps another from signing in by asking for her
MOST_OF_SOURCE = 300  # requests of one network address in a window: a floor of people may share it
NOT_OPEN = "This code opens nothing: it is wrong, older than ten minutes, or was used. Ask for a new one."
_LINK = "sign-in-link"
_NOBODY = "0" * 26  # has no row; read in place of hers, so that strangers are answered no sooner


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`text` is the session's secret text, which is shown this once."""

    session: Session
    text: str


def ask_for_code(audience: Audience, address: str, *, language: str, source: str) -> SignInCode:
    """A code is on its way to this address, if it is somebody's; only whoever holds the id in the answer can use it.
    Three counting writes, two reads, one write. Raises Invalid, TooMany, and Conflict for staff who sign in by an
    issuer."""
    if audience is Audience.STAFF and settings().oidc_issuer:
        raise Conflict("Members of staff sign in by the company's issuer here: open /sign-in in a browser.")
    now, keys = clock.now(), signing_keys()
    email = staffing.read_email(address)
    count_source(source)
    _count(f"asker-{audience.value}", f"{email} {limits.network_of(source)}", MOST_OF_ADDRESS_AND_SOURCE, keys, now)
    _count(f"address-{audience.value}", email, MOST_OF_ADDRESS, keys, now)
    if audience is Audience.STAFF:
        member = _member_of(email)
        subject, speaks = (member.id, member.language) if member else ("", "")
    else:
        person = customers.customer_of(Handle("email", email)) or customers.customer(_NOBODY)
        known = person is not None and email not in person.suppressed
        subject, speaks = (person.id, person.language) if person and known else ("", "")
    code = sessions.new_code(audience, subject, email, speaks or language, keys=keys, now=now)
    commit(Decision((code,), (SendSignInCode(code_id=code.id),), reason="code asked for"))
    return code


def redeem(code_id: str, digits: str, *, source: str) -> SignedIn:
    """The session this code opens, once. Raises Unauthenticated, the same whatever is wrong, and TooMany."""
    now, keys = clock.now(), signing_keys()
    count_source(source)

    def decide() -> tuple[Decision, SignedIn | None]:
        code = staff.code(code_id)
        if code is None or not sessions.can_open(code, now):
            return Decision(reason="no such code"), None
        tried, right = sessions.tried(code, digits, keys)
        if not right:
            return Decision((*tried.changes, *_refused(code, now)), reason=tried.reason), None
        return _opened(code, tried, now, method="code")

    _, signed_in = settle(decide)
    if signed_in is None:
        raise Unauthenticated(NOT_OPEN)
    return signed_in


def link_of(code: SignInCode, keys: Keys) -> str:
    """What a mail may carry instead of the digits: `/sign-in/link/<this>`."""
    return seal(code.id, keys, purpose=_LINK)


def redeem_link(token: str) -> SignedIn:
    """The session the link in a mail opens, once. Raises Unauthenticated."""
    now = clock.now()
    code_id = unseal(token, signing_keys(), purpose=_LINK)

    def decide() -> tuple[Decision, SignedIn | None]:
        code = staff.code(code_id) if code_id else None
        if code is None or not sessions.can_open(code, now):
            return Decision(reason="no such code"), None
        return _opened(code, sessions.used(code), now, method="link")

    _, signed_in = settle(decide)
    if signed_in is None:
        raise Unauthenticated(NOT_OPEN)
    return signed_in


def _opened(code: SignInCode, used: Decision, now: datetime, *, method: str) -> tuple[Decision, SignedIn | None]:
    """A session, if whose the code is may still come in."""
    told: tuple[AccessEvent, ...] = ()
    if code.audience is Audience.STAFF:
        member = staff.member(code.subject_id)
        if member is None or not member.active or member.email != code.email:
            return used, None
        told = (staffing.event(AccessKind.SIGNED_IN, member.name, member.id, now, method=method),)
    session, text = sessions.new_session(code.audience, code.subject_id, now)
    return Decision((*used.changes, session, *told), reason="signed in"), SignedIn(session, text)


def _refused(code: SignInCode, now: datetime) -> tuple[AccessEvent, ...]:
    """Told when the last try failed: somebody guesses, or types badly."""
    if code.audience is not Audience.STAFF or not code.subject_id or code.tries + 1 < sessions.MOST_TRIES:
        return ()
    return (staffing.event(AccessKind.SIGN_IN_REFUSED, "somebody", code.subject_id, now, why="wrong code"),)


def _member_of(email: str) -> StaffMember | None:
    """Who of the staff may sign in by this address."""
    owner = staff.address(email)
    member = staff.member(owner.staff_id if owner else _NOBODY)
    return member if member and member.active else None


def count_source(source: str) -> None:
    """One more request of whoever has no session yet. Raises TooMany."""
    _count("ip", limits.network_of(source), MOST_OF_SOURCE, signing_keys(), clock.now())


def _count(whose: str, value: str, most: int, keys: Keys, now: datetime) -> None:
    limits.demand_few(
        whose,
        value,
        most,
        keys,
        now,
        "There were too many sign-ins from here, or to this address. Try again in a quarter of an hour.",
    )
