"""The self-service index, what it saves, and what is said of a comparison."""

from datetime import date
from typing import Any

import pytest

from chalicelib.insight.reports import self_service
from chalicelib.insight.reports.self_service import Cell, Report, Wanted, cells_of, report
from chalicelib.model.policy import REFERENCE_COSTS
from chalicelib.model.tally import words_as_one

DAY = date(2026, 11, 20)
LATER = date(2026, 12, 31)


def cell(requests: int, fate: str = "served", **fields: Any) -> Cell:
    blank = {"day": DAY, "topic": "", "tier": "", "through": "help_centre", "channel": "", "group": ""}
    return Cell(**{**blank, "fate": fate, "requests": requests, **fields})


def told(*cells: Cell, by: str = "topic", first: date = DAY, last: date = DAY, **only: str) -> Report:
    wanted = Wanted(first=first, last=last, by=by, **only)
    return report(wanted, cells, REFERENCE_COSTS, 117, LATER)


# ── The index ─────────────────────────────────────────────────────────────────────────────────────

# 200 companies, one quarter: industry, requests, served by a person, index. Of telecommunications the source prints
# 70.02 %; its own counts give 75.02 %.
FIELD = [
    ("manufacturing", 22_784, 489, 0.9785),
    ("education", 8_400, 317, 0.9623),
    ("financial services", 40_574, 1_972, 0.9514),
    ("software", 449_402, 27_412, 0.9390),
    ("consumer goods", 1_044_199, 162_219, 0.8446),
    ("telecommunications", 809_320, 202_158, 0.7502),
]


def test_the_table_of_the_field_follows_from_its_counts() -> None:
    cells = [
        each
        for industry, requests, person, _ in FIELD
        for each in (
            cell(requests - person, topic=industry),
            cell(person, "person", topic=industry, channel="phone"),
        )
    ]

    found = told(*cells)

    assert {line.name: line.index for line in found.lines} == {industry: index for industry, _, _, index in FIELD}
    assert found.total.requests == sum(requests for _, requests, _, _ in FIELD)


def test_what_nobody_answered_counts_for_the_field_and_not_for_the_stricter_index() -> None:
    total = told(cell(70), cell(20, "unserved"), cell(10, "person")).total

    assert (total.index, total.answered_index) == (0.9, 0.7)
    assert total.interval is not None
    assert (total.interval.low, total.interval.high) == pytest.approx((0.8256, 0.9448), abs=5e-5)


def test_of_a_few_requests_no_rate_is_told() -> None:
    total = told(cell(4)).total

    assert (total.requests, total.index, total.interval, total.answered_index) == (4, None, None, None)


def test_topics_of_a_few_requests_are_told_together() -> None:
    found = told(cell(9, topic="returns"), cell(4, topic="divorce"), cell(3, "person", topic="illness"))

    assert [(line.name, line.requests, line.person) for line in found.lines] == [
        ("returns", 9, 0),
        (self_service.OTHERS, 7, 3),
    ]


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("day", ["2026-11-20", "2026-12-30"]),
        ("week", ["2026-W47", "2026-W53"]),
        ("month", ["2026-11", "2026-12"]),
        ("quarter", ["2026-Q4"]),
        ("tier", ["gold", ""]),
        ("through", ["help_centre", "contact"]),
    ],
)
def test_it_is_told_by(by: str, names: list[str]) -> None:
    cells = cell(9, tier="gold"), cell(8, "person", day=date(2026, 12, 30), through="contact", channel="email")

    assert [line.name for line in told(*cells, by=by, last=LATER).lines] == names


def test_only_what_is_asked_for_counts() -> None:
    cells = (
        cell(9, tier="gold"),
        cell(5, tier="gold", topic="returns"),
        cell(7),
        cell(6, day=date(2026, 11, 21)),
        cell(3, "nameless", tier="gold"),
    )

    found = told(*cells, tier="gold", topic="")

    assert (found.total.requests, found.nameless) == (9, 3)


def test_what_may_still_change_is_told_apart() -> None:
    wanted = Wanted(first=DAY, last=LATER, by="day")
    cells = [cell(5), cell(6, day=date(2026, 12, 1))]

    found = report(wanted, cells, REFERENCE_COSTS, 117, date(2026, 12, 1))

    assert [(line.requests, line.provisional) for line in (found.total, *found.lines)] == [(11, 6), (5, 0), (6, 6)]


def test_a_cell_is_read_as_it_was_named() -> None:
    name = words_as_one("2026-11-20", "person", "re/turns", "gold", "form", "web", "held@0.1")

    assert list(cells_of({name: 3, "2026-11-21/served/////": 0})) == [
        cell(3, "person", topic="re/turns", tier="gold", through="form", channel="web", group="held@0.1")
    ]


# ── Money ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_served_saves_what_a_person_would_have_cost_more() -> None:
    persons = cell(30, "person", channel="phone"), cell(10, "person", channel="chat")  # 3,274 and 780: 2,650.5 each

    total = told(cell(100), cell(50, "unserved"), *persons).total

    assert total.person_cost == 30 * 3_274 + 10 * 780
    assert total.answer_cost == 100 * 117
    assert total.saved == 100 * (2_650 - 117)  # what nobody answered saves nothing


def test_a_mail_that_was_answered_without_a_person_saves_what_a_mail_costs() -> None:
    total = told(cell(10, through="letter", channel="email"), cell(5, "person", channel="phone")).total

    assert total.saved == 10 * (999 - 117)


def test_where_nobody_turned_to_a_person_a_mail_is_what_was_saved() -> None:
    assert told(cell(10)).total.saved == 10 * (999 - 117)


# ── Before and after ──────────────────────────────────────────────────────────────────────────────


def test_it_is_held_against_as_many_days_before() -> None:
    before = date(2026, 11, 19)
    cells = cell(800), cell(200, "person"), cell(700, day=before), cell(300, "person", day=before)

    change = told(*cells).change

    assert change is not None
    assert change.by == 0.1
    assert (change.interval.low, change.interval.high) == pytest.approx((0.0623, 0.1377), abs=5e-4)  # Wald's, nearly


def test_with_nothing_before_nothing_has_changed() -> None:
    assert told(cell(800)).change is None


# ── Held out ──────────────────────────────────────────────────────────────────────────────────────


def groups(held: tuple[int, int], shown: tuple[int, int], share: float = 0.1, **fields: Any) -> list[Cell]:
    """Each with how many stayed with a person, of how many."""
    return [
        each
        for arm, (person, of) in (("held", held), ("shown", shown))
        for each in (
            cell(of - person, group=f"{arm}@{share}", **fields),
            cell(person, "person", group=f"{arm}@{share}", channel="email", **fields),
        )
    ]


def test_answers_are_proven_by_those_who_were_shown_none() -> None:
    (found,) = told(*groups((180, 300), (900, 2_700))).comparisons

    assert found.tells
    assert round(found.difference, 4) == 0.2667
    assert (found.interval.low, found.interval.high) == pytest.approx((0.2085, 0.3249), abs=2e-3)  # likewise
    assert found.p_value < 1e-9
    assert found.lift is not None
    assert found.lift[0] == pytest.approx(-0.4444, abs=5e-5)
    assert found.anytime is not None
    assert 0 < found.anytime.interval.low < found.interval.low
    assert found.saved == round(2_700 * (0.8 / 3 * 999 - 117))


def test_before_there_are_enough_nothing_is_told() -> None:
    (few,) = told(*groups((90, 150), (450, 1_350))).comparisons
    (rare,) = told(*groups((10, 300), (450, 2_700))).comparisons

    assert not few.tells
    assert not rare.tells


def test_groups_the_draw_did_not_make_are_not_compared() -> None:
    (found,) = told(*groups((180, 300), (900, 1_900))).comparisons

    assert found.enough
    assert not found.sound
    assert not found.tells


def test_each_share_that_was_held_out_is_a_comparison_of_its_own() -> None:
    found = told(*groups((1, 10), (9, 90)), *groups((5, 50), (5, 50), share=0.5)).comparisons

    assert [(each.share, each.held.of, each.shown.of) for each in found] == [(0.1, 10, 90), (0.5, 50, 50)]


def test_only_what_is_counted_for_good_is_compared() -> None:
    assert told(*groups((180, 300), (900, 2_700), day=LATER), last=LATER).comparisons == []
