"""What follows when a contact sounds otherwise than was thought."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.cases import intake, moods
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict
from chalicelib.kernel.messages import AskMood
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Direction, Interaction
from chalicelib.model.known import IntakeFacts
from chalicelib.model.mood import Mood, MoodLabel, MoodLevel
from chalicelib.model.recovery import Cause, Recovery
from chalicelib.model.trust import Trust
from chalicelib.model.urgency import Urgency
from chalicelib.mood.scorer import OWN
from tests.factories import NOON, make_arrival, make_case, make_customer, make_interaction, make_policy, make_recovery

CALM = Mood(level=MoodLevel.CALM, score=80, by=OWN)
ANGRY = Mood(level=MoodLevel.ANGRY, score=-70, because=((0, 9),), by=OWN)
SERVICE = Mood(level=MoodLevel.ANGRY, score=-90, by="Amazon Comprehend")


def of(decision: Decision, kind: type) -> list[Any]:
    return [change for change in decision.changes if isinstance(change, kind)]


def taken_in(facts: IntakeFacts | None = None, second_opinion: bool = False, **fields: Any) -> Decision:
    arrival = make_arrival(**{"mood": ANGRY, "mood_asked": True, **fields})
    policy = make_policy(second_opinion=second_opinion)
    return intake.take_in(arrival, facts or IntakeFacts(customer=make_customer()), policy, NOON).decision


def test_an_angry_mail_is_stamped_made_urgent_and_begins_a_recovery_in_one_write() -> None:
    decision = taken_in()

    ((contact, *_), (case,), (recovery,), (customer,)) = (
        of(decision, kind) for kind in (Interaction, Case, Recovery, Customer)
    )
    assert (contact.mood, case.mood, case.urgency) == (ANGRY, replace(ANGRY, because=()), Urgency.HIGH)
    assert recovery.first_cause is Cause.ANGRY
    assert customer.recovery == case.recovery == recovery.id


def test_a_stranger_is_noticed_as_well() -> None:
    assert of(taken_in(IntakeFacts()), Recovery)


def test_a_second_cause_joins_the_open_recovery() -> None:
    known = make_recovery()
    facts = IntakeFacts(customer=make_customer(recovery="R"), recoveries={"R": known})

    (joined,) = of(taken_in(facts), Recovery)

    assert (joined.id, [one.cause for one in joined.causes]) == ("R", [Cause.ANGRY, Cause.ANGRY])


def test_a_calm_mail_is_a_good_sign_and_no_part_of_the_recovery() -> None:
    facts = IntakeFacts(customer=make_customer(recovery="R"), recoveries={"R": make_recovery()})

    decision = taken_in(facts, mood=CALM)

    assert [seen.sign.value for seen in of(decision, Recovery)[0].seen] == ["wrote_calmly"]
    assert of(decision, Case)[0].recovery == ""


@pytest.mark.parametrize("what", [{"machine": "auto-reply"}, {"direction": "out", "author": "Bo"}])
def test_what_is_no_persons_contact_begins_nothing(what: dict[str, Any]) -> None:
    assert of(taken_in(**what), Recovery) == []


def test_spoofed_words_in_a_case_change_neither_its_urgency_nor_anything_else() -> None:
    facts = IntakeFacts(customer=make_customer(), named=make_case(), owner=make_customer())

    decision = taken_in(facts, trust=Trust.SPOOFED, case_id=make_case().id, by_token=True)

    assert of(decision, Recovery) + of(decision, Case) == []


def test_the_service_is_asked_behind_the_write_and_only_where_the_stage_says_so() -> None:
    assert any(isinstance(message, AskMood) for message in taken_in(second_opinion=True).messages)
    assert not any(isinstance(message, AskMood) for message in taken_in().messages)


def second(before: Mood | None, said: Mood | None = SERVICE) -> Decision:
    contact = make_interaction(mood=before)
    return moods.second_opinion(contact, make_case(), make_customer(), None, said, make_policy())


def test_the_services_word_replaces_ours_and_follows_at_once() -> None:
    decision = second(CALM)

    assert of(decision, Interaction)[0].mood == SERVICE
    assert of(decision, Case)[0].urgency is Urgency.HIGH
    assert of(decision, Recovery)[0].first_cause is Cause.ANGRY


@pytest.mark.parametrize("before", [SERVICE, Mood(level=MoodLevel.CALM, score=100, by="Tom")])
def test_it_is_heard_once_and_not_against_an_agent(before: Mood) -> None:
    assert second(before).changes == ()


def test_what_the_service_cannot_judge_changes_nothing() -> None:
    assert second(CALM, None).changes == ()


def corrected(contact: Interaction, level: MoodLevel, label: MoodLabel | None = None, **case: Any) -> Decision:
    return moods.corrected(
        contact, make_case(**case), make_customer(), None, label, level, NOON, make_policy(), by="Tom", language="en"
    )


def test_an_agents_correction_counts_is_told_and_kept_to_learn_from() -> None:
    decision = corrected(make_interaction(mood=CALM), MoodLevel.ANGRY)

    (label,), (event,), (contact,) = (of(decision, kind) for kind in (MoodLabel, Event, Interaction))
    assert (label.level, label.judged, label.by) == (MoodLevel.ANGRY, MoodLevel.CALM, "Tom")
    assert (event.what, event.detail["to"]) == (EventKind.MOOD_CORRECTED, "angry")
    assert contact.mood.by == "Tom"
    assert of(decision, Recovery)


def test_a_label_remembers_what_it_was_taken_for_first() -> None:
    (first,) = of(corrected(make_interaction(mood=CALM), MoodLevel.ANGRY), MoodLabel)

    decision = corrected(make_interaction(mood=ANGRY), MoodLevel.ANNOYED, first)

    assert (of(decision, MoodLabel)[0].judged, of(decision, MoodLabel)[0].id) == (MoodLevel.CALM, first.id)
    assert corrected(make_interaction(mood=CALM), MoodLevel.ANGRY, first).changes == ()


def test_a_solved_case_does_not_become_urgent_by_a_correction() -> None:
    decision = corrected(make_interaction(mood=CALM), MoodLevel.ANGRY, status=CaseStatus.SOLVED)

    assert of(decision, Case)[0].urgency is Urgency.NORMAL


@pytest.mark.parametrize("what", [{"direction": Direction.OUT}, {"machine": "bounce"}])
def test_only_a_persons_contact_has_a_mood(what: dict[str, Any]) -> None:
    with pytest.raises(Conflict):
        corrected(make_interaction(**what), MoodLevel.CALM)
