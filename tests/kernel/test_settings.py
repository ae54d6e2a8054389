"""A stage's settings: what is missing or empty has a default, what is wrong is said in one sentence."""

from datetime import timedelta

import pytest

from chalicelib.configuration import policy
from chalicelib.kernel.errors import Permanent
from chalicelib.kernel.settings import settings
from chalicelib.model.tier import DEFAULT_TIERS
from tests import workbench


def test_what_the_environment_says_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench.set_environment(monkeypatch, stage="prod", company_name="Baum & Blatt")

    assert (settings().stage, settings().company_name) == ("prod", "Baum & Blatt")


@pytest.mark.parametrize("told", [None, ""])
def test_what_is_missing_or_empty_has_its_default(monkeypatch: pytest.MonkeyPatch, told: str | None) -> None:
    monkeypatch.delenv("DEFAULT_TIMEZONE", raising=False)
    if told is not None:
        workbench.set_environment(monkeypatch, default_timezone=told)

    assert settings().default_timezone == "UTC"


@pytest.mark.parametrize(
    ("told", "on"), [("on", True), ("off", False), ("", False), ("ON", False), ("true", False), ("1", False)]
)
def test_only_the_word_on_switches_sending_on(monkeypatch: pytest.MonkeyPatch, told: str, on: bool) -> None:
    workbench.set_environment(monkeypatch, sending=told)

    assert settings().sending_on is on


def test_the_calendar_and_whether_delays_are_told_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    table = '{"open": {"mon-fri": "09:00-17:00"}}'
    workbench.set_environment(monkeypatch, calendar=table, delay_mail="off", default_timezone="Europe/Berlin")

    assert policy().calendars.of("email").a_week == timedelta(hours=40)
    assert policy().calendars.of("email").time_zone == "Europe/Berlin"
    assert not policy().delays_told


@pytest.mark.parametrize(
    ("calendar", "sentence"),
    [
        ("always", "CALENDAR cannot be read"),
        ('{"open": {"mon": "09:00-09:25"}}', "standard promises more on . than a year"),
        ('{"channels": {"email": {"open": {"mon": "09:00-09:25"}}}}', "standard promises more on email than a year"),
    ],
)
def test_a_calendar_that_cannot_hold_what_is_promised_is_refused(
    monkeypatch: pytest.MonkeyPatch, calendar: str, sentence: str
) -> None:
    workbench.set_environment(monkeypatch, calendar=calendar)

    with pytest.raises(Permanent, match=sentence):
        policy()


def test_nothing_of_the_environment_is_read_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    settings.cache_clear()
    monkeypatch.setenv("STAGE", "late")

    assert settings().stage == "late"


def test_the_policy_is_made_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench.set_environment(monkeypatch, sender_address="Hello@Care.Liana.Test", default_currency="EUR")

    assert policy().sender_address == "hello@care.liana.test"
    assert (policy().currency, policy().tiers, policy().sending_on) == ("EUR", DEFAULT_TIERS, False)


@pytest.mark.parametrize(
    ("told", "address", "staff"),
    [
        ("Bo@Care.Example, @help.example", "bo@care.example", True),
        ("Bo@Care.Example, @help.example", "eve@care.example", False),
        ("Bo@Care.Example, @help.example", "cy@help.example", True),
        ("Bo@Care.Example, @help.example", "eve@nothelp.example", False),
        ("Bo@Care.Example, @help.example", "eve@help.example.org", False),
        ("", "bo@care.example", False),
        ("", "", False),
        (" , ", "", False),
    ],
)
def test_staff_is_whoever_is_named_or_writes_from_a_named_domain(
    monkeypatch: pytest.MonkeyPatch, told: str, address: str, staff: bool
) -> None:
    workbench.set_environment(monkeypatch, staff=told)

    assert policy().is_staff(address) is staff


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../etc/passwd", "Europe", "CET+1 or so"])
def test_a_time_zone_nobody_knows_is_refused_at_once(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    workbench.set_environment(monkeypatch, default_timezone=zone)

    with pytest.raises(Permanent, match="DEFAULT_TIMEZONE is no IANA name"):
        policy()


def test_tiers_that_cannot_be_read_are_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    workbench.set_environment(monkeypatch, tiers="gold, please")

    with pytest.raises(Permanent, match="TIERS cannot be read"):
        policy()


@pytest.mark.parametrize(
    ("address", "ours"),
    [
        ("hello@care.liana.test", True),
        ("reply+abc@care.liana.test", True),
        ("ann@example.org", False),
        ("eve@notcare.liana.test", False),
    ],
)
def test_our_own_addresses_are_known(monkeypatch: pytest.MonkeyPatch, address: str, ours: bool) -> None:
    workbench.set_environment(monkeypatch, sender_address=workbench.SENDER, inbound_domain=workbench.DOMAIN)

    assert policy().is_ours(address) is ours
