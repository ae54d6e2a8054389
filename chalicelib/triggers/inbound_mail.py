"""Mail arrived: SES put it into the bucket and says so, by SNS, in this queue. Texts come the same way, whole."""

import json
from typing import Any

from chalice import Blueprint

from chalicelib.cases import service
from chalicelib.channels import sms
from chalicelib.kernel import clock
from chalicelib.triggers.kit import consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="inbound_mail", batch_size=10)
@consumer
def inbound_mail(body: str) -> None:
    """SES's announcement, the reconciler's word that one got lost, or an operator's that it is to be read again."""
    stored = _stored(body)
    if stored and stored.get("replay"):
        service.replay(stored["stored"], clock.from_iso(stored["at"]))
    elif stored:
        service.receive_stored(stored["stored"], clock.from_iso(stored["at"]))
    elif text := sms.arrival_of(body, clock.now()):
        service.take_in(text)
    else:
        service.receive_mail(body)


def _stored(body: str) -> dict[str, Any] | None:
    try:
        data = json.loads(body)
    except ValueError:
        return None
    return data if isinstance(data, dict) and "stored" in data else None
