"""Articles for agents: for a case, and for what she hears on the phone."""

from collections.abc import Iterator
from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.cases import helping, self_service
from chalicelib.triggers.answers.suggestions import FittingArticles, FittingOut, Insert
from chalicelib.triggers.contract.suggestions import FittingQuery, HeardQuery
from chalicelib.triggers.http import Call, Endpoints, case_id

api = Endpoints()


def _names(asked: HeardQuery) -> Iterator[Named]:
    if asked.case_id:
        yield Named(case_id=case_id(asked.case_id), pointer="/case_id")


@api.endpoint(
    "GET",
    "/v1/cases/{case_id}/suggestions",
    scope=Scope.CASES_READ,
    teams=Teams.OF_PATH,
    summary="Articles that may answer a case",
    query=FittingQuery,
    returns=FittingArticles,
    errors=(404,),
    looks_at="customer_id",
)
def suggest_for_case(call: Call[FittingQuery], case_id: str) -> FittingArticles:
    """For what she said last, by mail, chat or phone, as far as she may read them, and those that are for agents only.
    `insert` is the answer that sends one."""
    return _out(call, self_service.suggestions(case_id, call.input.text, call.input.limit))


@api.endpoint(
    "GET",
    "/v1/suggestions",
    scope=Scope.CASES_READ,
    teams=Teams.OF_INPUT,
    summary="Articles for what an agent hears",
    query=HeardQuery,
    returns=FittingArticles,
    errors=(404,),
    looks_at="customer_id",
    names=_names,
)
def suggest_for_words(call: Call[HeardQuery]) -> FittingArticles:
    """As you type, while she talks. Name the case, if there is one, and what she may not read is left out."""
    asked = call.input
    if asked.case_id:
        return _out(call, self_service.suggestions(case_id(asked.case_id), asked.text, asked.limit))
    return _out(call, self_service.suggestions_for(asked.text, asked.language, asked.limit))


def _out(call: Call[Any], found: self_service.Suggested) -> FittingArticles:
    links = {"case": call.link(f"v1/cases/{found.case_id}")} if found.case_id else {}
    items = [FittingOut.of(one, _insert(call, found, one)) for one in found.items]
    return FittingArticles.of(found, items, links)


def _insert(call: Call[Any], found: self_service.Suggested, one: self_service.Suggestion) -> Insert | None:
    if not found.case_id or one.for_agents_only:
        return None
    body = {
        "then": "wait",
        "author": call.principal.name,
        "text": helping.introduced(found.language),
        "articles": [one.shown.slug],
    }
    return Insert(method="POST", href=call.link(f"v1/cases/{found.case_id}/replies"), body=body)
