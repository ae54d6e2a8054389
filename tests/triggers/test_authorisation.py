"""Every route × every role × a customer of her team, everybody's, another team's: what is declared is what happens.

The kit, the authorizer and the table are the real ones; behind them stands a handler that only says that it was
reached, so that nothing is changed on the way. What lists leave out is tested where they are served (test_teams.py).
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from chalice import Chalice
from chalice.app import Blueprint
from chalice.test import Client

from app import app
from chalicelib.auth import machine_token, sessions
from chalicelib.auth.access import Open, Verdict, permission_of, verdict
from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import HubError
from chalicelib.model.session import Audience
from chalicelib.storage.commit import commit
from chalicelib.triggers import api
from chalicelib.triggers.authorizer import api_authorizer
from chalicelib.triggers.authorizer import bp as authorizer_bp
from chalicelib.triggers.http import Endpoints, Operation
from infra import authorisation
from tests.auth.callers import ROOT, shared_stage, staff_member
from tests.docs.pages import REPOSITORY
from tests.triggers.test_teams import OURS, THEIRS, Person, known, places, request
from tests.workbench import Bench

PLACES: dict[str, str] = {"her team's": OURS, "everybody's": "", "another team's": THEIRS}
ENDPOINTS = {f"{told.method} {told.path}": told for told in api.api.operations}
# How a refusal looks, by what decides it. The gateway answers 401 where the test's says 401 or 403.
STATUS = {
    Verdict.SERVED: {299},
    Verdict.OWN: {299},
    Verdict.LEFT_OUT: {299},
    Verdict.FORBIDDEN: {403},
    Verdict.UNKNOWN: {401, 403},
}


class Reached(HubError):
    """The request came through to where it would be served."""

    status = 299
    title = "Reached"


def stands_in(*_: Any, **__: Any) -> Any:
    raise Reached("")


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture(scope="module")
def client(stage: Bench) -> Client:
    """The API as it is declared and enforced, with nothing behind it."""
    endpoints, bp = Endpoints(), Blueprint("matrix")
    endpoints.declared = [(operation, stands_in) for operation in api.api.operations]
    endpoints.serve_on(bp, api_authorizer)
    matrix = Chalice("matrix")
    matrix.api.binary_types = []
    matrix.register_blueprint(authorizer_bp)
    matrix.register_blueprint(bp)
    return Client(matrix, project_dir=str(ROOT))


@pytest.fixture(scope="module")
def people(stage: Bench) -> dict[str, Person]:
    return {whose: known(team) for whose, team in PLACES.items()}


@pytest.fixture(scope="module")
def shown(stage: Bench, people: dict[str, Person]) -> dict[str, str]:
    """What each kind of caller shows: a session, a key, nothing."""
    found = {"nobody": ""}
    for name, caller in authorisation.holders().items():
        if caller is None:
            continue
        if caller.staff_id:
            role = name.partition(",")[0]
            found[name] = session(Audience.STAFF, staff_member(role, OURS if caller.team else "").id)
        elif caller.customer_id:
            found[name] = session(Audience.CUSTOMER, people["her team's"].ids["customer_id"])
        else:
            key, found[name] = machine_token.mint_key("shop", ["tokens:write"], clock.now(), per_minute=0)
            commit(Decision((replace(key, scopes=("nothing:do",)),)))
    return found


def session(audience: Audience, subject_id: str) -> str:
    begun, text = sessions.new_session(audience, subject_id, clock.now())
    commit(Decision((begun,)))
    return text


@pytest.mark.parametrize("route", ENDPOINTS)
def test_each_role_is_told_what_the_route_declares(
    client: Client, people: dict[str, Person], shown: dict[str, str], route: str
) -> None:
    operation = ENDPOINTS[route]
    about = {"her team's": people["her team's"]} if not places(operation) else people
    wrong = []
    for name, caller in authorisation.holders().items():
        for whose, person in about.items():
            told = verdict(operation.scope or Open.PUBLIC, operation.teams, caller, foreign=whose == "another team's")
            expected = STATUS.get(told) or refusals_of(operation)
            status = sent(client, operation, person, shown[name])
            if status not in expected:
                wrong.append(f"{name}, {whose}: {status} instead of {told.value}")

    assert wrong == []


def refusals_of(operation: Operation) -> set[int]:
    """As if she did not exist: a handle that nobody has is no mistake everywhere, so it is refused as taken."""
    return {404, 409} if operation.body else {404}


def sent(client: Client, operation: Operation, person: Person, secret: str) -> int:
    method, path, body = request(operation, dict.fromkeys(places(operation), person), person)
    if body and "case_id" in places(operation):
        body = json.dumps({**json.loads(body), "case_id": person.ids["case_id"]}).encode()
    headers = {"Content-Type": "application/json", "If-Match": "*"} | (
        {"Authorization": f"Bearer {secret}"} if secret else {}
    )
    return int(client.http.request(method, path, headers=headers, body=body).status_code)


PAGES = [
    (method, path, entry.view_function)
    for path, methods in app.routes.items()
    for method, entry in methods.items()
    if (method, path) not in {(told.method, told.path) for told in api.api.operations}
]
ASKING = [(method, path) for method, path, view in PAGES if isinstance(permission_of(view), Scope)]


@pytest.mark.parametrize(("method", "path"), ASKING)
def test_pages_lead_strangers_to_the_sign_in_page_and_refuse_who_may_not(
    shown: dict[str, str], method: str, path: str
) -> None:
    permission = permission_of(app.routes[path][method].view_function)
    assert isinstance(permission, Scope)
    browser = Client(app, project_dir=str(ROOT)).http
    for name, caller in authorisation.holders().items():
        if caller and not (caller.staff_id or caller.customer_id):
            continue  # a key is no session
        cookie = {"Cookie": f"liana={shown[name]}"} if shown[name] else {}
        answer = browser.request(method, path, headers=cookie, body=b"")
        told = verdict(permission, Teams.OWN, caller)
        if told is Verdict.UNKNOWN:
            assert (answer.status_code, "sign-in" in str(answer.headers["Location"])) == (303, True)
        elif told is Verdict.FORBIDDEN or method != "GET":
            assert answer.status_code == 403, name  # without a form of ours, too
        else:
            assert answer.status_code == 200, name


def test_the_page_of_authorisation_is_current() -> None:
    written = (REPOSITORY / "docs/authorisation.md").read_text("utf-8")

    assert written == authorisation.page(), "python -m infra.authorisation > docs/authorisation.md"
