"""By which channel is she contacted?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.reach import Reach
from chalicelib.model.task import BY_HAND, Task
from chalicelib.outreach import choosing
from chalicelib.outreach.choosing import Choice
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import ANN, NOON, make_customer, make_policy, make_running, make_task

EVERYWHERE = ("email", "app", "sms", "phone")
PHONE = Handle("phone", "+4930123456")
AGREES = Consent(True, NOON - timedelta(days=30), "form")
REACHABLE = make_customer(
    handles=(ANN, PHONE), consents={f"{channel}/service": AGREES for channel in (*EVERYWHERE, "chat")}
)
TEXTING = make_policy(sms_from="+15550100")


def chosen(
    customer: Customer = REACHABLE, task: Task | None = None, channels: tuple[str, ...] = EVERYWHERE
) -> dict[str, Choice]:
    """By channel, the best first."""
    running = make_running(replace(payment_will_fail.PLAY, channels=channels))
    judged = choosing.choices(task or make_task(), customer, running, TEXTING, NOON)
    return {choice.channel: choice for choice in judged}


def without_consent(channel: str) -> Customer:
    others = {key: said for key, said in REACHABLE.consents.items() if key != f"{channel}/service"}
    return replace(REACHABLE, consents=others)


def test_of_somebody_we_never_wrote_to_the_companys_order_decides() -> None:
    assert list(chosen()) == list(EVERYWHERE)
    assert list(chosen(channels=("phone", "email"))) == ["phone", "email"]


def test_where_she_never_answers_the_next_channel_comes_first() -> None:
    silent = replace(REACHABLE, reach={"email": Reach(sent=30, last=NOON)})

    assert next(iter(chosen(silent))) == "app"


def test_where_she_answers_comes_first() -> None:
    answers = replace(REACHABLE, reach={"sms": Reach(sent=6, answered=5, last=NOON)})

    assert next(iter(chosen(answers))) == "sms"


def test_what_she_did_years_ago_counts_no_more() -> None:
    once = replace(REACHABLE, reach={"sms": Reach(sent=6, answered=5, last=NOON - timedelta(days=2000))})

    assert next(iter(chosen(once))) == "email"


def test_an_urgent_contact_goes_where_she_looks_soon() -> None:
    assert next(iter(chosen(task=make_task(urgent=True)))) == "app"


def test_what_she_would_see_too_late_counts_less() -> None:
    assert next(iter(chosen(task=make_task(deadline=NOON + timedelta(hours=2))))) == "app"


@pytest.mark.parametrize(
    ("customer", "channel", "why"),
    [
        (without_consent("email"), "email", "she never agreed to service by email"),
        (
            replace(REACHABLE, consents={"email/service": Consent(False, NOON, "link")}),
            "email",
            "she wants no service by email since 2026-11-20",
        ),
        (
            replace(REACHABLE, suppressed={ANN.value: "bounced"}),
            "email",
            "nothing is sent to her e-mail address any more: bounced",
        ),
        (replace(REACHABLE, handles=(ANN,)), "sms", "no phone number is known"),
        (
            replace(REACHABLE, suppressed={PHONE.value: "wrong_number"}),
            "sms",
            "nothing is sent to her phone number any more: wrong_number",
        ),
        (replace(REACHABLE, handles=(ANN,)), "phone", "no phone number is known"),
        (replace(REACHABLE, handles=(ANN,)), "chat", "no name in the chat is known"),
        (REACHABLE, "pigeon", "there is no channel pigeon"),
    ],
)
def test_what_is_not_possible_says_why(customer: Customer, channel: str, why: str) -> None:
    choice = chosen(customer, channels=(channel, "app"))[channel]

    assert (choice.possible, choice.why) == (False, why)


def test_a_number_no_text_reaches_may_still_be_called() -> None:
    textless = replace(REACHABLE, suppressed={f"sms:{PHONE.value}": "bounced"})

    assert (chosen(textless)["sms"].possible, chosen(textless)["phone"].possible) == (False, True)


def test_a_channel_that_is_not_switched_on_is_not_possible() -> None:
    running = make_running(replace(payment_will_fail.PLAY, channels=("sms",)))

    (choice,) = choosing.choices(make_task(), REACHABLE, running, make_policy(), NOON)

    assert choice.why == "it is not switched on"


def test_a_channel_that_failed_is_not_tried_again() -> None:
    assert chosen(task=make_task(tried=("email",)))["email"].why == "she was tried there already"


def test_what_is_possible_says_how_its_score_came_about() -> None:
    assert chosen()["app"].why == "order 0.6 × answers 1.00 × hurry 1 − cost 0 = 0.60"


# The task by it


def with_channel(customer: Customer, task: Task, *channels: str) -> Task:
    running = make_running(replace(payment_will_fail.PLAY, channels=channels))
    return choosing.with_channel(task, customer, running, TEXTING, NOON)


def test_the_task_takes_the_best_channel_and_remembers_the_order() -> None:
    task = with_channel(without_consent("email"), make_task(), "email", "sms", "app")

    assert (task.channel, task.channels) == ("sms", ("sms", "app", "email"))


def test_where_none_is_possible_it_takes_the_first_and_the_guardrails_say_why() -> None:
    assert with_channel(replace(REACHABLE, consents={}), make_task(), "email", "sms").channel == "email"


def test_what_an_agent_set_up_stays_as_she_wanted_it() -> None:
    by_hand = make_task(play=BY_HAND, channel="phone")

    assert choosing.with_channel(by_hand, REACHABLE, None, TEXTING, NOON) == by_hand
