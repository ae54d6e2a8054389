"""Figures: what is served without a person, and what that saves."""

from datetime import timedelta

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.configuration import policy
from chalicelib.insight import views
from chalicelib.insight.reports.self_service import Wanted
from chalicelib.triggers.answers.reports import ChangeOut, ComparisonOut, SelfServiceLine, SelfServiceReport
from chalicelib.triggers.contract.reports import SelfServiceQuery
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()
DAYS = 28  # of a report whose first day is left out: four whole weeks


@api.endpoint(
    "GET",
    "/v1/reports/self-service",
    scope=Scope.REPORTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="How much is served without a person, and what that saves",
    query=SelfServiceQuery,
    returns=SelfServiceReport,
    errors=(422,),
)
def report_self_service(call: Call[SelfServiceQuery]) -> SelfServiceReport:
    """By topic, tier, way or period; at most 366 days at once, four weeks if `from` is left out. A question counts as
    served only when the same customer, or visitor, turns to no person about it within the window. `docs/knowledge.md`
    says how it is counted."""
    query = call.input
    last = query.last or call.at.date()
    wanted = Wanted(
        first=query.first or last - timedelta(days=DAYS - 1),
        last=last,
        by=query.by,
        topic=query.topic.strip().lower() if query.topic is not None else None,
        tier=query.tier,
        through=query.through,
    )
    found = views.self_service(wanted, call.at)
    return SelfServiceReport(
        first=wanted.first,
        last=wanted.last,
        final_before=found.final_before,
        served_after_days=policy().knowledge.served_after_days,
        total=SelfServiceLine.of(found.total),
        items=[SelfServiceLine.of(line) for line in found.lines],
        unproven=found.nameless,
        change=ChangeOut.of(found.change) if found.change else None,
        comparisons=[ComparisonOut.of(one) for one in found.comparisons],
        links={"recoveries": call.link("v1/reports/recovery"), "ratings": call.link("v1/reports/ratings")},
    )
