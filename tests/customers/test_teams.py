"""Whose customer she is, and what follows for who asks."""

import pytest

from chalicelib.auth.teams import serves
from chalicelib.customers import teams
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from tests.factories import NOON, make_customer

SAID = {"author": "Tom", "reason": "she moved"}


def test_who_is_given_to_a_team_is_told_on_her_timeline() -> None:
    changed, event = teams.given(make_customer(team="south"), "north", **SAID, now=NOON).changes

    assert isinstance(changed, Customer)
    assert isinstance(event, Event)
    assert (changed.team, event.what) == ("north", EventKind.TEAM_CHANGED)
    assert event.detail == {"from": "south", "to": "north", "by": "Tom", "reason": "she moved"}


def test_who_is_theirs_already_is_not_given_again() -> None:
    assert not teams.given(make_customer(team="north"), "north", **SAID, now=NOON).changes


@pytest.mark.parametrize(
    ("theirs", "serve"),
    [(("north",), True), (("",), True), (("", "north"), True), (("south",), False), (("north", "south"), False)],
)
def test_a_team_serves_its_own_and_everybodys(theirs: tuple[str, ...], serve: bool) -> None:
    assert serves("north", [make_customer(team=team) for team in theirs]) is serve


def test_nobody_is_served_by_nobody() -> None:
    assert not serves("north", [])
