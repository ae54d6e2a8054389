"""The knowledge base."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from difflib import unified_diff
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.knowledge.exchanging import Imported
from chalicelib.model.article import Article, ArticleEdition, ArticleImage, ArticleText
from chalicelib.triggers.answers.shared import Links, Next, Output


class ArticleTextOut(Output, frozen=True):
    title: str
    body: str


def texts_out(texts: Mapping[str, ArticleText], tags: Iterable[str] = ()) -> dict[str, ArticleTextOut]:
    return {
        tag: ArticleTextOut(title=texts[tag].title, body=texts[tag].body)
        for tag in (tags or sorted(texts))
        if tag in texts
    }


class ArticleOut(Output, frozen=True):
    """An article. `used` says how often it was inserted in an answer, `version` how often its texts were changed."""

    slug: str
    version: int
    state: Annotated[str, Meta(description="Of the texts that are worked on.")]
    texts: Annotated[dict[str, ArticleTextOut], Meta(description="What its editors work on, by language.")]
    published: Annotated[dict[str, ArticleTextOut], Meta(description="What readers see, by language.")]
    languages: Annotated[list[str], Meta(description="All it has, whichever was asked for.")]
    original: Annotated[str, Meta(description="The language the others are translated from.")]
    behind: Annotated[list[str], Meta(description="Languages whose original changed since they were translated.")]
    audience: str
    tiers: list[str]
    topic: str
    labels: list[str]
    owner: str
    word: Annotated[str, Meta(description="Why it was sent back.")]
    published_version: Annotated[int | None, Meta(description="Of those under `…/versions`.")]
    published_at: datetime | None
    published_by: str
    publish_at: Annotated[datetime | None, Meta(description="When it will be published.")]
    review_at: Annotated[datetime | None, Meta(description="When somebody must look at it again.")]
    stale: Annotated[bool, Meta(description="That time has come.")]
    former: Annotated[list[str], Meta(description="Slugs it had before, which lead here.")]
    used: int
    updated_at: datetime
    updated_by: Annotated[str, Meta(description="The caller who changed it last.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, article: Article, tags: list[str], links: dict[str, str]) -> "ArticleOut":
        """`tags`: only these languages; none: all."""
        return cls(
            slug=article.id,
            version=article.edition,
            state=article.state.value,
            texts=texts_out(article.texts, tags),
            published=texts_out(article.live, tags),
            languages=sorted(article.texts),
            original=article.source,
            behind=list(article.behind),
            audience=article.audience.value,
            tiers=list(article.tiers),
            topic=article.topic,
            labels=list(article.labels),
            owner=article.owner,
            word=article.word,
            published_version=article.published_edition or None,
            published_at=article.published_at,
            published_by=article.published_by,
            publish_at=article.publish_at,
            review_at=article.review_at,
            stale=article.stale,
            former=list(article.former),
            used=article.used,
            updated_at=article.updated_at,
            updated_by=article.updated_by,
            links=links,
        )


class ArticleHead(Output, frozen=True):
    slug: str
    version: int
    state: str
    read: Annotated[bool, Meta(description="Whether readers see something of it.")]
    titles: Annotated[dict[str, str], Meta(description="By language.")]
    behind: list[str]
    audience: str
    topic: str
    owner: str
    publish_at: datetime | None
    review_at: datetime | None
    stale: bool
    used: int
    updated_at: datetime
    updated_by: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, article: Article, links: dict[str, str]) -> "ArticleHead":
        return cls(
            slug=article.id,
            version=article.edition,
            state=article.state.value,
            read=bool(article.live),
            titles={tag: text.title for tag, text in sorted(article.texts.items())},
            behind=list(article.behind),
            audience=article.audience.value,
            topic=article.topic,
            owner=article.owner,
            publish_at=article.publish_at,
            review_at=article.review_at,
            stale=article.stale,
            used=article.used,
            updated_at=article.updated_at,
            updated_by=article.updated_by,
            links=links,
        )


class ArticlesOut(Output, frozen=True):
    """Articles by slug."""

    items: list[ArticleHead]
    next: Next


class ArticleVersionHead(Output, frozen=True):
    """What was published."""

    version: int
    published_at: datetime
    published_by: str
    note: str
    languages: list[str]
    audience: str
    links: Links = field(name="_links")

    @classmethod
    def of(cls, edition: ArticleEdition, links: dict[str, str]) -> "ArticleVersionHead":
        return cls(
            version=edition.edition,
            published_at=edition.published_at,
            published_by=edition.published_by,
            note=edition.note,
            languages=sorted(edition.texts),
            audience=edition.audience.value,
            links=links,
        )


class ArticleVersionsOut(Output, frozen=True):
    """The newest first."""

    items: list[ArticleVersionHead]
    next: Next


class ArticleVersionOut(Output, frozen=True):
    """What was published, as it was."""

    version: int
    published_at: datetime
    published_by: str
    note: str
    texts: dict[str, ArticleTextOut]
    audience: str
    tiers: list[str]
    topic: str
    diff: Annotated[
        dict[str, str],
        Meta(description="With `against`: by language that is different, the lines, as `diff -u` writes them."),
    ]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, edition: ArticleEdition, other: ArticleEdition | None, links: dict[str, str]) -> "ArticleVersionOut":
        return cls(
            version=edition.edition,
            published_at=edition.published_at,
            published_by=edition.published_by,
            note=edition.note,
            texts=texts_out(edition.texts),
            audience=edition.audience.value,
            tiers=list(edition.tiers),
            topic=edition.topic,
            diff=_diff(other, edition) if other else {},
            links=links,
        )


def _diff(before: ArticleEdition, after: ArticleEdition) -> dict[str, str]:
    told = {}
    for tag in sorted({*before.texts, *after.texts}):
        was, became = (_lines(edition.texts.get(tag)) for edition in (before, after))
        names = [f"version {edition.edition}" for edition in (before, after)]
        if found := "\n".join(unified_diff(was, became, names[0], names[1], lineterm="")):
            told[tag] = found
    return told


def _lines(text: ArticleText | None) -> list[str]:
    return [text.title, "", *text.body.split("\n")] if text else []


class ArticleImageOut(Output, frozen=True):
    """An image of an article. `address` is what its text calls it; `url` shows it to you for five minutes."""

    id: str
    address: Annotated[str, Meta(description="For the text: `![…](images/…)`.")]
    name: str
    content_type: str
    size: int
    url: str
    expires_at: datetime

    @classmethod
    def of(cls, image: ArticleImage, url: str, expires_at: datetime) -> "ArticleImageOut":
        return cls(
            id=image.id,
            address=f"images/{image.file}",
            name=image.name,
            content_type=image.type,
            size=image.size,
            url=url,
            expires_at=expires_at,
        )


class ArticleImagesOut(Output, frozen=True):
    """All of an article."""

    items: list[ArticleImageOut]


class ArticlePreviewOut(Output, frozen=True):
    """As readers would see it: safe HTML, and plain text as in mails."""

    html: str
    text: str


class ImportLine(Output, frozen=True):
    """What became of an article, or would."""

    slug: str
    result: Literal["created", "changed", "unchanged", "refused"]
    why: Annotated[str, Meta(description="Why it was refused, or is a draft only.")]
    at: Annotated[str, Meta(description="Where in the file, of what could not be read.")]
    state: str
    languages: list[str]


class ArticlesImported(Output, frozen=True):
    """What became of a part of a file."""

    items: list[ImportLine]
    counts: Annotated[dict[str, int], Meta(description="Of this part, by result.")]
    total: Annotated[int, Meta(description="Articles in the file.")]
    next: Annotated[int | None, Meta(description="`after` of the next part; null at the end.")]

    @classmethod
    def of(cls, done: Imported) -> "ArticlesImported":
        lines = [
            ImportLine(
                slug=line.slug,
                result=line.result,  # type: ignore[arg-type]  # one of the four
                why=line.why,
                at=line.at,
                state=line.state,
                languages=list(line.languages),
            )
            for line in done.lines
        ]
        return cls(items=lines, counts=dict(Counter(line.result for line in lines)), total=done.total, next=done.next)


class ArticlesExported(Output, frozen=True):
    """A file with a part of the articles, by slug; `url` opens it for five minutes."""

    url: str
    expires_at: datetime
    articles: int
    size: int
    next: Next
