from chalice import Blueprint

bp = Blueprint(__name__)


@bp.on_sqs_message(queue_arn="arn:aws:sqs:us-east-1:000000000000:placeholder", name="mail_feedback", batch_size=10)
def mail_feedback(event):
    print("mail_feedback", event.to_dict())
    return {"batchItemFailures": []}
