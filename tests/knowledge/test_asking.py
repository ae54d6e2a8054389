"""What is asked is counted in the write that keeps it, and counted anew by what she says of it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace

import pytest
from moto import mock_aws

from chalicelib.configuration import policy
from chalicelib.insight.reports.self_service import cells_of
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Gone
from chalicelib.kernel.errors import NotFound
from chalicelib.knowledge import asking, building, deflection, loading
from chalicelib.model.article import Article, ArticleText
from chalicelib.model.customer import Customer
from chalicelib.model.question import AskedThrough, LearnedQuestion, Question
from chalicelib.storage import customers, tallies
from chalicelib.storage.commit import commit
from chalicelib.storage.questions import learned
from chalicelib.storage.visitors import visitor
from tests import workbench
from tests.factories import make_customer
from tests.workbench import Bench

ARTICLES = {
    "returns": ArticleText("Returning goods", "You may send anything back within thirty days, free of charge."),
    "parcels": ArticleText("Tracking a parcel", "Each one has a number. Enter it on our tracking page."),
    "lids": ArticleText("Replacing the lid of a jar", "Every lid can be ordered by itself."),
    "mugs": ArticleText("Washing mugs", "They may go into the dishwasher."),
}


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A stage whose index holds some articles, and where half are held out of answers that come unasked."""
    with mock_aws():
        bench = workbench.open_bench(monkeypatch, stream=False)
        monkeypatch.setenv("KNOWLEDGE", '{"hold_out": 0.5}')
        workbench.forget_caches()
        for slug, text in ARTICLES.items():
            commit(
                Decision((Article(id=slug, topic=slug, texts={"en": text}, updated_at=clock.now(), updated_by="T"),))
            )
        learned = LearnedQuestion(
            article_id="returns", text="returning goods", language="en", times=3, last_at=clock.now()
        )
        commit(Decision((learned,)))
        building.build(lambda: False)
        yield bench
        shutil.rmtree(loading.place(), ignore_errors=True)
    workbench.forget_caches()


def ask(through: AskedThrough = AskedThrough.HELP_CENTRE, customer: Customer | None = None, **more: str) -> Question:
    return asking.ask("returning goods", through=through, language="en", customer=customer, **more)[0]


def counted() -> dict[tuple[str, str], int]:
    cells = cells_of(tallies.sums((deflection.COUNTER, f"{clock.now():%Y-%m}")))
    return {(cell.fate, cell.group): cell.requests for cell in cells if cell.requests}


def test_what_is_asked_and_said_is_counted_once_however_often_it_comes(stage: Bench) -> None:
    for _ in range(2):
        question = ask(visitor_id="a visitor")
    assert counted() == {("served", ""): 1}
    seen = visitor("a visitor")
    assert seen is not None
    assert [one.id for one in seen.questions] == [question.id]

    for _ in range(2):
        asking.note_unsolved(question, "what of sale goods?")
    assert counted() == {("unserved", ""): 1}

    for _ in range(2):
        asking.note_solved(question, "returns")
    assert counted() == {("served", ""): 1}

    for _ in range(2):
        asking.note_person(question, "a case")
    assert counted() == {("person", ""): 1}


def test_a_customer_has_what_she_asked_on_her_row_and_who_has_no_name_is_counted_apart(stage: Bench) -> None:
    ann = make_customer(version=None)
    commit(Decision((ann,)))
    ann = customers.customer(ann.id)

    question = ask(customer=ann)
    ask(AskedThrough.API)

    known = customers.customer(question.customer_id)
    assert known is not None
    assert [one.topic for one in known.questions] == ["returns"]
    assert counted() == {("served", ""): 1, ("nameless", ""): 1}


def test_who_is_held_out_is_shown_nothing_unasked_and_all_that_she_looks_for(stage: Bench) -> None:
    held = next(name for name in map(str, range(50)) if deflection.held_out(name, policy()))
    other = next(name for name in map(str, range(50)) if not deflection.held_out(name, policy()))

    unasked, found = asking.ask("returning goods", through=AskedThrough.FORM, language="en", visitor_id=held)
    ask(AskedThrough.FORM, visitor_id=other)
    searched = ask(visitor_id=held)

    assert (unasked.held_out, unasked.shown, found.hits) == (True, (), ())
    assert searched.shown[:1] == ("returns",)
    assert counted() == {("served", "held@0.5"): 1, ("served", "shown@0.5"): 1}


def test_nothing_is_written_of_who_was_erased_while_she_asked(stage: Bench) -> None:
    commit(Decision((make_customer(version=None),)))
    (ann,) = stage.rows(Customer)
    commit(Decision((Gone(ann),)))

    with pytest.raises(NotFound):
        ask(customer=ann)

    assert stage.rows(Question) == []


def test_what_an_asker_was_taught_wrongly_is_forgotten_when_it_did_not_help_her(stage: Bench) -> None:
    taught = asking.ask("grimy tarpaulin", through=AskedThrough.API, language="en")[0]
    asking.note_solved(taught, "mugs")
    assert [each.times for each in learned("mugs")] == [1]

    for _ in range(2):
        asking.note_unsolved(replace(taught, version=None))

    assert learned("mugs") == []
