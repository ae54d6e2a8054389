"""What do readers' votes and outcomes say of an article, and how far up may it still be found?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from math import sqrt

from chalicelib.model.question import Question, QuestionState
from chalicelib.model.upkeep import MOST_MISSING, MOST_MONTHS, ArticleCare, ArticleVote, Missing, Votes

LONGEST_MISSING = 500  # characters of a remark
LOWEST = 30  # percent: an article is never hidden by its readers
HOPED = (4.0, 1.0)  # solved and not, that every article begins with
SURE = 1.0  # standard deviations below the estimate that are taken
RECOVERS_AT = 0.6  # share of readers it solves something for, from which nothing is taken from it


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a question adds to the sums of an article; minus one takes back what it added before."""

    article_id: str
    solved: int = 0
    unsolved: int = 0


def outcomes_of(question: Question) -> tuple[Outcome, ...]:
    """Of what was learned of it before, and of what it says now."""
    before = _outcome(question, question.learned_as)
    after = _outcome(question, question.lesson)
    if before == after:
        return ()
    taken = (replace(before, solved=-before.solved, unsolved=-before.unsolved),) if before else ()
    return (*taken, after) if after else taken


def _outcome(question: Question, lesson: str) -> Outcome | None:
    if lesson == QuestionState.SOLVED.value and question.solved_by:
        return Outcome(question.solved_by, solved=1)
    ended = lesson.partition(":")[0]
    if ended in (QuestionState.UNSOLVED.value, QuestionState.PERSON.value) and (to_blame := blamed(question)):
        return Outcome(to_blame, unsolved=1)
    return None


def blamed(question: Question) -> str:
    """What she read first and was not helped by; what we called the answer, when she read nothing."""
    read = tuple(slug for slug in question.read if slug != question.solved_by)
    shown = question.shown if question.answered else ()
    return next(iter((*read, *shown)), "")


def with_outcomes(care: ArticleCare, outcomes: Iterable[Outcome]) -> ArticleCare:
    solved, unsolved = care.solved, care.unsolved
    for one in outcomes:
        solved, unsolved = max(0, solved + one.solved), max(0, unsolved + one.unsolved)
    return _standing(replace(care, solved=solved, unsolved=unsolved))


def with_vote(care: ArticleCare, vote: ArticleVote, now: datetime) -> ArticleCare:
    """The sums with what she says now in place of what she said before."""
    total, by_month = care.votes, dict(care.by_month)
    for lesson, sign in ((vote.counted, -1), (vote.lesson, 1)):
        month, _, said = lesson.partition(":")
        if not month:
            continue
        helped = said.startswith("yes")
        total = _added(total, sign, helped=helped)
        by_month[month] = _added(by_month.get(month, Votes()), sign, helped=helped)
    newest = dict(sorted(by_month.items())[-MOST_MONTHS:])
    told = replace(care, votes=total, by_month=newest, heard_at=now)
    return _standing(told if vote.helpful else with_missing(told, vote.missing, vote.at, now))


def with_missing(care: ArticleCare, text: str, at: datetime, now: datetime) -> ArticleCare:
    """With what a reader missed, masked. Whoever says it on the page says it with her vote and with her question: the
    same words are kept once."""
    if not text or any(one.text == text for one in care.missing):
        return care
    return replace(care, missing=(*care.missing, Missing(text=text, at=at))[-MOST_MISSING:], heard_at=now)


def standing(solved: int, unsolved: int) -> int:
    """Percent, from LOWEST to 100: the share of its readers an article solves something for, estimated with caution
    (the mean of a Beta distribution less SURE deviations). Few votes change little, and better ones bring it back."""
    good, bad = HOPED[0] + solved, HOPED[1] + unsolved
    whole = good + bad
    low = good / whole - SURE * sqrt(good * bad / (whole * whole * (whole + 1)))
    return max(LOWEST, min(100, round(100 * low / RECOVERS_AT)))


def _standing(care: ArticleCare) -> ArticleCare:
    """Who votes on the page says the same of her question: the larger of both counts, so that nobody counts twice."""
    good, bad = max(care.solved, care.votes.helpful), max(care.unsolved, care.votes.not_helpful)
    return replace(care, standing=standing(good, bad))


def _added(votes: Votes, sign: int, *, helped: bool) -> Votes:
    if helped:
        return replace(votes, helpful=max(0, votes.helpful + sign))
    return replace(votes, not_helpful=max(0, votes.not_helpful + sign))


def vote(
    known: ArticleVote | None, slug: str, voter: str, *, helpful: bool, missing: str, language: str, now: datetime
) -> ArticleVote:
    """Her vote in place of the one before, or that one when she says the same again. `missing` is masked."""
    if known and (known.helpful, known.missing) == (helpful, missing):
        return known
    return ArticleVote(
        article_id=slug,
        voter=voter,
        helpful=helpful,
        missing=missing,
        language=language,
        at=now,
        counted=known.counted if known else "",
        version=known.version if known else None,
    )
