"""Articles and templates in the table. AP-16 one article · AP-17 the articles an answer inserts · AP-18 all of them ·
AP-72 one template · AP-73 all of them · AP-77 what was published of an article · AP-78 images · AP-79 an article by a
slug it had before · AP-86 all of a part, for search engines."""

from collections.abc import Iterable, Iterator

from chalicelib.model.article import Article, ArticleEdition, ArticleImage
from chalicelib.model.page import Page
from chalicelib.model.template import Template
from chalicelib.storage import keys, table

PARTS = keys.LIST_SHARDS  # of the list of all articles
A_PAGE = 100


def article(slug: str) -> Article | None:
    """AP-16: by key."""
    found: Article | None = table.row_at(keys.article(slug))
    return found


def named(slugs: Iterable[str]) -> dict[str, Article]:
    """AP-17: those of these (at most 100) that exist, by slug; one BatchGet, and none for none."""
    found: dict[str, Article] = {
        thing.id: thing for thing in table.rows_at(keys.article(slug) for slug in slugs).values()
    }
    return found


def articles(after: str | None, limit: int) -> Page[Article]:
    """AP-18: every article by slug, over all shards. What is asked most is in the snapshot of the search: an index on
    `used` would move an entry with every answer."""
    shards = [keys.articles_shard(n) for n in range(keys.LIST_SHARDS)]
    found = table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit)
    return table.page_of(found, limit)


def articles_in_part(part: int) -> Iterator[Article]:
    """AP-86: every article of one of PARTS, by slug: a Query and a BatchGet for each 100 of them."""
    shard, after = keys.articles_shard(part), ""
    while found := table.listed(shard, after=after, limit=A_PAGE):
        yield from table.page_of(found, A_PAGE).items
        after = found[-1].place


MOVES_FOLLOWED = 3  # a rename leads every old slug to the new one: more only while others rename


def followed(slugs: Iterable[str]) -> dict[str, Article]:
    """AP-79: those of these (at most 100) that exist, by the slug asked for, each as the article it leads to by now:
    one BatchGet, and one more for those that were renamed."""
    found = named(slugs)
    for _ in range(MOVES_FOLLOWED):
        moved = {slug: article.moved_to for slug, article in found.items() if article.moved_to}
        if not moved:
            break
        there = named(moved.values())
        found = {
            slug: there[moved[slug]] if slug in moved else article
            for slug, article in found.items()
            if slug not in moved or moved[slug] in there
        }
    return {slug: article for slug, article in found.items() if not article.moved_to}


def editions(article: Article, after: str | None, limit: int) -> Page[ArticleEdition]:
    """AP-77: what was published of it, the newest first: one Query."""
    key = keys.article_edition(article.lasting, 0)
    found = table.entries(key.pk, keys.EDITIONS, after=after, limit=limit)
    last = keys.article_edition(article.lasting, found[-1].edition).sk if len(found) == limit else None
    return Page(tuple(found), last)


def edition(article: Article, number: int) -> ArticleEdition | None:
    """AP-77: by key."""
    found: ArticleEdition | None = table.row_at(keys.article_edition(article.lasting, number))
    return found


def images(image_ids: Iterable[str]) -> dict[str, ArticleImage]:
    """AP-78: those of these (at most 100) that exist, by id; one BatchGet, and none for none."""
    found: dict[str, ArticleImage] = {
        thing.id: thing for thing in table.rows_at(keys.article_image(image_id) for image_id in image_ids).values()
    }
    return found


def template(slug: str) -> Template | None:
    """AP-72: by key."""
    found: Template | None = table.row_at(keys.template(slug))
    return found


def templates(after: str | None, limit: int) -> Page[Template]:
    """AP-73: every template by slug, over all shards."""
    shards = [keys.templates_shard(n) for n in range(keys.LIST_SHARDS)]
    found = table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit)
    return table.page_of(found, limit)
