"""How urgent a case is: by the company's table, by an agent's word, and what follows for its promises."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import promises, urgency
from chalicelib.kernel.errors import Permanent
from chalicelib.model.case import Case, CaseStatus, PromiseStep
from chalicelib.model.event import Event, EventKind
from chalicelib.model.mood import Mood, MoodLevel
from chalicelib.model.tier import read_tiers
from chalicelib.model.touchpoint import Touchpoint, Touchpoints
from chalicelib.model.urgency import Urgency, UrgencyTable, read_urgency
from tests.factories import NOON, make_case, make_policy, make_promise

HOUR = timedelta(hours=1)


def mood(level: MoodLevel, *, leaving: bool = False) -> Mood:
    return Mood(level=level, score=0, leaving=((0, 1),) if leaving else (), by="Liana")


@pytest.mark.parametrize(
    ("tier", "level", "expected"),
    [
        ("standard", None, Urgency.NORMAL),
        ("standard", MoodLevel.ANNOYED, Urgency.NORMAL),
        ("standard", MoodLevel.ANGRY, Urgency.HIGH),
        ("gold", MoodLevel.CALM, Urgency.NORMAL),
        ("gold", MoodLevel.ANNOYED, Urgency.HIGH),
        ("gold", MoodLevel.ANGRY, Urgency.URGENT),
        ("platinum", MoodLevel.CALM, Urgency.HIGH),
        ("platinum", MoodLevel.ANNOYED, Urgency.URGENT),
    ],
)
def test_tier_and_mood_add_up(tier: str, level: MoodLevel | None, expected: Urgency) -> None:
    assert UrgencyTable().of(tier, "", mood(level) if level else None) is expected


def test_topics_are_the_companys_and_may_make_less_urgent() -> None:
    table = read_urgency('{"topics": {"Billing": 2, "newsletter": -1}}', ["standard"])

    assert [table.of("standard", topic, None) for topic in ("billing", "Newsletter ", "tents")] == [
        Urgency.HIGH,
        Urgency.LOW,
        Urgency.NORMAL,
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[1", "cannot be read"),
        ('{"colour": 1}', "there is no colour"),
        ('{"tiers": {"silver": 1}}', "tiers has no silver"),
        ('{"moods": {"sad": 1}}', "moods has no sad"),
        ('{"topics": {"billing": "much"}}', "whole number"),
        ('{"high_from": 4, "urgent_from": 3}', "high_from"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_with_what_to_correct(text: str, says: str) -> None:
    with pytest.raises(Permanent, match=says):
        read_urgency(text, ["standard", "gold"])


@pytest.mark.parametrize(
    ("factors", "says"), [('{"urgent": 0}', "0.05 to 4"), ('{"urgent": 2}', "never grow"), ('{"soon": 1}', "no soon")]
)
def test_factors_that_cannot_be_used_are_refused(factors: str, says: str) -> None:
    told = f'{{"tiers": [{{"name": "all", "first_answer_minutes": {{"*": 60}}}}], "urgency_factors": {factors}}}'

    with pytest.raises(Permanent, match=says):
        read_tiers(told)


def test_an_urgent_case_is_promised_half_the_time() -> None:
    policy = make_policy()
    case = make_case(promise=None, tier="gold", urgency=Urgency.URGENT)

    opened = promises.opened(case, policy.tiers.named("gold"), "email", NOON, policy)

    assert opened.promise and opened.promise.due_at == NOON + 4 * HOUR


def heard(case: Case, level: MoodLevel, **policy: Any) -> Case:
    return urgency.heard(case, mood(level), case.tier, NOON, make_policy(**policy))


def test_angry_words_hasten_a_running_promise_and_the_log_tells() -> None:
    case = make_case(tier="gold")  # made an hour ago, for 24 hours

    after = heard(case, MoodLevel.ANGRY)

    assert (after.urgency, after.priority) == (Urgency.URGENT, 4)
    assert after.promise and after.promise.due_at == NOON + timedelta(hours=11, minutes=30)
    assert after.promise.said_by == case.promise.due_at  # type: ignore[union-attr]
    assert [entry.step for entry in after.promise_log] == [PromiseStep.HASTENED]


def test_a_promise_that_broke_is_not_touched() -> None:
    case = make_case(tier="gold", overdue=True)

    assert heard(case, MoodLevel.ANGRY).promise == case.promise


def test_calm_words_lower_nothing_while_we_owe_an_answer() -> None:
    case = make_case(tier="gold", urgency=Urgency.URGENT, priority=4)

    assert heard(case, MoodLevel.CALM).urgency is Urgency.URGENT


def test_calm_words_after_an_answer_make_it_normal_again() -> None:
    case = make_case(tier="gold", urgency=Urgency.URGENT, priority=4, status=CaseStatus.WAITING)

    after = heard(case, MoodLevel.CALM)

    assert (after.urgency, after.priority) == (Urgency.NORMAL, 0)


def test_what_an_agent_said_is_raised_by_rules_and_never_lowered() -> None:
    case = make_case(tier="gold", urgency=Urgency.HIGH, urgency_by="Tom", status=CaseStatus.WAITING)

    assert heard(case, MoodLevel.CALM).urgency is Urgency.HIGH
    assert heard(case, MoodLevel.ANGRY).urgency is Urgency.URGENT


def test_an_agent_says_how_urgent_it_is_and_the_timeline_tells() -> None:
    decision = urgency.put(make_case(), Urgency.URGENT, NOON, make_policy(), by="Tom", reason="Her wedding.")

    case, event = decision.changes
    assert isinstance(case, Case) and isinstance(event, Event)
    assert (case.urgency, case.urgency_by, case.priority) == (Urgency.URGENT, "Tom", 4)
    assert case.promise and case.promise.due_at < make_promise().due_at
    assert (event.what, event.detail["reason"]) == (EventKind.URGENCY_SET, "Her wedding.")


def test_said_again_it_changes_nothing() -> None:
    case = make_case(urgency=Urgency.HIGH, urgency_by="Tom")

    assert urgency.put(case, Urgency.HIGH, NOON, make_policy(), by="Bo", reason="x").changes == ()


def test_an_agent_may_lower_it_and_promises_stay_as_they_are() -> None:
    case = make_case(urgency=Urgency.URGENT, priority=5)

    (lower, _) = urgency.put(case, Urgency.LOW, NOON, make_policy(), by="Tom", reason="x").changes

    assert isinstance(lower, Case)
    assert (lower.priority, lower.promise) == (1, case.promise)


def test_priority_is_of_urgency_and_of_what_presses() -> None:
    case = make_case(urgency=Urgency.HIGH, priority=2, overdue=True)

    broken = promises.act_on_due(case, None, NOON, make_policy()).changes[0]

    assert isinstance(broken, Case)
    assert broken.priority == promises.RANKED[Urgency.HIGH] + promises.BROKEN_PRIORITY


def test_she_is_told_of_a_delay_by_what_she_was_told_before() -> None:
    said_by = NOON + 5 * HOUR
    promise = replace(make_promise(), due_at=NOON + HOUR, warn_at=NOON, said_by=said_by, tell="ann@example.org")
    case = make_case(promise=promise, urgency=Urgency.URGENT)

    from tests.factories import make_customer

    letter = promises.act_on_due(case, make_customer(), NOON, make_policy()).changes[-1]

    assert letter.template["promised_by"].startswith("2026-11-20T17:00")  # type: ignore[attr-defined]


def test_a_case_that_was_solved_by_hand_and_opens_again_is_ranked_as_urgent_as_it_is() -> None:
    case = make_case(tier="gold", urgency=Urgency.URGENT, priority=0, urgency_by="Tom")

    assert heard(case, MoodLevel.CALM).priority == promises.RANKED[Urgency.URGENT]


def test_the_touchpoint_map_may_say_otherwise_for_a_channel() -> None:
    phone = Touchpoint(channels=("phone",), urgency={"urgent": 0.25})
    policy = make_policy(touchpoints=Touchpoints((phone,)))

    factors = [promises.factor(Urgency.URGENT, channel, "gold", NOON, policy) for channel in ("phone", "email")]

    assert factors == [0.25, 0.5]
