"""Who is of the staff: added, changed, and never without an admin."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.auth import staffing
from chalicelib.auth.permissions import Role
from chalicelib.auth.staffing import Actor, Profile
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Forbidden, Invalid
from chalicelib.model.access import AccessEvent
from chalicelib.model.staff import Admins, StaffAddress, StaffMember

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ROOT = Actor(name="Ria", scopes=frozenset(scope.value for scope in Role.ADMIN.scopes))
LEAD = Actor(name="Lea", scopes=frozenset(scope.value for scope in Role.LEAD.scopes))
TOM = Profile(email="tom@example.com", name="Tom Baker", role="agent", team="north")
RIA = Profile(email="ria@example.com", name="Ria", role="admin")


def added(profile: Profile, admins: Admins | None = None, by: Actor = ROOT) -> tuple[Decision, StaffMember]:
    return staffing.add(profile, None, admins, by=by, now=NOW)


def changed(member: StaffMember, profile: Profile, admins: Admins | None = None, **more: Any) -> Decision:
    own = StaffAddress(email=member.email, staff_id=member.id, version=1)
    told = {"owner": None, "expected": None, "by": ROOT, **more}
    return staffing.change(replace(member, version=1), profile, own, told.pop("owner"), admins, now=NOW, **told)[0]


def of(decision: Decision, kind: type) -> Any:
    return next((change for change in decision.changes if isinstance(change, kind)), None)


def test_a_new_member_comes_with_the_mark_of_her_address_and_an_entry_in_the_log() -> None:
    decision, tom = added(TOM)

    assert (tom.email, tom.role, tom.team, tom.active) == ("tom@example.com", "agent", "north", True)
    assert of(decision, StaffAddress) == StaffAddress(email="tom@example.com", staff_id=tom.id)
    assert of(decision, AccessEvent).detail == {"role": "agent", "team": "north"}
    assert of(decision, Admins) is None


def test_addresses_are_kept_in_one_form() -> None:
    _, tom = added(replace(TOM, email=" Tom@Example.COM "))

    assert tom.email == "tom@example.com"


@pytest.mark.parametrize(
    "email", ["tom", "tom@", "tom@example", "a b@example.com", "x" * 250 + "@example.com", "t\n@e.com"]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refused:
        added(replace(TOM, email=email))

    assert refused.value.pointer == "/email"


def test_an_address_is_one_members_only() -> None:
    with pytest.raises(Conflict, match="01A"):
        staffing.add(TOM, StaffAddress(email=TOM.email, staff_id="01A", version=1), None, by=ROOT, now=NOW)


@pytest.mark.parametrize("role", ["admin", "analyst"])
def test_nobody_gives_a_role_that_may_do_what_she_may_not(role: str) -> None:
    if {scope.value for scope in Role(role).scopes} <= LEAD.scopes:
        pytest.skip("a lead may do all of it")

    with pytest.raises(Forbidden) as refused:
        added(replace(TOM, role=role), by=LEAD)

    assert refused.value.pointer == "/role"


def test_an_admin_of_all_teams_is_on_the_row_of_admins_and_one_of_a_team_is_not() -> None:
    everywhere, ria = added(RIA)
    of_a_team, _ = added(replace(RIA, team="north"))

    assert of(everywhere, Admins).ids == (ria.id,)
    assert of(of_a_team, Admins) is None


@pytest.mark.parametrize(
    "profile",
    [replace(RIA, role="lead"), replace(RIA, active=False), replace(RIA, team="north")],
    ids=["another role", "let go", "of a team"],
)
def test_the_last_admin_stays_one(profile: Profile) -> None:
    _, ria = added(RIA)

    with pytest.raises(Conflict, match="last admin") as refused:
        changed(ria, profile, Admins(ids=(ria.id,), version=1))

    assert refused.value.pointer == "/role"


def test_the_last_but_one_admin_may_go() -> None:
    _, ria = added(RIA)

    decision = changed(ria, replace(RIA, active=False), Admins(ids=("01B", ria.id), version=1))

    assert of(decision, Admins).ids == ("01B",)


def test_the_same_again_changes_nothing() -> None:
    _, tom = added(TOM)

    assert changed(tom, TOM).changes == ()


def test_the_log_tells_roles_and_teams_as_they_were_and_no_address() -> None:
    _, tom = added(TOM)

    decision = changed(tom, replace(TOM, role="lead", team="", email="t.baker@example.com"))

    assert of(decision, AccessEvent).detail == {"role": "agent → lead", "team": "north → all", "also": "email"}


def test_another_address_moves_the_mark_and_unbinds_her_from_the_issuer() -> None:
    _, tom = added(TOM)

    decision = changed(replace(tom, subject="https://issuer#7"), replace(TOM, email="t.baker@example.com"))

    assert of(decision, StaffMember).subject == ""
    assert of(decision, StaffAddress).email == "t.baker@example.com"
    assert of(decision, Gone).thing.email == "tom@example.com"


def test_who_saw_an_older_version_is_told_of_the_newer_one() -> None:
    _, tom = added(TOM)

    with pytest.raises(Conflict, match="version 1") as refused:
        changed(tom, replace(TOM, name="Thomas"), expected=3)

    assert refused.value.pointer == "/expected_version"


HR = Actor(name="hr", scopes=frozenset({"staff:write"}))


@pytest.mark.parametrize(
    ("active", "profile"),
    [(True, replace(RIA, email="eve@example.com")), (False, RIA)],
    ids=["takes her address", "lets her in again"],
)
def test_who_may_less_than_a_member_cannot_come_in_as_her(active: bool, profile: Profile) -> None:
    _, ria = added(RIA)

    with pytest.raises(Forbidden) as refused:
        changed(replace(ria, active=active), profile, Admins(ids=("01B", ria.id), version=1), by=HR)

    assert refused.value.pointer == "/role"


def test_who_may_less_than_a_member_may_still_let_her_go() -> None:
    _, ria = added(RIA)

    decision = changed(ria, replace(RIA, active=False), Admins(ids=("01B", ria.id), version=1), by=HR)

    assert of(decision, StaffMember).active is False


@pytest.mark.parametrize("profile", [replace(TOM, active=False), replace(TOM, email="t.baker@example.com")])
def test_sessions_of_before_do_not_come_back_with_her(profile: Profile) -> None:
    _, tom = added(TOM)

    assert of(changed(tom, profile), StaffMember).signed_out_at == NOW


def test_an_address_in_capitals_is_no_other_one() -> None:
    _, tom = added(TOM)
    bound = replace(tom, subject="https://issuer#7")

    decision = changed(bound, replace(TOM, email="Tom@Example.com", name="Thomas"))

    assert (of(decision, StaffMember).subject, of(decision, Gone)) == (bound.subject, None)
