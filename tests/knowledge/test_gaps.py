from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Conflict
from chalicelib.knowledge import gaps
from chalicelib.knowledge.heat import HALF_LIFE, demand
from chalicelib.model.gap import MOST_EXAMPLES, SKETCHED, Gap, GapState
from chalicelib.model.question import AskedThrough, Question, QuestionState
from tests.factories import ANNS_ID, BO_ID, CASE_ID, NOON

COSTS = {"web": 9_99, "email": 9_99, "phone": 32_74, "app": 9_99}


def question(**fields: object) -> Question:
    return Question(
        **{
            "id": "01Q",
            "asked_at": NOON,
            "text": "How do I change the lamp's battery?",
            "through": AskedThrough.HELP_CENTRE,
            "customer_id": ANNS_ID,
            **fields,
        }  # type: ignore[arg-type]
    )


def ask(asker: str = ANNS_ID, text: str = "how do i change the lamp battery", **fields: object) -> gaps.Ask:
    values = {"question_id": f"Q{asker}{text}", "at": NOON, "text": text, "asker": asker, **fields}
    return gaps.Ask(**values)  # type: ignore[arg-type]


def gap_of(*asks: gaps.Ask, propose_after: int = 5, **fields: object) -> Gap:
    gap = replace(gaps.open_for(asks[0]), **fields)  # type: ignore[arg-type]
    return gaps.take_in(gap, asks, str.split, propose_after=propose_after, now=NOON)


def asked_by(people: int) -> list[gaps.Ask]:
    return [ask(f"customer {number}") for number in range(people)]


def test_a_question_that_opened_a_gap_opens_the_same_again() -> None:
    assert gaps.open_for(ask()).id == gaps.open_for(ask()).id


def test_a_gap_counts_asks_and_each_person_once() -> None:
    gap = gap_of(ask(), ask(text="lamp battery"), ask(BO_ID))

    assert gap.asks == 3
    assert gap.people == 2


def test_many_people_are_estimated_in_bounded_space() -> None:
    gap = gap_of(*asked_by(5_000))

    assert len(gap.sketch) == SKETCHED
    assert 3_500 < gap.people < 6_500


def test_it_speaks_in_the_words_that_most_people_used() -> None:
    gap = gap_of(ask(), ask(BO_ID), ask(text="battery lamp"))

    assert gap.question == "how do i change the lamp battery"
    assert gap.examples[0].times == 2


def test_it_keeps_a_bounded_number_of_examples() -> None:
    gap = gap_of(*(ask(text=f"lamp number {number}") for number in range(90)))

    assert len(gap.examples) == MOST_EXAMPLES


def test_the_order_of_asks_makes_no_difference() -> None:
    asks = [ask(), ask(BO_ID, tier="gold"), ask(text="battery lamp", topic="lamps")]

    forth, back = gap_of(*asks), gap_of(*reversed(asks), opened_at=NOON)

    assert replace(forth, id="") == replace(back, id="")


def test_an_ask_that_ended_with_a_person_costs_what_a_contact_by_that_way_costs() -> None:
    asked = gaps.ask_of(question(state=QuestionState.PERSON), "masked", COSTS)
    rung = gaps.ask_of(question(case_id=CASE_ID, through=AskedThrough.AGENT), "masked", COSTS)

    assert (asked.cost, rung.cost) == (9_99, 32_74)


def test_an_ask_nobody_helped_with_costs_nothing() -> None:
    assert gaps.ask_of(question(), "masked", COSTS).cost == 0


def test_who_turns_to_a_person_later_is_not_counted_twice() -> None:
    first = gap_of(ask())

    later = gaps.take_in(first, [ask(with_person=True, cost=9_99, again=True)], str.split, propose_after=5, now=NOON)

    assert (later.asks, later.with_person, later.cost) == (1, 1, 9_99)
    assert later.heat == first.heat


def test_what_costs_more_ranks_above_what_is_asked_as_often() -> None:
    cheap, dear = gap_of(ask(), ask(BO_ID)), gap_of(ask(with_person=True, cost=32_74), ask(BO_ID))

    assert dear.rank > cheap.rank


def test_one_more_ask_of_many_does_not_move_it() -> None:
    gap = gap_of(*asked_by(200))

    assert abs(gaps.take_in(gap, [ask("one more")], str.split, propose_after=5, now=NOON).rank - gap.rank) <= 1


def test_a_gap_is_proposed_when_enough_people_asked() -> None:
    assert gap_of(*asked_by(4)).state is GapState.OPEN
    assert gap_of(*asked_by(5)).state is GapState.PROPOSED


def test_one_person_who_asks_ten_times_proposes_nothing() -> None:
    assert gap_of(*(ask(text=f"lamp battery {n}") for n in range(10))).state is GapState.OPEN


def test_a_dismissed_gap_stays_so_until_twice_as_much_is_asked() -> None:
    (settled,) = gaps.dismiss(gap_of(*asked_by(6)), now=NOON).changes
    assert isinstance(settled, Gap)

    little = gaps.take_in(settled, [ask("x1"), ask("x2")], str.split, propose_after=5, now=NOON)
    much = gaps.take_in(settled, [ask(f"x{n}") for n in range(7)], str.split, propose_after=5, now=NOON)

    assert little.state is GapState.DISMISSED
    assert much.state is GapState.PROPOSED


def test_an_answered_gap_comes_back_when_its_article_answers_nobody() -> None:
    settled = gaps.answered(gap_of(*asked_by(6)), "lamp-battery", NOON)

    again = gaps.take_in(settled, [ask(f"x{n}") for n in range(7)], str.split, propose_after=5, now=NOON)

    assert again.state is GapState.PROPOSED
    assert again.article_id == ""


def test_dismissing_twice_changes_nothing() -> None:
    (settled,) = gaps.dismiss(gap_of(ask()), now=NOON).changes

    assert gaps.dismiss(settled, now=NOON).changes == ()  # type: ignore[arg-type]


def test_nobody_dismisses_what_is_answered() -> None:
    with pytest.raises(Conflict, match="answered"):
        gaps.dismiss(gaps.answered(gap_of(ask()), "lamp-battery", NOON), now=NOON)


def test_a_gap_has_one_draft() -> None:
    gap = gaps.drafted(gap_of(ask()), "lamp-battery")

    with pytest.raises(Conflict, match="lamp-battery"):
        gaps.drafted(gap, "another")


def test_cases_are_looked_through_once_somebody_wants_an_article() -> None:
    one = gap_of(ask(case_id=CASE_ID, with_person=True))
    many = gap_of(*asked_by(5), ask(case_id=CASE_ID, with_person=True))

    assert one.look_at is None
    assert many.look_at == NOON + gaps.FIRST_LOOK


def test_cases_are_looked_at_later_and_later_and_not_for_ever() -> None:
    gap = gap_of(*asked_by(5), ask(case_id=CASE_ID, with_person=True))
    looks = []
    while gap.look_at:
        looks.append(gap.look_at)
        gap = gaps.looked(gap, [], gap.look_at)

    assert len(looks) == gaps.MOST_LOOKS
    assert looks[1] - looks[0] < looks[-1] - looks[-2]


def test_cases_that_keep_coming_never_put_off_the_look_that_is_near() -> None:
    gap = gap_of(*asked_by(5), ask(case_id=CASE_ID, with_person=True))

    for minute in range(1, 9):
        later = [ask(BO_ID, case_id=f"case {minute}", with_person=True)]
        gap = gaps.take_in(gap, later, str.split, propose_after=5, now=NOON + timedelta(minutes=minute))

    assert gap.look_at == NOON + gaps.FIRST_LOOK


def test_a_case_that_taught_something_is_not_looked_at_again() -> None:
    gap = gap_of(*asked_by(5), ask(case_id=CASE_ID, with_person=True))

    assert gaps.looked(gap, [CASE_ID], NOON).look_at is None


def test_another_answer_is_put_beside_the_draft_and_not_over_it() -> None:
    gap = gaps.drafted(gap_of(ask()), "lamp-battery")

    more = gaps.with_alternative(gap, CASE_ID, "Turn the lid to the left.", NOON)

    assert [one.text for one in more.alternatives] == ["Turn the lid to the left."]
    assert gaps.with_alternative(more, CASE_ID, "Turn the lid to the left.", NOON) == more


def test_two_gaps_that_are_one_add_up() -> None:
    one, other = gap_of(*asked_by(3)), gap_of(ask("customer 0", text="lamp battery swap"), ask("z", text="swap"))

    whole, left = gaps.join(one, other, str.split, propose_after=4, now=NOON)

    assert (whole.asks, whole.people, whole.state) == (5, 4, GapState.PROPOSED)
    assert (left.state, left.merged_into) == (GapState.MERGED, one.id)
    assert demand(whole.heat, NOON) == pytest.approx(5, rel=0.01)


def test_demand_fades_while_nobody_asks() -> None:
    assert demand(gap_of(*asked_by(8)).heat, NOON + 3 * HALF_LIFE) == pytest.approx(1, rel=0.02)


def test_what_was_answered_and_never_complained_of_teaches_nothing() -> None:
    assert question(answered=True).lesson == ""


def test_who_was_shown_nothing_for_comparison_teaches_nothing() -> None:
    assert question(answered=True, held_out=True, state=QuestionState.PERSON).lesson == ""


@pytest.mark.parametrize(
    ("fields", "lesson"),
    [
        ({}, "asked"),
        ({"case_id": CASE_ID}, "person"),
        ({"state": QuestionState.PERSON}, "person"),
        ({"answered": True, "state": QuestionState.UNSOLVED}, "unsolved"),
        ({"answered": True, "state": QuestionState.SOLVED}, "solved"),
    ],
)
def test_what_there_is_to_learn_of_a_question(fields: dict[str, object], lesson: str) -> None:
    assert question(**fields).lesson == lesson


def test_looks_begin_anew_with_a_new_case() -> None:
    gap = gap_of(*asked_by(5), ask(case_id=CASE_ID, with_person=True))
    for _ in range(gaps.MOST_LOOKS):
        gap = gaps.looked(gap, [], NOON + timedelta(days=1))
    assert gap.look_at is None

    again = gaps.take_in(
        gap, [ask("another", case_id="another case")], str.split, propose_after=5, now=NOON + timedelta(days=2)
    )

    assert again.look_at == NOON + timedelta(days=2) + gaps.FIRST_LOOK
