"""Tiers are configuration: read once, refused with a sentence that says what to correct."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Permanent
from chalicelib.model.case import PromiseKind
from chalicelib.model.tier import DEFAULT_TIERS, Band, read_tiers

STANDARD = {"name": "standard", "first_answer_minutes": {"*": 1440, "chat": 10}}
GOLD = {"name": "gold", "from_index": 80, "keep_index": 70, "first_answer_minutes": {"*": 480}}
TOP = {"name": "top", "from_index": 95, "first_answer_minutes": {"*": 60}, "perks": ["free returns", "a named agent"]}


def told(*tiers: dict[str, Any], **more: Any) -> str:
    return json.dumps({"tiers": tiers, **more})


def test_no_configuration_means_the_built_in_tiers() -> None:
    assert read_tiers("") is DEFAULT_TIERS


def test_tiers_are_read_as_written() -> None:
    tiers = read_tiers(told(STANDARD, GOLD, TOP, grace_days=20, notice_days=10))

    assert [tier.name for tier in tiers.tiers] == ["standard", "gold", "top"]
    assert tiers.bands.bands == (Band("gold", 80, 70), Band("top", 95, 95))
    assert tiers.named("gold").promised("email") == timedelta(hours=8)
    assert tiers.named("top").perks == ("free returns", "a named agent")
    assert (tiers.bands.grace, tiers.bands.notice) == (timedelta(days=20), timedelta(days=10))


def test_a_configuration_has_a_version_of_its_own() -> None:
    versions = [read_tiers(text).version for text in ("", told(STANDARD, GOLD), told(STANDARD, GOLD, grace_days=21))]

    assert len(set(versions)) == 3
    assert versions[1] == read_tiers(told(STANDARD, GOLD)).version


@pytest.mark.parametrize(
    "other",
    [
        told(STANDARD, GOLD | {"first_answer_minutes": {"*": 481}}),
        told(STANDARD, GOLD | {"solution_minutes": {"*": 2000}}),
        told(STANDARD, GOLD | {"perks": ["cake"]}),
        told(STANDARD, GOLD | {"keep_index": 71}),
        told(STANDARD, GOLD, urgency_factors={"urgent": 0.4}),
        told(STANDARD, GOLD, notice_days=7),
    ],
)
def test_every_change_is_another_edition(other: str) -> None:
    assert read_tiers(other).edition != read_tiers(told(STANDARD, GOLD)).edition


def test_the_same_in_another_order_is_the_same_edition() -> None:
    one, other = ({"*": 60, "chat": 5, "phone": 1}, {"phone": 1, "chat": 5, "*": 60})

    editions = {read_tiers(told(STANDARD | {"first_answer_minutes": each}, GOLD)).edition for each in (one, other)}

    assert len(editions) == 1


def test_the_version_follows_from_what_decides_tiers_and_not_from_what_they_promise() -> None:
    faster = {"first_answer_minutes": {"*": 60}, "perks": ["a named agent"]}

    assert read_tiers(told(STANDARD, GOLD | faster)).version == read_tiers(told(STANDARD, GOLD)).version
    assert read_tiers(told(STANDARD, GOLD | {"keep_index": 71})).version != read_tiers(told(STANDARD, GOLD)).version


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("gold", "TIERS cannot be read"),
        ("5", "TIERS cannot be read"),
        ("[]", "TIERS cannot be read"),
        ("{}", "TIERS cannot be read"),
        ('{"tiers": ["gold"]}', "TIERS: there is no"),
        (told({"name": "gold"}), "TIERS cannot be read"),
        (told(STANDARD | {"from_index": "much"}), "TIERS cannot be read"),
        (told(STANDARD | {"first_answer_minutes": 5}), "TIERS cannot be read"),
        (told(STANDARD | {"first_answer_minutes": {"*": "soon"}}), "TIERS cannot be read"),
        (told(STANDARD | {"first_answer_minutes": {"*": 1e300}}), "TIERS cannot be read"),
        (told(STANDARD | {"promises": {}}), "TIERS: there is no promises; there are"),
        (told(STANDARD, bands=5), "TIERS: there is no bands; there are grace_days"),
        (told(), "there must be a tier"),
        (told(GOLD), "gold, the lowest tier, is everybody's"),
        (told(STANDARD, GOLD, GOLD | {"name": "top"}), "bands must rise"),
        (told(STANDARD, GOLD | {"from_index": -1}), "a band is lost at or below the index it is won at"),
        (told(STANDARD, GOLD | {"from_index": 101}), "a band is lost at or below the index it is won at"),
        (told(STANDARD, GOLD | {"keep_index": 81}), "a band is lost at or below the index it is won at"),
        (told(STANDARD, GOLD | {"name": "standard"}), "each tier has a name of its own"),
        (told(STANDARD, GOLD, grace_days=5), "a notice comes within the grace period"),
        (told(STANDARD | {"first_answer_minutes": {"*": 60, "chat": 0}}), "standard promises an answer in no time"),
        (told(STANDARD | {"first_answer_minutes": {"*": -60}}), "standard promises an answer in no time"),
        (told(STANDARD | {"solution_minutes": {"*": 0}}), "standard promises an answer in no time"),
        (told(STANDARD | {"next_answer_minutes": {"email": -1}}), "standard promises an answer in no time"),
        (told(STANDARD, GOLD | {"first_answer_minutes": {"chat": 5}}), 'gold promises nothing for "\\*"'),
    ],
)
def test_tiers_that_cannot_be_used_are_refused_with_the_reason(text: str, sentence: str) -> None:
    with pytest.raises(Permanent, match=sentence):
        read_tiers(text)


@pytest.mark.parametrize(
    ("kind", "channel", "minutes"),
    [
        (PromiseKind.FIRST_ANSWER, "chat", 10),
        (PromiseKind.NEXT_ANSWER, "chat", 5),
        (PromiseKind.NEXT_ANSWER, "email", 1440),  # as the first
        (PromiseKind.SOLUTION, "email", 7200),
        (PromiseKind.SOLUTION, "chat", None),
    ],
)
def test_next_answers_are_promised_as_the_first_and_a_solution_only_where_it_is_said(
    kind: PromiseKind, channel: str, minutes: int | None
) -> None:
    more = {"next_answer_minutes": {"chat": 5}, "solution_minutes": {"email": 7200}}

    within = read_tiers(told(STANDARD | more)).lowest.within(kind, channel)

    assert within == (timedelta(minutes=minutes) if minutes else None)


def test_a_tier_that_was_renamed_is_served_as_the_lowest() -> None:
    assert DEFAULT_TIERS.named("silver") is DEFAULT_TIERS.lowest


@pytest.mark.parametrize(("channel", "hours"), [("email", 8), ("phone", 8), ("chat", 5 / 60)])
def test_a_channel_without_a_promise_of_its_own_has_the_tiers(channel: str, hours: float) -> None:
    assert DEFAULT_TIERS.named("gold").promised(channel) == timedelta(hours=hours)
