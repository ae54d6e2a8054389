"""What customers wait for: acknowledgements, answers, promises that are due."""

from chalice import Blueprint

from chalicelib.triggers.handlers import handle
from chalicelib.triggers.kit import consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="follow_ups", batch_size=10)
@consumer
def follow_ups(body: str) -> None:
    handle(body)
