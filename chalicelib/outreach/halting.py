"""May a contact of this play still leave, now that the company paused or stopped it?"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.model.play import PlayRecord, PlayState
from chalicelib.model.task import Task, TaskState

SOONEST, LATEST = timedelta(minutes=15), timedelta(hours=2)  # until what waits for a paused play is looked at again
PAUSED, STOPPED = "paused", "stopped"


def may_leave(record: PlayRecord | None, since: datetime) -> bool:
    """Whether a notice that was stored then may leave at this moment."""
    return record is not None and record.contacts and not _before_a_stop(record, since)


def halted(task: Task, record: PlayRecord, now: datetime) -> Task | None:
    """The task as its play's state leaves it: put off, or withdrawn for good. None: nothing is in its way.

    It is looked at again after half as long as the play has been paused already, within limits: a pause of a week costs
    each task some ninety looks, one of an hour two.
    """
    gone = _before_a_stop(record, task.created_at)
    if record.contacts and not gone:
        return None
    if gone or record.state is PlayState.STOPPED:
        reason = f"{STOPPED}: {record.why}" if record.why else STOPPED  # started since: nothing says why any more
        return replace(task, state=TaskState.WITHDRAWN, reason=reason, interaction_id="", updated_at=now)
    since = record.state_at or record.updated_at
    later = now + min(max((now - since) / 2, SOONEST), LATEST)
    due_at = max(min(later, task.deadline), now)
    return replace(task, state=TaskState.PLANNED, due_at=due_at, reason=PAUSED, interaction_id="", updated_at=now)


def _before_a_stop(record: PlayRecord, at: datetime) -> bool:
    """Who starts a stopped play again starts anew: what it had planned stays withdrawn."""
    return record.stopped_at is not None and at <= record.stopped_at
