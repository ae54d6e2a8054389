"""Liana on a bench: its real handlers, run in this process against AWS's API on an emulator, with a test driving.

What Lambda does between the parts is done here by hand: queues are read and handlers called with real events, failed
messages come back, the stream is followed. So a test may stop, repeat, reorder or break anything.
"""

import json
import os
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cache
from types import MappingProxyType
from typing import Any

import boto3
import pytest

from chalicelib import configuration, session
from chalicelib.desk import load
from chalicelib.gateways import aws
from chalicelib.gateways import mailer as mail_gateway
from chalicelib.gateways import secrets as key_store
from chalicelib.gateways import sms as text_gateway
from chalicelib.gateways.mailer import RecordingMailer
from chalicelib.gateways.sms import RecordingTexter
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import asking
from chalicelib.model.customer import Handle
from chalicelib.model.play import PlayEdition, PlayRecord, PlayState
from chalicelib.model.task import TaskState
from chalicelib.outreach import guard
from chalicelib.storage import automation, calibration, customers, plays, segments, table
from chalicelib.storage.commit import commit
from chalicelib.storage.rows import Row
from tests import quick_moto

SENDER = "hello@care.liana.test"
DOMAIN = "care.liana.test"
KEYS = json.dumps({"current": "a", "keys": {"a": "11" * 32}})
LANES = ("follow_ups", "outreach", "background", "events", "webhooks")
PLAYS = ("payment_will_fail", "tier_will_change")  # that run on every bench
MOST_ROUNDS = 60
ONE_AT_A_TIME = {"background": 1, "webhooks": 1, "events": 1}  # messages in a batch, as the function asks for them


class Died(BaseException):
    """The worker is gone: nothing of ours may catch it."""


@dataclass
class Context:
    """What Lambda passes beside the event."""

    function_name: str = "test"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:000000000000:function:test"
    aws_request_id: str = "request"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def forget_caches() -> None:
    """What a new Lambda container would read anew."""
    guard.forget()
    for cached in (
        settings.cache_clear,
        configuration.policy.cache_clear,
        configuration.retention.cache_clear,
        session.session.cache_clear,
        aws.made.cache_clear,
        key_store._provider.cache_clear,
        table.bind.cache_clear,
        calibration._kept.clear,
        automation.forget,
        segments._definitions.cache_clear,
        asking.forget,
        load.forget,
        plays.forget,
    ):
        cached()


def forget_clients() -> None:
    """The next call makes its client anew, on the same session."""
    for cached in (aws.made.cache_clear, key_store._provider.cache_clear, table.bind.cache_clear):
        cached()


def set_environment(patch: pytest.MonkeyPatch, **values: str) -> None:
    patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    patch.setenv("AWS_ACCESS_KEY_ID", "test")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    patch.delenv("AWS_PROFILE", raising=False)
    for name, value in values.items():
        patch.setenv(name.upper(), value)
    forget_caches()


def client(service: str) -> Any:
    """A test's own, made once for each cloud it may speak to: it costs as much as a dozen calls."""
    return _client(service, *(os.environ.get(name, "") for name in ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID")))


@cache
def _client(service: str, _endpoint: str, _key: str) -> Any:
    return boto3.client(service)


def create_table(name: str, *, stream: bool = False) -> None:
    """The table as the rows declare it; the template's is compared with them in tests/infra."""
    dynamodb = client("dynamodb")
    indexes = [
        {
            "IndexName": index,
            "KeySchema": [
                {"AttributeName": f"{index}_pk", "KeyType": "HASH"},
                {"AttributeName": f"{index}_sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": projected},
        }
        for index, projected in (("due", ["kind"]), ("list", ["kind"]), ("queue", ["kind", "customer_id", "routing"]))
    ]
    names = ["pk", "sk", "due_pk", "due_sk", "list_pk", "list_sk", "queue_pk", "queue_sk"]
    dynamodb.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        GlobalSecondaryIndexes=indexes,
        StreamSpecification={"StreamEnabled": stream, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        if stream
        else {"StreamEnabled": False},
    )


def received(ses_id: str, recipients: Sequence[str], source: str, bucket: str, **verdicts: str) -> str:
    """What SES tells the topic, as it arrives in the queue inside SNS's envelope."""
    said = {
        f"{check}Verdict": {"status": verdicts.get(check, "PASS")}
        for check in ("spam", "virus", "spf", "dkim", "dmarc")
    }
    at = clock.iso(datetime.now(UTC))
    notice = {
        "notificationType": "Received",
        "receipt": {
            "timestamp": at,
            "recipients": list(recipients),
            **said,
            "action": {"type": "S3", "bucketName": bucket, "objectKey": f"in/{ses_id}"},
        },
        "mail": {"timestamp": at, "source": source, "messageId": ses_id, "destination": list(recipients)},
    }
    if verdicts.get("policy"):
        notice["receipt"]["dmarcPolicy"] = verdicts["policy"]  # type: ignore[index]
    return json.dumps({"Type": "Notification", "Message": json.dumps(notice)})


def mail_bytes(
    text: str = "My order has not arrived.",
    *,
    sender: str = "Ann Archer <ann@example.org>",
    to: str = SENDER,
    subject: str = "Where is my order?",
    message_id: str | None = None,
    html: str = "",
    files: Mapping[str, bytes] = MappingProxyType({}),
    **headers: str,
) -> bytes:
    """A mail as a person's program writes it; `files`: what is attached, by name."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = message_id or f"<{uuid.uuid4()}@example.org>"
    mail.set_content(text)  # first: it drops Content-* headers set before
    if html:
        mail.add_alternative(html, subtype="html")
    for name, content in files.items():
        mail.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    return mail.as_bytes(policy=policy.SMTP)


_READS = ("Get", "BatchGet", "Query", "Scan", "Head", "List", "Describe", "Receive")


@dataclass
class Bench:
    """One stage of Liana on an emulator, driven by a test."""

    bucket: str
    queue_urls: dict[str, str]
    mailer: RecordingMailer = field(default_factory=RecordingMailer)
    texter: RecordingTexter = field(default_factory=RecordingTexter)
    _followed: str = ""
    _stream: dict[str, str] = field(default_factory=dict)
    _announced: int = 0
    _announced_texts: int = 0
    failures: list[str] = field(default_factory=list)
    _restless: bool = True  # something may have been written since the last look at the stream and the queues
    _watched: Any = None  # the product's session; a test that changes settings has another one then

    def client(self, service: str) -> Any:
        """The test's own client: not one of the product's, whose calls a test may break."""
        return client(service)

    @property
    def on_moto(self) -> bool:
        return "AWS_ENDPOINT_URL" not in os.environ

    def receive(
        self,
        raw: bytes,
        *,
        source: str = "ann@example.org",
        recipients: Sequence[str] = (SENDER,),
        ses_id: str | None = None,
        announce: bool = True,
        **verdicts: str,
    ) -> str:
        """A mail arrives: SES stores it and says so. Returns SES's id."""
        ses_id = ses_id or secrets.token_hex(20)
        self.client("s3").put_object(Bucket=self.bucket, Key=f"in/{ses_id}", Body=raw)
        if announce:
            self.put("mail", received(ses_id, recipients, source, self.bucket, **verdicts))
        return ses_id

    def put(self, queue: str, body: str) -> None:
        self._restless = True
        self.client("sqs").send_message(QueueUrl=self.queue_urls[queue], MessageBody=body)

    def run(self) -> None:
        """Until nothing moves any more."""
        for _ in range(MOST_ROUNDS):
            if not self.step():
                return
        raise AssertionError(f"it never came to rest: {self.failures[-3:]}")

    def step(self) -> bool:
        """One round over the stream, SES's reports and every queue; whether anything moved."""
        from chalicelib.triggers import (
            background,
            delivery,
            follow_ups,
            inbound_mail,
            mail_feedback,
            publishing,
            webhooks_out,
        )

        consumers = {
            "mail": inbound_mail.inbound_mail,
            "feedback": mail_feedback.mail_feedback,
            "follow_ups": follow_ups.follow_ups,
            "outreach": delivery.delivery,
            "background": background.background,
            "events": publishing.publish,
            "webhooks": webhooks_out.send_webhooks,
        }
        if not self._restless and session.session() is self._watched:
            return False
        self._watch()
        self._restless = False
        moved = self._follow_stream()
        moved = self._publish_send_events() or moved
        for queue, consumer in consumers.items():
            for _ in range(10 // ONE_AT_A_TIME.get(queue, 10)):
                if not self._consume(queue, consumer):
                    break
                moved = True
        return moved

    def tick(self, at: datetime | None = None) -> None:
        """The clock: both minute schedules, as if it were `at`."""
        from chalicelib.triggers import schedule

        for job in (schedule.act_on_due, schedule.plan_outreach):
            self._call(job, tick_event(at or clock.now()))

    def start_plays(self, *names: str) -> None:
        """As if one person had prepared them as they are, and another started them."""
        for name in names:
            self.set_play(name, PlayState.RUNNING)

    def set_play(self, name: str, state: PlayState, **fields: Any) -> None:
        """Puts a play into this state, whatever it was."""
        now = clock.now()
        by = {"prepared_by": "Tom", "prepared_at": now, "approved_by": "Lea", "approved_at": now}
        known = plays.play(name)
        new = PlayRecord(id=name, live=PlayEdition(number=1, **by), editions=1, updated_at=now, updated_by="Lea")
        commit(Decision((replace(known or new, state=state, state_at=now, **fields),), reason=state.value))
        plays.forget()

    def reconcile(self) -> None:
        from chalicelib.triggers import schedule

        self._call(schedule.reconcile_mail, tick_event(clock.now()))

    def told_of(self, address: str) -> list[Any]:
        """Everything on the timeline of whoever has this address, newest first."""
        customer = customers.customer_of(Handle("email", address))
        return list(customers.timeline(customer.id, None, 100).items) if customer else []

    def rows(self, model: type) -> list[Any]:
        """Every stored thing of a kind, for asserting."""
        table.bind()
        return [row.domain() for row in Row.scan() if row.model is model]

    def _watch(self) -> None:
        if session.session() is not self._watched:
            self._watched = session.session()
            self._watched.register("before-call", self._notice)
            forget_clients()

    def _notice(self, model: Any, **_: Any) -> None:
        if not model.name.startswith(_READS):
            self._restless = True

    def _call(self, handler: Any, event: dict[str, Any]) -> Any:
        try:
            return handler(event, Context())
        except (Exception, Died) as error:  # noqa: BLE001 - Lambda would report it and try again
            self._restless = True
            self.failures.append(repr(error))
            return None

    def _consume(self, queue: str, consumer: Any) -> bool:
        sqs, url, batch = self.client("sqs"), self.queue_urls[queue], ONE_AT_A_TIME.get(queue, 10)
        if self.on_moto and not quick_moto.holds_messages(url):
            return False
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=batch, VisibilityTimeout=0).get("Messages", [])
        if not got:
            return False
        self._restless = self._restless or len(got) == batch
        unique = {message["MessageId"]: message for message in got}
        records = [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": {},
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
                "awsRegion": "us-east-1",
                "md5OfBody": "",
            }
            for message in unique.values()
        ]
        answer = self._call(consumer, {"Records": records})
        failed = {f["itemIdentifier"] for f in answer["batchItemFailures"]} if answer else set(unique)
        self._restless = self._restless or bool(failed)
        for message_id, message in unique.items():
            if message_id not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return True

    def _follow_stream(self) -> bool:
        from chalicelib.triggers import relay

        records = self._new_records()
        _check_tasks_moves(records)
        if records and self._call(relay.relay, {"Records": records}) is None:
            return True  # the stream gives the same records again
        if records:
            self._followed = records[-1]["dynamodb"]["SequenceNumber"]
        return bool(records)

    def _new_records(self) -> list[dict[str, Any]]:
        """What the stream holds behind the last record that was relayed."""
        if self.on_moto:
            found = quick_moto.told_behind(settings().table_name, self._followed)
        else:
            found = self.asked_of_the_stream()
        return [json.loads(json.dumps(record, default=str)) for record in found]

    def asked_of_the_stream(self) -> list[dict[str, Any]]:
        """The same by AWS's API."""
        streams = self.client("dynamodbstreams")
        if not self._stream:
            described = self.client("dynamodb").describe_table(TableName=settings().table_name)["Table"]
            arn = described["LatestStreamArn"]
            (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
            self._stream = {"StreamArn": arn, "ShardId": shard["ShardId"]}
        begin = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._followed}
            if self._followed
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        iterator = streams.get_shard_iterator(**self._stream, **begin)["ShardIterator"]
        return list(streams.get_records(ShardIterator=iterator)["Records"])

    def _publish_send_events(self) -> bool:
        """SES publishes an event for each mail it accepts; the emulators do not, so it is done for them."""
        new = self.mailer.accepted[self._announced :]
        for ses_id, raw, _ in new:
            pairs = parsed(raw)["X-SES-MESSAGE-TAGS"].split(",")
            self.put("feedback", send_event(ses_id, dict(pair.strip().split("=") for pair in pairs)))
        self._announced += len(new)
        new_texts = self.texter.accepted[self._announced_texts :]
        for text_id, _, _, context in new_texts:
            self.put("feedback", text_event(text_id, context))
        self._announced_texts += len(new_texts)
        return bool(new or new_texts)

    @property
    def sent(self) -> list[EmailMessage]:
        """What customers got, oldest first."""
        return [parsed(raw) for _, raw, _ in self.mailer.accepted]


def tick_event(at: datetime) -> dict[str, Any]:
    """What EventBridge sends when a schedule fires."""
    words = ("id", "version", "account", "region", "source", "detail-type")
    return {**dict.fromkeys(words, ""), "time": clock.iso(at), "resources": [], "detail": {}}


def send_event(ses_id: str, tags: dict[str, str], kind: str = "Send", **detail: Any) -> str:
    event = {
        "eventType": kind,
        "mail": {
            "timestamp": clock.iso(clock.now()),
            "messageId": ses_id,
            "source": SENDER,
            "destination": [],
            "tags": {name: [value] for name, value in tags.items()},
        },
        kind.lower(): detail,
    }
    return json.dumps({"Type": "Notification", "Message": json.dumps(event)})


def text_event(text_id: str, context: dict[str, str], kind: str = "TEXT_QUEUED") -> str:
    """What End User Messaging tells of a text."""
    event = {
        "eventType": kind,
        "eventTimestamp": int(clock.now().timestamp() * 1000),
        "messageId": text_id,
        "messageStatusDescription": kind,
        "context": context,
    }
    return json.dumps({"Type": "Notification", "Message": json.dumps(event)})


def _check_tasks_moves(records: Sequence[Mapping[str, Any]]) -> None:
    """No task goes where the table of its states does not lead, whoever moved it."""
    for record in records:
        images = (record["dynamodb"].get(name, {}) for name in ("OldImage", "NewImage"))
        before, after = (image["state"]["S"] if image.get("kind", {}).get("S") == "task" else "" for image in images)
        if before and after and before != after:
            assert TaskState(after) in TaskState(before).next, f"a task went from {before} to {after}"


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    return body.get_content() if body else ""


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def open_bench(patch: pytest.MonkeyPatch, *, stream: bool = True, plays: Sequence[str] = PLAYS, **more: str) -> Bench:
    """A fresh stage on whatever AWS the environment points at: its own table, bucket, queues and keys. Without a
    stream nobody can `run` it, and nothing keeps what was written and deleted. `plays`: which run from the start."""
    name = f"liana-{secrets.token_hex(4)}"
    set_environment(
        patch,
        table_name=name,
        bucket_name=name,
        sender_address=SENDER,
        inbound_domain=DOMAIN,
        keys_parameter=f"/{name}/keys",
        sending="on",
        company_name="Baum & Blatt",
        target="local",
        base_url="https://api.liana.test",
        **more,
    )
    create_table(name, stream=stream)
    client("s3").create_bucket(Bucket=name)
    client("ssm").put_parameter(Name=f"/{name}/keys", Type="SecureString", Value=KEYS)
    sqs = client("sqs")
    urls = {
        queue: sqs.create_queue(QueueName=f"{name}-{queue}")["QueueUrl"]
        for queue in (*LANES, "mail", "feedback", "relay_dead_letters")
    }
    for queue, url in urls.items():
        patch.setenv(f"{queue}_queue_url".upper() if queue != "relay_dead_letters" else "RELAY_DEAD_LETTERS_URL", url)
    forget_caches()
    bench = Bench(bucket=name, queue_urls=urls)
    patch.setattr(mail_gateway, "mailer", bench.mailer)
    patch.setattr(text_gateway, "texter", bench.texter)
    bench.start_plays(*plays)
    return bench


@contextmanager
def far_from_now(patch: pytest.MonkeyPatch, ahead: timedelta) -> Iterator[None]:
    """The process's clock, moved; AWS's stays."""
    real = clock.now
    with patch.context() as inner:
        inner.setattr(clock, "now", lambda: real() + ahead)
        yield
