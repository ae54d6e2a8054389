"""The index as everybody searches it: built of what changed, exchanged while it is used, never trusted blindly."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.gateways.objects import objects
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import Message, RefreshSearch, TendSearch
from chalicelib.knowledge import asking, building, indexing, loading
from chalicelib.model.article import Article, ArticleState, ArticleText, Audience
from chalicelib.model.customer import Customer
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.search import NewestSnapshot, SearchBuild, SearchMark, Snapshot
from chalicelib.search import index as index_module
from chalicelib.storage import due
from chalicelib.storage import search as storage
from chalicelib.storage.commit import Refused, commit, settle
from tests import quick_moto, workbench
from tests.auth.callers import shared_stage
from tests.factories import make_customer
from tests.workbench import Bench

KINDS = (Article, Snapshot, NewestSnapshot, SearchBuild)
PARCEL = ("tracking-a-parcel", "Tracking a parcel", "Each one has a number. Enter it on our tracking page.")
RETURNS = ("returning-goods", "Returning goods", "You may send anything back within thirty days, free of charge.")
LIDS = ("replacing-lids", "Replacing the lid of a jar", "Every lid can be ordered by itself.")
MUGS = ("washing-mugs", "Washing mugs", "They may go into the dishwasher.")


@dataclass
class Kept:
    """A stage whose index holds three articles, as it is given to each test."""

    bench: Bench
    rows: list[Any]
    files: dict[str, bytes]


@pytest.fixture(scope="module")
def kept() -> Iterator[Kept]:
    with shared_stage(stream=False) as bench:
        store(PARCEL, RETURNS, LIDS)
        building.build(lambda: False)
        rows = [replace(row, version=None) for kind in KINDS for row in bench.rows(kind)]
        files = {each.key: objects.read(each.key) for page in objects.list_in("search/", "") for each in page}
        yield Kept(bench, rows, files)
        lose_the_machine()


@pytest.fixture(autouse=True)
def no_aws(kept: Kept) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture
def stage(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """As it was built, whatever the test before made of it."""
    quick_moto.empty(kept.bench.bucket)
    for row in kept.rows:
        commit(Decision((row,)))
    for key in [each.key for page in objects.list_in("search/", "") for each in page]:
        if key not in kept.files:
            objects.delete([key])
    for key, content in kept.files.items():
        if objects.peek(key, 1) is None or objects.read(key) != content:
            objects.write(key, content, "application/octet-stream")
    asking.forget()
    yield kept.bench
    asking.forget()


def store(*told: tuple[str, str, str], **more: Any) -> None:
    for slug, title, body in told:
        texts = {"en": ArticleText(title, body)}
        commit(Decision((Article(id=slug, texts=texts, updated_at=clock.now(), updated_by="Tom", **more),)))


def mark(*slugs: str) -> None:
    for slug in slugs:
        settle(lambda slug=slug: (indexing.marked(storage.mark(slug), slug, clock.now()), None))


def publish(told: tuple[str, str, str], **more: Any) -> None:
    store(told, **more)
    building.refresh(told[0], lambda: False)


def found(text: str, **more: Any) -> list[str]:
    """As a process finds it that has just begun."""
    asking.forget()
    return [hit.id for hit in asking.find(text, **more).hits]


def article(bench: Bench, slug: str) -> Article:
    return next(each for each in bench.rows(Article) if each.id == slug)


def snapshots(bench: Bench) -> list[Snapshot]:
    return sorted(bench.rows(Snapshot), key=lambda each: each.number)


def ask_and_read(text: str, slug: str) -> None:
    question, _ = asking.ask(text, through=AskedThrough.API)
    asking.note_read(question, slug)


def lose_the_machine() -> None:
    """Another machine has fetched nothing yet."""
    shutil.rmtree(loading.place(), ignore_errors=True)


def test_what_changes_is_found_as_it_is_by_now(stage: Bench) -> None:
    assert found("where is my parcel?") == ["tracking-a-parcel"]

    publish(MUGS)
    texts = {"en": ArticleText("Spouts", "A spout for your kettle.")}
    commit(Decision((replace(article(stage, "replacing-lids"), texts=texts),)))
    commit(Decision((replace(article(stage, "returning-goods"), state=ArticleState.RETIRED),)))
    mark("replacing-lids", "returning-goods")
    building.build(lambda: False)

    assert found("dishwasher") == ["washing-mugs"]
    assert found("spout kettle") == ["replacing-lids"]
    assert found("jar lid") == []
    assert found("returning") == []
    assert stage.rows(SearchMark) == []
    before, after = snapshots(stage)[-2:]
    assert after.number == before.number + 1, "two marks make one build"


def test_the_clock_finds_what_was_marked_and_the_days_look(stage: Bench) -> None:
    mark("washing-mugs", "replacing-lids")
    tend_at = storage.work().build.tend_at
    assert tend_at

    def announced(after: timedelta) -> set[Message]:
        return {message for page in due.work(clock.now() + after) for message in page}

    assert announced(timedelta()) == set()
    assert announced(timedelta(minutes=1)) == {RefreshSearch()}
    assert TendSearch in {type(message) for message in announced(timedelta(days=2))}


def test_what_was_learned_under_another_name_leads_to_a_renamed_article(stage: Bench) -> None:
    question, _ = asking.ask("grimy tarpaulin", through=AskedThrough.API, language="en")
    store(("mugs", MUGS[1], MUGS[2]), former=("washing-mugs",))
    store(("washing-mugs", "-", "-"), state=ArticleState.RETIRED, moved_to="mugs")

    asking.note_solved(question, "washing-mugs")
    building.refresh("washing-mugs", lambda: False)

    assert found("tarpaulin", language="en") == ["mugs"]


def test_a_builder_who_died_leaves_it_to_the_next(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(building, "_published", _dies)
        with pytest.raises(workbench.Died):
            publish(MUGS)
    building.build(lambda: False)
    assert found("dishwasher") == [], "whoever she was, she may still be at it"

    with workbench.far_from_now(monkeypatch, indexing.BUILDS_FOR):
        building.build(lambda: False)

    assert found("dishwasher") == ["washing-mugs"]
    assert stage.rows(SearchMark) == []


def _dies(*_: object) -> bool:
    raise workbench.Died


def test_of_two_builders_one_publishes(stage: Bench) -> None:
    newest = storage.newest()
    publish(MUGS)
    late = replace(snapshots(stage)[-1], version=None)

    with pytest.raises(Refused):
        commit(indexing.published(newest, late, ()))

    assert found("dishwasher") == ["washing-mugs"]


def test_an_article_marked_while_it_is_built_is_built_again(stage: Bench) -> None:
    mark("washing-mugs", "replacing-lids")
    read = storage.marks(10)
    mark("washing-mugs")

    building._unmark(read)

    assert [each.article_id for each in storage.marks(10)] == ["washing-mugs"]


def test_everything_is_indexed_anew_part_by_part_and_goes_on_where_it_stood(
    stage: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "REBUILT_AT_ONCE", 2)
    store(MUGS)
    building.order()
    turns = iter([False, True])

    building.build(lambda: next(turns))
    rebuild = storage.work().build.rebuild
    building.build(lambda: False)

    assert rebuild is not None
    assert (rebuild.articles, bool(rebuild.files)) == (2, True)
    assert found("dishwasher") == ["washing-mugs"]
    assert (snapshots(stage)[-1].why, snapshots(stage)[-1].documents) == ("rebuilt", 4)


def test_a_rebuild_whose_files_were_lost_begins_again(stage: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "REBUILT_AT_ONCE", 2)
    building.order()
    turns = iter([False, True])
    building.build(lambda: next(turns))
    rebuild = storage.work().build.rebuild
    assert rebuild
    objects.delete([file.key for file in rebuild.files])
    lose_the_machine()

    building.build(lambda: False)

    assert storage.work().build.rebuild is None
    assert (snapshots(stage)[-1].why, snapshots(stage)[-1].documents) == ("rebuilt", 3)


def test_whoever_finds_no_index_or_an_older_programs_has_it_built(
    stage: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_module, "FORMAT", index_module.FORMAT + 1)

    found("where is my parcel?")
    ordered = storage.work().build.rebuild
    building.build(lambda: False)

    assert ordered
    assert found("where is my parcel?") == ["tracking-a-parcel"]


def test_an_index_is_exchanged_for_a_newer_one_and_who_uses_the_old_one_goes_on(stage: Bench) -> None:
    asking.forget()
    old = loading.current()
    assert old is not None
    publish(MUGS)
    assert loading.current() is old, "it is not looked up at every search"

    loading._held.looked_up -= loading.LOOKED_UP

    assert [hit.id for hit in asking.find("dishwasher").hits] == ["washing-mugs"]
    assert [hit.id for hit in old.search("where is my parcel?").hits] == ["tracking-a-parcel"]


@pytest.mark.parametrize("how", ["missing", "damaged"])
def test_when_the_newest_cannot_be_read_the_one_before_serves(stage: Bench, how: str) -> None:
    publish(MUGS)
    before, after = snapshots(stage)[-2:]
    new = {*after.files} - {*before.files}
    for file in new:
        if how == "missing":
            objects.delete([file.key])
        else:
            objects.write(file.key, b"x" * file.size, "application/octet-stream")
    lose_the_machine()

    assert found("where is my parcel?") == ["tracking-a-parcel"]
    assert found("dishwasher") == []
    assert {*after.files} & {*before.files}, "files that stay are not stored again"


def test_when_every_index_is_lost_titles_of_what_is_asked_most_serve_until_it_is_built_anew(stage: Bench) -> None:
    ask_and_read("where is my parcel?", "tracking-a-parcel")
    building.order()
    building.build(lambda: False)
    for page in objects.list_in("search/", ""):
        objects.delete([stored.key for stored in page])
    lose_the_machine()

    asking.forget()
    answer = asking.find("tracking my parcel")
    publish(MUGS)

    assert [hit.id for hit in answer.hits] == ["tracking-a-parcel"]
    assert not answer.answered
    assert found("dishwasher") == ["washing-mugs"]
    assert found("jar lid") == ["replacing-lids"]


def test_the_last_three_snapshots_are_kept_and_files_nobody_needs_go(
    stage: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ahead in range(4):
        with workbench.far_from_now(monkeypatch, timedelta(hours=2 * ahead)):
            mark("replacing-lids")
            building.build(lambda: False)

    kept = snapshots(stage)
    stored = {each.key for page in objects.list_in("search/", "") for each in page}
    named = {file.key for each in kept for file in each.files} | {each.demand.key for each in kept if each.demand}
    assert len(kept) == 3
    assert stored == named


def test_readers_find_what_is_for_them(stage: Bench) -> None:
    store(MUGS, audience=Audience.TIERS, tiers=("gold",))
    store(("secret", "Dishwasher secrets", "For us."), audience=Audience.AGENTS)
    mark("washing-mugs", "secret")
    building.build(lambda: False)

    assert found("dishwasher") == []
    assert found("dishwasher", readers={"public", "signed_in", "tier:gold"}) == ["washing-mugs"]
    assert set(found("dishwasher", readers={"public", "agents"})) == {"washing-mugs", "secret"}


def test_the_days_look_takes_demand_in_and_builds_nothing_when_nothing_was_asked(stage: Bench) -> None:
    def look() -> int:
        at = storage.work().build.tend_at
        assert at
        building.tend(at, lambda: False)
        later = storage.work().build.tend_at
        assert later
        assert later > at
        return snapshots(stage)[-1].number

    before = look()
    for number in range(3):
        ask_and_read(f"the lid of a jar {number}", "replacing-lids")

    assert look() == before + 1
    asking.forget()
    assert [hit.id for hit in asking.popular()] == ["replacing-lids"]


def test_a_question_is_written_down_though_her_row_changed_meanwhile(stage: Bench) -> None:
    commit(Decision((make_customer(version=None),)))
    (seen,) = stage.rows(Customer)
    commit(Decision((replace(seen, name="Ann"),)))

    question, _ = asking.ask("where is my parcel?", through=AskedThrough.API, customer=seen)
    again, _ = asking.ask("Where is my parcel?", through=AskedThrough.API, customer=seen)

    assert question.customer_id == seen.id
    assert again.id == question.id
    assert len(stage.rows(Question)) == 1
