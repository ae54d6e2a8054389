"""The knowledge base."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.model.article import Article
from chalicelib.triggers.answers.shared import Links, Next, Output


class ArticleTextOut(Output, frozen=True):
    title: str
    body: str


class ArticleOut(Output, frozen=True):
    """An article. `used` says how often it was inserted in an answer, `version` how often it was changed."""

    slug: str
    version: int
    texts: Annotated[dict[str, ArticleTextOut], Meta(description="By language.")]
    languages: Annotated[list[str], Meta(description="All it has, whichever was asked for.")]
    used: int
    updated_at: datetime
    updated_by: Annotated[str, Meta(description="The caller who changed it last.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, article: Article, tags: list[str], links: dict[str, str]) -> "ArticleOut":
        return cls(
            slug=article.id,
            version=article.edition,
            texts={tag: ArticleTextOut(title=article.texts[tag].title, body=article.texts[tag].body) for tag in tags},
            languages=sorted(article.texts),
            used=article.used,
            updated_at=article.updated_at,
            updated_by=article.updated_by,
            links=links,
        )


class ArticleHead(Output, frozen=True):
    slug: str
    version: int
    titles: Annotated[dict[str, str], Meta(description="By language.")]
    used: int
    updated_at: datetime
    updated_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, article: Article, links: dict[str, str]) -> "ArticleHead":
        return cls(
            slug=article.id,
            version=article.edition,
            titles={tag: text.title for tag, text in sorted(article.texts.items())},
            used=article.used,
            updated_at=article.updated_at,
            updated_by=article.updated_by,
            links=links,
        )


class ArticlesOut(Output, frozen=True):
    """Articles by slug."""

    items: list[ArticleHead]
    next: Next
