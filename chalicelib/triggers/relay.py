"""The outbox: messages that were committed with a row are put on their queues.

The stream is at least once and so is this; whoever handles a message bears seeing it twice. Nothing here
depends on the event source handing back single records: what cannot be read is put aside, and a queue that
does not answer fails the whole batch, which is then sent again.
"""

from collections import defaultdict
from typing import Any

from chalice import Blueprint

from chalicelib.gateways import queues
from chalicelib.kernel import messages
from chalicelib.telemetry import Counted, count, logger
from chalicelib.triggers.kit import observed

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:dynamodb:us-east-1:000000000000:table/placeholder/stream/placeholder"


@bp.on_dynamodb_record(stream_arn=PLACEHOLDER, name="relay", batch_size=100, starting_position="TRIM_HORIZON")
@observed
def relay(event: dict[str, Any], _context: Any) -> dict[str, list[Any]]:
    lanes: defaultdict[queues.Queue, list[str]] = defaultdict(list)
    for record in event["Records"]:
        for body in fresh_outbox(record):
            lanes[_lane(body)].append(body)
    for lane, bodies in lanes.items():
        queues.queues.send(lane, bodies)
    logger.info("relayed", extra={lane: len(bodies) for lane, bodies in lanes.items()})
    return {"batchItemFailures": []}


def fresh_outbox(record: dict[str, Any]) -> list[str]:
    """The messages this write put into the row; those of an earlier write are still there and were sent
    then."""
    images = record.get("dynamodb", {})
    new, old = images.get("NewImage", {}), images.get("OldImage", {})
    if "outbox_id" not in new or new["outbox_id"] == old.get("outbox_id"):
        return []
    return [item["S"] for item in new.get("outbox", {}).get("L", ())]


def _lane(body: str) -> queues.Queue:
    try:
        return messages.lane_of(messages.from_json(body))
    except ValueError:
        logger.exception("outbox_unreadable")
        count(Counted.MESSAGE_FAILED)
        return "relay_dead_letters"
