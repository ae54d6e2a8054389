"""The knowledge base's access patterns."""

from dataclasses import replace

import pytest

from chalicelib.kernel.decision import Decision
from chalicelib.storage import knowledge
from chalicelib.storage.commit import Refused, commit
from tests.factories import make_article

pytestmark = pytest.mark.usefixtures("table")
SLUGS = [f"article-{letter}" for letter in "abcdefghijk"]


def stored(*slugs: str) -> None:
    for slug in slugs:
        commit(Decision((make_article(slug, version=None),)))


def test_an_article_is_found_by_its_slug() -> None:
    stored("article-a")

    assert knowledge.article("article-a") == make_article("article-a")
    assert knowledge.article("article-b") is None


def test_those_that_exist_are_found_by_their_slugs() -> None:
    stored("article-a", "article-b")

    found = knowledge.named(["article-b", "article-x", "article-b"])

    assert found == {"article-b": make_article("article-b")}


def test_articles_are_listed_by_slug_in_pages_over_all_shards() -> None:
    stored(*reversed(SLUGS))

    listed, after = [], None
    while True:
        page = knowledge.articles(after, 4)
        listed += [article.id for article in page.items]
        after = page.next
        if after is None:
            break

    assert listed == SLUGS


def test_an_article_that_was_used_meanwhile_is_not_overwritten() -> None:
    stored("article-a")
    read = knowledge.article("article-a")
    assert read
    commit(Decision((replace(read, used=1),)))

    with pytest.raises(Refused):
        commit(Decision((replace(read, edition=2),)))
