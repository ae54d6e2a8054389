"""Articles before a person, on the bench: shown in letters, and what the links beside them do."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.auth.links import QuestionLink, question_token
from chalicelib.cases import helping, self_service
from chalicelib.cases.helping import Outcome
from chalicelib.gateways.secrets import signing_keys
from chalicelib.insight.reports.self_service import cells_of
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import asking, deflection
from chalicelib.model.article import Article, ArticleText, Audience
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.question import AskedThrough, LearnedQuestion, Question, QuestionState
from chalicelib.search.documents import Found, Hit
from chalicelib.storage import tallies
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller
from tests.factories import make_case, make_customer, make_promise
from tests.workbench import Bench, far_from_now, forget_caches, mail_bytes, text_of

VISITOR = "01KB2G5S7Q8XW3N4T6V9YZABCD"
Knows = Callable[..., None]


def article(slug: str, title: str, body: str = "It takes three days.", **fields: Any) -> Article:
    texts = {"en": ArticleText(title, body)}
    return Article(id=slug, texts=texts, updated_at=clock.now(), updated_by="Tom", **fields)


@pytest.fixture
def knows(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Knows:
    """The knowledge base finds these, the most likely first; it is sure of the first, unless it is not."""
    commit(Decision((article("late-parcels", "Late parcels"), article("tracking", "Tracking"))))
    commit(Decision((article("carriers", "Carriers", "Call ours first.", audience=Audience.AGENTS),)))

    def found(*slugs: str, answered: bool = True) -> None:
        sure = 0.9 if answered else 0.2
        hits = tuple(
            Hit(id=slug, language="en", title=slug, score=1.0, confidence=sure - place / 10)
            for place, slug in enumerate(slugs)
        )
        told = Found(hits=hits, confidence=sure if hits else 0.0, answered=answered and bool(hits))
        monkeypatch.setattr(asking, "find", lambda text, **_: told)

    found("late-parcels", "tracking")
    return found


def token_in(bench: Bench) -> str:
    """Of the links in the last letter."""
    return text_of(bench.sent[-1]).partition("/help/solved/")[2].split()[0]


def only(bench: Bench, model: type) -> Any:
    (found,) = bench.rows(model)
    return found


# ── In letters ────────────────────────────────────────────────────────────────────────────────────


def test_the_first_letter_carries_articles_that_are_likely_to_answer(bench: Bench, knows: Knows) -> None:
    bench.receive(mail_bytes())
    bench.run()

    (letter,) = bench.sent
    question = only(bench, Question)
    assert "Late parcels" in text_of(letter) and "/help/articles/tracking" in text_of(letter)
    assert (question.shown, question.through) == (("late-parcels", "tracking"), AskedThrough.LETTER)
    assert question.text == "Where is my order?\nMy order has not arrived."
    assert question.case_id == only(bench, Case).id


def test_without_a_likely_answer_the_letter_is_as_it_was_and_the_question_is_kept(bench: Bench, knows: Knows) -> None:
    knows("late-parcels", answered=False)
    bench.receive(mail_bytes())
    bench.run()

    assert "solved" not in text_of(bench.sent[0])
    assert (only(bench, Question).shown, only(bench, Question).open_gap) == ((), True)


def test_who_is_angry_is_left_to_a_person(bench: Bench, knows: Knows) -> None:
    bench.receive(mail_bytes("This is outrageous! I am furious, you are liars and thieves. Worst company ever!"))
    bench.run()

    assert "Late parcels" not in text_of(bench.sent[0])
    assert bench.rows(Question) == []


def test_a_letter_says_the_same_however_often_it_is_tried(bench: Bench, knows: Knows) -> None:
    bench.receive(mail_bytes())
    bench.run()
    contact = next(one for one in bench.rows(Interaction) if one.purpose is Purpose.CONTACT)

    knows("tracking")
    again = self_service.help_with(
        contact.customer_id, contact.id, contact.case_id, through=AskedThrough.LETTER, most=3
    )

    assert again and [shown.slug for shown in again.articles] == ["late-parcels", "tracking"]
    assert again.solved_url.endswith(token_in(bench))


def test_an_article_that_was_retired_meanwhile_is_not_shown(bench: Bench, knows: Knows) -> None:
    knows("gone")
    bench.receive(mail_bytes())
    bench.run()

    assert "solved" not in text_of(bench.sent[0])


def test_a_company_may_switch_articles_in_letters_off(
    bench: Bench, knows: Knows, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = replace(self_service.policy(), knowledge=replace(self_service.policy().knowledge, answers_in_letters=0))
    monkeypatch.setattr("chalicelib.cases.mailroom.policy", lambda: off)
    bench.receive(mail_bytes())
    bench.run()

    assert "solved" not in text_of(bench.sent[0])
    assert bench.rows(Question) == []


# ── What she says to it ───────────────────────────────────────────────────────────────────────────


@pytest.fixture
def token(bench: Bench, knows: Knows) -> str:
    case = make_case(version=None, promise=make_promise(made_at=clock.now(), due_at=clock.now() + timedelta(days=1)))
    asked = Question(
        id=helping.question_id(ids.new_ulid(clock.now())),
        asked_at=clock.now(),
        text="Where is my order?",
        through=AskedThrough.LETTER,
        customer_id=case.customer_id,
        case_id=case.id,
        shown=("late-parcels", "tracking"),
        answered=True,
    )
    commit(Decision((make_customer(version=None, open_cases={case.id: ""}), case, asked)))
    return self_service.shown_to(asked).solved_url.rpartition("/")[2]


def test_opening_a_link_changes_nothing(bench: Bench, token: str) -> None:
    before = only(bench, Case), only(bench, Question)

    about = self_service.look_up(token)

    assert about.outcome is None and about.subject == "Where is my order?"
    assert [shown.title for shown in about.articles] == ["Late parcels", "Tracking"]
    assert (only(bench, Case), only(bench, Question)) == before


def test_this_solved_it_solves_question_and_case_once(bench: Bench, token: str) -> None:
    first, again = self_service.solved_by_answer(token, "tracking"), self_service.solved_by_answer(token, "tracking")

    question = only(bench, Question)
    assert (first.outcome, again.outcome) == (Outcome.SOLVED, Outcome.SOLVED)
    assert only(bench, Case).status is CaseStatus.SOLVED
    assert (question.state, question.solved_by) == (QuestionState.SOLVED, "tracking")


def test_who_said_that_it_is_solved_may_still_write_and_it_is_open_again(bench: Bench, knows: Knows) -> None:
    bench.receive(mail_bytes())
    bench.run()
    self_service.solved_by_answer(token_in(bench))
    bench.receive(mail_bytes("It is not, after all.", to=str(bench.sent[0]["Reply-To"])))
    bench.run()

    assert only(bench, Case).status is CaseStatus.OPEN


def counted() -> list[tuple[str, str, str]]:
    """Requests by fate, way and channel: each one once."""
    cells = cells_of(tallies.sums((deflection.COUNTER, f"{clock.now():%Y-%m}")))
    return [(cell.fate, cell.through, cell.channel) for cell in cells for _ in range(cell.requests)]


def test_a_mail_counts_as_served_by_articles_until_she_needs_a_person_after_all(bench: Bench, knows: Knows) -> None:
    bench.receive(mail_bytes())
    bench.run()
    assert counted() == [("person", "letter", "email")]
    for _ in range(2):
        self_service.solved_by_answer(token_in(bench))
    assert counted() == [("served", "letter", "email")]

    bench.receive(mail_bytes("It is not, after all.", to=str(bench.sent[0]["Reply-To"])))
    bench.run()

    assert counted() == [("person", "letter", "email")]


def test_i_still_need_you_says_by_when_a_person_answers(bench: Bench, token: str) -> None:
    told = self_service.still_needed(token)

    question, case = only(bench, Question), only(bench, Case)
    assert (told.outcome, told.answer_by) == (Outcome.PERSON, case.promise.due_at)
    assert told.case_number == ids.case_number(case.id)
    assert (question.state, question.case_id) == (QuestionState.PERSON, case.id)


def test_i_still_need_you_takes_this_solved_it_back(bench: Bench, token: str) -> None:
    self_service.solved_by_answer(token)
    self_service.still_needed(token)

    assert only(bench, Case).status is CaseStatus.OPEN
    assert only(bench, Question).state is QuestionState.PERSON


def test_a_link_of_last_month_is_too_old(bench: Bench, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with far_from_now(monkeypatch, timedelta(days=31)):
        told = [self_service.look_up(token), self_service.solved_by_answer(token), self_service.still_needed(token)]

    assert {about.outcome for about in told} == {Outcome.EXPIRED}
    assert only(bench, Case).status.is_open


def forged(bench: Bench, **fields: str) -> str:
    """A link we did make, for something of somebody else's."""
    question = only(bench, Question)
    link = QuestionLink(
        customer_id=fields.get("customer_id", question.customer_id),
        question_id=fields.get("question_id", question.id),
        case_id=question.case_id,
        until=clock.now() + timedelta(days=1),
    )
    return question_token(link, signing_keys())


def test_a_link_serves_its_own_question_only(bench: Bench, token: str) -> None:
    erased = forged(bench, question_id=ids.new_ulid(clock.now()))
    others = forged(bench, customer_id=ids.new_ulid(clock.now()))

    for told in ("nonsense", f"{token}x", erased, others):
        assert self_service.solved_by_answer(told).outcome is Outcome.GONE
        assert self_service.still_needed(told).outcome is Outcome.GONE
    assert only(bench, Case).status is CaseStatus.NEW


# ── At once, by the API ───────────────────────────────────────────────────────────────────────────


def ask(desk: Caller, key: str = "r1", **more: Any) -> dict[str, Any]:
    asked = {"customer": {"email": "maria@example.com"}, "channel": "web", "text": "Where is my parcel?", **more}
    return desk.post("/v1/requests", asked, Idempotency_Key=key).json


def test_a_form_is_told_articles_at_once_and_the_letter_shows_the_same(bench: Bench, knows: Knows) -> None:
    told = ask(caller(), answers=1)
    bench.run()

    (answer,) = told["answers"]
    assert (answer["slug"], answer["title"]) == ("late-parcels", "Late parcels")
    assert told["solved_url"] in text_of(bench.sent[0]) and told["person_url"] in text_of(bench.sent[0])
    assert only(bench, Question).through is AskedThrough.API


def test_the_same_request_again_is_told_the_same(bench: Bench, knows: Knows) -> None:
    desk = caller()
    first = ask(desk, answers=2)
    knows("tracking")
    again = ask(desk, answers=2)

    assert again["duplicate"] and again["answers"] == first["answers"]
    assert len(bench.rows(Question)) == 1


def test_who_asks_for_no_articles_is_told_none(bench: Bench, knows: Knows) -> None:
    assert ask(caller())["answers"] == []
    assert bench.rows(Question) == []


CHAT = {"customer": {"chat": "maria"}, "channel": "chat", "direction": "in", "text": "My parcel?", "agent": "widget"}


def test_a_chat_shows_articles_first_and_a_person_comes_after_where_the_map_says_so(
    bench: Bench, knows: Knows, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = {"channels": ["chat"], "tiers": ["standard"], "handling": "self_service_first", "after_minutes": 3}
    monkeypatch.setenv("TOUCHPOINTS", json.dumps({"entries": [entry]}))
    forget_caches()
    desk = caller()
    told = desk.post("/v1/interactions", {**CHAT, "answers": 2}, Idempotency_Key="c1").json
    knows()
    other = {**CHAT, "customer": {"chat": "bob"}, "answers": 2}
    desk.post("/v1/interactions", other, Idempotency_Key="c2")

    cases = {case.id: case.routing for case in bench.rows(Case)}
    helped = cases.pop(told["case_id"])
    (alone,) = cases.values()
    assert len(told["answers"]) == 2
    assert timedelta(minutes=2) < helped.order_at - helped.since < timedelta(minutes=4)
    assert not alone.deferred


def test_nobody_reads_articles_on_the_phone(bench: Bench, knows: Knows) -> None:
    call = {**CHAT, "customer": {"phone": "+49301234567"}, "channel": "phone", "answers": 1}

    assert caller().post("/v1/interactions", call).status == 422


# ── What she asked before ─────────────────────────────────────────────────────────────────────────


def visitors(*texts: str, **fields: Any) -> None:
    now = clock.now()
    for place, text in enumerate(texts):
        at = now - timedelta(minutes=10 - place)
        asked = Question(
            id=ids.new_ulid(at), asked_at=at, text=text, through=AskedThrough.HELP_CENTRE, visitor_id=VISITOR, **fields
        )
        commit(Decision((asked,)))


def test_what_a_visitor_asked_comes_with_her_when_she_turns_to_a_person(bench: Bench, knows: Knows) -> None:
    visitors("late parcel", "how long does it take")
    told = ask(caller(), visitor_id=VISITOR)
    for _ in range(2):  # the message may come twice
        self_service.bring_questions(told["customer_id"], told["case_id"], told["interaction_id"], VISITOR, proven=True)

    moved = sorted(bench.rows(Question), key=lambda question: question.id)
    assert [one.text for one in moved] == ["late parcel", "how long does it take"]
    assert {(one.customer_id, one.case_id, one.state) for one in moved} == {
        (told["customer_id"], told["case_id"], QuestionState.PERSON)
    }
    (note,) = [one for one in bench.rows(Interaction) if one.purpose is Purpose.NOTE]
    assert note.preview.splitlines()[1:] == ["- “late parcel”: no answer", "- “how long does it take”: no answer"]


def test_whoever_only_says_who_she_is_brings_them_to_the_case_and_not_to_that_customer(
    bench: Bench, knows: Knows
) -> None:
    visitors("late parcel")
    told = ask(caller())
    for _ in range(2):
        self_service.bring_questions(
            told["customer_id"], told["case_id"], told["interaction_id"], VISITOR, proven=False
        )

    asked = only(bench, Question)
    assert (asked.customer_id, asked.visitor_id, asked.case_id) == ("", VISITOR, told["case_id"])
    assert len([one for one in bench.rows(Interaction) if one.purpose is Purpose.NOTE]) == 1


def test_however_many_she_asked_all_become_hers_and_her_case_shows_the_newest(bench: Bench, knows: Knows) -> None:
    visitors(*(f"question {n}" for n in range(helping.MOST_ASKED_BEFORE + 3)), read=("tracking",))
    desk = caller()
    told = ask(desk, visitor_id=VISITOR)
    bench.run()

    hers = [one for one in bench.rows(Question) if one.through is AskedThrough.HELP_CENTRE]
    before = desk.get(f"/v1/cases/{told['case_id']}").json["asked_before"]
    assert len(hers) == helping.MOST_ASKED_BEFORE + 3
    assert {one.customer_id for one in hers} == {told["customer_id"]}
    assert (before[0]["text"], before[1]["read"]) == ("question 22", ["tracking"])


# ── For agents ────────────────────────────────────────────────────────────────────────────────────


def test_an_agent_sees_what_may_answer_and_one_call_sends_it(bench: Bench, knows: Knows) -> None:
    desk = caller()
    case_id = ask(desk)["case_id"]
    knows("late-parcels", "carriers", answered=False)

    found = desk.get(f"/v1/cases/{case_id}/suggestions").json
    late, carriers = found["items"]
    sent = desk.post(f"/v1/cases/{case_id}/replies", late["insert"]["body"], Idempotency_Key="s1")

    assert (found["text"], found["answered"]) == ("Where is my parcel?", False)
    assert (late["slug"], late["confidence"], late["sent"]) == ("late-parcels", 20, False)
    assert (carriers["for_agents_only"], carriers["insert"]) == (True, None)
    assert sent.status == 202
    assert desk.get(f"/v1/cases/{case_id}/suggestions").json["items"][0]["sent"]


def test_an_agent_on_the_phone_types_what_she_hears(bench: Bench, knows: Knows) -> None:
    desk = caller()
    case_id = ask(desk)["case_id"]

    free = desk.get("/v1/suggestions?text=parcel").json
    about = desk.get(f"/v1/suggestions?text=parcel&case_id={case_id}").json

    assert [one["insert"] for one in free["items"]] == [None, None]
    assert about["items"][0]["insert"]["body"]["articles"] == ["late-parcels"]
    assert about["text"] == "parcel"


def test_an_article_an_agent_sends_is_found_by_her_words_from_then_on(bench: Bench, knows: Knows) -> None:
    knows(answered=False)
    bench.receive(mail_bytes("My parcel 4711-0815 has not come.", subject="Late", sender="Ann <ann@example.org>"))
    bench.run()
    desk, case_id = caller(), only(bench, Case).id
    reply = {"text": "Look:", "then": "wait", "author": "Tom", "articles": ["tracking"]}
    desk.post(f"/v1/cases/{case_id}/replies", reply, Idempotency_Key="t1")
    bench.run()
    answer = next(one for one in bench.rows(Interaction) if one.purpose is Purpose.REPLY)
    self_service.teach(answer.customer_id, answer.id)

    learned, question = only(bench, LearnedQuestion), only(bench, Question)
    assert (learned.article_id, learned.times) == ("tracking", 1)
    assert "parcel" in learned.text and "4711" not in learned.text
    assert (question.solved_by, question.state) == ("tracking", QuestionState.PERSON)
