"""Members of staff: the people of the company who sign in, each with a role and maybe a team."""

from dataclasses import dataclass
from datetime import datetime

MOST_ADMINS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """`subject`: who she is to the issuer she signed in by, `<issuer>#<sub>`; bound at her first time. Sessions begun
    before `signed_out_at` are over."""

    id: str
    email: str
    name: str
    role: str
    team: str = ""  # empty: all teams
    language: str = ""  # BCP 47, empty: unknown
    time_zone: str = ""  # IANA, empty: unknown
    active: bool = True
    subject: str = ""
    signed_out_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    updated_by: str
    edition: int = 1  # counts changes people made; `version` counts writes
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAddress:
    """Which member signs in by an address; stored under the address, so that each has one."""

    email: str
    staff_id: str
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admins:
    """Who may change who may do what, of all teams: one row a stage, so that the last one is known to be the last."""

    ids: tuple[str, ...] = ()
    version: int | None = None
