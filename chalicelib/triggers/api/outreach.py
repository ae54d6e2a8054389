"""Why a play contacts somebody or not, and what plays came to."""

from datetime import timedelta

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.kernel.errors import Invalid
from chalicelib.outreach import guard, views
from chalicelib.outreach.pilots import views as pilots
from chalicelib.triggers.answers.outreach import OutreachOut, PlayDayOut, PlayFiguresOut, WhyNotOut
from chalicelib.triggers.answers.pilots import OutreachReport
from chalicelib.triggers.api.shared import by_of
from chalicelib.triggers.contract.outreach import QuarterQuery, ReleaseIn
from chalicelib.triggers.contract.recoveries import DaysQuery
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()
DAYS, MOST_DAYS = 7, 31


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/plays/{name}/why-not",
    scope=Scope.TASKS_READ,
    teams=Teams.OF_PATH,
    summary="Why a play would not contact a customer",
    returns=WhyNotOut,
    errors=(404,),
    looks_at="customer_id",
)
def explain_play(call: Call[None], customer_id: str, name: str) -> WhyNotOut:
    """For anybody, with a task or without: what every guardrail says at this moment, in order, and which decides; the
    channel that would be used, and why the others would not."""
    customer, running, said = views.why_not(customer_id, name)
    links = {"customer": call.link(f"v1/customers/{customer.id}")}
    if said.task:
        links["task"] = call.link(f"v1/customers/{said.task.customer_id}/tasks/{said.task.id}")
    return WhyNotOut.of(customer, running, said, links)


@api.endpoint(
    "GET",
    "/v1/plays/{name}/figures",
    scope=Scope.REPORTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What a play came to, by day",
    query=DaysQuery,
    returns=PlayFiguresOut,
    errors=(404, 422),
)
def get_play_figures(call: Call[DaysQuery], name: str) -> PlayFiguresOut:
    """How many tasks were planned, came to each state, and were refused by each guardrail; the last seven days if
    `from` is left out, at most 31. Days are by UTC."""
    last = call.input.last or call.at.date()
    first = call.input.first or last - timedelta(days=DAYS - 1)
    if not timedelta() <= last - first < timedelta(days=MOST_DAYS):
        raise Invalid(f"ask for 1 to {MOST_DAYS} days; `from` comes first", "/from")
    items, total = views.figures(name, first, last)
    return PlayFiguresOut(
        play=name, first=first, last=last, total=PlayDayOut.of(total), items=[PlayDayOut.of(day) for day in items]
    )


@api.endpoint(
    "GET",
    "/v1/reports/outreach",
    scope=Scope.REPORTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Whether outreach as a whole helps",
    query=QuarterQuery,
    returns=OutreachReport,
)
def report_outreach(call: Call[QuarterQuery]) -> OutreachReport:
    """What became of those whom no play contacts in a quarter (`hold_out` of the settings), beside as many whom plays
    contact. It may be read as often as one likes: what it says early holds then, too. `docs/pilots.md` says how it is
    counted."""
    found = pilots.of_all_plays(call.input.quarter, call.at)
    before = call.link(f"v1/reports/outreach?quarter={found.quarter.before.name}")
    return OutreachReport.of(found, {"before": before, "pilots": call.link("v1/pilots")})


@api.endpoint(
    "GET",
    "/v1/outreach",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Whether anything is sent to customers first",
    returns=OutreachOut,
)
def get_outreach(_call: Call[None]) -> OutreachOut:
    """Nothing is while the brake is pulled: too many complained, or too much bounced. Calls and answers go on."""
    return OutreachOut.of(*guard.shown())


@api.endpoint(
    "POST",
    "/v1/outreach/release",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Let sending to customers go on",
    body=ReleaseIn,
    returns=OutreachOut,
)
def release_outreach(call: Call[ReleaseIn]) -> OutreachOut:
    """What was counted until now pulls the brake no more. It may be repeated."""
    guard.release(by=by_of(call, call.input.author), because=call.input.reason)
    return OutreachOut.of(*guard.shown())
