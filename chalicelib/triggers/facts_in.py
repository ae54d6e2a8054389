"""The company's systems put facts on an event bus; EventBridge's rule brings those for us to this queue."""

import re

from chalice import Blueprint
from msgspec import Raw, Struct

from chalicelib.customers import service
from chalicelib.kernel import clock
from chalicelib.kernel.errors import HubError
from chalicelib.telemetry import logger
from chalicelib.triggers.decoding import decode
from chalicelib.triggers.kit import consumer
from chalicelib.triggers.reports import read_fact, report_of

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue
# Places in our own contract. Anything else was written by the sender, and may be somebody's address.
_PLACE = re.compile(r"(/[a-z_]{1,30}|/\d{1,4}){1,8}")


class Happening(Struct, frozen=True):
    """What EventBridge says of an event. Whatever else it says is of no concern here.

    https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
    """

    id: str
    source: str
    detail: Raw


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="take_facts", batch_size=10)
@consumer
def take_facts(body: str) -> None:
    """One fact, as POST /v1/facts takes them, whose reporter is the event's source. EventBridge delivers at least once:
    the fact's own receipt makes a repetition harmless."""
    happening: Happening = decode(body.encode(), Happening)
    raw = bytes(happening.detail)
    try:
        fact = read_fact(raw)
        recorded = service.record_fact(report_of(fact, raw, source=happening.source, at=clock.now()))
    except HubError as error:
        if not error.retryable:
            # The queue gives it four more times and then up: this line says why, and where to look.
            place = error.pointer if error.pointer and _PLACE.fullmatch(error.pointer) else ""
            logger.error(
                "fact_refused",
                event=happening.id,
                source=happening.source,
                error=type(error).__name__,
                detail=error.detail,
                place=place,
            )
        raise
    logger.info("fact_taken", event=happening.id, source=happening.source, duplicate=recorded.duplicate)
