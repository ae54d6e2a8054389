"""What is shown of agents, of their hands, and of the touchpoint map."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.desk import routing
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound
from chalicelib.model.agent import Agent
from chalicelib.model.page import Page
from chalicelib.model.policy import Policy
from chalicelib.model.touchpoint import Touchpoint
from chalicelib.storage import desk as storage
from chalicelib.storage.desk import Work


def agent(agent_id: str) -> Agent:
    found = storage.agent(agent_id)
    if found is None:
        raise NotFound("there is no such agent; a lead makes her with PUT /v1/agents/{agent_id}", "/agent_id")
    return found


def agents(after: str | None, limit: int) -> Page[Agent]:
    return storage.agents(after, limit)


def in_hand(agent: Agent) -> list[Work]:
    """What she took or is offered, the oldest first."""
    hers = [work for work in storage.works(agent.held).values() if work.holder == agent.id]
    return sorted(hers, key=lambda work: (work.routing is not None and clock.iso(work.routing.since), work.id))


@dataclass(frozen=True, slots=True)
class Place:
    """What the map says of a channel and a tier."""

    channel: str
    tier: str
    now: Touchpoint
    bands: tuple[Touchpoint, ...]


def touchpoints(policy: Policy, channels: Iterable[str], now: datetime) -> list[Place]:
    """The whole map, and what counts at this moment."""
    return [
        Place(channel, tier, routing.applies(policy, channel, tier, now), tuple(policy.touchpoints.of(channel, tier)))
        for channel in channels
        for tier in policy.tiers.bands.tiers
    ]
