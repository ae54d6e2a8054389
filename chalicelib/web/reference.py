"""The API for people to read, at `/docs`: made from the same OpenAPI document that machines read.

app.py says which document that is: pages know no triggers.
"""

import json
from collections.abc import Callable
from typing import Any

from chalice.app import Blueprint

from chalicelib.auth.access import Open
from chalicelib.auth.permissions import Scope
from chalicelib.web.kit import Page, Visit, page
from chalicelib.web.render import render

Schema = dict[str, Any]


def blueprint(document: Callable[[], Schema]) -> Blueprint:
    """The reference, and the way to it from the root."""
    bp = Blueprint(__name__)

    @page(bp, "/", methods=["GET"], access=Open.PUBLIC)
    def home(visit: Visit) -> Page:
        return Page("", 303, {"Location": way_from(visit.path)})

    @page(bp, "/docs", methods=["GET"], access=Open.PUBLIC, cache_seconds=300)
    def reference(_visit: Visit) -> Page:
        return Page(written(document()))

    return bp


def way_from(root: str) -> str:
    """Relative, so that it leads right whatever stands before our paths: a stage, or a domain's own."""
    return "docs" if root.endswith("/") else root.rpartition("/")[2] + "/docs"


def written(document: Schema) -> str:
    schemas = document["components"]["schemas"]
    return render(
        "reference.html",
        language="en",
        title="API reference",
        api=document,
        groups=_groups(document),
        scopes=list(Scope),
        problem=_fields(document, schemas["Problem"]),
        schemas=[_schema(document, name, schema) for name, schema in schemas.items()],
    )


def _groups(document: Schema) -> list[Schema]:
    """Operations by tag, each with what its part of the page shows."""
    operations = [
        _told(document, method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        {**tag, "operations": [told for told in operations if told["tag"] == tag["name"]]} for tag in document["tags"]
    ]


def _told(document: Schema, method: str, path: str, operation: Schema) -> Schema:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    success = next(status for status in operation["responses"] if status.startswith("2"))
    answer = operation["responses"][success]["content"]["application/json"]["schema"]
    return {
        "id": operation["operationId"],
        "tag": operation["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "description": operation["description"],
        "scopes": [scope for need in operation["security"] for scopes in need.values() for scope in scopes],
        "parameters": [_resolved(document, parameter) for parameter in operation.get("parameters", ())],
        "body": _fields(document, body["schema"]) if body else [],
        "body_name": _name_of(body["schema"]) if body else "",
        "examples": [_pretty(example["value"]) for example in body.get("examples", {}).values()],
        "success": success,
        "answer_name": _name_of(answer),
        "refusals": [
            (status, _resolved(document, told)["description"])
            for status, told in operation["responses"].items()
            if status != success
        ],
    }


def _schema(document: Schema, name: str, schema: Schema) -> Schema:
    return {
        "name": name,
        "description": schema.get("description", ""),
        "fields": _fields(document, schema),
        "values": ", ".join(str(value) for value in schema.get("enum", ())),
    }


def _fields(document: Schema, schema: Schema) -> list[Schema]:
    schema = _resolved(document, schema)
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "type": _type_of(told),
            "links": _links_in(told),
            "required": name in required,
            "description": told.get("description", ""),
        }
        for name, told in schema.get("properties", {}).items()
    ]


def _resolved(document: Schema, told: Schema) -> Schema:
    while reference := told.get("$ref"):
        place: Any = document
        for step in reference.split("/")[1:]:
            place = place[step]
        told = place
    return told


def _name_of(schema: Schema) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _links_in(told: Schema) -> list[str]:
    """Names of the schemas a field may hold."""
    if name := _name_of(told):
        return [name]
    inner = [*told.get("anyOf", ()), *([told["items"]] if isinstance(told.get("items"), dict) else ())]
    return [name for part in inner for name in _links_in(part)]


def _type_of(told: Schema) -> str:
    if name := _name_of(told):
        return name
    if "enum" in told:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in told["enum"])
    if "anyOf" in told:
        return " | ".join(_type_of(part) for part in told["anyOf"])
    if told.get("type") == "array":
        return f"list of {_type_of(told.get('items', {}))}"
    limits = [
        f"{word} {told[name]}"
        for name, word in (
            ("minimum", "≥"),
            ("maximum", "≤"),
            ("minLength", "at least"),
            ("maxLength", "at most"),
        )
        if name in told
    ]
    kind = told.get("format") or told.get("type") or "anything"
    return f"{kind} ({', '.join(limits)})" if limits else str(kind)


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
