"""What is shown of articles."""

from chalicelib.kernel.errors import NotFound
from chalicelib.model.article import Article
from chalicelib.model.page import Page
from chalicelib.storage import knowledge as storage


def article(slug: str) -> Article:
    found = storage.article(slug)
    if found is None:
        raise NotFound("no article has this slug")
    return found


def articles(after: str | None, limit: int) -> Page[Article]:
    """By slug."""
    return storage.articles(after, limit)
