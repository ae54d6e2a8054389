"""What others are told: the event bus, webhooks and rules hear of what happened."""

from chalice import Blueprint

from chalicelib.triggers.handlers import handle
from chalicelib.triggers.kit import consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="publish", batch_size=1)
@consumer
def publish(body: str) -> None:
    handle(body)
