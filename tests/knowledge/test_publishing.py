"""How a draft becomes what readers see, and what becomes of it later."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Conflict, Forbidden, Invalid, Moved
from chalicelib.kernel.messages import RefreshSearch
from chalicelib.knowledge import articles, publishing
from chalicelib.knowledge.articles import Editor
from chalicelib.model.article import Article, ArticleEdition, ArticleImage, ArticleState, ArticleText
from chalicelib.model.knowledge import KnowledgePolicy
from tests.factories import NOON, make_article

DRAFT, IN_REVIEW, SCHEDULED, PUBLISHED, RETIRED = ArticleState
WRITER, LEAD = Editor("Tom", "staff:01TOM", publishes=False), Editor("Ann", "staff:01ANN")
LATER, TOMORROW = NOON + timedelta(hours=1), NOON + timedelta(days=1)
FREE, REVIEWED = KnowledgePolicy(), KnowledgePolicy(review=True)
NEW = {"en": ArticleText("Returning goods", "Within 60 days.")}
OLD = {"en": ArticleText("Returning goods", "Within 30 days.")}


def draft(state: ArticleState = DRAFT, **fields: Any) -> Article:
    """A newer edition of what is published, by Tom."""
    told = {"texts": NEW, "published": OLD, "published_edition": 1, "edition": 2, "writers": (WRITER.id,), "uid": "01U"}
    return make_article(state=state, **{**told, **fields})


def move(
    article: Article,
    state: ArticleState,
    by: Editor = LEAD,
    policy: KnowledgePolicy = FREE,
    at: datetime | None = None,
    word: str = "",
) -> tuple[tuple[object, ...], Article]:
    decision, moved = publishing.move(article, state, by=by, policy=policy, at=at, word=word, now=NOON)
    return decision.changes, moved


def test_what_is_published_is_read_and_kept_as_an_edition() -> None:
    changes, article = move(draft(), PUBLISHED, word="60 days now")

    assert article.live == NEW and article.published == {} and article.writers == ()
    assert (article.published_edition, article.published_at, article.published_by) == (2, NOON, "Ann")
    assert changes == (
        article,
        ArticleEdition(uid="01U", edition=2, texts=NEW, published_at=NOON, published_by="Ann", note="60 days now"),
    )


def test_the_search_hears_of_what_is_published_and_retired() -> None:
    for state in (PUBLISHED, RETIRED):
        decision, _ = publishing.move(draft(), state, by=LEAD, policy=FREE, now=NOON)
        assert decision.messages == (RefreshSearch(article_id="returning-goods"),)


def test_who_may_not_publish_submits() -> None:
    with pytest.raises(Forbidden, match="articles:publish"):
        move(draft(), PUBLISHED, by=WRITER)

    assert move(draft(), IN_REVIEW, by=WRITER)[1].state is IN_REVIEW


@pytest.mark.parametrize("state", [PUBLISHED, SCHEDULED])
def test_with_review_on_nobody_publishes_what_she_wrote(state: ArticleState) -> None:
    hers = draft(writers=(WRITER.id, LEAD.id))
    at = TOMORROW if state is SCHEDULED else None

    with pytest.raises(Forbidden, match="somebody else"):
        move(hers, state, policy=REVIEWED, at=at)

    assert move(hers, state, policy=FREE, at=at)[1].state is state
    assert move(draft(), state, policy=REVIEWED, at=at)[1].state is state


def test_with_review_on_nobody_publishes_what_was_drafted_of_her_own_answer() -> None:
    with pytest.raises(Forbidden, match="somebody else"):
        move(draft(IN_REVIEW, writers=("Ann",)), PUBLISHED, policy=REVIEWED)


def test_what_is_sent_back_is_a_draft_with_a_word() -> None:
    _, article = move(draft(IN_REVIEW), DRAFT, word="Which forms?")

    assert (article.state, article.word, article.live) == (DRAFT, "Which forms?", OLD)


def test_what_is_submitted_again_has_no_word_any_more() -> None:
    assert move(draft(word="Which forms?"), IN_REVIEW)[1].word == ""


@pytest.mark.parametrize(
    ("state", "to"),
    [(PUBLISHED, IN_REVIEW), (RETIRED, IN_REVIEW), (SCHEDULED, IN_REVIEW), (PUBLISHED, DRAFT), (RETIRED, PUBLISHED)],
)
def test_what_cannot_become_so_is_refused(state: ArticleState, to: ArticleState) -> None:
    with pytest.raises(Conflict) as refused:
        move(draft(state), to)

    assert refused.value.pointer == "/state"


@pytest.mark.parametrize("state", [DRAFT, IN_REVIEW, PUBLISHED, RETIRED])
def test_what_it_is_already_changes_nothing(state: ArticleState) -> None:
    article = draft(state)

    assert move(article, state) == ((), article)


# ── At a time ───────────────────────────────────────────────────────────────────────────────────────────


def act(article: Article, now: datetime, policy: KnowledgePolicy = FREE) -> tuple[str, Article]:
    decision, acted = publishing.act(article, policy=policy, now=now)
    return decision.reason, acted


def test_what_is_scheduled_is_published_by_the_clock_once() -> None:
    _, waits = move(draft(), SCHEDULED, at=TOMORROW)
    assert (waits.next_look_at, waits.live) == (TOMORROW, OLD)

    assert act(waits, LATER) == ("not due", waits)
    reason, article = act(waits, TOMORROW)

    assert (reason, article.live, article.published_by, article.published_at) == ("published", NEW, "Ann", TOMORROW)
    assert act(article, TOMORROW) == ("not due", article)


def test_what_is_not_to_be_published_after_all_waits_no_more() -> None:
    _, waits = move(draft(), SCHEDULED, at=TOMORROW)

    _, article = move(waits, DRAFT)

    assert (article.state, article.next_look_at) == (DRAFT, None)


@pytest.mark.parametrize(("state", "at"), [(SCHEDULED, None), (PUBLISHED, TOMORROW), (SCHEDULED, NOON)])
def test_a_time_that_does_not_fit_is_pointed_at(state: ArticleState, at: datetime | None) -> None:
    with pytest.raises(Invalid) as refused:
        move(draft(), state, at=at)

    assert refused.value.pointer == "/publish_at"


# ── Later ───────────────────────────────────────────────────────────────────────────────────────────────


def test_nobody_reads_what_is_retired() -> None:
    _, article = move(draft(), RETIRED)

    assert not article.live and article.texts == NEW and article.next_look_at is None


def test_what_was_retired_is_read_again_as_the_edition_it_was() -> None:
    published = make_article(published_edition=1, uid="01U")
    _, retired = move(published, RETIRED)
    _, back = move(retired, DRAFT)

    changes, article = move(back, PUBLISHED)

    assert changes == (article,) and article.live == published.texts


def test_who_may_not_publish_retires_what_nobody_reads_only() -> None:
    with pytest.raises(Forbidden):
        move(draft(), RETIRED, by=WRITER)

    assert move(draft(published={}), RETIRED, by=WRITER)[1].state is RETIRED


def test_a_draft_that_is_discarded_leaves_what_readers_see() -> None:
    decision, article = publishing.discard(draft(), by=WRITER, now=NOON)

    assert (article.state, article.texts, article.edition) == (PUBLISHED, OLD, 3)
    assert decision.messages == ()


def test_a_draft_of_what_was_never_published_is_retired_and_not_discarded() -> None:
    with pytest.raises(Conflict):
        publishing.discard(draft(published={}), by=WRITER, now=NOON)


def test_somebody_must_look_at_it_again_when_its_time_has_come() -> None:
    _, article = move(draft(), PUBLISHED, policy=KnowledgePolicy(review_days=1))
    assert article.next_look_at == TOMORROW

    reason, stale = act(article, TOMORROW)

    assert (reason, stale.stale, stale.next_look_at) == ("review due", True, None)
    assert act(stale, TOMORROW)[0] == "not due"


def test_who_looked_says_until_when_it_is_right() -> None:
    stale = make_article(review_at=NOON - timedelta(days=1), stale=True)

    _, article = publishing.reviewed(stale, until=TOMORROW, by=WRITER, policy=FREE, now=NOON)

    assert (article.stale, article.review_at) == (False, TOMORROW)


# ── Names ───────────────────────────────────────────────────────────────────────────────────────────────


def rename(article: Article, slug: str, there: Article | None = None, **told: Any) -> tuple[tuple[Any, ...], Article]:
    given = {"former": (), "images": (), "replace_redirect": False, "by": LEAD, **told}
    decision, renamed = publishing.rename(article, slug, there, now=NOON, **given)
    return decision.changes, renamed


def stub(slug: str, to: str) -> Article:
    return make_article(slug, texts={}, state=RETIRED, moved_to=to, version=5)


def test_a_renamed_article_leaves_word_where_it_is() -> None:
    changes, article = rename(make_article("old"), "new")

    assert (article.id, article.version, article.former, article.lasting) == ("new", None, ("old",), "old")
    left = changes[1]
    assert (left.id, left.moved_to, left.version, left.live) == ("old", "new", 1, {})


def test_all_the_names_it_had_lead_to_the_newest() -> None:
    image = ArticleImage(id="01I", article_id="b", name="a.png", type="image/png", size=1, at=NOON, by="Tom", version=1)
    article = make_article("b", former=("a",), images=("01I",))

    changes, renamed = rename(article, "c", former=[stub("a", "b")], images=[image])

    assert renamed.former == ("a", "b")
    assert {change.id: getattr(change, "moved_to", "") for change in changes[1:]} == {"b": "c", "a": "c", "01I": ""}
    assert changes[-1].article_id == "c"


def test_an_article_may_have_an_old_name_back() -> None:
    article = make_article("b", former=("a",))

    changes, renamed = rename(article, "a", stub("a", "b"), former=[stub("a", "b")])

    assert (renamed.id, renamed.former, renamed.version) == ("a", ("b",), 5)
    assert [change.id for change in changes] == ["a", "b"]


def test_a_name_that_leads_elsewhere_is_taken_by_who_says_so() -> None:
    other = make_article("x", former=("taken",))
    with pytest.raises(Conflict, match="replace_redirect") as refused:
        rename(make_article("b"), "taken", stub("taken", "x"), displaced=other)
    assert refused.value.pointer == "/slug"

    changes, renamed = rename(make_article("b"), "taken", stub("taken", "x"), displaced=other, replace_redirect=True)

    assert (renamed.id, renamed.version) == ("taken", 5)
    assert changes[-1].id == "x" and changes[-1].former == ()


def test_the_name_of_another_article_is_not_to_be_had() -> None:
    with pytest.raises(Conflict):
        rename(make_article("a"), "b", make_article("b"), replace_redirect=True)


def test_a_new_article_takes_a_name_that_leads_elsewhere_only_when_it_says_so() -> None:
    with pytest.raises(Moved) as moved:
        articles.put(stub("a", "b"), "a", NEW, by=LEAD, expected=None, now=NOON)
    assert moved.value.to == "b"

    _, article = articles.put(stub("a", "b"), "a", NEW, by=LEAD, expected=0, replace_redirect=True, now=NOON)

    assert (article.moved_to, article.version, article.state) == ("", 5, DRAFT)
    assert article.uid and article.uid != "a"
