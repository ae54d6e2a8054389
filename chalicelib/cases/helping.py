"""May articles answer a contact before a person does, which of them, and what if she says that they did, or did not?

A person comes in any case: articles never close a case, only she does.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import NamedTuple

from chalicelib.cases import editing, later, noting, promises
from chalicelib.desk import routing
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.messages import BringQuestions, Message
from chalicelib.mail.outgoing.render import nearest_language
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.event import EventKind
from chalicelib.model.interaction import Direction, Interaction, Purpose, preview_of
from chalicelib.model.mood import MoodLevel
from chalicelib.model.policy import Policy
from chalicelib.model.question import LONGEST_QUESTION, AskedThrough, Question, QuestionState
from chalicelib.model.trust import Trust
from chalicelib.model.urgency import Urgency
from chalicelib.search.documents import Found, Hit

CONTACT = "contact"  # in an acknowledgement: the id of the contact it answers
BESIDE_THE_BEST = 0.5  # of its confidence, at least: what is shown with it
LOOKED_AT = timedelta(days=14)  # what she asked that long before her case counts as asked about it
EVER = datetime(2000, 1, 1, tzinfo=UTC)
MOST_ASKED_BEFORE = 20  # shown with a case, or brought along in one write
LINKS_LIVE = timedelta(days=30)  # as long as a solved case is remembered
A_MOMENT = timedelta(milliseconds=2)  # the question stands behind the contact and its acknowledgement
HERSELF = "customer"  # in histories
BY_AN_ARTICLE = "the article {slug} answered it, she says"
NOT_BY_ARTICLES = "she read what was sent and still needs a person"
INTRODUCED = {"en": "This should answer your question:", "zh-Hans": "以下内容应能解答您的问题："}
BEFORE_SHE_WROTE = "Before she turned to us she asked the help centre:"
PERHAPS_ANSWERED = "she says that the article {slug} answered what {number} was about"
_PREFIX = re.compile(r"^(?:(?:re|fwd?|aw|wg|sv|tr|回复|答复|转发)\s*[:：]\s*)+", re.IGNORECASE)
_GREETING = re.compile(
    r"^(?:hi|hello|hey|dear|good (?:morning|day|afternoon|evening)|hallo|guten tag|bonjour|hola|您好|你好)\b"
    r"[^\n.?!。？！]{0,40}"
    r"(?:[,!.:，！。：]|\n|$)\s*",
    re.IGNORECASE,
)


class Outcome(Enum):
    """What became of her case by what she said of the articles."""

    SOLVED = "solved"
    NOTED = "noted"  # she is believed, and somebody of ours looks before it is closed
    PERSON = "person"  # it goes on
    CLOSED = "closed"  # for good, before she said it: what she writes now is another case
    GONE = "gone"  # neither the case nor she is known any more, or the link is none of ours
    EXPIRED = "expired"  # the link is too old
    FORM = "form"  # there is no case yet: she is to be shown the contact form


class Said(NamedTuple):
    decision: Decision
    outcome: Outcome


# ── What she asked ────────────────────────────────────────────────────────────────────────────────


def words_of(contact: Interaction) -> str:
    """What is looked for: her subject, unless her own words begin with it, and these words without a greeting."""
    text = _GREETING.sub("", contact.preview.removesuffix("…").strip(), count=1).strip()
    subject = _PREFIX.sub("", contact.subject.strip()).strip()
    if subject and not text.lower().startswith(subject.lower().rstrip("?.!？。！")):
        text = f"{subject}\n{text}".strip()
    return text[:LONGEST_QUESTION]


def question_id(contact_id: str) -> str:
    """One question for each contact, whoever asks about it and however often."""
    return ids.derived_ulid(ids.instant_of(contact_id) + A_MOMENT, contact_id, "question")


def is_hers(said: Interaction) -> bool:
    """Whether it is what a person asked of us: her own words, or what an agent noted of a call."""
    return (
        said.purpose is Purpose.CONTACT
        and said.direction is Direction.IN
        and not said.machine
        and said.trust != Trust.SPOOFED.value
    )


# ── May articles answer first? ────────────────────────────────────────────────────────────────────


def objection(contact: Interaction, case: Case, customer: Customer, now: datetime) -> str:
    """Why she is not sent articles, but left to a person alone; empty: she may be."""
    against = {
        "not a person's contact": not is_hers(contact),
        "she asks nothing in words": not words_of(contact),
        "it was answered or closed meanwhile": not case.status.ours or bool(case.merged_into),
        "we let her down, and that is open": bool(customer.recovery or case.recovery),
        "she is angry": any(mood and mood.level is MoodLevel.ANGRY for mood in (contact.mood, case.mood)),
        "she speaks of leaving": bool(contact.mood and contact.mood.leaving),
        "it is urgent": case.urgency is Urgency.URGENT,
        "a colleague works on it": case.leased(now) is not None,
    }
    return next((why for why, holds in against.items() if holds), "")


def asked(
    contact: Interaction,
    case: Case,
    customer: Customer,
    found: Found,
    *,
    words: str,
    through: AskedThrough,
    language: str,
    most: int,
    held_out: bool,
) -> Question:
    """The question of a contact, with what she is shown: stored before anybody tells her, so that a repetition says the
    same. Nothing is shown that is no likely answer, and nothing to whom is held out for comparison."""
    likely = worth_showing(found, most)
    return Question(
        id=question_id(contact.id),
        asked_at=contact.at + A_MOMENT,
        text=words,
        language=language,
        through=through,
        customer_id=contact.customer_id,
        tier=customer.tier,
        topic=case.topic,
        shown=() if held_out else tuple(hit.id for hit in likely),
        confidence=round(found.confidence * 100),
        answered=found.answered,
        held_out=held_out and bool(likely),
        state=QuestionState.ASKED if likely else QuestionState.PERSON,
        case_id=case.id,
    )


def worth_showing(found: Found, most: int) -> tuple[Hit, ...]:
    """The articles, the best first, each once; none, when nothing is likely to answer."""
    if not found.answered or not found.hits:
        return ()
    likely = BESIDE_THE_BEST * found.hits[0].confidence
    return tuple(hit for hit in each_once(found.hits) if hit.confidence >= likely)[:most]


def each_once(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """An article that was found in two languages is one."""
    once: dict[str, Hit] = {}
    for hit in hits:
        once.setdefault(hit.id, hit)
    return tuple(once.values())


def shown(case: Case, question: Question, now: datetime, policy: Policy) -> Case:
    """The case once she was shown what may answer it: where the map says so, a person comes after a while."""
    return routing.helping_herself(case, now, policy) if question.shown else case


# ── What she says to it ───────────────────────────────────────────────────────────────────────────


def solved(
    case: Case | None, customer: Customer | None, question: Question, slug: str, now: datetime, policy: Policy
) -> Said:
    """She says that an article solved it. Her word solves her case: no field of ours is asked of her, no answer is
    counted as given. What an agent is about to send is not lost by it, nor what was merged with it: then somebody
    looks. Said twice, it changes nothing the second time."""
    if case is None or customer is None:
        return Said(Decision(reason="gone"), Outcome.GONE)
    if case.status is CaseStatus.CLOSED:
        return Said(Decision(reason="closed before"), Outcome.CLOSED)
    if case.status is CaseStatus.SOLVED:
        return Said(Decision(reason="solved before"), Outcome.SOLVED)
    if case.id != question.case_id or case.scheduled or case.leased(now):
        note = PERHAPS_ANSWERED.format(slug=slug, number=ids.case_number(question.case_id))
        if case.attention:
            return Said(Decision(reason="looked at anyway"), Outcome.NOTED)
        return Said(Decision((replace(case, attention=note, updated_at=now),), reason=note, by=HERSELF), Outcome.NOTED)
    anyway = replace(policy, case_fields=())
    why = BY_AN_ARTICLE.format(slug=slug)
    return Said(editing.move(case, customer, CaseStatus.SOLVED, now, anyway, by=HERSELF, reason=why), Outcome.SOLVED)


def still_needed(case: Case | None, customer: Customer | None, now: datetime, policy: Policy) -> Said:
    """She says that she needs a person: the case goes on at once, whatever time she was given to help herself, and is
    ours again if it rested. Said twice, it changes nothing the second time."""
    if case is None or customer is None:
        return Said(Decision(reason="gone"), Outcome.GONE)
    if case.forgotten(now):
        return Said(Decision(reason="closed before"), Outcome.CLOSED)
    if case.status.ours:
        up = routing.at_once(editing.awake(case), now, policy)
        if up == case:
            return Said(Decision(reason="a person comes anyway"), Outcome.PERSON)
        return Said(Decision((replace(up, updated_at=now),), reason=NOT_BY_ARTICLES, by=HERSELF), Outcome.PERSON)
    off = later.she_wrote(case, now)
    tier = policy.tiers.named(customer.tier)
    tell = case.promise.tell if case.promise else ""
    going_on = replace(
        promises.asked(editing.awake(off.case), tier, case.channel, now, policy, tell=tell),
        status=CaseStatus.OPEN,
        waiting_until=None,
        solved_at=None,
        attention=off.case.attention or NOT_BY_ARTICLES,
        updated_at=now,
    )
    going_on = routing.routed(going_on, customer, case.channel, now, policy, last_free=False)
    changes: list[object] = [going_on, *off.told]
    if not case.status.is_open:
        changes.append(editing.told(case, EventKind.CASE_REOPENED, now, by=HERSELF, reason=NOT_BY_ARTICLES))
    listed = editing.with_case_listed(customer, going_on)
    if listed != customer:
        changes.append(listed)
    return Said(Decision(tuple(changes), off.messages, reason=NOT_BY_ARTICLES, by=HERSELF), Outcome.PERSON)


def solved_by(question: Question, slug: str) -> str:
    """Which article solved it: the one she names, else the only one she read, else the best she was shown."""
    known = (*question.read, *question.shown)
    if slug in known:
        return slug
    if len(question.read) == 1:
        return question.read[0]
    return next(iter(question.shown or question.read), "")


# ── What she asked before ─────────────────────────────────────────────────────────────────────────


def brought(
    asked: Sequence[Question],
    case: Case,
    customer: Customer,
    contact_id: str,
    visitor_id: str,
    *,
    note: Interaction | None,
    proven: bool,
) -> Decision:
    """What a visitor asked is told with a `note` in the case of whom it turned out to be, so that nobody asks her again
    what she was looking for. It becomes hers, and is on her timeline, if it is `proven` that it was she: a name that
    was typed into a form is not. What was solved, or is long ago, is about something else. As many as fit one write;
    then the rest. `note`: unless there is one already."""
    theirs = _visitors(asked)
    at_once = theirs[:MOST_ASKED_BEFORE]
    told = [_turned(question, case, customer, proven=proven) for question in at_once]
    changes: list[object] = [note] if note else []
    changes += [*map(Gone, at_once), *told] if proven else [one for one in told if one not in at_once]
    again: tuple[Message, ...] = ()
    if proven and len(at_once) < len(theirs):
        again = (
            BringQuestions(
                customer_id=customer.id, case_id=case.id, contact_id=contact_id, visitor_id=visitor_id, proven=True
            ),
        )
    return Decision(tuple(changes), again, reason="brought" if changes else "nothing to bring")


def _visitors(asked: Sequence[Question]) -> list[Question]:
    """Those that are not hers yet, newest first."""
    return sorted((one for one in asked if not one.customer_id), key=lambda question: question.id, reverse=True)


def _about(question: Question, case: Case) -> bool:
    return case.opened_at - question.asked_at <= LOOKED_AT and question.state is not QuestionState.SOLVED


def _turned(question: Question, case: Case, customer: Customer, *, proven: bool) -> Question:
    if _about(question, case):
        question = replace(question, state=QuestionState.PERSON, case_id=case.id)
    if not proven:
        return question
    return replace(question, customer_id=case.customer_id, tier=question.tier or customer.tier, version=None)


def note_of(asked: Sequence[Question], case: Case, contact_id: str) -> Interaction | None:
    """What a visitor asked about this case, for colleagues; None when it was nothing. Named by the newest question, so
    that the next ones get a note of their own."""
    about = [question for question in _visitors(asked)[:MOST_ASKED_BEFORE] if _about(question, case)]
    if not about:
        return None
    at = ids.instant_of(contact_id) + A_MOMENT
    lines = [_line(question) for question in reversed(about)]
    return Interaction(
        id=ids.derived_ulid(at, contact_id, "asked before", about[0].id),
        customer_id=case.customer_id,
        case_id=case.id,
        at=at,
        channel=noting.CHANNEL,
        direction=Direction.INTERNAL,
        purpose=Purpose.NOTE,
        tier=case.tier,
        author="Liana",
        preview=preview_of("\n".join([BEFORE_SHE_WROTE, *lines])),
    )


def _line(question: Question) -> str:
    """`- "Where is my order?": shown late-parcels, tracking; read tracking; missing: …`"""
    told = [f"shown {', '.join(question.shown)}" if question.shown else "no answer"]
    if question.read:
        told.append(f"read {', '.join(question.read)}")
    if question.missing:
        told.append(f"missing: {question.missing}")
    return f"- “{' '.join(question.text.split())}”: {'; '.join(told)}"


# ── What an agent's answer teaches ────────────────────────────────────────────────────────────────


def taught(
    answer: Interaction, contact: Interaction, known: Question | None, case: Case, customer: Customer, language: str
) -> Question | None:
    """The question of a contact that an agent answered with articles; None when an answer before taught it already. It
    went to a person, even if nobody asked the knowledge base before; but there is an article for it."""
    if not answer.articles or (known and known.solved_by):
        return None
    question = known or Question(
        id=question_id(contact.id),
        asked_at=contact.at + A_MOMENT,
        text=words_of(contact),
        language=language,
        through=AskedThrough.AGENT,
        customer_id=contact.customer_id,
        tier=customer.tier,
        topic=case.topic,
        answered=True,
        case_id=case.id,
    )
    return replace(question, state=QuestionState.PERSON, solved_by=answer.articles[0])


def lesson(question: Question, lessons: Iterable[Decision]) -> Decision:
    """What each article learns of a question, in one write with it."""
    learned = [
        (change, told.messages) for told in lessons for change in told.changes if not isinstance(change, Question)
    ]
    messages = tuple(dict.fromkeys(message for _, told in learned for message in told))
    return Decision((question, *(change for change, _ in learned)), messages, reason="taught")


# ── For agents ────────────────────────────────────────────────────────────────────────────────────


def introduced(tongue: str) -> str:
    """What stands before an article that is inserted with one click."""
    return INTRODUCED[nearest_language(tuple(INTRODUCED), tongue)]


def newest_words(said: Sequence[Interaction]) -> Interaction | None:
    """What of a case, told newest first, is looked for: her last contact, on whatever channel."""
    return next((one for one in said if is_hers(one)), None)


def sent_before(said: Sequence[Interaction]) -> frozenset[str]:
    """Articles that answers in a case inserted already."""
    return frozenset(slug for one in said if one.purpose is Purpose.REPLY for slug in one.articles)
