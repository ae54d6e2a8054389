"""What becomes of a question, and what it teaches."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.kernel.decision import Gone, Tally
from chalicelib.knowledge import questions
from chalicelib.model.interaction import Receipt
from chalicelib.model.question import AskedThrough, LearnedQuestion, Question, QuestionState
from chalicelib.search.documents import Found, Hit

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
FOUND = Found(
    hits=tuple(Hit(id=slug, language="en", title=slug, score=1.0, confidence=0.8) for slug in ("tracking", "returns")),
    confidence=0.8,
    answered=True,
)
WORDS = "where is my parcel"


def asked(text: str = "Where is my parcel?", found: Found = FOUND, at: datetime = NOON, **more: Any) -> Question:
    told: dict[str, Any] = {
        "through": AskedThrough.HELP_CENTRE,
        "language": "en",
        "customer": None,
        "visitor_id": "01V",
        "held_out": False,
        "topic": "",
        "case_id": "",
    }
    return questions.asked(text, found, now=at, **{**told, **more})


def learned(times: int) -> LearnedQuestion:
    return LearnedQuestion(article_id="tracking", text=WORDS, language="en", times=times, last_at=NOON, version=times)


def lesson_of(changes: tuple[object, ...]) -> LearnedQuestion | None:
    return next((each for each in changes if isinstance(each, LearnedQuestion)), None)


def test_a_question_keeps_what_was_shown_and_how_sure_it_was() -> None:
    question = asked()

    assert (question.shown, question.confidence, question.answered) == (("tracking", "returns"), 80, True)
    assert (question.visitor_id, question.state) == ("01V", QuestionState.ASKED)


def test_the_same_words_within_minutes_are_the_same_question() -> None:
    same = asked(" where is  MY parcel?", at=NOON + timedelta(minutes=4))

    assert same.id == asked().id
    assert asked(at=NOON + timedelta(minutes=6)).id != same.id
    assert asked(visitor_id="02V").id != same.id
    assert asked("Where is my invoice?").id != same.id


def test_one_held_out_had_an_answer_and_was_shown_none() -> None:
    assert asked(held_out=True).shown == ()
    assert asked(held_out=True).held_out
    assert not asked(found=replace(FOUND, answered=False), held_out=True).held_out


def test_an_answered_question_is_demand_for_its_answer() -> None:
    (tally,) = questions.demand(asked(), "tracking", 1)

    assert list(tally.amounts) == ["tracking"]
    assert questions.demand(asked(found=replace(FOUND, answered=False)), "tracking", 1) == ()


def test_reading_counts_once_and_the_best_answer_was_counted_when_it_was_asked() -> None:
    first, second = questions.read(asked(), "tracking"), questions.read(asked(), "returns")
    (known,) = first.changes

    assert isinstance(known, Question)
    assert known.read == ("tracking",)
    assert any(isinstance(each, Tally) for each in second.changes)
    assert not questions.read(known, "tracking").changes


def test_what_solved_a_question_learns_its_words() -> None:
    decision = questions.solved(asked(), "tracking", WORDS, None, None, NOON)

    lesson = lesson_of(decision.changes)
    assert lesson is not None
    assert (lesson.article_id, lesson.text, lesson.times) == ("tracking", WORDS, 1)
    assert decision.messages


def test_said_twice_it_counts_once() -> None:
    question = replace(asked(), state=QuestionState.SOLVED, solved_by="tracking")

    assert not questions.solved(question, "tracking", WORDS, learned(1), None, NOON).changes


def test_one_asker_teaches_an_article_a_question_once() -> None:
    receipt = Receipt(key=questions.receipt_key(asked(), "tracking", WORDS), at=NOON)

    decision = questions.solved(asked(), "tracking", WORDS, learned(1), receipt, NOON)

    assert lesson_of(decision.changes) is None
    assert decision.changes


def test_a_question_that_says_nothing_is_solved_and_not_learned() -> None:
    assert lesson_of(questions.solved(asked(), "tracking", "", None, None, NOON).changes) is None


@pytest.mark.parametrize(("times", "news"), [(1, True), (2, False), (3, True), (4, False), (7, True)])
def test_the_index_hears_of_a_known_question_at_each_doubling(times: int, news: bool) -> None:
    assert bool(questions.solved(asked(), "tracking", WORDS, learned(times), None, NOON).messages) is news


def test_of_what_very_many_ask_a_sample_counts_for_all() -> None:
    often = [asked(visitor_id=f"{n}") for n in range(320)]

    lessons = [lesson_of(questions.solved(each, "tracking", WORDS, learned(100), None, NOON).changes) for each in often]

    counted = sum(lesson.times - 100 for lesson in lessons if lesson)
    assert counted == pytest.approx(320, rel=0.4)


def test_what_was_missing_is_kept_and_the_last_word_counts() -> None:
    solved = replace(asked(), state=QuestionState.SOLVED, solved_by="tracking")

    (changed,) = questions.unsolved(solved, " The price. ").changes

    assert isinstance(changed, Question)
    assert (changed.state, changed.missing, changed.solved_by) == (QuestionState.UNSOLVED, "The price.", "")
    assert not questions.unsolved(changed, "").changes


def test_who_turned_to_a_person_is_known_by_the_case() -> None:
    (changed,) = questions.person(asked(), "7k3m").changes

    assert isinstance(changed, Question)
    assert (changed.state, changed.case_id, changed.open_gap) == (QuestionState.PERSON, "7k3m", True)
    assert not questions.person(changed, "7k3m").changes


def doubt(question: Question, lesson: LearnedQuestion | None, receipt: Receipt | None = None) -> tuple[object, ...]:
    decision = questions.unsolved(question, "")
    return questions.doubted(decision, question, "tracking", WORDS, lesson, receipt, NOON).changes


def test_words_that_led_astray_are_forgotten_by_as_many_as_taught_them() -> None:
    question = asked()
    receipt = Receipt(key=questions.doubt_key(question, "tracking", WORDS), at=NOON)

    once = lesson_of(doubt(question, learned(2)))

    assert once is not None
    assert once.times == 1
    assert Gone(learned(1)) in doubt(question, learned(1))
    assert lesson_of(doubt(question, learned(2), receipt)) is None, "one asker doubts it once"
    assert lesson_of(doubt(question, None)) is None


def test_what_did_not_help_is_what_she_said_had_solved_it_or_read_last_or_was_shown_first() -> None:
    shown = asked()
    read = replace(shown, read=("returns",))

    assert [questions.led_to(each) for each in (shown, read, replace(read, solved_by="mugs"))] == [
        "tracking",
        "returns",
        "mugs",
    ]
