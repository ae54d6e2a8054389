"""The front door and the mailbox: mail in and mail out as SES would have it."""

import json
import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from chalicelib.mail.ses import trace
from infra.front_door import EICAR, GTUBE, FrontDoor, judge
from infra.local_cloud import LocalCloud
from infra.mailbox import Mailbox, show
from infra.stack import Stack
from infra.trouble import Trouble

pytestmark = pytest.mark.cloud


@pytest.fixture
def notes(cloud: LocalCloud, stack: Stack) -> Iterator["Notes"]:
    watch = Notes(cloud)
    watch.subscribe(stack.mail_topic)
    watch.subscribe(stack.feedback_topic)
    yield watch
    watch.close()


class Notes:
    """What is published on a topic, raw, in the order it comes."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.sqs, self.sns = cloud.client("sqs"), cloud.client("sns")
        self.url = self.sqs.create_queue(QueueName="notes")["QueueUrl"]
        self.subscriptions: list[str] = []

    def subscribe(self, topic: str) -> None:
        arn = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        allowed = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": arn}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]})
        self.sqs.set_queue_attributes(QueueUrl=self.url, Attributes={"Policy": policy})
        made = self.sns.subscribe(
            TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"}
        )
        self.subscriptions.append(made["SubscriptionArn"])

    def next(self) -> Any:
        (message,) = self.sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=10)["Messages"]
        self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return json.loads(message["Body"])

    def about(self, message_id: str, count: int) -> list[Any]:
        """That many notes on one mail; Liana itself may be writing to somebody meanwhile."""
        found: list[Any] = []
        while len(found) < count:
            note = self.next()
            if note["mail"]["messageId"] == message_id:
                found.append(note)
        return found

    def close(self) -> None:
        for subscription in self.subscriptions:
            self.sns.unsubscribe(SubscriptionArn=subscription)
        self.sqs.delete_queue(QueueUrl=self.url)


def mail(sender: str = "ada@shop.example", to: str = "help@liana.example", text: str = "Hello.") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "Where is my order?"
    message["Message-ID"] = "<one@shop.example>"
    message.set_content(text)
    return message


def test_mail_lands_in_the_bucket_and_is_told_of_as_ses_does(cloud: LocalCloud, stack: Stack, notes: Notes) -> None:
    with FrontDoor(cloud, stack, 0) as door, smtplib.SMTP("127.0.0.1", door.port) as client:
        client.send_message(mail())

    note = notes.next()
    assert note["notificationType"] == "Received"
    assert note["receipt"]["recipients"] == ["help@liana.example"]
    assert {k: v["status"] for k, v in note["receipt"].items() if k.endswith("Verdict")} == dict.fromkeys(
        ("spamVerdict", "virusVerdict", "spfVerdict", "dkimVerdict", "dmarcVerdict"), "PASS"
    )
    assert note["mail"]["commonHeaders"]["subject"] == "Where is my order?"
    key = note["receipt"]["action"]["objectKey"]
    assert key == f"in/{note['mail']['messageId']}"
    assert len(note["mail"]["messageId"]) == 40
    raw = cloud.client("s3").get_object(Bucket=stack.bucket_name, Key=key)["Body"].read()
    assert raw.endswith(b"\r\nHello.\r\n")


def test_the_trace_on_top_is_one_the_parser_trusts(cloud: LocalCloud, stack: Stack) -> None:
    key = FrontDoor(cloud, stack, 0).take(mail().as_bytes(), "ada@shop.example", ["help@liana.example"])
    raw = cloud.client("s3").get_object(Bucket=stack.bucket_name, Key=key)["Body"].read()
    head = raw.partition(b"From:")[0].decode().replace("\r\n ", " ")
    headers = [(name.lower(), value) for name, _, value in (line.partition(": ") for line in head.splitlines())]

    block = trace.ses_block(headers)

    assert block["x-ses-spam-verdict"] == "PASS"
    assert trace.dkim_domains(headers) == ("shop.example",)


@pytest.mark.parametrize(
    ("raw", "sender", "expected"),
    [
        (b"From: a@b.example\r\n\r\nhi", "a@b.example", "spam PASS virus PASS spf PASS dkim PASS dmarc PASS"),
        (
            b"From: a@b.example\r\n\r\n" + EICAR,
            "a@b.example",
            "spam PASS virus FAIL spf PASS dkim PASS dmarc PASS",
        ),
        (
            b"From: a@b.example\r\n\r\n" + GTUBE,
            "a@b.example",
            "spam FAIL virus PASS spf PASS dkim PASS dmarc PASS",
        ),
        (
            b"From: a@b.example\r\n\r\nhi",
            "a@mail.b.example",
            "spam PASS virus PASS spf PASS dkim PASS dmarc PASS",
        ),
        (
            b"From: a@b.example\r\n\r\nhi",
            "a@evilb.example",
            "spam PASS virus PASS spf PASS dkim GRAY dmarc FAIL",
        ),
        (b"From: a@b.example\r\n\r\nhi", "", "spam PASS virus PASS spf GRAY dkim PASS dmarc GRAY"),
        (b"no header at all", "a@b.example", "spam PASS virus PASS spf PASS dkim GRAY dmarc FAIL"),
    ],
)
def test_verdicts(raw: bytes, sender: str, expected: str) -> None:
    assert " ".join(f"{kind} {verdict}" for kind, verdict in judge(raw, sender).items()) == expected


def test_the_door_refuses_other_domains_and_mail_above_forty_megabytes(cloud: LocalCloud, stack: Stack) -> None:
    with FrontDoor(cloud, stack, 0) as door, smtplib.SMTP("127.0.0.1", door.port) as client:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            client.sendmail("a@b.example", ["help@other.example"], "x")
        assert refused.value.recipients["help@other.example"][0] == 550
        with pytest.raises(smtplib.SMTPSenderRefused) as too_large:
            client.sendmail("a@b.example", ["help@liana.example"], b"x" * (41 * 1024 * 1024))
        assert too_large.value.smtp_code == 552


def test_a_cloud_that_does_not_answer_lets_the_sender_keep_the_mail(tmp_path: Path, stack: Stack) -> None:
    nobody = LocalCloud(tmp_path)  # never started

    with FrontDoor(nobody, stack, 0) as door, smtplib.SMTP("127.0.0.1", door.port) as client:
        with pytest.raises(smtplib.SMTPDataError) as later:
            client.send_message(mail())
        assert later.value.smtp_code == 451


def test_a_busy_door_is_said(cloud: LocalCloud, stack: Stack) -> None:
    with FrontDoor(cloud, stack, 0) as door, pytest.raises(Trouble, match="busy"):
        FrontDoor(cloud, stack, door.port).__enter__()


def send(cloud: LocalCloud, stack: Stack, to: str, subject: str) -> str:
    message = mail(stack.sender_address, to, "We are on it.")
    del message["Subject"]
    message["Subject"], message["X-SES-MESSAGE-TAGS"] = subject, "kind=acknowledgement, case=7"
    sent = cloud.client("ses").send_raw_email(
        Source=stack.sender_address, Destinations=[to], RawMessage={"Data": message.as_bytes()}
    )
    return str(sent["MessageId"]).partition("@")[0]


def test_sent_mail_is_kept_as_received_and_its_fate_published(
    cloud: LocalCloud, stack: Stack, notes: Notes, tmp_path: Path
) -> None:
    with Mailbox(cloud, stack, tmp_path) as box:
        message_id = send(cloud, stack, "ada@shop.example", "Received")
        kept = box.wait_for(lambda mail: mail.subject == "Received")

        assert kept.text.strip() == "We are on it."
        assert kept.message_id.startswith(f"<{message_id}@")
        assert "X-SES-MESSAGE-TAGS" not in kept.message
        told = notes.about(message_id, 2)
        assert sorted(event["eventType"] for event in told) == ["Delivery", "Send"]
        for event in told:
            assert event["mail"]["tags"]["case"] == ["7"]
            assert event["mail"]["destination"] == ["ada@shop.example"]

    assert "ada@shop.example" in show(tmp_path)
    assert show(tmp_path, kept.number).endswith("We are on it.\n")
    with pytest.raises(Trouble, match="no mail 99"):
        show(tmp_path, 99)


@pytest.mark.parametrize(
    ("to", "fate", "bounce"),
    [
        ("bounce@simulator.amazonses.com", {"Send", "Bounce"}, "General"),
        ("suppressionlist@simulator.amazonses.com", {"Send", "Bounce"}, "Suppressed"),
        ("complaint@simulator.amazonses.com", {"Send", "Delivery", "Complaint"}, None),
    ],
)
def test_simulator_addresses_play_their_part(
    cloud: LocalCloud, stack: Stack, notes: Notes, tmp_path: Path, to: str, fate: set[str], bounce: str | None
) -> None:
    with Mailbox(cloud, stack, tmp_path):
        told = {event["eventType"]: event for event in notes.about(send(cloud, stack, to, "Notice"), len(fate))}

    assert told.keys() == fate
    if bounce:
        assert told["Bounce"]["bounce"]["bounceType"] == "Permanent"
        assert told["Bounce"]["bounce"]["bounceSubType"] == bounce


def test_mail_sent_before_the_mailbox_opens_waits_for_it(cloud: LocalCloud, stack: Stack, tmp_path: Path) -> None:
    send(cloud, stack, "early@shop.example", "Early")

    with Mailbox(cloud, stack, tmp_path) as box:
        assert box.wait_for(lambda mail: mail.to == "early@shop.example").subject == "Early"


def test_waiting_in_vain_tells_what_is_there(cloud: LocalCloud, stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "0004.eml").write_bytes(b"X-Envelope-To: a@b.example\r\nSubject: Old\r\n\r\n")

    box = Mailbox(cloud, stack, tmp_path)

    with pytest.raises(TimeoutError, match=r"a@b\.example: Old"):
        box.wait_for(lambda mail: mail.subject == "New", timeout=0.01)
