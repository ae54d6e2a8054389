"""What a company may decide about contacting customers first."""

from datetime import time

import pytest

from chalicelib.kernel.errors import Permanent
from chalicelib.model.outreach import Hours, OutreachPolicy, read_outreach

TIERS = ("standard", "gold")


def test_nothing_said_is_what_we_ship() -> None:
    assert read_outreach("", TIERS) == OutreachPolicy()
    assert read_outreach("{}", TIERS) == OutreachPolicy()


def test_what_is_not_named_keeps_its_default() -> None:
    read = read_outreach('{"per_week": {"gold": 1}, "quiet": {"phone": "17:30-10:00"}}', TIERS)

    assert (read.weekly("gold"), read.weekly("standard"), read.monthly("gold")) == (1, 2, 5)
    assert read.quiet_on("phone") == Hours(time(17, 30), time(10))
    assert read.quiet_on("email") == Hours(time(20), time(8))


def test_days_of_rest_are_of_a_channel_or_of_all() -> None:
    read = read_outreach('{"rest_days": {"*": ["sun"], "phone": ["sat", "sun", "holidays"]}}', TIERS)

    assert read.rests_on("email") == ("sun",)
    assert read.rests_on("phone") == ("sat", "sun", "holidays")


def test_hours_over_midnight_and_within_a_day() -> None:
    assert Hours(time(20), time(8)).hold(time(23))
    assert not Hours(time(20), time(8)).hold(time(8))
    assert Hours(time(12), time(14)).hold(time(13))
    assert not Hours(time(12), time(14)).hold(time(15))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[", "OUTREACH cannot be read"),
        ('{"weekly": 2}', "there is no weekly"),
        ('{"per_week": {"diamond": 2}}', "names the tier diamond; there are *, gold, standard"),
        ('{"per_week": {"gold": 11}}', "a whole number of contacts from 0 to 10"),
        ('{"per_month": 3}', "a whole number of contacts from 0 to 10"),
        ('{"quiet": {"*": "8pm"}}', 'hours such as "20:00-08:00"'),
        ('{"quiet": "20:00-08:00"}', 'hours such as "20:00-08:00"'),
        ('{"rest_days": {"phone": ["friday"]}}', "a list of mon, tue"),
        ('{"rest_days": {"*": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}}', "leaves no day"),
        ('{"call_tiers": ["silver"]}', "a list of tiers: gold, standard"),
        ('{"hold_out": 0.9}', "hold_out is a share from 0 to 0.5"),
        ('{"complaints_warn": 0.05}', "warn before you stop"),
        ('{"service_level": 1.0}', "service_level is a share from 0.5 to 0.99"),
        ('{"service_seconds": 0}', "service_seconds is a whole number of seconds"),
        ('{"drivers_share": 2}', "drivers_share is a share from 0 to 1"),
        ('{"brake_after": 1}', "brake_after is a whole number of notices from 50"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_correct(text: str, says: str) -> None:
    with pytest.raises(Permanent, match=says.replace("*", "[*]")):
        read_outreach(text, TIERS)
