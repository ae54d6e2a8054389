"""The help centre: what customers find for themselves. Search, articles, what helped, and what search engines may have.

`/help` is the way in, `/help/search?q=` answers or says that it cannot, `/help/articles/<slug>` is one answer. What a
reader may not see is answered like what does not exist, here as in searching, suggesting and listing.
"""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote
from xml.sax.saxutils import escape

from chalice.app import Blueprint

from chalicelib.auth.access import Open
from chalicelib.kernel.errors import NotFound
from chalicelib.knowledge import asking, tending
from chalicelib.knowledge.articles import nearest_of
from chalicelib.knowledge.html import to_html
from chalicelib.model.article import SLUG, Article, Audience
from chalicelib.model.question import LONGEST_QUESTION, AskedThrough, Question
from chalicelib.storage import knowledge as articles
from chalicelib.web.help_kit import (
    SHOWN,
    Answer,
    Reader,
    answer_of,
    answers_of,
    ask,
    day_of,
    held_out,
    limit,
    question_of,
    reader_of,
    same_language,
    shown,
    with_visitor,
)
from chalicelib.web.help_words import name_of
from chalicelib.web.kit import Page, Visit, page
from chalicelib.web.render import digest_of, sheet

bp = Blueprint(__name__)

POPULAR, MOST_ASKED = 24, 6  # articles looked at for the way in, and shown before topics
SHORTEST_TYPED = 4  # bytes, before anything is suggested: two characters of Chinese
SHORTEST_WORD = 3  # bytes; shorter ones are in every question
LONGEST_MISSING = 1_000
_YEAR = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"


@page(bp, "/help", methods=["GET"], access=Open.PUBLIC)
def help_home(visit: Visit) -> Page:
    """A place to ask, what is asked most, and what there is about each topic. Where little was asked yet the first
    articles there are fill it up."""
    reader = reader_of(visit)
    hits = asking.popular(language=reader.wants, readers=reader.readers, limit=POPULAR)
    popular = answers_of(reader, hits)
    others: list[Answer] = []
    if len(popular) < MOST_ASKED:
        asked = {answer.slug for answer in popular}
        listed = articles.articles(None, POPULAR).items
        others = [answer_of(reader, each) for each in listed if each.id not in asked and reader.may_read(each)]
    first = [*popular, *others]
    return shown(
        reader,
        "help_home.html",
        cacheable=True,
        script=True,
        index=True,
        canonical=f"{visit.address}/help",
        popular=popular[:MOST_ASKED],
        others=others[: MOST_ASKED - len(popular)] if others else [],
        topics=_by_topic(first) if len(first) > MOST_ASKED else {},
    )


@page(bp, "/help/search", methods=["GET"], access=Open.PUBLIC)
def help_search(visit: Visit) -> Page:
    """Answers, or an honest word that there is none and the way to a person. What she asks is written down."""
    reader, text = reader_of(visit), " ".join(visit.query.get("q", "").split())[:LONGEST_QUESTION]
    if not text:
        return shown(reader, "help_search.html", script=True, hits=[], answered=False, unknown=(), question="")
    reader, question, found, headers = ask(reader, text, AskedThrough.HELP_CENTRE)
    question_id = question.id if question else ""
    return shown(
        reader,
        "help_search.html",
        headers=headers,
        script=True,
        q=text,
        hits=answers_of(reader, found.hits, words=text, question=question_id),
        answered=found.answered,
        unknown=[word for word in found.unknown_words if len(word.encode()) > SHORTEST_WORD],
        question=question_id,
    )


@page(bp, "/help/suggestions", methods=["GET"], access=Open.PUBLIC)
def help_suggestions(visit: Visit) -> Page:
    """While she types, as JSON for our script: in the search field what is nearest, beside the form only what answers
    it. Nothing is written down; the link to an article carries what she typed, so that opening one is."""
    reader, text = reader_of(visit), " ".join(visit.query.get("q", "").split())[:LONGEST_QUESTION]
    told: list[dict[str, str]] = []
    through = "form" if visit.query.get("form") else ""
    if len(text.encode()) >= SHORTEST_TYPED and not (through and held_out(reader)):
        limit(reader.visit)
        found = asking.find(text, language=reader.wants, readers=reader.readers, limit=SHOWN)
        hits = (
            answers_of(reader, found.hits, words=text, asked=text, form=through)
            if found.answered or not through
            else []
        )
        told = [{"title": hit.title, "href": _from_help(hit.href), "excerpt": hit.excerpt} for hit in hits]
    headers = {"Content-Type": "application/json", "Cache-Control": "private, max-age=30", "Vary": "Cookie"}
    return Page(json.dumps({"answers": told}, ensure_ascii=False), 200, headers)


@page(bp, "/help/articles/{slug}", methods=["GET"], access=Open.PUBLIC)
def help_article(visit: Visit, slug: str) -> Page:
    """One article. `question` names what she asked that led here, `asked` says it: both are hers, and reading is noted
    with it."""
    reader = reader_of(visit)
    article = _article(slug)
    if article is not None and article.id != slug and reader.may_read(article):
        kept = "public, max-age=60" if article.audience is Audience.PUBLIC else "private, no-store"
        return Page("", 308, {"Location": _moved(reader, article.id), "Cache-Control": kept})
    if article is None or not reader.may_read(article):
        return _no_such(reader, slug)
    reader, question, headers = _read(reader, article)
    tag = nearest_of(article.live, reader.wants)
    address = f"{visit.address}/help/articles/{article.id}"
    is_public = article.audience is Audience.PUBLIC
    return shown(
        reader,
        "help_article.html",
        headers=headers,
        cacheable=is_public and not headers,
        images=True,
        index=is_public,
        canonical=address if tag == _first_language(article) else f"{address}?language={quote(tag)}",
        alternates=_alternates(address, article) if is_public else {},
        article=article,
        tag=tag,
        title=article.live[tag].title,
        html=to_html(article.live[tag].body),
        written=_written(article),
        updated=day_of(_written(article), reader.visit.language),
        others=[(other, name_of(other)) for other in sorted(article.live) if other != tag],
        foreign=not same_language(tag, reader.wants),
        question=question.id if question else "",
    )


@page(bp, "/help/articles/{slug}/feedback", methods=["POST"], access=Open.PUBLIC, strangers=True)
def help_feedback(visit: Visit, slug: str) -> Page:
    """Whether it helped, and what was missing. One vote of each asker counts, her last."""
    reader = reader_of(visit)
    article = _article(slug)
    if article is None or not reader.may_read(article):
        return _no_such(reader, slug)
    limit(reader.visit)
    reader, headers = with_visitor(reader)
    helped = visit.form.get("helped") == "yes"
    missing = " ".join(visit.form.get("missing", "").split())[:LONGEST_MISSING]
    question = question_of(reader, visit.form.get("question", ""))
    if not reader.agent:
        _vote(reader, article, question, helped=helped, missing=missing)
    tag = nearest_of(article.live, reader.wants)
    return shown(
        reader,
        "help_voted.html",
        headers=headers,
        article=article,
        title=article.live[tag].title,
        helped=helped,
        missing=missing,
        question=question.id if question else "",
        q=question.text if question else "",
    )


# ── For machines ──────────────────────────────────────────────────────────────────────────────────


@page(bp, "/help/script.js", methods=["GET"], access=Open.PUBLIC, cache_seconds=3600)
def help_script(_visit: Visit) -> Page:
    """The one script there is: it shows suggestions. Pages name its version, so it never changes under its address."""
    etag = f'"{digest_of("help.js").hex()[:16]}"'
    return Page(sheet("help.js"), 200, {"Content-Type": "text/javascript", "Cache-Control": _YEAR, "ETag": etag})


@page(bp, "/robots.txt", methods=["GET"], access=Open.PUBLIC, cache_seconds=3600)
def help_robots(visit: Visit) -> Page:
    """Search engines may have the way in and articles, and nothing that is asked. They look for it at the root of a
    host: behind a stage's prefix nobody finds it."""
    root = visit.root
    open_ = ("help$", "help/articles/", "help/images/", "help/sitemap.xml")
    lines = ["User-agent: *", *(f"Allow: {root}/{path}" for path in open_), f"Disallow: {root}/"]
    text = "\n".join([*lines, "", f"Sitemap: {visit.address}/help/sitemap.xml", ""])
    return Page(text, 200, {"Content-Type": "text/plain; charset=utf-8", "Cache-Control": _HOUR})


@page(bp, "/help/sitemap.xml", methods=["GET"], access=Open.PUBLIC, cache_seconds=3600)
def help_sitemap(visit: Visit) -> Page:
    """Every public article, in as many parts as their list has shards; sitemaps.org/protocol.html."""
    limit(visit)
    part = visit.query.get("part", "")
    own = f"{visit.address}/help/sitemap.xml"
    if not part:
        parts = "".join(f"<sitemap><loc>{own}?part={n}</loc></sitemap>" for n in range(articles.PARTS))
        return _xml(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{parts}</sitemapindex>')
    if not (part.isdecimal() and part.isascii() and int(part) < articles.PARTS):
        raise NotFound("there is no such part of the sitemap")
    public = (each for each in articles.articles_in_part(int(part)) if each.live and each.audience is Audience.PUBLIC)
    pages = "".join(_in_sitemap(f"{visit.address}/help/articles/{each.id}", each) for each in public)
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return _xml(f"<urlset {spaces}>{pages}</urlset>")


def _in_sitemap(address: str, article: Article) -> str:
    links = "".join(
        f'<xhtml:link rel="alternate" hreflang="{escape(tag)}" href="{escape(href)}"/>'
        for tag, href in _alternates(address, article).items()
    )
    changed = _written(article).date().isoformat()
    return f"<url><loc>{escape(address)}</loc><lastmod>{changed}</lastmod>{links}</url>"


def _xml(text: str) -> Page:
    whole = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'
    return Page(whole, 200, {"Content-Type": "application/xml; charset=utf-8", "Cache-Control": _HOUR})


# ── Parts ─────────────────────────────────────────────────────────────────────────────────────────


def _article(slug: str) -> Article | None:
    """By this slug, or by one it had before."""
    return articles.followed([slug]).get(slug) if re.fullmatch(SLUG, slug) else None


def _written(article: Article) -> datetime:
    """When what is read of it was published."""
    return article.published_at or article.updated_at


def _read(reader: Reader, article: Article) -> tuple[Reader, Question | None, dict[str, str]]:
    """The question that led her here, with this article among those she read."""
    query, headers = reader.visit.query, dict[str, str]()
    question = question_of(reader, query.get("question", ""))
    asked = " ".join(query.get("asked", "").split())
    if asked and reader.visit.from_us:  # a link that was handed on asks nothing in the name of who follows it
        through = AskedThrough.FORM if query.get("form") else AskedThrough.HELP_CENTRE
        reader, question, _, headers = ask(reader, asked, through)
    if question and not reader.visit.ahead and article.id not in question.read:
        asking.note_read(question, article.id)
    return reader, question, headers


def _vote(reader: Reader, article: Article, question: Question | None, *, helped: bool, missing: str) -> None:
    names = [reader.customer.name] if reader.customer else []
    if question and helped:
        asking.note_solved(question, article.id, names=names)
    elif question:
        asking.note_unsolved(question, missing)
    tending.vote(article.id, reader.asker, helpful=helped, missing=missing, language=reader.wants, names=names)


def _moved(reader: Reader, slug: str) -> str:
    return reader.to(f"help/articles/{slug}", question=reader.visit.query.get("question", ""))


def _no_such(reader: Reader, slug: str) -> Page:
    """The same for what never was, was retired, and is not for her."""
    return shown(reader, "help_not_found.html", status=404, script=True, q=slug.replace("-", " ")[:80])


def _by_topic(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """The topics of these, as words, those with most first."""
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.topic:
            found.setdefault(answer.topic, []).append(answer)
    ordered = sorted(found.items(), key=lambda pair: -len(pair[1]))
    return {topic.replace("_", " ").replace("-", " ").capitalize(): of_it for topic, of_it in ordered}


def _first_language(article: Article) -> str:
    return nearest_of(article.live, "")


def _alternates(address: str, article: Article) -> dict[str, str]:
    """Where each language of it is, for search engines; `x-default` where the reader's own is chosen."""
    if len(article.live) < 2:
        return {}
    tags = {tag: f"{address}?language={quote(tag)}" for tag in sorted(article.live)}
    return {**tags, "x-default": address}


def _from_help(href: str) -> str:
    """What is a path from `/help/suggestions` as one from the root our script knows."""
    return href.removeprefix("../")
