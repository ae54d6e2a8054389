"""How soon somebody is answered: against published figures, and against the same model added up state by state."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.insight import erlang
from chalicelib.insight.erlang import Service, blend, blended, erlang_b, erlang_c, service

A_CALL = 240.0  # seconds


def test_erlangs_tables_are_met() -> None:
    assert erlang_b(10, 10) == pytest.approx(0.214582, abs=1e-6)
    assert erlang_c(55, 48) == pytest.approx(0.2387, abs=1e-4)
    assert erlang_c(14, 10) == pytest.approx(0.174132, abs=1e-6)


def test_waiting_times_of_a_call_centre_of_fifty_five_are_met() -> None:
    found = service(55, 48 / A_CALL, A_CALL, within=15)

    assert found.average_wait == pytest.approx(8.184, abs=1e-3)
    assert found.answered_in_time == pytest.approx(0.8459, abs=1e-4)


def test_a_call_centre_of_fourteen_is_met() -> None:
    assert service(14, 10 / 180, 180, within=20).answered_in_time == pytest.approx(0.888350, abs=1e-6)


def test_fifty_agents_whose_callers_have_two_minutes_of_patience_are_met() -> None:
    found = service(50, 48 / 60, 60, patience=120)

    assert found.gives_up == pytest.approx(0.031, abs=5e-4)
    assert found.average_wait == pytest.approx(3.7, abs=0.05)
    assert (1 - found.gives_up) * 48 / 50 == pytest.approx(0.93, abs=5e-3)  # how busy they are


def test_three_of_ten_agents_are_kept_for_those_who_call() -> None:
    found = blend(10, 1.5 / 60, A_CALL, target=0.8)

    assert (found.keep, found.reached) == (3, True)
    assert found.service.answered_in_time == pytest.approx(0.8209, abs=1e-4)
    assert found.service.other_work * 60 == pytest.approx(0.5833, abs=1e-4)


def test_more_are_kept_where_the_other_work_takes_longer() -> None:
    assert blend(10, 1.5 / 60, A_CALL, target=0.8, other_handle=2 * A_CALL).keep == 5


def test_nobody_does_other_work_where_the_promise_is_not_kept_anyway() -> None:
    found = blend(10, 3 / 60, A_CALL, target=0.8)

    assert (found.keep, found.reached, found.service.other_work) == (10, False, 0.0)


def test_everybody_does_other_work_while_nobody_comes() -> None:
    found = blend(10, 0, A_CALL, target=0.8)

    assert found.service.other_work > 0
    assert found.keep <= 1


def test_a_line_that_grows_without_end_keeps_no_promise() -> None:
    assert service(10, 1, A_CALL).answered_in_time == 0
    assert service(10, 1, A_CALL).average_wait == math.inf
    assert erlang_c(10, 240) == 1


@pytest.mark.parametrize("wrong", [(-1, 1.0, 1.0), (1, -1.0, 1.0), (1, 1.0, 0.0)])
def test_figures_that_cannot_be_are_refused(wrong: tuple[int, float, float]) -> None:
    with pytest.raises(ValueError, match="not negative"):
        service(*wrong)


def test_thousands_of_agents_are_no_trouble() -> None:
    found = service(3_000, 15, 180, patience=100)

    assert 0.99 < found.answered_in_time <= 1
    assert service(3_000, 20, 180, patience=100).gives_up == pytest.approx(
        1 / 6, abs=1e-3
    )  # as of a river: 600 of 3600
    assert service(500, 1e-4, 180, keep=499).answered_in_time == pytest.approx(1)


@settings(max_examples=60, deadline=None)
@given(
    agents=st.integers(1, 25),
    busy=st.floats(0.05, 0.95),
    patience=st.sampled_from([0.0, 60.0, 600.0]),
    within=st.floats(0, 120),
    part=st.floats(0, 1),
)
def test_it_is_the_sum_over_all_states(agents: int, busy: float, patience: float, within: float, part: float) -> None:
    rate, keep = busy * agents / A_CALL, round(part * agents)

    found = service(agents, rate, A_CALL, patience=patience, within=within, keep=keep)

    slow = added_up(agents, rate, 1 / A_CALL, patience, within, keep)
    assert found.waits == pytest.approx(slow.waits, rel=1e-6, abs=1e-9)
    assert found.average_wait == pytest.approx(slow.average_wait, rel=1e-5, abs=1e-6)
    assert found.gives_up == pytest.approx(slow.gives_up, rel=1e-5, abs=1e-9)
    assert found.other_work == pytest.approx(slow.other_work, rel=1e-6, abs=1e-12)
    if not patience:
        assert found.answered_in_time == pytest.approx(slow.answered_in_time, rel=1e-6, abs=1e-9)


def test_who_has_patience_is_answered_in_time_as_often_as_step_by_step() -> None:
    """Each who waits sees the line move step by step: followed by small steps of time, without any formula."""
    agents, rate, done, patience, within = 5, 6 / 240, 1 / 240, 120.0, 30.0
    weights = weights_of(agents, rate, done, patience, keep=agents)
    total, in_time = sum(weights.values()), 0.0
    line = {n - agents: weight / total for n, weight in weights.items() if n >= agents}
    answered = sum(weight for n, weight in weights.items() if n < agents) / total
    step = 0.01
    for _ in range(int(within / step)):  # before her are `n`; she herself gives up at 1 / patience
        after: dict[int, float] = {}
        for n, share in line.items():
            forward = agents * done + n / patience
            stays = 1 - step * (forward + 1 / patience)
            after[n] = after.get(n, 0.0) + share * stays
            if n:
                after[n - 1] = after.get(n - 1, 0.0) + share * step * forward
            else:
                in_time += share * step * forward
        line = {n: share for n, share in after.items() if share > 1e-12}

    found = service(agents, rate, 1 / done, patience=patience, within=within)

    assert found.answered_in_time == pytest.approx(answered + in_time, abs=1e-3)


def test_what_is_mixed_lies_between_the_two() -> None:
    quick, slow = (service(10, 1.5 / 60, each, keep=3).answered_in_time for each in (A_CALL, 2 * A_CALL))
    mixed = blended(10, 1.5 / 60, A_CALL, 2 * A_CALL, 3).answered_in_time

    assert slow < mixed < quick
    assert mixed == pytest.approx(0.67, abs=0.01)


@settings(max_examples=40, deadline=None)
@given(agents=st.integers(1, 60), busy=st.floats(0.05, 1.2), other=st.floats(30, 900), target=st.floats(0.1, 0.99))
def test_one_fewer_kept_would_break_the_promise(agents: int, busy: float, other: float, target: float) -> None:
    rate = busy * agents / A_CALL

    found = blend(agents, rate, A_CALL, target=target, other_handle=other)

    if found.reached and found.keep:
        assert found.service.answered_in_time >= target
        assert blended(agents, rate, A_CALL, other, found.keep - 1).answered_in_time < target + 1e-6


# ── The model, added up ───────────────────────────────────────────────────────────────────────────


def weights_of(agents: int, rate: float, done: float, patience: float, keep: int) -> dict[int, float]:
    weights, n = {agents - keep: 1.0}, agents - keep
    leaving = 1 / patience if patience else 0.0
    while n < agents or weights[n] > 1e-16 * max(weights.values()):
        n += 1
        weights[n] = weights[n - 1] * rate / (min(n, agents) * done + max(0, n - agents) * leaving)
    return weights


def added_up(agents: int, rate: float, done: float, patience: float, within: float, keep: int) -> Service:
    weights = weights_of(agents, rate, done, patience, keep)
    total = sum(weights.values())
    states = {n: weight / total for n, weight in weights.items()}
    in_line = sum((n - agents) * share for n, share in states.items() if n > agents)
    in_time = 0.0
    for n, share in states.items():
        if n < agents:
            in_time += share
        elif not patience:  # n - agents + 1 are done before it is her turn
            term, upto, turn = math.exp(-agents * done * within), 0.0, agents * done * within
            for k in range(n - agents + 1):
                upto += term
                term *= turn / (k + 1)
            in_time += share * (1 - upto)
    return Service(
        answered_in_time=in_time,
        waits=sum(share for n, share in states.items() if n >= agents),
        average_wait=in_line / rate,
        gives_up=in_line / patience / rate if patience else 0.0,
        other_work=(agents - keep) * done * states[agents - keep],
    )


def test_the_recursion_of_erlang_b_is_its_sum() -> None:
    load, agents = 7.5, 12
    terms = [load**n / math.factorial(n) for n in range(agents + 1)]

    assert erlang.erlang_b(agents, load) == pytest.approx(terms[-1] / sum(terms))
