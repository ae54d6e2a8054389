"""From a queued task to its outcome."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import SendMail
from chalicelib.model.customer import Customer
from chalicelib.model.event import EventKind
from chalicelib.model.interaction import DeliveryState, Interaction, Purpose
from chalicelib.model.task import TaskState
from chalicelib.outreach import delivery
from chalicelib.outreach.delivery import Notice
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import ANN, ANNS_ID, NOON, at, make_customer, make_outbound, make_policy, make_running, make_task

RUNNING = make_running(payment_will_fail.PLAY)
READY = make_customer(consenting=True, traits={"card_expires_on": "2026-12-10"}, language="zh-Hans")
QUEUED = make_task(TaskState.QUEUED, updated_at=NOON)
NOTICE = Notice("Your card expires soon", "Hello", "bodies/1.txt")


def released(customer: Customer = READY) -> Decision:
    return delivery.release(QUEUED, customer, RUNNING, NOTICE, make_policy(), NOON)


def test_a_task_is_claimed_by_the_write_that_stores_its_notice() -> None:
    decision = released()

    mail, task, _ = decision.changes
    assert (task.state, task.interaction_id) == (TaskState.CLAIMED, mail.id)
    assert decision.messages == (SendMail(customer_id=ANNS_ID, interaction_id=mail.id, bulk=True),)


def test_the_notice_is_what_was_worded_for_her() -> None:
    mail = released().changes[0]

    assert isinstance(mail, Interaction)
    assert mail.delivery
    assert (mail.purpose, mail.delivery.to, mail.language) == (Purpose.NOTICE, ANN.value, "zh-Hans")
    assert (mail.subject, mail.preview, mail.body_key) == ("Your card expires soon", "Hello", "bodies/1.txt")
    assert mail.template == {"why": QUEUED.why, "purpose": "service"}


def test_the_last_ten_notices_are_remembered_for_the_frequency_cap() -> None:
    before = tuple(NOON - timedelta(days=300 - n) for n in range(10))

    customer = released(make_customer(consenting=True, traits=READY.traits, notices_sent=before)).changes[2]

    assert customer.notices_sent == (*before[1:], NOON)


def test_a_retry_makes_the_same_notice() -> None:
    assert released() == released()


@pytest.mark.parametrize("state", sorted(set(TaskState) - {TaskState.QUEUED}, key=str))
def test_only_a_queued_task_is_delivered(state: TaskState) -> None:
    decision = delivery.release(make_task(state), READY, RUNNING, NOTICE, make_policy(), NOON)

    assert decision == Decision(reason=f"is {state.value}")


def test_who_withdrew_meanwhile_is_passed_over() -> None:
    task, _ = released(make_customer(traits=READY.traits)).changes

    assert task.state is TaskState.PASSED_OVER
    assert task.reason.startswith("no_consent")


def test_whose_address_died_meanwhile_is_passed_over() -> None:
    dead = make_customer(consenting=True, traits=READY.traits, suppressed={ANN.value: "bounced"})

    task, _ = released(dead).changes

    assert task.reason == "suppressed: nothing is sent to her address any more: bounced"


def test_where_night_fell_meanwhile_it_waits_for_the_morning() -> None:
    night = at("2026-11-20 20:00")

    (task,) = delivery.release(QUEUED, READY, RUNNING, NOTICE, make_policy(), night).changes

    assert (task.state, task.due_at) == (TaskState.PLANNED, at("2026-11-21 08:00"))


def test_a_task_whose_play_is_gone_is_passed_over() -> None:
    task, _ = delivery.release(QUEUED, READY, None, NOTICE, make_policy(), NOON).changes

    assert task.reason.startswith("no_play")


# What became of it

LATEST_LAST = ("claimed", "sent", "delivered", "bounced", "complained")


@pytest.mark.parametrize(
    ("before", "news", "moves"),
    [(a, b, LATEST_LAST.index(b) > LATEST_LAST.index(a)) for a in LATEST_LAST for b in LATEST_LAST[1:]]
    + [
        ("claimed", "held", True),
        ("claimed", "failed", True),
        ("held", "sent", True),
        ("failed", "sent", False),
        ("failed", "bounced", True),
        ("passed_over", "delivered", False),
    ],
)
def test_news_moves_a_task_forward_only(before: str, news: str, moves: bool) -> None:
    decision = delivery.settled(make_task(TaskState(before)), TaskState(news), NOON)

    if not moves:
        assert not decision.changes
        return
    task, event = decision.changes
    assert (task.state, task.updated_at) == (TaskState(news), NOON)
    assert (event.what, event.detail) == (EventKind.OUTCOME, {"play": "payment_will_fail", "outcome": news})


# What nobody reported on

CLAIMED = make_task(TaskState.CLAIMED, updated_at=NOON - timedelta(minutes=15), interaction_id="i")


@pytest.mark.parametrize("state", [state for state in DeliveryState if not state.pending])
def test_a_task_nobody_reported_on_takes_its_notices_word(state: DeliveryState) -> None:
    task, _ = delivery.caught_up(CLAIMED, make_outbound(state), NOON).changes

    assert task.state.value == state.value


@pytest.mark.parametrize(
    "notice",
    [
        make_outbound(DeliveryState.QUEUED),
        make_outbound(DeliveryState.CLAIMED),
        make_outbound(delivery=None),
        None,
    ],
)
def test_while_its_notice_is_on_its_way_it_is_looked_at_again_later(notice: Interaction | None) -> None:
    decision = delivery.caught_up(CLAIMED, notice, NOON)

    (task,) = decision.changes
    assert (decision.reason, task.state, task.updated_at) == ("still on its way", TaskState.CLAIMED, NOON)


def test_before_it_is_due_nothing_is_caught_up() -> None:
    fresh = make_task(TaskState.CLAIMED, updated_at=NOON)

    assert delivery.caught_up(fresh, make_outbound(DeliveryState.SENT), NOON).reason == "not due"


def test_a_notice_of_an_absorbed_ones_task_stands_by_it_and_counts_for_the_survivor() -> None:
    survivor = replace(READY, id="01S", absorbed=(ANNS_ID,))

    mail, _, customer = released(survivor).changes

    assert (mail.customer_id, customer.id) == (ANNS_ID, "01S")
