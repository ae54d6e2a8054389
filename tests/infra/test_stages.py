"""The stage file: what is missing or wrong is said in one line that tells what to write."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.configuration import read_map
from chalicelib.kernel import clock
from chalicelib.model.calendar import read_calendars
from chalicelib.model.tier import DEFAULT_TIERS, read_tiers
from infra.stages import REPOSITORY, Stage, load_stage, local_stage
from infra.trouble import Trouble

ALL = '[[tiers.tiers]]\nname = "all"\nfirst_answer_minutes = { "*" = 60 }\n'
COMPLETE = 'sender_address = "us@shop.example"\ninbound_domain = "in.shop.example"\ncompany_name = "Shop"\n'


def write(folder: Path, text: str) -> Path:
    (folder / "liana.prod.toml").write_text(text)
    return folder


def test_a_complete_file_becomes_the_templates_parameters(tmp_path: Path) -> None:
    stage = load_stage("prod", write(tmp_path, COMPLETE + "raw_mail_days = 30\n"))

    assert stage == Stage("prod", "us@shop.example", "in.shop.example", "Shop", raw_mail_days=30)
    assert stage.parameters()["RawMailDays"] == "30"
    assert stage.parameters()["KeysParameter"] == "/liana/prod/keys"


def test_how_long_what_is_kept_is_told_to_functions_and_to_the_bucket(tmp_path: Path) -> None:
    stage = load_stage("prod", write(tmp_path, COMPLETE + 'retention = "interaction=0 look=30"\n'))

    assert stage.parameters()["Retention"] == "interaction=0 look=30"
    assert stage.parameters()["InteractionDays"] == "0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "sender_address, inbound_domain, company_name must be given"),
        (COMPLETE.replace("us@shop.example", "us"), "sender_address must be a mail address"),
        (COMPLETE + "colour = 1\n", "unknown colour"),
        (COMPLETE + 'raw_mail_days = "many"\n', "raw_mail_days must be a number"),
        (COMPLETE + "tiers = 3\n", "tiers must be a table"),
        (COMPLETE + "[tiers]\ntiers = []\n", "TIERS: there must be a tier"),
        (COMPLETE + "[contact_costs]\nfax = 3\n", "CONTACT_COSTS: there is no channel fax"),
        (
            COMPLETE
            + '[[tiers.tiers]]\nname = "standard"\nfirst_answer_minutes = { "*" = 9 }\nperks = ["'
            + "x" * 2000
            + '"]',
            "functions can be told 2000",
        ),
        (COMPLETE + "calendar = 3\n", "calendar must be a table"),
        (COMPLETE + '[calendar]\nopen = { mon = "9-5" }\n', "CALENDAR: mon: '9-5' is no span"),
        (COMPLETE + '[calendar]\nholidays = "DE-XX"\n', "liana.prod.toml: holidays: nobody knows those of 'DE-XX'"),
        (
            COMPLETE + '[calendar]\nopen = { mon = "09:00-09:20" }\n',
            r"standard promises more on \* than a year of the calendar's weeks holds",
        ),
        (
            COMPLETE + "[calendar]\nclosed = [" + ", ".join(["2026-12-24"] * 99) + "]\n",
            "calendar takes .* functions can be told 1000",
        ),
        (
            COMPLETE + '[[touchpoints.entries]]\nhandling = "closed"\n',
            "TOUCHPOINTS: entry 1: handling is one of .*: no tier has a channel closed",
        ),
        (
            COMPLETE + "[touchpoints]\nentries = [" + ", ".join(['{ queue = "a-name-of-some-length" }'] * 49) + "]\n",
            "touchpoints takes .* functions can be told 1500",
        ),
        (COMPLETE + 'delay_mail = "no"\n', 'delay_mail is "on" or "off"'),
        (
            COMPLETE + 'staff = ["ann@shop.example", "Bo"]\n',
            r"staff 'Bo': name addresses \(ann@example.com\) or @domains",
        ),
        (COMPLETE + 'staff = "@shop"\n', "staff '@shop': name addresses"),
        (COMPLETE + "staff = [3]\n", "staff '3': name addresses"),
        (COMPLETE + "staff = 3\n", "staff must be a list or a text"),
        (COMPLETE + 'retention = "lock=3"\n', "retention knows no 'lock'; it may name interaction, fact"),
        (COMPLETE + 'retention = "look=many"\n', "retention look=many: write whole days"),
        (COMPLETE + 'retention = "usage=30"\n', "retention usage=30: at least 400 days"),
        (
            COMPLETE + 'retention = "interaction=30 message=30 quarantine=30"\n',
            "raw_mail_days = 400 would outlive the contacts",
        ),
        (
            COMPLETE + 'retention = "message=30"\n',
            "raw_mail_days = 400 would outlive the contacts or their Message-IDs",
        ),
        ("sender_address", "liana.prod.toml"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(Trouble, match=says) as trouble:
        load_stage("prod", write(tmp_path, text))

    assert "\n" not in str(trouble.value)


def test_tiers_and_costs_are_tables_in_the_file_and_json_for_the_functions(tmp_path: Path) -> None:
    tables = "[contact_costs]\nphone = 5\n" + ALL

    stage = load_stage("prod", write(tmp_path, COMPLETE + tables))

    assert stage.parameters()["ContactCosts"] == '{"phone":5}'
    assert read_tiers(stage.parameters()["Tiers"]).lowest.promised("chat") == timedelta(hours=1)


def test_the_touchpoint_map_is_a_table_in_the_file_and_json_for_the_functions(tmp_path: Path) -> None:
    table = '[[touchpoints.entries]]\nchannels = ["phone"]\nwhen = "closed"\nhandling = "call_back"\n'

    stage = load_stage("prod", write(tmp_path, COMPLETE + table))

    told = read_map(stage.parameters()["Touchpoints"], DEFAULT_TIERS, "UTC")
    assert [entry.handling.value for entry in told.of("phone", "gold")] == ["call_back", "queue"]


def test_tables_that_are_too_long_together_are_refused(tmp_path: Path) -> None:
    closed = "[calendar]\nclosed = [" + ", ".join(["2026-12-24"] * 70) + "]\n"
    entries = "[touchpoints]\nentries = [" + ", ".join(['{ queue = "a-name-of-length" }'] * 48) + "]\n"
    perks = '[[tiers.tiers]]\nname = "standard"\nfirst_answer_minutes = { "*" = 9 }\nperks = ["' + "x" * 1000 + '"]'

    with pytest.raises(Trouble, match="together; functions can be told 2100"):
        load_stage("prod", write(tmp_path, COMPLETE + closed + entries + perks))


def test_a_calendar_tells_the_functions_the_days_of_a_countrys_holidays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, tzinfo=UTC))
    table = '[calendar]\nholidays = "DE-BY"\nclosed = [2026-12-24]\n[calendar.channels.chat]\nholidays = ""\n'

    told = load_stage("prod", write(tmp_path, COMPLETE + table)).parameters()["Calendar"]
    calendars = read_calendars(told, "UTC")

    assert list(json.loads(told)["holidays"]) == ["2026", "2027", "2028", "2029"]
    assert calendars.of("email").of(date(2027, 1, 6)) == calendars.of("email").of(date(2026, 12, 24)) == ()
    assert calendars.of("chat").of(date(2027, 1, 6)) != ()


@pytest.mark.parametrize(
    ("text", "staff"),
    [
        ('staff = ["ann@shop.example", "@care.shop.example"]', "ann@shop.example,@care.shop.example"),
        ('staff = "ann@shop.example, @care.shop.example"', "ann@shop.example,@care.shop.example"),
        ("staff = []", ""),
        ('staff = ""', ""),
        ("", ""),
    ],
)
def test_staff_is_a_list_or_a_text_with_commas(tmp_path: Path, text: str, staff: str) -> None:
    assert load_stage("prod", write(tmp_path, COMPLETE + text)).parameters()["Staff"] == staff


def test_a_missing_file_says_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r'liana.prod.toml is missing: write in it sender_address = "…"; inbound_domain'):
        load_stage("prod", tmp_path)


@pytest.mark.parametrize("name", ["Prod", "1st", "../etc", "", "a" * 21])
def test_a_stage_name_fits_every_name_made_of_it(name: str) -> None:
    with pytest.raises(Trouble, match="small letters"):
        load_stage(name)


def test_the_example_file_works_as_it_is_and_shows_every_setting(tmp_path: Path) -> None:
    text = (REPOSITORY / "liana.example.toml").read_text("utf-8")
    assert load_stage("prod", write(tmp_path, text)).inbound_domain == "help.example.com"

    uncommented = "\n".join(
        line.removeprefix("# ") if " = " in line or line.startswith("# [") else line for line in text.splitlines()[1:]
    )
    assert load_stage("prod", write(tmp_path, uncommented)).raw_mail_days == 400
    assert all(f"{key} = " in text or f"[{key}]" in text for key in Stage.__dataclass_fields__ if key != "name")


def test_the_local_company_can_reach_nobody() -> None:
    assert local_stage().inbound_domain.endswith(".example")
    assert local_stage().sender_address.endswith(".example")


OIDC = '[sign_in]\nmethod = "oidc"\nissuer = "https://id.example.com"\nclient_id = "liana"\n'


def test_the_way_staff_sign_in_becomes_parameters(tmp_path: Path) -> None:
    text = COMPLETE + OIDC + 'domains = { "example.com" = "agent" }\n'
    (tmp_path / "liana.prod.toml").write_text(text)

    told = load_stage("prod", tmp_path).parameters()

    assert (told["SignIn"], told["OidcIssuer"], told["OidcClientId"]) == ("oidc", "https://id.example.com", "liana")
    assert told["OidcDomains"] == "example.com=agent"


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ('[sign_in]\nmethod = "ldap"\n', "method is"),
        ('[sign_in]\nmethod = "oidc"\n', "issuer .https. and client_id"),
        (OIDC.replace("https", "http"), "issuer .https. and client_id"),
        ('[sign_in]\nmethod = "cognito"\n', "needs base_url"),
        (OIDC + 'domains = { "example.com" = "boss" }\n', "one of agent"),
        (OIDC + 'colour = "red"\n', "it may say method"),
    ],
)
def test_a_way_to_sign_in_that_cannot_be_is_refused(tmp_path: Path, table: str, problem: str) -> None:
    (tmp_path / "liana.prod.toml").write_text(COMPLETE + table)

    with pytest.raises(Trouble, match=problem):
        load_stage("prod", tmp_path)
