"""When does an answer that waits for its time become one, and when is there no need for it any more?

Its case names the answers that wait. Who moves the case takes them off its list in the same write: from then on they
are not sent, whoever comes first. What then stands in their own rows follows (`settled`).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.messages import ActOnAnswer, Message, NotifyStaff
from chalicelib.model.case import Case, CaseStatus, Scheduled
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Receipt
from chalicelib.model.later import LATEST, MOST_WAITING, LaterState, ScheduledAnswer
from chalicelib.model.notice import NoticeKind

SOONEST = timedelta(minutes=1)
SHE_WROTE, SOLVED, MERGED = "the customer wrote first", "the case was solved", "the case was merged into another"
CALLED_OFF, GONE = "called off", "the case is gone"
ATTENTION = "an answer that was to be sent later was cancelled: {why}"


def schedule(
    case: Case, answer: ScheduledAnswer, *, receipt_key: str, fingerprint: str, now: datetime
) -> tuple[Decision, Receipt]:
    """The answer stored until its time. The promise stays what it is: only an answer that is sent keeps it.

    Raises Invalid for a time that does not fit, Conflict when the case takes none.
    """
    if not now + SOONEST <= answer.send_at <= now + LATEST:
        raise Invalid(f"send_at is at least a minute and at most {LATEST.days} days from now", "/send_at")
    if why := _of_no_use(case):
        raise Conflict(f"{why}: answer now, or in the case that goes on")
    if len(case.scheduled) >= MOST_WAITING:
        raise Conflict(f"{MOST_WAITING} answers wait in this case already: cancel one first")
    waiting = Scheduled(id=answer.id, at=answer.send_at, only_if_silent=answer.only_if_silent, by=answer.by)
    moved = replace(case, scheduled=(*case.scheduled, waiting), updated_at=now)
    receipt = Receipt(
        key=receipt_key,
        fingerprint=fingerprint,
        at=now,
        customer_id=case.customer_id,
        case_id=case.id,
        interaction_id=answer.id,
    )
    told = _told(case, EventKind.ANSWER_SCHEDULED, answer.id, now, by=answer.author, send_at=clock.iso(answer.send_at))
    return Decision((answer, receipt, moved, told), reason="scheduled"), receipt


class CalledOff(NamedTuple):
    """A case without some of its answers that waited, and what follows from it."""

    case: Case
    told: tuple[Event, ...] = ()
    messages: tuple[Message, ...] = ()


def called_off(
    case: Case, why: str, now: datetime, which: Callable[[Scheduled], bool] = lambda _: True, *, notify: bool = True
) -> CalledOff:
    """`which` of them do not wait any more. Nothing, when there are none: who moves a case may always ask."""
    gone = [waiting for waiting in case.scheduled if which(waiting)]
    if not gone:
        return CalledOff(case)
    left = tuple(waiting for waiting in case.scheduled if waiting not in gone)
    told = tuple(_told(case, EventKind.ANSWER_CANCELLED, waiting.id, now, why=why) for waiting in gone)
    settle: tuple[Message, ...] = tuple(
        ActOnAnswer(customer_id=case.customer_id, answer_id=waiting.id, why=why) for waiting in gone
    )
    if notify:
        what = NoticeKind.ANSWER_CANCELLED.value
        settle += tuple(
            NotifyStaff(
                customer_id=case.customer_id,
                case_id=case.id,
                what=what,
                of=waiting.id,
                to=(waiting.by,) if waiting.by else (),
            )
            for waiting in gone
        )
    return CalledOff(replace(case, scheduled=left), told, settle)


def she_wrote(case: Case, now: datetime) -> CalledOff:
    """Those that were only meant for her silence go, and somebody has to look at the case."""
    off = called_off(case, SHE_WROTE, now, lambda waiting: waiting.only_if_silent)
    if not off.told:
        return off
    attention = case.attention or ATTENTION.format(why=SHE_WROTE)
    return off._replace(case=replace(off.case, attention=attention))


def solved(case: Case, now: datetime) -> CalledOff:
    """Whoever solved it knows."""
    return called_off(case, SOLVED, now, notify=False)


def waits_until(case: Case) -> datetime | None:
    """The last moment at which one of its answers is sent; None: none waits."""
    return max((waiting.at for waiting in case.scheduled), default=None)


def obstacle(answer: ScheduledAnswer, case: Case | None) -> str:
    """Why it is not sent when its time comes; empty: it is."""
    if case is None:
        return GONE
    if answer.id not in {waiting.id for waiting in case.scheduled}:
        return SOLVED if _of_no_use(case) else CALLED_OFF
    return _of_no_use(case)


def cancel(answer: ScheduledAnswer | None, case: Case | None, now: datetime, *, by: str) -> Decision:
    """Somebody calls it off. Raises NotFound, or Conflict when it was sent; a repetition changes nothing."""
    if answer is None or case is None or answer.case_id != case.id:
        raise NotFound("this case has no such answer that waits")
    if answer.state is LaterState.SENT:
        raise Conflict("it was sent already: write another answer")
    if not answer.waits:
        return Decision(reason="cancelled before")
    left = tuple(waiting for waiting in case.scheduled if waiting.id != answer.id)
    why = f"{CALLED_OFF} by {by}"
    told = _told(case, EventKind.ANSWER_CANCELLED, answer.id, now, why=why)
    return Decision(
        (settled(answer, why, now), replace(case, scheduled=left, updated_at=now), told), reason="cancelled"
    )


def settled(answer: ScheduledAnswer, why: str, now: datetime) -> ScheduledAnswer:
    return replace(answer, state=LaterState.CANCELLED, settled_at=now, why=why)


def given_up(answer: ScheduledAnswer, case: Case | None, why: str, now: datetime) -> Decision:
    """It cannot be sent. Where its case still waited for it, somebody has to look at that."""
    changes: tuple[object, ...] = (settled(answer, why, now),)
    messages: tuple[Message, ...] = ()
    if case and answer.id in {waiting.id for waiting in case.scheduled}:
        off = called_off(case, why, now, lambda waiting: waiting.id == answer.id)
        attention = case.attention or ATTENTION.format(why=why)
        changes += (replace(off.case, attention=attention, updated_at=now), *off.told)
        messages = tuple(message for message in off.messages if isinstance(message, NotifyStaff))
    return Decision(changes, messages, reason="cancelled")


def _of_no_use(case: Case) -> str:
    if case.merged_into:
        return MERGED
    return SOLVED if case.status is CaseStatus.SOLVED or not case.status.is_open else ""


def _told(case: Case, what: EventKind, answer_id: str, now: datetime, **detail: str) -> Event:
    return Event(
        id=ids.derived_ulid(now, case.id, what.value, answer_id),
        customer_id=case.customer_id,
        what=what,
        at=now,
        case_id=case.id,
        detail={"answer": answer_id, **detail},
    )
