"""The knowledge base."""

from typing import Any

import msgspec

from chalicelib.auth.permissions import Scope
from chalicelib.kernel.errors import Invalid
from chalicelib.knowledge import service as knowledge_service
from chalicelib.knowledge import views as knowledge
from chalicelib.knowledge.articles import nearest
from chalicelib.model.article import Article, ArticleText
from chalicelib.triggers import answers, contract
from chalicelib.triggers.decoding import decode
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "PUT",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_WRITE,
    summary="Write an article, or replace it",
    body=contract.ArticleTexts,
    documented_as=contract.ArticleIn,
    returns=answers.ArticleOut,
    errors=(409,),
)
def put_article(call: Call[contract.ArticleTexts], slug: str) -> answers.ArticleOut:
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
    summary="The articles of the knowledge base",
    query=contract.Paged,
    returns=answers.ArticlesOut,
)
def list_articles(call: Call[contract.Paged]) -> answers.ArticlesOut:
    """By slug, with their titles."""
    page = knowledge.articles(call.after, call.input.limit)
    items = [
        answers.ArticleHead.of(article, {"self": call.link(f"v1/articles/{article.id}")}) for article in page.items
    ]
    return answers.ArticlesOut(items=items, next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/articles/{slug}",
    scope=Scope.ARTICLES_READ,
    summary="An article",
    query=contract.ArticleQuery,
    returns=answers.ArticleOut,
    errors=(404,),
)
def get_article(call: Call[contract.ArticleQuery], slug: str) -> answers.ArticleOut:
    """In all its languages, or in the one that comes nearest to the language asked for: the same base
    language, else English, else the first there is."""
    return _article_out(call, knowledge.article(slug), call.input.language)


def _article_texts(given: dict[str, msgspec.Raw]) -> dict[str, ArticleText]:
    texts = {}
    for tag, raw in given.items():
        try:
            text: contract.ArticleTextIn = decode(bytes(raw), contract.ArticleTextIn)
        except Invalid as error:
            error.pointer = f"/texts/{tag}{error.pointer or ''}"
            raise
        texts[tag] = ArticleText(text.title, text.body)
    return texts


def _article_out(call: Call[Any], article: Article, language: str = "") -> answers.ArticleOut:
    tags = [nearest(article, language)] if language else sorted(article.texts)
    return answers.ArticleOut.of(article, tags, {"self": call.link(f"v1/articles/{article.id}")})
