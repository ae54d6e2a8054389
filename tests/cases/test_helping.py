"""Articles before a person: when they are sent, which, and what she says to them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import helping
from chalicelib.cases.helping import Outcome
from chalicelib.kernel import ids
from chalicelib.knowledge.readers import still_readable
from chalicelib.model.article import Article, ArticleText, Audience
from chalicelib.model.case import Case, CaseStatus, Lease, PromiseState, Scheduled
from chalicelib.model.case_field import CaseField
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Direction, Interaction, Purpose
from chalicelib.model.mood import Mood, MoodLevel
from chalicelib.model.question import AskedThrough, Question, QuestionState
from chalicelib.model.touchpoint import read_touchpoints
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import Handling
from chalicelib.search.documents import Found, Hit
from tests.factories import (
    ANNS_ID,
    CASE_ID,
    NOON,
    make_case,
    make_customer,
    make_interaction,
    make_policy,
    make_promise,
    make_routing,
)

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def hit(slug: str, confidence: float) -> Hit:
    return Hit(id=slug, language="en", title=slug, score=confidence, confidence=confidence)


FOUND = Found(hits=(hit("late-parcels", 0.9), hit("tracking", 0.5), hit("returns", 0.2)), confidence=0.9, answered=True)
UNSURE = Found(hits=(hit("late-parcels", 0.3),), confidence=0.3, answered=False)


def question(**fields: Any) -> Question:
    return Question(
        **{
            "id": ids.derived_ulid(NOON, "question"),
            "asked_at": NOON,
            "text": "Where is my order?",
            "through": AskedThrough.LETTER,
            "customer_id": ANNS_ID,
            "case_id": CASE_ID,
            "shown": ("late-parcels", "tracking"),
            "answered": True,
            "version": 1,
            **fields,
        }
    )


def self_service_first(minutes: int = 30) -> Any:
    entry = f'{{"entries": [{{"handling": "self_service_first", "after_minutes": {minutes}}}]}}'
    policy = make_policy()
    return make_policy(touchpoints=read_touchpoints(entry, policy.tiers, ("email",), "UTC"))


def case_of(said: helping.Said) -> Case:
    return next(change for change in said.decision.changes if isinstance(change, Case))


def events(said: helping.Said) -> list[EventKind]:
    return [change.what for change in said.decision.changes if isinstance(change, Event)]


# ── What she asked ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("subject", "text", "words"),
    [
        ("Where is my order?", "My order has not arrived.", "Where is my order?\nMy order has not arrived."),
        ("Re: Fwd: Parcel", "Hello Tom,\n\nit is late.", "Parcel\nit is late."),
        ("refund", "Refund please, it broke.", "Refund please, it broke."),
        ("", "你好，\n如何退货？", "如何退货？"),
        ("", "Hi there! Where is it?", "Where is it?"),
        ("", "Hilda has not got her parcel.", "Hilda has not got her parcel."),
    ],
)
def test_it_is_asked_with_her_subject_and_her_own_words(subject: str, text: str, words: str) -> None:
    assert helping.words_of(make_interaction(subject=subject, preview=text)) == words


def test_a_long_mail_is_asked_by_its_beginning() -> None:
    assert len(helping.words_of(make_interaction(preview="very long " * 100))) == 500


# ── May articles answer first? ────────────────────────────────────────────────────────────────────

ANGRY = Mood(level=MoodLevel.ANGRY, score=-90, by="own")
LEAVING = Mood(level=MoodLevel.CALM, score=0, leaving=((0, 4),), by="own")


@pytest.mark.parametrize(
    ("contact", "case", "customer", "why"),
    [
        ({}, {}, {}, ""),
        ({}, {"urgency": Urgency.HIGH}, {}, ""),
        ({}, {"urgency": Urgency.URGENT}, {}, "it is urgent"),
        ({}, {}, {"recovery": "01R"}, "we let her down, and that is open"),
        ({}, {"recovery": "01R"}, {}, "we let her down, and that is open"),
        ({"mood": ANGRY}, {}, {}, "she is angry"),
        ({}, {"mood": ANGRY}, {}, "she is angry"),
        ({"mood": LEAVING}, {}, {}, "she speaks of leaving"),
        ({"machine": "auto-submitted"}, {}, {}, "not a person's contact"),
        ({"direction": Direction.OUT}, {}, {}, "not a person's contact"),
        ({}, {"status": CaseStatus.WAITING}, {}, "it was answered or closed meanwhile"),
        ({}, {"merged_into": "another"}, {}, "it was answered or closed meanwhile"),
        ({}, {"lease": Lease(holder="Tom", name="Tom", until=NOON + MINUTE)}, {}, "a colleague works on it"),
    ],
)
def test_who_needs_a_person_is_not_sent_articles(contact: Any, case: Any, customer: Any, why: str) -> None:
    said = helping.objection(make_interaction(**contact), make_case(**case), make_customer(**customer), NOON)

    assert said == why


def asked(found: Found, **more: Any) -> Question:
    told = {"words": "Where?", "through": AskedThrough.LETTER, "language": "en", "most": 3, "held_out": False, **more}
    return helping.asked(make_interaction(), make_case(topic="delivery"), make_customer(), found, **told)


def test_likely_answers_are_shown_and_what_is_far_less_likely_is_not() -> None:
    told = asked(FOUND)

    assert told.shown == ("late-parcels", "tracking")
    assert (told.answered, told.confidence, told.state, told.case_id) == (True, 90, QuestionState.ASKED, CASE_ID)


def test_no_more_are_shown_than_the_company_wants() -> None:
    assert asked(FOUND, most=1).shown == ("late-parcels",)


def test_without_a_likely_answer_nothing_is_shown_and_a_person_answers() -> None:
    told = asked(UNSURE)

    assert (told.shown, told.answered, told.state) == ((), False, QuestionState.PERSON)
    assert told.open_gap


def test_who_is_held_out_has_an_answer_and_is_shown_none() -> None:
    told = asked(FOUND, held_out=True)

    assert (told.shown, told.answered, told.held_out) == ((), True, True)


def test_where_there_is_no_answer_nobody_is_held_out() -> None:
    assert not asked(UNSURE, held_out=True).held_out


def an_article(slug: str, **fields: Any) -> Article:
    return Article(id=slug, texts={"en": ArticleText("Late", "So.")}, updated_at=NOON, updated_by="Tom", **fields)


@pytest.mark.parametrize(
    ("there", "shown"),
    [
        ([an_article("late-parcels"), an_article("tracking")], ("late-parcels", "tracking")),
        ([an_article("late-parcels")], ("late-parcels",)),
        ([an_article("late-parcels"), an_article("tracking", audience=Audience.AGENTS)], ("late-parcels",)),
        ([an_article("tracking")], ()),
    ],
    ids=["all", "one is gone", "one is for agents by now", "the answer is gone"],
)
def test_what_she_may_not_read_any_more_is_not_shown_whatever_the_index_says(there: Any, shown: Any) -> None:
    readable = still_readable(FOUND, {each.id: each for each in there}, frozenset({"public"}))

    assert asked(readable).shown == shown


def test_a_contact_asked_about_twice_is_one_question() -> None:
    assert asked(FOUND).id == asked(UNSURE, through=AskedThrough.API).id


def test_she_who_was_shown_articles_waits_for_a_person_where_the_map_says_so() -> None:
    policy, waiting = self_service_first(), make_routing(handling=Handling.SELF_SERVICE_FIRST)
    case = make_case(queue="support", routing=waiting)

    helped = helping.shown(case, question(), NOON, policy)
    alone = helping.shown(case, question(shown=()), NOON, policy)

    assert helped.routing and helped.routing.order_at == NOON + 30 * MINUTE
    assert alone == case


# ── What she says to it ───────────────────────────────────────────────────────────────────────────


def solved(case: Case | None, customer: Customer | None = None, **more: Any) -> helping.Said:
    customer = customer or make_customer(open_cases={CASE_ID: ""})
    return helping.solved(case, customer, question(), "late-parcels", NOON, make_policy(**more))


def test_her_word_solves_her_case() -> None:
    said = solved(make_case(routing=make_routing(last_agent="tom")))

    case = case_of(said)
    customer = next(change for change in said.decision.changes if isinstance(change, Customer))
    assert said.outcome is Outcome.SOLVED
    assert (case.status, case.solved_at, case.waits) == (CaseStatus.SOLVED, NOON, False)
    assert customer.open_cases == {}
    assert said.decision.by == "customer"


def test_her_timeline_says_that_she_solved_it_and_by_what() -> None:
    said = solved(make_case())

    (told,) = (change for change in said.decision.changes if isinstance(change, Event))
    assert told.what is EventKind.CASE_SOLVED
    assert told.detail == {"by": "customer", "reason": "the article late-parcels answered it, she says"}


def test_an_article_keeps_no_promise_of_an_answer() -> None:
    case = case_of(solved(make_case()))

    assert case.promise and case.promise.state is PromiseState.OPEN and case.promise.paused_at == NOON


def test_no_field_of_ours_is_asked_of_her() -> None:
    required = CaseField(name="root_cause", type="text", required_to_solve=True)

    assert solved(make_case(), case_fields=(required,)).outcome is Outcome.SOLVED


def test_said_twice_it_changes_nothing_the_second_time() -> None:
    again = solved(case_of(solved(make_case())))

    assert (again.outcome, again.decision.changes) == (Outcome.SOLVED, ())


@pytest.mark.parametrize(
    "meanwhile",
    [
        {"scheduled": (Scheduled(id="01A", at=NOON + DAY, only_if_silent=False),)},
        {"lease": Lease(holder="Tom", name="Tom", until=NOON + MINUTE)},
        {"id": ids.derived_case_id("the survivor")},
    ],
    ids=["an answer waits", "an agent writes one", "it was merged"],
)
def test_what_an_agent_is_about_to_say_is_not_lost_somebody_looks(meanwhile: Any) -> None:
    said = solved(make_case(**meanwhile))

    case = case_of(said)
    assert said.outcome is Outcome.NOTED
    assert case.status is CaseStatus.NEW and case.scheduled == meanwhile.get("scheduled", ())
    assert "late-parcels" in case.attention


def test_a_case_an_agent_answered_meanwhile_is_solved_and_her_promise_stays_kept() -> None:
    answered = make_promise(state=PromiseState.KEPT, kept_at=NOON - MINUTE)

    case = case_of(solved(make_case(status=CaseStatus.WAITING, promise=answered, waiting_until=NOON + DAY)))

    assert case.status is CaseStatus.SOLVED and case.promise == answered


@pytest.mark.parametrize(
    ("case", "outcome"),
    [(None, Outcome.GONE), (make_case(status=CaseStatus.CLOSED), Outcome.CLOSED)],
    ids=["erased", "closed"],
)
def test_what_is_gone_or_closed_stays_so(case: Case | None, outcome: Outcome) -> None:
    for said in (solved(case), helping.still_needed(case, make_customer(), NOON, make_policy())):
        assert (said.outcome, said.decision.changes) == (outcome, ())


def test_who_still_needs_a_person_gets_her_place_in_line_at_once() -> None:
    policy = self_service_first()
    case = make_case(queue="support", routing=make_routing(handling=Handling.SELF_SERVICE_FIRST))
    helped = helping.shown(case, question(), NOON, policy)

    said = helping.still_needed(helped, make_customer(), NOON + MINUTE, policy)

    routing = case_of(said).routing
    assert routing and case.routing and not routing.deferred
    assert routing.order_at <= case.routing.order_at


def test_a_case_that_goes_on_anyway_is_left_alone() -> None:
    said = helping.still_needed(
        make_case(queue="support", routing=make_routing()), make_customer(), NOON, make_policy()
    )

    assert (said.outcome, said.decision.changes) == (Outcome.PERSON, ())


@pytest.mark.parametrize("status", [CaseStatus.SOLVED, CaseStatus.WAITING])
def test_a_case_that_rested_is_ours_again_with_a_new_promise(status: CaseStatus) -> None:
    kept = make_promise(state=PromiseState.KEPT, kept_at=NOON - DAY)
    case = make_case(status=status, promise=kept, solved_at=NOON - DAY if status is CaseStatus.SOLVED else None)

    said = helping.still_needed(case, make_customer(), NOON, make_policy())

    again = case_of(said)
    assert again.status is CaseStatus.OPEN and again.waits and again.solved_at is None
    assert again.promise and again.promise.made_at == NOON
    assert again.attention == helping.NOT_BY_ARTICLES
    assert events(said) == ([EventKind.CASE_REOPENED] if status is CaseStatus.SOLVED else [])


def test_a_solved_case_that_goes_on_is_among_her_open_ones_again() -> None:
    case = make_case(status=CaseStatus.SOLVED, solved_at=NOON - DAY)

    said = helping.still_needed(case, make_customer(), NOON, make_policy())

    (customer,) = (change for change in said.decision.changes if isinstance(change, Customer))
    assert CASE_ID in customer.open_cases


def test_what_was_solved_long_ago_is_closed_for_her() -> None:
    case = make_case(status=CaseStatus.SOLVED, solved_at=NOON - 31 * DAY)

    assert helping.still_needed(case, make_customer(), NOON, make_policy()).outcome is Outcome.CLOSED


@pytest.mark.parametrize(
    ("named", "read", "slug"),
    [
        ("tracking", (), "tracking"),
        ("", ("tracking",), "tracking"),
        ("", (), "late-parcels"),
        ("somebody-elses", (), "late-parcels"),
        ("", ("tracking", "late-parcels"), "late-parcels"),
    ],
)
def test_what_solved_it_is_what_she_names_or_read_or_was_shown_first(named: str, read: Any, slug: str) -> None:
    assert helping.solved_by(question(read=read), named) == slug


# ── What an agent's answer teaches ────────────────────────────────────────────────────────────────

ANSWER = make_interaction(
    id=ids.derived_ulid(NOON + MINUTE, "answer"),
    at=NOON + MINUTE,
    direction=Direction.OUT,
    purpose=Purpose.REPLY,
    articles=("tracking", "returns"),
)


def taught(known: Question | None, answer: Interaction = ANSWER) -> Question | None:
    return helping.taught(answer, make_interaction(), known, make_case(topic="delivery"), make_customer(), "en")


def test_an_article_an_agent_inserted_is_what_answered_the_question_of_that_contact() -> None:
    unanswered = question(shown=(), answered=False, state=QuestionState.PERSON)

    told = taught(unanswered)

    assert told == replace(unanswered, solved_by="tracking")


def test_what_nobody_asked_the_knowledge_base_is_learned_from_too() -> None:
    told = taught(None)

    assert told and (told.through, told.text) == (
        AskedThrough.AGENT,
        "Where is my order?\nMy order has not arrived.",
    )
    assert (told.solved_by, told.state, told.case_id) == ("tracking", QuestionState.PERSON, CASE_ID)


def test_the_first_answer_with_an_article_teaches_and_the_next_does_not() -> None:
    assert taught(taught(None)) is None
    assert taught(None, replace(ANSWER, articles=())) is None


# ── For agents ────────────────────────────────────────────────────────────────────────────────────


def test_suggestions_follow_her_newest_words_on_whatever_channel() -> None:
    mail, note = make_interaction(), make_interaction(purpose=Purpose.NOTE, direction=Direction.INTERNAL)
    call = make_interaction(channel="phone", author="Tom", preview="She asks for her refund.")
    ours = make_interaction(direction=Direction.OUT, purpose=Purpose.REPLY)

    assert helping.newest_words([ours, note, call, mail]) == call
    assert helping.newest_words([ours, note]) is None


def test_articles_an_answer_inserted_are_known_to_be_sent() -> None:
    ours = make_interaction(direction=Direction.OUT, purpose=Purpose.REPLY, articles=("tracking",))

    assert helping.sent_before([ours, replace(ours, articles=())]) == {"tracking"}
