"""Rules: what is configured, what it did, and what it would do."""

import json

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.automation import service, views
from chalicelib.triggers.answers.webhooks import DryRunOut, RuleOut, RulesOut, TriedOut
from chalicelib.triggers.contract.webhooks import DryRunIn
from chalicelib.triggers.http import Call, Endpoints, case_id

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/rules",
    scope=Scope.RULES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="All rules",
    returns=RulesOut,
)
def list_rules(_call: Call[None]) -> RulesOut:
    """As the last deploy gave them, how often each ran, and when it last did."""
    book, ran = views.rules()
    source = {entry["name"]: entry for entry in json.loads(book.source or "[]")}
    return RulesOut(
        edition=book.edition,
        updated_at=book.updated_at,
        items=[RuleOut.of(each, source[each.rule.name]) for each in ran],
    )


@api.endpoint(
    "POST",
    "/v1/rules/dry-run",
    scope=Scope.RULES_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="What would the rules do?",
    body=DryRunIn,
    returns=DryRunOut,
    errors=(404,),
)
def dry_run_rules(call: Call[DryRunIn]) -> DryRunOut:
    """If this happened now: which would run, and of the others why not. Nothing is changed."""
    said = call.input
    edition, tried = service.dry_run(
        said.type, case_id(said.case_id) if said.case_id else "", said.customer_id, said.data
    )
    return DryRunOut(edition=edition, items=[TriedOut.of(*each) for each in tried])
