"""How does a sweep go on? A part's row says where it stands; the message that goes on rides in it.

A message says behind which customer to go on. It counts only if that is where the part stands: a repetition, a late
one, and the slower of two workers all change nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import Message, SweepEnded, SweepPart
from chalicelib.model.sweep import KEPT, Part, Sweep


def begin(job: str, run: str, given: Mapping[str, Any], parts: int, now: datetime) -> Decision:
    sweep = Sweep(job=job, run=run, started_at=now, parts=parts, given=given)
    first = tuple(SweepPart(job=job, run=run, part=number, after="") for number in range(parts))
    return Decision((sweep,), first, "started")


def is_next(sweep: Sweep, part: Part | None, after: str, now: datetime) -> bool:
    """Whether a message `after` a customer is the one this part waits for."""
    if sweep.closed_at or now >= sweep.started_at + KEPT:
        return False
    return not after if part is None else not part.done and part.after == after


def unbegun(sweep: Sweep, number: int) -> Part:
    return Part(job=sweep.job, run=sweep.run, number=number, started_at=sweep.started_at)


def advanced(part: Part, upto: str | None, customers: int, gathered: bytes) -> Decision:
    """The part as it stands after a slice `upto` a customer (None: to its end) in which it saw so many more."""
    further = replace(
        part,
        after=upto or part.after,
        customers=part.customers + customers,
        gathered=gathered,
        done=upto is None,
    )
    following: Message = SweepEnded(job=part.job, run=part.run)
    if upto is not None:
        following = SweepPart(job=part.job, run=part.run, part=part.number, after=upto)
    return Decision((further,), (following,))


def is_over(sweep: Sweep, parts: Sequence[Part]) -> bool:
    """Whether it is to be closed now: all parts are done, and nobody did it before."""
    return sweep.closed_at is None and sum(part.done for part in parts) == sweep.parts


def closed(sweep: Sweep, parts: Iterable[Part], conclusion: Decision, now: datetime) -> Decision:
    """The end, in one write with what the job makes of it. Its messages ride in the sweep's own row."""
    ended = replace(sweep, closed_at=now, customers=sum(part.customers for part in parts))
    return Decision((ended, *conclusion.changes), conclusion.messages, conclusion.reason)
