"""Members of staff, API keys, and what was done about both: who may do what, and who said so."""

from datetime import timedelta
from typing import Any

from chalicelib.auth import directory, views
from chalicelib.auth import service as auth
from chalicelib.auth.permissions import Scope
from chalicelib.auth.staffing import Actor, Profile
from chalicelib.auth.teams import Teams
from chalicelib.kernel.errors import Invalid, Malformed
from chalicelib.model.machine import MachineKey
from chalicelib.model.staff import StaffMember
from chalicelib.triggers.answers.staff import (
    AccessLogOut,
    AccessOut,
    KeyOut,
    KeysOut,
    NewKeyOut,
    StaffListOut,
    StaffOut,
)
from chalicelib.triggers.contract.shared import Paged, if_told
from chalicelib.triggers.contract.staff import AccessQuery, KeyIn, RotateIn, StaffChange, StaffIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/staff",
    scope=Scope.STAFF_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Add a member of staff",
    body=StaffIn,
    returns=StaffOut,
    status=201,
    errors=(409,),
)
def add_staff(call: Call[StaffIn]) -> StaffOut:
    """She may sign in by her address from now on. Nobody gives a role that may do more than she may herself. Sent
    twice, the second is refused and names the first."""
    said = call.input
    profile = Profile(
        email=said.email,
        name=said.name,
        role=said.role.value,
        team=said.team,
        language=said.language,
        time_zone=said.time_zone,
    )
    return _staff_out(call, directory.add(profile, by=_actor(call)))


@api.endpoint(
    "GET",
    "/v1/staff",
    scope=Scope.STAFF_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Members of staff",
    query=Paged,
    returns=StaffListOut,
)
def list_staff(call: Call[Paged]) -> StaffListOut:
    """By address, those who may not sign in any more included."""
    page = directory.members(call.after, call.input.limit)
    return StaffListOut(items=[_staff_out(call, member) for member in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/staff/{staff_id}",
    scope=Scope.STAFF_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="A member of staff",
    returns=StaffOut,
    errors=(404,),
)
def get_staff(call: Call[None], staff_id: str) -> StaffOut:
    """Her role, her team, and whether she may sign in."""
    return _staff_out(call, directory.member(staff_id))


@api.endpoint(
    "PUT",
    "/v1/staff/{staff_id}",
    scope=Scope.STAFF_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Change a member of staff, or end her access",
    body=StaffChange,
    returns=StaffOut,
    errors=(404, 409),
)
def change_staff(call: Call[StaffChange], staff_id: str) -> StaffOut:
    """All of it at once; the same again changes nothing. It holds for her sessions too, a minute later at most. The
    last admin of all teams stays one."""
    said = call.input
    profile = Profile(
        email=said.email,
        name=said.name,
        role=said.role.value,
        team=said.team,
        language=said.language,
        time_zone=said.time_zone,
        active=said.active,
    )
    expected = if_told(said.expected_version)
    return _staff_out(call, directory.change(staff_id, profile, expected=expected, by=_actor(call)))


@api.endpoint(
    "POST",
    "/v1/staff/{staff_id}/sign-out",
    scope=Scope.STAFF_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="End all sessions of a member of staff",
    returns=StaffOut,
    errors=(404,),
)
def sign_out_staff(call: Call[None], staff_id: str) -> StaffOut:
    """A lost laptop. She may sign in again. May be repeated."""
    directory.sign_out_everywhere(staff_id, by=call.principal.name)
    return _staff_out(call, directory.member(staff_id))


@api.endpoint(
    "POST",
    "/v1/keys",
    scope=Scope.KEYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Make an API key",
    body=KeyIn,
    returns=NewKeyOut,
    status=201,
)
def make_key(call: Call[KeyIn]) -> NewKeyOut:
    """Its secret is shown this once. Nobody gives a scope she does not have. Sent twice it makes two: revoke the one
    whose secret got lost."""
    said = call.input
    try:
        key, secret = auth.create_key(
            said.name,
            [scope.value for scope in said.scopes],
            call.at,
            role=said.role.value if said.role else "",
            team=said.team,
            per_minute=said.per_minute,
            by=_actor(call),
        )
    except ValueError as error:
        raise Invalid(f"{error}.", "/scopes") from error
    return NewKeyOut(key=_key_out(call, key), secret=secret)


@api.endpoint(
    "GET",
    "/v1/keys",
    scope=Scope.KEYS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="API keys",
    query=Paged,
    returns=KeysOut,
)
def list_keys(call: Call[Paged]) -> KeysOut:
    """The oldest first, revoked ones included. Their secrets are known to nobody but their holders."""
    page = views.machine_keys(call.after, call.input.limit)
    return KeysOut(items=[_key_out(call, key) for key in page.items], next=call.cursor(page.next))


@api.endpoint(
    "POST",
    "/v1/keys/{key_id}/rotate",
    scope=Scope.KEYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Give an API key another secret",
    body=RotateIn,
    returns=NewKeyOut,
    errors=(404, 409),
)
def rotate_key(call: Call[RotateIn], key_id: str) -> NewKeyOut:
    """The secret of before serves until the hours of grace are over, and no older one does."""
    grace = timedelta(hours=call.input.grace_hours)
    key, secret = auth.rotate_key(key_id, grace, call.at, by=_actor(call))
    return NewKeyOut(key=_key_out(call, key), secret=secret)


@api.endpoint(
    "DELETE",
    "/v1/keys/{key_id}",
    scope=Scope.KEYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Revoke an API key",
    returns=KeyOut,
    errors=(404,),
)
def revoke_key(call: Call[None], key_id: str) -> KeyOut:
    """It lets nobody in any more, and ends the tokens made from it. May be repeated."""
    return _key_out(call, auth.revoke_key(key_id, call.at, by=_actor(call)))


@api.endpoint(
    "GET",
    "/v1/access-log",
    scope=Scope.AUDIT_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="What was done about access",
    query=AccessQuery,
    returns=AccessLogOut,
)
def list_accesses(call: Call[AccessQuery]) -> AccessLogOut:
    """Members and keys added, changed and ended, sign-ins and sign-outs, newest first: of a day (UTC; today if you say
    nothing), or about one member or key."""
    asked = call.input
    if asked.about and asked.day:
        raise Malformed("Give day or about, not both.", "/about")
    if asked.about:
        page = directory.accesses_about(asked.about, call.after, asked.limit)
    else:
        page = directory.accesses_on(asked.day or call.at.date(), call.after, asked.limit)
    return AccessLogOut(items=[AccessOut.of(event) for event in page.items], next=call.cursor(page.next))


def _actor(call: Call[Any]) -> Actor:
    return Actor(name=call.principal.name, scopes=call.principal.scopes)


def _staff_out(call: Call[Any], member: StaffMember) -> StaffOut:
    return StaffOut.of(member, {"self": call.link(f"v1/staff/{member.id}")})


def _key_out(call: Call[Any], key: MachineKey) -> KeyOut:
    return KeyOut.of(key, {"rotate": call.link(f"v1/keys/{key.id}/rotate")})
