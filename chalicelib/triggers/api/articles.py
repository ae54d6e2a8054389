"""The knowledge base."""

from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.kernel.errors import Invalid
from chalicelib.knowledge import service as knowledge_service
from chalicelib.knowledge import views as knowledge
from chalicelib.knowledge.articles import nearest
from chalicelib.model.article import Article, ArticleText
from chalicelib.triggers.answers.articles import ArticleHead, ArticleOut, ArticlesOut
from chalicelib.triggers.contract.articles import ArticleIn, ArticleQuery, ArticleTextIn, ArticleTexts
from chalicelib.triggers.contract.shared import Paged
from chalicelib.triggers.decoding import decode
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "PUT",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Write an article, or replace it",
    body=ArticleTexts,
    documented_as=ArticleIn,
    returns=ArticleOut,
    errors=(409,),
)
def put_article(call: Call[ArticleTexts], slug: str) -> ArticleOut:
    """All its languages at once. The same texts again change nothing, so it may be repeated."""
    given = call.input
    expected = None if isinstance(given.expected_version, msgspec.UnsetType) else given.expected_version
    article = knowledge_service.put_article(
        slug, _article_texts(given.texts), by=call.principal.name, expected=expected
    )
    return _article_out(call, article)


@api.endpoint(
    "GET",
    "/v1/articles",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="The articles of the knowledge base",
    query=Paged,
    returns=ArticlesOut,
)
def list_articles(call: Call[Paged]) -> ArticlesOut:
    """By slug, with their titles."""
    page = knowledge.articles(call.after, call.input.limit)
    items = [ArticleHead.of(article, {"self": call.link(f"v1/articles/{article.id}")}) for article in page.items]
    return ArticlesOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="An article",
    query=ArticleQuery,
    returns=ArticleOut,
    errors=(404,),
)
def get_article(call: Call[ArticleQuery], slug: str) -> ArticleOut:
    """In all its languages, or in the one that comes nearest to the language asked for: the same base
    language, else English, else the first there is."""
    return _article_out(call, knowledge.article(slug), call.input.language)


def _article_texts(given: dict[str, msgspec.Raw]) -> dict[str, ArticleText]:
    texts = {}
    for tag, raw in given.items():
        try:
            text: ArticleTextIn = decode(bytes(raw), ArticleTextIn)
        except Invalid as error:
            error.pointer = f"/texts/{tag}{error.pointer or ''}"
            raise
        texts[tag] = ArticleText(text.title, text.body)
    return texts


def _article_out(call: Call[Any], article: Article, language: str = "") -> ArticleOut:
    tags = [nearest(article, language)] if language else sorted(article.texts)
    return ArticleOut.of(article, tags, {"self": call.link(f"v1/articles/{article.id}")})
