"""Why would this play not contact her? Ten people, and those whom nothing called for."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.model.customer import Consent, Customer
from chalicelib.outreach import explaining
from chalicelib.outreach.explaining import WhyNot
from chalicelib.outreach.guardrails import GUARDRAILS
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import ANN, NOON, at, make_customer, make_policy, make_running, make_task

PLAY = payment_will_fail.PLAY
DAY = timedelta(days=1)
CARD = {"card_expires_on": "2026-12-10"}


def somebody(**fields: Any) -> Customer:
    return make_customer(**{"consenting": True, "traits": CARD, **fields})


TEN = {
    "nothing in the way": somebody(),
    "she never agreed": somebody(consents={}),
    "she took it back": somebody(consents={"email/service": Consent(False, at("2026-11-01"), "call")}),
    "she updated her card": somebody(traits={"card_expires_on": "2030-01-31"}),
    "her card is unknown": somebody(traits={}),
    "she died": somebody(blocked="deceased"),
    "her mail bounced": somebody(suppressed={ANN.value: "bounced"}),
    "she complains": somebody(open_cases={"c": "complaint"}),
    "we let her down": somebody(recovery="R"),
    "she heard from us twice": somebody(notices_sent=(NOON - DAY, NOON - 2 * DAY)),
}


def why_not(who: str = "nothing in the way", **given: Any) -> WhyNot:
    task = None if who == "her card is unknown" else make_task()
    asked = {"task": task, "text": "", "braked": False, **given}
    return explaining.why_not(TEN[who], make_running(PLAY), asked.pop("task"), make_policy(), NOON, **asked)


def in_a_line(who: str) -> tuple[str, str, str]:
    found = why_not(who)
    said = next((one for one in found.said if one.rule == found.decides), None)
    if said is None:
        return who, "", f"she is contacted by {found.channel}"
    until = said.until.isoformat(timespec="minutes") if said.until else ""
    return who, f"`{said.rule}`", said.why or f"not before {until}"


def test_ten_people_are_told_why() -> None:
    lines = [in_a_line(who) for who in TEN]

    for line in lines:
        print("| " + " | ".join(line) + " |")
    assert lines == [
        ("nothing in the way", "", "she is contacted by email"),
        ("she never agreed", "`no_consent`", "she never agreed to service by email"),
        ("she took it back", "`no_consent`", "withdrawn on 2026-11-01"),
        ("she updated her card", "`not_needed`", "she has taken care of it, or it changed"),
        ("her card is unknown", "`not_needed`", explaining.NO_OCCASION),
        ("she died", "`blocked`", "she has died"),
        ("her mail bounced", "`suppressed`", "nothing is sent to her address any more: bounced"),
        ("she complains", "`open_complaint`", "a complaint of hers is open; answer that first"),
        ("we let her down", "`bad_contact`", "we let her down of late; whoever sees to that speaks with her"),
        ("she heard from us twice", "`frequency_cap`", "not before 2026-11-25T12:00+00:00"),
    ]


def test_every_guardrail_says_something_in_their_order() -> None:
    assert [one.rule for one in why_not().said] == [rule.__name__ for rule in GUARDRAILS]


def test_guardrails_behind_the_one_that_decides_are_told_as_well() -> None:
    customer = somebody(consents={}, recovery="R")

    found = explaining.why_not(
        customer, make_running(PLAY), make_task(), make_policy(), NOON, text="Shop now: 20% off.", braked=True
    )

    against = [one.rule for one in found.said if one.says in ("refuses", "postpones")]
    assert found.decides == "no_consent"
    assert against == ["no_consent", "bad_contact", "sells", "braked"]


def test_what_an_essential_play_does_not_ask_is_told_so() -> None:
    running = make_running(replace(PLAY, essential=True))
    found = explaining.why_not(TEN["we let her down"], running, make_task(), make_policy(), NOON, text="", braked=False)

    assert next(one.says for one in found.said if one.rule == "bad_contact") == "passed_by"
    assert found.decides == ""


def test_a_task_that_is_over_is_asked_about_as_if_it_were_now() -> None:
    assert why_not(task=make_task(deadline=NOON - DAY)).decides == "too_late"
    assert why_not("she complains").decides == "open_complaint"


def test_each_channel_says_why_it_is_used_or_not() -> None:
    running = make_running(replace(PLAY, channels=("email", "phone")))
    found = explaining.why_not(
        TEN["nothing in the way"], running, make_task(), make_policy(), NOON, text="", braked=False
    )

    by_name = {one.channel: one for one in found.channels}
    assert found.channel == "email"
    assert by_name["email"].possible
    assert by_name["phone"].why == "she never agreed to service by phone"


def test_what_her_task_stood_on_and_is_so_no_more_is_why_not() -> None:
    found = why_not(groundless="not_needed: the promise was kept, or holds longer")

    assert (found.decides, found.said[3].why) == ("not_needed", "the promise was kept, or holds longer")
