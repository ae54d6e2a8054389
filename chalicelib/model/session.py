"""Sessions of people, the one-time codes they begin with, and how often callers call."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Audience(Enum):
    """Whom a session is for: somebody of the staff, or a customer."""

    STAFF = "staff"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who signed in. The secret itself is never stored, only its hash. `seen_at` moves in steps, not with
    every request."""

    id: str
    audience: Audience
    subject_id: str  # of the member of staff, or the customer
    secret_hash: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime  # whatever happens
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInCode:
    """A one-time code that was asked for. It is not stored: it follows from these fields and a signing key. Nobody's:
    asked for with an address we do not know; it looks like any other and opens nothing."""

    id: str
    audience: Audience
    subject_id: str = ""  # empty: nobody's
    email: str = ""  # where it goes; empty: nowhere
    key_id: str  # the signing key it follows from
    language: str = ""
    at: datetime
    tries: int = 0
    sent_at: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRate:
    """How often something was done in a window of time; added to without being read."""

    what: str  # whose: key:<id>, ip:<hash>, address:<hash>
    window: datetime  # its beginning
    calls: int
    version: int | None = None
