"""The event bus: what happened, for whoever in the company's account listens to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.gateways.aws import AwsError, client, error_code
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.settings import settings

BATCH = 10  # EventBridge PutEvents
ROUNDS = 3


class Entry(NamedTuple):
    """`kind` is what rules of the bus look for, `detail` JSON."""

    kind: str
    detail: str
    at: datetime


def put(entries: Sequence[Entry], source: str) -> None:
    """All of them, or Unavailable: then some are there, and all are put again. What EventBridge refuses of a batch is
    tried twice more by itself.

    https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
    """
    for start in range(0, len(entries), BATCH):
        waiting = list(entries[start : start + BATCH])
        for _ in range(ROUNDS):
            waiting = _refused(waiting, source)
            if not waiting:
                break
        else:
            raise Unavailable(f"the event bus refuses {len(waiting)} events")


def _refused(entries: Sequence[Entry], source: str) -> list[Entry]:
    told = [
        {
            "Source": source,
            "DetailType": entry.kind,
            "Detail": entry.detail,
            "Time": entry.at,
            "EventBusName": settings().event_bus,
        }
        for entry in entries
    ]
    try:
        answer = client("events").put_events(Entries=told)
    except AwsError as error:
        raise Unavailable(f"the event bus: {error_code(error)}") from error
    results = answer["Entries"]
    return [entry for entry, result in zip(entries, results, strict=True) if result.get("ErrorCode")]
