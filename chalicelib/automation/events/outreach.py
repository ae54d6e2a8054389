"""What do plays, their tasks, campaigns, pilots and the brake tell?"""

import msgspec

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told
from chalicelib.model.brake import Brake
from chalicelib.model.campaign import Campaign, CampaignState
from chalicelib.model.pilot import Pilot, PilotState
from chalicelib.model.play import PlayEdition, PlayRecord, PlayState
from chalicelib.model.task import Task, TaskState


def of_play(old: PlayRecord | None, new: PlayRecord | None) -> list[Told]:
    one = new or old
    if one is None:
        return []
    number = next((each.number for each in (one.draft, one.live) if each), one.editions)
    told = of.PlayData(play=one.id, state=one.state.value, edition=number, by=one.updated_by, why=one.why)
    live = msgspec.structs.replace(told, edition=one.live.number if one.live else 0)
    names: list[Told] = []
    draft, before = (one.draft if new else None), (old.draft if old else None)
    if new and old and new.live != old.live:
        names.append(Told("play.approved", live))
    elif before and draft is None:
        names.append(Told("play.discarded", told))
    elif draft and draft != before:
        names.append(_of_draft(draft, told))
    if new and old and new.state is not old.state:
        resumed = old.state is PlayState.PAUSED and new.state is PlayState.RUNNING
        what = {PlayState.RUNNING: "resumed" if resumed else "started"}.get(new.state, new.state.value)
        names.append(Told(f"play.{what}", live))
    return names


def _of_draft(draft: PlayEdition, told: of.PlayData) -> Told:
    if draft.submitted_at:
        return Told("play.submitted", told)
    if draft.sent_back:
        return Told("play.sent_back", msgspec.structs.replace(told, why=draft.sent_back))
    return Told("play.drafted", told)


def of_task(old: Task | None, new: Task | None) -> list[Told]:
    if new is None:
        return []
    postponed = old is not None and old.state is new.state is TaskState.PLANNED and old.due_at != new.due_at
    if old is not None and old.state is new.state and not postponed:
        return []
    told = of.TaskData(
        task_id=new.id,
        play=new.play,
        purpose=new.purpose,
        channel=new.channel,
        tier=new.tier,
        state=new.state.value,
        reason=new.reason.partition(":")[0] if postponed or new.state is TaskState.PASSED_OVER else "",
        due_at=new.due_at,
        interaction_id=new.interaction_id,
        queue=new.queue,
        assigned_to=new.assigned_to,
    )
    back = old is not None and new.state is TaskState.PLANNED  # it had been queued, and a guardrail objected then
    return [Told("task.postponed" if postponed or back else f"task.{new.state.value}", told, new.customer_id)]


def of_campaign(old: Campaign | None, new: Campaign | None) -> list[Told]:
    """Nothing of drafts: they are nobody's news yet."""
    if new is None or (old and old.state is new.state):
        return []
    name = _OF_CAMPAIGNS.get(new.state, "")
    if new.state is CampaignState.RUNNING and old and old.state is CampaignState.PAUSED:
        name = "campaign.resumed"
    told = of.CampaignData(
        campaign_id=new.id,
        play=new.play,
        state=new.state.value,
        audience=new.audience.kind.value,
        expected=new.expected,
        why=new.why,
    )
    return [Told(name, told)] if name else []


_OF_CAMPAIGNS = {
    CampaignState.SUBMITTED: "campaign.submitted",
    CampaignState.APPROVED: "campaign.approved",
    CampaignState.RUNNING: "campaign.begun",
    CampaignState.PAUSED: "campaign.paused",
    CampaignState.STOPPED: "campaign.stopped",
    CampaignState.DONE: "campaign.done",
}


def of_pilot(old: Pilot | None, new: Pilot | None) -> list[Told]:
    if new is None:
        return []
    told = of.PilotData(
        pilot_id=new.id,
        play=new.play,
        state=new.state.value,
        outcome=new.design.primary.value,
        period=len(new.periods),
        then=new.then,
    )
    names = []
    if old is None or old.state is not new.state:
        names.append({PilotState.RUNNING: "pilot.started"}.get(new.state, f"pilot.{new.state.value}"))
    elif len(old.periods) < len(new.periods):
        names.append("pilot.widened")
    if old and new.decided_at and not old.decided_at:
        names.append("pilot.decided")
    return [Told(name, told) for name in names]


def of_brake(old: Brake | None, new: Brake | None) -> list[Told]:
    if new is None or new.pulled == (old is not None and old.pulled):
        return []
    if new.pulled:
        return [Told("outreach.stopped", of.BrakeData(why=new.why))]
    return [Told("outreach.released", of.BrakeData(why=new.released_because, by=new.by))]
