"""Cases and what was promised."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.kernel import ids
from chalicelib.model.case import (
    Case,
    CaseLink,
    CaseStatus,
    Lease,
    LinkKind,
    Participant,
    Promise,
    PromiseEntry,
    PromiseKind,
    PromiseState,
    PromiseStep,
)
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import Handling, Routing
from chalicelib.triggers.answers.correspondence import ScheduledOut
from chalicelib.triggers.answers.interactions import InteractionOut
from chalicelib.triggers.answers.recoveries import MoodOut
from chalicelib.triggers.answers.shared import Links, Next, Output, Taken, TemplateUse
from chalicelib.triggers.answers.suggestions import AskedBefore


class PromiseOut(Output, frozen=True):
    """Counted in business time. While `paused_at` is set its clock stands still, and `due_at` will move."""

    kind: PromiseKind
    made_at: datetime
    due_at: datetime
    warn_at: Annotated[datetime, Meta(description="When it is about to break.")]
    state: PromiseState
    kept_at: datetime | None
    paused_at: datetime | None
    told_by: Annotated[datetime | None, Meta(description="Until when the customer was told to wait instead.")]

    @classmethod
    def of(cls, promise: Promise) -> "PromiseOut":
        return cls(
            kind=promise.kind,
            made_at=promise.made_at,
            due_at=promise.due_at,
            warn_at=promise.warn_at,
            state=promise.state,
            kept_at=promise.kept_at,
            paused_at=promise.paused_at,
            told_by=promise.told_by,
        )


class PromiseStepOut(Output, frozen=True):
    at: datetime
    promise: PromiseKind
    step: PromiseStep
    why: str
    due_at: Annotated[datetime, Meta(description="When it was due from then on.")]

    @classmethod
    def of(cls, entry: PromiseEntry) -> "PromiseStepOut":
        return cls(at=entry.at, promise=entry.promise, step=entry.step, why=entry.why, due_at=entry.due_at)


class ParticipantOut(Output, frozen=True):
    """Somebody whose mail belongs to a case. Nothing is sent to whoever is not confirmed."""

    number: int
    address: str
    confirmed: bool
    revoked: Annotated[bool, Meta(description="Her reply address opens the case no more.")]

    @classmethod
    def of(cls, participant: Participant) -> "ParticipantOut":
        return cls(
            number=participant.number,
            address=participant.address,
            confirmed=participant.confirmed,
            revoked=participant.revoked_at is not None,
        )


class RoutingOut(Output, frozen=True):
    """Where work stands in line, and what it asks of agents. `order_at` is its place: what has an earlier one is handed
    out first."""

    channel: Annotated[str, Meta(description="Whose capacity it takes.")]
    handling: Handling
    since: Annotated[datetime, Meta(description="She waits since then.")]
    order_at: datetime
    needs: Annotated[dict[str, int], Meta(description="Skills without which nobody gets it, and their levels.")]
    wants: Annotated[dict[str, int], Meta(description="Skills by which agents are preferred.")]
    language: str
    language_level: int
    relax_at: Annotated[datetime | None, Meta(description="When what it needs becomes what it wants.")]
    relaxed: bool
    last_agent: str
    kept_for: Annotated[str, Meta(description="The agent it is kept for.")]
    kept_until: datetime | None
    offered_to: str
    offered_until: datetime | None
    taken_at: datetime | None

    @classmethod
    def of(cls, line: Routing) -> "RoutingOut":
        return cls(
            channel=line.channel,
            handling=line.handling,
            since=line.since,
            order_at=line.order_at,
            needs=dict(line.needs),
            wants=dict(line.wants),
            language=line.language,
            language_level=line.language_level,
            relax_at=line.relax_at,
            relaxed=line.relaxed,
            last_agent=line.last_agent,
            kept_for=line.kept_for,
            kept_until=line.kept_until,
            offered_to=line.offer.agent_id if line.offer else "",
            offered_until=line.offer.expires_at if line.offer else None,
            taken_at=line.taken_at,
        )


class CaseLinkOut(Output, frozen=True):
    """Another case, as this one stands to it, or a page elsewhere."""

    id: Annotated[str, Meta(description="The other case's, or of the link to a page.")]
    kind: LinkKind
    url: str
    title: str

    @classmethod
    def of(cls, link: CaseLink) -> "CaseLinkOut":
        return cls(id=link.id, kind=link.kind, url=link.url, title=link.title)


class LeaseOut(Output, frozen=True):
    """Who works on a case, until when. It ends by itself."""

    holder: Annotated[str, Meta(description="The id of a member of staff, or the name of who has none.")]
    name: str
    until: datetime

    @classmethod
    def of(cls, lease: Lease) -> "LeaseOut":
        return cls(holder=lease.holder, name=lease.name, until=lease.until)


class CaseHead(Output, frozen=True):
    """One matter of one customer. `number` is how people read its id out."""

    id: str
    number: str
    customer_id: str
    opened_at: datetime
    updated_at: datetime
    channel: str
    subject: str
    topic: str
    status: CaseStatus
    priority: Annotated[int, Meta(description="Higher comes first.")]
    urgency: Urgency
    urgency_by: Annotated[str, Meta(description="The agent who set it; empty: the company's table.")]
    mood: Annotated[MoodOut | None, Meta(description="Of her last words; null: calm, or nobody could say.")]
    recovery: Annotated[str, Meta(description="The id of the recovery it belongs to.")]
    tier: str
    language: str
    promise: Annotated[PromiseOut | None, Meta(description="Of the answer we owe, or gave last.")]
    promises: Annotated[list[PromiseOut], Meta(description="First answer, next answer, solution; those there are.")]
    promise_log: Annotated[list[PromiseStepOut], Meta(description="What became of them, oldest first, the last 20.")]
    waiting_until: datetime | None
    participants: list[ParticipantOut]
    attention: Annotated[str, Meta(description="What an agent has to see to before anything else.")]
    scheduled_answers: Annotated[int, Meta(description="How many answers wait for their time.")]
    side_conversations: Annotated[int, Meta(description="How many there are about it.")]
    follows: Annotated[str, Meta(description="The id of the solved case it goes on from.")]
    merged_into: Annotated[str, Meta(description="The id of the case its mail goes to now.")]
    queue: Annotated[str, Meta(description="Where it waits for an agent, or did.")]
    assigned_to: Annotated[str, Meta(description="The id of the agent who took it; empty: nobody has it.")]
    routing: Annotated[
        RoutingOut | None, Meta(description="What it asks of agents; null: from before there were queues.")
    ]
    absorbed: Annotated[list[str], Meta(description="Ids of the cases that were merged into it.")]
    split_from: Annotated[str, Meta(description="The id of the case it was a part of.")]
    edition: Annotated[int, Meta(description="Rises with every change; stands in its ETag.")]
    solved_at: datetime | None
    followers: list[str]
    linked: list[CaseLinkOut]
    fields: Annotated[dict[str, str | int | float | bool], Meta(description="Your company's own.")]
    lease: LeaseOut | None
    snoozed: bool
    snoozed_until: Annotated[datetime | None, Meta(description="null, while it is snoozed: until she writes.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, case: Case, links: dict[str, str], at: datetime) -> "CaseHead":
        lease = case.leased(at)
        return cls(
            id=case.id,
            number=ids.case_number(case.id),
            customer_id=case.customer_id,
            opened_at=case.opened_at,
            updated_at=case.updated_at,
            channel=case.channel,
            subject=case.subject,
            topic=case.topic,
            status=case.status,
            priority=case.priority,
            urgency=case.urgency,
            urgency_by=case.urgency_by,
            mood=MoodOut.of(case.mood) if case.mood else None,
            recovery=case.recovery,
            tier=case.tier,
            language=case.language,
            promise=PromiseOut.of(case.promise) if case.promise else None,
            promises=[PromiseOut.of(promise) for promise in case.promises],
            promise_log=[PromiseStepOut.of(entry) for entry in case.promise_log],
            waiting_until=case.waiting_until,
            participants=[ParticipantOut.of(participant) for participant in case.participants],
            attention=case.attention,
            scheduled_answers=len(case.scheduled),
            side_conversations=case.sides,
            follows=case.follows,
            merged_into=case.merged_into,
            queue=case.queue,
            assigned_to=case.assigned_to,
            routing=RoutingOut.of(case.routing) if case.routing else None,
            absorbed=list(case.absorbed),
            split_from=case.split_from,
            edition=case.edition,
            solved_at=case.solved_at,
            followers=list(case.followers),
            linked=[CaseLinkOut.of(link) for link in case.links],
            fields=dict(case.custom),
            lease=LeaseOut.of(lease) if lease else None,
            snoozed=case.snoozed,
            snoozed_until=case.snoozed_until,
            links=links,
        )


class Replied(Taken, frozen=True):
    """`interaction_id` is the answer's, or that of one that waits for its time: then it is told what and when."""

    language: Annotated[str, Meta(description="The customer's, in which our own words around it are.")]
    template: Annotated[TemplateUse | None, Meta(description="What it was made of.")]
    scheduled: ScheduledOut | None


class CaseOut(Output, frozen=True):
    """A case and what was said in it, oldest first."""

    case: CaseHead
    interactions: list[InteractionOut]
    asked_before: Annotated[
        list[AskedBefore], Meta(description="Of the knowledge base, newest first. First page only.")
    ]
    next: Next


class CasesOut(Output, frozen=True):
    """A page of cases."""

    items: list[CaseHead]
    next: Next
