"""How many people may a campaign take now? As many as its rate says, fewer while the team falls behind."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.model.campaign import Campaign, CampaignPart
from chalicelib.model.load import STALE_AFTER, DeskLoad, Promise

A_TICK = timedelta(minutes=1)  # how often the clock looks
MOST_SAVED = 2.0  # minutes of its rate that a part may catch up at once
FAR_BELOW = 0.10  # of all contacts: so far below the promise nobody more is written to
STUCK_AFTER = timedelta(minutes=10)  # longer than a worker lives: then the clock goes on with a part
LOOK_AGAIN = timedelta(minutes=5)  # while it stands still because of the load
A_DAY_LONG = timedelta(hours=11)  # from the end of quiet hours, an hour short of their beginning


class Load(NamedTuple):
    """What inbound service is predicted to be next, beside what is promised: shares of contacts answered in time."""

    predicted: float
    promised: float


def pace(rate: float, load: Load | None) -> float:
    """People a minute. The whole rate while service is predicted to hold, nobody when it is far below, in proportion
    between; the whole rate also where nothing is predicted."""
    if load is None or load.predicted >= load.promised:
        return rate
    return rate * max(0.0, 1 - (load.promised - load.predicted) / FAR_BELOW)


def worst(desk: DeskLoad | None, promise: Promise, now: datetime) -> Load | None:
    """Of the queues in which somebody serves and somebody comes, the one that is predicted to serve least in time. None
    where nothing was reckoned of late: nobody is at her desk, or nobody asked for work."""
    if desk is None or now - desk.at >= STALE_AFTER:
        return None
    predicted = [each.in_time for each in desk.queues.values() if each.agents and each.an_hour]
    return Load(min(predicted), promise.share) if predicted else None


def begun(campaign: Campaign, number: int, now: datetime) -> CampaignPart:
    """A part with its first minute's share. What is no whole person differs from part to part, so that those of a slow
    campaign do not take theirs at once."""
    share = campaign.rate / campaign.parts
    whole, rest = divmod(share, 1)
    return CampaignPart(
        campaign_id=campaign.id,
        number=number,
        begun_at=now,
        saved=whole + (rest + number / campaign.parts) % 1,
        paced_at=now,
        next_at=now + STUCK_AFTER,
    )


def earned(part: CampaignPart, share: float, now: datetime) -> CampaignPart:
    """The part with what it has earned by now, at so many people a minute. It does not catch up what it stood still."""
    minutes = max(0.0, (now - part.paced_at) / timedelta(minutes=1))
    most = max(1.0, MOST_SAVED * share)
    saved = max(part.saved, min(most, part.saved + minutes * share))
    return replace(part, saved=saved, paced_at=max(now, part.paced_at))


def look_again_at(part: CampaignPart, share: float, now: datetime) -> datetime:
    """When it has earned somebody again: a tick at least, which is as often as the clock looks."""
    if share <= 0:
        return now + LOOK_AGAIN
    return now + max(A_TICK, timedelta(minutes=max(0.0, 1 - part.saved) / share))


def spread(campaign: Campaign, customer_id: str, until: datetime, deadline: datetime) -> datetime:
    """Her own moment from `until` on. Those whom the night held back do not all come at eight: they come over the time
    that the whole audience takes at this rate, a working day at most, and before it is too late."""
    takes = timedelta(minutes=max(campaign.expected / campaign.rate, 1.0))
    window = min(takes, A_DAY_LONG, max(timedelta(0), (deadline - until) * 0.9))
    drawn = int.from_bytes(hashlib.sha256(f"{campaign.id}\x1f{customer_id}".encode()).digest()[:8], "big") / 2**64
    return until + timedelta(seconds=int(window.total_seconds() * drawn))
