"""Queues, their depths and the way back from their dead letters."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from infra.cloud import Cloud
from infra.stack import Stack
from infra.trouble import Trouble

# These have no queue to go back to: see docs/operations.md for what to do with them.
_NO_WAY_BACK = {
    "RelayDeadLetters": "it holds outbox rows the relay could not read: correct the cause, then see the docs",
    "ScheduleDeadLetters": "the next tick does the same work: purge it once the cause is gone",
}


@dataclass(frozen=True)
class Depth:
    name: str
    waiting: int
    in_flight: int

    @property
    def is_dead_letters(self) -> bool:
        return self.name.endswith("DeadLetters")


def depths(cloud: Cloud, stack: Stack) -> list[Depth]:
    """How much waits in each queue; the figures are SQS's approximations."""
    return [_depth(cloud, name, url) for name, url in stack.queues().items()]


def redrive(cloud: Cloud, stack: Stack, which: str = "all", progress: Callable[[str], None] = print) -> int:
    """Sends dead letters back to the queue they came from; returns how many went.

    Each is sent before it is deleted: a crash doubles a message, which its consumer can take, and loses none.
    """
    letters = {name: url for name, url in stack.queues().items() if name.endswith("DeadLetters")}
    if which != "all":
        name = which if which in letters else which.removesuffix("Queue") + "DeadLetters"
        if name not in letters:
            raise Trouble(f"no queue {which}: choose of {', '.join(letters)}, or all")
        if name in _NO_WAY_BACK:
            raise Trouble(f"{name} cannot be redriven: {_NO_WAY_BACK[name]}")
        letters = {name: letters[name]}
    sqs, moved = cloud.client("sqs"), 0
    for name, url in letters.items():
        if name in _NO_WAY_BACK:
            continue
        count = _move(sqs, url, _source(sqs, stack, url), _depth(cloud, name, url).waiting)
        moved += count
        progress(f"redrive: {count} from {name}")
    return moved


def _source(sqs: Any, stack: Stack, dead_letters: str) -> str:
    """The queue whose redrive policy names these dead letters."""
    arn = _attribute(sqs, dead_letters, "QueueArn")
    for url in stack.queues().values():
        policy = _attribute(sqs, url, "RedrivePolicy")
        if policy and json.loads(policy)["deadLetterTargetArn"] == arn:
            return url
    raise Trouble(f"no queue sends its dead letters to {arn}")


def _attribute(sqs: Any, url: str, name: str) -> str:
    return str(sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name]).get("Attributes", {}).get(name, ""))


def _move(sqs: Any, origin: str, target: str, limit: int) -> int:
    """Moves as many as there were at first: letters that die again meanwhile are not sent in circles."""
    moved = 0
    while moved < limit:
        received = sqs.receive_message(
            QueueUrl=origin,
            MaxNumberOfMessages=min(10, limit - moved),
            WaitTimeSeconds=1,
            VisibilityTimeout=60,
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not received:
            break
        for message in received:
            attributes = message.get("MessageAttributes", {})
            sqs.send_message(QueueUrl=target, MessageBody=message["Body"], MessageAttributes=attributes)
            sqs.delete_message(QueueUrl=origin, ReceiptHandle=message["ReceiptHandle"])
            moved += 1
    return moved


def _depth(cloud: Cloud, name: str, url: str) -> Depth:
    shown = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    values = cloud.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(shown))["Attributes"]
    return Depth(name, int(values[shown[0]]), int(values[shown[1]]))
