"""What makes people call, and that noise proposes nothing."""

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.insight.reports import drivers
from chalicelib.insight.reports.drivers import Sums
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind
from chalicelib.model.interaction import Delivery, DeliveryState, Direction, Purpose
from chalicelib.outreach import configured, selling
from tests.factories import ANNS_ID, NOON, at, make_fact, make_interaction

DAY = timedelta(days=1)


def test_what_happened_in_the_week_before_is_found_with_its_days() -> None:
    moved = make_fact(FactKind.LIFE_EVENT, occurred_at=NOON - 2 * DAY, data={"what": "moved"})
    ordered = make_fact(FactKind.ORDER, occurred_at=NOON - 9 * DAY, data={})
    broken = Event(id="E", customer_id=ANNS_ID, what=EventKind.PROMISE_BROKEN, at=NOON - DAY)

    found = drivers.before([make_interaction(), moved, broken, ordered], NOON)

    assert found == {"fact:life_event:what=moved": 2, "event:promise_broken": 1}


def test_notices_are_told_apart_by_their_play() -> None:
    sent = Delivery(to="ann@example.com", state=DeliveryState.SENT, since=NOON)
    notice = make_interaction(
        direction=Direction.OUT, purpose=Purpose.NOTICE, delivery=sent, template={"play": "incident"}
    )

    assert drivers.label_of(notice) == "notice:incident"
    assert drivers.label_of(replace(notice, delivery=replace(sent, state=DeliveryState.HELD))) == ""


def test_free_text_in_a_fact_makes_it_no_other_thing() -> None:
    quoted = make_fact(FactKind.POTENTIAL, data={"what": "quote 12, a tent for Ann"})

    assert drivers.label_of(quoted) == "fact:potential"


@pytest.mark.parametrize(
    ("kind", "data", "days"),
    [
        (
            FactKind.LIFE_EVENT,
            {"what": "moved", "on": "2026-12-01"},
            {"ahead:fact:life_event:what=moved": "2026-12-01"},
        ),
        (FactKind.CARD_EXPIRING, {"expires_on": "2026-12-31"}, {"ahead:trait:card_expires_on": "2026-12-31"}),
        (
            FactKind.PROBLEM_AHEAD,
            {"what": "bill_high", "on": "2026-12-01"},
            {"ahead:fact:problem_ahead:what=bill_high": "2026-12-01"},
        ),
        (
            FactKind.TRAIT,
            {"contract-end": "2027-01-31", "number": "20261201", "plan": "family", "born": "1980-04-02"},
            {"ahead:trait:contract-end": "2027-01-31"},
        ),
        (FactKind.LIFE_EVENT, {"what": "moved"}, {}),
        (FactKind.LIFE_EVENT, {"what": "pension", "on": "2049-12-01"}, {}),
    ],
    ids=["a life event", "a card", "a problem", "traits that hold a day to come", "no day", "far away"],
)
def test_a_fact_tells_of_days_to_come(kind: FactKind, data: dict[str, str], days: dict[str, str]) -> None:
    told = make_fact(kind, occurred_at=NOON, recorded_at=NOON, data=data)

    assert {label: f"{on}" for label, on in drivers.days_of(told).items()} == days


def test_what_lies_ahead_within_a_week_is_found_in_traits_and_life_events() -> None:
    moving = make_fact(
        FactKind.LIFE_EVENT, occurred_at=NOON, recorded_at=NOON, data={"what": "moved", "on": f"{(NOON + DAY).date()}"}
    )
    traits = {
        "problem_bill_high": f"{(NOON + 7 * DAY).date()}",
        "contract-end": f"{(NOON + 8 * DAY).date()}",
        "paid-on": f"{(NOON - DAY).date()}",
    }

    found = drivers.ahead([moving], traits, NOON.date())

    assert {*found} == {"ahead:fact:life_event:what=moved", "ahead:fact:problem_ahead:what=bill_high"}


@pytest.mark.parametrize(("told", "week"), [("2026-11-01", "2026-W48"), ("2026-12-01", "2026-W49")])
def test_a_day_to_come_counts_in_the_week_in_which_the_week_before_it_begins_or_it_is_told(
    told: str, week: str
) -> None:
    assert drivers.counted_in(at("2026-12-02").date(), at(told).date()) == week


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


@pytest.mark.parametrize(
    ("label", "speaks_of", "says"),
    [
        ("ahead:trait:contract-end", ("", "contract-end", {}), "within 5 days before contract-end ("),
        (
            "ahead:fact:problem_ahead:what=bill_high",
            ("problem_ahead", "", {"what": "bill_high"}),
            "within 5 days before problem ahead bill high (",
        ),
    ],
    ids=["a trait's day", "a fact's day"],
)
def test_what_people_ask_before_a_day_becomes_a_play_a_day_before_they_begin(
    label: str, speaks_of: tuple[str, str, dict[str, str]], says: str
) -> None:
    (found,) = drivers.preceded(summed(4_000, 3_433, 412, label=label), customers=100_000, in_weeks=1)

    play = drivers.definition_of(found)

    assert says in found.says
    assert play and (play.when.fact, play.when.trait, play.when.where) == speaks_of
    assert play.when.days == -6
    configured.check(play, (), selling.why_it_sells, "")


def test_what_nobody_counted_has_no_usual_and_proposes_nothing() -> None:
    (found,) = drivers.preceded(summed(asked=4_000, had=0, both=412), customers=100_000, in_weeks=1)

    assert (found.times, found.interval, found.proposes) == (None, None, False)


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
