"""Members of staff, API keys, and signing in."""

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from chalicelib.auth.machine_token import LONGEST_GRACE
from chalicelib.auth.permissions import Role, Scope
from chalicelib.model.machine import PER_MINUTE
from chalicelib.model.team import TEAM
from chalicelib.triggers.contract.articles import Expected
from chalicelib.triggers.contract.shared import (
    ONE_LINE,
    Agent,
    Cursor,
    Examples,
    Input,
    Language,
    Limit,
    Zone,
    form,
)

Address = Annotated[str, Meta(min_length=3, max_length=254), ONE_LINE, Meta(description="A mail address.")]
TeamName = Annotated[
    str, form(f"({TEAM})?", "1 to 40 small letters, digits and -, or empty: all teams."), Meta(examples=["north"])
]


class StaffIn(Input, frozen=True):
    """Somebody who may sign in by this address from now on."""

    email: Address
    name: Annotated[Agent, Meta(description="As her colleagues know her; it stands by what she does.")]
    role: Role
    team: TeamName = ""
    language: Language = ""
    time_zone: Zone = ""


class StaffChange(Input, frozen=True):
    """All she is from now on: what is left out is removed. Who is not `active` is signed out at once, and cannot sign
    in."""

    email: Address
    name: Agent
    role: Role
    team: TeamName = ""
    language: Language = ""
    time_zone: Zone = ""
    active: bool = True
    expected_version: Expected | UnsetType = UNSET


class KeyIn(Input, frozen=True):
    """A key for one of your systems: for the scopes of the role and these, which must be yours too."""

    name: Annotated[
        str,
        form("[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}", "1 to 64 letters, digits, spaces, dots, dashes or underscores."),
        Meta(description="Which system it is for; a later key of this name is the same caller."),
    ]
    scopes: Annotated[tuple[Scope, ...], Meta(max_length=60)] = ()
    role: Role | None = None
    team: TeamName = ""
    per_minute: Annotated[int, Meta(ge=0, le=1_000_000, description="Calls a minute; 0: as many as it likes.")] = (
        PER_MINUTE
    )


class RotateIn(Input, frozen=True):
    grace_hours: Annotated[
        int, Meta(ge=0, le=LONGEST_GRACE.days * 24, description="How long the secret of before serves, too.")
    ] = 24


class CodeIn(Input, frozen=True):
    """Who wants to sign in: somebody of the staff, or a customer."""

    email: Address
    audience: Annotated[Literal["staff", "customer"], Meta(description="As whom.")] = "staff"
    language: Language = ""


class SessionIn(Input, frozen=True):
    """What came back when the code was asked for, and what the mail says."""

    sign_in_id: Annotated[str, Meta(min_length=26, max_length=26)]
    code: Annotated[str, Meta(min_length=8, max_length=20)]


class AccessQuery(Input, frozen=True):
    """By day, or by whom or what it is about: give one of them."""

    day: date | None = None
    about: Annotated[str, Meta(max_length=26, description="The id of a member of staff, or of a key.")] = ""
    limit: Limit = 25
    cursor: Cursor = ""


_TOM = {"email": "tom@example.com", "name": "Tom Baker", "role": "agent", "team": "north", "language": "en"}
EXAMPLES: Examples = {
    StaffIn: [_TOM],
    StaffChange: [{**_TOM, "role": "lead", "expected_version": 1}],
    KeyIn: [{"name": "shop", "scopes": ["facts:write", "requests:write"], "per_minute": 600}],
    RotateIn: [{"grace_hours": 24}],
    CodeIn: [{"email": "tom@example.com", "audience": "staff"}],
    SessionIn: [{"sign_in_id": "01KAM8Q6C3V8QW2E0N4B7T9XYZ", "code": "1234 5678"}],
}
