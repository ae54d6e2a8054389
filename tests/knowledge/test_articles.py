"""What saving an article changes, and which of its words a customer reads."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, TooLarge
from chalicelib.kernel.messages import RefreshSearch
from chalicelib.knowledge import articles
from chalicelib.knowledge.articles import Editor
from chalicelib.model.article import Article, ArticleState, ArticleText, Audience
from tests.factories import NOON, make_article, make_customer

KNOWN = make_article(edition=3, used=7, version=10)
OTHER = {"en": ArticleText("Returning goods", "Within 60 days.")}
LATER = NOON + timedelta(days=1)


TOM, ANN = Editor("Tom", "staff:01TOM", publishes=False), Editor("Ann", "staff:01ANN")


def put(
    known: Article | None,
    texts: Mapping[str, ArticleText] = OTHER,
    expected: int | None = None,
    by: Editor = TOM,
    **told: Any,
) -> tuple[tuple[object, ...], Article]:
    decision, article = articles.put(known, "returning-goods", texts, by=by, expected=expected, now=LATER, **told)
    return decision.changes, article


@pytest.mark.parametrize("expected", [None, 0])
def test_a_new_article_is_a_draft_of_the_first_edition(expected: int | None) -> None:
    changes, article = put(None, expected=expected)

    assert changes == (article,)
    assert (article.state, article.edition, article.texts) == (ArticleState.DRAFT, 1, OTHER)
    assert (article.updated_at, article.updated_by, article.writers) == (LATER, "Tom", ("staff:01TOM",))
    assert not article.live


@pytest.mark.parametrize("expected", [None, 3])
def test_readers_of_a_published_article_see_what_they_saw_while_it_is_worked_on(expected: int | None) -> None:
    _, article = put(KNOWN, expected=expected)

    assert (article.edition, article.used, article.version) == (4, 7, 10)
    assert (article.texts, article.state) == (OTHER, ArticleState.DRAFT)
    assert article.live == KNOWN.texts


def test_what_was_published_before_editions_were_kept_is_kept_when_it_is_changed() -> None:
    changes, article = put(KNOWN)

    assert changes == (article, articles.edition_of(KNOWN, KNOWN.updated_at, KNOWN.updated_by))
    assert article.published_edition == 3


def test_a_draft_that_says_again_what_readers_see_is_none() -> None:
    _, draft = put(KNOWN)

    _, article = put(draft, KNOWN.texts)

    assert (article.state, article.edition, article.writers, article.published) == (ArticleState.PUBLISHED, 5, (), {})


@pytest.mark.parametrize("state", [ArticleState.IN_REVIEW, ArticleState.SCHEDULED])
def test_who_changes_what_was_submitted_or_scheduled_makes_it_a_draft_again(state: ArticleState) -> None:
    waits = make_article(state=state, publish_at=LATER, scheduled_by="Ann", writers=("staff:01BO",))

    _, article = put(waits)

    assert (article.state, article.publish_at, article.scheduled_by) == (ArticleState.DRAFT, None, "")
    assert article.writers == ("staff:01BO", "staff:01TOM")


def test_a_retired_article_stays_so_while_it_is_worked_on() -> None:
    _, article = put(make_article(state=ArticleState.RETIRED))

    assert article.state is ArticleState.RETIRED and not article.live


@pytest.mark.parametrize(("known", "expected"), [(KNOWN, 2), (KNOWN, 4), (KNOWN, 0), (None, 1)])
def test_a_stale_edition_is_refused(known: Article | None, expected: int) -> None:
    with pytest.raises(Conflict) as refused:
        put(known, expected=expected)

    assert refused.value.pointer == "/expected_version"


@pytest.mark.parametrize("expected", [None, 2, 3])
def test_the_texts_it_has_change_nothing_whichever_edition_was_seen(expected: int | None) -> None:
    """An answer that got lost is asked for again, with the version that was right the first time."""
    assert put(KNOWN, KNOWN.texts, expected) == ((), KNOWN)


def test_texts_that_no_row_could_hold_are_refused() -> None:
    with pytest.raises(TooLarge) as refused:
        put(None, {f"x{letter}": ArticleText("长", "长" * 20_000) for letter in "abcd"})

    assert refused.value.pointer == "/texts"


def test_an_image_the_article_does_not_have_is_pointed_at() -> None:
    ours, other = "01KAM0000000000000000000AB", "01KAM0000000000000000000AC"
    known = make_article(images=(ours,))
    put(known, {"en": ArticleText("Seams", f"![seam](images/{ours}.png)")})

    with pytest.raises(Invalid) as refused:
        put(known, {"en": ArticleText("Seams", f"![seam](images/{other}.png)")})

    assert refused.value.pointer == "/texts/en/body"


@pytest.mark.parametrize("slug", ["import", "export", "preview"])
def test_what_names_a_route_names_no_article(slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        articles.put(None, slug, OTHER, by=TOM, expected=None, now=LATER)

    assert refused.value.pointer == "/slug"


# ── Translations ────────────────────────────────────────────────────────────────────────────────────────

ENGLISH, CHINESE = KNOWN.texts["en"], KNOWN.texts["zh-Hans"]
NEW_ENGLISH, NEW_CHINESE = ArticleText("Returns", "Within 60 days."), ArticleText("退货", "60 天内。")


def test_a_translation_is_behind_when_its_original_changed() -> None:
    _, article = put(KNOWN, {"en": NEW_ENGLISH, "zh-Hans": CHINESE})

    assert article.behind == ("zh-Hans",)


def test_a_translation_made_anew_follows_its_original() -> None:
    _, first = put(KNOWN, {"en": NEW_ENGLISH, "zh-Hans": CHINESE})
    _, article = put(first, {"en": NEW_ENGLISH, "zh-Hans": NEW_CHINESE})

    assert article.behind == ()


def test_both_changed_at_once_belong_together() -> None:
    assert put(KNOWN, {"en": NEW_ENGLISH, "zh-Hans": NEW_CHINESE})[1].behind == ()


def test_a_translation_may_follow_an_older_edition_of_its_original() -> None:
    _, first = put(None, {"en": ENGLISH})
    _, second = put(first, {"en": NEW_ENGLISH})
    _, article = put(second, {"en": NEW_ENGLISH, "zh-Hans": CHINESE}, made_from={"zh-Hans": 1})

    assert article.behind == ("zh-Hans",)


def test_a_translator_may_say_that_hers_still_fits() -> None:
    _, first = put(KNOWN, {"en": NEW_ENGLISH, "zh-Hans": CHINESE})
    _, article = put(first, first.texts, made_from={"zh-Hans": first.edition})

    assert article.behind == () and article.edition == first.edition


def test_the_original_is_the_language_somebody_named() -> None:
    about = articles.About(original="zh-Hans")
    _, first = put(KNOWN, KNOWN.texts, about=about)
    _, article = put(first, {"en": ENGLISH, "zh-Hans": NEW_CHINESE})

    assert article.behind == ("en",)


# ── Who reads it ────────────────────────────────────────────────────────────────────────────────────────

TIERS = ("standard", "gold")


def test_an_article_for_tiers_names_them() -> None:
    about = articles.About(audience=Audience.TIERS, tiers=("gold",))

    _, article = put(None, about=about, tiers=TIERS)

    assert (article.audience, article.tiers) == (Audience.TIERS, ("gold",))


@pytest.mark.parametrize(
    ("audience", "tiers"), [(Audience.TIERS, ()), (Audience.TIERS, ("tin",)), (Audience.PUBLIC, ("gold",))]
)
def test_readers_there_are_not_are_pointed_at(audience: Audience, tiers: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        put(None, about=articles.About(audience=audience, tiers=tiers), tiers=TIERS)

    assert refused.value.pointer == "/tiers"


def test_another_audience_has_no_tiers_any_more() -> None:
    known = make_article(audience=Audience.TIERS, tiers=("gold",))

    assert put(known, known.texts, about=articles.About(audience=Audience.PUBLIC), by=ANN)[1].tiers == ()


def test_who_may_not_publish_does_not_change_who_reads_what_is_published() -> None:
    with pytest.raises(Forbidden):
        put(KNOWN, KNOWN.texts, about=articles.About(audience=Audience.AGENTS))


def test_who_may_not_publish_does_not_open_what_will_be_published() -> None:
    waiting = make_article(state=ArticleState.SCHEDULED, audience=Audience.AGENTS, publish_at=LATER)

    with pytest.raises(Forbidden):
        put(waiting, waiting.texts, about=articles.About(audience=Audience.PUBLIC))


def test_what_is_said_of_another_edition_than_she_saw_is_refused() -> None:
    with pytest.raises(Conflict):
        put(KNOWN, KNOWN.texts, about=articles.About(topic="billing"), by=ANN, expected=2)


def test_the_search_hears_of_what_readers_see_differently_and_of_nothing_else() -> None:
    def told(about: articles.About, texts: Mapping[str, ArticleText] = KNOWN.texts) -> tuple[object, ...]:
        return articles.put(KNOWN, KNOWN.id, texts, by=ANN, expected=None, about=about, now=LATER)[0].messages

    assert told(articles.About(topic="billing")) == (RefreshSearch(article_id=KNOWN.id),)
    assert told(articles.About(audience=Audience.AGENTS)) == (RefreshSearch(article_id=KNOWN.id),)
    assert told(articles.About(owner="Tom")) == ()
    assert told(articles.AS_IT_IS, OTHER) == ()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"state": ArticleState.DRAFT}, "is not published"),
        ({"state": ArticleState.RETIRED}, "is not published"),
        ({"audience": Audience.AGENTS}, "for agents only"),
        ({"audience": Audience.TIERS, "tiers": ("platinum",)}, "for the tiers platinum: hers is standard"),
    ],
)
def test_what_she_must_not_read_is_not_sent_to_her(fields: dict[str, Any], why: str) -> None:
    inserted = [make_article("a"), make_article("b", **fields)]

    with pytest.raises(Conflict, match=why) as refused:
        articles.demand_sendable(inserted, make_customer())

    assert refused.value.pointer == "/articles/1"


def test_what_she_may_read_is_sent_to_her() -> None:
    hers = make_article(audience=Audience.TIERS, tiers=("standard",))

    articles.demand_sendable([hers, make_article(audience=Audience.SIGNED_IN)], make_customer())


def test_what_is_sent_are_the_texts_readers_see() -> None:
    _, draft = put(KNOWN)

    assert (
        articles.insert("Hello", [draft], "en") == "Hello\n\nReturning goods\n\nYou may return anything within 30 days."
    )


def test_what_is_sent_is_plain_text() -> None:
    marked = make_article(texts={"en": ArticleText("Returns", "Use **our form**: [form](https://e.example/f).")})

    assert articles.insert("Hello", [marked], "en").endswith("Use our form: form (https://e.example/f).")


# ── Texts ───────────────────────────────────────────────────────────────────────────────────────────────


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
