"""The kit of the HTTP API: what is declared about an endpoint is what is enforced and what OpenAPI tells.

    api = Endpoints()

    @api.endpoint("POST", "/v1/things", scope=Scope.THINGS_WRITE, body=ThingIn, returns=ThingOut, summary="…")
    def make_thing(call: Call[ThingIn]) -> ThingOut: ...

    api.serve_on(bp, api_authorizer)

The kit decodes and checks everything a caller sends, asks for the declared scope, answers every error as
problem details (RFC 9457), logs one line per request, and never lets an exception reach Chalice: what a view
raises becomes a response before any middleware sees it. A retryable error carries Retry-After.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar
from urllib.parse import unquote

import msgspec
from chalice.app import Blueprint, ChaliceAuthorizer, Request, Response

from chalicelib.auth import limits
from chalicelib.auth import views as auth_views
from chalicelib.auth.access import Open, declares
from chalicelib.auth.permissions import OF_SESSIONS, Principal, Scope
from chalicelib.auth.sealing import seal, unseal
from chalicelib.auth.teams import IN_PATH, Named, Teams
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock, ids
from chalicelib.kernel.acting import acting
from chalicelib.kernel.errors import Forbidden, HubError, Malformed, Moved, TooLarge, Unauthenticated, Unconditional
from chalicelib.model.article import SLUG
from chalicelib.model.customer import HANDLE_KINDS
from chalicelib.privacy import service as privacy
from chalicelib.telemetry import logger, metrics
from chalicelib.triggers.decoding import ECHOED, canonical, decode, explain, fingerprint, pointer_to

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])

KB = 1024
BODY_LIMIT = 256 * KB
PROBLEM_TYPE = "application/problem+json"
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
RETRY_AFTER = "2"
BECAUSE = "Look-Because"
Versioned = Literal["", "optional", "required"]
_ETAG = re.compile(r'(?:W/)?"([0-9]{1,9})"')
_REASON = re.compile(r"[\x20-\x7e]{1,200}")
_RECEIPT_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class UnsupportedMediaType(HubError):
    status = 415
    title = "Unsupported media type"


class FieldProblem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to correct. The pointer (RFC 6901) names a place in the body, or a parameter."""

    pointer: str
    detail: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused: problem details, RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str = ""  # the request's id, as our logs know it
    errors: tuple[FieldProblem, ...] = ()
    moved_to: str = ""  # of what has another name now: that one


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """All that is declared about one endpoint."""

    method: str
    path: str
    name: str
    summary: str
    description: str
    scope: Scope | None  # None: public
    body: type | None
    documented_as: type | None
    query: type | None
    returns: type
    status: int
    errors: tuple[int, ...]  # besides those any endpoint may answer with
    idempotent: bool
    body_limit: int
    looks_at: str | None
    dry_run: type | None
    teams: Teams
    names: Callable[[Any], Iterable[Named]] | None
    whose: str
    versioned: Versioned
    etag: str

    @property
    def path_parameters(self) -> list[str]:
        return re.findall(r"{(\w+)}", self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call(Generic[T]):
    """One checked request. `input` is the decoded body, or the query of an endpoint without one.

    `receipt_key` makes a repetition recognisable: it follows from the Idempotency-Key, or is new each time.
    `after` is the place behind which the page begins that the caller's cursor asks for. `seen` is the edition that
    If-Match names; None: it does not, or any will do.
    """

    operation: Operation
    input: T
    principal: Principal
    at: datetime
    receipt_key: str
    fingerprint: str
    after: str | None
    listing: str
    source: str  # network address, as the gateway saw it
    seen: int | None = None

    def cursor(self, place: str | None) -> str | None:
        """The next page's cursor, of use to this caller for this very list only."""
        if place is None:
            return None
        return seal(place, signing_keys(), purpose="cursor", binding=self.listing)

    def link(self, target: str) -> str:
        """A path of this API as a relative reference: right behind any stage prefix or custom domain."""
        return "../" * (self.operation.path.count("/") - 1) + target


class Endpoints:
    """Endpoints in the order of their declaration, behind those of the parts they are made of."""

    def __init__(self, *parts: "Endpoints") -> None:
        self.declared: list[tuple[Operation, Callable[..., Any]]] = [each for part in parts for each in part.declared]

    @property
    def operations(self) -> list[Operation]:
        return [operation for operation, _ in self.declared]

    def endpoint(
        self,
        method: str,
        path: str,
        *,
        scope: Scope | None,
        teams: Teams,
        summary: str,
        returns: type,
        status: int = 200,
        body: type | None = None,
        documented_as: type | None = None,
        query: type | None = None,
        errors: tuple[int, ...] = (),
        idempotent: bool = False,
        body_limit: int = BODY_LIMIT,
        looks_at: str | None = None,
        dry_run: type | None = None,
        names: Callable[[Any], Iterable[Named]] | None = None,
        whose: str = "",
        versioned: Versioned = "",
        etag: str = "",
    ) -> Callable[[F], F]:
        """Declare a handler `(call, **path parameters)` that returns `returns`. `scope=None` makes it
        public; `documented_as` is what callers see of a body that the handler takes apart itself.

        `looks_at` says whom an answer shows: where the customer's id stands, in the path or in the answer
        (`case.customer_id`). That somebody looked is stored before she is shown. `dry_run` is what the handler
        returns, with status 200, when it did nothing but say what it would do.

        `teams` says what callers of one team get. It is enforced before the handler runs, by what the path names and by
        what `names` finds in the input; and behind it `items` are left out of the answer that are of others' customers:
        `whose` is where the id of each one's customer stands in it. Raises TypeError when these do not fit together.

        `etag` says where in the answer stands of which edition it is; it becomes its ETag. `versioned` endpoints take
        that back in If-Match: whoever saw another edition is refused by the handler, with Outdated. `required`: without
        the header it is refused here, because it could overwrite what others did."""

        def register(handler: F) -> F:
            operation = Operation(
                method=method,
                path=path,
                name=handler.__name__,
                summary=summary,
                description=handler.__doc__ or "",
                scope=scope,
                body=body,
                documented_as=documented_as or body,
                query=query,
                returns=returns,
                status=status,
                errors=errors,
                idempotent=idempotent,
                body_limit=body_limit,
                looks_at=looks_at,
                dry_run=dry_run,
                teams=teams,
                names=names,
                whose=whose,
                versioned=versioned,
                etag=etag,
            )
            _check_teams(operation)
            self.declared.append((operation, handler))
            return handler

        return register

    def serve_on(self, bp: Blueprint, authorizer: ChaliceAuthorizer) -> None:
        """Make a route of each, the authorizer before those that ask for a scope."""
        for operation, handler in self.declared:
            bp.route(
                operation.path,
                methods=[operation.method],
                name=operation.name,
                authorizer=authorizer if operation.scope else None,
                content_types=["*/*"],  # the kit looks itself, to answer with a problem
                cors=False,
            )(declares(_view(bp, operation, handler), operation.scope or Open.PUBLIC))


def _view(bp: Blueprint, operation: Operation, handler: Callable[..., Any]) -> Callable[..., Response]:
    def view(**path_values: str) -> Response:
        return _answer(operation, handler, bp.current_request, path_values)

    return view


def _answer(
    operation: Operation, handler: Callable[..., Any], request: Request, path_values: Mapping[str, str]
) -> Response:
    started = time.perf_counter()
    try:
        call, path_arguments = _read(operation, request, path_values)
        because = _because(operation, request)
        if call.principal.team:
            _demand_team(operation, call, path_arguments)
        with acting(call.principal.name):
            result = handler(call, **path_arguments)
        if call.principal.team and operation.whose:
            result = _without_others(result, operation.whose, call.principal.team)
        seen = _seen(operation, path_arguments, result)
        if seen and call.principal.team and operation.teams is Teams.HANDED:
            auth_views.demand(call.principal.team, [Named(customer_id=seen)])
        if seen:
            privacy.look(seen, by=call.principal.name, what=operation.name, because=because)
        response = Response(
            body=msgspec.json.encode(result).decode(),
            status_code=200 if operation.dry_run and isinstance(result, operation.dry_run) else operation.status,
            headers={"Content-Type": "application/json", **HEADERS, **_etag(operation, result)},
        )
    except HubError as error:
        if error.status >= 500:
            failed = {"route": operation.path, "request_id": request_id(request), "problem": error.detail}
            logger.warning("request_not_served", extra=failed)
        response = refusal(error, request_id(request))
        if isinstance(error, Moved):
            response.headers["Location"] = _new_place(operation, path_values, error.to)
    except Exception:  # noqa: BLE001 - the last line: whatever it is, callers get a problem, we get the stack
        logger.exception("request_failed", extra={"route": operation.path, "request_id": request_id(request)})
        response = refusal(HubError(""), request_id(request))
    logger.info(
        "request",
        extra={
            "method": operation.method,
            "route": operation.path,
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000, 1),
            "principal": _caller(request),
            "request_id": request_id(request),
        },
    )
    if metrics.metric_set:
        metrics.flush_metrics()
    return response


def _new_place(operation: Operation, path_values: Mapping[str, str], slug: str) -> str:
    """A relative reference, as `Call.link`: the same endpoint for another slug."""
    path = operation.path.lstrip("/").format(**{**path_values, "slug": slug})
    return "../" * (operation.path.count("/") - 1) + path


def _read(operation: Operation, request: Request, path_values: Mapping[str, str]) -> tuple[Call[Any], dict[str, str]]:
    """The request, checked in the order that tells strangers least: who, what for, then what."""
    principal, at = _principal(request, operation.scope), clock.now()
    limits.demand(principal, at)
    path_arguments = {name: PATH_PARAMETERS[name](value) for name, value in path_values.items()}
    asked, place = _query(operation, request)
    raw = _body(operation, request) if operation.body else b""
    content = decode(raw, operation.body) if operation.body else None
    content, asked = _as_herself(principal, content), _as_herself(principal, asked)
    listing = canonical([operation.name, principal.caller, path_arguments, _filters(asked)]).decode()
    call = Call(
        operation=operation,
        input=content if operation.body else asked,
        principal=principal,
        at=at,
        receipt_key=f"api:{principal.caller}:{operation.name}:{_idempotency_key(operation, request, at)}",
        fingerprint=fingerprint(raw, operation.name, *path_arguments.values()) if operation.idempotent else "",
        after=_place(place, listing) if place else None,
        listing=listing,
        source=str((request.context.get("identity") or {}).get("sourceIp") or ""),
        seen=_seen_edition(operation, request),
    )
    return call, path_arguments


def _as_herself(principal: Principal, told: Any) -> Any:
    """Who is signed in does things in her own name, whatever `author` says."""
    if not principal.staff_id or not hasattr(told, "author"):
        return told
    return msgspec.structs.replace(told, author=principal.name)


def _seen_edition(operation: Operation, request: Request) -> int | None:
    """The edition If-Match names. Raises Malformed, Unconditional."""
    told = request.headers.get("if-match") if operation.versioned else None
    if told is None:
        if operation.versioned == "required":
            raise Unconditional(
                "Send If-Match with the ETag of what you saw, so that nobody's work is lost.", "/If-Match"
            )
        return None
    if told.strip() == "*":
        return None
    if not (match := _ETAG.fullmatch(told.strip())):
        raise Malformed('If-Match is an ETag as it was given, "7", or *.', "/If-Match")
    return int(match[1])


def _etag(operation: Operation, result: Any) -> dict[str, str]:
    return {"ETag": f'"{_found(operation.etag, result)}"'} if operation.etag else {}


def _because(operation: Operation, request: Request) -> str:
    """Why the caller looks, as she says: a case's number for one."""
    told = request.headers.get(BECAUSE.lower()) if operation.looks_at else None
    if told is None:
        return ""
    if not _REASON.fullmatch(told):
        raise Malformed(f"{BECAUSE} has 1 to 200 printable ASCII characters.", f"/{BECAUSE}")
    return str(told)


def _seen(operation: Operation, path_arguments: Mapping[str, str], result: Any) -> str:
    """The id of the customer whom this answer shows; empty: nobody."""
    if operation.looks_at is None:
        return ""
    if operation.looks_at in path_arguments:
        return path_arguments[operation.looks_at]
    return _found(operation.looks_at, result)


def _found(place: str, result: Any) -> str:
    """What stands at a place of an answer, `case.edition` for one."""
    for name in place.split("."):
        result = getattr(result, name)
    return str(result)


# ── Whose ─────────────────────────────────────────────────────────────────────────────────────────


def _check_teams(operation: Operation) -> None:
    """Raises TypeError when an endpoint names or lists customers in a way that its teams do not cover."""
    by_path = any(name in IN_PATH for name in operation.path_parameters)
    fits = {
        Teams.OF_PATH: by_path,
        Teams.OF_INPUT: operation.names is not None and not by_path,
        Teams.FILTERED: bool(operation.whose) and not by_path,
        Teams.HANDED: bool(operation.looks_at or operation.whose) and not by_path,
        Teams.ALL_TEAMS_ONLY: operation.scope is not None and not (operation.names or operation.whose),
        Teams.NOT_ABOUT_ANYBODY: not (by_path or operation.names or operation.whose or operation.looks_at),
        Teams.OWN: operation.scope in OF_SESSIONS and not (by_path or operation.names or operation.whose),
    }
    if not fits[operation.teams]:
        raise TypeError(f"{operation.name}: teams={operation.teams} does not fit its path, names, whose and looks_at")


def _demand_team(operation: Operation, call: Call[Any], path_arguments: Mapping[str, str]) -> None:
    """Raises for what a caller of one team may not know of, as if it were not there. What does not exist is refused
    here, too: so both read the same."""
    team = call.principal.team
    if operation.teams is Teams.ALL_TEAMS_ONLY:
        raise Forbidden(f"This is for keys of all teams; this key or token is of the team {team} only.")
    in_path = [IN_PATH[name](value) for name, value in path_arguments.items() if name in IN_PATH]
    in_input = operation.names(call.input) if operation.names else ()
    auth_views.demand(team, [*in_path, *in_input])


def _without_others(result: Any, whose: str, team: str) -> Any:
    """A list without what is of other teams' customers."""
    served = auth_views.served(team, [getattr(item, whose) for item in result.items])
    return msgspec.structs.replace(result, items=[item for item in result.items if getattr(item, whose) in served])


# ── Who ───────────────────────────────────────────────────────────────────────────────────────────


def _principal(request: Request, scope: Scope | None) -> Principal:
    if scope is None:
        return Principal(key_id="", name="", scopes=frozenset())
    context = _context(request)
    if not context.get("principalId"):
        raise Unauthenticated("Send an API key or token: `Authorization: Bearer <key>`.")
    principal = _known(context)
    principal.demand(scope)
    return principal


def _known(context: Mapping[str, str]) -> Principal:
    """Whom the authorizer found."""
    return Principal(
        key_id=context.get("principalId", ""),
        name=context.get("name", ""),
        scopes=frozenset(context.get("scopes", "").split()),
        team=context.get("team", ""),
        staff_id=context.get("staff_id", ""),
        customer_id=context.get("customer_id", ""),
        per_minute=int(context.get("per_minute") or 0),
    )


def _caller(request: Request) -> str:
    """For logs, which name no person."""
    return _known(_context(request)).caller


def _context(request: Request) -> dict[str, str]:
    return request.context.get("authorizer") or {}


def request_id(request: Request) -> str:
    return str(request.context.get("requestId") or getattr(request.lambda_context, "aws_request_id", ""))


# ── What callers send ─────────────────────────────────────────────────────────────────────────────


def _ulid(name: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not ids.is_ulid(value):
            raise Malformed("This is no id of ours: they are 26 digits and capital letters.", f"/{name}")
        return value

    return read


def _interaction_id(value: str) -> str:
    if value >= "7":  # later than any datetime
        raise Malformed("This is no id of ours.", "/interaction_id")
    return _ulid("interaction_id")(value)


def _number(value: str) -> str:
    if not re.fullmatch("[1-9][0-9]{0,3}", value):
        raise Malformed("A number here is one of 1 to 9999.", "/number")
    return value


def case_id(value: str, pointer: str = "/case_id") -> str:
    """A case's id as it is, or the number people read out. Raises Malformed."""
    found = ids.read_case_number(value) if len(value) <= ECHOED else None
    if found is None:
        raise Malformed("This is no case number: they look like 7K3M-9QXT-2B4C.", pointer)
    return found


def _slug(value: str) -> str:
    if not re.fullmatch(SLUG, value):
        raise Malformed("A slug is 1 to 80 small letters, digits and -.", "/slug")
    return value


def _play_name(value: str) -> str:
    if not re.fullmatch("[a-z][a-z0-9_-]{0,59}", value):
        raise Malformed("A play's name is 1 to 60 small letters, digits, _ and -.", "/name")
    return value


def _finding_id(value: str) -> str:
    if not re.fullmatch(rf"{SLUG}\.[0-9a-f]{{12}}", value):
        raise Malformed("A finding's id stands with it: a slug, a dot and 12 digits.", "/finding_id")
    return value


def _proposal_id(value: str) -> str:
    if not re.fullmatch("[0-9a-f]{16}", value):
        raise Malformed("A proposal's id stands with it: 16 of 0 to 9 and a to f.", "/proposal_id")
    return value


def _pair_id(value: str) -> str:
    told = unquote(value)
    if not re.fullmatch(r"[A-Za-z0-9-]{2,20}\.[^\W\d_]{1,40}\.[^\W\d_]{1,40}", told):
        raise Malformed("A pair's id stands with it: its language and its words, parted by dots.", "/pair_id")
    return told


def _language(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", value):
        raise Malformed("A language is written in BCP 47: en, zh-Hans.", "/language")
    return value


def _handle_kind(value: str) -> str:
    if value not in HANDLE_KINDS:
        raise Malformed(f"A handle is one of {', '.join(HANDLE_KINDS)}.", "/kind")
    return value


def _follower(value: str) -> str:
    told = unquote(value).strip()
    if ids.is_ulid(told):
        return told
    if len(told) > 254 or not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", told):
        raise Malformed("A follower is a member of staff: her id, or her address.", "/follower")
    return told.lower()


def _link_id(value: str) -> str:
    told = unquote(value).lower()
    if found := ids.read_case_number(told):
        return found
    if not re.fullmatch("[0-9a-f]{12}", told):
        raise Malformed("A link's id is the other case's, or stands among the case's links.", "/link_id")
    return told


PATH_PARAMETERS: dict[str, Callable[[str], str]] = {
    "customer_id": _ulid("customer_id"),
    "task_id": _ulid("task_id"),
    "name": _play_name,
    "pilot_id": _ulid("pilot_id"),
    "agent_id": _ulid("agent_id"),
    "interaction_id": _interaction_id,
    "number": _number,
    "case_id": case_id,
    "slug": _slug,
    "merge_id": _ulid("merge_id"),
    "organisation_id": _ulid("organisation_id"),
    "count_id": _ulid("count_id"),
    "campaign_id": _ulid("campaign_id"),
    "answer_id": _ulid("answer_id"),
    "webhook_id": _ulid("webhook_id"),
    "delivery_id": _ulid("delivery_id"),
    "export_id": _ulid("export_id"),
    "erasure_id": _ulid("erasure_id"),
    "staff_id": _ulid("staff_id"),
    "key_id": _ulid("key_id"),
    "recovery_id": _ulid("recovery_id"),
    "question_id": _ulid("question_id"),
    "kind": _handle_kind,
    "value": unquote,  # gateways hand it on as it was sent
    "follower": _follower,
    "link_id": _link_id,
    "language": _language,
    "image_id": _ulid("image_id"),
    "gap_id": _ulid("gap_id"),
    "finding_id": _finding_id,
    "pair_id": _pair_id,
    "proposal_id": _proposal_id,
}


def _query(operation: Operation, request: Request) -> tuple[Any, str]:
    """The decoded query, and the cursor in it."""
    parameters = request.query_params
    given = {name: parameters.getlist(name) for name in parameters} if parameters else {}
    if repeated := next((name for name, values in given.items() if len(values) > 1), None):
        raise Malformed("Give this parameter once.", pointer_to("", repeated[:ECHOED]))
    flat = {name: values[0] for name, values in given.items()}
    if operation.query is None:
        if flat:
            raise Malformed("There are no parameters here.", pointer_to("", next(iter(flat))[:ECHOED]))
        return None, ""
    try:
        asked: Any = msgspec.convert(flat, type=operation.query, strict=False)
    except msgspec.ValidationError as error:
        detail, pointer = explain(error, operation.query)
        raise Malformed(detail, pointer) from error
    return asked, getattr(asked, "cursor", "")


def _filters(asked: Any) -> dict[str, Any]:
    """What decides which list a cursor belongs to: the query without the place in it."""
    kept: dict[str, Any] = msgspec.to_builtins(asked) if asked is not None else {}
    return {name: value for name, value in kept.items() if name not in ("cursor", "limit")}


def _place(cursor: str, listing: str) -> str:
    place = unseal(cursor, signing_keys(), purpose="cursor", binding=listing)
    if place is None:
        raise Malformed("This cursor does not belong to this list. Start again without one.", "/cursor")
    return place


def _body(operation: Operation, request: Request) -> bytes:
    content_type = request.headers.get("content-type", "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType("Send JSON: `Content-Type: application/json`.")
    try:
        raw = request.raw_body
    except ValueError as error:  # text no UTF-8 can be made of
        raise Malformed("The body is not UTF-8 text.") from error
    data = raw if isinstance(raw, bytes) else raw.encode()
    if len(data) > operation.body_limit:
        raise TooLarge(f"The body has {len(data)} bytes; at most {operation.body_limit} are taken.")
    return data


def _idempotency_key(operation: Operation, request: Request, at: datetime) -> str:
    key = request.headers.get("idempotency-key") if operation.idempotent else None
    if key is None:
        return ids.new_ulid(at)
    if not _RECEIPT_KEY.fullmatch(key):
        raise Malformed("An Idempotency-Key has 1 to 200 visible ASCII characters.", "/Idempotency-Key")
    return str(key)


# ── Saying so ─────────────────────────────────────────────────────────────────────────────────────


def problem_of(error: HubError, instance: str) -> Problem:
    """The problem details of an error. Of our own troubles callers learn only whether to try again."""
    detail = error.detail
    if error.status >= 500:
        detail = "Something on our side failed. Nothing of this request is half-done."
        if error.retryable:
            detail = "We cannot serve this right now. Send the same request again, with the same Idempotency-Key."
    return Problem(
        type=f"/problems/{error.title.lower().replace(' ', '-')}",
        title=error.title,
        status=error.status,
        detail=detail,
        instance=instance,
        errors=(FieldProblem(pointer=error.pointer, detail=detail),) if error.pointer is not None else (),
        moved_to=error.to if isinstance(error, Moved) else "",
    )


def refusal(error: HubError, instance: str) -> Response:
    headers: dict[str, str | list[str]] = {"Content-Type": PROBLEM_TYPE, **HEADERS}
    if error.retryable:
        headers["Retry-After"] = RETRY_AFTER
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    problem = problem_of(error, instance)
    return Response(body=msgspec.json.encode(problem).decode(), status_code=error.status, headers=headers)
