"""Whom does a pass over all customers have to sort, and what does it count? The job `segments`.

It counts who meets the conditions. One that builds a segment also sorts those who are not where they belong, before
it writes down how far it came: when it is through, the segment is right. What it did before it died is done again.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import msgspec

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import Message
from chalicelib.model.customer import Customer
from chalicelib.model.segment import Definition, Segment, SegmentState
from chalicelib.model.sweep import Sweep
from chalicelib.segments.conditions import matches, when
from chalicelib.sweeps import progress

JOB = "segments"
AT_ONCE = 25  # customers sorted together


def begin(run: str, definition: Definition, slug: str, parts: int, now: datetime) -> Decision:
    """Without a slug it counts only."""
    given = {"segment": slug, "definition": msgspec.to_builtins(definition)}
    return progress.begin(JOB, run, given, parts, now)


def definition_of(sweep: Sweep) -> Definition:
    return msgspec.convert(sweep.given["definition"], Definition)


def matched(gathered: Iterable[bytes]) -> int:
    """How many met the conditions, of those the parts have seen."""
    return sum(json.loads(part)["matched"] for part in gathered if part)


class Work(Protocol):
    """What a pass asks of the table."""

    def is_member(self, customer_id: str) -> bool:
        """Asked in the order of ids, each once."""
        ...

    def sort(self, customer_ids: Iterable[str]) -> None: ...


@dataclass(slots=True)
class Gathering:
    definition: Definition
    work: Work | None  # None: it counts only
    index: Callable[[Customer], float]
    now: datetime
    matched: int = 0
    waiting: list[str] = field(default_factory=list)

    def look_at(self, customer: Customer) -> Iterable[Message]:
        index = self.index(customer)
        belongs = matches(self.definition, customer, index, self.now)
        self.matched += belongs
        if self.work is None:
            return ()
        is_member = self.work.is_member(customer.id)
        if belongs != is_member or when(self.definition, customer, index, self.now):
            self.waiting.append(customer.id)
            if len(self.waiting) == AT_ONCE:
                self._sort()
        return ()

    def to_bytes(self) -> bytes:
        self._sort()
        return json.dumps({"matched": self.matched}).encode()

    def _sort(self) -> None:
        if self.work and self.waiting:
            self.work.sort(self.waiting)
        self.waiting = []


def concluded(segment: Segment | None, sweep: Sweep, now: datetime) -> Decision:
    """The segment is ready, unless it was changed or deleted meanwhile."""
    if segment is None or segment.build != sweep.run or segment.state is not SegmentState.BUILDING:
        return Decision(reason="counted, or overtaken")
    return Decision((replace(segment, state=SegmentState.READY, ready_at=now),), reason="ready")


@dataclass(frozen=True, slots=True)
class Job:
    """`work`: for a segment and a part of the pass, from behind a customer; `segment`: as it is stored."""

    index: Callable[[], Callable[[Customer], float]]
    work: Callable[[str], Work]
    segment: Callable[[str], Segment | None]
    now: Callable[[], datetime]

    def gathering(self, sweep: Sweep, gathered: bytes, now: datetime) -> Gathering:
        slug = str(sweep.given["segment"])
        found: Mapping[str, Any] = json.loads(gathered or b"{}")
        work = self.work(slug) if slug else None
        return Gathering(definition_of(sweep), work, self.index(), now, matched=found.get("matched", 0))

    def conclusion(self, sweep: Sweep, gathered: Iterable[bytes]) -> Decision:  # noqa: ARG002 - the parts keep them
        slug = str(sweep.given["segment"])
        return concluded(self.segment(slug) if slug else None, sweep, self.now())
