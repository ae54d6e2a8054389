"""In which order do articles answer?"""

import pytest

from chalicelib.search.ranking import Voice, rank, tallied

REFUND, DELIVERY, PIN = 1, 2, 3


def order(
    *given: object, demand: dict[int, float] | None = None, standing: dict[int, float] | None = None
) -> list[int]:
    by_words, voices = given
    return [one.article for one in rank(by_words, voices, demand or {}, standing or {})]  # type: ignore[arg-type]


def test_without_learned_questions_words_decide() -> None:
    assert order([(REFUND, 3.0), (PIN, 9.0)], []) == [PIN, REFUND]


def test_a_question_that_was_asked_before_decides_for_the_article_it_led_to() -> None:
    assert order([(REFUND, 5.0), (PIN, 4.0)], [Voice(PIN, 8.0, explains=1.0)]) == [PIN, REFUND]


def test_questions_that_explain_little_have_little_to_say() -> None:
    assert order([(REFUND, 5.0), (PIN, 4.0)], [Voice(PIN, 8.0, explains=0.2)]) == [REFUND, PIN]


def test_an_article_found_by_learned_questions_alone_is_found() -> None:
    assert order([(REFUND, 5.0)], [Voice(PIN, 8.0, explains=0.9)]) == [REFUND, PIN]


def test_a_near_twin_outvotes_many_vague_ones() -> None:
    assert order([], [Voice(PIN, 9.0, 1.0), *[Voice(REFUND, 4.0, 0.4)] * 6])[0] == PIN


def test_votes_are_shares() -> None:
    assert sum(tallied([Voice(PIN, 3.0), Voice(PIN, 2.0), Voice(REFUND, 1.0)]).values()) == pytest.approx(1)
    assert tallied([]) == {}


@pytest.mark.parametrize(("score", "first"), [(5.0, PIN), (4.95, PIN), (4.5, REFUND)])
def test_demand_orders_near_ties_and_no_more(score: float, first: int) -> None:
    assert order([(REFUND, 5.0), (PIN, score)], [], demand={PIN: 1_000.0, REFUND: 1.0})[0] == first


def test_what_does_not_solve_falls_behind_but_is_still_found() -> None:
    assert order([(REFUND, 5.0), (PIN, 4.0)], [], standing={REFUND: 0.3}) == [PIN, REFUND]
    assert order([(REFUND, 5.0), (PIN, 2.0)], [], standing={REFUND: 0.0}) == [REFUND, PIN]


def test_nothing_found_ranks_nothing() -> None:
    assert order([], []) == []
