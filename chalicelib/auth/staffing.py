"""Who is of the staff, with which role and team? Admins of all teams add, change and let go; the last of them stays."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.auth.permissions import Role
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid
from chalicelib.model.access import AccessEvent, AccessKind
from chalicelib.model.staff import MOST_ADMINS, Admins, StaffAddress, StaffMember
from chalicelib.model.team import TEAM

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """All that an admin says of a member of staff."""

    email: str
    name: str
    role: str
    team: str = ""
    language: str = ""
    time_zone: str = ""
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who changes something about access: her name, and the scopes she can pass on."""

    name: str
    scopes: frozenset[str]


def read_email(text: str) -> str:
    """In the one form we keep. Raises Invalid."""
    email = text.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise Invalid("this is no mail address", "/email")
    return email


def add(
    profile: Profile, owner: StaffAddress | None, admins: Admins | None, *, by: Actor, now: datetime
) -> tuple[Decision, StaffMember]:
    """A new member; `owner`: who has her address, `admins` as stored. Raises Conflict, Forbidden, Invalid, with
    pointers."""
    _may_give(profile, by)
    if owner:
        raise Conflict(f"this address is {owner.staff_id}'s: change that member instead", "/email")
    member = StaffMember(
        id=ids.derived_ulid(now, "staff", profile.email),
        **_said(profile),
        created_at=now,
        updated_at=now,
        updated_by=by.name,
    )
    mark = StaffAddress(email=member.email, staff_id=member.id)
    told = event(AccessKind.STAFF_ADDED, by.name, member.id, now, role=member.role, team=member.team)
    return Decision((member, mark, *_admins(admins, member), told), reason="staff added"), member


def change(
    member: StaffMember,
    profile: Profile,
    own: StaffAddress | None,
    owner: StaffAddress | None,
    admins: Admins | None,
    *,
    expected: int | None,
    by: Actor,
    now: datetime,
) -> tuple[Decision, StaffMember]:
    """She is this from now on; the same again changes nothing. `own`: the mark of her address, `owner`: of the new one.
    Who gets another address is bound to an issuer anew. Raises Conflict, Forbidden, Invalid with pointers.

    Whose address it is signs in with her role: so it takes that role's scopes to move it, or to let her in again."""
    if expected is not None and expected != member.edition:
        raise Conflict(f"somebody changed this member: it is version {member.edition} now", "/expected_version")
    said = _said(profile)
    if all(getattr(member, name) == value for name, value in said.items()):
        return Decision(reason="as it was"), member
    moved = member.email != said["email"]
    if moved or (member.role, member.team) != (profile.role, profile.team) or (profile.active and not member.active):
        _may_give(profile, by)
    if owner and owner.staff_id != member.id:
        raise Conflict(f"this address is {owner.staff_id}'s", "/email")
    let_go = member.active and not profile.active
    changed = replace(
        member,
        **said,
        subject="" if moved else member.subject,
        signed_out_at=now if moved or let_go else member.signed_out_at,
        edition=member.edition + 1,
        updated_at=now,
        updated_by=by.name,
    )
    marks = [
        *([Gone(own)] if moved and own else []),
        *([StaffAddress(email=changed.email, staff_id=member.id)] * moved),
    ]
    told = event(AccessKind.STAFF_CHANGED, by.name, member.id, now, **_differences(member, changed))
    return Decision((changed, *marks, *_admins(admins, changed), told), reason="staff changed"), changed


def signed_out_everywhere(member: StaffMember, *, by: str, now: datetime) -> Decision:
    """Every session she has is over, whoever holds it."""
    told = event(AccessKind.SIGNED_OUT_EVERYWHERE, by, member.id, now)
    return Decision((replace(member, signed_out_at=now), told), reason="signed out everywhere")


def event(what: AccessKind, by: str, about: str, now: datetime, **detail: str) -> AccessEvent:
    """One entry of the access log; its id follows from what it tells, so that a decision taken again tells it once."""
    told = {name: value for name, value in detail.items() if value}
    event_id = ids.derived_ulid(now, "access", what.value, by, about)
    return AccessEvent(id=event_id, at=now, what=what, by=by, about=about, detail=told)


def _said(profile: Profile) -> dict[str, Any]:
    if profile.team and not re.fullmatch(TEAM, profile.team):
        raise Invalid("a team's name is 1 to 40 small letters, digits and dashes", "/team")
    return {
        "email": read_email(profile.email),
        "name": profile.name,
        "role": Role(profile.role).value,
        "team": profile.team,
        "language": profile.language,
        "time_zone": profile.time_zone,
        "active": profile.active,
    }


def _may_give(profile: Profile, by: Actor) -> None:
    """Nobody gives what she does not have."""
    wanted = {scope.value for scope in Role(profile.role).scopes}
    if excess := sorted(wanted - by.scopes):
        raise Forbidden(f"You cannot give the role {profile.role}: you have not the scope {excess[0]}.", "/role")


def _admins(admins: Admins | None, member: StaffMember) -> tuple[Admins, ...]:
    """The row of admins as it has to be with this member, if it changes. Raises Conflict for the last one."""
    admins = admins or Admins()
    is_one = member.active and member.role == Role.ADMIN.value and not member.team
    if is_one is (member.id in admins.ids):
        return ()
    if not is_one and admins.ids == (member.id,):
        raise Conflict("this is the last admin of all teams: make somebody else one first", "/role")
    others = tuple(each for each in admins.ids if each != member.id)
    if is_one and len(others) >= MOST_ADMINS:
        raise Conflict(f"there are {MOST_ADMINS} admins already: make one of them a lead first", "/role")
    return (replace(admins, ids=(*others, member.id) if is_one else others),)


def _differences(before: StaffMember, after: StaffMember) -> dict[str, str]:
    """Roles and teams as they were and are; of the rest only that it changed."""
    found = {}
    for name in ("role", "team"):
        was, is_now = getattr(before, name), getattr(after, name)
        if was != is_now:
            found[name] = f"{was or 'all'} → {is_now or 'all'}"
    if before.active != after.active:
        found["active"] = "yes" if after.active else "no"
    rest = [
        name for name in ("email", "name", "language", "time_zone") if getattr(before, name) != getattr(after, name)
    ]
    return found | ({"also": ", ".join(rest)} if rest else {})
