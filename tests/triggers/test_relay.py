"""The outbox: what a write put into its row is put on its queue."""

from collections.abc import Sequence
from typing import Any

import pytest

from chalicelib.gateways import queues as gateway
from chalicelib.kernel import messages
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.messages import ConsiderTask, SendMail
from chalicelib.triggers import relay
from tests.workbench import Context

MAIL = messages.to_json(SendMail(customer_id="c", interaction_id="i"))
NOTICE = messages.to_json(SendMail(customer_id="c", interaction_id="i", bulk=True))
TASK = messages.to_json(ConsiderTask(customer_id="c", task_id="t", as_of="now"))


class RecordingQueues:
    """The twin: keeps what it is given, unless a queue is down."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[str]]] = []
        self.down = ""

    def send(self, queue: gateway.Queue, bodies: Sequence[str]) -> None:
        if queue == self.down:
            raise Unavailable(f"queue {queue}: down")
        self.sent.append((queue, list(bodies)))


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> RecordingQueues:
    twin = RecordingQueues()
    monkeypatch.setattr(gateway, "queues", twin)
    return twin


def image(outbox_id: str | None, *bodies: str) -> dict[str, Any]:
    row: dict[str, Any] = {"pk": {"S": "CASE#1"}, "sk": {"S": "CASE"}}
    if outbox_id:
        row |= {"outbox_id": {"S": outbox_id}, "outbox": {"L": [{"S": body} for body in bodies]}}
    return row


def change(new: dict[str, Any] | None, old: dict[str, Any] | None = None) -> dict[str, Any]:
    """A record of the stream."""
    images = {"NewImage": new, "OldImage": old}
    return {"eventID": "e", "dynamodb": {name: row for name, row in images.items() if row}}


def relayed(*records: dict[str, Any]) -> Any:
    return relay.relay({"Records": list(records)}, Context())


@pytest.mark.parametrize(
    ("record", "fresh"),
    [
        (change(image("w1", MAIL)), [MAIL]),
        (change(image("w1", MAIL, TASK)), [MAIL, TASK]),
        (change(image("w2", TASK), image("w1", MAIL)), [TASK]),
        (change(image("w2", MAIL), image("w1", MAIL)), [MAIL]),
        (change(image("w1", MAIL), image("w1", MAIL)), []),
        (change(image(None), image("w1", MAIL)), []),
        (change(image(None)), []),
        (change(None, image("w1", MAIL)), []),
        ({"eventID": "e"}, []),
    ],
)
def test_what_this_write_put_in_is_relayed_and_nothing_older(record: dict[str, Any], fresh: list[str]) -> None:
    assert relay.fresh_outbox(record) == fresh


def test_each_message_goes_on_its_lane(queues: RecordingQueues) -> None:
    relayed(change(image("w1", MAIL, TASK)), change(image("w2", NOTICE)))

    assert queues.sent == [("follow_ups", [MAIL]), ("outreach", [TASK, NOTICE])]


@pytest.mark.parametrize("body", ["", "{}", '{"type":"Unheard"}'])
def test_what_cannot_be_read_is_put_aside_and_the_rest_goes_on(queues: RecordingQueues, body: str) -> None:
    answer = relayed(change(image("w1", body)), change(image("w2", MAIL)))

    assert answer == {"batchItemFailures": []}
    assert queues.sent == [("relay_dead_letters", [body]), ("follow_ups", [MAIL])]


def test_a_queue_that_does_not_answer_fails_the_batch_which_comes_again(queues: RecordingQueues) -> None:
    queues.down = "outreach"

    with pytest.raises(Unavailable):
        relayed(change(image("w1", MAIL)), change(image("w2", TASK)))


def test_writes_without_messages_ask_no_queue(queues: RecordingQueues) -> None:
    relayed(change(image(None)), change(None, image("w1", MAIL)))

    assert queues.sent == []
