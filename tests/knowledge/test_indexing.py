"""What stands in the index of an article; who builds, and what the next snapshot keeps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.kernel.decision import Gone
from chalicelib.knowledge import indexing
from chalicelib.model.article import Article, ArticleState, ArticleText, Audience
from chalicelib.model.question import LearnedQuestion
from chalicelib.model.search import NewestSnapshot, Rebuild, SearchBuild, SearchMark, Snapshot, SnapshotFile

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
TEXTS = {"en": ArticleText("Returns", "**Thirty** days."), "zh-Hans": ArticleText("退货", "三十天。")}
ARTICLE = Article(id="returns", texts=TEXTS, topic="orders", updated_at=NOON, updated_by="Tom")


def learned(text: str, times: int = 1, days_ago: int = 0, language: str = "en") -> LearnedQuestion:
    at = NOON - timedelta(days=days_ago)
    return LearnedQuestion(article_id="returns", text=text, language=language, times=times, last_at=at)


def snapshot(number: int, *names: str) -> Snapshot:
    files = tuple(SnapshotFile(name, f"search/{number}/{name}", 1, name) for name in names)
    return Snapshot(number=number, format=1, at=NOON, why="changed", documents=1, files=files, version=1)


def test_an_article_is_indexed_in_each_language_with_what_was_asked_in_it() -> None:
    asked = [learned("can i send it back"), learned("怎么退货", language="zh"), learned("return", language="")]

    english, chinese = indexing.documents(ARTICLE, asked, demand=3.5)

    assert (english.language, english.title, english.body) == ("en", "Returns", "Thirty days.")
    assert english.questions == ("can i send it back", "return")
    assert chinese.questions == ("怎么退货", "return")
    assert (english.topic, english.demand) == ("orders", 3.5)


def test_what_nobody_reads_is_not_indexed() -> None:
    assert indexing.documents(replace(ARTICLE, state=ArticleState.DRAFT), ()) == []


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        (Audience.PUBLIC, {"public", "agents"}),
        (Audience.SIGNED_IN, {"signed_in", "agents"}),
        (Audience.TIERS, {"tier:gold", "agents"}),
        (Audience.AGENTS, {"agents"}),
    ],
)
def test_it_is_indexed_for_its_audience_and_for_agents(audience: Audience, readers: set[str]) -> None:
    (document, _) = indexing.documents(replace(ARTICLE, audience=audience, tiers=("gold",)), ())

    assert document.readers == readers


def test_two_hundred_questions_are_kept_the_most_asked_and_the_most_recent() -> None:
    often_long_ago = [learned(f"often {n}", times=50, days_ago=200) for n in range(150)]
    lately = [learned(f"lately {n}", times=2) for n in range(150)]

    kept, forgotten = indexing.kept_of([*often_long_ago, *lately], NOON)

    assert len(kept) == indexing.MOST_LEARNED
    assert {each.text.split()[0] for each in kept[:100]} == {"often"}
    assert {each.text.split()[0] for each in kept[100:]} == {"lately"}
    assert len(forgotten) == 100


def test_what_is_asked_most_comes_first_and_what_is_gone_is_left_out() -> None:
    other = replace(ARTICLE, id="lids", texts={"en": ArticleText("Lids", "Lids.")})
    gone = replace(ARTICLE, id="gone", state=ArticleState.RETIRED)

    found = indexing.popular({"returns": ARTICLE, "lids": other, "gone": gone}, {"returns": 1, "lids": 3, "gone": 9})

    assert [each.slug for each in found] == ["lids", "returns"]


def test_a_mark_that_is_there_keeps_its_moment_and_changes_all_the_same() -> None:
    known = SearchMark(article_id="returns", at=NOON, marked_at=NOON, version=4)

    (mark,) = indexing.marked(known, "returns", NOON + timedelta(minutes=3)).changes

    assert mark == replace(known, marked_at=NOON + timedelta(minutes=3))


def test_one_builds_at_a_time_and_the_lease_of_who_died_ends() -> None:
    (held,) = indexing.taken(SearchBuild(), "one", NOON).changes
    assert isinstance(held, SearchBuild)

    assert not indexing.taken(held, "two", NOON + timedelta(seconds=60)).changes
    assert indexing.taken(held, "one", NOON + timedelta(seconds=60)).changes
    assert indexing.taken(held, "two", NOON + indexing.BUILDS_FOR).changes


def test_who_leaves_work_undone_sends_for_the_next() -> None:
    held = SearchBuild(holder="one", until=NOON)

    assert not indexing.left(held, "one", undone=False).messages
    assert indexing.left(held, "one", undone=True).messages
    assert not indexing.left(held, "two", undone=True).changes


def test_the_pointer_is_replaced_as_it_was_read_and_old_snapshots_go() -> None:
    newest = NewestSnapshot(number=6, format=1, at=NOON, version=9)
    kept = [snapshot(6), snapshot(5), snapshot(4), snapshot(3)]

    changes = indexing.published(newest, replace(snapshot(7), version=None), kept).changes

    assert [change.thing.number for change in changes if isinstance(change, Gone)] == [4, 3]  # type: ignore[attr-defined]
    assert changes[0] == NewestSnapshot(number=7, format=1, at=NOON, version=9)


def test_a_rebuild_ends_with_its_snapshot() -> None:
    build = SearchBuild(rebuild=Rebuild(NOON, "m"), version=2)

    changes = indexing.published(None, replace(snapshot(1), version=None), (), build).changes

    assert SearchBuild(rebuild=None, tend_at=NOON + indexing.TENDED_EVERY, version=2) in changes


def test_only_old_objects_nobody_names_go() -> None:
    old, young = NOON - timedelta(hours=2), NOON - timedelta(minutes=5)
    kept = [snapshot(7, "a"), snapshot(6, "a")]
    rebuild = SearchBuild(rebuild=Rebuild(NOON, "m", (SnapshotFile("b", "search/r/b", 1, "b"),)))
    there = [("search/7/a", old), ("search/5/a", old), ("search/8/a", young), ("search/r/b", old)]

    assert indexing.too_many(there, kept, rebuild, NOON) == ["search/5/a"]
