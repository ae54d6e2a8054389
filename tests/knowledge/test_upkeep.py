from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Conflict
from chalicelib.knowledge import upkeep
from chalicelib.knowledge.upkeep import Seen, findings_of, reconcile
from chalicelib.model.article import Article, ArticleState, ArticleText, Audience
from chalicelib.model.upkeep import ArticleCare, Finding, FindingKind, FindingState, Link, Missing, Votes
from chalicelib.search.analysis import similarity
from tests.factories import NOON, make_article

RETURNS = "You may return anything within 30 days. Please keep the box. We send your money back within 5 days."


def article(slug: str, body: str, title: str = "", **fields: Any) -> Article:
    texts = {fields.pop("language", "en"): ArticleText(title or slug.replace("-", " "), body)}
    return make_article(slug, texts=texts, **fields)


def found(one: Article, *others: Article, **fields: Any) -> list[Finding]:
    seen = Seen(article=one, others=others, **{"care": ArticleCare(article_id=one.id), "linked": {}, **fields})
    return findings_of(seen, similarity, NOON)


def kinds(findings: list[Finding]) -> list[FindingKind]:
    return [one.what for one in findings]


def test_an_article_that_is_as_it_should_be_has_no_findings() -> None:
    assert found(article("returns", RETURNS), article("shipping", "We ship to Norway and Sweden by rail.")) == []


def test_nobody_is_told_of_what_nobody_reads() -> None:
    draft = article("returns", "We will open on 3 March 2024.", state=ArticleState.DRAFT)

    assert found(draft) == []


# ── Two articles ──────────────────────────────────────────────────────────────────────────────────


def test_two_articles_that_say_the_same_are_duplicates() -> None:
    one = article("returning-goods", RETURNS, "Returning goods")
    other = article("how-to-return-goods", RETURNS + " Thank you.", "How to return goods")

    findings = found(one, other)

    assert kinds(findings) == [FindingKind.DUPLICATE]
    assert "how-to-return-goods" in findings[0].fix


def test_a_pair_is_found_once_whichever_is_looked_at() -> None:
    one, other = article("a-returns", RETURNS, "Returns"), article("b-returns", RETURNS, "Returns")

    assert found(one, other) == found(other, one)
    assert found(one, other)[0].article_id == "b-returns"


def test_two_articles_of_one_subject_are_no_duplicates() -> None:
    returns = article("returning-goods", RETURNS, "Returning goods")
    exchange = article("exchanging-goods", "Send us the size you need and we send another one.", "Exchanging goods")

    assert found(returns, exchange) == []


def test_other_figures_for_the_same_thing_contradict_each_other() -> None:
    findings = found(
        article("returns", "You may return anything within 30 days of delivery.", "Returns"),
        article("warranty-and-more", "Our lamps last. You may return anything within 14 days of delivery.", "Lamps"),
    )

    assert kinds(findings) == [FindingKind.CONTRADICTION]
    assert "30 days" in findings[0].evidence and "14 days" in findings[0].evidence


def test_other_amounts_contradict_each_other() -> None:
    findings = found(
        article("shipping", "Express shipping to Germany costs €9.90.", "Shipping"),
        article("express", "Express shipping to Germany costs €12.", "Express"),
    )

    assert kinds(findings) == [FindingKind.CONTRADICTION]


def test_one_says_that_it_is_possible_and_the_other_that_it_is_not() -> None:
    findings = found(
        article("invoices", "You can change the address on your invoice after the order.", "Invoices"),
        article("orders", "You cannot change the address on your invoice after the order.", "Orders"),
    )

    assert kinds(findings) == [FindingKind.CONTRADICTION]


def test_chinese_articles_contradict_each_other_as_well() -> None:
    findings = found(
        article("returns", "收到商品后30天内可以申请退货退款。", "退货", language="zh-Hans"),
        article("rules", "收到商品后7天内可以申请退货退款。", "规则", language="zh-Hans"),
    )

    assert kinds(findings) == [FindingKind.CONTRADICTION]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("You may return lamps within 30 days.", "The battery lasts 14 days in winter."),
        ("Returns take 5 days.", "Returns take 5 days and are free."),
        ("Shipping takes 3 days.", "Shipping weighs 3 kg."),
        ("You can pay by card.", "You cannot pay in bitcoin or with foreign cheques."),
    ],
)
def test_sentences_about_other_things_do_not_contradict_each_other(one: str, other: str) -> None:
    assert found(article("a", one, "Lamps"), article("b", other, "Tents")) == []


def test_what_other_readers_are_told_may_differ() -> None:
    assert (
        found(
            article("returns", "You may return anything within 30 days of delivery.", "Returns"),
            article(
                "returns-gold", "You may return anything within 60 days of delivery.", "x", audience=Audience.TIERS
            ),
        )
        == []
    )


# ── Links ─────────────────────────────────────────────────────────────────────────────────────────


def test_links_in_markdown_are_ours_or_others() -> None:
    body = (
        "See [returns](article:returns#how), [here](https://shop.example/help/articles/lamps?language=en),"
        " [mail](mailto:x@y.z), <https://dhl.example/x>, ![p](images/i.png), [fees](/help/articles/fees)"
    )

    links = upkeep.links_in([ArticleText("t", body)], "https://shop.example")

    assert links == (("returns", "lamps", "fees"), ("https://dhl.example/x",))


def test_a_link_to_a_retired_article_is_dead_at_once() -> None:
    findings = found(article("a", "x"), linked={"old": article("old", "y", state=ArticleState.RETIRED), "never": None})

    assert kinds(findings) == [FindingKind.DEAD_LINK, FindingKind.DEAD_LINK]


def test_a_page_elsewhere_is_told_of_when_it_failed_on_two_days() -> None:
    once = Link(url="https://dhl.example/x", looked_at=NOON, failures=1, because="it answered 404")
    care = ArticleCare(article_id="a", links=(once,))

    assert found(article("a", "x"), care=care) == []
    twice = replace(care, links=(replace(once, failures=2),))
    assert kinds(found(article("a", "x"), care=twice)) == [FindingKind.DEAD_LINK]


def test_a_page_that_answers_again_has_not_failed() -> None:
    care = ArticleCare(article_id="a", links=(Link(url="u", looked_at=NOON, failures=1, because="no answer"),))

    assert upkeep.with_links(care, ["u"], {"u": ""}, NOON).links == (Link(url="u", looked_at=NOON),)


def test_a_link_that_failed_is_looked_at_again_days_later() -> None:
    failed = Link(url="u", looked_at=NOON, failures=1, because="no answer")

    assert upkeep.links_to_try([failed], NOON + timedelta(hours=20)) == []
    assert upkeep.links_to_try([failed], NOON + upkeep.FAILED_AGAIN) == [failed]


def test_a_few_links_are_looked_at_in_one_go() -> None:
    assert len(upkeep.links_to_try([Link(url=f"u{n}") for n in range(40)], NOON)) == upkeep.LINKS_A_LOOK


# ── Time and readers ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "sentence",
    [
        "The new shop will open on 3 March 2024",
        "Free shipping until December 31, 2025",
        "The offer is valid until 2025-12-31",
        "In 2024 we will ship to Norway",
        "活动将于2025年3月1日开始",
        "优惠截止2025年12月",
    ],
)
def test_a_promise_for_a_time_that_is_over_is_outdated(sentence: str) -> None:
    assert upkeep.speaks_of_the_past(sentence, NOON)


@pytest.mark.parametrize(
    "sentence",
    [
        "We have shipped to Norway since 2019",
        "Free shipping until 31 December 2026",
        "The offer is valid until 2027-01-31",
        "We will answer within 30 days",
        "The lamp 2024 will glow for 20 hours until 2030",
        "Founded in 1999",
    ],
)
def test_what_is_still_true_is_not_outdated(sentence: str) -> None:
    assert not upkeep.speaks_of_the_past(sentence, NOON)


def test_an_article_whose_review_is_due_is_told_of() -> None:
    assert kinds(found(article("a", "x", review_at=NOON))) == [FindingKind.REVIEW_DUE]
    assert found(article("a", "x", review_at=NOON + timedelta(days=1))) == []


def test_a_translation_that_is_behind_is_told_of() -> None:
    assert kinds(found(article("a", "x"), behind=["de"])) == [FindingKind.TRANSLATION_BEHIND]


def test_readers_whom_it_does_not_help_are_heard() -> None:
    care = ArticleCare(
        article_id="a", votes=Votes(helpful=2, not_helpful=6), missing=(Missing(text="which battery?", at=NOON),)
    )

    (finding,) = found(article("a", "x"), care=care)

    assert finding.what is FindingKind.NOT_HELPFUL
    assert "which battery?" in finding.evidence


def test_an_article_that_does_not_solve_is_queued_for_work() -> None:
    care = ArticleCare(article_id="a", solved=1, unsolved=12, standing=34)

    assert kinds(found(article("a", "x"), care=care)) == [FindingKind.DOES_NOT_SOLVE]


# ── What becomes of findings ──────────────────────────────────────────────────────────────────────


def stored(**fields: Any) -> Finding:
    return replace(found(article("a", "x"), linked={"old": None})[0], version=1, **fields)


def test_a_finding_that_is_so_no_more_closes_by_itself() -> None:
    (closed,) = reconcile([stored()], [], NOON)

    assert (closed.state, closed.closed_at) == (FindingState.FIXED, NOON)


def test_a_finding_that_is_still_so_changes_nothing() -> None:
    assert reconcile([stored()], found(article("a", "x"), linked={"old": None}), NOON) == []


def test_a_dismissed_finding_does_not_come_back_while_the_words_are_the_same() -> None:
    (dismissed,) = upkeep.dismiss(stored(), by="Tom", now=NOON).changes
    assert isinstance(dismissed, Finding)

    same = reconcile([dismissed], found(article("a", "x"), linked={"old": None}), NOON)
    (again,) = reconcile([dismissed], [replace(stored(), basis="other words")], NOON)

    assert same == []
    assert again.state is FindingState.OPEN


def test_a_finding_that_was_fixed_and_is_so_again_is_open_again() -> None:
    (again,) = reconcile([stored(state=FindingState.FIXED)], [stored()], NOON)

    assert again.state is FindingState.OPEN


def test_what_is_fixed_cannot_be_dismissed() -> None:
    with pytest.raises(Conflict):
        upkeep.dismiss(stored(state=FindingState.FIXED), by="Tom", now=NOON)
