"""Is it an answer? The floor on real questions is in tests/benchmarks/test_search.py."""

from dataclasses import replace

import pytest

from chalicelib.search.confidence import THRESHOLD, Evidence, likelihood

GOOD = Evidence(reached=0.9, explained=0.95, agreed=0.8, ahead=0.5)
POOR = Evidence(reached=0.2, explained=0.25, agreed=0.15, ahead=0.1)


@pytest.mark.parametrize("learned", [True, False])
def test_a_good_match_is_an_answer_and_a_poor_one_is_not(learned: bool) -> None:
    by = {} if learned else {"agreed": 0.0}

    assert likelihood(replace(GOOD, **by)) > 0.9
    assert likelihood(replace(POOR, **by)) < 0.2
    assert 0.2 < THRESHOLD < 0.9


@pytest.mark.parametrize("share", ["reached", "explained", "agreed", "ahead"])
def test_whatever_speaks_for_it_makes_it_likelier(share: str) -> None:
    assert likelihood(replace(POOR, **{share: 1.0})) > likelihood(POOR)
