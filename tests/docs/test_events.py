"""The pages of events and automation against what there is."""

import json

import pytest

from chalicelib.automation import __main__ as shown
from chalicelib.automation import deliveries
from chalicelib.automation.rules import MOST_RULES, read_rules
from chalicelib.gateways import outward
from chalicelib.model import rule, webhook
from tests.docs.pages import REPOSITORY, section, text

EVENTS, AUTOMATION = "docs/events.md", "docs/automation.md"


def test_every_event_is_in_the_table() -> None:
    assert shown.event_table() in section(EVENTS, "## Which there are")


def test_every_action_is_in_the_table() -> None:
    assert shown.action_table() in section(AUTOMATION, "## Actions")


def test_the_schemas_are_those_of_the_code() -> None:
    assert json.loads(text("docs/events.schema.json")) == json.loads(shown.main("schemas"))


def test_every_operator_is_described() -> None:
    from chalicelib.automation.rules import _OPS, BUSINESS_HOURS

    described = section(AUTOMATION, "## Conditions")

    assert [name for name in (*_OPS, BUSINESS_HOURS) if f"`{name}`" not in described] == []


@pytest.mark.parametrize(
    "figure",
    [
        f"{webhook.MOST_WEBHOOKS} webhooks at most",
        f"for {webhook.DELIVERIES_KEPT.days} days",
        f"for {webhook.OLD_SECRET_SIGNS_FOR.total_seconds() / 3600:.0f} hours both sign",
        f"took nothing for {deliveries.SWITCHED_OFF_AFTER.days} days",
        f"up to {deliveries.LONGEST_REST.total_seconds() / 60:.0f} minutes",
        f"the first {deliveries.SNIPPET:,} characters",
        f"{outward.CONNECT_WITHIN:.0f} seconds at most, all of it {outward.WITHIN:.0f}",
        f"{outward.READ_AT_MOST // 1024} KB are read",
        f"{MOST_RULES} at most",
    ],
)
def test_figures_of_automation_are_those_of_the_code(figure: str) -> None:
    assert figure in text(AUTOMATION)


def test_the_rules_people_copy_can_be_read() -> None:
    import tomllib

    lines = section(AUTOMATION, "## Rules").splitlines()
    page = "\n".join(line.strip() for line in lines if line.startswith("    "))
    commented = (REPOSITORY / "liana.example.toml").read_text("utf-8").partition("# [[rules]]")
    example = "\n".join(
        line.removeprefix("# ") for line in (commented[1] + commented[2].partition("\n\n")[0]).splitlines()
    )

    for source in (page, example):
        assert read_rules(json.dumps(tomllib.loads(source)["rules"]))


def test_runs_of_rules_outlive_what_waits_in_dead_letters() -> None:
    assert rule.RUNS_KEPT.days > 14
