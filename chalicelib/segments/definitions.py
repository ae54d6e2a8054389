"""What does saving or deleting a segment change? Its definition, the directory; a pass over all customers begins."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.messages import ClearSegment
from chalicelib.model.segment import (
    MOST_CONDITIONS,
    MOST_SEGMENTS,
    About,
    Definition,
    Directory,
    Segment,
    SegmentState,
)
from chalicelib.segments import building
from chalicelib.segments.conditions import speaks_of


def put(
    known: Segment | None,
    directory: Directory,
    others: Iterable[Segment],
    slug: str,
    title: str,
    definition: Definition,
    *,
    by: str,
    expected: int | None,
    parts: int,
    now: datetime,
) -> tuple[Decision, Segment]:
    """The segment with this title and these conditions, to be built by a pass in so many parts. What it says already
    changes nothing; a new title alone builds nothing. `known` may be one that is being cleared.

    Raises Conflict when another edition than `expected` is there (0: none), or there are too many segments.
    """
    there = known if known and slug in directory.editions else None
    if there and (there.title, there.definition) == (title, definition):
        return Decision(reason="unchanged"), there
    edition = there.edition if there else 0
    if expected is not None and expected != edition:
        found = f"version {edition} is there" if edition else "there is no such segment"
        raise Conflict(f"{found}, not version {expected}: look at it again", "/expected_version")
    if there is None and len(directory.editions) >= MOST_SEGMENTS:
        raise Conflict(f"there are {MOST_SEGMENTS} segments already; delete one first")
    segment = Segment(
        id=slug,
        title=title,
        definition=definition,
        edition=edition + 1,
        updated_at=now,
        updated_by=by,
        version=known.version if known else None,
    )
    listed = _directory(directory, {**directory.editions, slug: segment.edition}, (*others, segment))
    if there and there.definition == definition:
        segment = replace(segment, state=there.state, build=there.build, ready_at=there.ready_at)
        return Decision((segment, listed), reason="renamed"), segment
    decision, segment = begin(segment, parts, now)
    return Decision((*decision.changes, listed), decision.messages, reason="saved"), segment


def begin(segment: Segment, parts: int, now: datetime) -> tuple[Decision, Segment]:
    """A pass over all customers brings its members up to date. One that is on its way has come to nothing then."""
    run = ids.derived_ulid(now, "segment", segment.id, str(segment.edition))
    built = replace(segment, state=SegmentState.BUILDING, build=run)
    decision = building.begin(run, segment.definition, segment.id, parts, now)
    return Decision((built, *decision.changes), decision.messages, reason="begun"), built


def delete(
    known: Segment | None, directory: Directory, others: Iterable[Segment], now: datetime
) -> tuple[Decision, None]:
    """Nobody sees it any more; its members follow in the background. Raises NotFound."""
    if known is None or known.id not in directory.editions:
        raise NotFound("no segment has this slug")
    editions = {slug: edition for slug, edition in directory.editions.items() if slug != known.id}
    clearing = replace(known, state=SegmentState.CLEARING, turn=known.turn + 1, updated_at=now)
    return Decision(
        (clearing, _directory(directory, editions, others)),
        (ClearSegment(segment_id=known.id, turn=clearing.turn),),
        reason="deleted",
    ), None


def cleared(segment: Segment, *, over: bool, now: datetime) -> Decision:
    """Nobody is left in it; or some are, and another message goes on."""
    if over:
        return Decision((Gone(segment),), reason="cleared")
    later = replace(segment, turn=segment.turn + 1, updated_at=now)
    return Decision((later,), (ClearSegment(segment_id=later.id, turn=later.turn),), reason="goes on")


def check(definition: Definition, tiers: Iterable[str], at: str) -> None:
    """Raises Invalid, with a pointer behind `at`, for conditions nobody could meet or too many of them."""
    if not definition.conditions:
        raise Invalid("a segment has one condition at least", at)
    if len(definition.conditions) > MOST_CONDITIONS:
        raise Invalid(f"a segment has at most {MOST_CONDITIONS} conditions", at)
    names = tuple(tiers)
    for group in ("all", "any", "none"):
        for place, condition in enumerate(getattr(definition, group)):
            if condition.about is not About.TIER:
                continue
            for number, name in enumerate(condition.one_of):
                if name not in names:
                    words = f"there is no such tier; there are {', '.join(names)}"
                    raise Invalid(words, f"{at}/{group}/{place}/one_of/{number}")


def by_index(segment: Segment) -> bool:
    """Whether a night, which moves everybody's value index, may change who is in it."""
    return any(condition.about is About.VALUE_INDEX for condition in segment.definition.conditions)


def _directory(before: Directory, editions: dict[str, int], segments: Iterable[Segment]) -> Directory:
    conditions = [c for segment in segments if segment.id in editions for c in segment.definition.conditions]
    spoken = sorted({attribute for condition in conditions for attribute in speaks_of(condition)})
    return replace(before, edition=before.edition + 1, editions=editions, speaks_of=tuple(spoken))
