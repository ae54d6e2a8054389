"""What makes people call, and the plays it proposes."""

from datetime import timedelta

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.insight import driving
from chalicelib.triggers.answers.drivers import DismissedOut, DriverLine, DriversReport, ProposalOut, ProposalsOut
from chalicelib.triggers.answers.plays import PlayOut
from chalicelib.triggers.api.plays import play_out
from chalicelib.triggers.api.shared import by_of, person_of
from chalicelib.triggers.contract.reports import DismissIn, DriversQuery
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()
DAYS = 28  # of a report whose first day is left out


@api.endpoint(
    "GET",
    "/v1/reports/drivers",
    scope=Scope.REPORTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What makes people call",
    query=DriversQuery,
    returns=DriversReport,
    errors=(422,),
)
def report_drivers(call: Call[DriversQuery]) -> DriversReport:
    """Topics with their trend, their cost and what people had in the week before, or ahead of them; at most 92 days at
    once, four weeks if `from` is left out."""
    query = call.input
    last = query.last or call.at.date()
    first = query.first or last - timedelta(days=DAYS - 1)
    lines, weeks = driving.report(first, last, query.tier)
    return DriversReport(
        first=first,
        last=last,
        weeks=weeks,
        items=[DriverLine.of(line) for line in lines],
        links={"proposals": call.link("v1/plays/proposals")},
    )


@api.endpoint(
    "GET",
    "/v1/plays/proposals",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Plays that would spare people a question",
    returns=ProposalsOut,
)
def list_proposals(call: Call[None]) -> ProposalsOut:
    """What at least 20 people asked after the same thing had happened, or before the same day, and surely more often
    than others; each with a play to begin with, and the one it became."""
    return ProposalsOut(items=[ProposalOut.of(one, _links(call, one)) for one in driving.proposals(call.at)])


def _links(call: Call[None], one: driving.Proposed) -> dict[str, str]:
    own = f"v1/plays/proposals/{one.found.id}"
    play = {"play": call.link(f"v1/plays/{one.play}")} if one.play else {}
    return {"draft": call.link(f"{own}/draft"), "dismiss": call.link(f"{own}/dismiss")} | play


@api.endpoint(
    "POST",
    "/v1/plays/proposals/{proposal_id}/draft",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Make a play of a proposal",
    returns=PlayOut,
    errors=(404, 409),
)
def draft_proposal(call: Call[None], proposal_id: str) -> PlayOut:
    """A draft of a play by configuration: it needs its words, is submitted and approved as any other. Again it is the
    same play, as it is by then."""
    return play_out(call, driving.draft(proposal_id, person_of(call), call.at))


@api.endpoint(
    "POST",
    "/v1/plays/proposals/{proposal_id}/dismiss",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Make no play of a proposal",
    body=DismissIn,
    returns=DismissedOut,
)
def dismiss_proposal(call: Call[DismissIn], proposal_id: str) -> DismissedOut:
    """It is not proposed any more. May be repeated."""
    driving.dismiss(proposal_id, by_of(call, call.input.author), call.at)
    return DismissedOut(id=proposal_id)
