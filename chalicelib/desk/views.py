"""What is shown of agents, of their hands, and of the touchpoint map."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from chalicelib.configuration import policy
from chalicelib.desk import routing
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound
from chalicelib.model.agent import Agent
from chalicelib.model.customer import Consent
from chalicelib.model.page import Page
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task
from chalicelib.model.touchpoint import Touchpoint
from chalicelib.outreach import playbook, wording
from chalicelib.storage import customers
from chalicelib.storage import desk as storage
from chalicelib.storage.desk import Work

HISTORY = 10  # entries of her timeline that who calls her is shown


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What an agent needs to call somebody. `number`: only once she begins, for until then it may be taken back."""

    title: str
    goal: str
    words: str  # in her language
    words_for_you: str  # in a language of the agent's, where that is another
    local_time: datetime  # there
    number: str
    agreed: Mapping[str, Consent]  # what she said of calls, by purpose
    calls: int  # in vain, before
    open_cases: Mapping[str, str]  # by id: the topic
    history: tuple[object, ...]  # the newest first


def card(task: Task, agent: Agent, now: datetime) -> Card | None:
    """A customer's row and one Query of her timeline. None for one who is gone."""
    customer = customers.customer(task.customer_id)
    if customer is None:
        return None
    zone = customer.time_zone or policy().time_zone
    play = playbook.named(task.play)
    written = play.play.words if play else None
    words = wording.call(task, customer, written)
    spoken = max(agent.languages, key=lambda each: (agent.languages[each], each), default="")
    hers = wording.call(task, replace(customer, language=spoken), written) if spoken else ""
    begins = task.begun_at is not None and task.assigned_to == agent.id
    entries = customers.timeline(task.customer_id, None, HISTORY + 1).items
    return Card(
        title=play.play.title if play else "",
        goal=task.goal or (play.play.goal if play else ""),
        words=words,
        words_for_you=hers if hers != words else "",
        local_time=now.astimezone(ZoneInfo(zone)),
        number=(customer.phone or "") if begins or not (task.routing and task.routing.outbound) else "",
        agreed={
            key.partition("/")[2]: said
            for key, said in customer.consents.items()
            if key.partition("/")[0] == task.channel
        },
        calls=task.calls,
        open_cases=customer.open_cases,
        history=tuple(each for each in entries if each.id != task.id)[:HISTORY],
    )


@dataclass(frozen=True, slots=True)
class Place:
    """What the map says of a channel and a tier."""

    channel: str
    tier: str
    now: Touchpoint
    bands: tuple[Touchpoint, ...]


def touchpoints(told: Policy, channels: Iterable[str], now: datetime) -> list[Place]:
    """The whole map, and what counts at this moment."""
    return [
        Place(channel, tier, routing.applies(told, channel, tier, now), tuple(told.touchpoints.of(channel, tier)))
        for channel in channels
        for tier in told.tiers.bands.tiers
    ]
