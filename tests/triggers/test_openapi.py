"""The document and the handlers say the same: neither knows an endpoint, body or answer alone."""

import json

import msgspec
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.auth.permissions import Scope
from chalicelib.kernel.errors import Conflict, HubError, Invalid, Malformed, Permanent
from chalicelib.triggers import api, contract, decoding, http, openapi
from chalicelib.triggers.contract.facts import FactIn
from chalicelib.triggers.contract.intake import RequestIn
from tests.auth.callers import ROOT, Caller, app, validator

OPERATIONS = {(operation.method, operation.path): operation for operation in api.api.operations}


def test_the_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(api.document()).iter_errors()) == []


def test_every_route_is_in_the_document_and_every_documented_one_is_a_route() -> None:
    routes = {(method, path) for path, methods in app.routes.items() for method in methods if path.startswith("/v1")}
    documented = {(method.upper(), path) for path, methods in api.document()["paths"].items() for method in methods}

    assert routes == documented == set(OPERATIONS)


def test_every_route_with_an_authorizer_asks_for_a_scope() -> None:
    guarded = {(m, path) for path, methods in app.routes.items() for m, entry in methods.items() if entry.authorizer}

    assert guarded == {place for place, operation in OPERATIONS.items() if operation.scope}


def test_equal_code_makes_an_equal_document() -> None:
    first, second = (json.dumps(openapi.document(api.api.operations)) for _ in range(2))

    assert first == second


@pytest.mark.parametrize("kind", contract.EXAMPLES, ids=lambda kind: kind.__name__)
def test_every_example_is_taken_by_its_decoder_and_its_schema(kind: type) -> None:
    for example in contract.EXAMPLES[kind]:
        decoding.decode(msgspec.json.encode(example), kind)
        validator(f"#/components/schemas/{kind.__name__}").validate(example)


def test_every_body_has_an_example() -> None:
    assert {operation.documented_as for operation in OPERATIONS.values()} - {None} == set(contract.EXAMPLES)


@pytest.mark.parametrize("kind", FactIn.__args__, ids=lambda kind: kind.__name__)
def test_every_kind_of_fact_is_documented(kind: type) -> None:
    assert kind.__name__ in api.document()["components"]["schemas"]


def test_what_the_decoder_refuses_the_schema_refuses_too() -> None:
    (example,) = contract.EXAMPLES[RequestIn]
    schema = validator("#/components/schemas/RequestIn")

    for change in ({"channel": "fax"}, {"colour": 1}, {"text": ""}, {"subject": "a\nb"}, {"topic": None}):
        with pytest.raises(Invalid):
            decoding.decode(msgspec.json.encode(example | change), RequestIn)  # type: ignore[operator]
        assert not schema.is_valid(example | change)  # type: ignore[operator]


def test_every_schema_is_a_valid_schema() -> None:
    for schema in api.document()["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_every_scope_is_explained_and_asked_for() -> None:
    description = api.document()["components"]["securitySchemes"][openapi.MACHINE_KEY]["description"]

    assert all(f"`{scope.value}` {scope.meaning}" in description for scope in Scope)
    assert {operation.scope for operation in OPERATIONS.values()} - {None} == set(Scope)


def test_where_an_idempotency_key_is_honoured_it_is_documented() -> None:
    reference = {"$ref": "#/components/parameters/idempotency_key"}
    for (method, path), operation in OPERATIONS.items():
        told = api.document()["paths"][path][method.lower()]
        assert (reference in told.get("parameters", [])) is operation.idempotent


def test_anybody_may_read_the_document() -> None:
    got = Caller("").get("/openapi.json")

    assert got.status == 200
    assert got.json == json.loads(json.dumps(api.document()))


def test_the_guide_names_every_endpoint_scope_and_kind_of_problem() -> None:
    guide = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

    for operation in OPERATIONS.values():
        scope = operation.scope.value if operation.scope else "public"
        assert f"| `{operation.method} {operation.path}` | `{scope}` |" in guide
    for error in (*HubError.__subclasses__(), *Conflict.__subclasses__(), Malformed, HubError):
        if error is not Permanent and error.__module__.startswith("chalicelib."):  # callers see that as an internal one
            title = http.problem_of(error("", ""), "").type
            assert f"| {error.status} | `{title}` |" in guide
