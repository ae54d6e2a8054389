"""From a queued task to its outcome."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.messages import ConsiderTask, SendMail
from chalicelib.model.customer import Consent, Customer, consent_key
from chalicelib.model.event import EventKind
from chalicelib.model.interaction import BRAKED, PLAY_HALTED, DeliveryState, Interaction, Purpose
from chalicelib.model.reach import Reach
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import delivery, planning
from chalicelib.outreach.delivery import News, Notice
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import ANN, ANNS_ID, NOON, at, make_customer, make_outbound, make_policy, make_running, make_task

RUNNING = make_running(payment_will_fail.PLAY)
READY = make_customer(consenting=True, traits={"card_expires_on": "2026-12-10"}, language="zh-Hans")
QUEUED = make_task(TaskState.QUEUED, updated_at=NOON)
NOTICE = Notice("Your card expires soon", "Hello", "bodies/1.txt")


def agreed(customer: Customer, channel: str) -> Customer:
    said = Consent(True, NOON - timedelta(days=1), "form")
    return replace(customer, consents={**customer.consents, consent_key(channel, "service"): said})


def released(customer: Customer = READY) -> Decision:
    return delivery.release(QUEUED, customer, RUNNING, NOTICE, make_policy(), NOON)


def test_a_task_is_claimed_by_the_write_that_stores_its_notice() -> None:
    decision = released()

    mail, task, *_ = decision.changes
    assert (task.state, task.interaction_id) == (TaskState.CLAIMED, mail.id)
    assert decision.messages == (SendMail(customer_id=ANNS_ID, interaction_id=mail.id, bulk=True),)


def test_the_notice_is_what_was_worded_for_her() -> None:
    mail = released().changes[0]

    assert isinstance(mail, Interaction)
    assert mail.delivery
    assert (mail.purpose, mail.delivery.to, mail.language) == (Purpose.NOTICE, ANN.value, "zh-Hans")
    assert (mail.subject, mail.preview, mail.body_key) == ("Your card expires soon", "Hello", "bodies/1.txt")
    assert mail.template == {
        "why": QUEUED.why,
        "purpose": "service",
        "play": "payment_will_fail",
        "until": "2026-11-30T12:00:00.000Z",
    }


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


# On other channels

IN_THE_APP = make_task(TaskState.QUEUED, channel="app", channels=("app", "email"), updated_at=NOON)
READS_THE_APP = agreed(READY, "app")


def kept(customer: Customer = READS_THE_APP, task: Task = IN_THE_APP, **policy: object) -> Decision:
    return delivery.release(task, customer, RUNNING, NOTICE, make_policy(**policy), NOON)


def test_a_message_in_the_app_is_sent_by_the_write_that_stores_it() -> None:
    decision = kept()

    message, task, *_ = decision.changes
    assert (message.channel, message.delivery.state, task.state) == ("app", DeliveryState.SENT, TaskState.SENT)
    assert not decision.messages


def test_a_message_in_the_app_is_held_while_sending_is_off() -> None:
    message, task, *_ = kept(sending_on=False).changes

    assert (message.delivery.state, task.state) == (DeliveryState.HELD, TaskState.HELD)


@pytest.mark.parametrize(("hours", "patience"), [(240, 24), (12, 6)])
def test_it_waits_to_be_looked_at_for_a_day_or_half_of_what_is_left(hours: int, patience: int) -> None:
    task = replace(IN_THE_APP, deadline=NOON + timedelta(hours=hours))

    released = kept(task=task).changes[1]

    assert released.next_look_at == NOON + timedelta(hours=patience)


def test_where_there_is_no_other_channel_it_waits_till_its_deadline() -> None:
    assert kept(task=replace(IN_THE_APP, channels=("app",))).changes[1].next_look_at is None


def test_what_is_sent_counts_for_how_she_is_reached() -> None:
    _, _, customer, _ = kept(
        replace(READS_THE_APP, reach={"app": Reach(sent=1, last=NOON - timedelta(days=180))})
    ).changes

    assert customer.reach == {"app": Reach(sent=1.5, last=NOON)}


def test_what_is_sent_is_counted_of_its_play_and_day() -> None:
    *_, counts = released().changes

    assert counts == Tally(("outreach", "payment_will_fail", "2026-11-20"), {"claimed": 1})


# What became of it

LATEST_LAST = ("claimed", "sent", "delivered", "opened", "answered", "complained")


def heard(task: Task, state: str, customer: Customer = READY, **news: str) -> Decision:
    return delivery.settled(task, News(TaskState(state), **news), customer, RUNNING, make_policy(), NOON)


@pytest.mark.parametrize(
    ("before", "news", "moves"),
    [(a, b, LATEST_LAST.index(b) > LATEST_LAST.index(a)) for a in LATEST_LAST for b in LATEST_LAST[1:]]
    + [
        ("delivered", "bounced", True),
        ("bounced", "delivered", False),
        ("bounced", "complained", True),
        ("claimed", "held", True),
        ("claimed", "failed", True),
        ("held", "sent", True),
        ("failed", "sent", False),
        ("failed", "bounced", True),
        ("passed_over", "delivered", False),
        ("done", "answered", False),
    ],
)
def test_news_moves_a_task_forward_only(before: str, news: str, moves: bool) -> None:
    decision = heard(make_task(TaskState(before)), news)

    if not moves:
        assert not decision.changes
        return
    task, event, *_ = decision.changes
    assert (task.state, task.updated_at) == (TaskState(news), NOON)
    assert (event.what, event.detail) == (EventKind.OUTCOME, {"play": "payment_will_fail", "outcome": news})


@pytest.mark.parametrize("before", TaskState)
@pytest.mark.parametrize("after", TaskState)
def test_a_task_goes_only_where_the_table_says(before: TaskState, after: TaskState) -> None:
    task = make_task(before)

    if after is before or after in before.next:
        assert task.moved(after, NOON).state is after
    else:
        with pytest.raises(ValueError, match="does not go from"):
            task.moved(after, NOON)


@pytest.mark.parametrize("seed", range(50))
def test_no_news_in_whatever_order_leads_back(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - no secret depends on it
    task, seen = make_task(TaskState.CLAIMED), [TaskState.CLAIMED]

    for _ in range(20):
        news = dice.choice(["sent", "delivered", "opened", "answered", "bounced", "complained", "failed", "held"])
        changed = next((change for change in heard(task, news).changes if isinstance(change, Task)), task)
        if changed.state is not task.state:
            assert changed.state in task.state.next
            assert changed.state not in seen, "it came back to a state it had left"
            seen.append(changed.state)
        task = changed

    assert TaskState.COMPLAINED not in seen or seen[-1] is TaskState.COMPLAINED


def test_who_answers_is_reached_there() -> None:
    *_, customer = heard(make_task(TaskState.SENT), "answered").changes

    assert customer.reach["email"].answered == 1


def test_what_was_delivered_was_sent_whether_or_not_that_was_reported() -> None:
    counts = heard(make_task(TaskState.CLAIMED), "delivered").changes[2]

    assert counts.amounts == {"sent": 1, "delivered": 1}


# She was not reached

TWO_WAYS = make_task(
    TaskState.SENT, channel="email", channels=("email", "app"), interaction_id="mail", deadline=NOON + timedelta(days=2)
)
BOTH = make_running(replace(payment_will_fail.PLAY, channels=("email", "app")))


def bounced(task: Task = TWO_WAYS, customer: Customer = READS_THE_APP, **news: str) -> Decision:
    said = News(TaskState.BOUNCED, **{"interaction_id": "mail", **news})
    return delivery.settled(task, said, customer, BOTH, make_policy(), NOON)


def test_where_a_mail_bounced_she_is_tried_on_the_next_channel_at_once() -> None:
    decision = bounced()

    task, told, counts = decision.changes
    assert (task.state, task.tried, task.due_at) == (TaskState.PLANNED, ("email",), NOON)
    assert told.detail == {"play": "payment_will_fail", "outcome": "bounced", "channel": "email"}
    assert counts.amounts == {"bounced": 1}
    assert isinstance(decision.messages[0], ConsiderTask)


def test_the_next_channel_is_considered_as_any_planned_task_is() -> None:
    again = bounced().changes[0]

    (task,) = planning.consider(again, READS_THE_APP, BOTH, make_policy(), NOON).changes

    assert (task.state, task.channel) == (TaskState.QUEUED, "app")


def test_where_she_agreed_to_no_other_channel_it_stays_bounced() -> None:
    assert bounced(customer=READY).changes[0].state is TaskState.BOUNCED


def test_after_its_deadline_nobody_is_tried_elsewhere() -> None:
    assert bounced(replace(TWO_WAYS, deadline=NOON)).changes[0].state is TaskState.BOUNCED


def test_the_same_bounce_told_again_says_nothing_of_the_next_channel() -> None:
    on_its_way = replace(TWO_WAYS, state=TaskState.SENT, channel="app", tried=("email",), interaction_id="message")

    assert bounced(on_its_way).changes == ()


@pytest.mark.parametrize("state", [TaskState.PLANNED, TaskState.QUEUED, TaskState.WAITING, TaskState.SENT])
def test_who_answers_the_first_is_not_tried_elsewhere_any_more(state: TaskState) -> None:
    task = replace(TWO_WAYS, state=state, channel="app", tried=("email",), interaction_id="")

    over, *_, customer = heard(task, "answered", interaction_id="mail", channel="email").changes

    assert over.state is TaskState.ANSWERED
    assert list(customer.reach) == ["email"]


UNSEEN = replace(
    TWO_WAYS,
    channel="app",
    channels=("app", "email"),
    interaction_id="message",
    fall_back_at=NOON,
)
MESSAGE = make_outbound(DeliveryState.SENT, id="message", channel="app", to="app")


def looked_at_again(message: Interaction = MESSAGE, customer: Customer = READS_THE_APP) -> Decision:
    return delivery.caught_up(UNSEEN, message, customer, BOTH, make_policy(), NOON)


def test_a_message_nobody_looked_at_is_taken_back_by_the_write_that_tries_elsewhere() -> None:
    decision = looked_at_again()

    task, message, *_ = decision.changes
    assert (task.state, task.tried) == (TaskState.PLANNED, ("app",))
    assert (message.delivery.state, message.delivery.detail) == (DeliveryState.FAILED, "not looked at in time")


def test_one_that_was_looked_at_meanwhile_stays() -> None:
    task, *_ = looked_at_again(make_outbound(DeliveryState.DELIVERED, id="message", channel="app")).changes

    assert task.state is TaskState.DELIVERED


def test_where_nothing_else_is_possible_any_more_it_waits_on() -> None:
    (task,) = looked_at_again(customer=agreed(make_customer(), "app")).changes

    assert (task.state, task.next_look_at) == (TaskState.SENT, None)


# What nobody reported on

CLAIMED = make_task(TaskState.CLAIMED, updated_at=NOON - timedelta(minutes=15), interaction_id="i")


def caught_up(task: Task, notice: Interaction | None) -> Decision:
    return delivery.caught_up(task, notice, READY, RUNNING, make_policy(), NOON)


@pytest.mark.parametrize("state", [state for state in DeliveryState if not state.pending])
def test_a_task_nobody_reported_on_takes_its_notices_word(state: DeliveryState) -> None:
    task, *_ = caught_up(CLAIMED, make_outbound(state, id="i")).changes

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
    decision = caught_up(CLAIMED, notice)

    (task,) = decision.changes
    assert (decision.reason, task.state, task.updated_at) == ("still on its way", TaskState.CLAIMED, NOON)


@pytest.mark.parametrize("why", [PLAY_HALTED, BRAKED])
def test_one_that_the_mailer_gave_back_is_planned_anew_though_nobody_was_told(why: str) -> None:
    task, customer, *_ = caught_up(CLAIMED, make_outbound(DeliveryState.HELD, id="i", detail=why, since=NOON)).changes

    assert (task.state, task.interaction_id, task.next_look_at) == (TaskState.PLANNED, "", NOON)
    assert isinstance(customer, Customer)


def test_before_it_is_due_nothing_is_caught_up() -> None:
    fresh = make_task(TaskState.CLAIMED, updated_at=NOON)

    assert caught_up(fresh, make_outbound(DeliveryState.SENT)).reason == "not due"


def test_a_notice_of_an_absorbed_ones_task_stands_by_it_and_counts_for_the_survivor() -> None:
    survivor = replace(READY, id="01S", absorbed=(ANNS_ID,))

    mail, _, customer, _ = released(survivor).changes

    assert (mail.customer_id, customer.id) == (ANNS_ID, "01S")
