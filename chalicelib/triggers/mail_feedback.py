"""SES reports what became of a mail we sent: sent, delivered, bounced, complained of, refused."""

from chalice import Blueprint

from chalicelib.cases import mailroom
from chalicelib.channels import email
from chalicelib.triggers.kit import consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="mail_feedback", batch_size=10)
@consumer
def mail_feedback(body: str) -> None:
    news = email.feedback_of(body)
    if news:
        mailroom.hear(news)
