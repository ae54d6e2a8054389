"""Roles: what comes with each."""

import pytest

from chalicelib.auth import machine_token
from chalicelib.auth.permissions import OF_SESSIONS, Role, Scope
from tests.factories import NOON

READS_A_PERSON = {Scope.CUSTOMERS_READ, Scope.CASES_READ, Scope.MAIL_READ, Scope.QUARANTINE_READ, Scope.AUDIT_READ}


def test_an_admin_may_everything_and_a_lead_all_that_an_agent_may() -> None:
    assert Role.ADMIN.scopes == set(Scope) - OF_SESSIONS
    assert Role.LEAD.scopes > Role.AGENT.scopes


def test_an_analyst_reads_nobody_and_writes_nothing() -> None:
    assert not Role.ANALYST.scopes & READS_A_PERSON
    assert all(scope.value.endswith(":read") for scope in Role.ANALYST.scopes)


def test_a_key_gets_the_scopes_of_its_role_and_those_named_besides() -> None:
    key, _ = machine_token.mint_key("desk", ["facts:write"], NOON, role="agent", team="north")

    assert set(key.scopes) == {scope.value for scope in Role.AGENT.scopes} | {"facts:write"}
    assert (key.role, key.team) == ("agent", "north")


@pytest.mark.parametrize("more", [{"role": "boss"}, {"team": "North"}, {"team": "x" * 41}])
def test_a_role_or_team_that_cannot_be_is_refused(more: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"boss|team"):
        machine_token.mint_key("desk", ["facts:write"], NOON, **more)
