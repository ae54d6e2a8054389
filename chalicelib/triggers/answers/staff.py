"""Members of staff, API keys, sessions, and the access log."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.auth.permissions import Scope
from chalicelib.model.access import AccessEvent, AccessKind
from chalicelib.model.machine import MachineKey
from chalicelib.model.staff import StaffMember
from chalicelib.triggers.answers.shared import Links, Next, Output


class StaffOut(Output, frozen=True):
    id: str
    email: str
    name: str
    role: str
    team: Annotated[str, Meta(description="Whose customers she may know of; empty: all.")]
    language: str
    time_zone: str
    active: bool
    version: int
    created_at: datetime
    updated_at: datetime
    updated_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, member: StaffMember, links: dict[str, str]) -> "StaffOut":
        return cls(
            id=member.id,
            email=member.email,
            name=member.name,
            role=member.role,
            team=member.team,
            language=member.language,
            time_zone=member.time_zone,
            active=member.active,
            version=member.edition,
            created_at=member.created_at,
            updated_at=member.updated_at,
            updated_by=member.updated_by,
            links=links,
        )


class StaffListOut(Output, frozen=True):
    """By address."""

    items: list[StaffOut]
    next: Next


class KeyOut(Output, frozen=True):
    """Never the secret: only its hash is kept."""

    id: str
    name: str
    scopes: list[str]
    role: str
    team: str
    per_minute: int
    created_at: datetime
    rotated_at: datetime | None
    before_serves_until: Annotated[
        datetime | None, Meta(description="Until when the secret of before its last rotation serves.")
    ]
    revoked_at: datetime | None
    links: Links = field(name="_links")

    @classmethod
    def of(cls, key: MachineKey, links: dict[str, str]) -> "KeyOut":
        return cls(
            id=key.id,
            name=key.name,
            scopes=list(key.scopes),
            role=key.role,
            team=key.team,
            per_minute=key.per_minute,
            created_at=key.created_at,
            rotated_at=key.rotated_at,
            before_serves_until=key.before_until,
            revoked_at=key.revoked_at,
            links=links,
        )


class KeysOut(Output, frozen=True):
    """The oldest first."""

    items: list[KeyOut]
    next: Next


class NewKeyOut(Output, frozen=True):
    """`secret` is shown this once."""

    key: KeyOut
    secret: str


class CodeOut(Output, frozen=True):
    """A code is on its way if the address is somebody's; the answer is the same if it is not."""

    sign_in_id: str
    expires_at: datetime


class SessionOut(Output, frozen=True):
    """Whoever is signed in. `token` goes into the Authorization header; it is shown when the session begins."""

    audience: Literal["staff", "customer"]
    staff_id: str
    customer_id: str
    name: str
    team: str
    scopes: list[Scope]
    token: str = ""
    expires_at: datetime | None = None


class SignedOutOut(Output, frozen=True):
    signed_out: Annotated[bool, Meta(description="True.")]


class AccessOut(Output, frozen=True):
    """What changed about who may do what, or who signed in."""

    id: str
    at: datetime
    what: AccessKind
    by: str
    about: str
    detail: dict[str, str]

    @classmethod
    def of(cls, event: AccessEvent) -> "AccessOut":
        return cls(
            id=event.id,
            at=event.at,
            what=event.what,
            by=event.by,
            about=event.about,
            detail=dict(event.detail),
        )


class AccessLogOut(Output, frozen=True):
    """Newest first."""

    items: list[AccessOut]
    next: Next
