"""What a campaign says is tried before anybody hears it: in every language, with what was given."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.model.campaign import Campaign
from chalicelib.model.play import Words
from chalicelib.outreach import configured, plays, wording
from chalicelib.outreach.campaigns import fanning, rehearsing
from chalicelib.outreach.plays.base import Running
from tests.factories import NOON, make_campaign, make_customer, make_running, make_told

INCIDENT = make_running(plays.BY_NAME["incident"])
WHAT = "our app shows no balances"


def told(**words: str) -> Running:
    """A play by configuration that says this."""
    return make_running(
        replace(make_told(), words={language: Words(subject="News", body=body) for language, body in words.items()})
    )


def of_play(name: str, **fields: Any) -> Campaign:
    return make_campaign(play=name, **fields)


@pytest.mark.parametrize("fields", [{"given": {"what": WHAT}}, {"context": {"what": WHAT}}])
def test_an_incident_is_put_into_words_by_parameters_or_by_the_context(fields: dict[str, Any]) -> None:
    campaign = of_play("incident", **fields)

    rehearsing.check(campaign, INCIDENT, NOON)

    task = fanning.task_of(campaign, INCIDENT, make_customer(), NOON)
    assert wording.notice(task, make_customer(language="en"))[0] == f"We have a problem: {WHAT}"


def test_all_of_a_play_by_configuration_is_said() -> None:
    rehearsing.check(make_campaign(context={"day": "Friday"}), told(en="On {{ day }}", de="Am {{ day }}"), NOON)


@pytest.mark.parametrize(
    ("campaign", "running", "pointer", "says"),
    [
        (of_play("incident"), INCIDENT, "/parameters", "it says nothing yet"),
        (of_play("incident", context={"what": WHAT, "sinse": "noon"}), INCIDENT, "/context/sinse", "no text"),
        (
            of_play("incident", context={"what": WHAT, "news": "over"}),
            INCIDENT,
            "/context/news",
            "one of begun, solved",
        ),
        (of_play("incident", context={"what": "x" * 301}), INCIDENT, "/context/what", "300 characters at most"),
        (of_play("incident", context={"what": "two\nlines"}), INCIDENT, "/context", "one line; in en"),
        (
            of_play("incident", context={"what": WHAT, "do": "Buy now and save 20 % with our new offer!"}),
            INCIDENT,
            "/context/do",
            "in en this sells",
        ),
        (
            of_play("incident", context={"what": WHAT, "do_zh": "立即购买，限时八折优惠！"}),
            INCIDENT,
            "/context/do_zh",
            "in zh-Hans",
        ),
        (make_campaign(), told(en="Upgrade today and save 20 %"), "/play", "in en this sells"),
        (
            make_campaign(context={configured.SINCE: "noon"}),
            told(en="All well"),
            f"/context/{configured.SINCE}",
            "a campaign has none",
        ),
        (make_campaign(), told(en="All well", de="Am {{ day }}"), "/context/day", "'day'"),
        (
            of_play("first_steps"),
            make_running(plays.BY_NAME["first_steps"]),
            "/play",
            "its notices have steps",
        ),
        (
            of_play("payment_will_fail"),
            make_running(plays.BY_NAME["payment_will_fail"]),
            "/context",
            "card_hint",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_by_its_place(
    campaign: Campaign, running: Running, pointer: str, says: str
) -> None:
    with pytest.raises(Invalid, match=says) as refused:
        rehearsing.check(campaign, running, NOON)

    assert refused.value.pointer == pointer
