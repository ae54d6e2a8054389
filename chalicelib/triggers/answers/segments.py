"""Segments: who is in which, and how many."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.segment import Member, Segment
from chalicelib.segments.views import Counted, Progress
from chalicelib.triggers.answers.shared import Links, Next, Output
from chalicelib.triggers.contract.segments import Asked


class ProgressOut(Output, frozen=True):
    """How far a pass over all customers is."""

    seen: Annotated[int, Meta(description="Customers it has looked at.")]
    matched: Annotated[int, Meta(description="How many of them meet the conditions.")]

    @classmethod
    def of(cls, progress: Progress) -> "ProgressOut":
        return cls(seen=progress.seen, matched=progress.matched)


class SegmentOut(Output, frozen=True):
    """A segment. `version` counts changes of title or conditions."""

    slug: str
    title: str
    conditions: Asked
    version: int
    state: Annotated[
        Literal["building", "ready"],
        Meta(description="`building`: a pass over all customers is on its way; `ready`: kept up to date by events."),
    ]
    members: Annotated[int, Meta(description="How many are in it at this moment.")]
    progress: Annotated[ProgressOut | None, Meta(description="Of the pass that builds it; null when none does.")]
    ready_at: Annotated[datetime | None, Meta(description="When the last pass ended.")]
    updated_at: datetime
    updated_by: Annotated[str, Meta(description="The caller who changed it last.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, counted: Counted, links: dict[str, str]) -> "SegmentOut":
        segment = counted.segment
        return cls(
            slug=segment.id,
            title=segment.title,
            conditions=Asked.of(segment.definition),
            version=segment.edition,
            state="ready" if segment.state.value == "ready" else "building",
            members=counted.members,
            progress=ProgressOut.of(counted.progress) if counted.progress else None,
            ready_at=segment.ready_at,
            updated_at=segment.updated_at,
            updated_by=segment.updated_by,
            links=links,
        )


class SegmentsOut(Output, frozen=True):
    """By slug."""

    items: list[SegmentOut]


class MemberOut(Output, frozen=True):
    customer_id: str
    since: datetime
    links: Links = field(name="_links")

    @classmethod
    def of(cls, member: Member, links: dict[str, str]) -> "MemberOut":
        return cls(customer_id=member.customer_id, since=member.since, links=links)


class MembersOut(Output, frozen=True):
    """In no order that means anything."""

    items: list[MemberOut]
    next: Next


class BelongingOut(Output, frozen=True):
    """A segment a customer is in."""

    slug: str
    title: str
    since: datetime
    links: Links = field(name="_links")

    @classmethod
    def of(cls, segment: Segment, since: datetime, links: dict[str, str]) -> "BelongingOut":
        return cls(slug=segment.id, title=segment.title, since=since, links=links)


class BelongingsOut(Output, frozen=True):
    """By slug."""

    items: list[BelongingOut]


class DeletedOut(Output, frozen=True):
    """It is gone; its members are taken out in the background."""

    slug: str


class CountOut(Output, frozen=True):
    """`counting`: the figures are those so far; `ready`: of all customers."""

    id: str
    state: Literal["counting", "ready"]
    progress: ProgressOut
    links: Links = field(name="_links")

    @classmethod
    def of(cls, count_id: str, progress: Progress, links: dict[str, str]) -> "CountOut":
        state: Literal["counting", "ready"] = "ready" if progress.over else "counting"
        return cls(id=count_id, state=state, progress=ProgressOut.of(progress), links=links)
