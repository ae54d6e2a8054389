"""What is done about segments: save and delete them, count before there is one, sort customers into them.

Each may come twice, late, or in another order: who belongs where is asked of what is stored by then.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from chalicelib.customers import tiers
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer
from chalicelib.model.segment import Definition, Segment, SegmentState
from chalicelib.segments import building, definitions, membership
from chalicelib.segments.building import AT_ONCE
from chalicelib.segments.membership import Sorted
from chalicelib.storage import segments as storage
from chalicelib.storage.calibration import current_policy
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.storage.keys import POPULATION_SHARDS
from chalicelib.telemetry import Counted, count, logger

PAGE = 1_000


def put_segment(slug: str, title: str, definition: Definition, *, by: str, expected: int | None) -> Segment:
    """Creates or replaces it; a pass over all customers finds its members. Raises Conflict, or Invalid with a
    pointer."""
    definitions.check(definition, current_policy().tiers.bands.tiers, "/conditions")
    now = clock.now()

    def decide() -> tuple[Decision, Segment]:
        directory = storage.directory()
        found = {each.id: each for each in storage.segments({*directory.editions, slug})}
        known = found.pop(slug, None)
        return definitions.put(
            known,
            directory,
            found.values(),
            slug,
            title,
            definition,
            by=by,
            expected=expected,
            parts=POPULATION_SHARDS,
            now=now,
        )

    decision, segment = settle(decide)
    logger.info("segment_put", segment=slug, edition=segment.edition, reason=decision.reason)
    return segment


def delete_segment(slug: str) -> None:
    """Raises NotFound."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        directory = storage.directory()
        found = {each.id: each for each in storage.segments({*directory.editions, slug})}
        return definitions.delete(found.pop(slug, None), directory, found.values(), now)

    settle(decide)
    logger.info("segment_deleted", segment=slug)


def start_count(definition: Definition) -> str:
    """A pass that counts who would belong to such a segment; returns its id. Raises Invalid with a pointer."""
    definitions.check(definition, current_policy().tiers.bands.tiers, "/conditions")
    now = clock.now()
    run = ids.new_ulid(now)
    commit(building.begin(run, definition, "", POPULATION_SHARDS, now))
    return run


def rebuild() -> None:
    """After a night that moved everybody's value index: the segments that speak of it. A repetition is another pass,
    which finds nothing to do."""
    now = clock.now()
    for slug in storage.directory().editions:

        def decide(slug: str = slug) -> tuple[Decision, None]:
            segment = storage.segment(slug)
            if segment is None or segment.state is SegmentState.CLEARING or not definitions.by_index(segment):
                return Decision(reason="not by the index"), None
            return definitions.begin(segment, POPULATION_SHARDS, now)[0], None

        settle(decide)


def clear(slug: str, turn: int, out_of_time: Callable[[], bool]) -> None:
    """Takes the members out of a segment that was deleted, for a while; then a message goes on. One that was saved anew
    meanwhile is left alone."""
    for part in range(POPULATION_SHARDS):
        while found := storage.members_in(slug, part, "", PAGE):
            segment = storage.segment(slug)
            if segment is None or segment.state is not SegmentState.CLEARING or segment.turn != turn:
                return
            if out_of_time():
                _cleared(slug, turn, over=False)
                return
            for place in range(0, len(found), AT_ONCE):
                sort(member.customer_id for member in found[place : place + AT_ONCE])
    _cleared(slug, turn, over=True)


def _cleared(slug: str, turn: int, *, over: bool) -> None:
    def decide() -> tuple[Decision, None]:
        segment = storage.segment(slug)
        if segment is None or segment.state is not SegmentState.CLEARING or segment.turn != turn:
            return Decision(reason="not its turn"), None
        return definitions.cleared(segment, over=over, now=clock.now()), None

    settle(decide)


# ── Sorting ───────────────────────────────────────────────────────────────────────────────────────


def sort(customer_ids: Iterable[str], as_of: datetime | None = None) -> None:
    """Puts each of these (a few dozen at most) into the segments she belongs to by now, and out of the others."""
    now = max(clock.now(), as_of) if as_of else clock.now()
    waiting = list(customer_ids)
    while waiting:
        decided = {each: _decided(unsorted, now) for each, unsorted in _unsorted(waiting)}
        for decision in membership.together(decided.values()):
            try:
                commit(decision)
            except Refused:
                _one_by_one(waiting, now)
                return
        _count(decided.values())
        waiting = [customer_id for customer_id, each in decided.items() if each.rest]


def _one_by_one(customer_ids: Iterable[str], now: datetime) -> None:
    """Somebody else sorts one of them at this moment: the others must not wait for her."""
    for customer_id in customer_ids:

        def decide(customer_id: str = customer_id) -> tuple[Decision, Sorted]:
            ((_, unsorted),) = _unsorted([customer_id])
            done = _decided(unsorted, now)
            return done.decision, done

        rest = True
        while rest:
            _, done = settle(decide)
            _count([done])
            rest = done.rest


def _unsorted(customer_ids: Iterable[str]) -> list[tuple[str, storage.Unsorted]]:
    return [(each.customer_id, each) for each in storage.unsorted(customer_ids)]


def _decided(found: storage.Unsorted, now: datetime) -> Sorted:
    customer = found.customer
    index = tiers.index(customer, current_policy()) if customer else 0.0
    return membership.sort(found.customer_id, customer, found.memberships, storage.definitions(), index, now)


def _count(sorted_ones: Iterable[Sorted]) -> None:
    for each in sorted_ones:
        if each.joined:
            count(Counted.SEGMENT_JOINED, len(each.joined))
        if each.left:
            count(Counted.SEGMENT_LEFT, len(each.left))


# ── The pass over all customers ───────────────────────────────────────────────────────────────────


class _Members:
    """Goes along the members of a segment while a pass goes along the customers of a part."""

    def __init__(self, slug: str) -> None:
        self._slug = slug
        self._ahead: list[str] = []  # the next ones, the nearest last
        self._behind: str | None = None  # the last one read; "" when there are no more

    def is_member(self, customer_id: str) -> bool:
        if self._behind is None:
            self._behind = customer_id[:-1]  # what sorts just before her
        gone: list[str] = []
        while self._fill(customer_id) and self._ahead[-1] < customer_id:
            gone.append(self._ahead.pop())
        for place in range(0, len(gone), AT_ONCE):
            sort(gone[place : place + AT_ONCE])  # no customers any more, or merged
        if self._ahead and self._ahead[-1] == customer_id:
            self._ahead.pop()
            return True
        return False

    def sort(self, customer_ids: Iterable[str]) -> None:
        sort(customer_ids)

    def _fill(self, customer_id: str) -> bool:
        if not self._ahead and self._behind:
            found = storage.members_in(self._slug, storage.part_of(customer_id), self._behind, PAGE)
            self._ahead = [member.customer_id for member in reversed(found)]
            self._behind = found[-1].customer_id if len(found) == PAGE else ""
        return bool(self._ahead)


def _index() -> Callable[[Customer], float]:
    policy = current_policy()
    return lambda customer: tiers.index(customer, policy)


JOB = building.Job(index=_index, work=_Members, segment=storage.segment, now=clock.now)
