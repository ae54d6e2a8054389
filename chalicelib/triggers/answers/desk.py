"""Agents, their work, and the touchpoint map."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.desk.views import Place
from chalicelib.model.agent import Agent, Presence
from chalicelib.model.policy import Policy
from chalicelib.model.touchpoint import Touchpoint
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import Handling
from chalicelib.triggers.answers.calls import CallCard
from chalicelib.triggers.answers.cases import CaseHead, RoutingOut
from chalicelib.triggers.answers.shared import Links, Next, Output
from chalicelib.triggers.answers.suggestions import AskedBefore
from chalicelib.triggers.answers.tasks import TaskOut


class AgentOut(Output, frozen=True):
    id: str
    name: str
    skills: dict[str, int]
    languages: dict[str, int]
    capacity: Annotated[dict[str, int], Meta(description="How much she has in hand at most, by channel.")]
    queues: list[str]
    teams: list[str]
    presence: Presence
    present_until: Annotated[datetime | None, Meta(description="Unless she says or does something before.")]
    in_hand: Annotated[dict[str, int], Meta(description="How much she has in hand, offers included, by channel.")]
    version: int
    updated_at: datetime
    updated_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, agent: Agent, links: dict[str, str]) -> "AgentOut":
        return cls(
            id=agent.id,
            name=agent.name,
            skills=dict(agent.skills),
            languages=dict(agent.languages),
            capacity=dict(agent.capacity),
            queues=list(agent.queues),
            teams=list(agent.teams),
            presence=agent.presence,
            present_until=agent.present_until,
            in_hand=dict(Counter(agent.held.values())),
            version=agent.edition,
            updated_at=agent.updated_at,
            updated_by=agent.updated_by,
            links=links,
        )


class AgentsOut(Output, frozen=True):
    """By id."""

    items: list[AgentOut]
    next: Next


class WorkOut(Output, frozen=True):
    """A case or a task that is in an agent's hand, or offered to her."""

    kind: Literal["case", "task"]
    customer_id: str
    offered: Annotated[bool, Meta(description="She has not said yet whether she takes it.")]
    case: CaseHead | None
    task: TaskOut | None
    routing: RoutingOut | None
    call: Annotated[CallCard | None, Meta(description="Of a task: with the next work only.")]
    asked_before: Annotated[
        list[AskedBefore], Meta(description="Of the knowledge base, newest first: with the next work only.")
    ]
    links: Links = field(name="_links")


class NextOut(Output, frozen=True):
    """An agent's next work, offered to her alone until `routing.offered_until`, or why there is none."""

    work: WorkOut | None
    why: Annotated[list[str], Meta(description="Why she gets it, or nothing, in sentences.")]
    ask_again_seconds: Annotated[int, Meta(description="When to ask again, if there was nothing.")]
    customer_id: str


class DeskOut(Output, frozen=True):
    """An agent and all she has in hand, who waits longest first."""

    agent: AgentOut
    items: list[WorkOut]


class TouchpointOut(Output, frozen=True):
    """Who sees to a contact. Every way ends with a person."""

    when: Annotated[str, Meta(description="always, open or closed by the channel's calendar, or hours of its own.")]
    handling: Handling
    queue: str
    needs: dict[str, int]
    wants: dict[str, int]
    language_level: int
    after_minutes: Annotated[
        float, Meta(description="How long before a person comes, where she may help herself first.")
    ]
    keep_minutes: Annotated[
        float, Meta(description="How long it is kept for the agent who had her last, if she is there.")
    ]
    relax_minutes: Annotated[float, Meta(description="After which what it needs becomes what it wants.")]
    head_start_minutes: Annotated[float, Meta(description="By how much it stands before who came at the same time.")]
    offer_seconds: Annotated[float, Meta(description="How long an agent has to say whether she takes it.")]
    cost: Annotated[int | None, Meta(description="To the company, minor units per contact; null: unknown.")]
    customer_cost: Annotated[int | None, Meta(description="To the customer, likewise.")]
    first_answer_minutes: Annotated[dict[str, float], Meta(description="What is promised, by urgency; business time.")]

    @classmethod
    def of(cls, entry: Touchpoint, place: Place, policy: Policy, head_start: float) -> "TouchpointOut":
        promised = policy.tiers.named(place.tier).promised(place.channel)
        return cls(
            when=entry.when,
            handling=entry.handling,
            queue=entry.queue,
            needs=dict(entry.needs),
            wants=dict(entry.wants),
            language_level=entry.language_level,
            after_minutes=entry.after.total_seconds() / 60,
            keep_minutes=entry.keep.total_seconds() / 60,
            relax_minutes=entry.relax.total_seconds() / 60,
            head_start_minutes=head_start,
            offer_seconds=entry.offered_for.total_seconds(),
            cost=policy.contact_costs.get(place.channel) if entry.cost is None else entry.cost,
            customer_cost=entry.customer_cost,
            first_answer_minutes={
                urgency.value: (promised * entry.factor(urgency, policy.tiers)).total_seconds() / 60
                for urgency in Urgency
            },
        )


class PlaceOut(Output, frozen=True):
    """What the map says of a channel and a tier."""

    channel: str
    tier: str
    now: TouchpointOut
    bands: Annotated[list[TouchpointOut], Meta(description="The first whose time it is counts.")]


class TouchpointsOut(Output, frozen=True):
    """The whole map."""

    items: list[PlaceOut]
    queues: list[str]
