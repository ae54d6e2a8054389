"""SES's receiving side on the loopback: what is mailed to it goes as it would on AWS, from the bucket on.

Verdicts are SES's words for its checks, here played by rules a test can aim at: the EICAR string is a virus,
the GTUBE string is spam, a From that is not of the envelope sender's domain fails DMARC, and a bounce (empty
sender) has no SPF to check.
"""

import asyncio
import base64
import json
import logging
import secrets
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, getaddresses
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra import ses_shapes
from infra.cloud import Cloud
from infra.smtp import SmtpServer
from infra.stack import Stack

DEFAULT_PORT = 2525
EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
_log = logging.getLogger(__name__)


class FrontDoor(SmtpServer):
    """Accepts mail for the stage's inbound domain while the `with` block runs; `port=0` takes a free one."""

    def __init__(self, cloud: Cloud, stack: Stack, port: int = DEFAULT_PORT) -> None:
        self.port = port
        self._s3, self._sns = cloud.client("s3"), cloud.client("sns")
        self._stack = stack

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]) -> str:
        if address.rpartition("@")[2].lower() != self._stack.inbound_domain.lower():
            return "550 5.1.1 Mailbox does not exist"
        return await super().handle_RCPT(server, session, envelope, address, rcpt_options)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        try:
            key = await asyncio.to_thread(
                self.take,
                envelope.content,
                envelope.mail_from or "",
                envelope.rcpt_tos,
                session.host_name or "",
            )
        except (BotoCoreError, ClientError):
            _log.exception("mail not taken in")
            return "451 4.3.0 Not taken in; try again later"  # the sender keeps it: nothing is lost
        return f"250 OK {key.removeprefix('in/')}"

    def take(self, raw: bytes, sender: str, recipients: list[str], helo: str = "localhost") -> str:
        """Stores one mail and tells of it, as SES's receipt rule does; returns the object's key."""
        message_id = secrets.token_hex(20)
        verdicts = judge(raw, sender)
        stored = _trace(message_id, sender, recipients, helo, verdicts, _from_domain(raw)) + raw
        key = f"in/{message_id}"
        self._s3.put_object(Bucket=self._stack.bucket_name, Key=key, Body=stored)
        note = ses_shapes.received(
            message_id=message_id,
            message=message_from_bytes(stored, policy=policy.compat32),
            sender=sender,
            recipients=recipients,
            verdicts=verdicts,
            topic=self._stack.mail_topic,
            bucket=self._stack.bucket_name,
            key=key,
        )
        self._sns.publish(
            TopicArn=self._stack.mail_topic,
            Subject="Amazon SES Email Receipt Notification",
            Message=json.dumps(note),
        )
        return key


def judge(raw: bytes, sender: str) -> dict[str, str]:
    """The five verdicts on a mail: PASS, FAIL, or GRAY where SES finds nothing to check."""
    aligned = _aligned(_from_domain(raw), sender.rpartition("@")[2].lower())
    return {
        "spam": "FAIL" if GTUBE in raw else "PASS",
        "virus": "FAIL" if EICAR in raw else "PASS",
        "spf": "PASS" if sender else "GRAY",
        "dkim": "PASS" if aligned or not sender else "GRAY",
        "dmarc": "GRAY" if not sender else "PASS" if aligned else "FAIL",
    }


def _from_domain(raw: bytes) -> str:
    header, _, _ = raw.partition(b"\r\n\r\n")
    parsed: EmailMessage = message_from_bytes(header, policy=policy.SMTP)
    addresses = getaddresses([str(value) for value in parsed.get_all("From", [])])
    return addresses[0][1].rpartition("@")[2].lower() if addresses else ""


def _aligned(from_domain: str, envelope_domain: str) -> bool:
    """DMARC's relaxed alignment: the same organisation, of which one name may be a subdomain of the other."""
    if not from_domain or not envelope_domain:
        return False
    return f".{from_domain}".endswith(f".{envelope_domain}") or f".{envelope_domain}".endswith(f".{from_domain}")


def _trace(
    message_id: str, sender: str, recipients: list[str], helo: str, verdicts: dict[str, str], from_domain: str
) -> bytes:
    """The headers SES puts before a mail it has taken in, word for word. Of several recipients they name one, of a
    failed DMARC check no policy; a bounce is checked as its sender's postmaster would be."""
    said = {kind: {"PASS": "pass", "FAIL": "fail", "GRAY": "none"}[verdict] for kind, verdict in verdicts.items()}
    checked = sender or f"postmaster@{helo}"
    domain = checked.rpartition("@")[2]
    why = {
        "pass": f"domain of {domain} designates 127.0.0.1 as permitted sender",
        "none": f"127.0.0.1 is neither permitted nor denied by domain of {domain}",
    }[said["spf"]]
    spf = f"{said['spf']} (spfCheck: {why}) client-ip=127.0.0.1; envelope-from={checked}; helo={helo};"
    lines = [
        f"Return-Path: <{sender}>",
        f"Received: from {helo} ({helo} [127.0.0.1])",
        f" by inbound-smtp.us-east-1.amazonaws.com with SMTP id {message_id}",
        f" for {recipients[0]};",
        f" {format_datetime(datetime.now(UTC))} (UTC)",
        f"X-SES-Spam-Verdict: {verdicts['spam']}",
        f"X-SES-Virus-Verdict: {verdicts['virus']}",
        f"Received-SPF: {spf}",
        "Authentication-Results: amazonses.com;",
        f" spf={spf}",
        f" dkim={said['dkim']} header.i={f'@{from_domain}' if said['dkim'] == 'pass' else 'unknown'};",
        f" dmarc={said['dmarc']} header.from={from_domain};",
        f"X-SES-RECEIPT: {base64.b64encode(message_id.encode()).decode()}",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "replace")
