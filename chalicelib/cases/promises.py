"""What do we promise, and what when a promise is due?"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.case import Case, CaseStatus, Promise, PromiseState
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.tier import Tier

WARN_IN_LAST = 0.25  # of the promised time
WAIT_FOR_CUSTOMER = timedelta(days=7)
AT_RISK_PRIORITY = 1
BROKEN_PRIORITY = 2


def answer_by(tier: Tier, channel: str, now: datetime) -> Promise:
    """The promise of an answer to a customer of this tier who wrote on this channel just now."""
    within = tier.promised(channel)
    return Promise(made_at=now, due_at=now + within, warn_at=now + within * (1 - WARN_IN_LAST))


def kept(promise: Promise | None, now: datetime) -> Promise | None:
    """The promise after we answered; one that broke stays broken."""
    if promise is None or not promise.running:
        return promise
    state = PromiseState.KEPT if now < promise.due_at else PromiseState.BROKEN
    return replace(promise, state=state, kept_at=now)


def act_on_due(case: Case, customer: Customer | None, now: datetime) -> Decision:
    """What the clock does to a case whose time has come. Nothing, if it is not due after all: the clock may
    come twice, and the case may have moved on."""
    if case.due_at is None or case.due_at > now:
        return Decision(reason="not due")
    if case.status is CaseStatus.WAITING or case.promise is None:
        return _close_wait(case, customer, now)
    broken = case.promise.due_at <= now
    state = PromiseState.BROKEN if broken else PromiseState.AT_RISK
    priority = BROKEN_PRIORITY if broken else AT_RISK_PRIORITY
    urgent = replace(
        case,
        promise=replace(case.promise, state=state),
        priority=max(case.priority, priority),
        updated_at=now,
    )
    what = EventKind.PROMISE_BROKEN if broken else EventKind.PROMISE_AT_RISK
    due = case.promise.due_at.isoformat(timespec="minutes")
    return Decision((urgent, _told(case, what, now, due=due)), reason=what.value)


def _close_wait(case: Case, customer: Customer | None, now: datetime) -> Decision:
    """She did not come back in time: solved, until she writes again, which reopens it."""
    solved = replace(case, status=CaseStatus.SOLVED, waiting_until=None, solved_at=now, updated_at=now)
    told = _told(case, EventKind.CASE_SOLVED, now, why="no answer from the customer")
    changes: tuple[object, ...] = (solved, told)
    if customer and case.id in customer.open_cases:
        changes += (without_case(customer, case.id),)
    return Decision(changes, reason="wait over")


def without_case(customer: Customer, case_id: str) -> Customer:
    left = {open_id: topic for open_id, topic in customer.open_cases.items() if open_id != case_id}
    return replace(customer, open_cases=left)


def _told(case: Case, what: EventKind, now: datetime, **detail: str) -> Event:
    return Event(
        id=ids.derived_ulid(now, case.id, what.value, str(case.version)),
        customer_id=case.customer_id,
        what=what,
        at=now,
        case_id=case.id,
        detail=detail,
    )
