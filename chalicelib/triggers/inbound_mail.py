from chalice import Blueprint

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn="arn:aws:sqs:us-east-1:000000000000:placeholder", name="inbound_mail", batch_size=10)
def inbound_mail(event):
    print("inbound_mail", event.to_dict())
    return {"batchItemFailures": []}
