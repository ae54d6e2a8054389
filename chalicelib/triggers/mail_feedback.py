"""What became of what we sent: SES's reports of mail, and those of texts: sent, delivered, bounced, complained of."""

from chalice import Blueprint

from chalicelib.cases import mailroom
from chalicelib.channels import email, sms
from chalicelib.triggers.kit import consumer

bp = Blueprint(__name__)
PLACEHOLDER = "arn:aws:sqs:us-east-1:000000000000:placeholder"  # the template names the queue


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="mail_feedback", batch_size=10)
@consumer
def mail_feedback(body: str) -> None:
    news = sms.feedback_of(body) if sms.is_report(body) else email.feedback_of(body)
    if news:
        mailroom.hear(news)
