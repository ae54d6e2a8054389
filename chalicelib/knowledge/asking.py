"""What is done when somebody asks the knowledge base: find, write the question down, and note what became of it."""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.configuration import policy
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import NotFound
from chalicelib.knowledge import deflection, loading, masking, questions
from chalicelib.knowledge.articles import nearest_of
from chalicelib.knowledge.readers import may_read, readers_of, still_readable
from chalicelib.model.article import Article
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.deflection import Visitor
from chalicelib.model.question import LONGEST_QUESTION, AskedThrough, Question
from chalicelib.search.documents import Found, Hit
from chalicelib.storage import cases, customers, knowledge, visitors
from chalicelib.storage import questions as storage
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import Counted, count, logger

MOST_HITS = 20
KEPT = 10.0  # seconds an article is remembered by a process, to show a little of it
MOST_KEPT = 500
BUSY_WITHIN = 10.0  # seconds

_kept: dict[str, tuple[float, Article | None]] = {}
_asks: deque[float] = deque(maxlen=2 * 500)


def forget() -> None:
    """As a process that has just begun."""
    _kept.clear()
    _asks.clear()
    loading.forget()


def find(text: str, *, language: str = "", readers: Collection[str] = frozenset({"public"}), limit: int = 5) -> Found:
    """What answers this, for somebody who reads as one of `readers`, the best first. Nothing is written down.

    Never raises: without an index it looks at the titles of what is asked most, and says that it has no answer."""
    text = text.strip()[:LONGEST_QUESTION]
    limit = max(1, min(limit, MOST_HITS))
    if not text:
        return Found()
    index = loading.current()
    while index is not None:
        try:
            return index.search(text, language=language, readers=readers, limit=limit)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, somebody waits for an answer
            logger.exception("search_failed")
            count(Counted.SEARCH_FELL_BACK)
            loading.give_up(index)
            index = loading.current()
    return _by_titles(text, language, readers, limit)


def _by_titles(text: str, language: str, readers: Collection[str], limit: int) -> Found:
    """Among what is asked most, those whose titles have words in common with it. An answer it is not."""
    from chalicelib.search.analysis import similarity

    found = []
    for each in loading.popular():
        if not each.titles or not set(readers) & set(each.readers):
            continue
        tag = nearest_of(each.titles, language)
        alike = similarity(text, each.titles[tag], tag)
        if alike > 0:
            found.append(Hit(id=each.slug, language=tag, title=each.titles[tag], score=alike, confidence=0.0))
    return Found(hits=tuple(sorted(found, key=lambda hit: -hit.score)[:limit]))


def popular(*, language: str = "", readers: Collection[str] = frozenset({"public"}), limit: int = 10) -> list[Hit]:
    """What is asked most of late, in the language that comes nearest; as of the newest snapshot, so a day old at most
    in its order."""
    loading.current()
    there = [each for each in loading.popular() if each.titles and set(readers) & set(each.readers)]
    tags = [(each, nearest_of(each.titles, language)) for each in there[:limit]]
    return [
        Hit(id=each.slug, language=tag, title=each.titles[tag], score=1.0 / place, confidence=0.0)
        for place, (each, tag) in enumerate(tags, 1)
    ]


def ask(
    text: str,
    *,
    through: AskedThrough,
    language: str = "",
    customer: Customer | None = None,
    visitor_id: str = "",
    readers: Collection[str] | None = None,
    limit: int = 5,
    held_out: bool = False,
    topic: str = "",
    case_id: str = "",
) -> tuple[Question, Found]:
    """The question as it was written down, and what answers it. With `held_out`, or if she is held out of answers that
    come unasked, what answers it is not given.

    One write, in which it is counted; of a visitor, one read before it; the same words of the same asker within
    minutes are the question of before. Whoever is neither a known customer nor a visitor is a new visitor. Raises
    Unavailable when it cannot be written down, NotFound when she was erased meanwhile."""
    now = clock.now()
    asker_id = customer.id if customer else visitor_id
    if through in deflection.UNASKED and asker_id:
        held_out = held_out or deflection.held_out(asker_id, policy())
    found = find(text, language=language, readers=readers or readers_of(customer), limit=limit)
    shown = articles_of(hit.id for hit in found.hits)
    found = still_readable(found, shown, readers or readers_of(customer))
    best = found.hits[0].id if found.hits else ""
    question = questions.asked(
        text.strip(),
        found,
        through=through,
        language=language,
        customer=customer,
        visitor_id="" if customer else visitor_id or ids.new_ulid(now),
        held_out=held_out,
        topic=topic or (shown[best].topic if best else ""),
        case_id=case_id,
        now=now,
    )
    question = _written(question, best, customer, named=bool(asker_id))
    count(Counted.QUESTION)
    if found.answered:
        count(Counted.QUESTION_ANSWERED)
    return question, Found(confidence=found.confidence) if question.held_out else found


def demand_of(question: Question, best: str) -> tuple[Tally, ...]:
    """What is counted of a question whose answer is this article, for whoever writes it down with more than that."""
    return questions.demand(question, best, _seen())


def _written(question: Question, best: str, customer: Customer | None, *, named: bool) -> Question:
    """Stored and counted, or as it was stored before. `named`: whether who asked may be seen again."""

    def decide(known: Customer | None = None) -> tuple[Decision, Question]:
        who = known or (_asker_of(question) if named else None)
        if who is None and question.customer_id:
            raise NotFound("this customer is not known any more")
        if named and who is None and question.visitor_id:
            who = Visitor(id=question.visitor_id, seen_at=question.asked_at)
        counted = deflection.asked(who, question, policy()) if who or not named else ()
        return Decision((question, *demand_of(question, best), *counted), reason="asked"), question

    def again() -> tuple[Decision, Question]:
        known = _stored(question)
        return (Decision(reason="asked before"), known) if known else decide()

    try:
        commit(decide(customer)[0])
    except Refused:
        return settle(again)[1]
    return replace(question, version=1)


def _seen() -> int:
    """How many were asked in this process within the last seconds."""
    at = time.monotonic()
    _asks.append(at)
    while _asks and _asks[0] < at - BUSY_WITHIN:
        _asks.popleft()
    return len(_asks)


def articles_of(slugs: Iterable[str]) -> dict[str, Article]:
    """Articles as they were some seconds ago at most: those that exist, by the slug asked for; one BatchGet for what
    this process has not read lately."""
    wanted = list(dict.fromkeys(slugs))
    at = time.monotonic()
    missing = [slug for slug in wanted if slug not in _kept or _kept[slug][0] <= at]
    if missing:
        if len(_kept) > MOST_KEPT:
            _kept.clear()
        there = knowledge.followed(missing)
        _kept.update({slug: (at + KEPT, there.get(slug)) for slug in missing})
    return {slug: article for slug in wanted if (article := _kept[slug][1])}


# ── What became of it ─────────────────────────────────────────────────────────────────────────────


def question_of(question_id: str, *, customer: Customer | None = None, visitor_id: str = "") -> Question:
    """One question of a customer, by any record of hers, or of a visitor. Raises NotFound."""
    if customer:
        found = (storage.question(question_id, customer_id=record) for record in customer.ids)
        asked = next((each for each in found if each), None)
    else:
        asked = storage.question(question_id, visitor_id=visitor_id)
    if asked is None:
        raise NotFound("there is no such question, or it has expired", "/question_id")
    return asked


def demand_readable(question: Question, slug: str, readers: Collection[str]) -> None:
    """Raises NotFound for an article that she was never shown and may not read: nothing is learned or counted of it."""
    there = articles_of([slug]).get(slug)
    if slug not in (*question.shown, *question.read) and not (there and may_read(there, readers)):
        raise NotFound("no article has this slug", "/article")


def note_read(question: Question, slug: str) -> Question:
    """She opened an article; a second time changes nothing."""
    return _note(question, lambda stored: questions.read(stored, slug))


def note_solved(question: Question, slug: str, *, names: Collection[str] = ()) -> Question:
    """This article answered it: she said so, or an agent answered her with it. Her words, masked, are learned: from now
    on they lead to it. `names`: what she is called besides what we know of her. A second time changes nothing."""
    now = clock.now()
    customer = customers.customer(question.customer_id) if question.customer_id else None
    words = masking.words_of(question.text, {*names, *((customer.name,) if customer else ())} - {""})
    key = questions.receipt_key(question, slug, words)

    def decide(*, learn: bool) -> tuple[Decision, Question]:
        lesson = storage.lesson(question, slug, words if learn else "", key)
        if lesson.question is None:
            raise NotFound("there is no such question, or it has expired")
        decision = questions.solved(lesson.question, slug, words if learn else "", lesson.learned, lesson.receipt, now)
        decision = _counted(
            decision,
            lesson.question,
            lambda who, case: deflection.said_solved(who, question.id, case, now, policy()),
        )
        return decision, _after(decision, lesson.question)

    try:
        return settle(lambda: decide(learn=True))[1]
    except Refused:  # many learn the same just now: it is known by then
        return settle(lambda: decide(learn=False))[1]


def note_unsolved(question: Question, missing: str = "") -> Question:
    """It did not help; `missing`: what was missing, in her words. What was learned of these words is doubted. A second
    time changes nothing."""
    now = clock.now()
    return _note(
        question,
        lambda stored: _doubting(stored, questions.unsolved(stored, missing), now),
        lambda who, _: deflection.said_unsolved(who, question.id, now, policy()),
    )


def _doubting(stored: Question, decision: Decision, now: datetime) -> Decision:
    """With what it says of the lesson by which she was led there, or that she taught herself."""
    slug = questions.led_to(stored)
    words = masking.words_of(stored.text) if slug and decision.changes else ""
    if not words:
        return decision
    lesson = storage.lesson(stored, slug, words, questions.doubt_key(stored, slug, words))
    return questions.doubted(decision, stored, slug, words, lesson.learned, lesson.receipt, now)


def note_person(question: Question, case_id: str = "") -> Question:
    """She turned to a person about it, in this case. A second time changes nothing."""
    now = clock.now()
    return _note(
        question,
        lambda stored: questions.person(stored, case_id),
        lambda who, case: deflection.said_needed(
            who, question.id, case_id, case.channel if case else "web", now, policy()
        ),
    )


def _note(asked: Question, change: Callable[[Question], Decision], count_as: "_Counts | None" = None) -> Question:
    def decide() -> tuple[Decision, Question]:
        stored = _stored(asked)
        if stored is None:
            raise NotFound("there is no such question, or it has expired")
        decision = change(stored)
        if count_as:
            decision = _counted(decision, _after(decision, stored), count_as)
        return decision, _after(decision, stored)

    return settle(decide)[1]


_Counts = Callable[[Any, Case | None], deflection.Reckoned[Any]]  # of who asked, and the case of her question


def _stored(asked: Question) -> Question | None:
    return storage.question(asked.id, customer_id=asked.customer_id, visitor_id=asked.visitor_id)


def _counted(decision: Decision, asked: Question, count_as: _Counts) -> Decision:
    """The decision with what it changes in the figures, in the same write: where it changes nothing, they do not
    either."""
    who = _asker_of(asked) if decision.changes else None
    if who is None:
        return decision
    case = cases.case(asked.case_id) if asked.case_id else None
    return replace(decision, changes=(*decision.changes, *count_as(who, case).changes(who)))


def _asker_of(question: Question) -> Customer | Visitor | None:
    """As she is stored; a customer who was merged is the survivor. One read."""
    if question.customer_id:
        return customers.customer(question.customer_id)
    return visitors.visitor(question.visitor_id)


def _after(decision: Decision, before: Question) -> Question:
    return next((each for each in decision.changes if isinstance(each, Question)), before)
