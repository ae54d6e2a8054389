"""What waits for a customer in the app: fetched, opened, answered, too late."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import DeliveryState, Interaction, Purpose
from chalicelib.model.session import Audience
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import customers
from chalicelib.storage import outreach as storage
from chalicelib.storage.commit import commit
from tests.auth.callers import Caller, caller, session_of, shared_stage
from tests.factories import make_customer, make_outbound, make_task
from tests.meter import Reading
from tests.workbench import Bench


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage is the module's."""


@pytest.fixture
def app(stage: Bench) -> Caller:
    """The backend of the company's app."""
    return caller("requests:write")


def told(customer: Customer, text: str = "Your card expires soon.", hours: float = 24) -> Task:
    """A message that waits for her."""
    now = clock.now()
    task = make_task(
        TaskState.SENT,
        id=ids.new_ulid(now),
        customer_id=customer.id,
        channel="app",
        channels=("app",),
        deadline=now + timedelta(hours=hours),
        version=None,
    )
    message = make_outbound(
        DeliveryState.SENT,
        id=ids.new_ulid(now),
        customer_id=customer.id,
        case_id="",
        task_id=task.id,
        channel="app",
        to="app",
        purpose=Purpose.NOTICE,
        subject="Your card",
        preview=text,
        template={"until": clock.iso(task.deadline)},
        version=None,
    )
    commit(Decision((replace(task, interaction_id=message.id), message)))
    return task


def somebody() -> Customer:
    customer = make_customer(id=ids.new_ulid(clock.now()), handles=(), version=None)
    commit(Decision((customer,)))
    return customer


def stored(task: Task) -> Task:
    found = storage.task(task.customer_id, task.id).task
    assert found
    return found


def test_what_is_fetched_is_delivered_and_new_only_once(app: Caller) -> None:
    ann = somebody()
    task = told(ann)

    first, again = (app.get(f"/v1/customers/{ann.id}/messages").json for _ in range(2))

    ((message,), (known,)) = (first["items"], again["items"])
    assert (message["task_id"], message["text"], message["new"]) == (task.id, "Your card expires soon.", True)
    assert not known["new"]
    assert stored(task).state is TaskState.DELIVERED


def test_fetched_again_it_is_not_written_again(app: Caller) -> None:
    ann = somebody()
    told(ann)
    app.get(f"/v1/customers/{ann.id}/messages")

    reading = Reading()
    app.get(f"/v1/customers/{ann.id}/messages")

    assert reading.calls["Query"] == 1
    assert "TransactWriteItems" not in reading.calls  # the one row that is put says that somebody looked


def test_what_is_too_late_is_not_shown(app: Caller) -> None:
    ann = somebody()
    told(ann, hours=-1)

    assert app.get(f"/v1/customers/{ann.id}/messages").json["items"] == []


def test_what_was_taken_back_for_another_channel_is_gone(app: Caller) -> None:
    ann = somebody()
    task = stored(told(ann))
    message, _ = customers.entry(ann.id, task.interaction_id)
    assert isinstance(message, Interaction) and message.delivery
    commit(Decision((replace(message, delivery=replace(message.delivery, state=DeliveryState.FAILED)),)))

    assert app.get(f"/v1/customers/{ann.id}/messages").json["items"] == []
    said = app.post(f"/v1/customers/{ann.id}/messages/{task.id}/outcome", {"what": "opened"})
    assert said.status == 409


def test_her_answer_is_kept_once_and_the_message_waits_no_more(app: Caller) -> None:
    ann = somebody()
    task = told(ann)

    for _ in range(2):
        said = app.post(
            f"/v1/customers/{ann.id}/messages/{task.id}/outcome", {"what": "answered", "said": "Call me back"}
        )

    assert (said.status, said.json["state"]) == (200, "answered")
    assert stored(task).outcome == "Call me back"
    assert app.get(f"/v1/customers/{ann.id}/messages").json["items"] == []
    reached = customers.customer(ann.id)
    assert reached and reached.reach["app"].answered == 1


def test_opened_it_goes_on_waiting(app: Caller) -> None:
    ann = somebody()
    task = told(ann)

    app.post(f"/v1/customers/{ann.id}/messages/{task.id}/outcome", {"what": "opened"})

    assert stored(task).state is TaskState.OPENED
    assert len(app.get(f"/v1/customers/{ann.id}/messages").json["items"]) == 1


def test_a_customer_who_signed_in_sees_her_own(stage: Bench) -> None:
    ann, bea = somebody(), somebody()
    task, others = told(ann), told(bea)
    session = session_of(Audience.CUSTOMER, ann.id)

    assert [item["task_id"] for item in session.get("/v1/me/messages").json["items"]] == [task.id]
    assert session.post(f"/v1/me/messages/{others.id}/outcome", {"what": "opened"}).status == 404
    assert session.post(f"/v1/me/messages/{task.id}/outcome", {"what": "opened"}).json["state"] == "opened"


def test_what_no_message_belongs_to_is_refused(app: Caller) -> None:
    ann = somebody()
    planned = make_task(id=ids.new_ulid(clock.now()), customer_id=ann.id, version=None)
    commit(Decision((planned,)))

    said = app.post(f"/v1/customers/{ann.id}/messages/{planned.id}/outcome", {"what": "opened"})

    assert said.status == 409
    assert "it is not there yet" in said.json["detail"]
