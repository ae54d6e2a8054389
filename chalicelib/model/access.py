"""What changed about who may do what, and who signed in: the access log."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum


class AccessKind(Enum):
    STAFF_ADDED = "staff_added"
    STAFF_CHANGED = "staff_changed"
    STAFF_BOUND = "staff_bound"  # to the issuer's subject, at the first sign-in by it
    KEY_MADE = "key_made"
    KEY_ROTATED = "key_rotated"
    KEY_REVOKED = "key_revoked"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    SIGNED_OUT = "signed_out"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEvent:
    """Who did it (`by`), to whom or what (`about`: an id), and what was different (`detail`: ids, roles and teams; no
    addresses and no secrets)."""

    id: str
    at: datetime
    what: AccessKind
    by: str
    about: str
    detail: Mapping[str, str] = field(default_factory=dict)
    version: int | None = None
