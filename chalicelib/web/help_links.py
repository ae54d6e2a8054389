"""Where the links beside articles in a letter lead: `/help/solved/<token>`, `/help/person/<token>`.

Opening one changes nothing, because mail scanners open every link: the page says what its button does. Pressed twice it
does no more than once.
"""

from chalice.app import Blueprint

from chalicelib.auth.access import Open
from chalicelib.cases import self_service
from chalicelib.cases.helping import Outcome
from chalicelib.cases.self_service import About
from chalicelib.mail.outgoing.render import spoken
from chalicelib.web.help_kit import Reader, reader_of, shown
from chalicelib.web.kit import Page, Visit, page

bp = Blueprint(__name__)

_STATUS = {Outcome.GONE: 404, Outcome.EXPIRED: 410}


@page(bp, "/help/solved/{token}", methods=["GET", "POST"], access=Open.BY_LINK)
def help_solved(visit: Visit, token: str) -> Page:
    """She says that it is solved, and which of the articles did if she says so."""
    if visit.method == "GET":
        return _asking(visit, self_service.look_up(token), "solved")
    return _told(visit, self_service.solved_by_answer(token, visit.form.get("article", "")))


@page(bp, "/help/person/{token}", methods=["GET", "POST"], access=Open.BY_LINK)
def help_person(visit: Visit, token: str) -> Page:
    """She says that she still needs somebody: her case goes on, and she hears what happens next and by when."""
    if visit.method == "GET":
        return _asking(visit, self_service.look_up(token), "person")
    return _told(visit, self_service.still_needed(token))


def _asking(visit: Visit, about: About, what: str) -> Page:
    """Before the button is pressed."""
    if about.outcome is not None:
        return _told(visit, about)
    reader = _reader(visit, about)
    words = reader.words
    return _shown(
        reader,
        about,
        title=words[f"{what}_ask"],
        text=words[f"{what}_text"],
        button=words[f"{what}_button"],
        articles=about.articles if what == "solved" else (),
    )


def _told(visit: Visit, about: About) -> Page:
    """What came of it, or why nothing does."""
    reader = _reader(visit, about)
    words, outcome = reader.words, about.outcome or Outcome.GONE
    if outcome is Outcome.FORM:
        question = {"q": about.question.text} if about.question else {}
        return Page("", 303, {"Location": reader.to("help/contact", **question)})
    text = words[f"link_{outcome.value}_text"]
    if outcome is Outcome.PERSON and about.answer_by:
        when = f"{spoken(about.answer_by, reader.visit.language)} ({about.zone})"
        text = f"{text} {words['person_by'].format(when=when)}"
    return _shown(reader, about, title=words[f"link_{outcome.value}"], text=text, status=_STATUS.get(outcome, 200))


def _shown(
    reader: Reader,
    about: About,
    *,
    title: str,
    text: str,
    button: str = "",
    articles: object = (),
    status: int = 200,
) -> Page:
    return shown(
        reader,
        "help_link.html",
        status=status,
        headers={"Referrer-Policy": "no-referrer"},  # the address is the permission
        title=title,
        text=text,
        button=button,
        articles=articles,
        number=about.case_number,
        subject=about.subject,
        done=not button,
    )


def _reader(visit: Visit, about: About) -> Reader:
    """In the language of her letter, unless she chooses another one here."""
    reader = reader_of(visit)
    if about.language and not visit.query.get("language"):
        return reader.in_language(about.language)
    return reader
