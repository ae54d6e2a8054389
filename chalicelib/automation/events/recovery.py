"""What do recoveries, ratings and corrected moods tell?"""

from chalicelib.automation import data as of
from chalicelib.automation.events.told import Told
from chalicelib.model.mood import MoodLabel
from chalicelib.model.rating import Rating
from chalicelib.model.recovery import Recovery


def of_recovery(old: Recovery | None, new: Recovery | None) -> list[Told]:
    if new is None:
        return []
    names = ["recovery.opened"] if old is None else _recovery_news(old, new)
    told = of.RecoveryData(
        recovery_id=new.id,
        state=new.state.value,
        tier=new.tier,
        for_role=new.for_role,
        cause=new.causes[-1].cause.value if new.causes else "",
        causes=tuple(one.cause.value for one in new.causes),
        signs=tuple(one.sign.value for one in new.seen),
        follow_until=new.follow_until,
    )
    return [Told(name, told, new.customer_id, new.case_id) for name in names]


def _recovery_news(old: Recovery, new: Recovery) -> list[str]:
    changed = {
        "recovery.worsened": new.causes != old.causes,
        "recovery.answered": bool(new.answered_at and not old.answered_at),
        "recovery.done": new.done != old.done,
        "recovery.sign_seen": new.seen != old.seen,
        "recovery.reopened": new.open and not old.open,
        f"recovery.{new.state.value}": not new.open and new.state is not old.state,
    }
    return [name for name, is_so in changed.items() if is_so]


def of_rating(old: Rating | None, new: Rating | None) -> list[Told]:
    if new is None or (old and old.state is new.state and old.votes == new.votes):
        return []
    told = of.RatingData(
        rating_id=new.id,
        state=new.state.value,
        tier=new.tier,
        channel=new.channel,
        topic=new.topic,
        score=new.score,
        votes=len(new.votes),
        reason=new.reason.partition(":")[0],
    )
    return [Told(f"rating.{new.state.value}", told, new.customer_id, new.case_id)]


def of_mood_label(_old: MoodLabel | None, new: MoodLabel | None) -> list[Told]:
    if new is None:
        return []
    judged = new.judged.value if new.judged else ""
    told = of.MoodData(interaction_id=new.interaction_id, mood=new.level.value, judged=judged)
    return [Told("mood.corrected", told, new.customer_id)]
