from chalice import Blueprint

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn="arn:aws:sqs:us-east-1:000000000000:placeholder", name="follow_ups", batch_size=10)
def follow_ups(event):
    print("follow_ups", event.to_dict())
    return {"batchItemFailures": []}
