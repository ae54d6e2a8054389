"""What became of her within the window, and whether she is counted."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.decision import Tally
from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import Direction, Interaction, Purpose
from chalicelib.model.money import Money
from chalicelib.model.pilot import Arm, PilotState, Subject
from chalicelib.model.rating import Vote
from chalicelib.outreach import holding_out
from chalicelib.outreach.pilots import judging
from tests.factories import NOON, make_customer, make_fact, make_interaction, make_rating
from tests.outreach.pilots.things import make_design, make_pilot, make_subject

ON_DAY_3, OVER = NOON + timedelta(days=3), NOON + timedelta(days=30)
ANN = make_customer()


def outcome(name: str, *told: object, **fields: Any) -> int:
    return judging.outcomes_of(make_subject(), told, make_design(**fields))[name]


def company(name: str, *told: object, customer: Customer = ANN, plays: dict[str, str] | None = None) -> int:
    return judging.company_of(make_subject(), told, customer, plays or {})[name]


def order(minor: int, what: FactKind = FactKind.ORDER, **fields: Any) -> Fact:
    return make_fact(what, occurred_at=ON_DAY_3, margin=Money(minor, "USD"), data={}, **fields)


def a_notice(task_id: str) -> Interaction:
    return make_interaction(at=ON_DAY_3, direction=Direction.OUT, purpose=Purpose.NOTICE, task_id=task_id)


def test_whoever_turns_to_us_within_the_window_is_a_repeat_contact() -> None:
    twice = [make_interaction(at=ON_DAY_3), make_interaction(at=ON_DAY_3 + timedelta(days=1))]

    assert (outcome("repeat_contact", *twice), outcome("contacts", *twice)) == (1, 2)


@pytest.mark.parametrize(
    "told",
    [
        make_interaction(at=NOON - timedelta(seconds=1)),
        make_interaction(at=NOON + timedelta(days=28)),
        make_interaction(at=ON_DAY_3, direction=Direction.OUT, purpose=Purpose.REPLY),
        a_notice("T"),
    ],
    ids=["before", "after", "our answer", "our notice"],
)
def test_what_is_outside_of_it_or_ours_is_none(told: Interaction) -> None:
    assert outcome("contacts", told) == 0


def test_the_last_rating_counts_by_whatever_way_it_came() -> None:
    fact = make_fact(FactKind.RATING, occurred_at=ON_DAY_3, data={"score": "5", "of": "delivery"})
    asked = make_rating(votes=(Vote(at=NOON + timedelta(days=2), score=4), Vote(at=NOON + timedelta(days=4), score=2)))

    assert [outcome(name, fact, asked) for name in ("rated", "rating", "low_rating")] == [1, 2, 1]


def test_who_rates_nothing_gave_no_low_rating() -> None:
    assert [outcome(name) for name in ("rated", "rating", "low_rating")] == [0, 0, 0]


def test_what_she_earned_us_is_what_she_bought_less_what_she_gave_back() -> None:
    refund = order(-300, FactKind.REFUND)

    assert outcome("spend", order(1_000), refund) == 700


def test_no_single_person_earns_more_than_the_cap() -> None:
    assert outcome("spend", order(10**6), spend_cap=5_000) == 5_000


def test_a_fact_that_was_wrong_counts_nothing() -> None:
    assert outcome("spend", order(1_000, corrected_by="F")) == 0


def test_a_fact_of_the_plays_goal_reaches_it() -> None:
    told = make_fact(FactKind.CARD_UPDATED, occurred_at=ON_DAY_3, data={})

    assert (outcome("goal", told), outcome("goal", told, goal_fact="")) == (1, 0)


def test_who_cancels_is_lost() -> None:
    assert outcome("churn", make_fact(FactKind.SUBSCRIPTION_CANCELLED, occurred_at=ON_DAY_3, data={})) == 1


@pytest.mark.parametrize(("play", "other"), [("tier_will_change", 1), ("payment_will_fail", 0)])
def test_other_plays_notices_are_noted(play: str, other: int) -> None:
    assert company("other_notices", a_notice("X"), plays={"X": play}) == other


def test_other_pilots_she_is_contacted_in_are_noted() -> None:
    ann = make_customer(pilots={make_subject().pilot_id: "contacted", "another": "contacted", "third": "held_out"})

    assert company("other_pilots", customer=ann) == 1


def test_to_be_compared_with_the_company_wide_hold_out_is_no_other_pilot() -> None:
    quarter = holding_out.pilot_of(holding_out.quarter_of(NOON))

    assert company("other_pilots", customer=make_customer(pilots={quarter.id: "contacted"})) == 0


# ── Whether she is counted ────────────────────────────────────────────────────────────────────────

SOME = {"repeat_contact": 1, "contacts": 2, "rating": 0, "spend": 300, "before": 500}


def counted(subject: Subject, **fields: Any) -> str:
    told = {"pilot": make_pilot(), "customer": ANN, "twins": (), "outcomes": SOME, "now": OVER, **fields}
    return judging.judged(subject, **told).reason


def test_her_outcomes_join_the_sums_of_her_group_with_squares_and_products() -> None:
    decision = judging.judged(make_subject(), make_pilot(), ANN, (), SOME, OVER)

    subject, sums = decision.changes
    assert subject == replace(make_subject(), judge_at=None, judged="counted", outcomes=SOME)
    assert isinstance(sums, Tally)
    assert {name.partition("/")[0]: amount for name, amount in sums.amounts.items()} == {
        "judged": 1,
        "repeat_contact": 1,
        "contacts": 2,
        "contacts.squares": 4,
        "spend": 300,
        "spend.squares": 90_000,
        "spend.products": 150_000,
        "before": 500,
        "before.squares": 250_000,
    }
    assert {name.partition("/")[2] for name in sums.amounts} == {"contacted/standard/1"}


def test_nobody_is_counted_twice_or_before_her_window_is_over() -> None:
    assert counted(make_subject(judge_at=None)) == "judged before"
    assert counted(make_subject(), now=OVER - timedelta(seconds=1)) == "not due"


def test_one_person_in_both_groups_is_in_neither() -> None:
    other = make_subject(Arm.HELD_OUT, customer_id="0A", judge_at=None)

    assert counted(make_subject(), twins=(other,)) == "merged"


def test_one_person_drawn_twice_is_counted_under_the_record_that_was_drawn_first() -> None:
    earlier = make_subject(customer_id="0A", at=NOON - timedelta(days=1))

    assert (counted(make_subject(), twins=(earlier,)), counted(earlier, twins=(make_subject(),))) == (
        "same_person",
        "counted",
    )


def test_a_window_that_the_stop_cut_short_is_not_counted() -> None:
    stopped = make_pilot(PilotState.STOPPED, stopped_at=NOON + timedelta(days=10))

    assert counted(make_subject(), pilot=stopped) == "cut_short"


def test_who_is_treated_otherwise_than_she_was_drawn_is_not_counted() -> None:
    assert counted(make_subject(), moved=True) == "moved"


def test_whoever_is_left_out_is_counted_with_the_reason_and_with_nothing_else() -> None:
    decision = judging.judged(make_subject(), make_pilot(), None, (), SOME, OVER)

    subject, sums = decision.changes
    assert isinstance(subject, Subject)
    assert subject.outcomes == {}
    assert sums == Tally(("pilot", make_pilot().id), {"excluded.gone/contacted/standard/1": 1})
