"""What is learned of questions and found in articles, as the jobs do it over a table and an index."""

import shutil
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.gateways import outward
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import asking, building, indexing, learning, loading, tending, vocabulary
from chalicelib.model.article import Article, ArticleText
from chalicelib.model.gap import GapState
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.upkeep import Finding, FindingKind, PairState
from chalicelib.storage import gaps as storage
from chalicelib.storage.commit import commit, settle
from tests import quick_moto
from tests.auth.callers import shared_stage
from tests.factories import make_customer
from tests.workbench import Bench, far_from_now


@pytest.fixture(scope="module")
def shared() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(shared: Bench) -> None:
    """The stage is the module's; each test finds it empty."""


@pytest.fixture
def stage(shared: Bench) -> Iterator[Bench]:
    quick_moto.empty(shared.bucket)
    asking.forget()
    yield shared
    shutil.rmtree(loading.place(), ignore_errors=True)
    asking.forget()


def publish(slug: str, title: str, body: str) -> None:
    texts = {"en": ArticleText(title, body)}
    commit(Decision((Article(id=slug, texts=texts, updated_at=clock.now(), updated_by="Eve"),)))


def index(*slugs: str) -> None:
    for slug in slugs:
        settle(lambda slug=slug: (indexing.marked(None, slug, clock.now()), None))
    building.build(lambda: False)
    asking.forget()


def ask(text: str, visitor: str) -> Question:
    return asking.ask(text, through=AskedThrough.HELP_CENTRE, language="en", visitor_id=visitor)[0]


@pytest.mark.usefixtures("stage")
def test_what_a_customer_asks_is_kept_in_a_gap_without_her_name() -> None:
    ann = make_customer(version=None, name="Ann Cobbler")
    commit(Decision((ann,)))
    asking.ask("ann cobbler here, do you mend boots?", through=AskedThrough.API, language="en", customer=ann)

    learning.learn()

    (gap,) = storage.gaps(GapState.OPEN, None, 10).items
    assert [each.text for each in gap.examples] == ["… here, do you mend boots?"]


@pytest.mark.usefixtures("stage")
def test_what_was_missing_in_an_answer_reaches_who_looks_after_the_article() -> None:
    publish("returns", "Returning goods", "Send it back within thirty days.")
    index("returns")
    question = ask("returning goods", "visitor")
    asking.note_read(question, "returns")
    asking.note_unsolved(question)
    learning.learn()
    asking.note_unsolved(question, "What does it cost from abroad? I am 0171 2345678.")
    learning.learn()

    care = storage.cares(["returns"])["returns"]
    assert care.unsolved == 1
    assert [one.text for one in care.missing] == ["What does it cost from abroad? I am …."]
    assert care.heard_at


@pytest.mark.usefixtures("stage")
def test_words_customers_rephrase_are_searched_for_together_once_somebody_approves() -> None:
    publish("lost-phone", "Lost phone", "Block the telephone number at once, then tell us.")
    index("lost-phone")
    for number in range(3):
        ask("i lost my handy", f"visitor-{number}")
        asking.note_solved(ask("i lost my phone", f"visitor-{number}"), "lost-phone")
    learning.learn()
    (pair,) = storage.word_pairs(PairState.SUGGESTED, None, 10).items
    before = asking.find("handy", language="en").hits
    tending.decide_pair(pair.id, PairState.APPROVED, by="Eve")
    index(vocabulary.IN_INDEX)

    assert (pair.word, pair.other, before) == ("handy", "phone", ())
    assert [hit.id for hit in asking.find("handy", language="en").hits] == ["lost-phone"]


def test_what_is_wrong_with_articles_is_found_also_when_they_are_published_together(
    stage: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "trouble_with", lambda url: "it answered 404" if url.endswith("/gone") else "")
    box = "Please keep the box it came in, and write the number of your order on the label."
    publish("a-refund", "Refunds", f"You may return it within 30 days. {box}")
    publish("b-refund", "Refunds", f"You may return it within 14 days. {box}")
    publish("c-box", "The box", box)
    publish("d-box", "The box", box)
    publish("links", "Links", "See [this](https://example.com/gone) and [that](https://example.com/there).")
    slugs = ("a-refund", "b-refund", "c-box", "d-box", "links")
    for slug in slugs:
        tending.care_for(slug)  # nothing of it is in the index yet
    nothing = stage.rows(Finding)
    index(*slugs)
    for after in (timedelta(minutes=11), timedelta(days=3)):
        with far_from_now(monkeypatch, after):
            for care in storage.cares(slugs).values():
                if care.look_at and care.look_at <= clock.now():
                    tending.care_for(care.article_id)

    assert nothing == []
    assert {(one.what, one.article_id, one.other_id) for one in stage.rows(Finding)} == {
        (FindingKind.CONTRADICTION, "b-refund", "a-refund"),
        (FindingKind.DUPLICATE, "d-box", "c-box"),
        (FindingKind.DEAD_LINK, "links", ""),
    }
