"""Tiers are configuration: read once, refused with a sentence that says what to correct."""

import json
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.errors import Permanent
from chalicelib.model.tier import DEFAULT_TIERS, read_tiers

STANDARD = {"name": "standard", "from_index": 0, "first_answer_minutes": {"*": 1440, "chat": 10}}
GOLD = {"name": "gold", "from_index": 20000, "first_answer_minutes": {"*": 480}}


def test_no_configuration_means_the_built_in_tiers() -> None:
    assert read_tiers("") is DEFAULT_TIERS


def test_tiers_are_read_as_written() -> None:
    tiers = read_tiers(json.dumps([STANDARD, GOLD]))

    assert [(t.name, t.from_index) for t in tiers.tiers] == [("standard", 0), ("gold", 20000)]
    assert tiers.named("gold").promised("email") == timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("gold", "TIERS cannot be read"),
        ("5", "TIERS cannot be read"),
        ('["gold"]', "TIERS cannot be read"),
        ('[{"name": "gold"}]', "TIERS cannot be read"),
        ([STANDARD | {"from_index": "much"}], "TIERS cannot be read"),
        ([STANDARD | {"first_answer_minutes": 5}], "TIERS cannot be read"),
        ([STANDARD | {"first_answer_minutes": {"*": "soon"}}], "TIERS cannot be read"),
        ([STANDARD | {"first_answer_minutes": {"*": 1e300}}], "TIERS cannot be read"),
        ("[]", "needs a lowest tier with from_index 0"),
        ("{}", "needs a lowest tier with from_index 0"),
        ([GOLD], "needs a lowest tier with from_index 0"),
        ([STANDARD, GOLD, GOLD | {"name": "platinum"}], "TIERS must rise"),
        ([STANDARD, GOLD | {"from_index": -1}], "TIERS must rise"),
        ([STANDARD, GOLD | {"name": "standard"}], "two tiers have one name"),
        (
            [STANDARD | {"first_answer_minutes": {"*": 60, "chat": 0}}],
            "standard promises an answer in no time",
        ),
        ([STANDARD | {"first_answer_minutes": {"*": -60}}], "standard promises an answer in no time"),
        ([STANDARD, GOLD | {"first_answer_minutes": {"chat": 5}}], 'gold promises nothing for "\\*"'),
    ],
)
def test_tiers_that_cannot_be_used_are_refused_with_the_reason(text: Any, sentence: str) -> None:
    with pytest.raises(Permanent, match=sentence):
        read_tiers(text if isinstance(text, str) else json.dumps(text))


@pytest.mark.parametrize(
    ("index", "tier"),
    [
        (-5_00, "standard"),
        (0, "standard"),
        (199_99, "standard"),
        (200_00, "gold"),
        (999_99, "gold"),
        (1_000_00, "platinum"),
    ],
)
def test_a_tier_is_earned_from_its_index_on(index: int, tier: str) -> None:
    assert DEFAULT_TIERS.earned_by(index).name == tier


def test_a_tier_that_was_renamed_is_served_as_the_lowest() -> None:
    assert DEFAULT_TIERS.named("silver") is DEFAULT_TIERS.lowest


@pytest.mark.parametrize(("channel", "hours"), [("email", 8), ("phone", 8), ("chat", 5 / 60)])
def test_a_channel_without_a_promise_of_its_own_has_the_tiers(channel: str, hours: float) -> None:
    assert DEFAULT_TIERS.named("gold").promised(channel) == timedelta(hours=hours)
