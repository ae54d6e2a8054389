"""The knowledge base's access patterns."""

from dataclasses import replace

import pytest

from chalicelib.kernel.decision import Decision
from chalicelib.knowledge.articles import edition_of
from chalicelib.storage import knowledge
from chalicelib.storage.commit import Refused, commit
from tests.factories import NOON, make_article

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


def test_a_slug_it_had_before_leads_to_the_article() -> None:
    new = make_article("new", former=("old",), version=None)
    stubs = [make_article(slug, texts={}, moved_to=to, version=None) for slug, to in (("old", "new"), ("lost", "x"))]
    for row in (new, *stubs):
        commit(Decision((row,)))

    found = knowledge.followed(["old", "new", "lost", "none"])

    assert {slug: article.id for slug, article in found.items()} == {"old": "new", "new": "new"}
    assert [article.id for article in knowledge.articles(None, 10).items] == ["new"]


def test_what_was_published_is_read_the_newest_first_in_pages_of_this_article_alone() -> None:
    ours, theirs = make_article("a", uid="01A"), make_article("b", uid="01B")
    for article, edition in ((ours, 1), (ours, 2), (ours, 10), (theirs, 3)):
        commit(Decision((edition_of(replace(article, edition=edition), NOON, "Ann"),)))

    first = knowledge.editions(ours, None, 2)
    second = knowledge.editions(ours, first.next, 2)

    assert [found.edition for found in (*first.items, *second.items)] == [10, 2, 1]
    assert knowledge.edition(theirs, 3) and knowledge.edition(ours, 3) is None
