"""What saving an article changes, and which of its words a customer reads."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.knowledge import articles
from chalicelib.model.article import Article, ArticleText
from tests.factories import NOON, make_article

KNOWN = make_article(edition=3, used=7, version=10)
OTHER = {"en": ArticleText("Returning goods", "Within 60 days.")}
LATER = NOON + timedelta(days=1)


def put(
    known: Article | None, texts: Mapping[str, ArticleText] = OTHER, expected: int | None = None
) -> tuple[tuple[object, ...], Article]:
    decision, article = articles.put(known, "returning-goods", texts, by="shop", expected=expected, now=LATER)
    return decision.changes, article


@pytest.mark.parametrize("expected", [None, 0])
def test_a_new_article_is_the_first_edition(expected: int | None) -> None:
    changes, article = put(None, expected=expected)

    assert changes == (article,)
    assert article == Article(id="returning-goods", texts=OTHER, edition=1, updated_at=LATER, updated_by="shop")


@pytest.mark.parametrize("expected", [None, 3])
def test_a_replaced_article_keeps_its_place_and_its_count(expected: int | None) -> None:
    changes, article = put(KNOWN, expected=expected)

    assert changes == (article,)
    assert (article.edition, article.used, article.version) == (4, 7, 10)
    assert (article.texts, article.updated_at, article.updated_by) == (OTHER, LATER, "shop")


@pytest.mark.parametrize(("known", "expected"), [(KNOWN, 2), (KNOWN, 4), (KNOWN, 0), (None, 1)])
def test_a_stale_edition_is_refused(known: Article | None, expected: int) -> None:
    with pytest.raises(Conflict) as refused:
        put(known, expected=expected)

    assert refused.value.pointer == "/expected_version"


@pytest.mark.parametrize("expected", [None, 2, 3])
def test_the_texts_it_has_change_nothing_whichever_edition_was_seen(expected: int | None) -> None:
    """An answer that got lost is asked for again, with the version that was right the first time."""
    assert put(KNOWN, KNOWN.texts, expected) == ((), KNOWN)


def test_space_around_a_text_is_not_kept() -> None:
    _, article = put(None, {"en": ArticleText(" Returning goods ", "\nWithin 60 days.\n\n")})

    assert article.texts == OTHER


@pytest.mark.parametrize(
    ("texts", "pointer"),
    [
        ({}, "/texts"),
        ({"en": ArticleText(" ", "Within 60 days.")}, "/texts/en/title"),
        ({"en": ArticleText("Returning goods", "\n")}, "/texts/en/body"),
        ({"zh-Hans": OTHER["en"], "zh-hans": OTHER["en"]}, "/texts/zh-hans"),
    ],
)
def test_texts_that_say_nothing_or_say_it_twice_are_refused(texts: dict[str, ArticleText], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(None, texts)

    assert refused.value.pointer == pointer


@pytest.mark.parametrize(
    ("languages", "language", "nearest"),
    [
        (("en", "zh-Hans"), "zh-Hans", "zh-Hans"),
        (("en", "zh-Hans"), "zh-CN", "zh-Hans"),
        (("en", "zh-Hans"), "ZH_hans", "zh-Hans"),
        (("en", "zh-Hans"), "de", "en"),
        (("en", "zh-Hans"), "", "en"),
        (("en-GB", "fr"), "de", "en-GB"),
        (("zh-Hans", "fr"), "de", "fr"),
    ],
)
def test_the_nearest_language_is_read(languages: tuple[str, ...], language: str, nearest: str) -> None:
    article = make_article(texts=dict.fromkeys(languages, ArticleText("t", "b")))

    assert articles.nearest(article, language) == nearest


def test_articles_stand_behind_the_agents_words_in_their_order() -> None:
    only_english = make_article("shipping", texts={"en": ArticleText("Shipping", "We ship to Malta.")})

    text = articles.insert("您好！", [KNOWN, only_english], "zh-Hans")

    assert text == "您好！\n\n退货\n\n您可以在 30 天内退回任何商品。\n\nShipping\n\nWe ship to Malta."


def test_without_articles_an_answer_is_the_agents_words() -> None:
    assert articles.insert("Hello", [], "en") == "Hello"
