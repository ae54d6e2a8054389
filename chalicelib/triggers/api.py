"""The HTTP API: every endpoint reads what it was given, calls one service or view, and says what became of
it."""

import json
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from chalice.app import Blueprint, Response

from chalicelib.auth import service as auth
from chalicelib.auth.permissions import Scope
from chalicelib.cases import service as cases_service
from chalicelib.cases import views as cases
from chalicelib.customers import identity
from chalicelib.customers import service as customers_service
from chalicelib.customers import views as customers
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import HubError, Invalid, Locked, Malformed, NotFound
from chalicelib.knowledge import service as knowledge_service
from chalicelib.knowledge import views as knowledge
from chalicelib.knowledge.articles import nearest
from chalicelib.model.arrival import Arrival
from chalicelib.model.article import Article, ArticleText
from chalicelib.model.case import Case
from chalicelib.model.customer import HANDLE_KINDS, Customer, CustomerHint, Handle
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.interaction import Interaction, Receipt
from chalicelib.model.merge import Merge
from chalicelib.model.money import Money
from chalicelib.model.trust import Trust
from chalicelib.outreach import views as outreach
from chalicelib.triggers import answers, contract, openapi
from chalicelib.triggers.authorizer import api_authorizer
from chalicelib.triggers.http import KB, Call, Endpoints, case_id, decode, fingerprint, problem_of

bp = Blueprint(__name__)

FULL_TEXTS = 25  # a page
FULL_TEXT_BYTES = 100 * KB
# Of one contact. Lambda answers with 6 MB at most, and a character may become twelve bytes on the way out.
WHOLE_TEXT_BYTES = 400 * KB
HTML_BYTES = 2048 * KB  # as Lambda writes it

api = Endpoints(bp, api_authorizer)


@api.endpoint(
    "POST",
    "/v1/requests",
    scope=Scope.REQUESTS_WRITE,
    summary="Hand in what a customer asks",
    body=contract.RequestIn,
    returns=answers.Taken,
    status=202,
    errors=(404,),
    idempotent=True,
)
def open_request(call: Call[contract.RequestIn]) -> answers.Taken:
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
    returns=answers.Taken,
    status=201,
    errors=(404,),
    idempotent=True,
)
def log_interaction(call: Call[contract.InteractionIn]) -> answers.Taken:
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
    returns=answers.FactsOut,
    body_limit=1024 * KB,
)
def record_facts(call: Call[contract.FactsBatch]) -> answers.FactsOut:
    """Up to 100 at once. Each is recorded or refused on its own, so look at every outcome; the answer is 200
    even when some were refused. The same `event_id` with the same content is recorded once, so a batch may
    be sent again."""
    return answers.FactsOut(results=[_record(call, place, raw) for place, raw in enumerate(call.input.facts)])


@api.endpoint(
    "GET",
    "/v1/customers",
    scope=Scope.CUSTOMERS_READ,
    summary="Find a customer by a handle",
    query=contract.LookupQuery,
    returns=answers.CustomerOut,
    errors=(404,),
)
def find_customer(call: Call[contract.LookupQuery]) -> answers.CustomerOut:
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
    returns=answers.CustomerOut,
    errors=(404,),
)
def get_customer(call: Call[None], customer_id: str) -> answers.CustomerOut:
    """A customer who was merged answers as the one she turned out to be; `merged_into` then links to her."""
    return _customer_out(call, customers.customer(customer_id), asked=customer_id)


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/handles",
    scope=Scope.CUSTOMERS_WRITE,
    summary="Add a handle to a customer",
    body=contract.HandleIn,
    returns=answers.CustomerOut,
    errors=(404, 409),
)
def add_handle(call: Call[contract.HandleIn], customer_id: str) -> answers.CustomerOut:
    """What comes by it is hers from now on. When another customer has it, the refusal names that one's id. It may be
    repeated."""
    handle = _handle(call.input.kind, call.input.value, at="", name="value")
    return _customer_out(call, customers_service.add_handle(customer_id, handle, by=call.principal.name))


@api.endpoint(
    "DELETE",
    "/v1/customers/{customer_id}/handles/{kind}/{value}",
    scope=Scope.CUSTOMERS_WRITE,
    summary="Make a handle a customer of its own",
    query=contract.VouchQuery,
    returns=answers.SplitOut,
    errors=(404, 409),
)
def split_off_handle(call: Call[contract.VouchQuery], customer_id: str, kind: str, value: str) -> answers.SplitOut:
    """Who writes by it turned out to be somebody else. What was told stays where it is; what comes from now on is told
    of the new customer, of whom nothing else is known."""
    handle = _handle_in_path(kind, value)
    left, alone = customers_service.split_off(customer_id, handle, author=call.input.author, reason=call.input.reason)
    links = {"self": call.link(f"v1/customers/{alone.id}"), "left": call.link(f"v1/customers/{left.id}")}
    return answers.SplitOut(customer_id=alone.id, left=left.id, links=links)


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/merge",
    scope=Scope.CUSTOMERS_WRITE,
    summary="Merge a customer into another",
    body=contract.MergeIn,
    returns=answers.MergeOut,
    status=201,
    errors=(404, 409),
)
def merge_customer(call: Call[contract.MergeIn], customer_id: str) -> answers.MergeOut:
    """They turned out to be one person. Her id, cases and handles lead to the one who remains; nothing is moved, so it
    can be undone."""
    said = call.input
    made = customers_service.merge(
        customer_id, said.into, author=said.author, reason=said.reason, confirm_external=said.confirm_external
    )
    return _merge_out(call, made)


@api.endpoint(
    "POST",
    "/v1/merges/{merge_id}/undo",
    scope=Scope.CUSTOMERS_WRITE,
    summary="Undo a merge",
    body=contract.VouchIn,
    returns=answers.MergeOut,
    errors=(404, 409),
)
def undo_merge(call: Call[contract.VouchIn], merge_id: str) -> answers.MergeOut:
    """Both are as they were, with what came by the handles of each since. Merges of one customer are undone in reverse
    order. It may be repeated."""
    return _merge_out(call, customers_service.undo_merge(merge_id, author=call.input.author, reason=call.input.reason))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/matches",
    scope=Scope.CUSTOMERS_READ,
    summary="Customers who may be the same person",
    returns=answers.MatchesOut,
    errors=(404,),
)
def get_matches(call: Call[None], customer_id: str) -> answers.MatchesOut:
    """With the reasons, the strongest first. Nothing is merged unless somebody says so."""
    return answers.MatchesOut(
        items=[
            answers.MatchOut(
                customer_id=match.customer.id,
                name=match.customer.name,
                reasons=list(match.reasons),
                strong=match.strong,
                links={
                    "self": call.link(f"v1/customers/{match.customer.id}"),
                    "merge": call.link(f"v1/customers/{match.customer.id}/merge"),
                },
            )
            for match in customers.matches(customer_id)
        ]
    )


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/timeline",
    scope=Scope.CUSTOMERS_READ,
    summary="Everything about a customer, newest first",
    query=contract.Paged,
    returns=answers.TimelineOut,
    errors=(404,),
)
def get_timeline(call: Call[contract.Paged], customer_id: str) -> answers.TimelineOut:
    """Interactions, facts, events and tasks in one list."""
    page = customers.timeline(customer_id, call.after, call.input.limit)
    if not page.items and call.after is None:
        customers.customer(customer_id)  # nothing has happened yet, or there is nobody: NotFound
    items = [answers.entry_of(thing) for thing in page.items]
    return answers.TimelineOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/interactions/{interaction_id}",
    scope=Scope.CUSTOMERS_READ,
    summary="One contact with all it says",
    returns=answers.InteractionWhole,
    errors=(404,),
)
def get_interaction(call: Call[None], customer_id: str, interaction_id: str) -> answers.InteractionWhole:
    """Its texts up to 400 KB each, and its HTML made safe to show. HTML over 2 MB is left out: the original
    mail has it."""
    interaction = cases.interaction(customer_id, interaction_id)
    own = _place_of(customer_id, interaction_id)
    links = {"self": own, "customer": f"v1/customers/{customer_id}", "case": f"v1/cases/{interaction.case_id}"}
    if interaction.raw_key:
        links["original"] = f"{own}/original"
    if interaction.attachments:
        links["attachment"] = f"{own}/attachments/{{number}}"
    if interaction.locked:
        links["unlock"] = f"{own}/unlock"
    return _whole(call, interaction, links)


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/interactions/{interaction_id}/original",
    scope=Scope.MAIL_READ,
    summary="Where an original mail can be fetched",
    returns=answers.LinkOut,
    errors=(404,),
)
def get_original(_call: Call[None], customer_id: str, interaction_id: str) -> answers.LinkOut:
    """As it arrived, with everything in it: nothing in an original is made safe."""
    return answers.LinkOut.of(cases.original(cases.interaction(customer_id, interaction_id)))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/interactions/{interaction_id}/attachments/{number}",
    scope=Scope.MAIL_READ,
    summary="Where an attachment can be fetched",
    returns=answers.LinkOut,
    errors=(404, 423),
)
def get_attachment(_call: Call[None], customer_id: str, interaction_id: str, number: str) -> answers.LinkOut:
    """By its number in the contact. While the contact is locked there is no such place."""
    return answers.LinkOut.of(cases.attachment(cases.interaction(customer_id, interaction_id), int(number)))


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/interactions/{interaction_id}/unlock",
    scope=Scope.MAIL_UNLOCK,
    summary="Let the attachments of a contact be opened",
    body=contract.VouchIn,
    returns=answers.Unlocked,
    errors=(404,),
)
def unlock_attachments(call: Call[contract.VouchIn], customer_id: str, interaction_id: str) -> answers.Unlocked:
    """On an agent's word, although nobody found them to be clean. It is told on the customer's timeline, once."""
    cases_service.unlock(customer_id, interaction_id, by=call.input.author, reason=call.input.reason)
    own = _place_of(customer_id, interaction_id)
    links = {"interaction": call.link(own), "attachment": call.link(f"{own}/attachments/{{number}}")}
    return answers.Unlocked(interaction_id=interaction_id, links=links)


@api.endpoint(
    "GET",
    "/v1/cases",
    scope=Scope.CASES_READ,
    summary="Open cases, the most urgent first",
    query=contract.Paged,
    returns=answers.CasesOut,
)
def list_cases(call: Call[contract.Paged]) -> answers.CasesOut:
    """By priority, then by what was promised."""
    page = cases.open_cases(call.after, call.input.limit)
    return answers.CasesOut(items=[_case_head(call, case) for case in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}",
    scope=Scope.CASES_READ,
    summary="A case and what was said in it",
    query=contract.CaseQuery,
    returns=answers.CaseOut,
    errors=(404,),
)
def get_case(call: Call[contract.CaseQuery], case_id: str) -> answers.CaseOut:
    """Interactions come oldest first. Long texts are cut to their beginning, unless `text=full` asks for
    more."""
    full = call.input.text == "full"
    case = cases.case(case_id)
    page = cases.interactions_of(case_id, call.after, min(call.input.limit, FULL_TEXTS if full else 100))
    return answers.CaseOut(
        case=_case_head(call, case),
        interactions=[_with_text(i) if full else answers.InteractionOut.of(i) for i in page.items],
        next=call.cursor(page.next),
    )


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/replies",
    scope=Scope.CASES_WRITE,
    summary="Answer the customer of a case",
    body=contract.ReplyIn,
    returns=answers.Taken,
    status=202,
    errors=(404, 409),
    idempotent=True,
)
def reply_to_case(call: Call[contract.ReplyIn], case_id: str) -> answers.Taken:
    """By mail, in the thread she wrote in, with the articles named behind your words. The promise counts as
    kept; then the case waits for her, or is solved."""
    answer = call.input
    taken = cases_service.reply(
        case_id,
        author=answer.author,
        text=answer.text,
        then=answer.then,
        articles=answer.articles,
        history=answer.history,
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return _taken(call, taken.receipt, taken.duplicate)


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/participants/{number}",
    scope=Scope.CASES_WRITE,
    summary="Confirm or revoke a participant of a case",
    body=contract.ParticipantIn,
    returns=answers.CaseHead,
    errors=(404, 409),
)
def set_participant(call: Call[contract.ParticipantIn], case_id: str, number: str) -> answers.CaseHead:
    """Whoever joined a case by writing is read, and nothing is sent to her until she is confirmed. Who was
    revoked takes part again, under another number, when she writes."""
    cases_service.set_participant(case_id, int(number), call.input.state, by=call.input.author)
    return _case_head(call, cases.case(case_id))


@api.endpoint(
    "PUT",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_WRITE,
    summary="Write an article, or replace it",
    body=contract.ArticleTexts,
    documented_as=contract.ArticleIn,
    returns=answers.ArticleOut,
    errors=(409,),
)
def put_article(call: Call[contract.ArticleTexts], slug: str) -> answers.ArticleOut:
    """All its languages at once. The same texts again change nothing, so it may be repeated."""
    given = call.input
    expected = None if isinstance(given.expected_version, msgspec.UnsetType) else given.expected_version
    article = knowledge_service.put_article(
        slug, _article_texts(given.texts), by=call.principal.name, expected=expected
    )
    return _article_out(call, article)


@api.endpoint(
    "GET",
    "/v1/articles",
    scope=Scope.ARTICLES_READ,
    summary="The articles of the knowledge base",
    query=contract.Paged,
    returns=answers.ArticlesOut,
)
def list_articles(call: Call[contract.Paged]) -> answers.ArticlesOut:
    """By slug, with their titles."""
    page = knowledge.articles(call.after, call.input.limit)
    items = [
        answers.ArticleHead.of(article, {"self": call.link(f"v1/articles/{article.id}")}) for article in page.items
    ]
    return answers.ArticlesOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_READ,
    summary="An article",
    query=contract.ArticleQuery,
    returns=answers.ArticleOut,
    errors=(404,),
)
def get_article(call: Call[contract.ArticleQuery], slug: str) -> answers.ArticleOut:
    """In all its languages, or in the one that comes nearest to the language asked for: the same base
    language, else English, else the first there is."""
    return _article_out(call, knowledge.article(slug), call.input.language)


@api.endpoint(
    "GET",
    "/v1/tasks",
    scope=Scope.TASKS_READ,
    summary="Proactive contacts by state",
    query=contract.TasksQuery,
    returns=answers.TasksOut,
)
def list_tasks(call: Call[contract.TasksQuery]) -> answers.TasksOut:
    """Whoever was not contacted is here as well, in the state passed_over, with the reason."""
    page = outreach.tasks(call.input.state, call.after, call.input.limit)
    return answers.TasksOut(items=[answers.TaskOut.of(task) for task in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/tasks/{task_id}",
    scope=Scope.TASKS_READ,
    summary="One proactive contact",
    returns=answers.TaskOut,
    errors=(404,),
)
def get_task(_call: Call[None], customer_id: str, task_id: str) -> answers.TaskOut:
    return answers.TaskOut.of(outreach.task(customer_id, task_id))


@api.endpoint(
    "GET",
    "/v1/quarantine",
    scope=Scope.QUARANTINE_READ,
    summary="Arrivals of a day that were linked to nobody",
    query=contract.QuarantineQuery,
    returns=answers.InteractionsOut,
)
def list_quarantine(call: Call[contract.QuarantineQuery]) -> answers.InteractionsOut:
    """Spam, viruses, and mail whose sender could not be named. The flags say which."""
    page = cases.quarantined(call.input.day, call.after, call.input.limit)
    items = [answers.InteractionOut.of(interaction) for interaction in page.items]
    return answers.InteractionsOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/quarantine/{interaction_id}",
    scope=Scope.QUARANTINE_READ,
    summary="One arrival that was linked to nobody",
    returns=answers.InteractionWhole,
    errors=(404,),
)
def get_quarantined(call: Call[None], interaction_id: str) -> answers.InteractionWhole:
    """With all it says, as for a contact. Only its original holds its attachments."""
    aside = cases.quarantined_one(interaction_id)
    own = f"v1/quarantine/{interaction_id}"
    links = {"self": own}
    if aside.released_to:
        links["case"] = f"v1/cases/{aside.released_to}"
    elif not _carries_a_virus(aside):
        links["release"] = f"{own}/release"
    if aside.raw_key and not _carries_a_virus(aside):
        links["original"] = f"{own}/original"
    return _whole(call, aside, links)


@api.endpoint(
    "GET",
    "/v1/quarantine/{interaction_id}/original",
    scope=Scope.MAIL_READ,
    summary="Where an original mail that was linked to nobody can be fetched",
    returns=answers.LinkOut,
    errors=(404, 423),
)
def get_quarantined_original(_call: Call[None], interaction_id: str) -> answers.LinkOut:
    """As it arrived. What carries a virus is given to nobody."""
    aside = cases.quarantined_one(interaction_id)
    if _carries_a_virus(aside):
        raise Locked("it carries a virus")
    return answers.LinkOut.of(cases.original(aside))


@api.endpoint(
    "POST",
    "/v1/quarantine/{interaction_id}/release",
    scope=Scope.QUARANTINE_WRITE,
    summary="Take in what was linked to nobody",
    body=contract.VouchIn,
    returns=answers.Taken,
    status=202,
    errors=(404, 409),
)
def release_quarantined(call: Call[contract.VouchIn], interaction_id: str) -> answers.Taken:
    """On an agent's word, who looked at it and says that it is a contact. Its sender stays unproven and is not
    acknowledged. It may be repeated: then `duplicate` is true."""
    taken = cases_service.release(interaction_id, by=call.input.author, reason=call.input.reason)
    return _taken(call, taken.receipt, taken.duplicate)


@api.endpoint(
    "POST",
    "/v1/tokens",
    scope=Scope.TOKENS_WRITE,
    summary="Exchange the key for a short-lived token",
    body=contract.TokenIn,
    returns=answers.TokenOut,
    status=201,
)
def make_token(call: Call[contract.TokenIn]) -> answers.TokenOut:
    """A token may do part of what the key may, for an hour at most, and never makes another token. Revoking
    the key ends it too."""
    scopes = sorted(set(call.input.scopes), key=lambda scope: scope.value)
    life = timedelta(seconds=call.input.expires_in)
    token, expires_at = auth.issue_token(call.principal, [scope.value for scope in scopes], life, call.at)
    return answers.TokenOut(token=token, token_type="Bearer", scopes=scopes, expires_at=expires_at)  # noqa: S106 - a kind


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
) -> answers.Taken:
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


def _taken(call: Call[Any], receipt: Receipt, duplicate: bool) -> answers.Taken:
    links = {}
    if receipt.case_id:
        links["case"] = call.link(f"v1/cases/{receipt.case_id}")
    if receipt.customer_id:
        links["customer"] = call.link(f"v1/customers/{receipt.customer_id}")
    return answers.Taken(
        interaction_id=receipt.interaction_id,
        case_id=receipt.case_id,
        case_number=ids.case_number(receipt.case_id),
        customer_id=receipt.customer_id,
        duplicate=duplicate,
        links=links,
    )


def _record(call: Call[contract.FactsBatch], place: int, raw: msgspec.Raw) -> answers.FactResult:
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
        return answers.FactResult(event_id=event_id, outcome="refused", problem=problem)
    return answers.FactResult(
        event_id=event_id,
        outcome="duplicate" if recorded.duplicate else "recorded",
        customer_id=recorded.customer_id,
    )


def _report(call: Call[Any], fact: contract.FactBase, raw: bytes) -> FactReport:
    data = msgspec.to_builtins(getattr(fact, "data", None)) or {}
    amount, margin = (Money(**found) if (found := data.pop(name, None)) else None for name in ("amount", "margin"))
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
        data={name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in data.items()},
    )


def _handle(kind: str, value: str, at: str = "/customer", name: str = "") -> Handle:
    try:
        return identity.handle(kind, value)
    except Invalid as error:
        error.pointer = f"{at}/{name or kind}"
        raise


def _handle_in_path(kind: str, value: str) -> Handle:
    try:
        return identity.handle(kind, value)
    except Invalid as error:
        raise Malformed(error.detail, "/value") from error


def _moment(at: datetime, now: datetime) -> datetime:
    """When it happened, by our clock: one a little ahead of it says now."""
    if at.year < 2000 or at > now + clock.SKEW:
        raise Invalid("This is no time it can have happened: check the sender's clock.", "/occurred_at")
    return min(clock.to_millis(at), now)


def _place_of(customer_id: str, interaction_id: str) -> str:
    return f"v1/customers/{customer_id}/interactions/{interaction_id}"


def _carries_a_virus(interaction: Interaction) -> bool:
    return interaction.trust == Trust.BLOCKED.value


def _whole(call: Call[None], interaction: Interaction, targets: dict[str, str]) -> answers.InteractionWhole:
    links = {name: call.link(target) for name, target in targets.items()}
    return answers.InteractionWhole.with_words(interaction, _words(interaction), links)


def _words(interaction: Interaction) -> answers.Words:
    found = cases.whole(interaction)
    text, text_complete = _cut(found.said, WHOLE_TEXT_BYTES)
    whole, whole_complete = _cut(found.text or "", WHOLE_TEXT_BYTES)
    left_out = len(found.html) > HTML_BYTES or _as_answered(found.html) > HTML_BYTES
    return answers.Words(
        text=text,
        text_complete=text_complete and not found.said.endswith("…"),
        whole=whole,
        whole_complete=whole_complete and found.text is not None,
        html="" if left_out else found.html,
        html_left_out=left_out,
        blocked_images=found.blocked_images,
    )


def _with_text(interaction: Interaction) -> answers.InteractionOut:
    short = answers.InteractionOut.of(interaction)
    if short.text_complete or not (said := _said_in(interaction, FULL_TEXT_BYTES)):
        return short
    return msgspec.structs.replace(short, text=said[0], text_complete=said[1])


def _said_in(interaction: Interaction, most: int) -> tuple[str, bool] | None:
    """What is new in it, and whether that is all; None when it has expired: the beginning is all there is."""
    try:
        return _cut(cases.said_in(interaction), most)
    except NotFound:
        return None


def _cut(text: str, most: int) -> tuple[str, bool]:
    """Its first bytes, and whether that is all of it."""
    data = text.encode()
    return data[:most].decode(errors="ignore"), len(data) <= most


def _as_answered(text: str) -> int:
    """Bytes: Lambda writes our JSON as a string into its own, in ASCII before Python 3.12."""
    return len(json.dumps(msgspec.json.encode(text).decode()))


def _case_head(call: Call[Any], case: Case) -> answers.CaseHead:
    links = {
        "self": call.link(f"v1/cases/{case.id}"),
        "replies": call.link(f"v1/cases/{case.id}/replies"),
        "customer": call.link(f"v1/customers/{case.customer_id}"),
    }
    return answers.CaseHead.of(case, links)


def _article_texts(given: dict[str, msgspec.Raw]) -> dict[str, ArticleText]:
    texts = {}
    for tag, raw in given.items():
        try:
            text: contract.ArticleTextIn = decode(bytes(raw), contract.ArticleTextIn)
        except Invalid as error:
            error.pointer = f"/texts/{tag}{error.pointer or ''}"
            raise
        texts[tag] = ArticleText(text.title, text.body)
    return texts


def _article_out(call: Call[Any], article: Article, language: str = "") -> answers.ArticleOut:
    tags = [nearest(article, language)] if language else sorted(article.texts)
    return answers.ArticleOut.of(article, tags, {"self": call.link(f"v1/articles/{article.id}")})


def _customer_out(call: Call[Any], customer: Customer, asked: str = "") -> answers.CustomerOut:
    own = f"v1/customers/{customer.id}"
    links = {"self": call.link(own), "timeline": call.link(f"{own}/timeline"), "matches": call.link(f"{own}/matches")}
    if asked and asked != customer.id:
        links["merged_into"] = call.link(own)
    if customer.merges:
        links["undo"] = call.link(f"v1/merges/{customer.merges[-1]}/undo")
    return answers.CustomerOut.of(customer, links)


def _merge_out(call: Call[Any], merge: Merge) -> answers.MergeOut:
    links = {"customer": call.link(f"v1/customers/{merge.survivor.id}")}
    if merge.undone_at is None:
        links["undo"] = call.link(f"v1/merges/{merge.id}/undo")
    return answers.MergeOut.of(merge, links)
