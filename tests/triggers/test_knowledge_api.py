"""What the knowledge base learned, by the API."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import drafting, gaps, tending
from chalicelib.model.article import ArticleState
from chalicelib.model.gap import Gap
from chalicelib.model.question import AskedThrough, Question
from chalicelib.model.upkeep import (
    ArticleCare,
    Finding,
    FindingKind,
    Missing,
    PairState,
    UnknownWord,
    UnknownWords,
    Votes,
    WordPair,
)
from chalicelib.storage import gaps as storage
from chalicelib.storage import knowledge
from chalicelib.storage.commit import commit
from tests import quick_moto
from tests.auth.callers import Caller, caller, shared_stage
from tests.factories import ANNS_ID, NOON, make_article
from tests.workbench import Bench


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage is the module's; each test finds it empty."""
    quick_moto.empty(stage.bucket)


@pytest.fixture
def editor() -> Caller:
    return caller()


def gap_of(people: int, *, cost: int = 0, text: str = "how do i change the lamp battery") -> Gap:
    asks = [
        gaps.Ask(question_id=f"{text}{n}", at=NOON, text=text, language="en", asker=str(n), cost=cost)
        for n in range(people)
    ]
    gap = gaps.take_in(gaps.open_for(asks[0]), asks, str.split, propose_after=5, now=NOON)
    commit(Decision((gap,)))
    return gap


def stored(gap: Gap) -> Gap:
    found = storage.gap(gap.id)
    assert found
    return found


def test_gaps_are_listed_by_what_they_cost(editor: Caller) -> None:
    gap_of(6, text="where is my invoice")
    gap_of(6, cost=9_99, text="how do i change the lamp battery")
    gap_of(2, text="do you ship to norway")

    listed = editor.get("/v1/knowledge/gaps").json["items"]

    assert [one["question"] for one in listed] == ["how do i change the lamp battery", "where is my invoice"]
    assert (listed[0]["people"], listed[0]["state"], listed[0]["cost"]) == (6, "proposed", 6 * 9_99)


def test_a_gap_is_dismissed_and_reopened(editor: Caller) -> None:
    gap = gap_of(6)

    dismissed = editor.post(f"/v1/knowledge/gaps/{gap.id}/dismiss", {}).json
    again = editor.post(f"/v1/knowledge/gaps/{gap.id}/reopen", {}).json

    assert (dismissed["state"], again["state"]) == ("dismissed", "proposed")


def test_a_draft_is_started_once_and_by_its_owner(editor: Caller) -> None:
    gap = gap_of(6)

    editor.put(f"/v1/knowledge/gaps/{gap.id}/owner", {"owner": "eve@example.com"})
    first = editor.post(f"/v1/knowledge/gaps/{gap.id}/draft", {}).json
    second = editor.post(f"/v1/knowledge/gaps/{gap.id}/draft", {}).json

    article = knowledge.article(first["article"])
    assert article
    assert (article.state, article.owner, article.live) == (ArticleState.DRAFT, "eve@example.com", {})
    assert "how do i change the lamp battery" in article.texts["en"].body
    assert second["article"] == first["article"]


def test_an_article_there_is_answers_a_gap(editor: Caller) -> None:
    gap = gap_of(6)
    commit(Decision((make_article(version=None),)))

    answered = editor.put(f"/v1/knowledge/gaps/{gap.id}/article", {"article": "returning-goods"})
    missing = editor.put(f"/v1/knowledge/gaps/{gap.id}/article", {"article": "never"})

    assert answered.json["article"] == "returning-goods"
    assert storage.cares(["returning-goods"])["returning-goods"].gaps == (gap.id,)
    assert (missing.status, missing.pointers) == (404, ["/article"])


def test_a_gap_that_came_back_keeps_what_agents_answer_beside_its_article(
    editor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    gap = gap_of(6)
    commit(Decision((make_article(drafting.slug_of(gap), version=None),)))
    answer = drafting.Answered("case", "Turn the lid to the left and take the old one out.", NOON, solved=True)
    monkeypatch.setattr(tending, "_answers", lambda _: ([answer], ["case"]))

    started = editor.post(f"/v1/knowledge/gaps/{gap.id}/draft", {}).json

    assert started["article"] == drafting.slug_of(gap)
    assert [one.text for one in stored(gap).alternatives] == [answer.text]


def test_who_asked_is_listed_without_words(editor: Caller) -> None:
    gap = gap_of(1)
    question = Question(
        id="01QA0000000000000000000000",
        asked_at=NOON,
        text="I am Ann, how do I change it?",
        through=AskedThrough.HELP_CENTRE,
        customer_id=ANNS_ID,
    )
    commit(Decision((replace(question, gap_id=gap.id, learned_as=question.lesson),)))

    answer = editor.get(f"/v1/knowledge/gaps/{gap.id}/askers")

    assert [one["customer_id"] for one in answer.json["items"]] == [ANNS_ID]
    assert "Ann" not in str(answer.json)


def test_a_finding_is_dismissed(editor: Caller) -> None:
    finding = Finding(
        id="returning-goods.0123456789ab",
        what=FindingKind.DEAD_LINK,
        article_id="returning-goods",
        evidence="https://dhl.example/x: it answered 404",
        first_at=NOON,
        last_at=NOON,
    )
    commit(Decision((finding,)))

    opened = editor.get("/v1/knowledge/upkeep").json["items"]
    closed = editor.post(f"/v1/knowledge/upkeep/{finding.id}/dismiss", {}).json

    assert [one["what"] for one in opened] == ["dead_link"]
    assert closed["state"] == "dismissed"
    assert editor.get("/v1/knowledge/upkeep").json["items"] == []


def test_what_readers_say_is_shown_in_sums(editor: Caller) -> None:
    votes = Votes(helpful=3, not_helpful=2)
    care = ArticleCare(
        article_id="returning-goods",
        votes=votes,
        by_month={"2026-11": votes},
        standing=83,
        missing=(Missing(text="which box?", at=NOON),),
    )
    commit(Decision((make_article(version=None), care)))

    told = editor.get("/v1/articles/returning-goods/feedback").json

    assert (told["votes"], told["standing"]) == ({"helpful": 3, "not_helpful": 2}, 0.83)
    assert told["missing"][0]["text"] == "which box?"
    assert editor.get("/v1/articles/never/feedback").status == 404


def test_a_reader_votes_and_her_words_are_masked() -> None:
    shop = caller("requests:write")
    commit(Decision((make_article(version=None),)))

    shop.post("/v1/articles/returning-goods/votes", {"voter": "v1", "helpful": True})
    told = {"voter": "v1", "helpful": False, "missing": "Write to ann@example.org about order 47110815"}
    answer = shop.post("/v1/articles/returning-goods/votes", told)

    (vote,) = [one for one in storage.to_learn(100) if not isinstance(one, Question)]
    assert answer.json["helpful"] is False
    assert not vote.helpful
    assert "ann@" not in vote.missing and "47110815" not in vote.missing


def test_words_no_article_knows_are_shown_once_three_people_wrote_them(editor: Caller) -> None:
    words = (UnknownWord(word="klarna", heat=1_469_000, askers=("a", "b", "c")), UnknownWord(word="schmidt", heat=1))
    commit(Decision((UnknownWords(language="en", words=words),)))

    assert [one["word"] for one in editor.get("/v1/knowledge/words").json["items"]] == ["klarna"]


def test_a_suggested_pair_is_approved_and_searched_for_together(editor: Caller) -> None:
    pair = WordPair(language="en", word="handy", other="phone", askers=("a", "b", "c"), last_at=NOON)
    commit(Decision((pair,)))

    suggested = editor.get("/v1/knowledge/synonyms").json["items"]
    approved = editor.put(f"/v1/knowledge/synonyms/{suggested[0]['pair_id']}", {"state": "approved"})

    assert approved.json["state"] == PairState.APPROVED.value
    assert storage.synonyms() == {"en:handy": ("phone",)}


def test_what_is_no_id_is_refused_with_a_pointer(editor: Caller) -> None:
    assert editor.get("/v1/knowledge/gaps/x").pointers == ["/gap_id"]
    assert editor.post("/v1/knowledge/upkeep/x/dismiss", {}).pointers == ["/finding_id"]
    assert editor.put("/v1/knowledge/synonyms/x", {"state": "approved"}).pointers == ["/pair_id"]


def test_nobody_finds_what_is_not_there(editor: Caller) -> None:
    assert editor.get(f"/v1/knowledge/gaps/{ANNS_ID}").status == 404
    assert editor.post("/v1/knowledge/upkeep/lamps.0123456789ab/dismiss", {}).status == 404
    assert editor.put("/v1/knowledge/synonyms/en.a.b", {"state": "approved"}).status == 404


def test_gaps_that_ask_the_same_become_one(editor: Caller) -> None:
    kept, other = gap_of(3, text="change battery of lamp"), gap_of(3, text="lamp battery change")
    gap_of(3, text="where is my invoice")

    joined = tending.join_doubles()

    first, second = sorted((kept.id, other.id))
    whole = editor.get(f"/v1/knowledge/gaps/{second}").json
    assert joined == 1
    assert (whole["gap_id"], whole["asks"]) == (first, 6)
    assert tending.join_doubles() == 0
