"""May a contact of this play still leave, now that the company paused or stopped it?"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.model.play import PlayRecord, PlayState
from chalicelib.model.task import Task, TaskState

SOONEST, LATEST = timedelta(minutes=15), timedelta(hours=2)  # until what waits for a paused play is looked at again
PAUSED, STOPPED = "paused", "stopped"


def may_leave(record: PlayRecord | None) -> bool:
    """Whether anybody is contacted by this play at this moment."""
    return record is not None and record.contacts


def halted(task: Task, record: PlayRecord, now: datetime) -> Task | None:
    """The task as its play's state leaves it: put off, or withdrawn for good. None: nothing is in its way.

    It is looked at again after half as long as the play has been paused already, within limits: a pause of a week costs
    each task some ninety looks, one of an hour two.
    """
    if record.contacts:
        return None
    if record.state is PlayState.STOPPED:
        reason = f"{STOPPED}: {record.why}" if record.why else STOPPED
        return replace(task, state=TaskState.WITHDRAWN, reason=reason, interaction_id="", updated_at=now)
    since = record.state_at or record.updated_at
    later = now + min(max((now - since) / 2, SOONEST), LATEST)
    due_at = max(min(later, task.deadline), now)
    return replace(task, state=TaskState.PLANNED, due_at=due_at, reason=PAUSED, interaction_id="", updated_at=now)
