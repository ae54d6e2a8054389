"""What happens is told to others, on the real template with IAM enforced: a signed webhook, a rule, the event bus."""

import base64
import hashlib
import hmac
import http.server
import json
import smtplib
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import boto3
import pytest

from chalicelib.automation import events, service
from chalicelib.storage.automation import KEPT
from infra.front_door import FrontDoor
from infra.hub import Hub, create_api_key, save_rules, scope_names
from infra.local_cloud import LocalCloud
from infra.stack import Stack
from tests.automation.things import make_event
from tests.workbench import Bench, set_environment

pytestmark = pytest.mark.cloud
RULE = {
    "name": "tents",
    "when": "case.opened",
    "if": [{"field": "case.subject", "contains": "tent"}],
    "then": [{"do": "set_topic", "to": "camping"}],
}


class Receiver(http.server.BaseHTTPRequestHandler):
    got: list[tuple[bytes, dict[str, str]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.got.append((body, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    Receiver.got = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/liana"
        server.shutdown()
        thread.join()


@pytest.fixture
def hub(cloud: LocalCloud, stack: Stack) -> Iterator[Hub]:
    yield Hub(cloud, stack, create_api_key(cloud, stack, "listener", scope_names()))
    save_rules(cloud, stack, "[]")


def told(name: str) -> list[Any]:
    """In no order, and each once: a webhook may be called twice for one event, under one id."""
    found = {headers["webhook-id"]: json.loads(body) for body, headers in Receiver.got}
    return [event for event in found.values() if event["type"] == name]


def verified(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    """As docs/events.md tells receivers to."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return wanted in headers["webhook-signature"].split(" ")


def test_a_mail_is_told_to_a_webhook_signed_and_a_rule_acts_on_it(
    cloud: LocalCloud, stack: Stack, hub: Hub, door: FrontDoor, address: str
) -> None:
    made = hub.post("/v1/webhooks", {"url": address, "types": ["case.*", "rule.*"]})
    save_rules(cloud, stack, json.dumps([RULE]))
    heard = time.monotonic() + KEPT
    hub.until("everybody to know who listens", lambda: time.monotonic() > heard)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ada@tents.example", stack.sender_address, "My tent leaks"
    message["Message-ID"] = "<leak@tents.example>"
    message.set_content("It does.")

    with smtplib.SMTP("127.0.0.1", door.port) as smtp:
        smtp.send_message(message)
    awaited = ("case.opened", "case.changed", "rule.ran")
    hub.until("the case and the rule's work at the webhook", lambda: all(map(told, awaited)))
    hub.call("DELETE", f"/v1/webhooks/{made['webhook']['id']}")

    (opened,), (changed,) = told("case.opened"), told("case.changed")
    assert all(verified(made["secret"], body, headers) for body, headers in Receiver.got)
    assert (changed["cause"], changed["data"]["topic"], changed["data"]["changed"]) == (
        "rule:tents", "camping", ["topic"],
    )  # fmt: skip
    case = hub.get(f"/v1/cases/{opened['subject']['case_id']}")["case"]
    assert case["topic"] == "camping"
    assert hub.get("/v1/rules")["items"][0]["ran"] == 1


def test_what_happens_is_put_on_the_event_bus_and_is_no_fact(
    cloud: LocalCloud, cloud_bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = cloud_bench.bucket
    bus, sqs = boto3.client("events"), boto3.client("sqs")
    bus.create_event_bus(Name=name)
    for rule, pattern in {"all": {"source": ["liana.dev"]}, "facts": {"detail-type": ["Liana Fact"]}}.items():
        url = sqs.create_queue(QueueName=f"{name}-{rule}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        bus.put_rule(Name=f"{name}-{rule}", EventBusName=name, EventPattern=json.dumps(pattern))
        bus.put_targets(Rule=f"{name}-{rule}", EventBusName=name, Targets=[{"Id": "q", "Arn": arn}])
    set_environment(monkeypatch, events="on", event_bus=name)
    event = make_event()

    service.publish([events.to_json(event)])

    def taken(rule: str) -> list[Any]:
        url = sqs.get_queue_url(QueueName=f"{name}-{rule}")["QueueUrl"]
        messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=2 if rule == "all" else 0).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    (arrived,) = taken("all")
    assert (arrived["source"], arrived["detail-type"]) == ("liana.dev", "case.opened")
    assert events.from_json(json.dumps(arrived["detail"])) == event
    assert taken("facts") == []
