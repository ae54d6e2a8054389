"""Recoveries, ratings, moods and urgency by the API, and the page a customer votes on."""

from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from chalicelib.auth.links import vote_token
from chalicelib.auth.permissions import Role
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.rating import OPEN_FOR, Rating
from chalicelib.storage.commit import commit
from chalicelib.storage.ratings import rating as stored_rating
from tests.auth.callers import Answer, Caller, caller, shared_stage
from tests.factories import make_rating
from tests.workbench import Bench

ANGRY = "I am furious! You lied to me, this is a disgrace. I will cancel my contract."
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture
def shop() -> Caller:
    return caller()


@pytest.fixture
def taken(shop: Caller) -> dict[str, str]:
    """An angry request of somebody new."""
    assert shop.key
    body = {"customer": {"external": shop.key.id}, "channel": "web", "text": ANGRY}
    found: dict[str, str] = shop.post("/v1/requests", body).json
    return found


def hers(shop: Caller, taken: dict[str, str], what: str) -> Answer:
    return shop.get(f"/v1/customers/{taken['customer_id']}/{what}")


def test_an_angry_request_shows_its_mood_and_urgency_and_is_listed(shop: Caller, taken: dict[str, str]) -> None:
    case = shop.get(f"/v1/cases/{taken['case_id']}").json
    listed = [
        one for one in shop.get("/v1/recoveries?limit=100").json["items"] if one["customer_id"] == taken["customer_id"]
    ]

    assert (case["case"]["urgency"], case["case"]["mood"]["level"]) == ("urgent", "angry")
    assert case["interactions"][0]["mood"]["because"]
    assert [[cause["cause"] for cause in one["causes"]] for one in listed] == [["angry", "leaving"]]
    assert shop.get(f"/v1/customers/{taken['customer_id']}").json["recovery"] == listed[0]["id"]


def test_what_was_done_and_how_it_ended_is_noted_once(shop: Caller, taken: dict[str, str]) -> None:
    customer = shop.get(f"/v1/customers/{taken['customer_id']}").json
    path = f"/v1/customers/{taken['customer_id']}/recoveries/{customer['recovery']}"
    told = {"author": "Lea", "did": "apology", "note": "Rang her.", "state": "kept", "reason": "She laughed."}

    first = shop.put(path, told)
    again = shop.put(path, {"author": "Lea", "state": "lost", "reason": "x"})

    assert (first.status, first.json["state"], first.json["done"][0]["did"]) == (200, "kept", "apology")
    assert again.status == 409
    assert shop.get(f"/v1/customers/{taken['customer_id']}").json["recovery"] == ""


def test_leads_may_ask_for_theirs_alone(shop: Caller, taken: dict[str, str]) -> None:
    assert taken["customer_id"] in shop.get("/v1/recoveries?role=agent&limit=100").text
    assert taken["customer_id"] not in shop.get("/v1/recoveries?role=lead&limit=100").text


@pytest.mark.parametrize("body", [{"author": "Lea"}, {"author": "Lea", "state": "kept"}])
def test_a_recovery_is_told_something(shop: Caller, taken: dict[str, str], body: dict[str, str]) -> None:
    customer = shop.get(f"/v1/customers/{taken['customer_id']}").json

    refused = shop.put(f"/v1/customers/{taken['customer_id']}/recoveries/{customer['recovery']}", body)

    assert refused.status == 422


def test_an_agent_sets_the_urgency_and_the_timeline_tells(shop: Caller) -> None:
    assert shop.key
    asked = {"customer": {"external": shop.key.id}, "channel": "web", "text": "Which tent is the lightest?"}
    taken = shop.post("/v1/requests", asked).json
    body = {"urgency": "urgent", "author": "Tom", "reason": "Her wedding."}

    answer = shop.put(f"/v1/cases/{taken['case_id']}/urgency", body)

    assert (answer.json["urgency"], answer.json["urgency_by"], answer.json["priority"]) == ("urgent", "Tom", 4)
    assert any(step["step"] == "hastened" for step in answer.json["promise_log"])
    assert "urgency_set" in hers(shop, taken, "timeline").text


def test_a_corrected_mood_is_among_the_labels_with_its_words(shop: Caller, taken: dict[str, str]) -> None:
    path = f"/v1/customers/{taken['customer_id']}/interactions/{taken['interaction_id']}/mood"

    answer = shop.put(path, {"level": "annoyed", "author": "Tom"})

    labels = shop.get("/v1/mood-labels?limit=100").json["items"]
    (label,) = [one for one in labels if one["interaction_id"] == taken["interaction_id"]]
    assert answer.json["mood"]["by"] == "Tom"
    assert (label["level"], label["judged"], label["text"]) == ("annoyed", "angry", ANGRY)


def test_reports_are_of_at_most_31_days_and_in_order(shop: Caller, taken: dict[str, str]) -> None:
    assert shop.get("/v1/reports/recovery?from=2026-01-01&to=2026-02-15").pointers == ["/to"]
    assert shop.get("/v1/reports/ratings?from=2026-02-01&to=2026-01-15").pointers == ["/to"]
    today = shop.get("/v1/reports/recovery").json["items"]
    assert {(line["cause"], line["tier"]) for line in today} >= {("angry", "standard")}


def test_agents_do_not_read_ratings_and_who_mends_processes_does() -> None:
    assert "ratings:read" not in {scope.value for scope in Role.AGENT.scopes}
    assert {"ratings:read"} <= {scope.value for scope in Role.ANALYST.scopes & Role.LEAD.scopes}


# ── Votes ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def rating(taken: dict[str, str]) -> Rating:
    """She was asked just now."""
    now = clock.now()
    asked = make_rating(
        id=ids.derived_ulid(now, taken["customer_id"]), customer_id=taken["customer_id"], case_id=taken["case_id"],
        asked_at=now, updated_at=now, version=None,
    )  # fmt: skip
    commit(Decision((asked,), reason="asked"))
    return asked


def link(rating: Rating, score: int) -> str:
    return "/r/" + vote_token(rating.customer_id, rating.id, score, signing_keys())


def voted(rating: Rating) -> list[tuple[int, str]]:
    found = stored_rating(rating.customer_id, rating.id).rating
    assert found
    return [(vote.score, vote.comment) for vote in found.votes]


def post(path: str, **form: str) -> Answer:
    return Caller("").send("POST", path, urlencode(form).encode(), Content_Type=FORM)


def test_a_scanner_that_opens_every_link_votes_for_nothing(rating: Rating) -> None:
    pages = [Caller("").get(link(rating, score)) for score in range(1, 6)]

    assert [f'value="{score}" checked' in page.text for score, page in enumerate(pages, 1)] == [True] * 5
    assert voted(rating) == []


def test_the_button_votes_and_the_last_vote_wins(shop: Caller, rating: Rating) -> None:
    post(link(rating, 2), score="2", comment="Call  me\nback.")
    page = post(link(rating, 5), score="4")

    assert page.status == 200
    assert voted(rating) == [(2, "Call me back."), (4, "")]
    (told,) = [one for one in shop.get("/v1/ratings?limit=100").json["items"] if one["id"] == rating.id]
    assert (told["score"], told["votes"], told["topic"]) == (4, 2, "Tents")
    assert rating.id not in shop.get("/v1/ratings?at_most=2").text


@pytest.mark.parametrize("form", [{}, {"score": "6"}, {"score": "²"}, {"score": "1' OR 1"}])
def test_a_score_that_is_none_is_the_links_own(rating: Rating, form: dict[str, str]) -> None:
    post(link(rating, 3), **form)

    assert voted(rating) == [(3, "")]


def test_a_comment_is_cut_and_shown_to_nobody_as_html(rating: Rating) -> None:
    page = post(link(rating, 3), score="3", comment="<script>" + "x" * 3_000)

    assert "<script>" not in page.text
    assert len(voted(rating)[0][1]) == 1_000


@pytest.mark.parametrize("path", ["/r/forged.aAAAA", "/r/x"])
def test_a_link_we_did_not_make_leads_nowhere(path: str) -> None:
    assert Caller("").get(path).status == 404


def test_a_link_for_another_purpose_is_no_ballot(rating: Rating) -> None:
    from chalicelib.auth.links import unsubscribe_token

    token = unsubscribe_token(rating.customer_id, "email", "rating", "", signing_keys())

    assert Caller("").get(f"/r/{token}").status == 404


def test_after_a_month_it_is_too_late_and_the_page_says_so(taken: dict[str, str]) -> None:
    old = make_rating(
        id=ids.derived_ulid(clock.now(), "old", taken["customer_id"]), customer_id=taken["customer_id"],
        asked_at=clock.now() - OPEN_FOR, version=None,
    )  # fmt: skip
    commit(Decision((old,), reason="asked"))

    page = post(link(old, 1), score="1")

    assert "too late" in page.text
    assert voted(old) == []


def test_the_page_is_chinese_for_who_reads_chinese(rating: Rating) -> None:
    assert "我们本应怎么做" in Caller("").get(link(rating, 4), Accept_Language="zh-CN").text
