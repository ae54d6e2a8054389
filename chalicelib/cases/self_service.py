"""What is done so that articles answer before a person does: find them for a contact, hear whether they did, show
agents what fits, and bring along what somebody asked before.

helping.py decides; each function here loads, asks, commits. Anything may be called twice.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.auth.links import QuestionLink, question_token, read_question_token
from chalicelib.cases import helping, language, views
from chalicelib.cases.helping import Outcome
from chalicelib.configuration import policy
from chalicelib.gateways.secrets import signing_keys
from chalicelib.insight import metrics
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import asking, deflection, masking
from chalicelib.knowledge import questions as learning
from chalicelib.knowledge.articles import nearest_of
from chalicelib.knowledge.excerpts import excerpt
from chalicelib.knowledge.html import to_text
from chalicelib.knowledge.readers import readers_of, still_readable
from chalicelib.model.article import Article, Audience
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.work import primary
from chalicelib.search.documents import Found
from chalicelib.storage import cases as storage
from chalicelib.storage import customers, knowledge, questions
from chalicelib.storage.commit import settle
from chalicelib.telemetry import Counted, count, logger

LOOKED_BACK = 20  # interactions of a case, for what she said last and what was sent


# ── Before a person ───────────────────────────────────────────────────────────────────────────────


class Shown(NamedTuple):
    """An article as it is shown to somebody: in the language that comes nearest to hers."""

    slug: str
    title: str
    excerpt: str
    url: str
    language: str
    fallback: bool  # it has no text in hers


class Helped(NamedTuple):
    """What she is shown, and where she says whether it helped."""

    question: Question
    articles: tuple[Shown, ...] = ()
    solved_url: str = ""
    person_url: str = ""


def help_with(customer_id: str, contact_id: str, case_id: str, *, through: AskedThrough, most: int) -> Helped | None:
    """Articles that are likely to answer a contact; None when she is left to a person alone. The question and what is
    shown are stored before this returns: asked again, it tells the same. Where the map says so, a person comes to her
    case after a while, from the write that shows her something on."""
    question_id, now = helping.question_id(contact_id), clock.now()

    @cache
    def found(words: str, tongue: str, readers: frozenset[str]) -> Found:
        told = asking.find(words, language=tongue, readers=readers, limit=most)
        there = _live(hit.id for hit in told.hits)  # the index may be a minute behind
        return still_readable(told, there, readers)

    def decide() -> tuple[Decision, Question | None]:
        contact, known, case, customer = storage.helpable(customer_id, contact_id, question_id, case_id)
        if known:
            return Decision(reason="asked before"), known
        if contact is None or case is None or customer is None:
            return Decision(reason="gone"), None
        if why := helping.objection(contact, case, customer, now):
            return Decision(reason=why), None
        words, tongue = helping.words_of(contact), language.of_answers(case, customer)
        tongue = tongue or language.by_script(words)
        answers = found(words, tongue, readers_of(customer))
        question = helping.asked(
            contact,
            case,
            customer,
            answers,
            words=words,
            through=through,
            language=tongue,
            most=most,
            held_out=deflection.held_out(customer.id, policy()),
        )
        demand = asking.demand_of(question, answers.hits[0].id) if answers.hits else ()
        counted = (*demand, *deflection.asked(customer, question, policy()))
        waiting = helping.shown(case, question, now, policy())
        moved = () if waiting == case else (waiting,)
        reason = "answered" if question.shown else "no answer"
        return Decision((question, *moved, *counted), reason=reason, by="Liana"), question

    decision, question = settle(decide)
    metrics.count_changes(decision)
    if question and decision.changes:
        count(Counted.QUESTION)
        if question.answered:
            count(Counted.QUESTION_ANSWERED)
    logger.info("helped_with", contact=contact_id, reason=decision.reason)
    return shown_to(question) if question else None


def shown_to(question: Question) -> Helped:
    """The articles of a question that are still to be read, and the links beside them. They live for a month from when
    it was asked, and are the same each time."""
    there = _live(question.shown)
    articles = tuple(
        as_shown(there[slug], question.language, question.text, question.id) for slug in question.shown if slug in there
    )
    if not articles:
        return Helped(question)
    token = question_token(
        QuestionLink(
            customer_id=question.customer_id,
            visitor_id=question.visitor_id,
            question_id=question.id,
            case_id=question.case_id,
            until=question.asked_at + helping.LINKS_LIVE,
        ),
        signing_keys(),
    )
    page = f"{settings().base_url}/help"
    return Helped(question, articles, f"{page}/solved/{token}", f"{page}/person/{token}")


def _live(slugs: Iterable[str]) -> dict[str, Article]:
    """Those there are to be read, by the slug they were asked for, whatever they are called by now."""
    return {slug: article for slug, article in knowledge.followed(slugs).items() if article.live}


def as_shown(article: Article, tongue: str, words: str, question_id: str = "") -> Shown:
    language_ = nearest_of(article.live, tongue)
    text = article.live[language_]
    return Shown(
        slug=article.id,
        title=text.title,
        excerpt=excerpt(to_text(text.body), text.title, words),
        url=article_url(article.id, language_, question_id),
        language=language_,
        fallback=bool(tongue) and primary(language_) != primary(tongue),
    )


def article_url(slug: str, tongue: str, question_id: str = "") -> str:
    """Where customers read it; that she who asked this question read it is noted, if she is signed in there."""
    asked = f"&question={question_id}" if question_id else ""
    return f"{settings().base_url}/help/articles/{slug}?language={tongue}{asked}"


# ── What she says to it ───────────────────────────────────────────────────────────────────────────


class About(NamedTuple):
    """What a link is about, or what came of it: all that the pages behind it tell."""

    outcome: Outcome | None  # None: nothing was done yet, it may be
    question: Question | None = None
    articles: tuple[Shown, ...] = ()
    case_number: str = ""
    subject: str = ""
    language: str = ""
    answer_by: datetime | None = None  # in her own zone
    zone: str = ""


def look_up(token: str) -> About:
    """What a link beside articles is about. Changes nothing: mail scanners open links, too."""
    link, why = _link(token)
    if link is None:
        return About(why)
    question = _question(link)
    if question is None:
        return About(Outcome.GONE)
    case, customer = _case_of(link)
    return _told(None, question, case, customer)


def solved_by_answer(token: str, slug: str = "") -> About:
    """She says that an article solved it: `slug`, if she says which. Her question is solved, and her case. May be
    repeated."""
    link, why = _link(token)
    question = _question(link) if link else None
    if link is None or question is None:
        return About(why or Outcome.GONE)
    by, now = helping.solved_by(question, slug), clock.now()
    _, asker = _case_of(link)
    asking.note_solved(question, by, names=(asker.name,) if asker else ())

    def decide() -> tuple[Decision, About]:
        case, customer = _case_of(link)
        if not link.case_id:
            return Decision(reason="no case"), _told(Outcome.SOLVED, question, None, customer)
        said = helping.solved(case, customer, question, by, now, policy())
        return said.decision, _told(said.outcome, question, _after(said, case), customer)

    return _settled("solved_by_answer", question, decide)


def still_needed(token: str) -> About:
    """She says that she needs a person: her case goes on at once. Without one (`Outcome.FORM`) she is to be shown the
    contact form. May be repeated."""
    link, why = _link(token)
    question = _question(link) if link else None
    if link is None or question is None:
        return About(why or Outcome.GONE)
    now = clock.now()
    if link.case_id:
        asking.note_person(question, link.case_id)

    def decide() -> tuple[Decision, About]:
        case, customer = _case_of(link)
        if not link.case_id:
            return Decision(reason="no case"), _told(Outcome.FORM, question, None, customer)
        said = helping.still_needed(case, customer, now, policy())
        return said.decision, _told(said.outcome, question, _after(said, case), customer)

    return _settled("still_needed", question, decide)


def _settled(what: str, question: Question, decide: Callable[[], tuple[Decision, About]]) -> About:
    decision, about = settle(decide)
    metrics.count_changes(decision)
    logger.info(what, question=question.id, reason=decision.reason)
    return about


def _link(token: str) -> tuple[QuestionLink | None, Outcome | None]:
    """What the token stands for, or why it stands for nothing."""
    link = read_question_token(token, signing_keys())
    if link is None:
        return None, Outcome.GONE
    return (None, Outcome.EXPIRED) if link.over(clock.now()) else (link, None)


def _question(link: QuestionLink) -> Question | None:
    return questions.question(link.question_id, customer_id=link.customer_id, visitor_id=link.visitor_id)


def _case_of(link: QuestionLink) -> tuple[Case | None, Customer | None]:
    """The case as it goes on by now, and hers only: what was merged into another person's is not."""
    case = storage.living(link.case_id) if link.case_id else None
    customer = customers.customer(case.customer_id if case else link.customer_id) if case or link.customer_id else None
    if customer is None or link.customer_id not in customer.ids:
        return None, None
    return case, customer


def _after(said: helping.Said, before: Case | None) -> Case | None:
    return next((change for change in said.decision.changes if isinstance(change, Case)), before)


def _told(outcome: Outcome | None, question: Question, case: Case | None, customer: Customer | None) -> About:
    zone = (customer.time_zone if customer else "") or policy().time_zone
    due = case.owed_by if case else None
    return About(
        outcome,
        question,
        shown_to(question).articles,
        case_number=ids.case_number(question.case_id) if question.case_id else "",
        subject=case.subject if case else "",
        language=question.language,
        answer_by=due.astimezone(ZoneInfo(zone)) if due else None,
        zone=zone,
    )


# ── What she asked before ─────────────────────────────────────────────────────────────────────────


def asked_before(case: Case) -> list[Question]:
    """What she asked the knowledge base in the weeks before this case and since, newest first: a Query for each record
    of hers."""
    customer = customers.customer(case.customer_id)
    if customer is None:
        return []
    since = case.opened_at - helping.LOOKED_AT
    found = [question for record in customer.ids for question in questions.questions_of(since, customer_id=record)]
    return sorted(found, key=lambda question: question.id, reverse=True)[: helping.MOST_ASKED_BEFORE]


def bring_questions(customer_id: str, case_id: str, contact_id: str, visitor_id: str, *, proven: bool) -> None:
    """What a visitor asked before she turned to a person is told in her case, and becomes hers if it is `proven` who
    she is. Twice, the second time there is nothing left to bring."""

    def decide() -> tuple[Decision, None]:
        case, customer = storage.living(case_id), customers.customer(customer_id)
        if case is None or customer is None:
            return Decision(reason="gone"), None
        asked = questions.questions_of(helping.EVER, visitor_id=visitor_id)
        note = helping.note_of(asked, case, contact_id)
        noted = bool(note and storage.entries_of([(note.customer_id, note.id)]))
        decision = helping.brought(
            asked, case, customer, contact_id, visitor_id, note=None if noted else note, proven=proven
        )
        return decision, None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("questions_brought", case=case_id, reason=decision.reason)


def teach(customer_id: str, interaction_id: str) -> None:
    """An agent's answer inserted articles: what she had said before it leads to them from now on, in her words without
    what tells of her. The question says that a person answered it, and with what. Twice, it teaches once."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        answer, customer = storage.outbound(customer_id, interaction_id)
        case = storage.case(answer.case_id) if answer else None
        if answer is None or customer is None or case is None:
            return Decision(reason="gone"), None
        said = storage.said_in_all(case, customer, answer.id, LOOKED_BACK, newest_first=True).items
        contact = helping.newest_words(said)
        if contact is None:
            return Decision(reason="she said nothing"), None
        asked = storage.helpable(contact.customer_id, contact.id, helping.question_id(contact.id), case.id).question
        tongue = language.of_answers(case, customer) or language.by_script(contact.preview)
        question = helping.taught(answer, contact, asked, case, customer, tongue)
        if question is None:
            return Decision(reason="taught before"), None
        words = masking.words_of(question.text, (customer.name,))
        lessons = []
        for slug in answer.articles:
            key = learning.receipt_key(question, slug, words)
            found = questions.lesson(question, slug, words, key)
            lessons.append(learning.solved(question, slug, words, found.learned, found.receipt, now))
        return helping.lesson(question, lessons), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("taught", interaction=interaction_id, reason=decision.reason)


# ── For agents ────────────────────────────────────────────────────────────────────────────────────


class Suggestion(NamedTuple):
    shown: Shown
    confidence: int  # percent
    question: str  # the learned one that resembles hers most
    topic: str
    for_agents_only: bool  # never to be inserted in an answer
    sent: bool  # an answer in this case inserted it already


class Suggested(NamedTuple):
    customer_id: str
    text: str  # what was looked for
    language: str
    answered: bool
    confidence: int
    items: tuple[Suggestion, ...]
    case_id: str = ""


def suggestions(case_id: str, text: str, limit: int) -> Suggested:
    """Articles for what she said last in a case, on whatever channel, or for `text`. Raises NotFound."""
    case = views.case(case_id)
    customer = customers.customer(case.customer_id)
    if customer is None:
        raise NotFound("no case has this number")
    said = storage.said_in_all(case, customer, None, LOOKED_BACK, newest_first=True).items
    contact = helping.newest_words(said)
    words = text or (helping.words_of(contact) if contact else case.subject)
    tongue = language.of_answers(case, customer) or language.by_script(words)
    found = asking.find(words, language=tongue, readers=readers_of(customer, agent=True), limit=limit)
    items = _suggested(found, tongue, words, helping.sent_before(said))
    return Suggested(customer.id, words, tongue, found.answered, round(found.confidence * 100), items, case.id)


def suggestions_for(text: str, tongue: str, limit: int) -> Suggested:
    """Articles for what an agent types while somebody talks to her, of whom nothing is known."""
    tongue = tongue or language.by_script(text)
    found = asking.find(text, language=tongue, readers=readers_of(None, agent=True), limit=limit)
    items = _suggested(found, tongue, text, frozenset())
    return Suggested("", text, tongue, found.answered, round(found.confidence * 100), items)


def _suggested(found: Found, tongue: str, words: str, sent: frozenset[str]) -> tuple[Suggestion, ...]:
    there = _live(hit.id for hit in found.hits)
    return tuple(
        Suggestion(
            shown=as_shown(there[hit.id], tongue, words),
            confidence=round(hit.confidence * 100),
            question=hit.question,
            topic=there[hit.id].topic,
            for_agents_only=there[hit.id].audience is Audience.AGENTS,
            sent=hit.id in sent,
        )
        for hit in helping.each_once(found.hits)
        if hit.id in there
    )
