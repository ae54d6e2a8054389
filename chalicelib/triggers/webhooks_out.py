"""What webhooks are sent. One request for each message: who is slow holds up nobody else's."""

from chalice import Blueprint

from chalicelib.triggers.handlers import handle
from chalicelib.triggers.kit import consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="send_webhooks", batch_size=1)
@consumer
def send_webhooks(body: str) -> None:
    handle(body)
