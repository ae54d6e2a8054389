"""Segments: named audiences, counted before use and kept up to date by events."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.segments import service as segments_service
from chalicelib.segments import views as segments
from chalicelib.triggers.answers.segments import (
    BelongingOut,
    BelongingsOut,
    CountOut,
    DeletedOut,
    MemberOut,
    MembersOut,
    SegmentOut,
    SegmentsOut,
)
from chalicelib.triggers.contract.segments import CountIn, SegmentIn
from chalicelib.triggers.contract.shared import Paged, if_told
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "PUT",
    "/v1/segments/{slug}",
    scope=Scope.SEGMENTS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Save a segment, or replace it",
    body=SegmentIn,
    returns=SegmentOut,
    errors=(409,),
)
def put_segment(call: Call[SegmentIn], slug: str) -> SegmentOut:
    """A pass over all customers finds its members; from then on events keep it. The same again changes nothing."""
    said = call.input
    expected = if_told(said.expected_version)
    segments_service.put_segment(
        slug, said.title, said.conditions.definition, by=call.principal.name, expected=expected
    )
    return _segment_out(call, segments.segment(slug))


@api.endpoint(
    "GET",
    "/v1/segments",
    scope=Scope.SEGMENTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="All segments",
    returns=SegmentsOut,
)
def list_segments(call: Call[None]) -> SegmentsOut:
    """By slug, with how many are in each. There are 50 at most."""
    return SegmentsOut(items=[_segment_out(call, counted) for counted in segments.segments()])


@api.endpoint(
    "GET",
    "/v1/segments/{slug}",
    scope=Scope.SEGMENTS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="A segment",
    returns=SegmentOut,
    errors=(404,),
)
def get_segment(call: Call[None], slug: str) -> SegmentOut:
    """With how many are in it at this moment, and how far the pass is that builds it."""
    return _segment_out(call, segments.segment(slug))


@api.endpoint(
    "GET",
    "/v1/segments/{slug}/members",
    scope=Scope.SEGMENTS_READ,
    teams=Teams.FILTERED,
    summary="Who is in a segment",
    query=Paged,
    returns=MembersOut,
    errors=(404,),
    whose="customer_id",
)
def list_members(call: Call[Paged], slug: str) -> MembersOut:
    """Customers' ids, and since when."""
    page = segments.members(slug, call.after, call.input.limit)
    items = [
        MemberOut.of(member, {"customer": call.link(f"v1/customers/{member.customer_id}")}) for member in page.items
    ]
    return MembersOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "DELETE",
    "/v1/segments/{slug}",
    scope=Scope.SEGMENTS_WRITE,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Delete a segment",
    returns=DeletedOut,
    errors=(404,),
)
def delete_segment(_call: Call[None], slug: str) -> DeletedOut:
    """At once; who was in it is taken out in the background."""
    segments_service.delete_segment(slug)
    return DeletedOut(slug=slug)


@api.endpoint(
    "POST",
    "/v1/segment-counts",
    scope=Scope.SEGMENTS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="Count before there is a segment",
    body=CountIn,
    returns=CountOut,
    status=202,
)
def start_count(call: Call[CountIn]) -> CountOut:
    """A pass over all customers begins; its figures so far can be read while it counts, and for a week."""
    return _count_out(call, segments_service.start_count(call.input.conditions.definition))


@api.endpoint(
    "GET",
    "/v1/segment-counts/{count_id}",
    scope=Scope.SEGMENTS_READ,
    teams=Teams.ALL_TEAMS_ONLY,
    summary="A count, and how far it is",
    returns=CountOut,
    errors=(404,),
)
def get_count(call: Call[None], count_id: str) -> CountOut:
    """It looks at the oldest customers first: while it counts, the share is that of those."""
    return _count_out(call, count_id)


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/segments",
    scope=Scope.SEGMENTS_READ,
    teams=Teams.OF_PATH,
    summary="The segments a customer is in",
    returns=BelongingsOut,
    errors=(404,),
    looks_at="customer_id",
)
def list_segments_of_customer(call: Call[None], customer_id: str) -> BelongingsOut:
    """And since when."""
    found = segments.segments_of(customer_id)
    items = [
        BelongingOut.of(segment, member.since, {"self": call.link(f"v1/segments/{segment.id}")})
        for segment, member in found
    ]
    return BelongingsOut(items=items)


def _segment_out(call: Call[Any], counted: segments.Counted) -> SegmentOut:
    own = f"v1/segments/{counted.segment.id}"
    return SegmentOut.of(counted, {"self": call.link(own), "members": call.link(f"{own}/members")})


def _count_out(call: Call[Any], count_id: str) -> CountOut:
    links = {"self": call.link(f"v1/segment-counts/{count_id}")}
    return CountOut.of(count_id, segments.count(count_id), links)
