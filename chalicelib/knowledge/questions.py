"""What becomes of a question that was asked, and what is learned of it?

She may say of one question that it is solved, that it is not, and that she turned to a person; what she said last
counts. What was shown and not confirmed teaches nothing.
"""

import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Gone, Tally
from chalicelib.kernel.messages import RefreshSearch
from chalicelib.knowledge import popularity
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Receipt
from chalicelib.model.question import LONGEST_QUESTION, AskedThrough, LearnedQuestion, Question, QuestionState
from chalicelib.search.documents import Found

ONE_FOR = timedelta(minutes=5)  # the same words of the same asker are one question for so long
LONGEST_MISSING = 2_000
MOST_READ = 20
MANY = 64  # times a question was learned: from then on a sample is counted, so that its row is not what all wait for
SAMPLE = 16


def asked(
    text: str,
    found: Found,
    *,
    through: AskedThrough,
    language: str,
    customer: Customer | None,
    visitor_id: str,
    held_out: bool,
    topic: str,
    case_id: str,
    now: datetime,
) -> Question:
    """The question with what was shown, before it is stored. Its id is of the beginning of these five minutes, so that
    the same words again are the same question."""
    window = now - (now - datetime.fromtimestamp(0, now.tzinfo)) % ONE_FOR
    asker = customer.id if customer else visitor_id
    held_out = held_out and found.answered
    return Question(
        # Who was held out of it and then searches it herself asked something else: now she is shown it.
        id=ids.derived_ulid(window, "question", asker, _normal(text), case_id, *(("held out",) if held_out else ())),
        asked_at=now,
        text=text[:LONGEST_QUESTION],
        language=language,
        through=through,
        customer_id=customer.id if customer else "",
        visitor_id="" if customer else visitor_id,
        tier=customer.tier if customer else "",
        topic=topic,
        shown=() if held_out else tuple(hit.id for hit in found.hits),
        confidence=round(100 * found.confidence),
        answered=found.answered,
        held_out=held_out,
        case_id=case_id,
    )


def demand(question: Question, best: str, seen: int) -> tuple[Tally, ...]:
    """What is counted of a question whose answer is this article; `seen`: as `popularity.times_of`."""
    times = popularity.times_of(seen)
    if not (question.answered and best and times):
        return ()
    return (Tally(popularity.counter(question.asked_at), {best: popularity.amount(question.asked_at, times)}),)


def read(question: Question, slug: str) -> Decision:
    """She opened an article. What she read of an answer further down counts as asked for, once."""
    if slug in question.read or len(question.read) >= MOST_READ:
        return Decision(reason="known")
    changed = replace(question, read=(*question.read, slug))
    first = bool(question.shown) and question.answered and slug == question.shown[0]
    more = (
        () if first else (Tally(popularity.counter(question.asked_at), {slug: popularity.amount(question.asked_at)}),)
    )
    return Decision((changed, *more), reason="read")


def solved(
    question: Question, slug: str, words: str, learned: LearnedQuestion | None, receipt: Receipt | None, now: datetime
) -> Decision:
    """An article answered it: she said so, or an agent answered her with it. `words`: as they are learned, empty where
    there is nothing to learn. One asker teaches an article one question once."""
    if question.state is QuestionState.SOLVED and question.solved_by == slug:
        return Decision(reason="known")
    read = question.read if slug in question.read else (*question.read, slug)[-MOST_READ:]
    changed = replace(question, state=QuestionState.SOLVED, solved_by=slug, read=read)
    if not (words and slug) or receipt:
        return Decision((changed,), reason="solved")
    times = learned.times if learned else 0
    step = _step(question, times)
    if not step:
        return Decision((changed,), reason="solved")
    lesson = LearnedQuestion(
        article_id=slug,
        text=words,
        language=learned.language if learned else question.language,
        times=times + step,
        last_at=now,
        version=learned.version if learned else None,
    )
    # Its place among an article's questions follows from how often it was asked: telling it at each doubling will do.
    news = lesson.times & (lesson.times - 1) == 0
    kept = Receipt(key=receipt_key(question, slug, words), at=now)
    return Decision((changed, lesson, kept), (RefreshSearch(article_id=slug),) if news else (), reason="learned")


def _step(question: Question, times: int) -> int:
    """How much one of many counts."""
    if times < MANY:
        return 1
    return SAMPLE if ids.shard_of(question.id, SAMPLE) == 0 else 0


def led_to(question: Question) -> str:
    """The article she means when she says that it did not help: what she had said solved it, read last, or was shown
    first."""
    return question.solved_by or next(iter((*question.read[::-1], *question.shown)), "")


def doubted(
    decision: Decision,
    question: Question,
    slug: str,
    words: str,
    learned: LearnedQuestion | None,
    receipt: Receipt | None,
    now: datetime,
) -> Decision:
    """The decision with a lesson counted once less: these words led to an article that did not help. So what was taught
    wrongly is forgotten by those who are led astray. One asker doubts a lesson once."""
    step = _step(question, learned.times) if learned else 0
    if learned is None or receipt or not step:
        return decision
    kept = Receipt(key=doubt_key(question, slug, words), at=now)
    if learned.times > step:
        return replace(decision, changes=(*decision.changes, replace(learned, times=learned.times - step), kept))
    told = (*decision.messages, RefreshSearch(article_id=slug))
    return replace(decision, changes=(*decision.changes, Gone(learned), kept), messages=told)


def doubt_key(question: Question, slug: str, words: str) -> str:
    """That this asker was not helped by this article in these words."""
    return f"doubted:{slug}:{ids.fingerprint(question.customer_id or question.visitor_id, words)}"


def receipt_key(question: Question, slug: str, words: str) -> str:
    """That this asker taught this article this question."""
    return f"learned:{slug}:{ids.fingerprint(question.customer_id or question.visitor_id, words)}"


def unsolved(question: Question, missing: str) -> Decision:
    """It did not help; `missing`: what was missing, in her words."""
    missing = missing.strip()[:LONGEST_MISSING] or question.missing
    changed = replace(question, state=QuestionState.UNSOLVED, solved_by="", missing=missing)
    return _changed(question, changed, "unsolved")


def person(question: Question, case_id: str) -> Decision:
    """She turned to a person about it."""
    changed = replace(question, state=QuestionState.PERSON, solved_by="", case_id=case_id or question.case_id)
    return _changed(question, changed, "person")


def _changed(question: Question, changed: Question, reason: str) -> Decision:
    return Decision((changed,), reason=reason) if changed != question else Decision(reason="known")


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())
