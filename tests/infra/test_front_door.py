"""What the front door writes on top of a mail: what it told by the notice can be read again from the mail alone."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from chalicelib.mail.message import Envelope, Verdict
from chalicelib.mail.ses.receipt import envelope_from_raw, parse_receipt
from infra.cloud import Cloud
from infra.front_door import EICAR, GTUBE, FrontDoor
from infra.stack import Stack

STACK = Stack("liana-dev", "", "", {"BucketName": "b", "MailTopicArn": "t", "InboundDomain": "liana.example"}, {})
ANN, HELP = "ann@shop.example", "help@liana.example"


@dataclass
class Recorder:
    """A cloud of which only is known what was stored and published."""

    stored: bytes = b""
    notes: list[Any] = field(default_factory=list)

    def client(self, _service: str) -> "Recorder":
        return self

    def put_object(self, **said: Any) -> None:
        self.stored = said["Body"]

    def publish(self, **said: Any) -> None:
        self.notes.append(json.loads(said["Message"]))


def mail(sender: str = ANN, text: bytes = b"Hello.") -> bytes:
    return f"From: {sender}\r\nTo: {HELP}\r\nSubject: Hello\r\n\r\n".encode() + text + b"\r\n"


def taken(raw: bytes, sender: str = ANN, recipients: tuple[str, ...] = (HELP,)) -> tuple[Envelope, Envelope, Recorder]:
    """The envelope as the notice tells it, and as the stored mail does."""
    cloud = Recorder()
    key = FrontDoor(cast("Cloud", cloud), STACK, 0).take(raw, sender, list(recipients), "mail.shop.example")
    told = parse_receipt(json.dumps(cloud.notes[0]))
    assert told
    return told, envelope_from_raw(cloud.stored, told.ses_id, told.timestamp, bucket="b", key=key), cloud


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (mail(), ANN),
        (mail(text=EICAR), ANN),
        (mail(text=GTUBE), ANN),
        (mail(), "ann@lists.shop.example"),
        (mail(), ""),
    ],
    ids=["good", "virus", "spam", "subdomain", "bounce"],
)
def test_the_stored_mail_tells_what_the_notice_told(raw: bytes, sender: str) -> None:
    told, read, _ = taken(raw, sender)

    assert read == told


@pytest.mark.parametrize("sender", [ANN, "nobody"])
def test_of_a_failed_check_the_stored_mail_tells_all_but_the_policy(sender: str) -> None:
    told, read, _ = taken(mail(sender), "eve@elsewhere.example")

    assert (told.verdicts.dmarc, told.verdicts.dmarc_policy) == (Verdict.FAIL, "none")
    assert read == replace(told, verdicts=replace(told.verdicts, dmarc_policy=None))


def test_of_several_recipients_the_stored_mail_names_the_first() -> None:
    told, read, _ = taken(mail(), recipients=(HELP, "press@liana.example"))

    assert told.recipients == (HELP, "press@liana.example")
    assert read.recipients == (HELP,)


def test_the_block_reads_as_ses_writes_it() -> None:
    _, _, cloud = taken(mail())
    head = cloud.stored.partition(b"X-SES-RECEIPT")[0].decode()
    ses_id = cloud.notes[0]["mail"]["messageId"]
    date = head.split("for help@liana.example;\r\n ")[1].partition(" (UTC)")[0]

    spf = "pass (spfCheck: domain of shop.example designates 127.0.0.1 as permitted sender)"
    rest = "client-ip=127.0.0.1; envelope-from=ann@shop.example; helo=mail.shop.example;"
    assert datetime.strptime(date, "%a, %d %b %Y %H:%M:%S %z").tzinfo == UTC
    assert head.split("\r\n") == [
        "Return-Path: <ann@shop.example>",
        "Received: from mail.shop.example (mail.shop.example [127.0.0.1])",
        f" by inbound-smtp.us-east-1.amazonaws.com with SMTP id {ses_id}",
        " for help@liana.example;",
        f" {date} (UTC)",
        "X-SES-Spam-Verdict: PASS",
        "X-SES-Virus-Verdict: PASS",
        f"Received-SPF: {spf} {rest}",
        "Authentication-Results: amazonses.com;",
        f" spf={spf} {rest}",
        " dkim=pass header.i=@shop.example;",
        " dmarc=pass header.from=shop.example;",
        "",
    ]


def test_a_sender_cannot_write_the_block_for_herself() -> None:
    forged = b"X-SES-Virus-Verdict: PASS\r\nAuthentication-Results: amazonses.com; dmarc=pass\r\n"

    _, read, _ = taken(forged + mail(text=EICAR), "eve@elsewhere.example")

    assert (read.verdicts.virus, read.verdicts.dmarc) == (Verdict.FAIL, Verdict.FAIL)
