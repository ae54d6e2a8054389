"""What agents can do, and the touchpoint map that decides who sees to a contact."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.channels import REGISTRY
from chalicelib.configuration import policy
from chalicelib.desk import routing
from chalicelib.desk import service as desk_service
from chalicelib.desk import views as desk
from chalicelib.desk.views import Place
from chalicelib.model.agent import Agent
from chalicelib.model.touchpoint import Touchpoint
from chalicelib.triggers.answers.desk import AgentOut, AgentsOut, PlaceOut, TouchpointOut, TouchpointsOut
from chalicelib.triggers.contract.agents import AgentIn
from chalicelib.triggers.contract.shared import Paged, if_told
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/touchpoints",
    scope=Scope.AGENTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="The touchpoint map",
    returns=TouchpointsOut,
)
def list_touchpoints(call: Call[None]) -> TouchpointsOut:
    """For every channel and tier: who sees to a contact at which hours, what that asks of agents and costs, and what
    counts now."""
    told = policy()

    def out(place: Place, entry: Touchpoint) -> TouchpointOut:
        ahead = routing.head_start(entry, told, place.channel, place.tier)
        return TouchpointOut.of(entry, place, told, ahead.total_seconds() / 60)

    items = [
        PlaceOut(
            channel=place.channel,
            tier=place.tier,
            now=out(place, place.now),
            bands=[out(place, entry) for entry in place.bands],
        )
        for place in desk.touchpoints(told, REGISTRY, call.at)
    ]
    return TouchpointsOut(items=items, queues=list(told.touchpoints.queues))


@api.endpoint(
    "GET",
    "/v1/agents",
    scope=Scope.AGENTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Agents",
    query=Paged,
    returns=AgentsOut,
)
def list_agents(call: Call[Paged]) -> AgentsOut:
    """What each can do, and whether she is there."""
    page = desk.agents(call.after, call.input.limit)
    return AgentsOut(items=[agent_out(call, agent) for agent in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/agents/{agent_id}",
    scope=Scope.AGENTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="An agent",
    returns=AgentOut,
    errors=(404,),
)
def get_agent(call: Call[None], agent_id: str) -> AgentOut:
    return agent_out(call, desk.agent(agent_id))


@api.endpoint(
    "PUT",
    "/v1/agents/{agent_id}",
    scope=Scope.AGENTS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say what an agent can do",
    body=AgentIn,
    returns=AgentOut,
    errors=(409,),
)
def save_agent(call: Call[AgentIn], agent_id: str) -> AgentOut:
    """All of it at once; an id nobody has makes an agent. What she has in hand stays. The same again changes
    nothing. Who is of one team has no say in who serves another's customers."""
    said = call.input
    agent = Agent(
        id=agent_id,
        name=said.name,
        skills=said.skills,
        languages=said.languages,
        capacity=said.capacity,
        queues=tuple(dict.fromkeys(said.queues)),
        teams=tuple(dict.fromkeys(said.teams)),
        updated_at=call.at,
        updated_by=call.principal.name,
    )
    expected = if_told(said.expected_version)
    return agent_out(call, desk_service.save_agent(agent, expected=expected, team=call.principal.team))


def agent_out(call: Call[Any], agent: Agent) -> AgentOut:
    links = {"self": call.link(f"v1/agents/{agent.id}"), "desk": call.link(f"v1/desk?agent_id={agent.id}")}
    return AgentOut.of(agent, links)
