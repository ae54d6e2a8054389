"""May a campaign go on, and what becomes of what it planned while it may not?"""

from dataclasses import replace
from datetime import datetime

from chalicelib.kernel.decision import Decision
from chalicelib.model.campaign import Campaign, CampaignState
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach.campaigns import pacing

STOPPED = "campaign_stopped"
PAUSED = "campaign_paused"
# Not with anybody yet: neither she nor an agent has it.
WITHDRAWABLE = (TaskState.PLANNED, TaskState.QUEUED, TaskState.WAITING)


def halted(task: Task, campaign: Campaign | None, now: datetime) -> Decision | None:
    """What becomes of a campaign's task that is looked at while its campaign is stopped (it is withdrawn) or paused (it
    waits, for the campaign to wake it); None: the campaign has nothing against it."""
    if not task.campaign_id:
        return None
    if campaign is None or campaign.state is CampaignState.STOPPED:
        return withdrawn(task, campaign.why if campaign else "there is no such campaign any more", now)
    if campaign.state is CampaignState.PAUSED:
        waits = replace(
            task, state=TaskState.PLANNED, due_at=task.deadline, reason=f"{PAUSED}: {campaign.why}", updated_at=now
        )
        return Decision((waits,), reason=PAUSED)
    return None


def withdrawn(task: Task, why: str, now: datetime) -> Decision:
    reason = f"{STOPPED}: {why}"
    return Decision((replace(task, state=TaskState.WITHDRAWN, reason=reason, updated_at=now),), reason=STOPPED)


def woken(task: Task, campaign: Campaign, now: datetime) -> Task | None:
    """A task that waited for its campaign, which goes on: due again, at a moment of its own. None: it does not wait."""
    if task.state is not TaskState.PLANNED or not task.reason.startswith(f"{PAUSED}:"):
        return None
    due = pacing.spread(campaign, task.customer_id, now, task.deadline)
    return replace(task, due_at=due, reason="", updated_at=now)
