"""On which channel does she answer? Two sums a channel, which fade, so that what she did lately counts most."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.model.customer import Customer
from chalicelib.model.reach import Reach

HALF_LIFE = timedelta(days=180)  # after it a contact counts half
GONE = 0.01  # of a contact: what is left is not worth a place on her row


def counted(customer: Customer, channel: str, now: datetime, *, sent: int = 0, answered: int = 0) -> Customer:
    """With contacts on this channel that were sent or answered just now."""
    before = faded(customer.reach.get(channel), now)
    after = Reach(sent=before.sent + sent, answered=before.answered + answered, last=now)
    return replace(customer, reach={**customer.reach, channel: after})


def taken_back(customer: Customer, channel: str, at: datetime) -> Customer:
    """Without the contact that was counted then: it did not leave after all."""
    reach = customer.reach.get(channel)
    if reach is None:
        return customer
    return replace(customer, reach={**customer.reach, channel: _without(reach, Reach(sent=1, last=at))})


def faded(reach: Reach | None, now: datetime) -> Reach:
    """What is left of it by now; nothing for a channel she was never written to on."""
    if reach is None:
        return Reach(last=now)
    left = 0.5 ** max(0.0, (now - reach.last) / HALF_LIFE)
    return Reach(sent=round(reach.sent * left, 4), answered=round(reach.answered * left, 4), last=now)


def of_both(ours: Mapping[str, Reach], theirs: Mapping[str, Reach]) -> dict[str, Reach]:
    """Two records that are one person: added, as of the newer moment."""
    return {
        channel: _sum(ours[channel], theirs[channel])
        if channel in ours and channel in theirs
        else ours.get(channel) or theirs[channel]
        for channel in {**ours, **theirs}
    }


def of_one(together: Mapping[str, Reach], others: Mapping[str, Reach]) -> dict[str, Reach]:
    """What is hers of a sum, without what had come from the other."""
    rest = {channel: _without(reach, others.get(channel)) for channel, reach in together.items()}
    return {channel: reach for channel, reach in rest.items() if reach.sent > GONE or reach.answered > GONE}


def _sum(one: Reach, other: Reach) -> Reach:
    at = max(one.last, other.last)
    first, second = faded(one, at), faded(other, at)
    return Reach(sent=round(first.sent + second.sent, 4), answered=round(first.answered + second.answered, 4), last=at)


def _without(reach: Reach, other: Reach | None) -> Reach:
    if other is None:
        return reach
    gone = faded(other, reach.last)
    return replace(
        reach,
        sent=round(max(0.0, reach.sent - gone.sent), 4),
        answered=round(max(0.0, reach.answered - gone.answered), 4),
    )
