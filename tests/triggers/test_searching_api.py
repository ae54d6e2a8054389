"""Asking the knowledge base over the API, and saying what became of it."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import asking, building, loading
from chalicelib.model.article import Article, ArticleState, ArticleText, Audience
from chalicelib.model.question import LearnedQuestion, Question
from chalicelib.model.search import SearchMark
from chalicelib.model.session import Audience as SessionAudience
from chalicelib.storage import knowledge
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller, session_of, shared_stage
from tests.factories import make_customer
from tests.meter import Reading
from tests.workbench import Bench

VISITOR = "01KAM8Q6C3V8QW2E0N4B7T9XYZ"
ANN = make_customer(version=None, name="Ann Archer")
TEXTS = {
    "tracking-a-parcel": ("Tracking a parcel", "Every parcel has a number.\n\nEnter it on our **tracking** page."),
    "replacing-lids": ("Replacing the lid of a jar", "Lids can be ordered by themselves."),
    "gold-service": ("Priority tracking", "We track it for you."),
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    """Its index is the module's; questions of one test do not meet those of another: each has words of its own."""
    with shared_stage(stream=False) as bench:
        for slug, (title, body) in TEXTS.items():
            article = Article(id=slug, texts={"en": ArticleText(title, body)}, updated_at=clock.now(), updated_by="T")
            is_gold = slug == "gold-service"
            store(replace(article, audience=Audience.TIERS, tiers=(ANN.tier,)) if is_gold else article)
        store(ANN)
        building.build(lambda: False)
        yield bench
        shutil.rmtree(loading.place(), ignore_errors=True)


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage is the module's."""


def store(thing: object) -> None:
    commit(Decision((thing,)))


@pytest.fixture
def shop() -> Caller:
    return caller("answers:read", "customers:read", name="shop")


def asked(shop: Caller, q: str, who: str = f"visitor_id={VISITOR}") -> dict[str, Any]:
    told: dict[str, Any] = shop.get(f"/v1/answers?q={q.replace(' ', '%20')}&{who}").json
    return told


def test_an_answer_tells_where_it_stands_and_shows_a_little_of_it(shop: Caller) -> None:
    (first,) = asked(shop, "tracking parcel")["items"]

    assert (first["slug"], first["title"], first["language"]) == ("tracking-a-parcel", "Tracking a parcel", "en")
    assert first["url"].endswith("/help/articles/tracking-a-parcel")
    assert first["excerpt"] == "Every parcel has a number. Enter it on our tracking page."
    assert asked(shop, "tracking page")["items"][0]["excerpt"] == "Enter it on our tracking page."
    assert "**" not in first["excerpt"]


def test_what_nothing_answers_says_so_and_leads_to_a_person(shop: Caller) -> None:
    told = asked(shop, "zebras moonwalk")

    assert (told["answered"], told["items"]) == (False, [])
    assert {"person", "contact_form"} <= told["_links"].keys()


def test_a_question_is_written_down_once_and_typing_is_not(shop: Caller, stage: Bench) -> None:
    first, again = asked(shop, "jar lid one"), asked(shop, "Jar  LID one")
    shop.get("/v1/answers/suggestions?q=jar%20lid%20two")

    texts = [each.text for each in stage.rows(Question)]
    assert first["question_id"] == again["question_id"]
    assert texts.count("jar lid one") == 1
    assert "jar lid two" not in texts


def test_while_she_types_titles_are_suggested(shop: Caller) -> None:
    told = shop.get("/v1/answers/suggestions?q=replacing%20lid").json

    assert [each["slug"] for each in told["items"]] == ["replacing-lids"]


def test_a_customers_question_stands_on_her_timeline_and_finds_what_is_for_her_tier(shop: Caller) -> None:
    told = asked(shop, "priority tracking", f"customer_id={ANN.id}")

    timeline = shop.get(f"/v1/customers/{ANN.id}/timeline").json["items"]
    (entry,) = [each for each in timeline if each["kind"] == "question"]
    assert told["items"][0]["slug"] == "gold-service"
    assert (entry["text"], entry["shown"][0], entry["state"]) == ("priority tracking", "gold-service", "asked")
    assert "gold-service" not in [each["slug"] for each in asked(shop, "priority tracking")["items"]]


def test_a_customer_who_signed_in_asks_herself(shop: Caller, stage: Bench) -> None:
    ann = session_of(SessionAudience.CUSTOMER, ANN.id)
    told = ann.get("/v1/me/answers?q=priority%20tracking%20please").json
    body = {"outcome": "solved", "article": "gold-service"}

    said = ann.post(f"/v1/me/answers/{told['question_id']}/outcome", body).json

    assert (told["customer_id"], told["items"][0]["slug"]) == (ANN.id, "gold-service")
    assert (said["state"], said["solved_by"]) == ("solved", "gold-service")


def test_what_solved_it_is_learned_without_her_name_and_the_index_hears_of_it(shop: Caller, stage: Bench) -> None:
    told = asked(shop, "where did 4711 of Archer go", f"customer_id={ANN.id}")
    body = {"outcome": "solved", "article": "tracking-a-parcel", "customer_id": ANN.id}
    path = f"/v1/answers/{told['question_id']}/outcome"

    said = [shop.post(path, body).json for _ in range(2)]

    (lesson,) = [each for each in stage.rows(LearnedQuestion) if each.text.startswith("where did")]
    assert said[0] == said[1]
    assert (lesson.text, lesson.times, lesson.article_id) == ("where did … of … go", 1, "tracking-a-parcel")


def test_what_was_missing_is_kept(shop: Caller, stage: Bench) -> None:
    told = asked(shop, "jar lid price")
    body = {"outcome": "unsolved", "missing": "What it costs.", "visitor_id": VISITOR}

    said = shop.post(f"/v1/answers/{told['question_id']}/outcome", body).json

    assert (said["state"], said["missing"]) == ("unsolved", "What it costs.")


def test_an_article_that_was_retired_a_moment_ago_is_not_shown(shop: Caller) -> None:
    slug = "replacing-lids"
    lids = knowledge.article(slug)
    assert lids
    store(replace(lids, state=ArticleState.RETIRED))
    asking._kept.clear()
    told = asked(shop, "jar lid retired")
    again = knowledge.article(slug)
    assert again
    store(replace(again, state=ArticleState.PUBLISHED))
    asking._kept.clear()

    assert (told["answered"], told["items"]) == (False, [])


def test_nothing_is_learned_of_an_article_she_was_not_shown_and_may_not_read(shop: Caller, stage: Bench) -> None:
    told = asked(shop, "jar lid of gold")
    path = f"/v1/answers/{told['question_id']}/outcome"

    refused = [
        shop.post(path, {"outcome": outcome, "article": slug, "visitor_id": VISITOR})
        for outcome in ("read", "solved")
        for slug in ("gold-service", "no-such-article")
    ]

    assert {each.status for each in refused} == {404}
    assert [each for each in stage.rows(LearnedQuestion) if each.text == "jar lid of gold"] == []


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("q=", "/q"),
        ("q=" + "x" * 501, "/q"),
        ("q=lid&limit=21", "/limit"),
        ("q=lid&visitor_id=me", ""),
        (f"q=lid&visitor_id={VISITOR}&customer_id={ANN.id}", ""),
        ("q=lid&colour=red", "/colour"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(shop: Caller, query: str, pointer: str) -> None:
    refused = shop.get(f"/v1/answers?{query}")

    assert refused.status in (400, 422)
    assert refused.pointers == [pointer]


@pytest.mark.parametrize(
    "body",
    [
        {"outcome": "solved", "visitor_id": VISITOR},
        {"outcome": "person", "article": "replacing-lids", "visitor_id": VISITOR},
        {"outcome": "read", "article": "replacing-lids"},
    ],
)
def test_an_outcome_names_what_belongs_to_it(shop: Caller, body: dict[str, str]) -> None:
    assert shop.post(f"/v1/answers/{VISITOR}/outcome", body).status == 422


def test_a_question_nobody_asked_is_not_found(shop: Caller) -> None:
    body = {"outcome": "person", "visitor_id": VISITOR}

    assert shop.post(f"/v1/answers/{VISITOR}/outcome", body).status == 404


def test_what_is_asked_most_is_listed(shop: Caller, stage: Bench) -> None:
    told = asked(shop, "tracking of my parcels")
    body = {"outcome": "read", "article": "replacing-lids", "visitor_id": VISITOR}
    shop.post(f"/v1/answers/{told['question_id']}/outcome", body)
    building.order()
    building.build(lambda: False)
    loading.forget()

    assert "replacing-lids" in [each["slug"] for each in shop.get("/v1/answers/popular").json["items"]]
    assert stage.rows(SearchMark) == []


def test_a_question_of_a_warm_process_costs_two_reads_and_one_write(shop: Caller) -> None:
    asked(shop, "tracking parcel warm")
    reading = Reading()

    asked(shop, "tracking parcel warmer")

    reads = {name: times for name, times in reading.calls.items() if name.startswith(("Get", "BatchGet", "Query"))}
    writes = sum(reading.calls.values()) - sum(reads.values())
    assert (reads, writes) == ({"GetItem": 2}, 1), "the key, what is reckoned of her; all she asked and its counts"
