"""Articles for agents: for a case, and for what she hears on the phone."""

from collections.abc import Iterator
from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Named, Teams
from chalicelib.cases import helping, self_service
from chalicelib.triggers.answers.suggestions import Insert, SuggestionOut, SuggestionsOut
from chalicelib.triggers.contract.suggestions import HeardQuery, SuggestionsQuery
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
    query=SuggestionsQuery,
    returns=SuggestionsOut,
    errors=(404,),
    looks_at="customer_id",
)
def suggest_for_case(call: Call[SuggestionsQuery], case_id: str) -> SuggestionsOut:
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
    returns=SuggestionsOut,
    errors=(404,),
    looks_at="customer_id",
    names=_names,
)
def suggest_for_words(call: Call[HeardQuery]) -> SuggestionsOut:
    """As you type, while she talks. Name the case, if there is one, and what she may not read is left out."""
    asked = call.input
    if asked.case_id:
        return _out(call, self_service.suggestions(case_id(asked.case_id), asked.text, asked.limit))
    return _out(call, self_service.suggestions_for(asked.text, asked.language, asked.limit))


def _out(call: Call[Any], found: self_service.Suggested) -> SuggestionsOut:
    links = {"case": call.link(f"v1/cases/{found.case_id}")} if found.case_id else {}
    items = [SuggestionOut.of(one, _insert(call, found, one)) for one in found.items]
    return SuggestionsOut.of(found, items, links)


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
