"""When is there something to learn, to tidy up and to tell? None of it runs while nobody asks and nothing changes."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import CareForArticle, LearnQuestions, Message, RefreshSearch, TellKeepers
from chalicelib.knowledge import upkeep
from chalicelib.model.upkeep import ArticleCare, Learning

SOON = timedelta(minutes=2)  # so that what is asked together is learned together
AGAIN = timedelta(minutes=5)  # a run that found something is followed by another
RUNS_BEFORE_REST = 2  # that found nothing: an entry of an index may come late
TOLD_EVERY = timedelta(days=1)
FIRST_TOLD = timedelta(days=30)  # how far the first letter looks back
GATHERED = timedelta(hours=1)  # between news and the letter that tells it, at least
NOTICEABLE = 5  # percent, by which an article's standing must differ before it is ranked anew


def wake(known: Learning, now: datetime) -> Decision:
    """Somebody asked, or voted. Due soon, unless it is due already."""
    if known.learn_at and not known.idle:
        return Decision(reason="awake")
    return Decision((replace(known, learn_at=known.learn_at or now + SOON, idle=0),), reason="woken")


def after_run(known: Learning, *, found: int, more: bool, now: datetime) -> Decision:
    """What comes next. `found`: how much there was; `more`: there is more than was taken, so it goes on at once."""
    if not found and known.learn_at is None:
        return Decision(reason="at rest")
    idle = 0 if found else known.idle + 1
    rests = idle >= RUNS_BEFORE_REST
    news = bool(found) and known.tell_at is None
    tell_at = _next_telling(known, now) if news else known.tell_at
    following = replace(known, learn_at=None if rests else now + AGAIN, idle=idle, tell_at=tell_at)
    return Decision((following,), (LearnQuestions(),) if more else (), reason="rests" if rests else "goes on")


def has_news(known: Learning, now: datetime) -> Decision:
    """Something was found that keepers should hear of: within a day."""
    if known.tell_at:
        return Decision(reason="they will be told")
    return Decision((replace(known, tell_at=_next_telling(known, now)),), reason="they will be told")


def tell(known: Learning, keepers: Iterable[str], now: datetime) -> Decision:
    """Tells each keeper what happened since they were told last. Early or repeated: nothing."""
    if known.tell_at is None or known.tell_at > now:
        return Decision(reason="not due")
    since = since_when(known, now)
    messages = tuple(TellKeepers(to=to, since=clock.iso(since), until=clock.iso(now)) for to in keepers)
    return Decision((replace(known, told_until=now, tell_at=None),), messages, reason="told")


def since_when(known: Learning, now: datetime) -> datetime:
    """From when on there is something to tell."""
    return known.told_until or now - FIRST_TOLD


def readers_spoke(before: Mapping[str, ArticleCare], after: Iterable[ArticleCare]) -> tuple[Message, ...]:
    """What follows from what readers said: an article that is found further up or down from now on is indexed anew, and
    one that does not help, or does again, is looked at, so that it stands among what is to be worked on, or no more."""
    messages: list[Message] = []
    for care in after:
        was = before.get(care.article_id) or ArticleCare(article_id=care.article_id)
        if abs(care.standing - was.standing) >= NOTICEABLE:
            messages.append(RefreshSearch(article_id=care.article_id))
        if upkeep.readers_say(care) is not upkeep.readers_say(was):
            messages.append(CareForArticle(article_id=care.article_id))
    return tuple(messages)


def _next_telling(known: Learning, now: datetime) -> datetime:
    """Once a day at most, and not before what comes together is there."""
    return max(now + GATHERED, (known.told_until or now - TOLD_EVERY) + TOLD_EVERY)
