"""Campaigns: a play sent once to a segment, a list or everybody, on a second person's word."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.model.campaign import Campaign
from chalicelib.outreach.campaigns import service as campaigns_service
from chalicelib.outreach.campaigns import views as campaigns
from chalicelib.outreach.campaigns.preparing import Wanted
from chalicelib.outreach.life import Person
from chalicelib.triggers.answers.campaigns import (
    CampaignOut,
    CampaignPeopleOut,
    CampaignPersonOut,
    CampaignPreviewOut,
    CampaignsOut,
    MissedOut,
)
from chalicelib.triggers.api.shared import by_of
from chalicelib.triggers.contract.campaigns import (
    CampaignChangeIn,
    CampaignIn,
    HaltIn,
    PeopleQuery,
    ToList,
    audience_of,
    edits_of,
)
from chalicelib.triggers.contract.shared import AuthorIn, Paged, if_told
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/campaigns",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Draft a campaign",
    body=CampaignIn,
    returns=CampaignOut,
    status=201,
    errors=(404, 409),
    idempotent=True,
)
def draft_campaign(call: Call[CampaignIn]) -> CampaignOut:
    """Nobody is contacted by it. A list in files is looked up in the background: `list` says how far that is."""
    said = call.input
    campaign = campaigns_service.draft(
        Wanted(
            title=said.title,
            play=said.play,
            given=said.parameters,
            context=said.context,
            reason=said.reason,
            audience=audience_of(said.audience),
            rate=said.rate_per_minute,
            starts_at=said.starts_at,
            deadline=said.deadline,
        ),
        said.audience.entries if isinstance(said.audience, ToList) else (),
        by=_by(call, said.author),
        caller=call.principal.caller,
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return _out(call, campaign)


@api.endpoint(
    "GET",
    "/v1/campaigns",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="All campaigns",
    query=Paged,
    returns=CampaignsOut,
)
def list_campaigns(call: Call[Paged]) -> CampaignsOut:
    """The newest first."""
    page = campaigns.campaigns(call.after, call.input.limit)
    return CampaignsOut(items=[_out(call, one) for one in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/campaigns/{campaign_id}",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="A campaign, and how far it is",
    returns=CampaignOut,
    errors=(404,),
)
def get_campaign(call: Call[None], campaign_id: str) -> CampaignOut:
    """With how many stand how at this moment."""
    found, progress = campaigns.campaign(campaign_id)
    return _out(call, found, progress)


@api.endpoint(
    "PATCH",
    "/v1/campaigns/{campaign_id}",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Change a draft, or the rate of any campaign",
    body=CampaignChangeIn,
    returns=CampaignOut,
    errors=(404, 409),
)
def change_campaign(call: Call[CampaignChangeIn], campaign_id: str) -> CampaignOut:
    """Another rate holds from the next slice on: within a minute."""
    return _out(call, campaigns_service.amend(campaign_id, edits_of(call.input), by=_by(call, call.input.author)))


@api.endpoint(
    "GET",
    "/v1/campaigns/{campaign_id}/preview",
    scope=Scope.PLAYS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Whom a campaign would reach",
    returns=CampaignPreviewOut,
    errors=(404, 409),
)
def preview_campaign(_call: Call[None], campaign_id: str) -> CampaignPreviewOut:
    """Whom not and why, for up to 400 people of its audience as they are now, and how long it takes."""
    return CampaignPreviewOut.of(campaigns.preview(campaign_id))


@api.endpoint(
    "GET",
    "/v1/campaigns/{campaign_id}/people",
    scope=Scope.PLAYS_READ,
    teams=Teams.FILTERED,
    summary="A campaign's people",
    query=PeopleQuery,
    returns=CampaignPeopleOut,
    errors=(404,),
    whose="customer_id",
)
def list_campaign_people(call: Call[PeopleQuery], campaign_id: str) -> CampaignPeopleOut:
    """Who was reached, who not and why. What happened a moment ago may be missing."""
    asked = call.input
    state = if_told(asked.state)
    page = campaigns.people(campaign_id, state, asked.reason, call.after, asked.limit)
    return CampaignPeopleOut(items=[CampaignPersonOut.of(task) for task in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/campaigns/{campaign_id}/missed",
    scope=Scope.PLAYS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Entries of a campaign's list that mean nobody",
    query=Paged,
    returns=MissedOut,
    errors=(404,),
)
def list_campaign_missed(call: Call[Paged], campaign_id: str) -> MissedOut:
    """By their place in the list; the entries themselves are not kept. A page has those of 1,000 entries, whatever the
    limit."""
    page = campaigns.missed(campaign_id, call.after)
    return MissedOut(items=list(page.items), next=call.cursor(page.next))


@api.endpoint(
    "POST",
    "/v1/campaigns/{campaign_id}/submit",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Submit a campaign",
    body=AuthorIn,
    returns=CampaignOut,
    errors=(404, 409),
)
def submit_campaign(call: Call[AuthorIn], campaign_id: str) -> CampaignOut:
    """It waits for a second person. Its play must run."""
    return _out(call, campaigns_service.submit(campaign_id, by=_by(call, call.input.author)))


@api.endpoint(
    "POST",
    "/v1/campaigns/{campaign_id}/send-back",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Send a campaign back",
    body=HaltIn,
    returns=CampaignOut,
    errors=(404, 409),
)
def send_campaign_back(call: Call[HaltIn], campaign_id: str) -> CampaignOut:
    """It is a draft again, as long as it has not begun."""
    said = call.input
    return _out(call, campaigns_service.send_back(campaign_id, said.why, by=_by(call, said.author)))


@api.endpoint(
    "POST",
    "/v1/campaigns/{campaign_id}/approve",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Approve a campaign",
    body=AuthorIn,
    returns=CampaignOut,
    errors=(404, 409),
)
def approve_campaign(call: Call[AuthorIn], campaign_id: str) -> CampaignOut:
    """It begins, at its time. Whoever drafted, changed or submitted it cannot."""
    return _out(call, campaigns_service.approve(campaign_id, by=_by(call, call.input.author)))


@api.endpoint(
    "POST",
    "/v1/campaigns/{campaign_id}/pause",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Pause a campaign",
    body=HaltIn,
    returns=CampaignOut,
    errors=(404, 409),
)
def pause_campaign(call: Call[HaltIn], campaign_id: str) -> CampaignOut:
    """At once and everywhere. What was planned waits."""
    said = call.input
    return _out(call, campaigns_service.pause(campaign_id, said.why, by=_by(call, said.author)))


@api.endpoint(
    "POST",
    "/v1/campaigns/{campaign_id}/resume",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Let a paused campaign go on",
    body=AuthorIn,
    returns=CampaignOut,
    errors=(404, 409),
)
def resume_campaign(call: Call[AuthorIn], campaign_id: str) -> CampaignOut:
    """From where it stood: nobody is written to twice, nobody is left out."""
    return _out(call, campaigns_service.resume(campaign_id, by=_by(call, call.input.author)))


@api.endpoint(
    "POST",
    "/v1/campaigns/{campaign_id}/stop",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Stop a campaign",
    body=HaltIn,
    returns=CampaignOut,
    errors=(404,),
)
def stop_campaign(call: Call[HaltIn], campaign_id: str) -> CampaignOut:
    """At once, everywhere and for good. What was planned is withdrawn; a draft is dropped."""
    said = call.input
    return _out(call, campaigns_service.stop(campaign_id, said.why, by=_by(call, said.author)))


def _by(call: Call[Any], told: str) -> Person:
    """A second person is told by who she is, not by what she is called."""
    return Person(call.principal.person_id, by_of(call, told))


def _out(call: Call[Any], one: Campaign, progress: campaigns.Progress | None = None) -> CampaignOut:
    own = f"v1/campaigns/{one.id}"
    links = {"self": call.link(own)} | {name: call.link(f"{own}/{name}") for name in ("preview", "people")}
    if one.listing:
        links["missed"] = call.link(f"{own}/missed")
    return CampaignOut.of(one, links, progress)
