"""The JSON that SES publishes, made by the front door and the mailbox because MiniStack publishes none.

Shapes follow the SES developer guide ("Contents of notifications" for receiving, "Event data" for sending),
whole, so that what parses here parses there.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from email.utils import getaddresses
from typing import Any
from uuid import uuid4

_ACCOUNT = "000000000000"
_VERDICTS = ("spam", "virus", "spf", "dkim", "dmarc")


def timestamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def header_list(message: Message) -> list[dict[str, str]]:
    return [{"name": name, "value": str(value)} for name, value in message.items()]


def received(
    *,
    message_id: str,
    message: Message,
    sender: str,
    recipients: Iterable[str],
    verdicts: Mapping[str, str],
    topic: str,
    bucket: str,
    key: str,
) -> dict[str, Any]:
    """The note of a mail taken in by a receipt rule's S3 action."""
    now, to = timestamp(), list(recipients)
    prefix, _, _ = key.rpartition("/")
    receipt: dict[str, Any] = {
        "timestamp": now,
        "processingTimeMillis": 42,
        "recipients": to,
        **{f"{kind}Verdict": {"status": verdicts[kind]} for kind in _VERDICTS},
        "action": {
            "type": "S3",
            "topicArn": topic,
            "bucketName": bucket,
            "objectKeyPrefix": f"{prefix}/",
            "objectKey": key,
        },
    }
    if verdicts["dmarc"] == "FAIL":
        receipt["dmarcPolicy"] = "none"
    common: dict[str, Any] = {"returnPath": sender}
    for field, header in (("from", "From"), ("to", "To"), ("cc", "Cc")):
        if values := message.get_all(header):
            common[field] = [str(value) for value in values]
    for field, header in (("date", "Date"), ("messageId", "Message-ID"), ("subject", "Subject")):
        if value := message.get(header):
            common[field] = str(value)
    return {
        "notificationType": "Received",
        "receipt": receipt,
        "mail": {
            "timestamp": now,
            "source": sender,
            "messageId": message_id,
            "destination": to,
            "headersTruncated": False,
            "headers": header_list(message),
            "commonHeaders": common,
        },
    }


def sent(message: EmailMessage, message_id: str, sender: str, recipients: list[str], stage: str) -> dict[str, Any]:
    """The `mail` of every event about a mail we sent; tags are those of its X-SES-MESSAGE-TAGS header."""
    tags = {"ses:configuration-set": [f"liana-{stage}"], "ses:from-domain": [sender.rpartition("@")[2]]}
    for pair in str(message.get("X-SES-MESSAGE-TAGS", "")).split(","):
        name, equals, value = pair.strip().partition("=")
        if equals:
            tags[name.strip()] = [value.strip()]
    headers = [h for h in header_list(message) if not h["name"].lower().startswith("x-ses-")]
    common: dict[str, Any] = {"messageId": message_id}
    for field, header in (("from", "From"), ("to", "To")):
        if found := message.get(header):
            common[field] = [address for _, address in getaddresses([str(found)])]
    if subject := message.get("Subject"):
        common["subject"] = str(subject)
    return {
        "timestamp": timestamp(),
        "source": sender,
        "sourceArn": f"arn:aws:ses:us-east-1:{_ACCOUNT}:identity/{sender.rpartition('@')[2]}",
        "sendingAccountId": _ACCOUNT,
        "messageId": message_id,
        "destination": recipients,
        "headersTruncated": False,
        "headers": headers,
        "commonHeaders": common,
        "tags": tags,
    }


def events(mail: dict[str, Any]) -> list[dict[str, Any]]:
    """What becomes of a mail: it is sent, then delivered, unless a simulator address says otherwise."""
    told: list[dict[str, Any]] = [{"eventType": "Send", "mail": mail, "send": {}}]
    for recipient in mail["destination"]:
        local, _, domain = recipient.lower().partition("@")
        play = local.partition("+")[0] if domain == "simulator.amazonses.com" else ""
        if play in ("bounce", "suppressionlist"):
            told.append({"eventType": "Bounce", "mail": mail, "bounce": _bounce(recipient, play)})
            continue
        told.append({"eventType": "Delivery", "mail": mail, "delivery": _delivery(recipient)})
        if play == "complaint":
            told.append({"eventType": "Complaint", "mail": mail, "complaint": _complaint(recipient)})
    return told


def _delivery(recipient: str) -> dict[str, Any]:
    return {
        "timestamp": timestamp(),
        "processingTimeMillis": 546,
        "recipients": [recipient],
        "smtpResponse": "250 2.0.0 OK",
        "remoteMtaIp": "127.0.0.1",
        "reportingMTA": "a8-70.smtp-out.amazonses.com",
    }


def _bounce(recipient: str, play: str) -> dict[str, Any]:
    shared = {"bounceType": "Permanent", "timestamp": timestamp(), "feedbackId": str(uuid4())}
    if play == "suppressionlist":  # SES did not even try: no server answered, so there is no diagnostic
        return {**shared, "bounceSubType": "Suppressed", "bouncedRecipients": [{"emailAddress": recipient}]}
    return {
        **shared,
        "bounceSubType": "General",
        "bouncedRecipients": [
            {
                "emailAddress": recipient,
                "action": "failed",
                "status": "5.1.1",
                "diagnosticCode": "smtp; 550 5.1.1 user unknown",
            }
        ],
        "reportingMTA": "dsn; a8-70.smtp-out.amazonses.com",
    }


def _complaint(recipient: str) -> dict[str, Any]:
    return {
        "complainedRecipients": [{"emailAddress": recipient}],
        "timestamp": timestamp(),
        "feedbackId": str(uuid4()),
        "complaintSubType": None,
        "userAgent": "Amazon SES Mailbox Simulator",
        "complaintFeedbackType": "abuse",
        "arrivalDate": timestamp(),
    }
