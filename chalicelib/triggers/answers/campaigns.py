"""Campaigns, how far they are, and their people."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.model.campaign import AudienceKind, Campaign, CampaignState, stand_of
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach.campaigns.views import Foreseen, Progress
from chalicelib.triggers.answers.shared import Links, Next, Output

Stands = Annotated[
    dict[str, int],
    Meta(description="How many stand how: by state, and behind a dot by the guardrail that refused or postponed them."),
]


class AudienceOut(Output, frozen=True):
    kind: AudienceKind
    segment: str
    campaign_id: str
    uploads: tuple[str, ...]


class ListOut(Output, frozen=True):
    """How far the entries of its list are looked up."""

    entries: int
    found: int
    missed: Annotated[int, Meta(description="Entries that mean nobody.")]
    done: bool


class CampaignProgressOut(Output, frozen=True):
    """How far it is."""

    seen: Annotated[int, Meta(description="People it has looked at.")]
    parts: int
    parts_done: int
    stands: Stands
    ends_at: Annotated[datetime | None, Meta(description="About when everybody is looked at, at its rate.")]

    @classmethod
    def of(cls, progress: Progress) -> "CampaignProgressOut":
        return cls(
            seen=progress.seen,
            parts=progress.parts,
            parts_done=progress.parts_done,
            stands=progress.stands,
            ends_at=progress.ends_at,
        )


class CampaignOut(Output, frozen=True):
    """A campaign. `prepared_by` and `approved_by` are ids of members of staff or keys: two different ones."""

    id: str
    title: str
    play: str
    edition: Annotated[int, Meta(description="Of the play, when it was submitted.")]
    parameters: dict[str, str | int | float | bool]
    context: dict[str, str]
    reason: str
    audience: AudienceOut
    list: ListOut | None
    expected: Annotated[int, Meta(description="People, as far as that was known when it was submitted.")]
    rate_per_minute: int
    starts_at: datetime | None
    deadline: datetime
    state: CampaignState
    why: Annotated[str, Meta(description="It is paused or stopped, was sent back, or ended early.")]
    prepared_by: str
    prepared_at: datetime
    submitted_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    begun_at: datetime | None
    ended_at: datetime | None
    updated_at: datetime
    updated_by: str
    progress: Annotated[CampaignProgressOut | None, Meta(description="Where one campaign is asked for.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, one: Campaign, links: dict[str, str], progress: Progress | None = None) -> "CampaignOut":
        whom, told = one.audience, one.listing
        return cls(
            id=one.id,
            title=one.title,
            play=one.play,
            edition=one.edition,
            parameters=dict(one.given),
            context=dict(one.context),
            reason=one.reason,
            audience=AudienceOut(
                kind=whom.kind, segment=whom.segment, campaign_id=whom.campaign_id, uploads=whom.uploads
            ),
            list=ListOut(entries=told.entries, found=told.found, missed=told.missed, done=told.done) if told else None,
            expected=one.expected,
            rate_per_minute=one.rate,
            starts_at=one.starts_at,
            deadline=one.deadline,
            state=one.state,
            why=one.why,
            prepared_by=one.prepared_by,
            prepared_at=one.prepared_at,
            submitted_at=one.submitted_at,
            approved_by=one.approved_by,
            approved_at=one.approved_at,
            begun_at=one.begun_at,
            ended_at=one.ended_at,
            updated_at=one.updated_at,
            updated_by=one.updated_by,
            progress=CampaignProgressOut.of(progress) if progress else None,
            links=links,
        )


class CampaignsOut(Output, frozen=True):
    """The newest first."""

    items: list[CampaignOut]
    next: Next


class CampaignPersonOut(Output, frozen=True):
    """What became of one person of a campaign, and why."""

    customer_id: str
    task_id: str
    state: TaskState
    stands: Annotated[str, Meta(description="As the figures count her.")]
    reason: str
    channel: str
    due_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, task: Task) -> "CampaignPersonOut":
        return cls(
            customer_id=task.customer_id,
            task_id=task.id,
            state=task.state,
            stands=stand_of(task),
            reason=task.reason,
            channel=task.channel,
            due_at=task.due_at,
            updated_at=task.updated_at,
        )


class CampaignPeopleOut(Output, frozen=True):
    """In no order that means anything."""

    items: list[CampaignPersonOut]
    next: Next


class MissedOut(Output, frozen=True):
    """Places in the list, from 1, empty lines and headings left out."""

    items: list[int]
    next: Next


class CampaignPreviewOut(Output, frozen=True):
    """What would become of some people of its audience now; nothing was written."""

    expected: Annotated[int, Meta(description="People in its audience, as far as that is known without counting.")]
    looked_at: int
    stands: Stands
    minutes: Annotated[int, Meta(description="How long the whole audience takes, at its rate.")]
    people: Annotated[list[CampaignPersonOut], Meta(description="Some of those looked at.")]

    @classmethod
    def of(cls, foreseen: Foreseen) -> "CampaignPreviewOut":
        return cls(
            expected=foreseen.expected,
            looked_at=foreseen.looked_at,
            stands=foreseen.stands,
            minutes=foreseen.minutes,
            people=[CampaignPersonOut.of(task) for task in foreseen.people],
        )
