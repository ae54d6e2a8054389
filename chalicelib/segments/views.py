"""What is shown of segments."""

from typing import NamedTuple

from chalicelib.kernel.errors import NotFound
from chalicelib.model.page import Page
from chalicelib.model.segment import Member, Segment, SegmentState
from chalicelib.segments import building
from chalicelib.segments.membership import COUNTER
from chalicelib.storage import customers, sweeps, tallies
from chalicelib.storage import segments as storage


class Counted(NamedTuple):
    """How many there are, and how far the pass is that finds them."""

    segment: Segment
    members: int
    progress: "Progress | None"  # None: no pass is on its way


class Progress(NamedTuple):
    seen: int
    matched: int
    over: bool


def segment(slug: str) -> Counted:
    """With how many are in it at this moment. Raises NotFound."""
    found = _existing(slug)
    progress = None
    if found.state is SegmentState.BUILDING:
        progress = _progress(found.build)
    return Counted(found, tallies.sums(COUNTER).get(slug, 0), progress)


def segments() -> list[Counted]:
    """All of them, by slug."""
    found = storage.segments(storage.directory().editions)
    counts = tallies.sums(COUNTER) if found else {}
    return [Counted(each, counts.get(each.id, 0), None) for each in found]


def members(slug: str, after: str | None, limit: int) -> Page[Member]:
    """Raises NotFound."""
    _existing(slug)
    return storage.members(slug, after, limit)


def count(count_id: str) -> Progress:
    """How far a count is. Raises NotFound, also for one that ended a week ago."""
    found = _progress(count_id)
    if found is None:
        raise NotFound("there is no such count, or not any more")
    return found


def segments_of(customer_id: str) -> list[tuple[Segment, Member]]:
    """Which a customer is in, by slug. Raises NotFound."""
    person = customers.customer(customer_id)
    if person is None:
        raise NotFound("no customer has this id")
    memberships = storage.memberships(person.id)
    since = memberships.since if memberships else {}
    found = storage.segments(since)
    return [
        (each, Member(segment_id=each.id, customer_id=person.id, since=since[each.id]))
        for each in found
        if each.state is not SegmentState.CLEARING
    ]


def _existing(slug: str) -> Segment:
    found = storage.segment(slug)
    if found is None or found.state is SegmentState.CLEARING:
        raise NotFound("no segment has this slug")
    return found


def _progress(run: str) -> Progress | None:
    sweep, parts = sweeps.whole(building.JOB, run)
    if sweep is None:
        return None
    seen = sum(part.customers for part in parts)
    return Progress(seen, building.matched(part.gathered for part in parts), sweep.closed_at is not None)
