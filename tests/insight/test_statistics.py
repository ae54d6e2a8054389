"""What two groups say of each other, held against published figures and other people's programs."""

import random

import pytest

from chalicelib.insight.statistics import (
    Moments,
    Share,
    anytime,
    cuped,
    difference,
    drawn,
    holm,
    lift,
    needed,
    needed_of_means,
    p_value,
    split_p_value,
    split_p_value_of,
    stratified,
    stratified_cuped,
    variance,
    welch,
)


def moments(values: list[float], before: list[float] | None = None) -> Moments:
    befores = before or []
    return Moments(
        len(values),
        sum(values),
        sum(value**2 for value in values),
        sum(befores),
        sum(value**2 for value in befores),
        sum(one * other for one, other in zip(values, befores, strict=False)),
    )


# ── The draw ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "place"), [("cust-1", 0.4039450894), ("cust-2", 0.3711857585), ("客户-7", 0.3402593738)]
)
def test_somebody_is_drawn_to_one_place_for_ever(who: str, place: float) -> None:
    assert drawn("v1", "exp-A", who) == pytest.approx(place, abs=1e-10)


def test_the_draw_takes_the_share_it_is_asked_for_and_another_one_in_another_experiment() -> None:
    everybody = [f"customer-{n}" for n in range(4_000)]

    first = {who for who in everybody if drawn("v1", "one", who) < 0.25}
    second = {who for who in everybody if drawn("v1", "two", who) < 0.25}

    assert len(first) == pytest.approx(1_000, abs=85)  # three standard deviations
    assert len(first & second) == pytest.approx(250, abs=45)


# ── Shares ────────────────────────────────────────────────────────────────────────────────────────


def test_the_interval_of_a_difference_is_newcombes() -> None:
    found = difference(Share(56, 70), Share(48, 80))

    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)  # as he printed it


def test_the_interval_of_a_share_is_wilsons() -> None:
    found = Share(15, 148).interval

    assert (found.low, found.high) == pytest.approx((0.0624, 0.1605), abs=5e-5)  # Newcombe 1998, method 3
    assert Share(0, 20).interval.low == pytest.approx(0)


def test_two_shares_are_held_against_a_common_rate() -> None:
    # Chi-squared of the table without correction is 7.0234, as scipy's chi2_contingency has it: the square of z.
    assert p_value(Share(56, 70), Share(48, 80)) == pytest.approx(0.008045, abs=5e-7)
    assert p_value(Share(0, 0), Share(1, 2)) == 1.0
    assert p_value(Share(0, 9), Share(0, 9)) == 1.0


def test_a_lift_has_an_interval_that_ends_at_nothing_when_the_difference_does() -> None:
    found = lift(Share(120, 1_000), Share(100, 1_000))

    assert found is not None
    by, between = found
    assert by == pytest.approx(0.2)
    assert between.low < 0 < between.high
    assert lift(Share(0, 10), Share(1, 10)) is None


def test_nothing_is_said_of_two_hundred_without_thirty_of_each_outcome() -> None:
    assert Share(30, 200).enough
    assert not Share(29, 1_000).enough
    assert not Share(190, 200).enough
    assert not Share(60, 199).enough


def test_a_split_that_chance_does_not_make_is_seen() -> None:
    assert split_p_value(1_000, 9_000, 0.1) == 1.0
    assert split_p_value(821, 9_179, 0.1) < 1e-8
    assert split_p_value(1_020, 8_980, 0.1) == pytest.approx(0.505, abs=5e-4)  # chi-squared of 0.444
    assert split_p_value(0, 0, 0.1) == 1.0


@pytest.mark.parametrize(
    ("rates", "power", "per_other", "people"),
    [((0.05, 0.06), 0.8, 1, 8_158), ((0.05, 0.06), 0.8, 9, 4_651), ((0.5, 0.75), 0.9, 1, 76.7)],
    ids=["one point", "one point, a tenth held out", "as R's documentation of power.prop.test"],
)
def test_it_is_known_beforehand_how_many_are_needed(
    rates: tuple[float, float], power: float, per_other: float, people: float
) -> None:
    assert needed(*rates, power=power, per_other=per_other) == pytest.approx(people, rel=1e-3)


@pytest.mark.parametrize("wrong", [lambda: Share(3, 2), lambda: split_p_value(1, 1, 0), lambda: needed(0.1, 0.1)])
def test_what_cannot_be_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"share|apart"):
        wrong()  # type: ignore[operator]


# ── Means ─────────────────────────────────────────────────────────────────────────────────────────

FIRST = [27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4]
SECOND = [27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.0, 23.9]


def test_means_are_compared_as_welch_does() -> None:
    found = welch(moments(FIRST), moments(SECOND))

    assert found is not None
    assert found.difference == pytest.approx(-2.7667, abs=5e-5)
    assert found.p_value == pytest.approx(0.00845273, abs=5e-8)  # scipy's ttest_ind(equal_var=False)
    assert (found.interval.low, found.interval.high) == pytest.approx((-4.766445, -0.766888), abs=5e-6)


def test_what_was_known_before_makes_the_comparison_sharper() -> None:
    draw = random.Random(7)  # noqa: S311 - a simulation
    before = [draw.gauss(50, 20) for _ in range(2_000)]
    after = [0.9 * known + draw.gauss(0, 10) + (2 if n % 2 else 0) for n, known in enumerate(before)]
    treated, others = moments(after[1::2], before[1::2]), moments(after[::2], before[::2])

    plain, adjusted = welch(treated, others), cuped(treated, others)

    assert plain is not None
    assert adjusted is not None
    assert adjusted.variance < 0.3 * plain.variance  # the figure of before explains three quarters
    assert adjusted.interval.low < 2 < adjusted.interval.high
    assert adjusted.p_value < 0.001


def test_without_a_figure_of_before_nothing_is_adjusted() -> None:
    one, other = moments(FIRST), moments(SECOND)

    assert cuped(one, other) == welch(one, other)


def test_of_fewer_than_two_nothing_is_said_and_of_equal_ones_no_doubt() -> None:
    same = welch(moments([2.0, 2.0]), moments([2.0, 2.0]))

    assert welch(moments([1.0]), moments(SECOND)) is None
    assert cuped(moments(FIRST), moments([])) is None
    assert same is not None
    assert (same.difference, same.p_value) == (0, 1.0)


# ── At any time ───────────────────────────────────────────────────────────────────────────────────


def test_looking_again_and_again_at_two_equal_groups_finds_nothing_more_often_than_promised() -> None:
    draw = random.Random(11)  # noqa: S311 - a simulation
    runs, looks, a_look = 150, 20, 100
    ordinary = at_any_time = 0
    for _ in range(runs):
        found, always, events = False, False, [0, 0]
        for look in range(1, looks + 1):
            events = [sum(draw.random() < 0.2 for _ in range(a_look)) + before for before in events]
            one, other = (Share(each, look * a_look) for each in events)
            found = found or p_value(one, other) < 0.05
            said = anytime(one.rate - other.rate, variance(one, other), 0.02**2)
            always = always or bool(said and said.p_value < 0.05)
        ordinary, at_any_time = ordinary + found, at_any_time + always

    assert ordinary / runs > 0.12
    assert at_any_time / runs <= 0.05


def test_what_is_there_is_found_at_any_time_too() -> None:
    one, other = Share(700, 10_000), Share(500, 10_000)

    said = anytime(one.rate - other.rate, variance(one, other), 0.01**2)

    assert said is not None
    assert said.p_value < 0.001
    assert said.interval.low > 0
    wider, usual = said.interval, difference(one, other)
    assert wider.low < usual.low < usual.high < wider.high


def test_of_no_variance_nothing_is_said() -> None:
    assert anytime(0.1, 0.0, 0.01) is None


# ── In strata ─────────────────────────────────────────────────────────────────────────────────────


def events(events: int, of: int) -> Moments:
    return Moments.of_events(events, of)


def test_a_difference_within_strata_is_cochrans() -> None:
    """By hand: weights 50 and 33.33; differences 0.1 and 0.2."""
    found = stratified([(events(30, 100), events(20, 100)), (events(35, 50), events(50, 100))])

    assert found is not None
    assert found.difference == pytest.approx((50 * 0.1 + 100 / 3 * 0.2) / (50 + 100 / 3))
    spread = (0.3 * 0.7 / 99 + 0.2 * 0.8 / 99) * 0.6**2 + (0.7 * 0.3 / 49 + 0.5 * 0.5 / 99) * 0.4**2
    assert found.variance == pytest.approx(spread)


def test_one_stratum_is_an_ordinary_comparison() -> None:
    found = stratified([(events(120, 1_000), events(100, 1_000))])

    assert found is not None
    assert found.p_value == pytest.approx(p_value(Share(120, 1_000), Share(100, 1_000)), abs=0.001)
    assert found.lift() == pytest.approx((0.2, found.lift()[1]))  # type: ignore[index]


def test_tiers_in_other_shares_look_like_a_difference_only_when_they_are_thrown_together() -> None:
    gold, standard = (events(900, 1_800), events(100, 200)), (events(100, 1_000), events(180, 1_800))

    apart = stratified([gold, standard])
    together = stratified([(events(1_000, 2_800), events(280, 2_000))])

    assert apart is not None
    assert together is not None
    assert (round(apart.difference, 9), round(together.difference, 3)) == (0, 0.217)


def test_a_stratum_of_a_handful_is_left_out() -> None:
    few, many = (events(9, 9), events(0, 900)), (events(10, 100), events(10, 100))

    assert stratified([few, many]) == stratified([many])
    assert stratified([few]) is None


def test_what_was_known_before_makes_strata_sharper_too() -> None:
    rng = random.Random(3)  # noqa: S311 - a simulation

    def people(shift: float) -> Moments:
        before = [rng.gauss(50, 10) for _ in range(2_000)]
        return moments([2 * known + shift + rng.gauss(0, 10) for known in before], before)

    strata = [(people(1.0), people(0.0)), (people(31.0), people(30.0))]

    plain, sharp = stratified(strata), stratified_cuped(strata)

    assert plain is not None
    assert sharp is not None
    assert sharp.variance / plain.variance == pytest.approx(0.2, abs=0.02)
    assert sharp.interval().low < 1.0 < sharp.interval().high


def test_a_split_is_judged_over_all_strata_by_the_shares_of_each() -> None:
    assert split_p_value_of([(900, 100, 0.9), (500, 500, 0.5)]) == 1.0
    assert split_p_value_of([(880, 100, 0.9), (460, 500, 0.5)]) == pytest.approx(0.2246, abs=0.0001)
    assert split_p_value_of([(9_000, 1_000, 0.9), (4_700, 5_000, 0.5)]) < 0.01
    assert split_p_value_of([(500, 600, 0.5)]) == pytest.approx(split_p_value(500, 600, 0.5))


def test_holm_counts_each_beside_the_others() -> None:
    """Holm's own scheme: the smallest times four, the next times three …, never below the one before."""
    adjusted = holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})

    assert adjusted == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})


def test_how_many_a_difference_of_means_needs_follows_from_its_spread() -> None:
    """As R's power.t.test(delta = .5, sd = 1, power = .8), which by Student's distribution needs one more."""
    assert needed_of_means(1.0, 0.5) == pytest.approx(62.8, abs=0.1)
    assert needed_of_means(1.0, 0.5, per_other=3) == pytest.approx(62.8 * 2 / 3, abs=0.1)


def test_a_smaller_chance_of_being_wrong_asks_for_a_wider_interval() -> None:
    strict, usual = (anytime(0.0, 1e-4, 1e-4, alpha) for alpha in (0.01, 0.05))

    assert strict is not None
    assert usual is not None
    assert strict.interval.high > usual.interval.high
