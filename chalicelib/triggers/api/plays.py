"""Plays: prepared by one person, approved by another, started, paused and stopped."""

from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.outreach import directing, previewing
from chalicelib.outreach.life import Prepared
from chalicelib.outreach.plays.base import Running
from chalicelib.triggers.answers.plays import DiscardedOut, EditionOut, EditionsOut, PlayOut, PlayPreviewOut, PlaysOut
from chalicelib.triggers.api.shared import person_of
from chalicelib.triggers.contract.plays import (
    ApproveIn,
    BecauseIn,
    DiscardQuery,
    EditionsAsked,
    PlayIn,
    PlayPreviewIn,
    StepIn,
)
from chalicelib.triggers.contract.shared import if_told
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/plays",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="All plays",
    returns=PlaysOut,
)
def list_plays(call: Call[None]) -> PlaysOut:
    """Those that come with the hub, off until somebody starts them, and those of yours."""
    return PlaysOut(items=[play_out(call, running) for running in directing.every()])


@api.endpoint(
    "GET",
    "/v1/plays/{name}",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="A play",
    returns=PlayOut,
    errors=(404,),
)
def get_play(call: Call[None], name: str) -> PlayOut:
    """What of it runs, and what is being prepared."""
    return play_out(call, directing.one(name))


@api.endpoint(
    "GET",
    "/v1/plays/{name}/editions",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What was approved of a play",
    query=EditionsAsked,
    returns=EditionsOut,
    errors=(404,),
)
def list_editions(call: Call[EditionsAsked], name: str) -> EditionsOut:
    """Every edition as it went out, and on whose word."""
    page = directing.versions(name, call.after, call.input.limit)
    return EditionsOut(items=[EditionOut.of(each.edition) for each in page.items], next=call.cursor(page.next))


@api.endpoint(
    "PUT",
    "/v1/plays/{name}",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Prepare an edition of a play",
    body=PlayIn,
    returns=PlayOut,
    errors=(409,),
)
def put_play(call: Call[PlayIn], name: str) -> PlayOut:
    """What runs goes on until the new edition is approved. A name that is not there makes a play by configuration. One
    that was submitted has to be submitted again."""
    said = call.input
    definition = None if isinstance(said.definition, msgspec.UnsetType) else said.definition.definition
    wanted = Prepared(said.title, said.parameters, tuple(said.channels), definition)
    return play_out(call, directing.draft(name, wanted, by=person_of(call), expected=_seen(said)))


@api.endpoint(
    "DELETE",
    "/v1/plays/{name}/draft",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Discard what is being prepared",
    query=DiscardQuery,
    returns=DiscardedOut,
    errors=(404, 409),
)
def discard_draft(call: Call[DiscardQuery], name: str) -> DiscardedOut:
    """A play by configuration of which nothing was approved is gone with it."""
    directing.discard(name, by=person_of(call), expected=_seen(call.input))
    return DiscardedOut(name=name)


@api.endpoint(
    "POST",
    "/v1/plays/{name}/preview",
    scope=Scope.PLAYS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Whom would it reach?",
    body=PlayPreviewIn,
    returns=PlayPreviewOut,
    errors=(404, 409),
)
def preview_play(call: Call[PlayPreviewIn], name: str) -> PlayPreviewOut:
    """On real data, before anybody is contacted: whom, whom not and why, by which channels, at what load. It takes
    seconds."""
    said = call.input
    found = previewing.of_play(name, draft=said.edition == "draft", sample=said.sample, window_days=said.window_days)
    return PlayPreviewOut.of_preview(found)


@api.endpoint(
    "POST",
    "/v1/plays/{name}/submit",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Submit an edition",
    body=StepIn,
    returns=PlayOut,
    errors=(404, 409),
)
def submit_play(call: Call[StepIn], name: str) -> PlayOut:
    """It waits for somebody else's approval."""
    return play_out(call, directing.submit(name, by=person_of(call), expected=_seen(call.input)))


@api.endpoint(
    "POST",
    "/v1/plays/{name}/approve",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Approve an edition",
    body=ApproveIn,
    returns=PlayOut,
    errors=(404, 409),
)
def approve_play(call: Call[ApproveIn], name: str) -> PlayOut:
    """Whoever had a hand in it is refused. Of a play that runs it counts at once, so approve it with the pilot that is
    to try it; else start it."""
    said, by = call.input, person_of(call)
    return play_out(call, directing.approve(name, said.edition, by=by, expected=_seen(said), pilot_id=said.pilot_id))


@api.endpoint(
    "POST",
    "/v1/plays/{name}/send-back",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Send an edition back",
    body=BecauseIn,
    returns=PlayOut,
    errors=(404, 409),
)
def send_play_back(call: Call[BecauseIn], name: str) -> PlayOut:
    """Its preparers read why."""
    said = call.input
    return play_out(call, directing.send_back(name, said.why, by=person_of(call), expected=_seen(said)))


@api.endpoint(
    "POST",
    "/v1/plays/{name}/start",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Start a play",
    body=StepIn,
    returns=PlayOut,
    errors=(404, 409),
)
def start_play(call: Call[StepIn], name: str) -> PlayOut:
    """With what is told from now on, in 15 seconds at the latest. What it planned before a stop stays withdrawn."""
    return play_out(call, directing.start(name, by=person_of(call), expected=_seen(call.input)))


@api.endpoint(
    "POST",
    "/v1/plays/{name}/pause",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Pause a play",
    body=BecauseIn,
    returns=PlayOut,
    errors=(404, 409),
)
def pause_play(call: Call[BecauseIn], name: str) -> PlayOut:
    """At once and everywhere: nobody is contacted, what was planned waits."""
    said = call.input
    return play_out(call, directing.pause(name, said.why, by=person_of(call), expected=_seen(said)))


@api.endpoint(
    "POST",
    "/v1/plays/{name}/resume",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Let a paused play go on",
    body=StepIn,
    returns=PlayOut,
    errors=(404, 409),
)
def resume_play(call: Call[StepIn], name: str) -> PlayOut:
    """What waits goes on within two hours, if it is still right."""
    return play_out(call, directing.resume(name, by=person_of(call), expected=_seen(call.input)))


@api.endpoint(
    "POST",
    "/v1/plays/{name}/stop",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Stop a play",
    body=BecauseIn,
    returns=PlayOut,
    errors=(404, 409),
)
def stop_play(call: Call[BecauseIn], name: str) -> PlayOut:
    """At once and everywhere: nobody is contacted, and what was planned is withdrawn."""
    said = call.input
    return play_out(call, directing.stop(name, said.why, by=person_of(call), expected=_seen(said)))


def _seen(said: Any) -> int | None:
    return if_told(said.expected_version)


def play_out(call: Call[Any], running: Running) -> PlayOut:
    own = f"v1/plays/{running.play.name}"
    return PlayOut.of(running, {"self": call.link(own), "editions": call.link(f"{own}/editions")})
