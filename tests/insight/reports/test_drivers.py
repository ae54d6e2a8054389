"""What makes people call, and that noise proposes nothing."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from chalicelib.insight.reports import drivers
from chalicelib.insight.reports.drivers import Sums
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind
from tests.factories import ANNS_ID, NOON, at, make_fact, make_interaction

DAY = timedelta(days=1)


def test_what_happened_in_the_week_before_is_found_with_its_days() -> None:
    moved = make_fact(FactKind.LIFE_EVENT, occurred_at=NOON - 2 * DAY, data={"what": "moved"})
    ordered = make_fact(FactKind.ORDER, occurred_at=NOON - 9 * DAY, data={})
    broken = Event(id="E", customer_id=ANNS_ID, what=EventKind.PROMISE_BROKEN, at=NOON - DAY)

    found = drivers.before([make_interaction(), moved, broken, ordered], NOON)

    assert found == {"fact:life_event:what=moved": 2, "event:promise_broken": 1}


@pytest.mark.parametrize(
    "entry",
    [
        make_fact(FactKind.SEARCH, data={}),
        make_fact(FactKind.ORDER, corrected_by="F"),
        make_interaction(),
        Event(id="E", customer_id=ANNS_ID, what=EventKind.OUTCOME, at=NOON),
    ],
    ids=["what she looked for", "what was wrong", "what she wrote", "what an agent did"],
)
def test_what_makes_nobody_ask_is_not_counted(entry: object) -> None:
    assert drivers.label_of(entry) == ""


def test_a_person_who_asks_adds_one_to_the_topic_and_to_each_that_came_before() -> None:
    amounts = drivers.of_question("Billing", "gold", 999, {"fact:order": 0, "fact:refund": 4})

    assert amounts == {
        "asked/billing/gold": 1,
        "cost/billing": 999,
        "pair/billing/fact%3Aorder/1/gold": 1,
        "pair/billing/fact%3Arefund/5/gold": 1,
    }


def test_weeks_are_whole_and_cross_the_year() -> None:
    assert drivers.weeks(at("2026-12-30").date(), at("2027-01-05").date()) == ["2026-W53", "2027-W01"]


def summed(asked: int, had: int, both: int, *, label: str = "fact:order", topic: str = "billing") -> Sums:
    return Sums(Counter({topic: asked}), Counter(), Counter({label: had}), Counter({(topic, label, 5): both}))


def test_many_who_ask_after_something_happened_are_a_proposal_in_words() -> None:
    (found,) = drivers.preceded(summed(asked=4_000, had=3_433, both=412), customers=100_000, in_weeks=1)

    assert found.proposes
    assert found.says == (
        "412 people asked about billing within 5 days after order (12% of those with it, 3.2 times the usual): "
        "warn them"
    )


@pytest.mark.parametrize(
    ("asked", "had", "both"),
    [(1_000, 100, 19), (10_000, 10_000, 1_000), (20, 100, 20)],
    ids=["too few people", "no likelier than others", "nobody else asks, so nothing is usual"],
)
def test_little_is_not_proposed(asked: int, had: int, both: int) -> None:
    (found,) = drivers.preceded(summed(asked, had, both), customers=100_000, in_weeks=1)

    assert not found.proposes


def test_a_proposal_becomes_a_play_that_speaks_of_the_same_fact() -> None:
    moved = "fact:life_event:what=moved"
    (found,) = drivers.preceded(summed(4_000, 3_433, 412, label=moved), customers=100_000, in_weeks=1)

    play = drivers.definition_of(found)

    assert "after life event moved" in found.says
    assert play and (play.when.fact, play.when.where, play.topic) == ("life_event", {"what": "moved"}, "billing")
    assert {*play.texts} == {"en", "zh-Hans"}


def test_what_was_dismissed_is_not_proposed_again() -> None:
    found = drivers.preceded(summed(asked=4_000, had=3_433, both=412), customers=100_000, in_weeks=1)

    assert drivers.proposals(found, [found[0].id]) == []


def test_a_trend_has_an_honest_interval() -> None:
    (line,) = drivers.lines(summed(300, 0, 0), summed(200, 0, 0), customers=10_000, in_weeks=1)

    assert line.trend == pytest.approx(0.5)
    assert line.trend_interval and 0 < line.trend_interval.low < 0.5 < line.trend_interval.high


def test_tiers_are_told_apart() -> None:
    counted = drivers.of_question("billing", "gold", 5, {"fact:order": 1})

    assert Sums.of([counted], "gold").pairs == {("billing", "fact:order", 1): 1}
    assert Sums.of([counted], "standard").asked == {}


def test_noise_proposes_nothing() -> None:
    """A hundred companies in which what happens has nothing to do with what is asked: 20 topics, 15 things that happen,
    50,000 customers. Of the companies fewer than one in twenty are proposed anything."""
    chance, proposing = random.Random(7), 0  # noqa: S311 - a simulation
    for _ in range(100):
        asked = {f"t{n}": chance.randint(300, 3_000) for n in range(20)}
        had = {f"fact:{n}": chance.randint(500, 20_000) for n in range(15)}
        pairs = {
            (topic, label, 5): poisson(chance, people * of / 50_000)
            for topic, people in asked.items()
            for label, of in had.items()
        }
        sums = Sums(Counter(asked), Counter(), Counter(had), Counter(pairs))
        proposing += bool(drivers.proposals(drivers.preceded(sums, 50_000, 1), []))

    assert proposing <= 5


def poisson(chance: random.Random, mean: float) -> int:
    if mean > 100:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    found, left = 0, chance.expovariate(1)
    while left < mean:
        found, left = found + 1, left + chance.expovariate(1)
    return found
