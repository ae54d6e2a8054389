"""Pilots: plays tried on a part of those they would reach, beside a part that is held out."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.model.pilot import Pilot, Then
from chalicelib.outreach.pilots import service as pilots_service
from chalicelib.outreach.pilots import views as pilots
from chalicelib.triggers.answers.pilots import PilotOut, PilotReport, PilotsOut
from chalicelib.triggers.api.shared import person_of
from chalicelib.triggers.contract.pilots import DropIn, PilotIn, StopIn, WidenIn
from chalicelib.triggers.contract.shared import Paged
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/plays/{name}/pilot",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Prepare a pilot of a play",
    body=PilotIn,
    returns=PilotOut,
    status=201,
    errors=(404,),
    idempotent=True,
)
def prepare_pilot(call: Call[PilotIn], name: str) -> PilotOut:
    """Somebody else has to start it. Until then the play does as before."""
    pilot = pilots_service.prepare(
        name, call.input.wanted, person_of(call), receipt_key=call.receipt_key, fingerprint=call.fingerprint
    )
    return _pilot_out(call, pilot)


@api.endpoint(
    "GET",
    "/v1/plays/{name}/pilot",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="The pilot a play has now",
    returns=PilotReport,
    errors=(404,),
)
def get_pilot_of_play(call: Call[None], name: str) -> PilotReport:
    """As by its id. A play without one is not found."""
    return _report(call, pilots.of_play(name, call.at))


@api.endpoint(
    "GET",
    "/v1/pilots",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="All pilots",
    query=Paged,
    returns=PilotsOut,
)
def list_pilots(call: Call[Paged]) -> PilotsOut:
    """The newest first, those nobody started included."""
    page = pilots.pilots(call.after, call.input.limit)
    return PilotsOut(items=[_pilot_out(call, pilot) for pilot in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/pilots/{pilot_id}",
    scope=Scope.PLAYS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What a pilot says",
    returns=PilotReport,
    errors=(404,),
)
def get_pilot(call: Call[None], pilot_id: str) -> PilotReport:
    """What was planned, the flow of people, what may be said by now, and what was kept as evidence. It may be read as
    often as one likes: what it says early holds then, too."""
    return _report(call, pilots.report(pilot_id, call.at))


@api.endpoint(
    "POST",
    "/v1/pilots/{pilot_id}/start",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Start a pilot that somebody else prepared",
    returns=PilotOut,
    errors=(404, 409),
)
def start_pilot(call: Call[None], pilot_id: str) -> PilotOut:
    """From now on it decides whom its play contacts. Who prepared it is refused."""
    return _pilot_out(call, pilots_service.start(pilot_id, person_of(call)))


@api.endpoint(
    "POST",
    "/v1/pilots/{pilot_id}/widen",
    scope=Scope.PLAYS_APPROVE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Contact more",
    body=WidenIn,
    returns=PilotOut,
    errors=(404, 409),
)
def widen_pilot(call: Call[WidenIn], pilot_id: str) -> PilotOut:
    """Nobody who was contacted or held out moves; a new period begins. What it said is kept as evidence. The same
    shares again change nothing."""
    return _pilot_out(call, pilots_service.widen(pilot_id, call.input.contacted, person_of(call), call.input.why))


@api.endpoint(
    "POST",
    "/v1/pilots/{pilot_id}/stop",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="End a pilot",
    body=StopIn,
    returns=PilotOut,
    errors=(404, 409),
)
def stop_pilot(call: Call[StopIn], pilot_id: str) -> PilotOut:
    """The play goes on for everybody, which takes the scope plays:approve, or is stopped as well. What it said is kept
    as evidence. The same again changes nothing."""
    then = Then(call.input.then)
    if then is Then.FOR_ALL:
        call.principal.demand(Scope.PLAYS_APPROVE)
    return _pilot_out(call, pilots_service.stop(pilot_id, then, person_of(call), call.input.why))


@api.endpoint(
    "POST",
    "/v1/pilots/{pilot_id}/drop",
    scope=Scope.PLAYS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Drop a pilot that nobody started",
    body=DropIn,
    returns=PilotOut,
    errors=(404, 409),
)
def drop_pilot(call: Call[DropIn], pilot_id: str) -> PilotOut:
    return _pilot_out(call, pilots_service.drop(pilot_id, person_of(call), call.input.why))


def _report(call: Call[Any], found: pilots.Report) -> PilotReport:
    return PilotReport.of(_pilot_out(call, found.pilot), found.verdict, found.reading, found.evidence)


def _pilot_out(call: Call[Any], pilot: Pilot) -> PilotOut:
    own = f"v1/pilots/{pilot.id}"
    links = {"self": call.link(own), "play": call.link(f"v1/plays/{pilot.play}")}
    steps = {"prepared": ("start", "drop"), "running": ("widen", "stop")}.get(pilot.state.value, ())
    return PilotOut.of(pilot, links | {step: call.link(f"{own}/{step}") for step in steps})
