"""May a contact still leave, now that the company paused or stopped its play, or the campaign it is of?"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel.decision import Decision
from chalicelib.model.campaign import Campaign, CampaignState
from chalicelib.model.play import PlayRecord, PlayState
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach.campaigns import pacing
from chalicelib.outreach.counting import counted

SOONEST, LATEST = timedelta(minutes=15), timedelta(hours=2)  # until what waits for a paused play is looked at again
PAUSED, STOPPED = "paused", "stopped"
CAMPAIGN_PAUSED, CAMPAIGN_STOPPED = "campaign_paused", "campaign_stopped"
# Not with anybody yet: neither she nor an agent has it.
WITHDRAWABLE = (TaskState.PLANNED, TaskState.QUEUED, TaskState.WAITING)


def may_leave(record: PlayRecord | None, since: datetime, campaign: Campaign | None = None) -> bool:
    """Whether a notice of this play, or this campaign of it, that was stored then may leave at this moment."""
    if campaign and campaign.state in (CampaignState.PAUSED, CampaignState.STOPPED):
        return False
    return record is not None and record.contacts and not _before_a_stop(record, since)


def halted(task: Task, record: PlayRecord, now: datetime, campaign: Campaign | None = None) -> Task | None:
    """The task as the state of its campaign or play leaves it: put off, or withdrawn for good. None: nothing is in its
    way.

    A paused campaign wakes what waits for it. What waits for a play is looked at again after half as long as that has
    been paused already, within limits: a pause of a week costs each task some ninety looks, one of an hour two.
    """
    if campaign and (instead := _by_campaign(task, campaign, now)):
        return instead
    gone = _before_a_stop(record, task.created_at)
    if record.contacts and not gone:
        return None
    if gone or record.state is PlayState.STOPPED:
        reason = f"{STOPPED}: {record.why}" if record.why else STOPPED  # started since: nothing says why any more
        return task.moved(TaskState.WITHDRAWN, now, reason=reason, interaction_id="")
    since = record.state_at or record.updated_at
    later = now + min(max((now - since) / 2, SOONEST), LATEST)
    due_at = max(min(later, task.deadline), now)
    return task.moved(TaskState.PLANNED, now, due_at=due_at, reason=PAUSED, interaction_id="")


def decided(halted_task: Task, now: datetime) -> Decision:
    """That it waits, or that it is withdrawn, which is counted."""
    withdrawn_now = halted_task.state is TaskState.WITHDRAWN
    tallies = (counted(halted_task, now, "withdrawn"),) if withdrawn_now else ()
    return Decision((halted_task, *tallies), reason=halted_task.reason)


def _before_a_stop(record: PlayRecord, at: datetime) -> bool:
    """Who starts a stopped play again starts anew: what it had planned stays withdrawn."""
    return record.stopped_at is not None and at <= record.stopped_at


def _by_campaign(task: Task, campaign: Campaign, now: datetime) -> Task | None:
    if campaign.state is CampaignState.STOPPED:
        return withdrawn(task, campaign, now)
    if campaign.state is not CampaignState.PAUSED:
        return None
    reason = f"{CAMPAIGN_PAUSED}: {campaign.why}"
    return task.moved(TaskState.PLANNED, now, due_at=max(task.deadline, now), reason=reason, interaction_id="")


def withdrawn(task: Task, campaign: Campaign, now: datetime) -> Task:
    """A task of a campaign that was stopped."""
    reason = f"{CAMPAIGN_STOPPED}: {campaign.why}"
    return task.moved(TaskState.WITHDRAWN, now, reason=reason, interaction_id="")


def woken(task: Task, campaign: Campaign, now: datetime) -> Task | None:
    """A task that waited for its campaign, which goes on: due again, at a moment of its own. None: it does not wait."""
    if task.state is not TaskState.PLANNED or not task.reason.startswith(f"{CAMPAIGN_PAUSED}:"):
        return None
    due = pacing.spread(campaign, task.customer_id, now, task.deadline)
    return replace(task, due_at=due, reason="", updated_at=now)
