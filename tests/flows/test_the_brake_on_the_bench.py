"""Too many complain, so sending stops by itself; what was with the mailer comes back, and a person lets it go on."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.cases import mailroom
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.model.brake import Brake
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.feedback import Feedback, FeedbackKind
from chalicelib.model.interaction import Interaction
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import guard
from chalicelib.outreach import service as outreach
from chalicelib.outreach.delivery import News
from chalicelib.storage.commit import commit
from tests import workbench
from tests.factories import make_customer
from tests.flows.test_outreach_on_the_bench import ANN, at_noon, card_expires, consents
from tests.workbench import Bench

BO = Handle("email", "bo@example.org")
DAY = at_noon(17)


@pytest.fixture
def careful(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A company that judges by fifty notices, of which 49 left today."""
    monkeypatch.setenv("OUTREACH", '{"brake_after": 50}')
    workbench.forget_caches()
    sent = Tally(("notices", f"{clock.now():%Y-%m-%d}"), {"sent": 49})
    commit(Decision((make_customer(id="01S", handles=(), version=None), sent)))
    yield bench
    workbench.forget_caches()


def told_and_with_the_mailer(bench: Bench) -> tuple[Task, Task]:
    """Ann has her notice; Bo's is claimed, and the mailer has it to send."""
    for her in (ANN, BO):
        consents(handle=her)
        card_expires(handle=her)
        bench.run()
        (task,) = (task for task in bench.rows(Task) if task.state is TaskState.PLANNED)
        outreach.consider_task(task.customer_id, task.id, DAY)
        outreach.deliver_task(task.customer_id, task.id, DAY)
        if her is ANN:
            bench.run()
    anns, bos = sorted(bench.rows(Task), key=lambda task: task.state is TaskState.CLAIMED)
    return anns, bos


def complains(task: Task) -> None:
    news = Feedback(
        kind=FeedbackKind.COMPLAINED,
        ses_id="one",
        at=clock.now(),
        customer_id=task.customer_id,
        interaction_id=task.interaction_id,
    )
    mailroom.hear(news)
    outreach.record_outcome(task.customer_id, task.id, News(TaskState.COMPLAINED, task.interaction_id))


def task_like(bench: Bench, wanted: Task) -> Task:
    (found,) = (task for task in bench.rows(Task) if task.id == wanted.id)
    return found


def test_what_is_claimed_comes_back_when_too_many_complain_and_goes_once_a_person_lets_it(careful: Bench) -> None:
    anns, bos = told_and_with_the_mailer(careful)
    assert (len(careful.sent), bos.state) == (1, TaskState.CLAIMED)

    complains(anns)
    careful.run()

    (brake,) = careful.rows(Brake)
    assert (brake.pulled, brake.why) == (True, "1 of 50 notices were complained of")
    (kept,) = (mail for mail in careful.rows(Interaction) if mail.task_id == bos.id)
    assert kept.delivery and kept.delivery.detail == "the brake was pulled"
    (bo,) = (each for each in careful.rows(Customer) if each.id == bos.customer_id)
    assert (len(careful.sent), bo.notices_sent, bo.reach["email"].sent) == (1, (), 0)

    careful.tick(DAY)
    careful.run()
    assert task_like(careful, bos).reason.startswith("braked: not before")

    guard.release(by="Lea", because="the text was wrong, its play is stopped")
    for _ in range(2):
        careful.tick(DAY + timedelta(hours=2))
        careful.run()

    assert (len(careful.sent), task_like(careful, bos).state) == (2, TaskState.SENT)
