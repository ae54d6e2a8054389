"""A stage seen from outside, as the company's own systems see it: its HTTP API, and its clock."""

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

from infra.cloud import Cloud
from infra.stack import Stack
from infra.trouble import Trouble

T = TypeVar("T")
Json = dict[str, Any]


class Hub:
    """Calls the API with one key. An answer that is no success raises Trouble with the problem's own words."""

    def __init__(self, cloud: Cloud, deployed: Stack, key: str) -> None:
        self.cloud, self.stack, self.key = cloud, deployed, key

    def get(self, path: str) -> Json:
        return self.call("GET", path)

    def post(self, path: str, body: Json, idempotency_key: str | None = None) -> Json:
        return self.call("POST", path, body, {"Idempotency-Key": idempotency_key} if idempotency_key else {})

    def put(self, path: str, body: Json) -> Json:
        return self.call("PUT", path, body)

    def call(self, method: str, path: str, body: Json | None = None, headers: Mapping[str, str] | None = None) -> Json:
        data = None if body is None else json.dumps(body).encode()
        status, text = http(
            method,
            self.stack.api_url + path,
            data,
            {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **(headers or {})},
        )
        if status >= 300:
            raise Trouble(f"{method} {path} answered {status}: {text[:500]}")
        answer: Json = json.loads(text)
        return answer

    def ask(self, method: str, path: str, body: Json) -> tuple[int, str]:
        """The status, and what a refusal says, of a call that may be refused."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        status, text = http(method, self.stack.api_url + path, json.dumps(body).encode(), headers)
        return status, str(json.loads(text).get("detail", ""))

    def tick(self, function: str, at: datetime) -> None:
        """Lets a schedule's function believe it is `at`; only the local cloud lets the clock run ahead."""
        event = {
            "version": "0",
            "id": "demo",
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": "000000000000",
            "region": self.cloud.region,
            "time": at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "resources": [],
            "detail": {},
        }
        resource = self.cloud.client("cloudformation").describe_stack_resource(
            StackName=self.stack.name, LogicalResourceId=function
        )
        name = resource["StackResourceDetail"]["PhysicalResourceId"]
        answer = self.cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
        if "FunctionError" in answer:
            raise Trouble(f"{function} failed: {answer['Payload'].read().decode()[:500]}")

    def until(self, what: str, ask: Callable[[], T | None], seconds: float = 300) -> T:
        """The first answer that is something, asked again and again; Trouble when none comes in time."""
        end = time.monotonic() + seconds
        while True:
            found = ask()
            if found:
                return found
            if time.monotonic() > end:
                raise Trouble(f"waited {seconds:.0f} s in vain for {what}")
            time.sleep(self.cloud.pause)


def http(method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> tuple[int, str]:
    """Status and text; what the server refuses is an answer, a server that is not there is Trouble."""
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")
    except OSError as error:
        raise Trouble(f"{url} cannot be reached: {error}") from error


def create_api_key(
    cloud: Cloud, deployed: Stack, name: str, scopes: Iterable[str], *, role: str = "", team: str = ""
) -> str:
    """A new API key of the stage, for the scopes of the role and these; this text is its only copy."""
    from chalicelib.auth.service import create_key

    with as_the_stage(cloud, deployed):
        try:
            return create_key(name, scopes, datetime.now(UTC), role=role, team=team)[1]
        except ValueError as error:
            raise Trouble(f"no key made: {error}; scopes are {', '.join(scope_names())}") from error


def revoke_api_key(cloud: Cloud, deployed: Stack, key_id: str) -> None:
    from chalicelib.auth.service import revoke_key
    from chalicelib.kernel.errors import NotFound

    with as_the_stage(cloud, deployed):
        try:
            revoke_key(key_id, datetime.now(UTC))
        except NotFound as error:
            raise Trouble(error.detail) from error


def add_admin(cloud: Cloud, deployed: Stack, email: str, name: str) -> str:
    """An admin of all teams has this address from now on; her id. The first one is made so."""
    from chalicelib.auth.directory import ensure_admin
    from chalicelib.auth.service import OPERATOR
    from chalicelib.kernel.errors import HubError

    with as_the_stage(cloud, deployed):
        try:
            return ensure_admin(email, name, by=OPERATOR).id
        except HubError as error:
            raise Trouble(error.detail) from error


def save_rules(cloud: Cloud, deployed: Stack, rules: str) -> int:
    """The stage's rules, as its file has them now; returns their edition, 0 while there never were any."""
    from chalicelib.automation.service import save_rules as save

    with as_the_stage(cloud, deployed):
        return save(rules).edition


def role_names() -> list[str]:
    from chalicelib.auth.permissions import Role

    return [role.value for role in Role]


def scope_names() -> list[str]:
    from chalicelib.auth.permissions import GRANTABLE, Scope

    return [scope.value for scope in Scope if scope in GRANTABLE]


@contextmanager
def as_the_stage(cloud: Cloud, deployed: Stack) -> Iterator[None]:
    """Lets product code in this process work on the stage's table with the operator's own credentials."""
    from chalicelib.configuration import policy, retention
    from chalicelib.gateways.aws import made
    from chalicelib.kernel.settings import settings
    from chalicelib.session import session
    from chalicelib.storage.table import bind

    wanted = {
        "TABLE_NAME": deployed.table_name,
        "BUCKET_NAME": deployed.bucket_name,
        "SENDER_ADDRESS": deployed.sender_address,
        "RETENTION": deployed.parameters.get("Retention", ""),
        "SES_MESSAGE_ID_DOMAIN": "email" if cloud.endpoint or cloud.region == "us-east-1" else cloud.region,
        "AWS_DEFAULT_REGION": cloud.region,
    }
    wanted["SES_MESSAGE_ID_DOMAIN"] += ".amazonses.com"
    if cloud.endpoint:
        wanted |= {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
        }
    before = {name: os.environ.get(name) for name in wanted}
    caches = (settings, policy, retention, session, made, bind)
    os.environ.update(wanted)
    for cached in caches:
        cached.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        for cached in caches:
            cached.cache_clear()
