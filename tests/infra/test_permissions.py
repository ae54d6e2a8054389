"""Each function may do what it needs and nothing near it: its role is put on, and IAM is enforced."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local_cloud import LocalCloud
from infra.stack import Stack

pytestmark = pytest.mark.cloud
KEY = {"pk": {"S": "a"}, "sk": {"S": "b"}}


@dataclass
class Act:
    """What the wearer of a role tries; every call is a word of the tables below."""

    session: boto3.Session
    endpoint: str
    stack: Stack

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)

    def get(self) -> None:
        self.client("dynamodb").get_item(TableName=self.stack.table_name, Key=KEY)

    def batch_get(self) -> None:
        self.client("dynamodb").batch_get_item(RequestItems={self.stack.table_name: {"Keys": [KEY]}})

    def transact(self) -> None:
        name = self.stack.table_name
        check = {
            "TableName": name,
            "Key": {**KEY, "sk": {"S": "c"}},
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        put = {"TableName": name, "Item": KEY}
        self.client("dynamodb").transact_write_items(TransactItems=[{"ConditionCheck": check}, {"Put": put}])

    def update(self) -> None:
        self.client("dynamodb").update_item(TableName=self.stack.table_name, Key=KEY)

    def delete(self) -> None:
        self.client("dynamodb").delete_item(TableName=self.stack.table_name, Key=KEY)

    def scan(self) -> None:
        self.client("dynamodb").scan(TableName=self.stack.table_name)

    def query(self) -> None:
        self._query("pk")

    def query_due(self) -> None:
        self._query("due_pk", IndexName="due")

    def query_list(self) -> None:
        self._query("list_pk", IndexName="list")

    def query_queue(self) -> None:
        self._query("queue_pk", IndexName="queue")

    def _query(self, key: str, **index: str) -> None:
        self.client("dynamodb").query(
            TableName=self.stack.table_name,
            KeyConditionExpression=f"{key} = :x",
            ExpressionAttributeValues={":x": {"S": "x"}},
            **index,
        )

    def list_in(self) -> None:
        self._list("in/")

    def list_mail(self) -> None:
        self._list("mail/2026/11/21/")

    def list_everything(self) -> None:
        self._list("")

    def _list(self, prefix: str) -> None:
        self.client("s3").list_objects_v2(Bucket=self.stack.bucket_name, **({"Prefix": prefix} if prefix else {}))

    def read_in(self) -> None:
        self._read("in/x")

    def read_mail(self) -> None:
        self._read("mail/x")

    def read_bodies(self) -> None:
        self._read("bodies/x")

    def read_attachments(self) -> None:
        self._read("attachments/x")

    def read_uploads(self) -> None:
        self._read("uploads/x")

    def write_uploads(self) -> None:
        self._write("uploads/y")

    def delete_uploads(self) -> None:
        self._delete("uploads/z")

    def read_exports(self) -> None:
        self._read("exports/x")

    def _read(self, key: str) -> None:
        self.client("s3").get_object(Bucket=self.stack.bucket_name, Key=key)

    def read_search(self) -> None:
        self._read("search/x")

    def write_search(self) -> None:
        self._write("search/y")

    def delete_search(self) -> None:
        self._delete("search/z")

    def write_in(self) -> None:
        self._write("in/y")

    def write_mail(self) -> None:
        self._write("mail/y")

    def write_bodies(self) -> None:
        self._write("bodies/y")

    def write_attachments(self) -> None:
        self._write("attachments/y")

    def write_exports(self) -> None:
        self._write("exports/y")

    def _write(self, key: str) -> None:
        self.client("s3").put_object(Bucket=self.stack.bucket_name, Key=key, Body=b"x")

    def delete_in(self) -> None:
        self._delete("in/z")

    def delete_mail(self) -> None:
        self._delete("mail/z")

    def delete_bodies(self) -> None:
        self._delete("bodies/z")

    def delete_attachments(self) -> None:
        self._delete("attachments/z")

    def delete_exports(self) -> None:
        self._delete("exports/z")

    def _delete(self, key: str) -> None:
        self.client("s3").delete_object(Bucket=self.stack.bucket_name, Key=key)

    def keys(self) -> None:
        self.client("ssm").get_parameter(Name="/liana/dev/keys", WithDecryption=True)

    def other_keys(self) -> None:
        self.client("ssm").get_parameter(Name="/liana/other/keys", WithDecryption=True)

    def send_mail(self) -> None:
        self.client("ses").send_raw_email(
            Source=self.stack.sender_address,
            Destinations=["a@shop.example"],
            RawMessage={"Data": f"From: {self.stack.sender_address}\r\n\r\n".encode()},
        )

    def queue_mail(self) -> None:
        self._queue("MailQueue")

    def queue_follow_up(self) -> None:
        self._queue("FollowUpsQueue")

    def queue_outreach(self) -> None:
        self._queue("OutreachQueue")

    def queue_background(self) -> None:
        self._queue("BackgroundQueue")

    def queue_event(self) -> None:
        self._queue("EventsQueue")

    def queue_webhook(self) -> None:
        self._queue("WebhooksQueue")

    def tell_the_bus(self) -> None:
        entry = {"Source": "x", "DetailType": "x", "Detail": "{}", "EventBusName": self.stack.event_bus}
        self.client("events").put_events(Entries=[entry])

    def queue_relay_dead_letter(self) -> None:
        self._queue("RelayDeadLetters")

    def queue_schedule_dead_letter(self) -> None:
        self._queue("ScheduleDeadLetters")

    def _queue(self, name: str) -> None:
        entry = {"Id": "0", "MessageBody": "{}"}
        self.client("sqs").send_message_batch(QueueUrl=self.stack.queues()[name], Entries=[entry])


WORDS = sorted(
    name for name in vars(Act) if not name.startswith("_") and callable(getattr(Act, name)) and name != "client"
)
SENDER = """get batch_get transact update query query_list read_bodies write_bodies keys send_mail
    queue_follow_up queue_outreach"""
CLOCK = "batch_get query_due queue_follow_up queue_outreach queue_schedule_dead_letter"
MAY = {
    "InboundMail": "get batch_get transact update read_in read_mail write_bodies write_attachments keys",
    "MailFeedback": "get batch_get transact update",
    "Relay": """get batch_get query_list queue_follow_up queue_outreach queue_background queue_event queue_webhook
        queue_relay_dead_letter""",
    "TakeFacts": "get batch_get transact update query",
    "FollowUps": f"{SENDER} query_queue read_attachments read_search",
    "Delivery": f"{SENDER} query_queue",
    "Background": """get batch_get transact update delete query query_list query_queue list_in list_mail
        list_everything read_in read_mail read_bodies read_attachments read_uploads write_exports
        read_search write_search delete_search
        delete_in delete_mail delete_bodies delete_attachments delete_exports queue_background""",
    "Publish": "get batch_get transact update tell_the_bus",
    "SendWebhooks": "get transact keys",
    "ActOnDue": f"{CLOCK} queue_background queue_webhook",
    "PlanOutreach": CLOCK,
    "ReconcileMail": """batch_get list_in read_in delete_in write_mail queue_mail queue_follow_up
        queue_schedule_dead_letter""",
    "Calibrate": "get query queue_schedule_dead_letter",
    "ReplayMail": "query list_in list_mail queue_mail",
    "ApiAuthorizer": "get keys",
    "ApiHandler": """get batch_get transact update delete query query_list query_queue list_in list_mail list_everything
        read_in read_mail read_bodies read_attachments read_exports read_uploads read_search write_bodies
        write_attachments write_uploads keys""",
}


@pytest.fixture(scope="module")
def guarded(cloud: LocalCloud, stack: Stack) -> tuple[LocalCloud, Stack]:
    """The local cloud, which enforces IAM, with something to read in every corner."""
    for key in ("search/x", "in/x", "in/z", "mail/x", "bodies/x", "attachments/x", "exports/x", "uploads/x"):
        cloud.client("s3").put_object(Bucket=stack.bucket_name, Key=key, Body=b"x")
    return cloud, stack


@pytest.fixture
def wearing(guarded: tuple[LocalCloud, Stack]) -> Callable[[str], Act]:
    cloud, stack = guarded

    def put_on(function: str) -> Act:
        iam = cloud.client("iam")
        resource = cloud.client("cloudformation").describe_stack_resource(
            StackName=stack.name, LogicalResourceId=f"{function}Role"
        )
        name = resource["StackResourceDetail"]["PhysicalResourceId"]
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        iam.update_assume_role_policy(
            RoleName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        )
        arn = iam.get_role(RoleName=name)["Role"]["Arn"]
        given = cloud.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
        session = boto3.Session(
            given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], region_name=cloud.region
        )
        return Act(session, cloud.endpoint, stack)

    return put_on


@pytest.mark.parametrize("function", MAY)
def test_a_role_allows_what_its_function_does_and_nothing_else(wearing: Callable[[str], Act], function: str) -> None:
    act = wearing(function)

    allowed = {word for word in WORDS if not denied(getattr(act, word))}

    assert allowed == set(MAY[function].split())


def denied(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if "AccessDenied" in code or code == "403":
            return True
        if code in ("TransactionCanceledException", "NoSuchKey", "ParameterNotFound"):
            return "AccessDenied" in str(error)
        raise
    return False
