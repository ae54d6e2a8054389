"""Which business events a committed decision was: one metric each, whatever path led to it."""

from collections import Counter

from chalicelib.kernel.decision import Decision
from chalicelib.model.case import Case
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import DeliveryState, Direction, Interaction, Purpose
from chalicelib.model.rating import Rating, RatingState
from chalicelib.model.recovery import Recovery, RecoveryState
from chalicelib.model.task import Task, TaskState
from chalicelib.telemetry import Counted, count, count_by_rule

_EVENTS = {
    EventKind.TIER_CHANGED: Counted.TIER_CHANGED,
    EventKind.PROMISE_AT_RISK: Counted.PROMISE_AT_RISK,
    EventKind.PROMISE_BROKEN: Counted.PROMISE_BROKEN,
    EventKind.UNSUBSCRIBED: Counted.UNSUBSCRIBED,
}
_TASKS = {
    TaskState.PLANNED: Counted.TASK_PLANNED,
    TaskState.QUEUED: Counted.TASK_QUEUED,
}
_RECOVERIES = {RecoveryState.KEPT: Counted.RECOVERY_KEPT, RecoveryState.LOST: Counted.RECOVERY_LOST}
_RATINGS = {RatingState.ASKED: Counted.RATING_ASKED, RatingState.ANSWERED: Counted.VOTE}
_DELIVERIES = {
    DeliveryState.SENT: Counted.MAIL_SENT,
    DeliveryState.HELD: Counted.MAIL_HELD,
    DeliveryState.FAILED: Counted.MAIL_FAILED,
    DeliveryState.BOUNCED: Counted.MAIL_BOUNCED,
    DeliveryState.COMPLAINED: Counted.MAIL_COMPLAINED,
}


def count_changes(decision: Decision) -> None:
    for change in decision.changes:
        if isinstance(change, Task) and change.state is TaskState.PASSED_OVER:
            count_by_rule(Counted.TASK_PASSED_OVER, change.reason.partition(":")[0])
    found = Counter(name for change in decision.changes if (name := _counted_as(change)))
    for name, times in found.items():
        count(name, times)


def _counted_as(change: object) -> Counted | None:
    found: Counted | None = None
    match change:
        case Interaction(customer_id="", version=None):
            found = Counted.QUARANTINED
        case Interaction(direction=Direction.IN, version=None, purpose=purpose) if purpose is not Purpose.SIDE:
            found = Counted.INTERACTION
        case Interaction(delivery=delivery) if delivery:
            found = _DELIVERIES.get(delivery.state)
        case Case(version=None):
            found = Counted.CASE_OPENED
        case Fact(version=None):
            found = Counted.FACT
        case Event(what=what):
            found = _EVENTS.get(what)
        case Task(state=state):
            found = _TASKS.get(state)
        case Recovery(state=ended, version=version):
            found = _RECOVERIES.get(ended) if version else Counted.RECOVERY_OPENED
        case Rating(state=asked):
            found = _RATINGS.get(asked)
    return found
