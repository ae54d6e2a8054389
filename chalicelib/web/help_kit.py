"""What the pages of the help centre have in common: who reads, in which language, what she may see, how it looks.

Whoever asks something without being signed in is known again by a cookie that holds a random id and nothing else, so
that what she asked comes with her when she turns to a person. It is set when she first asks or votes, not before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from chalicelib.auth import limits
from chalicelib.configuration import policy
from chalicelib.customers import views as customers
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock, ids
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import asking, deflection
from chalicelib.knowledge.articles import nearest_of
from chalicelib.knowledge.excerpts import excerpt
from chalicelib.knowledge.html import to_text
from chalicelib.knowledge.readers import may_read, readers_of
from chalicelib.mail.outgoing.render import spoken
from chalicelib.model.article import Article
from chalicelib.model.customer import Customer
from chalicelib.model.question import LONGEST_QUESTION, AskedThrough, Question
from chalicelib.search.documents import Found
from chalicelib.storage import knowledge as articles
from chalicelib.storage import questions
from chalicelib.web import cookies
from chalicelib.web.help_words import TEXTS, name_of
from chalicelib.web.kit import LANGUAGES, Page, Visit, content_policy, language_of, wishes_of
from chalicelib.web.render import digest_of, render

ASKS_A_MINUTE = 600  # of one network: a floor of people may share it
VISIT_LASTS = timedelta(days=1)  # how far back what she asked belongs to what she writes now
SHOWN = 5
LOOKED_FOR = (AskedThrough.HELP_CENTRE, AskedThrough.FORM, AskedThrough.API)
_PUBLIC = "public, max-age=60"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. `visit.language` is that of our own words, `wants` the one articles are looked for in."""

    visit: Visit
    readers: frozenset[str]
    wants: str
    customer: Customer | None = None
    agent: bool = False

    @property
    def known(self) -> bool:
        """Whether she is signed in."""
        return self.customer is not None or self.agent

    @property
    def asker(self) -> str:
        """Whose questions are hers; empty: she asked nothing yet."""
        return self.customer.id if self.customer else self.visit.visitor

    @property
    def words(self) -> Mapping[str, str]:
        return TEXTS[self.visit.language]

    def to(self, target: str, **query: str) -> str:
        """A page of ours, in the language she chose, if she did."""
        chosen = {"language": self.visit.query["language"]} if self.visit.query.get("language") else {}
        told = {name: value for name, value in {**query, **chosen}.items() if value}
        return self.visit.to(target) + (f"?{urlencode(told)}" if told else "")

    def in_language(self, tag: str) -> "Reader":
        """Spoken to in this language."""
        return replace(self, visit=replace(self.visit, language=language_of(tag)), wants=tag)

    def may_read(self, article: Article) -> bool:
        """Whether there is something to read, and for her."""
        return may_read(article, self.readers)


def reader_of(visit: Visit) -> Reader:
    """With the customer who is signed in, in her language unless she chose another one."""
    principal, chosen = visit.principal, _tag(visit.query.get("language", ""))
    customer = customers.customer(principal.customer_id) if principal and principal.customer_id else None
    agent = bool(principal and principal.staff_id)
    wants = (
        chosen or (customer.language if customer else "") or next(filter(None, map(_tag, wishes_of(visit.accepts))), "")
    )
    if customer and customer.language and not chosen:
        visit = replace(visit, language=language_of(customer.language))
    return Reader(visit, readers_of(customer, agent=agent), wants or visit.language, customer, agent)


def limit(visit: Visit) -> None:
    """Raises TooMany for a network that asks too often."""
    limits.demand_of_network(visit.source, ASKS_A_MINUTE, signing_keys(), clock.now())


def with_visitor(reader: Reader) -> tuple[Reader, dict[str, str]]:
    """Somebody whose questions can be kept together, and the header that sets her cookie if she had none."""
    if reader.known or reader.visit.visitor:
        return reader, {}
    visitor = ids.new_ulid(clock.now())
    cookie = reader.visit.cookie or visitor
    visit = replace(reader.visit, visitor=visitor, cookie=cookie, token=cookies.token_of(cookie, signing_keys()))
    header = cookies.written(cookies.VISITOR, visitor, cookies.VISITOR_SECONDS, tls=visit.tls)
    return replace(reader, visit=visit), {"Set-Cookie": header}


# ── Asking ────────────────────────────────────────────────────────────────────────────────────────


def held_out(reader: Reader) -> bool:
    """Whether nothing is suggested to her beside the form, for comparison. What she searches herself she is shown."""
    return bool(reader.asker) and deflection.held_out(reader.asker, policy())


def ask(reader: Reader, text: str, through: AskedThrough) -> tuple[Reader, Question | None, Found, dict[str, str]]:
    """The answers, with the question written down as hers. What a browser fetches ahead of her, and what somebody of
    the staff looks for here, is not written down. Raises TooMany."""
    limit(reader.visit)
    text = text[:LONGEST_QUESTION]
    if reader.agent or reader.visit.ahead:
        return reader, None, asking.find(text, language=reader.wants, readers=reader.readers, limit=SHOWN), {}
    reader, headers = with_visitor(reader)
    question, found = asking.ask(
        text,
        through=through,
        language=reader.wants,
        customer=reader.customer,
        visitor_id=reader.visit.visitor,
        readers=reader.readers,
        limit=SHOWN,
    )
    return reader, question, found, headers


def question_of(reader: Reader, question_id: str) -> Question | None:
    """A question of hers; others' are as if they did not exist."""
    if not reader.asker or not ids.is_ulid(question_id):
        return None
    return questions.question(question_id, **_hers(reader))


def asked_of_late(reader: Reader) -> list[Question]:
    """What she looked for in this visit, the oldest first; what came with a contact of hers is in its case."""
    if not reader.asker or reader.agent:
        return []
    found = questions.questions_of(clock.now() - VISIT_LASTS, **_hers(reader))
    looked_for = (each for each in found if each.through in LOOKED_FOR and not each.case_id)
    return sorted(looked_for, key=lambda question: question.id)


def _hers(reader: Reader) -> dict[str, str]:
    """Where her questions lie. What a cookie says is a visitor's id, whatever it looks like."""
    return {"customer_id": reader.customer.id} if reader.customer else {"visitor_id": reader.visit.visitor}


@dataclass(frozen=True, slots=True)
class Answer:
    """An article as lists show it."""

    slug: str
    title: str
    language: str
    href: str
    excerpt: str = ""
    foreign: str = ""  # what its language calls itself, where it is not hers
    topic: str = ""


def answers_of(reader: Reader, found: Iterable[Any], *, words: str = "", **query: str) -> list[Answer]:
    """The articles behind these hits, those she may read by what the articles say now, in one BatchGet: the index may
    be a minute behind."""
    slugs = [hit.id for hit in found]
    known = articles.followed(slugs)
    there = {known[slug].id: known[slug] for slug in slugs if slug in known and reader.may_read(known[slug])}
    return [answer_of(reader, article, words=words, **query) for article in there.values()]


def answer_of(reader: Reader, article: Article, *, words: str = "", **query: str) -> Answer:
    tag = nearest_of(article.live, reader.wants)
    text = article.live[tag]
    return Answer(
        slug=article.id,
        title=text.title,
        language=tag,
        href=reader.to(f"help/articles/{article.id}", **query),
        excerpt=excerpt(to_text(text.body), text.title, words) if words else "",
        foreign="" if same_language(tag, reader.wants) else name_of(tag),
        topic=article.topic,
    )


# ── Showing ───────────────────────────────────────────────────────────────────────────────────────


def shown(
    reader: Reader,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, Any] | None = None,
    cacheable: bool = False,
    script: bool = False,
    images: bool = False,
    index: bool = False,
    **names: Any,
) -> Page:
    """A page of the help centre. `cacheable`: it shows nothing that is not
    everybody's, and may be kept for a minute if she showed no cookie; `index`: search engines may have it."""
    visit = reader.visit
    told: dict[str, Any] = {
        "reader": reader,
        "to": reader.to,
        "words": reader.words,
        "language": visit.language,
        "company": settings().company_name,
        "token": visit.token,
        "index": index,
        "script": f"{visit.to('help/script.js')}?v={script_version()}" if script else "",
        "canonical": "",
        "alternates": {},
        "q": "",
        "languages": [(tag, name_of(tag), _in_language(visit, tag)) for tag in LANGUAGES],
        **names,
    }
    anonymous = cacheable and not visit.cookies and not headers
    loads = (*(["script-src", "connect-src"] if script else []), *(["img-src"] if images else []))
    given = {
        "Content-Security-Policy": content_policy(*loads),
        "Cache-Control": _PUBLIC if anonymous else "private, no-store",
        "Vary": "Accept-Language, Cookie",
        "Content-Language": visit.language,
        **(headers or {}),
    }
    return Page(render(template, **told), status, given)


def script_version() -> str:
    """Of the one script there is: pages name it, so that browsers may keep it for good."""
    return digest_of("help.js").hex()[:12]


def spoken_at(at: datetime, reader: Reader) -> str:
    """A moment in her words and her zone, or the company's."""
    zone = (reader.customer.time_zone if reader.customer else "") or settings().default_timezone
    return f"{spoken(at.astimezone(ZoneInfo(zone)), reader.visit.language)} ({zone})"


def day_of(at: datetime, language: str) -> str:
    """`24 November 2026`."""
    if language == "zh-Hans":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {at:%B %Y}"


def same_language(tag: str, wanted: str) -> bool:
    """Whether a text in this language is no other than she wants; Chinese is written in two ways."""
    mine, hers = _parts(tag), _parts(wanted)
    return mine[0] == hers[0] and {mine[1], hers[1]} != {"hans", "hant"}


def _parts(tag: str) -> tuple[str, str]:
    base, *rest = tag.lower().replace("_", "-").split("-")
    traditional = base == "zh" and any(part in ("hant", "tw", "hk", "mo") for part in rest)
    return base, ("hant" if traditional else "hans") if base == "zh" else ""


def _in_language(visit: Visit, tag: str) -> str:
    """This page in another language."""
    kept = {name: value for name, value in visit.query.items() if name in ("q", "question")}
    return f"?{urlencode({**kept, 'language': tag})}"


def _tag(text: str) -> str:
    """What may be a language; empty for anything else."""
    plain = text.replace("-", "").replace("_", "")
    return text if plain.isascii() and plain.isalnum() and len(text) <= 35 else ""
