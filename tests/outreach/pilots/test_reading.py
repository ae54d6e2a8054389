"""What a pilot says, and when it says nothing."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.model.pilot import Outcome, Period, Pilot
from chalicelib.outreach import holding_out
from chalicelib.outreach.pilots import reading
from chalicelib.outreach.pilots.reading import Finding, Reading
from tests.factories import NOON
from tests.outreach.pilots.things import HALF, make_design, make_pilot, sums_of

LATER = NOON + timedelta(days=60)


def group(arm: str, people: int, share: float, tier: str = "standard", period: int = 1, **more: int) -> Any:
    """Of whom this share turned to us again."""
    again = round(people * share)
    return arm, tier, period, {"judged": people, "repeat_contact": again, **more}


def read(*groups: Any, pilot: Pilot | None = None, once: bool = False, **sums: int) -> Reading:
    figures = reading.figures_of({**sums_of(*groups), **sums})
    return reading.read(pilot or make_pilot(), figures, LATER, once=once)


def found(told: Reading, outcome: Outcome) -> Finding:
    return next(each for each in (told.primary, *told.others) if each and each.outcome is outcome)


def test_fewer_contacts_of_those_contacted_are_better() -> None:
    told = read(group("contacted", 2_000, 0.12), group("held_out", 2_000, 0.20))

    assert told.verdict == "better"
    assert told.primary is not None
    assert told.primary.difference == pytest.approx(-0.08)
    assert told.primary.lift == pytest.approx(-0.4)


def test_more_contacts_are_worse() -> None:
    assert read(group("contacted", 2_000, 0.28), group("held_out", 2_000, 0.20)).verdict == "worse"


def test_an_interval_within_the_smallest_difference_worth_finding_is_an_answer_too() -> None:
    told = read(group("contacted", 20_000, 0.2), group("held_out", 20_000, 0.2))

    assert told.verdict == "no_difference_of_that_size"


def test_of_too_few_people_nothing_is_told_of_a_difference() -> None:
    told = read(group("contacted", 199, 0.5), group("held_out", 199, 0.2))

    assert (told.verdict, told.primary and told.primary.difference) == ("not_yet", None)


def test_of_too_few_events_neither() -> None:
    told = read(group("contacted", 1_000, 0.029), group("held_out", 1_000, 0.2))

    assert (told.verdict, told.primary and told.primary.enough) == ("not_yet", False)


def test_what_an_ordinary_test_would_call_found_is_not_yet_for_who_may_look_every_day() -> None:
    groups = group("contacted", 1_000, 0.163), group("held_out", 1_000, 0.2)

    every_day, once = read(*groups), read(*groups, once=True)

    assert once.primary is not None
    assert every_day.primary is not None
    assert once.primary.once_p_value is not None
    assert once.primary.once_p_value < 0.04
    assert (every_day.verdict, once.verdict) == ("not_yet", "better")
    assert every_day.primary.once_p_value is None, "the one look is at the planned number, and kept"


def test_it_says_how_many_people_and_days_are_missing() -> None:
    told = read(group("contacted", 300, 0.2, drawn=600), group("held_out", 300, 0.2, drawn=600))

    assert (told.missing_people, told.missing_days) == (1_400, 40 + 30)


def test_tiers_of_other_rates_and_other_shares_do_not_make_a_difference() -> None:
    contacted, held_out = {"gold": 0.9, "*": 0.5}, {"gold": 0.1, "*": 0.5}
    pilot = make_pilot(design=make_design(contacted=contacted, held_out=held_out))

    told = read(
        group("contacted", 1_800, 0.1, "gold"),
        group("held_out", 200, 0.1, "gold"),
        group("contacted", 1_000, 0.5),
        group("held_out", 1_000, 0.5),
        pilot=pilot,
    )

    assert told.primary is not None
    assert told.primary.difference == pytest.approx(0)


def test_people_of_one_period_are_compared_with_those_of_that_period() -> None:
    wider = Period(number=2, since=NOON, contacted={"*": 0.9}, held_out={"*": 0.1}, by="Lea")
    pilot = make_pilot(design=make_design(contacted={"*": 0.1}, held_out={"*": 0.1}))
    pilot = make_pilot(design=pilot.design, periods=(*pilot.periods, wider))

    told = read(
        group("contacted", 500, 0.1),
        group("held_out", 500, 0.1),
        group("contacted", 9_000, 0.4, period=2),
        group("held_out", 1_000, 0.4, period=2),
        pilot=pilot,
    )

    assert told.primary is not None
    assert told.primary.difference == pytest.approx(0)


def test_a_tier_that_is_contacted_as_a_whole_is_compared_with_nobody() -> None:
    pilot = make_pilot(design=make_design(contacted={"gold": 1.0, "*": 0.5}, held_out={"gold": 0.0, "*": 0.5}))

    told = read(
        group("contacted", 5_000, 0.0, "gold"),
        group("contacted", 1_000, 0.2),
        group("held_out", 1_000, 0.2),
        pilot=pilot,
    )

    assert told.primary is not None
    assert (told.primary.difference, told.primary.contacted.people) == (pytest.approx(0), 1_000)


# ── When nothing may be said ──────────────────────────────────────────────────────────────────────


def test_a_split_that_the_draw_does_not_make_withholds_everything_else() -> None:
    told = read(group("contacted", 2_000, 0.1), group("held_out", 1_700, 0.2))

    assert (told.verdict, told.why, told.primary, told.others) == ("withheld", "split_is_wrong", None, ())


def test_people_lost_between_the_draw_and_the_end_are_such_a_split() -> None:
    told = read(group("contacted", 2_000, 0.1, drawn=2_000), group("held_out", 1_700, 0.2, drawn=2_000))

    assert (told.verdict, told.why) == ("withheld", "split_is_wrong")


def test_a_hold_out_shared_with_another_pilot_withholds_it() -> None:
    told = read(
        group("contacted", 2_000, 0.1, other_pilots=400),
        group("held_out", 2_000, 0.2, other_pilots=200),
    )

    assert (told.verdict, told.why, told.primary) == ("withheld", "other_pilots_overlap", None)


def test_other_plays_notices_that_came_to_one_group_are_warned_of() -> None:
    told = read(
        group("contacted", 2_000, 0.1, other_notices=100),
        group("held_out", 2_000, 0.2, other_notices=300),
    )

    assert told.verdict == "better"
    assert told.warnings == (
        "other_notices: those contacted had fewer of them (5.0% and 15.0%); part of a difference may be theirs",
    )


# ── From the side ─────────────────────────────────────────────────────────────────────────────────


def test_several_outcomes_count_beside_each_other_and_decide_nothing() -> None:
    told = read(
        group("contacted", 1_000, 0.2, churn=40, goal=300),
        group("held_out", 1_000, 0.2, churn=90, goal=300),
    )

    churn = found(told, Outcome.CHURN)
    alone = read(
        group("contacted", 1_000, 0.2, churn=40),
        group("held_out", 1_000, 0.2, churn=90),
        pilot=make_pilot(design=make_design(primary=Outcome.CHURN)),
    )
    assert told.verdict != "better"
    assert not churn.primary
    assert churn.p_value is not None
    assert alone.primary is not None
    assert alone.primary.p_value is not None
    assert churn.p_value > alone.primary.p_value


def test_money_is_compared_without_what_was_known_before() -> None:
    """Who was worth more spends more: that half of the spread is no noise."""
    people, per = 2_000, 100
    before = {"before": people * 500, "before.squares": people * (500**2 + 200**2)}
    money = {
        "spend": people * 1_000,
        "spend.squares": people * (1_000**2 + 300**2 + per**2),
        "spend.products": people * (1_000 * 500 + 300 * 200),
    }
    told = read(group("contacted", people, 0.2, **before, **money), group("held_out", people, 0.2, **before, **money))

    spend = found(told, Outcome.SPEND)
    assert spend.sharpened
    assert spend.difference == pytest.approx(0)
    assert spend.interval is not None
    sharp = make_pilot(design=make_design(primary=Outcome.SPEND, minimum=20.0))
    one_look = read(
        group("contacted", people, 0.2, **before, **money),
        group("held_out", people, 0.2, **before, **money),
        pilot=sharp,
        once=True,
    ).primary
    assert one_look is not None
    assert one_look.once_interval is not None
    assert one_look.once_interval.high == pytest.approx(2.054 * per * (2 / people) ** 0.5, rel=0.01)


def test_the_goal_is_told_only_where_somebody_said_how_it_is_seen() -> None:
    told = read(
        group("contacted", 500, 0.2),
        group("held_out", 500, 0.2),
        pilot=make_pilot(design=make_design(goal_fact="")),
    )

    assert Outcome.GOAL not in {each.outcome for each in told.others}


def test_the_flow_of_people_is_told_from_whoever_was_asked_about_to_whoever_was_judged() -> None:
    told = read(
        group("contacted", 300, 0.2, drawn=320, **{"excluded.merged": 4}),
        group("held_out", 300, 0.2, drawn=310),
        ("outside", "standard", 1, {"drawn": 1_000}),
        **{"refused/no_consent": 250},
    )

    assert told.refused == {"no_consent": 250}
    assert told.drawn == {"contacted": 320, "held_out": 310, "outside": 1_000}
    assert told.judged == {"contacted": 300, "held_out": 300}
    assert told.excluded == {"merged": {"contacted": 4, "held_out": 0}}


def test_the_halves_are_those_of_the_plan() -> None:
    assert reading.share_contacted(make_pilot().periods[0], "gold") == HALF["*"]


# ── The company-wide hold-out ─────────────────────────────────────────────────────────────────────

QUARTER = holding_out.pilot_of(holding_out.quarter_of(NOON))


def test_a_quarter_in_which_outreach_spares_people_a_contact_says_so() -> None:
    told = read(group("contacted", 10_000, 0.16), group("held_out", 10_000, 0.20), pilot=QUARTER)

    assert told.verdict == "better"


def test_a_quarter_with_nothing_to_find_says_nothing_until_it_is_sure_of_that() -> None:
    few, many = (
        read(group("contacted", people, 0.2), group("held_out", people, 0.2), pilot=QUARTER)
        for people in (5_000, 40_000)
    )

    assert (few.verdict, many.verdict) == ("not_yet", "no_difference_of_that_size")


def test_a_quarter_asks_nobody_for_other_notices_and_has_no_goal() -> None:
    told = read(group("contacted", 2_000, 0.2), group("held_out", 2_000, 0.2), pilot=QUARTER)

    assert (told.company, told.warnings) == ((), ())
    assert [each.outcome.value for each in told.others] == ["contacts", "low_rating", "rating", "churn", "spend"]


def test_unequal_groups_withhold_a_quarter() -> None:
    told = read(group("contacted", 2_000, 0.2), group("held_out", 2_300, 0.2), pilot=QUARTER)

    assert (told.verdict, told.why) == ("withheld", "split_is_wrong")
