"""What takes minutes and nobody waits for: passes over the whole population, and what they find to do."""

from chalice import Blueprint

from chalicelib.triggers.handlers import handle
from chalicelib.triggers.kit import OutOfTime, patient_consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


# One message may take most of the function's time: a batch of several would not be done before it ends.
@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="background", batch_size=1)
@patient_consumer
def background(body: str, out_of_time: OutOfTime) -> None:
    handle(body, out_of_time)
