"""The API as an OpenAPI 3.1 document, made from the same declarations that the kit enforces. Equal code,
equal bytes.

https://spec.openapis.org/oas/v3.1.1.html
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.model.article import SLUG
from chalicelib.model.customer import HANDLE_KINDS
from chalicelib.triggers.contract import EXAMPLES
from chalicelib.triggers.http import BECAUSE, PROBLEM_TYPE, Operation, Problem

API_VERSION = "1.0.0"
MACHINE_KEY = "machine_key"
_REFERENCE = "#/components/schemas/{name}"

_DESCRIPTION = """\
Liana takes in what customers ask and what happened to them, and tells what became of it.

Send `Authorization: Bearer <API key, token or session>`. Every error is a problem (RFC 9457): `detail` says what to
do, and `errors` points (RFC 6901) at the field or parameter to correct.

Lists come in pages: give `next` back as `cursor`. Send an `Idempotency-Key` with what must not be done twice;
then a request whose answer was lost can just be repeated.

A key may be one team's. Then it serves that team's customers, and those who are everybody's; all others, with all that
is theirs, are to it as if they did not exist. Each endpoint says how.
"""
_FOR_ONE_TEAM = {
    Teams.OF_PATH: "A key of one team: of another team's customer this answers as if she did not exist.",
    Teams.OF_INPUT: "A key of one team: another team's customer is refused as if she did not exist.",
    Teams.FILTERED: "A key of one team: other teams' customers are left out, so a page may be short before the end.",
    Teams.HANDED: "A key of one team: only what is of its customers, or everybody's, is handed out.",
    Teams.ALL_TEAMS_ONLY: "Only for keys of all teams.",
    Teams.NOT_ABOUT_ANYBODY: "",
    Teams.OWN: "For whoever is signed in; keys have no session.",
}
_TAGS = {
    "requests": "What customers ask through your website or app.",
    "interactions": "What agents talked about with customers elsewhere.",
    "facts": "What your other systems know happened to customers.",
    "customers": "Who they are, and everything about them in one list.",
    "cases": "One matter of one customer each, until it is solved.",
    "answers": "Questions of customers and visitors to the knowledge base, and what became of them.",
    "suggestions": "Articles for what an agent hears.",
    "recoveries": "Customers we let down, until we know whether we kept them.",
    "ratings": "How solved cases were for their customers, asked by rule.",
    "mood-labels": "What agents said of how contacts sounded.",
    "reports": "Figures, which stay when customers are erased.",
    "case-fields": "What your company wants to know of its cases besides.",
    "articles": "The knowledge base: answers written once, for every channel.",
    "knowledge": "What the knowledge base learns: what no article answers, what readers say, what is wrong.",
    "templates": "Answers written once, with names in them that a case fills in.",
    "uploads": "Files for answers and requests.",
    "organisations": "Customers who belong together, a company for one.",
    "segments": "Named audiences, kept up to date by events.",
    "segment-counts": "How many would be in a segment, before there is one.",
    "plays": "Reasons to contact customers first: prepared, approved by a second person, started, stopped.",
    "campaigns": "A play sent once to a segment, a list or everybody.",
    "outreach": "Whether anything is sent to customers first at this moment.",
    "tasks": "Proactive contacts: planned, made, or passed over, and why.",
    "pilots": "Plays tried on a part of those they would reach, beside a part that is held out.",
    "touchpoints": "Who sees to a contact, by channel, tier and hour.",
    "agents": "What agents can do, and how much at once.",
    "desk": "Work for an agent: that she is there, what is next, what she has in hand.",
    "quarantine": "What arrived and was linked to nobody.",
    "tiers": "What a customer's value earns her.",
    "merges": "Customers who turned out to be one person.",
    "exports": "All there is of a customer, as files.",
    "erasures": "Customers who were forgotten.",
    "webhooks": "Addresses of yours that are told what happens, and what they were sent.",
    "event-types": "All that one may be told of.",
    "rules": "What is done by itself when something happens, and what it would do.",
    "tokens": "Short-lived tokens that may do less than a key.",
    "staff": "Who of the company may sign in, with which role and team.",
    "keys": "API keys of your systems.",
    "access-log": "What was done about who may do what, and who signed in.",
    "sign-in": "Codes by mail, for people.",
    "session": "Whoever is signed in.",
    "me": "For customers who signed in: their own cases, and what they agreed to.",
}
_PARAMETERS = {
    "customer_id": ("A customer's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "task_id": ("A task's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "name": ("A play's name.", "^[a-z][a-z0-9_-]{0,59}$"),
    "pilot_id": ("A pilot's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "agent_id": ("An agent's id: that of the member of staff.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "interaction_id": ("A contact's id.", r"^[0-6][0-9A-HJKMNP-TV-Z]{25}$"),
    "number": ("Its number, from 1.", "^[1-9][0-9]{0,3}$"),
    "case_id": ("A case's id, or its number as people read it out: 7K3M-9QXT-2B4C.", None),
    "merge_id": ("A merge's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "answer_id": ("An answer's id, of one that waits.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "webhook_id": ("A webhook's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "delivery_id": ("A delivery's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "export_id": ("An export's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "erasure_id": ("An erasure's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "recovery_id": ("A recovery's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "question_id": ("A question's id, as the answers to it told.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "kind": ("The kind of a handle: " + ", ".join(HANDLE_KINDS) + ".", None),
    "value": ("The handle's value, percent-encoded.", None),
    "organisation_id": ("An organisation's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "count_id": ("A count's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "campaign_id": ("A campaign's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "staff_id": ("A member's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "key_id": ("A key's id: the part of it between its underscores.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "follower": ("A member of staff: her id, or her address, percent-encoded.", None),
    "link_id": ("The other case's id, or the id that stands with the link.", None),
    "language": ("A language in BCP 47: en, zh-Hans.", "^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$"),
    "image_id": ("An image's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "gap_id": ("A gap's id.", r"^[0-9A-HJKMNP-TV-Z]{26}$"),
    "finding_id": ("A finding's id, as it stands with it.", r"^[a-z0-9-]{1,80}\.[0-9a-f]{12}$"),
    "proposal_id": ("A proposal's id, as it stands with it.", "^[0-9a-f]{16}$"),
    "pair_id": ("A pair's id, as it stands with it: `en.handy.phone`.", None),
    "slug": ("A name in addresses: small letters, digits and -.", f"^{SLUG}$"),
}
_REFUSALS = {
    308: "It has another name now: `moved_to`, and the Location leads there.",
    400: "The request cannot be read: not JSON, a bad parameter, or somebody else's cursor.",
    401: "No API key or token, or one that is not valid.",
    403: "The key or token lacks the scope, or is of one team where only those of all teams serve.",
    404: "There is no such thing.",
    409: "The state does not allow it.",
    412: "It changed since you saw it: the detail says what, when and by whom.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "A field is wrong, or the Idempotency-Key came before with other content.",
    423: "It is there, and must not be opened.",
    429: "More often than the caller may: try again after the time given.",
    428: "It could overwrite what others did: send If-Match.",
    500: "Something on our side failed.",
    503: "We cannot serve this right now: try again after the time given.",
}


def document(operations: Iterable[Operation]) -> dict[str, Any]:
    operations = list(operations)
    types = {operation.returns: None for operation in operations}
    types |= {operation.dry_run: None for operation in operations if operation.dry_run}
    types |= {operation.documented_as: None for operation in operations if operation.documented_as}
    queries = {operation.query: None for operation in operations if operation.query}
    _, schemas = msgspec.json.schema_components([*types, *queries, Problem], ref_template=_REFERENCE)
    plain = {name: _without_empty_defaults(schema) for name, schema in sorted(schemas.items())}
    parameters = {kind: _query_parameters(plain.pop(kind.__name__)) for kind in queries}
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        query = parameters[operation.query] if operation.query else []
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, query)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Liana",
            "summary": "A customer-service hub.",
            "version": API_VERSION,
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": ".", "description": "Where this document was found."}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": plain,
            "responses": {_refused(status): _refusal(status) for status in _REFUSALS},
            "parameters": {"idempotency_key": _IDEMPOTENCY_KEY, "because": _BECAUSE, **_IF_MATCH},
            "securitySchemes": {MACHINE_KEY: _SECURITY},
        },
    }


def _operation(operation: Operation, query: list[dict[str, Any]]) -> dict[str, Any]:
    parameters = [_path_parameter(name) for name in operation.path_parameters] + query
    if operation.idempotent:
        parameters.append({"$ref": "#/components/parameters/idempotency_key"})
    if operation.looks_at:
        parameters.append({"$ref": "#/components/parameters/because"})
    if operation.versioned:
        parameters.append({"$ref": f"#/components/parameters/if_match_{operation.versioned}"})
    told: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.path.split("/")[2]],
        "summary": operation.summary,
        "description": " ".join([*operation.description.split(), *_FOR_ONE_TEAM[operation.teams].split()]),
        "security": [{MACHINE_KEY: [operation.scope.value]}] if operation.scope else [],
    }
    if parameters:
        told["parameters"] = parameters
    if operation.documented_as:
        examples = {str(number): {"value": value} for number, value in enumerate(EXAMPLES[operation.documented_as], 1)}
        content = {"schema": _reference(operation.documented_as), "examples": examples}
        told["requestBody"] = {"required": True, "content": {"application/json": content}}
    answer = {"application/json": {"schema": _reference(operation.returns)}}
    told["responses"] = {str(operation.status): {"description": operation.summary + ".", "content": answer}}
    if operation.dry_run:
        planned = {"application/json": {"schema": _reference(operation.dry_run)}}
        told["responses"]["200"] = {"description": "What it would do.", "content": planned}
    for status in sorted(refusals_of(operation)):
        told["responses"][str(status)] = {"$ref": f"#/components/responses/{_refused(status)}"}
    return told


def refusals_of(operation: Operation) -> set[int]:
    """Every status this endpoint may refuse with."""
    statuses = {*operation.errors, 500, 503}
    if operation.scope:
        statuses |= {401, 403, 429}
    if operation.body:
        statuses |= {400, 413, 415, 422}
    if operation.query or operation.path_parameters:
        statuses.add(400)
    if operation.versioned:
        statuses.add(412)
    if operation.versioned == "required":
        statuses.add(428)
    return statuses


def _path_parameter(name: str) -> dict[str, Any]:
    description, pattern = _PARAMETERS[name]
    schema: dict[str, Any] = {"type": "string"} | ({"pattern": pattern} if pattern else {})
    return {"name": name, "in": "path", "required": True, "description": description, "schema": schema}


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {"name": name, "in": "query", "required": name in required, "schema": told}
        | ({"description": told.pop("description")} if "description" in told else {})
        for name, told in schema["properties"].items()
    ]


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Yours to choose, new for every new request: 1 to 200 visible ASCII characters."
    " A repetition with the same key and content is answered as the first was, and nothing is done again;"
    " the same key with other content is refused.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,200}$"},
}
_BECAUSE = {
    "name": BECAUSE,
    "in": "header",
    "required": False,
    "description": "Why you look at this customer, a case's number for one. That you looked is stored with it, and told"
    " to whoever may read it: `GET /v1/customers/{customer_id}/looks`.",
    "schema": {"type": "string", "pattern": "^[ -~]{1,200}$"},
}
_IF_MATCH = {
    f"if_match_{versioned}": {
        "name": "If-Match",
        "in": "header",
        "required": versioned == "required",
        "description": "The ETag of what you saw. If it changed since, nothing is done, and the refusal says what"
        " changed and by whom. `*`: whatever it is.",
        "schema": {"type": "string", "pattern": r'^((W/)?"[0-9]{1,9}"|\*)$'},
    }
    for versioned in ("optional", "required")
}
_SECURITY = {
    "type": "http",
    "scheme": "bearer",
    "description": "An API key (`liana_…`), a token made from one (`lt1.…`), or a session (`ls_…`). Scopes:\n\n"
    + "\n".join(f"- `{scope.value}` {scope.meaning}" for scope in Scope),
}


def _refused(status: int) -> str:
    return f"refused_{status}"


def _refusal(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": _REFUSALS[status],
        "content": {PROBLEM_TYPE: {"schema": _reference(Problem)}},
    }
    if status in (429, 503):
        told["headers"] = {"Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}}
    return told


def _reference(kind: type) -> dict[str, Any]:
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


def _without_empty_defaults(schema: Any) -> Any:
    """An empty default only says that a field may be left out, which `required` says already."""
    match schema:
        case dict():
            return {
                name: _without_empty_defaults(inner)
                for name, inner in schema.items()
                if not (name == "default" and inner in ("", None, [], ()))
            }
        case list() | tuple():
            return [_without_empty_defaults(inner) for inner in schema]
    return schema
