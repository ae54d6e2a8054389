"""What every trigger that is not HTTP has in common: context, logs, metrics, partial batches, the error
policy.

Chalice deploys a blueprint's handler as `module.function` and never imports app.py there (aws/chalice#1566),
so this is done by decorators under Chalice's own, not by app middleware. Powertools wants (event, context):
the inner function has that shape, the outer one takes Chalice's event.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from chalicelib.kernel import clock
from chalicelib.kernel.errors import HubError
from chalicelib.kernel.settings import settings
from chalicelib.telemetry import Counted, count, logger, metrics

Handler = Callable[[Any], Any]
OutOfTime = Callable[[], bool]
WRAP_UP_MS = 30_000  # enough for the page at hand and the write that keeps it


def observed(run: Callable[[dict[str, Any], Any], Any]) -> Handler:
    """Gives a function of (event, context) its log context, flushes metrics, and takes Chalice's event
    instead."""

    @logger.inject_lambda_context(clear_state=True)
    def inner(event: dict[str, Any], context: Any) -> Any:
        try:
            return run(event, context)
        finally:
            if metrics.metric_set:
                metrics.flush_metrics()

    @wraps(run)
    def handler(event: Any) -> Any:
        return inner(event.to_dict(), event.context)

    return handler


def consumer(work: Callable[[str], None]) -> Handler:
    """A queue's consumer, from a function of one message body. What fails is handed back alone, the rest is
    done.

    After the queue's last attempt it lies in the dead-letter queue; `make redrive` brings it back.
    """

    return _consumer(work, lambda body, _context: work(body))


def patient_consumer(work: Callable[[str, OutOfTime], None]) -> Handler:
    """As `consumer`, for work that may take as long as Lambda lets it: `work` also gets a function that says when to
    wrap up."""

    def called(body: str, context: Any) -> None:
        work(body, lambda: context.get_remaining_time_in_millis() < WRAP_UP_MS)

    return _consumer(work, called)


def _consumer(named: Callable[..., None], work: Callable[[str, Any], None]) -> Handler:
    def one(record: SQSRecord, context: Any) -> None:
        with logger.append_context_keys(message=record.message_id):
            try:
                work(record.body, context)
            except HubError as error:
                level = logger.warning if error.retryable else logger.error
                level("message_failed", error=type(error).__name__, detail=error.detail)
                count(Counted.MESSAGE_FAILED)
                raise
            except Exception:
                logger.exception("message_failed")
                count(Counted.MESSAGE_FAILED)
                raise

    @wraps(named)
    def run(event: dict[str, Any], context: Any) -> Any:
        processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
        handler = partial(one, context=context)
        return process_partial_response(event=event, record_handler=handler, processor=processor, context=context)

    return observed(run)


def tick_time(event: dict[str, Any]) -> datetime:
    """The time a schedule's event is about. Whoever may invoke the function by hand may ask for another time,
    ahead of the clock only on the local cloud."""
    try:
        told = clock.from_iso(str(event.get("time")))
    except ValueError:
        return clock.now()
    if told.tzinfo is None:
        return clock.now()
    return told if settings().target == "local" else min(told, clock.now())
