"""Somebody who calls the API with a key, through Chalice's own local gateway.

Every answer of a documented endpoint is held against the OpenAPI document.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client
from jsonschema import Draft202012Validator
from moto import mock_aws

from app import app
from chalicelib.auth import machine_token, sessions
from chalicelib.auth.permissions import GRANTABLE, Scope
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.machine import MachineKey
from chalicelib.model.session import Audience
from chalicelib.model.staff import StaffAddress, StaffMember
from chalicelib.storage.commit import commit
from chalicelib.triggers import api
from tests import workbench

ROOT = Path(__file__).parents[2]
_NUMBERS = count(1)
ALL_SCOPES = tuple(scope.value for scope in Scope if scope in GRANTABLE)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, Any]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.json["errors"]]


@dataclass
class Caller:
    """Sends what it is told to, with its own key unless other headers say otherwise."""

    secret: str
    key: MachineKey | None = None
    client: Client = field(default_factory=lambda: Client(app, project_dir=str(ROOT)))

    def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        given = {"Content-Type": "application/json"} | (
            {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        )
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        got = self.client.http.request(method, path, headers=given, body=body)
        answer = Answer(got.status_code, got.headers, got.body.decode())
        check_as_documented(method, path, answer)
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: object, **headers: str) -> Answer:
        return self.send("POST", path, json.dumps(body).encode(), **headers)

    def put(self, path: str, body: object, **headers: str) -> Answer:
        return self.send("PUT", path, json.dumps(body).encode(), **headers)


@contextmanager
def shared_stage(*, stream: bool = True) -> Iterator[workbench.Bench]:
    """One bench for all tests of a module, which then must not mind each other's rows. `stream`: whether one of them
    follows it."""
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        yield workbench.open_bench(patch, stream=stream)
    workbench.forget_caches()


def caller(*scopes: str, name: str = "", team: str = "") -> Caller:
    """A caller with a new key and a name of its own, allowed everything unless scopes are named."""
    named = name or f"caller {next(_NUMBERS)}"
    key, secret = machine_token.mint_key(named, scopes or ALL_SCOPES, clock.now(), team=team)
    commit(Decision((key,), reason="there"))
    return Caller(secret, key)


def staff_member(role: str, team: str = "", **fields: Any) -> StaffMember:
    """Somebody of the staff, stored; two of a team are two people."""
    number, now = next(_NUMBERS), clock.now()
    email, staff_id = f"staff{number}@example.com", ids.derived_ulid(now, "staff", str(number))
    told = {"name": f"Member {number}", "created_at": now, "updated_at": now, "updated_by": "x", **fields}
    member = StaffMember(id=staff_id, email=email, role=role, team=team, **told)
    for row in (member, StaffAddress(email=email, staff_id=staff_id)):  # moto copies its table for a transaction
        commit(Decision((row,), reason="there"))
    return member


def signed_in(role: str, team: str = "") -> Caller:
    """Somebody of the staff with a session."""
    return session_of(Audience.STAFF, staff_member(role, team).id)


def session_of(audience: Audience, subject_id: str) -> Caller:
    session, text = sessions.new_session(audience, subject_id, clock.now())
    commit(Decision((session,), reason="there"))
    return Caller(text)


def check_as_documented(method: str, path: str, answer: Answer) -> None:
    """The answer of a documented endpoint has a documented status and the form documented for it. What the
    gateway itself refuses (its answers carry an error type) never came to the endpoint."""
    if "x-amzn-ErrorType" in answer.headers:
        return
    operation = operation_at(method, path)
    if operation is None:
        return
    told = operation["responses"].get(str(answer.status))
    assert told, f"{method} {path} answered {answer.status}, which is not documented: {answer.text[:300]}"
    told = api.document()["components"]["responses"][told["$ref"].rpartition("/")[2]] if "$ref" in told else told
    ((content_type, content),) = told["content"].items()
    assert answer.headers["Content-Type"] == content_type
    validator(content["schema"]["$ref"]).validate(answer.json)


def operation_at(method: str, path: str) -> dict[str, Any] | None:
    for template, methods in api.document()["paths"].items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path.partition("?")[0]) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    return None


@cache
def validator(reference_to: str) -> Draft202012Validator:
    schema = {"$ref": reference_to, "components": api.document()["components"]}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
