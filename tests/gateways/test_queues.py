"""Queues and keys: all of it, or it may work later."""

import inspect
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.gateways import aws
from chalicelib.gateways.queues import Queues, SqsQueues, queues
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.signing import Keys
from tests import workbench


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with mock_aws():
        url = boto3.client("sqs").create_queue(QueueName="follow-ups")["QueueUrl"]
        workbench.set_environment(monkeypatch, follow_ups_queue_url=url)
        yield url
    workbench.forget_caches()


def received(url: str) -> list[str]:
    found: list[str] = []
    while got := boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [message["Body"] for message in got]
    return found


@pytest.mark.parametrize("many", [0, 10, 25])
def test_any_number_of_messages_arrives(lane: str, many: int) -> None:
    bodies = [f"message {n}" for n in range(many)]

    queues.send("follow_ups", bodies)

    assert sorted(received(lane)) == sorted(bodies)


def test_they_are_sent_ten_at_a_time(monkeypatch: pytest.MonkeyPatch, line_to: Any) -> None:
    workbench.set_environment(monkeypatch, outreach_queue_url="https://sqs.us-east-1.amazonaws.com/0/outreach")
    line = line_to("sqs", (200, '{"Successful": []}'))

    queues.send("outreach", [str(n) for n in range(25)])

    assert [len(json.loads(call.body)["Entries"]) for call in line.calls] == [10, 10, 5]


@pytest.mark.parametrize(
    "answer",
    [
        (200, '{"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": false}]}'),
        (400, '{"__type": "com.amazonaws.sqs#QueueDoesNotExist"}'),
        (403, '{"__type": "AccessDeniedException"}'),
    ],
)
def test_a_message_that_was_not_taken_fails_the_call(
    monkeypatch: pytest.MonkeyPatch, line_to: Any, answer: tuple[int, str]
) -> None:
    workbench.set_environment(monkeypatch, mail_queue_url="https://sqs.us-east-1.amazonaws.com/0/mail")
    line_to("sqs", answer)

    with pytest.raises(Unavailable, match="queue mail"):
        queues.send("mail", ["hello"])


def test_it_is_called_as_the_protocol_says() -> None:
    assert inspect.signature(SqsQueues.send) == inspect.signature(Queues.send)


# Keys


def test_the_signing_keys_are_read_from_the_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        workbench.set_environment(monkeypatch, keys_parameter="/liana/keys")
        boto3.client("ssm").put_parameter(Name="/liana/keys", Type="SecureString", Value=workbench.KEYS)

        assert signing_keys() == Keys("a", {"a": bytes.fromhex("11" * 32)})
    workbench.forget_caches()


def test_without_the_parameter_whoever_needs_it_tries_later(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        workbench.set_environment(monkeypatch, keys_parameter="/liana/missing")

        with pytest.raises(Unavailable, match="make status"):
            signing_keys()
    workbench.forget_caches()


# Clients


def test_a_client_is_made_once_and_sending_has_its_own_that_never_retries() -> None:
    assert aws.client("ses") is aws.client("ses")
    assert aws.client("ses", retry=False).meta.config.retries["total_max_attempts"] == 1
    assert aws.client("ses").meta.config.retries["total_max_attempts"] == 3
