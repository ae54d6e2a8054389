"""Queues: the lanes of follow-up messages, and the queue of arriving mail."""

from collections.abc import Sequence
from typing import Literal, Protocol

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.settings import settings

Queue = Literal["follow_ups", "outreach", "background", "events", "webhooks", "mail", "relay_dead_letters"]
BATCH = 10  # SQS SendMessageBatch


class Queues(Protocol):
    def send(self, queue: Queue, bodies: Sequence[str]) -> None:
        """All of them, or Unavailable: then some may have been sent, and all of them are sent again."""
        ...


class SqsQueues:
    def send(self, queue: Queue, bodies: Sequence[str]) -> None:
        for start in range(0, len(bodies), BATCH):
            entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[start : start + BATCH])]
            try:
                answer = client("sqs").send_message_batch(QueueUrl=_url(queue), Entries=entries)
            except AwsError as error:
                raise Unavailable(f"queue {queue}: {error_code(error)}") from error
            if failed := answer.get("Failed"):
                raise Unavailable(f"queue {queue}: {failed[0].get('Code')}")


def _url(queue: Queue) -> str:
    return {
        "follow_ups": settings().follow_ups_queue_url,
        "outreach": settings().outreach_queue_url,
        "background": settings().background_queue_url,
        "events": settings().events_queue_url,
        "webhooks": settings().webhooks_queue_url,
        "mail": settings().mail_queue_url,
        "relay_dead_letters": settings().relay_dead_letters_url,
    }[queue]


queues: Queues = SqsQueues()
