"""The contact form of the help centre: `/help/contact`.

Who is signed in is believed; whoever is not names an address that nobody has proven, and her message comes in as a mail
does for whose sender nothing speaks: taken in, flagged, answered by a person to that address, and not acknowledged by
mail, so that the form sends nothing to strangers (docs/decisions/0033). The page itself says what became of it.

Before a message is sent, articles that may answer it are shown: while she types, or in a step of their own without a
script. What she asked here before goes along. A form sent twice is one message: its receipt follows from the form and
what is in it.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from chalice.app import Blueprint

from chalicelib.auth import limits
from chalicelib.auth.access import Open
from chalicelib.cases import service as cases
from chalicelib.cases import views as cases_views
from chalicelib.configuration import policy
from chalicelib.customers import identity
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock, ids
from chalicelib.kernel.errors import Invalid, NotFound, TooMany
from chalicelib.knowledge import asking
from chalicelib.model.arrival import Arrival
from chalicelib.model.customer import Handle
from chalicelib.model.question import AskedThrough, Question, QuestionState
from chalicelib.model.trust import Trust
from chalicelib.storage import knowledge as articles
from chalicelib.web.help_kit import (
    Reader,
    answer_of,
    answers_of,
    ask,
    asked_of_late,
    reader_of,
    shown,
    spoken_at,
    with_visitor,
)
from chalicelib.web.kit import Page, Visit, page

bp = Blueprint(__name__)

LONGEST_TEXT = 10_000  # characters
LONGEST_FORM = 120_000  # percent-encoded, as a text in Chinese comes
MOST_OF_ASKER, MOST_OF_ADDRESS, MOST_OF_NETWORK = 5, 5, 60  # messages in a quarter of an hour
MOST_BEFORE = 10  # questions that go along
CHANNEL = "web"
_TOO_MANY = "There were too many messages from here, or in the name of this address. Try again in a quarter of an hour."


@dataclass(frozen=True, slots=True)
class Draft:
    """What is in the form."""

    form_id: str
    email: str = ""
    name: str = ""
    subject: str = ""
    text: str = ""
    seen: bool = False  # she was shown articles, and sends it anyway
    trapped: bool = False  # a field that people do not see was filled in
    alone: bool = False  # what she asked before stays behind


@dataclass(frozen=True, slots=True)
class Before:
    """A question she asked before, as the form shows it."""

    question: Question
    read: str  # titles of what she read then


@page(bp, "/help/contact", methods=["GET", "POST"], access=Open.PUBLIC, strangers=True, longest_form=LONGEST_FORM)
def help_contact(visit: Visit) -> Page:
    reader = reader_of(visit)
    before = _before(reader)
    if visit.method == "GET":
        headers: dict[str, str] = {}
        if policy().knowledge.hold_out:  # who is shown suggestions follows from who she is
            reader, headers = with_visitor(reader)
        named = (each.question.text for each in before if each.question.id == visit.query.get("question"))
        wanted = visit.query.get("q", "") or next(named, "")
        return _form(reader, before, Draft(ids.new_ulid(clock.now()), text=wanted[:LONGEST_TEXT]), headers=headers)
    draft = _draft(visit)
    if wrong := _wrong(reader, draft):
        return _form(reader, before, draft, wrong=wrong, status=422)
    reader, question, found, headers = ask(reader, f"{draft.subject} {draft.text}".strip(), AskedThrough.FORM)
    if found.answered and not draft.seen:
        query = {"question": question.id} if question else {}
        answers = answers_of(reader, found.hits, words=f"{draft.subject} {draft.text}", **query)
        if answers:
            return _form(reader, before, draft, headers=headers, answers=answers)
    return _sent(reader, before, draft, question, headers)


def _sent(
    reader: Reader, before: Sequence[Before], draft: Draft, question: Question | None, headers: dict[str, str]
) -> Page:
    """Her message among the contacts, her questions with its case. Raises TooMany before anything is stored."""
    now = clock.now()
    reader, given = with_visitor(reader)
    headers = {**headers, **given}
    try:
        _count(reader, draft, now)
    except TooMany:
        words = reader.words
        return shown(
            reader,
            "help_link.html",
            status=429,
            headers={**headers, "Retry-After": str(limits.WINDOW.seconds)},
            title=words["too_many"],
            text=words["too_many_text"],
            button="",
            articles=(),
            number="",
            subject="",
            done=True,
        )
    taken = cases.take_in(_arrival(reader, draft, now)).receipt
    asked = [] if draft.alone else [each.question for each in before]
    for each in {one.id: one for one in [*asked, *([question] if question else [])]}.values():
        with suppress(NotFound):  # her case has it already
            asking.note_person(each, taken.case_id)
    return shown(
        reader,
        "help_sent.html",
        headers=headers,
        number=ids.case_number(taken.case_id),
        answered=_answered(reader, taken.case_id, now),
        email=draft.email,
    )


def _arrival(reader: Reader, draft: Draft, now: datetime) -> Arrival:
    """A visitor's questions follow her by her cookie's id; those of a customer are hers already."""
    fingerprint = ids.fingerprint(draft.email, draft.name, draft.subject, draft.text)
    customer = reader.customer
    return Arrival(
        receipt_key=f"form:{draft.form_id}:{fingerprint}",
        fingerprint=fingerprint,
        channel=CHANNEL,
        at=now,
        sender=None if customer else _address(draft.email),
        sender_name="" if customer else draft.name,
        customer_id=customer.id if customer else "",
        visitor_id="" if customer or draft.alone else reader.visit.visitor,
        subject=draft.subject,
        text=draft.text,
        language=(customer.language if customer else "") or reader.wants,
        trust=Trust.AUTHENTICATED if customer else Trust.UNVERIFIED,
    )


def _count(reader: Reader, draft: Draft, now: datetime) -> None:
    """Raises TooMany."""
    keys = signing_keys()
    limits.demand_few("form-asker", reader.asker or draft.form_id, MOST_OF_ASKER, keys, now, _TOO_MANY)
    limits.demand_few("form-network", limits.network_of(reader.visit.source), MOST_OF_NETWORK, keys, now, _TOO_MANY)
    if draft.email and not reader.customer:
        limits.demand_few("form-address", draft.email, MOST_OF_ADDRESS, keys, now, _TOO_MANY)


def _answered(reader: Reader, case_id: str, now: datetime) -> str:
    """By when. Nobody who is not signed in is told how fast an address is answered, which would tell whose it is: she
    hears of the slowest promise."""
    words, promise = reader.words, cases_views.case(case_id).promise
    if reader.customer:
        due = promise.due_at if promise else None
        return words["sent_signed_in"].format(when=spoken_at(due, reader)) if due else words["sent_signed_in_no_time"]
    slowest = cases_views.promised_now(CHANNEL, now)
    if slowest is None:
        return words["sent_mail_no_time"]
    return words["sent_mail"].format(when=spoken_at(max(slowest, promise.due_at) if promise else slowest, reader))


# ── The form ──────────────────────────────────────────────────────────────────────────────────────


def _draft(visit: Visit) -> Draft:
    form = visit.form
    form_id = form.get("form_id", "")
    return Draft(
        form_id=form_id if ids.is_ulid(form_id) else ids.new_ulid(clock.now()),
        email=form.get("email", "").strip()[:254].lower(),
        name=" ".join(form.get("name", "").split())[:100],
        subject=" ".join(form.get("subject", "").split())[:200],
        text=form.get("text", "").replace("\r\n", "\n").strip(),
        seen=form.get("seen") == "yes",
        trapped=bool(form.get("website")),
        alone=bool(form.get("asked")) and form.get("along") != "yes",
    )


def _wrong(reader: Reader, draft: Draft) -> list[tuple[str, str]]:
    """Fields to look at again, and why."""
    words, wrong = reader.words, []
    if not reader.customer:
        try:
            _address(draft.email)
        except Invalid:
            lost = not draft.email and "email" not in reader.visit.form
            wrong.append(("email", words["wrong_session" if lost else "wrong_email"]))
    if not draft.text:
        wrong.append(("text", words["wrong_text"]))
    if len(draft.text) > LONGEST_TEXT:
        wrong.append(("text", words["wrong_long"].format(n=LONGEST_TEXT)))
    if draft.trapped:
        wrong.append(("website", words["wrong_trap"]))
    return wrong


def _address(email: str) -> Handle:
    return identity.handle("email", email)


def _before(reader: Reader) -> list[Before]:
    """What she asked in this visit that nobody answered or handed on, the latest ones."""
    found = [each for each in asked_of_late(reader) if each.state not in (QuestionState.SOLVED, QuestionState.PERSON)]
    kept = list({each.text: each for each in found}.values())[-MOST_BEFORE:]
    known = articles.followed({slug for each in kept for slug in each.read})
    titles = {slug: answer_of(reader, article).title for slug, article in known.items() if reader.may_read(article)}
    return [Before(each, ", ".join(titles.get(slug, slug) for slug in each.read)) for each in kept]


def _form(
    reader: Reader,
    before: Sequence[Before],
    draft: Draft,
    *,
    answers: object = (),
    wrong: list[tuple[str, str]] | None = None,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Page:
    customer = reader.customer
    promised = cases_views.promised_now(CHANNEL, clock.now(), customer.tier if customer else "")
    return shown(
        reader,
        "help_contact.html",
        status=status,
        headers=headers,
        script=True,
        answers=answers,
        answered_by=spoken_at(promised, reader) if promised else "",
        wrong=wrong or [],
        form_id=draft.form_id,
        given=draft,
        seen="yes" if draft.seen else "",
        trapped=draft.trapped,
        who=(customer.name or customer.email or "#" + customer.id[-6:]) if customer else "",
        before=[each for each in before if each.question.text != draft.text],
        longest=LONGEST_TEXT,
    )
