"""The HTTP API: every endpoint reads what it was given, calls one service or view, and says what became of
it."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from chalice.app import AuthRequest, AuthResponse, Blueprint, Response

from chalicelib.auth import service as auth
from chalicelib.auth.permissions import Scope
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.customers import identity
from chalicelib.customers import service as customers_service
from chalicelib.customers import views as customers
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import HubError, Invalid, Malformed, NotFound, Unauthenticated
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.customer import HANDLE_KINDS, Customer, CustomerHint, Handle
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.interaction import Interaction, Receipt
from chalicelib.model.money import Money
from chalicelib.model.trust import Trust
from chalicelib.outreach import views as outreach
from chalicelib.telemetry import logger
from chalicelib.triggers import contract, openapi
from chalicelib.triggers.http import KB, Call, Endpoints, case_id, decode, fingerprint, problem_of

bp = Blueprint(__name__)

CLOCK_SKEW = timedelta(minutes=5)
FULL_TEXTS = 25  # a page
FULL_TEXT_BYTES = 100 * KB

_DENY = {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": ["*"]}


@bp.authorizer(name="api_authorizer", ttl_seconds=60)
def api_authorizer(request: AuthRequest) -> AuthResponse | dict[str, Any]:
    """Who calls, and what they may. The gateway keeps the answer for a minute for all routes, so it allows
    every route or none; each endpoint asks for its own scope."""
    try:
        principal = auth.authenticate(request.token, clock.now())
    except Unauthenticated:
        logger.info("caller_refused")
        return {"principalId": "nobody", "policyDocument": {"Version": "2012-10-17", "Statement": [_DENY]}}
    logger.info("caller_known", extra={"principal": principal.name, "key_id": principal.key_id})
    scopes = " ".join(sorted(principal.scopes))
    return AuthResponse(
        routes=["*"], principal_id=principal.key_id, context={"scopes": scopes, "name": principal.name}
    )


api = Endpoints(bp, api_authorizer)


@api.endpoint(
    "POST",
    "/v1/requests",
    scope=Scope.REQUESTS_WRITE,
    summary="Hand in what a customer asks",
    body=contract.RequestIn,
    returns=contract.Taken,
    status=202,
    errors=(404,),
    idempotent=True,
)
def open_request(call: Call[contract.RequestIn]) -> contract.Taken:
    """From your website or app. It opens a case, or goes on with the one named, and is acknowledged by mail
    with what was promised for the customer's tier."""
    asked = call.input
    return _take_in(call, asked, asked.customer, at=call.at, direction="in", author="")


@api.endpoint(
    "POST",
    "/v1/interactions",
    scope=Scope.INTERACTIONS_WRITE,
    summary="Log a contact an agent had",
    body=contract.InteractionIn,
    returns=contract.Taken,
    status=201,
    errors=(404,),
    idempotent=True,
)
def log_interaction(call: Call[contract.InteractionIn]) -> contract.Taken:
    """A call, a chat or a board post. It is told on the customer's timeline with the tier she has now;
    nothing is sent to her."""
    logged = call.input
    at = _moment(logged.occurred_at, call.at) if logged.occurred_at else call.at
    return _take_in(call, logged, logged.customer, at=at, direction=logged.direction, author=logged.agent)


@api.endpoint(
    "POST",
    "/v1/facts",
    scope=Scope.FACTS_WRITE,
    summary="Report what happened to customers",
    body=contract.FactsBatch,
    documented_as=contract.FactsIn,
    returns=contract.FactsOut,
    body_limit=1024 * KB,
)
def record_facts(call: Call[contract.FactsBatch]) -> contract.FactsOut:
    """Up to 100 at once. Each is recorded or refused on its own, so look at every outcome; the answer is 200
    even when some were refused. The same `event_id` with the same content is recorded once, so a batch may
    be sent again."""
    return contract.FactsOut(
        results=[_record(call, place, raw) for place, raw in enumerate(call.input.facts)]
    )


@api.endpoint(
    "GET",
    "/v1/customers",
    scope=Scope.CUSTOMERS_READ,
    summary="Find a customer by a handle",
    query=contract.LookupQuery,
    returns=contract.CustomerOut,
    errors=(404,),
)
def find_customer(call: Call[contract.LookupQuery]) -> contract.CustomerOut:
    """By exactly one of email, phone, chat or external. Addresses are compared without regard to case, phone
    numbers in E.164."""
    given = [(kind, value) for kind in HANDLE_KINDS if (value := getattr(call.input, kind))]
    if len(given) != 1:
        raise Malformed(f"Give exactly one of {', '.join(HANDLE_KINDS)}.")
    return _customer_out(call, customers.find(_handle(*given[0], at="")))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}",
    scope=Scope.CUSTOMERS_READ,
    summary="What is known of a customer",
    returns=contract.CustomerOut,
    errors=(404,),
)
def get_customer(call: Call[None], customer_id: str) -> contract.CustomerOut:
    return _customer_out(call, customers.customer(customer_id))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/timeline",
    scope=Scope.CUSTOMERS_READ,
    summary="Everything about a customer, newest first",
    query=contract.Paged,
    returns=contract.TimelineOut,
    errors=(404,),
)
def get_timeline(call: Call[contract.Paged], customer_id: str) -> contract.TimelineOut:
    """Interactions, facts, events and tasks in one list."""
    page = customers.timeline(customer_id, call.after, call.input.limit)
    if not page.items and call.after is None:
        customers.customer(customer_id)  # nothing has happened yet, or there is nobody: NotFound
    items = [contract.entry_of(thing) for thing in page.items]
    return contract.TimelineOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/cases",
    scope=Scope.CASES_READ,
    summary="Open cases, the most urgent first",
    query=contract.Paged,
    returns=contract.CasesOut,
)
def list_cases(call: Call[contract.Paged]) -> contract.CasesOut:
    """By priority, then by what was promised."""
    page = cases.open_cases(call.after, call.input.limit)
    return contract.CasesOut(
        items=[_case_head(call, case) for case in page.items], next=call.cursor(page.next)
    )


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}",
    scope=Scope.CASES_READ,
    summary="A case and what was said in it",
    query=contract.CaseQuery,
    returns=contract.CaseOut,
    errors=(404,),
)
def get_case(call: Call[contract.CaseQuery], case_id: str) -> contract.CaseOut:
    """Interactions come oldest first. Long texts are cut to their beginning, unless `text=full` asks for
    more."""
    full = call.input.text == "full"
    case = cases.case(case_id)
    page = cases.interactions_of(case_id, call.after, min(call.input.limit, FULL_TEXTS if full else 100))
    return contract.CaseOut(
        case=_case_head(call, case),
        interactions=[_with_text(i) if full else contract.InteractionOut.of(i) for i in page.items],
        next=call.cursor(page.next),
    )


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/replies",
    scope=Scope.CASES_WRITE,
    summary="Answer the customer of a case",
    body=contract.ReplyIn,
    returns=contract.Taken,
    status=202,
    errors=(404, 409),
    idempotent=True,
)
def reply_to_case(call: Call[contract.ReplyIn], case_id: str) -> contract.Taken:
    """By mail, in the thread she wrote in. The promise counts as kept; then the case waits for her, or is
    solved."""
    answer = call.input
    taken = cases_service.reply(
        case_id,
        author=answer.author,
        text=answer.text,
        then=answer.then,
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return _taken(call, taken.receipt, taken.duplicate)


@api.endpoint(
    "GET",
    "/v1/tasks",
    scope=Scope.TASKS_READ,
    summary="Proactive contacts by state",
    query=contract.TasksQuery,
    returns=contract.TasksOut,
)
def list_tasks(call: Call[contract.TasksQuery]) -> contract.TasksOut:
    """Whoever was not contacted is here as well, in the state passed_over, with the reason."""
    page = outreach.tasks(call.input.state, call.after, call.input.limit)
    return contract.TasksOut(
        items=[contract.TaskOut.of(task) for task in page.items], next=call.cursor(page.next)
    )


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/tasks/{task_id}",
    scope=Scope.TASKS_READ,
    summary="One proactive contact",
    returns=contract.TaskOut,
    errors=(404,),
)
def get_task(_call: Call[None], customer_id: str, task_id: str) -> contract.TaskOut:
    return contract.TaskOut.of(outreach.task(customer_id, task_id))


@api.endpoint(
    "GET",
    "/v1/quarantine",
    scope=Scope.QUARANTINE_READ,
    summary="Arrivals of a day that were linked to nobody",
    query=contract.QuarantineQuery,
    returns=contract.InteractionsOut,
)
def list_quarantine(call: Call[contract.QuarantineQuery]) -> contract.InteractionsOut:
    """Spam, viruses, and mail whose sender could not be named. The flags say which."""
    page = cases.quarantined(call.input.day, call.after, call.input.limit)
    items = [contract.InteractionOut.of(interaction) for interaction in page.items]
    return contract.InteractionsOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "POST",
    "/v1/tokens",
    scope=Scope.TOKENS_WRITE,
    summary="Exchange the key for a short-lived token",
    body=contract.TokenIn,
    returns=contract.TokenOut,
    status=201,
)
def make_token(call: Call[contract.TokenIn]) -> contract.TokenOut:
    """A token may do part of what the key may, for an hour at most, and never makes another token. Revoking
    the key ends it too."""
    scopes = sorted(set(call.input.scopes), key=lambda scope: scope.value)
    life = timedelta(seconds=call.input.expires_in)
    token, expires_at = auth.issue_token(call.principal, [scope.value for scope in scopes], life, call.at)
    return contract.TokenOut(token=token, token_type="Bearer", scopes=scopes, expires_at=expires_at)  # noqa: S106


@cache
def document() -> dict[str, Any]:
    """This API as an OpenAPI document."""
    return openapi.document(api.operations)


@bp.route("/openapi.json", methods=["GET"], content_types=["*/*"])
def openapi_json() -> Response:
    return Response(
        body=msgspec.json.encode(document()).decode(),
        headers={"Content-Type": "application/json", "Cache-Control": "max-age=300"},
    )


# ── From the contract's words to the model's, and back ────────────────────────────────────────────


def _take_in(
    call: Call[Any],
    said: contract.RequestIn | contract.InteractionIn,
    who: contract.CustomerRef,
    *,
    at: datetime,
    direction: str,
    author: str,
) -> contract.Taken:
    arrival = Arrival(
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
        channel=said.channel,
        at=at,
        sender=_handle(*who.handle) if who.handle else None,
        sender_name=who.name,
        customer_id=who.customer_id,
        direction=direction,
        subject=said.subject,
        text=said.text,
        language=said.language or who.language,
        time_zone=who.time_zone,
        topic=said.topic,
        case_id=case_id(said.case_id) if said.case_id else "",
        trust=Trust.AUTHENTICATED,
        author=author,
    )
    taken = cases_service.take_in(arrival)
    return _taken(call, taken.receipt, taken.duplicate)


def _taken(call: Call[Any], receipt: Receipt, duplicate: bool) -> contract.Taken:
    links = {}
    if receipt.case_id:
        links["case"] = call.link(f"v1/cases/{receipt.case_id}")
    if receipt.customer_id:
        links["customer"] = call.link(f"v1/customers/{receipt.customer_id}")
    return contract.Taken(
        interaction_id=receipt.interaction_id,
        case_id=receipt.case_id,
        case_number=ids.case_number(receipt.case_id),
        customer_id=receipt.customer_id,
        duplicate=duplicate,
        links=links,
    )


def _record(call: Call[contract.FactsBatch], place: int, raw: msgspec.Raw) -> contract.FactResult:
    """What became of one fact. Only what a repetition may cure stops the batch: repeating it records nothing
    twice."""
    event_id = ""
    try:
        fact: contract.FactBase = decode(bytes(raw), contract.FactIn)
        event_id = fact.event_id
        recorded = customers_service.record_fact(_report(call, fact, bytes(raw)))
    except HubError as error:
        if error.retryable or error.status >= 500:
            raise
        error.pointer = f"/facts/{place}{error.pointer or ''}"
        problem = problem_of(error, "")
        return contract.FactResult(event_id=event_id, outcome="refused", problem=problem)
    return contract.FactResult(
        event_id=event_id,
        outcome="duplicate" if recorded.duplicate else "recorded",
        customer_id=recorded.customer_id,
    )


def _report(call: Call[Any], fact: contract.FactBase, raw: bytes) -> FactReport:
    data = msgspec.to_builtins(getattr(fact, "data", None)) or {}
    amount, margin = (
        Money(**found) if (found := data.pop(name, None)) else None for name in ("amount", "margin")
    )
    if amount:
        data |= {"amount_minor": amount.minor, "currency": amount.currency}
    who = fact.customer
    return FactReport(
        receipt_key=f"fact:{call.principal.name}:{fact.event_id}",
        fingerprint=fingerprint(raw),
        customer=CustomerHint(
            customer_id=who.customer_id,
            handle=_handle(*who.handle) if who.handle else None,
            name=who.name,
            language=who.language,
            time_zone=who.time_zone,
        ),
        what=FactKind(fact.__struct_config__.tag),
        occurred_at=_moment(fact.occurred_at, call.at),
        amount=amount,
        margin=margin,
        data={
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in data.items()
        },
    )


def _handle(kind: str, value: str, at: str = "/customer") -> Handle:
    try:
        return identity.handle(kind, value)
    except Invalid as error:
        error.pointer = f"{at}/{kind}"
        raise


def _moment(at: datetime, now: datetime) -> datetime:
    """When it happened, by our clock: one a little ahead of it says now."""
    if at.year < 2000 or at > now + CLOCK_SKEW:
        raise Invalid("This is no time it can have happened: check the sender's clock.", "/occurred_at")
    return min(clock.to_millis(at), now)


def _with_text(interaction: Interaction) -> contract.InteractionOut:
    short = contract.InteractionOut.of(interaction)
    if short.text_complete:
        return short
    try:
        text = cases.body_of(interaction).encode()
    except NotFound:  # it has expired: the beginning is all there is
        return short
    cut = text[:FULL_TEXT_BYTES].decode(errors="ignore")
    return msgspec.structs.replace(short, text=cut, text_complete=len(text) <= FULL_TEXT_BYTES)


def _case_head(call: Call[Any], case: Case) -> contract.CaseHead:
    links = {
        "self": call.link(f"v1/cases/{case.id}"),
        "replies": call.link(f"v1/cases/{case.id}/replies"),
        "customer": call.link(f"v1/customers/{case.customer_id}"),
    }
    return contract.CaseHead.of(case, links)


def _customer_out(call: Call[Any], customer: Customer) -> contract.CustomerOut:
    own = f"v1/customers/{customer.id}"
    links = {"self": call.link(own), "timeline": call.link(f"{own}/timeline")}
    return contract.CustomerOut.of(customer, links)
