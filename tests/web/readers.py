"""Readers of the help centre: browsers, articles, and a search that knows words of theirs."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from chalicelib.kernel.decision import Decision
from chalicelib.knowledge.readers import readers_for
from chalicelib.model.article import Article, ArticleState, ArticleText, Audience
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.session import Audience as Who
from chalicelib.search.documents import Found, Hit
from chalicelib.storage import customers
from chalicelib.storage import knowledge as articles
from chalicelib.storage.commit import commit
from tests.auth.callers import session_of
from tests.web.test_sign_in import Browser

UPDATED = datetime(2026, 11, 2, tzinfo=UTC)


def publish(
    slug: str,
    title: str,
    body: str = "Thus.",
    *,
    more: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    audience: Audience = Audience.PUBLIC,
    tiers: tuple[str, ...] = (),
    topic: str = "",
    state: ArticleState = ArticleState.PUBLISHED,
    moved_to: str = "",
) -> Article:
    """An article in English, and in more languages."""
    texts = {"en": ArticleText(title, body), **{tag: ArticleText(*text) for tag, text in more.items()}}
    article = Article(
        id=slug,
        texts=texts,
        state=state,
        audience=audience,
        tiers=tiers,
        topic=topic,
        moved_to=moved_to,
        updated_at=UPDATED,
        updated_by="Ria",
    )
    commit(Decision((article,), reason="there"))
    return article


def find(text: str, *, language: str, readers: Collection[str], limit: int) -> Found:
    """Articles with a word of the question in a title; an answer, when it is every longer word."""
    wanted = {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3}
    shares = {
        article.id: max(_share(wanted, text.title) for text in article.live.values())
        for article in articles.articles(None, 100).items
        if article.live and readers_for(article) & frozenset(readers)
    }
    best = sorted((share, slug) for slug, share in shares.items() if share)[::-1]
    hits = tuple(Hit(id=slug, language="en", title=slug, score=share, confidence=share) for share, slug in best[:limit])
    return Found(hits=hits, answered=bool(hits) and hits[0].confidence == 1, unknown_words=("zeppelin",))


def _share(wanted: Collection[str], title: str) -> float:
    return len({*wanted} & set(re.findall(r"\w+", title.lower()))) / (len(wanted) or 1)


def signed_in(address: str) -> tuple[Browser, Customer]:
    """A browser with the session of whoever has this address."""
    customer = customers.customer_of(Handle("email", address))
    assert customer
    return Browser(cookies={"liana": session_of(Who.CUSTOMER, customer.id).secret}), customer
