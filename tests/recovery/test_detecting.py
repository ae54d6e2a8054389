"""What counts as having gone wrong, question by question."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.model.case import CaseStatus, PromiseKind
from chalicelib.model.interaction import Direction
from chalicelib.model.mood import Mood, MoodLevel
from chalicelib.model.recovery import Asked, Cause, RecoveryPolicy
from chalicelib.recovery import detecting
from chalicelib.recovery.detecting import Happening
from tests.factories import CASE_ID, NOON, make_case, make_customer, make_interaction

POLICY = RecoveryPolicy()


def mood(level: MoodLevel = MoodLevel.CALM, **more: Any) -> Mood:
    return Mood(level=level, score=0, by="Liana", **more)


def causes(**happened: Any) -> list[Cause]:
    happening = Happening(**{"at": NOON, "entry_id": "E", "case": make_case(), **happened})
    return [caused.cause for caused in detecting.causes_in(happening, POLICY)]


def asked(ago: timedelta, case_id: str = CASE_ID, channel: str = "email") -> Asked:
    return Asked(at=NOON - ago, channel=channel, case_id=case_id)


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def test_angry_words_are_a_cause_and_annoyed_ones_are_none() -> None:
    assert causes(contact=make_interaction(mood=mood(MoodLevel.ANGRY))) == [Cause.ANGRY]
    assert causes(contact=make_interaction(mood=mood(MoodLevel.ANNOYED))) == []


def test_speaking_of_leaving_is_a_cause_however_calmly() -> None:
    assert causes(contact=make_interaction(mood=mood(leaving=((0, 5),)))) == [Cause.LEAVING]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (asked(2 * DAY, "another"), [Cause.REPEATED]),  # the same in another case
        (asked(8 * DAY, "another"), []),  # long ago
        (asked(HOUR), []),  # a second mail an hour later adds something
        (asked(13 * HOUR), [Cause.REPEATED]),  # nobody answered since yesterday
        (asked(HOUR, channel="phone"), [Cause.REPEATED]),  # first she rang, now she writes
        (None, []),
    ],
)
def test_asking_the_same_again_is_a_cause(before: Asked | None, expected: list[Cause]) -> None:
    assert causes(contact=make_interaction(), before=make_case(), asked=before) == expected


def test_talking_on_after_an_answer_is_no_repetition() -> None:
    waiting = make_case(status=CaseStatus.WAITING)

    assert causes(contact=make_interaction(), before=waiting, asked=asked(DAY)) == []


def test_a_solved_case_that_opens_again_is_a_cause() -> None:
    solved = make_case(status=CaseStatus.SOLVED, solved_at=NOON - DAY)

    assert causes(contact=make_interaction(), before=solved) == [Cause.REOPENED]


def test_a_thank_you_after_the_solution_is_none() -> None:
    solved = make_case(status=CaseStatus.SOLVED, solved_at=NOON - DAY)

    assert causes(contact=make_interaction(mood=mood(thanks=True)), before=solved) == []


def test_a_broken_promise_is_a_cause() -> None:
    assert causes(broken=PromiseKind.SOLUTION) == [Cause.BROKEN_PROMISE]


@pytest.mark.parametrize(("score", "expected"), [(1, [Cause.LOW_RATING]), (2, [Cause.LOW_RATING]), (3, []), (0, [])])
def test_a_low_rating_is_a_cause(score: int, expected: list[Cause]) -> None:
    assert causes(score=score) == expected


@pytest.mark.parametrize("what", [{"machine": "auto-reply"}, {"direction": Direction.OUT}])
def test_machines_and_our_own_words_cause_nothing(what: dict[str, Any]) -> None:
    assert causes(contact=make_interaction(mood=mood(MoodLevel.ANGRY), **what)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"topic": "Billing"}, {"topic": "billing "}, True),
        ({"subject": "Where is my order?"}, {"subject": "RE: where is my order"}, True),
        ({"subject": "回复：我的订单呢"}, {"subject": "我的订单呢？"}, True),
        ({"subject": "Where is my order?"}, {"subject": "Where is my refund?"}, False),
    ],
)
def test_topics_are_compared_by_name_or_by_subject(one: Any, other: Any, same: bool) -> None:
    assert (detecting.topic_of(make_case(**one)) == detecting.topic_of(make_case(**other))) is same


def test_a_subject_that_says_too_little_is_no_topic() -> None:
    assert detecting.topic_of(make_case(subject="Question")) == ""


def test_the_last_few_topics_are_remembered_as_long_as_they_matter() -> None:
    def then(days: int) -> datetime:
        return NOON + timedelta(days=days)

    ann = make_customer()
    for number, day in enumerate((0, 1, 8, 8, 8, 8, 8)):
        ann = detecting.asking(ann, make_case(topic=f"topic {number}"), then(day), "email", POLICY)

    assert sorted(ann.asked) == ["topic 2", "topic 3", "topic 4", "topic 5", "topic 6"]
