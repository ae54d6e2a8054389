"""The touchpoint map is read strictly, and no map cuts anybody off."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.configuration import read_map
from chalicelib.kernel.errors import Permanent
from chalicelib.model.tier import DEFAULT_TIERS
from chalicelib.model.touchpoint import DEFAULT, Touchpoints
from chalicelib.model.urgency import Urgency
from chalicelib.model.work import Handling


def read(*entries: dict[str, Any]) -> Touchpoints:
    return read_map(json.dumps({"entries": entries}), DEFAULT_TIERS, "UTC")


def test_without_a_map_there_is_one_queue_for_everybody() -> None:
    assert read_map("", DEFAULT_TIERS, "UTC") == Touchpoints()
    assert Touchpoints().of("chat", "gold") == (DEFAULT,)
    assert Touchpoints().queues == ("support",)


def test_an_entry_says_who_sees_to_what_it_covers() -> None:
    told = read(
        {
            "channels": ["phone"], "tiers": "gold", "when": "closed", "handling": "call_back", "queue": "vip",
            "needs": {"billing": 2}, "wants": {"wine": 1}, "language_level": 3, "relax_minutes": 30,
            "head_start_minutes": 90, "offer_seconds": 45, "cost": 900, "customer_cost": 120,
            "urgency": {"urgent": 0.5},
        },
    )  # fmt: skip

    entry, fallback = told.of("phone", "gold")
    assert (entry.handling, entry.queue, entry.needs, entry.wants) == (
        Handling.CALL_BACK, "vip", {"billing": 2}, {"wine": 1},
    )  # fmt: skip
    assert (entry.head_start, entry.offered_for) == (timedelta(minutes=90), timedelta(seconds=45))
    assert (entry.cost, entry.customer_cost, entry.language_level) == (900, 120, 3)
    assert fallback == DEFAULT
    assert told.of("phone", "standard") == told.of("chat", "gold") == (DEFAULT,)
    assert told.queues == ("vip", "support")


def test_entries_behind_one_that_always_holds_never_count() -> None:
    told = read({"queue": "one"}, {"queue": "two"})

    assert [entry.queue for entry in told.of("email", "gold")] == ["one"]


def test_urgency_shortens_and_stretches_what_is_promised() -> None:
    (entry,) = read({"urgency": {"urgent": 0.25, "low": 2}}).of("email", "gold")

    factors = {
        urgency: entry.factor(urgency, DEFAULT_TIERS) for urgency in (Urgency.URGENT, Urgency.NORMAL, Urgency.LOW)
    }
    assert factors == {Urgency.URGENT: 0.25, Urgency.NORMAL: DEFAULT_TIERS.factor(Urgency.NORMAL), Urgency.LOW: 2}


def test_whoever_is_to_be_served_by_one_person_is_kept_for_her_longer() -> None:
    (entry,) = read({"handling": "person"}).of("email", "gold")

    assert entry.keep == timedelta(minutes=15)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"handling": "closed"}, "no tier has a channel closed"),
        ({"handling": "self_service_first", "after_minutes": 1441}, "a person comes in the end"),
        ({"handling": "self_service_first", "after_minutes": 120}, "gold is promised an answer on chat before"),
        ({"handling": "queue", "after_minutes": 5}, "nobody else waits for a person"),
        ({"relax_minutes": 0}, "would wait for ever"),
        ({"relax_minutes": 20000}, "would wait for ever"),
        ({"keep_minutes": 1441}, "others must come"),
        ({"urgency": {"urgent": 2}}, "never stretches more"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_map_that_cuts_somebody_off_is_refused(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(Permanent, match=said):
        read({"channels": ["chat"], "tiers": ["gold"], **entry})


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"channels": ["fax"]}, "no channel fax"),
        ({"tiers": ["vip"]}, "no tier vip"),
        ({"channels": []}, "at least one"),
        ({"when": "later"}, "when is always"),
        ({"when": {"open": {"mon": ["9"]}}}, "no span"),
        ({"queue": "a b"}, "no name"),
        ({"needs": {"billing": 6}}, "needs.billing is a level"),
        ({"needs": {str(n): 1 for n in range(6)}}, "at most 5 skills"),
        ({"language_level": "x"}, "language_level is a level"),
        ({"offer_seconds": 5}, "offer_seconds is 10 to 3600"),
        ({"cost": -1}, "cost is a whole number"),
        ({"urgency": {"soon": 1}}, "no urgency soon"),
        ({"urgency": {"low": 0}}, "urgency.low is a factor"),
        ({"colour": "red"}, "there is no colour"),
        ({"keep_minutes": "soon"}, "entry 1 cannot be read"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_with_an_entry_is_said(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(Permanent, match=said):
        read(entry)


@pytest.mark.parametrize("text", ["[]", "{", '{"rules": []}', '{"entries": 1}'])
def test_what_is_no_map_is_refused(text: str) -> None:
    with pytest.raises(Permanent, match="TOUCHPOINTS"):
        read_map(text, DEFAULT_TIERS, "UTC")


def test_a_map_has_at_most_50_entries() -> None:
    with pytest.raises(Permanent, match="51 entries"):
        read(*[{"channels": ["chat"]}] * 51)
