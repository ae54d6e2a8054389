"""Up at once; down late, one tier at a time, and never without a word before."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers.tier_policy import Change, Judgement, News, judge, pin, unpin
from chalicelib.kernel.errors import Conflict, Invalid, Permanent
from chalicelib.model.tier import Band, Bands, Standing
from tests.factories import NOON

some = settings(deadline=None)
BANDS = Bands()
WEEK = timedelta(weeks=1)
DAY = timedelta(days=1)
LONG_AGO = NOON - 50 * WEEK
STANDARD, GOLD, PLATINUM = (Standing(tier=tier, since=LONG_AGO) for tier in BANDS.tiers)
INDICES = st.one_of(st.floats(0, 100), st.sampled_from([71.9, 72, 79.9, 80, 91.9, 92, 95]))


def pinned(standing: Standing, tier: str, until: datetime = NOON + 10 * WEEK, **fields: str) -> Judgement:
    said = {"by": "Ada", "reason": "strategic partner", **fields}
    return pin(standing, tier, until=until, bands=BANDS, now=NOON, **said)


def course(standing: Standing, weekly: list[float]) -> list[tuple[str, list[News]]]:
    """Tier and news of each week."""
    told = []
    for week, index in enumerate(weekly):
        judged = judge(standing, index, BANDS, NOON + week * WEEK)
        standing = judged.standing
        told.append((standing.tier, [change.news for change in judged.changes]))
    return told


@pytest.mark.parametrize(
    ("standing", "index", "tier"),
    [
        (STANDARD, 79.9, "standard"),
        (STANDARD, 80, "gold"),
        (STANDARD, 95, "platinum"),
        (GOLD, 94.9, "gold"),
        (GOLD, 95, "platinum"),
        (GOLD, 72, "gold"),
        (GOLD, 0, "gold"),
        (PLATINUM, 92, "platinum"),
        (STANDARD, 0, "standard"),
    ],
)
def test_at_a_look_one_may_rise_and_never_fall(standing: Standing, index: float, tier: str) -> None:
    assert judge(standing, index, BANDS, NOON).standing.tier == tier


def test_who_rises_is_told_from_where_to_where() -> None:
    judged = judge(STANDARD, 96, BANDS, NOON)

    assert judged == Judgement(
        Standing(tier="platinum", since=NOON), (Change(News.RAISED, "standard", "platinum", NOON),), None
    )


def test_who_falls_below_has_two_weeks_before_anything_is_said() -> None:
    judged = judge(GOLD, 71, BANDS, NOON)

    assert judged == Judgement(replace(GOLD, below_since=NOON), (), NOON + 2 * WEEK)


def test_a_lower_tier_is_announced_two_weeks_ahead_and_comes_after_four() -> None:
    assert course(GOLD, [71] * 6) == [
        ("gold", []),
        ("gold", []),
        ("gold", [News.WILL_BE_LOWERED]),
        ("gold", []),
        ("standard", [News.LOWERED]),
        ("standard", []),
    ]


def test_the_announcement_says_which_tier_and_when() -> None:
    judged = judge(replace(PLATINUM, below_since=NOON - 2 * WEEK), 10, BANDS, NOON)

    assert judged.changes == (Change(News.WILL_BE_LOWERED, "platinum", "gold", NOON + 2 * WEEK),)
    assert judged.look_again == NOON + 2 * WEEK


def test_who_was_told_a_date_keeps_her_tier_until_then_whatever_notice_is_configured_since() -> None:
    told = judge(judge(GOLD, 10, BANDS, NOON).standing, 10, BANDS, NOON + 2 * WEEK)

    hasty = judge(told.standing, 10, Bands(notice=WEEK), NOON + 3 * WEEK)
    in_time = judge(told.standing, 10, Bands(notice=3 * WEEK), NOON + 4 * WEEK)

    assert (hasty.standing.tier, hasty.look_again) == ("gold", told.changes[0].at)
    assert in_time.standing.tier == "standard"


def test_a_tier_is_lost_one_at_a_time_each_with_its_own_grace() -> None:
    tiers = [tier for tier, _ in course(PLATINUM, [5] * 10)]

    assert tiers == ["platinum"] * 4 + ["gold"] * 4 + ["standard"] * 2


def test_who_recovers_in_time_keeps_the_tier_and_hears_so_if_she_had_heard_otherwise() -> None:
    assert [news for _, news in course(GOLD, [71, 73, 71, 71, 71, 75, 75])] == [
        [],
        [],
        [],
        [],
        [News.WILL_BE_LOWERED],
        [News.KEPT],
        [],
    ]


def test_an_index_that_swings_about_a_threshold_changes_no_tier_twice() -> None:
    told = course(STANDARD, [81, 79, 80, 74, 82, 71, 73, 70, 81, 79] * 3)

    assert [news for _, news in told if news] == [[News.RAISED]]


def test_if_nobody_looked_for_months_the_notice_still_comes_before_the_fall() -> None:
    below = replace(GOLD, below_since=NOON - 20 * WEEK)

    judged = judge(below, 10, BANDS, NOON)

    assert judged.standing.tier == "gold"
    assert judged.changes == (Change(News.WILL_BE_LOWERED, "gold", "standard", NOON + 2 * WEEK),)


@some
@given(st.sampled_from([STANDARD, GOLD, PLATINUM]), st.lists(st.tuples(INDICES, st.integers(0, 20)), max_size=40))
def test_no_course_of_an_index_takes_a_tier_unannounced_or_two_at_once(
    standing: Standing, looks: list[tuple[float, int]]
) -> None:
    now, announced = NOON, None
    for index, days in looks:
        now += days * DAY
        judged = judge(standing, index, BANDS, now)
        for change in judged.changes:
            if change.news is News.WILL_BE_LOWERED:
                announced = change
            if change.news is News.LOWERED:
                assert announced and (announced.before, announced.after) == (change.before, change.after)
                assert now >= announced.at
                assert BANDS.rank(change.before) - BANDS.rank(change.after) == 1
            if change.news in (News.LOWERED, News.KEPT, News.RAISED):
                announced = None
        standing = judged.standing


@some
@given(st.sampled_from([STANDARD, GOLD, PLATINUM]), st.lists(st.tuples(INDICES, st.integers(0, 20)), max_size=20))
def test_asked_again_it_has_nothing_to_add(standing: Standing, looks: list[tuple[float, int]]) -> None:
    now = NOON
    for index, days in looks:
        now += days * DAY
        judged = judge(standing, index, BANDS, now)

        assert judge(judged.standing, index, BANDS, now) == Judgement(judged.standing, (), judged.look_again)
        assert judged.look_again is None or judged.look_again > now
        standing = judged.standing


# Pins


def test_a_person_may_pin_a_tier_until_a_date() -> None:
    judged = pinned(STANDARD, "platinum")

    assert judged.standing == Standing(
        tier="platinum",
        since=NOON,
        pinned_until=NOON + 10 * WEEK,
        pinned_by="Ada",
        reason="strategic partner",
    )
    assert judged.changes == (Change(News.RAISED, "standard", "platinum", NOON),)
    assert judged.look_again == NOON + 10 * WEEK


@pytest.mark.parametrize("index", [0, 50, 100])
def test_while_pinned_no_index_moves_her(index: float) -> None:
    standing = pinned(STANDARD, "gold").standing

    assert judge(standing, index, BANDS, NOON + 9 * WEEK) == Judgement(standing, (), NOON + 10 * WEEK)


def test_after_its_date_a_pinned_tier_has_a_fresh_grace_period() -> None:
    standing = pinned(replace(GOLD, below_since=LONG_AGO), "gold").standing
    end = NOON + 10 * WEEK

    judged = judge(standing, 10, BANDS, end)

    assert judged.standing == replace(GOLD, below_since=end)
    assert [change.news for change in judged.changes] == [News.PIN_ENDED]
    assert judged.look_again == end + 2 * WEEK


def test_who_was_pinned_low_rises_when_the_pin_ends() -> None:
    standing = pinned(PLATINUM, "standard").standing

    judged = judge(standing, 99, BANDS, NOON + 10 * WEEK)

    assert judged.standing.tier == "platinum"
    assert [change.news for change in judged.changes] == [News.PIN_ENDED, News.RAISED]


def test_who_had_heard_that_her_tier_will_be_lost_hears_that_the_pin_keeps_it() -> None:
    noticed = replace(GOLD, below_since=NOON - 3 * WEEK, noticed_at=NOON - WEEK)

    judged = pinned(noticed, "gold")

    assert judged.changes == (Change(News.KEPT, "gold", "gold", NOON),)
    assert judged.standing.since == LONG_AGO


def test_a_pin_can_be_ended_before_its_date() -> None:
    ended = unpin(pinned(GOLD, "gold").standing, NOON + DAY)

    judged = judge(ended, 10, BANDS, NOON + DAY)

    assert [change.news for change in judged.changes] == [News.PIN_ENDED]
    assert judged.standing.below_since == NOON + DAY


def test_what_is_not_pinned_cannot_be_unpinned() -> None:
    for standing in (GOLD, pinned(GOLD, "gold", until=NOON + DAY).standing):
        with pytest.raises(Conflict, match="not pinned"):
            unpin(standing, NOON + DAY)


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"tier": "diamond"}, "/tier"),
        ({"until": NOON}, "/until"),
        ({"until": NOON + 105 * WEEK}, "/until"),
        ({"until": (NOON + WEEK).replace(tzinfo=None)}, "/until"),
        ({"by": " "}, "/author"),
        ({"reason": ""}, "/reason"),
    ],
)
def test_a_pin_that_says_not_enough_is_refused(said: dict[str, object], pointer: str) -> None:
    whole = {"tier": "gold", "until": NOON + WEEK, "by": "Ada", "reason": "partner", **said}

    with pytest.raises(Invalid) as refused:
        pin(GOLD, bands=BANDS, now=NOON, **whole)  # type: ignore[arg-type]

    assert refused.value.pointer == pointer


# What cannot be


@pytest.mark.parametrize("index", [-0.1, 100.1, float("nan")])
def test_an_index_that_is_none_is_refused(index: float) -> None:
    with pytest.raises(Invalid, match="between 0 and 100"):
        judge(GOLD, index, BANDS, NOON)


def test_a_tier_that_is_no_longer_configured_counts_as_the_lowest() -> None:
    old = Standing(tier="silver", since=LONG_AGO)

    assert judge(old, 10, BANDS, NOON).standing.tier == "standard"
    assert judge(old, 85, BANDS, NOON).standing.tier == "gold"


def test_a_pin_to_a_tier_that_is_no_longer_configured_ends() -> None:
    old = pinned(STANDARD, "platinum").standing
    bands = Bands((Band("gold", 80, 72), Band("diamond", 95, 92)))

    judged = judge(old, 96, bands, NOON + DAY)

    assert (judged.standing.tier, judged.standing.pinned_until) == ("diamond", None)
    assert [change.news for change in judged.changes] == [News.PIN_ENDED, News.RAISED]


@pytest.mark.parametrize(
    "wrong",
    [
        {"bands": (Band("gold", 80, 81),)},
        {"bands": (Band("gold", 101, 72),)},
        {"bands": (Band("gold", 80, 0),)},
        {"bands": (Band("gold", 95, 92), Band("platinum", 80, 72))},
        {"bands": (Band("gold", 80, 72), Band("platinum", 95, 70))},
        {"bands": (Band("gold", 80, 72), Band("gold", 95, 92))},
        {"bands": (Band("", 80, 72),)},
        {"notice": timedelta()},
        {"notice": 5 * WEEK},
    ],
)
def test_bands_that_are_no_policy_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(Permanent):
        Bands(**wrong)  # type: ignore[arg-type]


def test_a_company_may_have_one_tier_for_all() -> None:
    assert judge(STANDARD, 100, Bands(()), NOON).standing == STANDARD
