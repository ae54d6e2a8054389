"""What can wait: plans, guardrails, proactive notices and their outcomes."""

from chalice import Blueprint

from chalicelib.triggers.handlers import handle
from chalicelib.triggers.kit import consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="delivery", batch_size=10)
@consumer
def delivery(body: str) -> None:
    handle(body)
