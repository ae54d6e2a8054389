"""A play is paused or stopped while its notices are on their way: between any two steps, none leaves any more."""

from datetime import datetime, timedelta

import pytest

from chalicelib.model.customer import Customer
from chalicelib.model.interaction import DeliveryState, Interaction
from chalicelib.model.play import PlayState
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import service as outreach
from tests.flows.test_outreach_on_the_bench import at_noon, card_expires, consents, only_task
from tests.workbench import Bench

PLAY = "payment_will_fail"
DAY = at_noon(17)
STEPS: dict[str, TaskState] = {
    "planned": TaskState.PLANNED,
    "queued": TaskState.QUEUED,
    "claimed, and with the mailer": TaskState.CLAIMED,
}


@pytest.fixture
def planned(bench: Bench) -> Task:
    consents()
    card_expires()
    bench.run()
    return only_task(bench)


def carried_to(state: TaskState, task: Task) -> None:
    if state is not TaskState.PLANNED:
        outreach.consider_task(task.customer_id, task.id, DAY)
    if state is TaskState.CLAIMED:
        outreach.deliver_task(task.customer_id, task.id, DAY)


def goes_on(bench: Bench, at: datetime) -> None:
    bench.tick(at)
    bench.run()


@pytest.mark.parametrize("state", STEPS.values(), ids=STEPS)
def test_a_stop_withdraws_what_is_on_its_way(bench: Bench, planned: Task, state: TaskState) -> None:
    carried_to(state, planned)
    assert only_task(bench).state is state

    bench.set_play(PLAY, PlayState.STOPPED, why="the date is wrong")
    goes_on(bench, DAY + timedelta(minutes=1))
    goes_on(bench, DAY + timedelta(hours=3))

    assert not bench.sent
    task = only_task(bench)
    assert (task.state, task.reason) == (TaskState.WITHDRAWN, "stopped: the date is wrong")
    assert [customer.notices_sent for customer in bench.rows(Customer)] == [()], "it counts for no limit of hers"


@pytest.mark.parametrize("state", STEPS.values(), ids=STEPS)
def test_what_a_pause_keeps_back_is_sent_once_when_the_play_goes_on(
    bench: Bench, planned: Task, state: TaskState
) -> None:
    carried_to(state, planned)

    bench.set_play(PLAY, PlayState.PAUSED)
    goes_on(bench, DAY + timedelta(minutes=1))
    assert (only_task(bench).state, only_task(bench).reason) == (TaskState.PLANNED, "paused")
    assert not bench.sent

    bench.set_play(PLAY, PlayState.RUNNING)
    goes_on(bench, DAY + timedelta(hours=3))
    goes_on(bench, DAY + timedelta(hours=4))

    assert len(bench.sent) == 1
    assert only_task(bench).state is TaskState.SENT


def test_a_notice_the_mailer_kept_is_on_the_timeline_as_held(bench: Bench, planned: Task) -> None:
    carried_to(TaskState.CLAIMED, planned)
    bench.set_play(PLAY, PlayState.STOPPED)

    bench.run()

    (mail,) = bench.rows(Interaction)
    assert mail.delivery is not None
    assert (mail.delivery.state, mail.delivery.detail) == (DeliveryState.HELD, "its play was paused or stopped")


def test_a_play_nobody_started_plans_nothing(bench: Bench) -> None:
    bench.set_play(PLAY, PlayState.OFF)
    consents()

    card_expires()
    bench.run()

    assert not bench.rows(Task)
