"""What the index is measured against is what was published."""

from collections import Counter

import pytest

from benchmarks import bgnbd
from benchmarks import value as bench
from benchmarks.bgnbd import BgNbd, BuyingCell
from chalicelib.customers.spending import MOST, GammaGamma, SpendingCell, fit_spending


def test_bg_nbd_foretells_as_it_is_published() -> None:
    """Fader, Hardie and Lee (2005), section 5 and their spreadsheet: customer 0001 of the CDNOW sample."""
    model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)

    assert model.expected(39, x=2, tx=30.43, t=38.86) == pytest.approx(1.226, abs=0.001)


def test_who_never_came_back_may_have_left_or_not_even_begun_to() -> None:
    model = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)

    assert model.alive(0, 0, 38) == 1
    assert model.alive(2, 36, 38) > model.alive(2, 10, 38) > model.alive(8, 10, 38)


@pytest.mark.parametrize("a", [0.999_999_9, 1, 1.000_000_1])
def test_the_hole_of_the_formula_at_a_of_one_is_closed(a: float) -> None:
    near, at = (BgNbd(0.5, 5, value, 2).expected(39, 3, 20, 30) for value in (1.001, a))

    assert at == pytest.approx(near, rel=0.01)


def test_a_likelihood_that_runs_away_ends_at_a_bound() -> None:
    """Customers who all come back for ever: the likeliest chance to leave is none."""
    model = bgnbd.fit([BuyingCell(50, x, 5.0 * x, 5.0 * x + 1) for x in range(1, 10)])

    assert max(model.r, model.alpha, model.a, model.b) <= MOST * 1.001
    assert 0 < model.expected(13, 5, 25, 26) < 10


@pytest.mark.skipif(not bench.path_of("sample").exists(), reason="no development data (LIANA_DATA)")
def test_the_published_fits_of_cdnow_are_found_again() -> None:
    past = bench.split_of("sample").past
    rows = [(len(p) - 1, bench.weeks(p[0][0], p[-1][0]), bench.weeks(p[0][0], bench.CUT) - 1 / 7) for p in past]
    means = Counter((len(p) - 1, sum(m for _, m in p[1:]) / (len(p) - 1) / 100) for p in past if len(p) > 1)

    model = bgnbd.fit([BuyingCell(n, *row) for row, n in Counter(rows).items()])
    margins = fit_spending([SpendingCell(n, x, m) for (x, m), n in means.items() if m], GammaGamma(3, 3, 30))

    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=0.005)
    assert (margins.p, margins.q, margins.g) == pytest.approx((6.25, 3.74, 15.44), abs=0.05)
