"""Do so many complain, or does so much bounce, that we must stop? Read from the counts of the last seven days."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.insight.statistics import Share
from chalicelib.kernel.decision import Decision
from chalicelib.model.brake import Brake
from chalicelib.model.campaign import Campaign, CampaignState
from chalicelib.model.outreach import OutreachPolicy
from chalicelib.model.task import TaskState
from chalicelib.outreach.campaigns import preparing

DAYS = 7
SENT, BOUNCED, COMPLAINED = "sent", "bounced", "complained"
WHAT = (SENT, BOUNCED, COMPLAINED)
TOO_MANY = "too many complained"  # why a campaign was paused by itself
SENDING = (CampaignState.RUNNING, CampaignState.DONE)  # with what its audience came to still on its way
_LEFT = (
    TaskState.SENT, TaskState.DELIVERED, TaskState.OPENED, TaskState.ANSWERED, TaskState.BOUNCED, TaskState.COMPLAINED,
)  # fmt: skip
Counts = Mapping[str, Mapping[str, int]]  # by day (2026-11-20), then by what


@dataclass(frozen=True, slots=True)
class Reading:
    """What was counted in the window, without what was forgiven. `why`: empty, nothing is wrong."""

    sent: int
    bounced: int
    complained: int
    why: str
    warns: bool


def days_until(last: date) -> list[str]:
    return [f"{last - timedelta(days=n):%Y-%m-%d}" for n in range(DAYS)]


def read(counts: Counts, brake: Brake, policy: OutreachPolicy) -> Reading:
    """By the lower end of Wilson's interval, so that one complaint among few proves nothing."""
    sums = {
        what: max(0, sum(n.get(what, 0) - brake.forgiven.get(f"{day}/{what}", 0) for day, n in counts.items()))
        for what in WHAT
    }
    sent, bounced, complained = sums[SENT], min(sums[BOUNCED], sums[SENT]), min(sums[COMPLAINED], sums[SENT])
    complaints, bounces = Share(complained, sent), Share(bounced, sent)
    enough = sent >= policy.brake_after
    why = ""
    if enough and complaints.interval.low > policy.complaints_stop:
        why = f"{complained} of {sent} notices were complained of"
    elif enough and bounces.interval.low > policy.bounces_stop:
        why = f"{bounced} of {sent} notices bounced for good"
    warns = enough and complained > 1 and complaints.rate > policy.complaints_warn
    return Reading(sent, bounced, complained, why, warns)


def judged(counts: Counts, brake: Brake, policy: OutreachPolicy, now: datetime) -> Decision:
    """Pulled, if it must be. Who pulls it twice finds it pulled."""
    reading = read(counts, brake, policy)
    if brake.pulled or not reading.why:
        return Decision(reason="nothing to stop")
    return Decision(
        (replace(brake, pulled=True, why=reading.why, at=now, by="", released_because=""),), reason="pulled"
    )


def left_of(figures: Mapping[str, int]) -> dict[str, int]:
    """What left of a campaign, and what was complained of, by the sums of how its people stand."""
    return {SENT: sum(figures.get(state.value, 0) for state in _LEFT), COMPLAINED: figures.get(COMPLAINED, 0)}


def of_campaign(campaign: Campaign, figures: Mapping[str, int], policy: OutreachPolicy, now: datetime) -> Decision:
    """Paused, if too many complained of it alone; the others go on. It is judged as all together are, by the
    complaints: what bounces says less of a campaign than of the addresses."""
    left = left_of(figures)
    sent = left[SENT] - campaign.forgiven.get(SENT, 0)
    complaints = Share(max(0, min(left[COMPLAINED] - campaign.forgiven.get(COMPLAINED, 0), sent)), max(0, sent))
    if sent < policy.brake_after or complaints.interval.low <= policy.complaints_stop:
        return Decision(reason="nothing to stop")
    why = f"{TOO_MANY}: {complaints.events} of {sent}"
    return preparing.paused(campaign, why, by="Liana", now=now)


def released(counts: Counts, brake: Brake, *, by: str, because: str, now: datetime) -> Decision:
    """Sending goes on; what was counted until now pulls it no more."""
    if not brake.pulled:
        return Decision(reason="not pulled")
    forgiven = {f"{day}/{what}": n for day, sums in counts.items() for what, n in sums.items() if n}
    freed = replace(brake, pulled=False, at=now, by=by, released_because=because, forgiven=forgiven)
    return Decision((freed,), reason="released")
