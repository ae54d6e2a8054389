"""How does a session begin, how long does it last, and what do the codes open that are sent by mail?

    ls_<ULID>_<secret>    a session: 256 random bits; only the hash is stored

A code has eight digits, serves for ten minutes and five tries, and only whoever asked for it: the id she got back is
half of it. It is not stored. It follows from its row and a signing key: neither the table nor a message holds it.
"""

import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.auth import secrets
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.signing import Keys
from chalicelib.model.session import Audience, Session, SignInCode

CODE_LIFE = timedelta(minutes=10)
MOST_TRIES = 5
DIGITS = 8
PREFIX = "ls"
_PURPOSE = "sign-in-code"


@dataclass(frozen=True, slots=True)
class Life:
    idle: timedelta  # since it was last seen
    whole: timedelta


LIVES = {
    Audience.STAFF: Life(idle=timedelta(hours=2), whole=timedelta(hours=12)),
    Audience.CUSTOMER: Life(idle=timedelta(minutes=30), whole=timedelta(hours=12)),
}
SEEN_STEPS = 10  # an idle time is told in steps: a write per step at most


def new_session(audience: Audience, subject_id: str, now: datetime) -> tuple[Session, str]:
    """A session and the secret text of it, which nobody can show again."""
    secret = secrets.new_secret()
    session = Session(
        id=ids.new_ulid(now),
        audience=audience,
        subject_id=subject_id,
        secret_hash=secrets.hash_of(secret),
        created_at=now,
        seen_at=now,
        ends_at=now + LIVES[audience].whole,
    )
    return session, secrets.shown(PREFIX, session.id, secret)


def lives(session: Session, now: datetime, signed_out_at: datetime | None = None) -> bool:
    """Neither too old, nor unused for too long, nor begun before she signed out everywhere."""
    if signed_out_at and session.created_at <= signed_out_at:
        return False
    # A step of the idle time may pass before it is written down.
    idle = LIVES[session.audience].idle
    return now < session.ends_at and now - session.seen_at < idle + idle / SEEN_STEPS


def seen(session: Session, now: datetime) -> Session | None:
    """The session as it is to be stored because she was here; None while the stored one is recent enough."""
    step = LIVES[session.audience].idle / SEEN_STEPS
    return replace(session, seen_at=now) if now - session.seen_at >= step else None


def new_code(
    audience: Audience, subject_id: str, email: str, language: str, *, keys: Keys, now: datetime
) -> SignInCode:
    return SignInCode(
        id=ids.new_ulid(now),
        audience=audience,
        subject_id=subject_id,
        email=email if subject_id else "",
        key_id=keys.current,
        language=language,
        at=now,
    )


def digits_of(code: SignInCode, keys: Keys) -> str:
    """What is mailed."""
    number = int.from_bytes(keys.sign(_PURPOSE, code.id, code.audience.value, size=8, key=code.key_id), "big")
    return f"{number % 10**DIGITS:0{DIGITS}d}"


def open_until(code: SignInCode) -> datetime:
    return code.at + CODE_LIFE


def can_open(code: SignInCode, now: datetime) -> bool:
    return code.tries < MOST_TRIES and now < open_until(code)


def tried(code: SignInCode, given: str, keys: Keys) -> tuple[Decision, bool]:
    """One try, which counts: the right digits end the code, and so does the last wrong try. Only for a code that can
    open. Nobody's code is never right."""
    typed = re.sub(r"[\s-]", "", given).encode()
    right = hmac.compare_digest(typed, digits_of(code, keys).encode()) and bool(code.subject_id)
    if right:
        return used(code), True
    return Decision((replace(code, tries=code.tries + 1),), reason="wrong"), False


def used(code: SignInCode) -> Decision:
    """It opened what it could, once."""
    return Decision((Gone(code),), reason="used")
