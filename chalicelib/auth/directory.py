"""What is done about the staff: members are added, changed, let go and signed out; and what is shown of it."""

from datetime import date

from chalicelib.auth import staffing
from chalicelib.auth.permissions import Role
from chalicelib.auth.staffing import Actor, Profile
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import NotFound
from chalicelib.model.access import AccessEvent, AccessKind
from chalicelib.model.page import Page
from chalicelib.model.session import Session
from chalicelib.model.staff import StaffMember
from chalicelib.storage import staff as storage
from chalicelib.storage.commit import settle


def member(staff_id: str) -> StaffMember:
    """Raises NotFound."""
    found = storage.member(staff_id)
    if found is None:
        raise NotFound("no member of staff has this id")
    return found


def members(after: str | None, limit: int) -> Page[StaffMember]:
    """By address."""
    return storage.members(after, limit)


def add(profile: Profile, *, by: Actor) -> StaffMember:
    """Raises Conflict, Forbidden, Invalid, with pointers."""
    now = clock.now()
    email = staffing.read_email(profile.email)

    def decide() -> tuple[Decision, StaffMember]:
        return staffing.add(profile, storage.address(email), storage.admins(), by=by, now=now)

    return settle(decide)[1]


def change(staff_id: str, profile: Profile, *, expected: int | None, by: Actor) -> StaffMember:
    """May be repeated. Raises NotFound, Conflict, Forbidden, Invalid, with pointers."""
    now = clock.now()
    email = staffing.read_email(profile.email)

    def decide() -> tuple[Decision, StaffMember]:
        known = member(staff_id)
        own, owner = storage.address(known.email), storage.address(email)
        return staffing.change(known, profile, own, owner, storage.admins(), expected=expected, by=by, now=now)

    return settle(decide)[1]


def ensure_admin(email: str, name: str, *, by: Actor) -> StaffMember:
    """An active admin of all teams has this address from now on: somebody new, or who has it. May be repeated."""
    owner = storage.address(staffing.read_email(email))
    if owner is None:
        return add(Profile(email=email, name=name, role=Role.ADMIN.value), by=by)
    known = member(owner.staff_id)
    kept = Profile(
        email=known.email,
        name=known.name,
        role=Role.ADMIN.value,
        language=known.language,
        time_zone=known.time_zone,
    )
    return change(known.id, kept, expected=None, by=by)


def sign_out(session_id: str, *, staff_id: str, by: str) -> None:
    """This session is over. May be repeated."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        session: Session | None = storage.session(session_id)
        if session is None:
            return Decision(reason="over before"), None
        told = (staffing.event(AccessKind.SIGNED_OUT, by, staff_id, now),) if staff_id else ()
        return Decision((Gone(session), *told), reason="signed out"), None

    settle(decide)


def sign_out_everywhere(staff_id: str, *, by: str) -> StaffMember:
    """Every session of hers is over, for whoever holds it (the gateway may remember her for a minute). Raises
    NotFound."""
    now = clock.now()

    def decide() -> tuple[Decision, StaffMember]:
        known = member(staff_id)
        return staffing.signed_out_everywhere(known, by=by, now=now), known

    return settle(decide)[1]


def accesses_on(day: date, after: str | None, limit: int) -> Page[AccessEvent]:
    """What was done about access that day, newest first."""
    return storage.accesses_on(day, after, limit)


def accesses_about(about: str, after: str | None, limit: int) -> Page[AccessEvent]:
    """What was done about one member of staff or one key, newest first."""
    return storage.accesses_about(about, after, limit)
