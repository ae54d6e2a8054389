"""The real template on the local cloud with IAM enforced, as its users meet it: mail by SMTP, the API by HTTP."""

import json
import smtplib
import urllib.request
import zipfile
from email.message import EmailMessage
from pathlib import Path

import pytest

from infra import privacy, recalibrate
from infra.front_door import FrontDoor
from infra.hub import Hub, Json, create_api_key, http, scope_names
from infra.local_cloud import LocalCloud
from infra.mailbox import Mailbox
from infra.queues import depths
from infra.stack import Stack
from infra.story import Storyteller
from infra.trouble import Trouble

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def hub(cloud: LocalCloud, stack: Stack) -> Hub:
    return Hub(cloud, stack, create_api_key(cloud, stack, "tests", scope_names()))


def mail(to: str, subject: str, text: str, sender: str = "kim@shop.example") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@shop.example>"
    message.set_content(text)
    return message


def send(door: FrontDoor, message: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", door.port) as smtp:
        smtp.send_message(message)


def test_the_demos_story_comes_true_with_iam_enforced(
    hub: Hub, door: FrontDoor, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    Storyteller(hub, door, mailbox).tell()

    assert "every step of it was checked" in capsys.readouterr().out
    Storyteller(hub, door, mailbox).tell()
    assert "The company is still here" in capsys.readouterr().out


def test_a_mail_sent_with_smtplib_is_acknowledged_and_its_reply_threads(
    hub: Hub, door: FrontDoor, mailbox: Mailbox
) -> None:
    send(door, mail(hub.stack.sender_address, "first words", "Hello there."))
    acknowledgement = mailbox.wait_for(lambda m: "first words" in m.subject)
    reply = mail(str(acknowledgement.message["Reply-To"]), "second words", "One more thing.")
    send(door, reply)

    customer = hub.get("/v1/customers?email=kim@shop.example")
    (case_id,) = customer["open_cases"]
    case = hub.until(
        "the reply in its case",
        lambda: found if len((found := hub.get(f"/v1/cases/{case_id}"))["interactions"]) == 3 else None,
    )

    assert [i["direction"] for i in case["interactions"]] == ["in", "out", "in"]


def test_a_mail_of_forty_megabytes_is_taken_in(hub: Hub, door: FrontDoor, mailbox: Mailbox) -> None:
    message = mail(hub.stack.sender_address, "a big one", "See the picture.", sender="big@shop.example")
    message.add_attachment(b"\xff" * 28_000_000, maintype="image", subtype="png", filename="tent.png")
    send(door, message)

    assert mailbox.wait_for(lambda m: "big@shop.example" in m.to)


def test_mail_for_nobody_here_is_refused_at_the_door(door: FrontDoor) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(door, mail("somebody@elsewhere.example", "lost", "Hello?"))


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, b"{}", 401),
        ({"Authorization": "Bearer liana_00000000000000000000000000_nothing"}, b"{}", 401),
        ({"Authorization": "KEY"}, b"{", 400),
        ({"Authorization": "KEY"}, b'{"text": 7}', 422),
        ({"Authorization": "KEY"}, b'{"text": "' + b"x" * 10_000_000 + b'"}', 413),
    ],
)
def test_bad_input_is_answered_with_problem_details(
    hub: Hub, headers: dict[str, str], body: bytes, status: int
) -> None:
    given = {name: value.replace("KEY", f"Bearer {hub.key}") for name, value in headers.items()}

    answered, text = http(
        "POST", f"{hub.stack.api_url}/v1/requests", body, {**given, "Content-Type": "application/json"}
    )

    assert answered == status
    problem = json.loads(text)
    assert {"type", "title", "detail"} <= set(problem), text


def test_an_event_on_the_stages_bus_becomes_a_fact_on_its_customers_timeline(cloud: LocalCloud, hub: Hub) -> None:
    fact = {
        "kind": "order",
        "event_id": "o-118",
        "customer": {"email": "noa@shop.example"},
        "occurred_at": "2026-11-20T10:00:00Z",
        "data": {"amount": {"minor": 4900, "currency": "USD"}},
    }
    entry = {
        "EventBusName": hub.stack.event_bus,
        "Source": "shop",
        "DetailType": "Liana Fact",
        "Detail": json.dumps(fact),
    }
    other = {**entry, "DetailType": "Order Placed", "Detail": json.dumps({**fact, "event_id": "o-119"})}

    cloud.client("events").put_events(Entries=[other, entry, entry])
    customer = hub.until("her", lambda: known(hub, "noa@shop.example"))
    hub.until("the queue to be empty", lambda: not waiting(cloud, hub.stack, "FactsQueue"))

    told = hub.get(f"/v1/customers/{customer['id']}/timeline")["items"]
    facts = [entry for entry in told if entry["kind"] == "fact"]
    assert [fact["data"]["amount_minor"] for fact in facts] == ["4900"]


def known(hub: Hub, address: str) -> Json | None:
    try:
        return hub.get(f"/v1/customers?email={address}")
    except Trouble:
        return None


def waiting(cloud: LocalCloud, stack: Stack, queue: str) -> int:
    return sum(depth.waiting + depth.in_flight for depth in depths(cloud, stack) if depth.name == queue)


def test_a_night_started_by_hand_looks_at_everybody_and_publishes(cloud: LocalCloud, hub: Hub) -> None:
    order = {
        "kind": "order",
        "event_id": "night-1",
        "customer": {"external": "night-1"},
        "occurred_at": "2026-11-01T12:00:00Z",
        "data": {"amount": {"minor": 4900, "currency": "USD"}},
    }
    hub.post("/v1/facts", {"facts": [order]})

    outcome = recalibrate.wait(cloud, hub.stack, recalibrate.start(cloud, hub.stack), patience=300)

    assert outcome.published
    assert outcome.customers >= 1


def test_nothing_ends_in_a_dead_letter_queue(
    cloud: LocalCloud, stack: Stack, hub: Hub, door: FrontDoor, mailbox: Mailbox, tmp_path: Path
) -> None:
    send(door, mail(hub.stack.sender_address, "last words", "Bye.", sender="lea@shop.example"))
    mailbox.wait_for(lambda m: "lea@shop.example" in m.to)

    dead = {d.name: letters(cloud, stack, d.name) for d in depths(cloud, stack) if d.is_dead_letters and d.waiting}

    assert dead == {}


def letters(cloud: LocalCloud, stack: Stack, queue: str) -> list[str]:
    """What lies in a queue, for whoever has to find out why."""
    found = cloud.client("sqs").receive_message(QueueUrl=stack.queues()[queue], MaxNumberOfMessages=10)
    return [message["Body"][:2000] for message in found.get("Messages", [])]


def test_a_person_is_exported_and_forgotten_by_functions_that_may_no_more(
    cloud: LocalCloud, hub: Hub, door: FrontDoor, mailbox: Mailbox, tmp_path: Path
) -> None:
    letter = mail(hub.stack.sender_address, "to be forgotten", "My secret is quince. " * 100, sender="ren@shop.example")
    letter.add_attachment(b"%PDF-1.4 quince", maintype="application", subtype="pdf", filename="quince.pdf")
    send(door, letter)
    mailbox.wait_for(lambda m: "to be forgotten" in m.subject)
    customer_id = hub.get("/v1/customers?email=ren@shop.example")["id"]
    on_whose_word = {"author": "Tom", "reason": "letter"}

    whole = privacy.export(cloud, hub.stack, customer_id, **on_whose_word, to=tmp_path, progress=lambda _: None)
    erasure = privacy.erase(cloud, hub.stack, customer_id, **on_whose_word)
    privacy.wait_until_forgotten(cloud, hub.stack, erasure, progress=lambda _: None)

    with zipfile.ZipFile(whole) as files:
        names = files.namelist()
        assert {"customer.json", "handles.json", "manifest.json", "timeline/000001.jsonl"} <= set(names)
        assert {name.partition("/")[0] for name in names if "/" in name} >= {"texts", "attachments", "mail", "cases"}
    with pytest.raises(Trouble, match="404"):
        hub.get("/v1/customers?email=ren@shop.example")
    s3 = cloud.client("s3")
    bucket = {"Bucket": hub.stack.bucket_name}
    pages = s3.get_paginator("list_objects_v2").paginate(**bucket)
    keys = [found["Key"] for page in pages for found in page.get("Contents", ())]
    assert [key for key in keys if b"quince" in s3.get_object(**bucket, Key=key)["Body"].read()] == []
    send(door, mail(hub.stack.sender_address, "once more", "Hello.", sender="ren@shop.example"))
    mailbox.wait_for(lambda m: "once more" in m.subject)
    assert hub.get("/v1/customers?email=ren@shop.example")["id"] != customer_id


def test_a_file_put_by_a_signed_address_goes_out_with_an_answer(hub: Hub, door: FrontDoor, mailbox: Mailbox) -> None:
    content = b"%PDF-1.7 " + bytes(range(256))
    send(door, mail(hub.stack.sender_address, "the label", "Send me the label, please.", sender="lou@shop.example"))
    mailbox.wait_for(lambda m: "the label" in m.subject)
    (case_id,) = hub.get("/v1/customers?email=lou@shop.example")["open_cases"]
    said = {"filename": "label.pdf", "content_type": "application/pdf", "size": len(content), "case_id": case_id}
    upload = hub.post("/v1/uploads", said)

    put = urllib.request.Request(upload["url"], content, upload["headers"], method="PUT")
    assert urllib.request.urlopen(put).status == 200
    answer = {"text": "Here it is.", "then": "wait", "author": "Tom", "attachments": [upload["id"]]}
    hub.post(f"/v1/cases/{case_id}/replies", answer)

    got = mailbox.wait_for(lambda m: "Here it is." in str(m.message))
    (part,) = got.message.iter_attachments()
    assert (part.get_filename(), part.get_content()) == ("label.pdf", content)


def test_what_is_published_is_searched_within_a_minute_and_by_what_customers_asked(hub: Hub) -> None:
    texts = {"en": {"title": "Washing a tent", "body": "By hand, with lukewarm water and **no** detergent."}}
    hub.put("/v1/articles/washing-a-tent", {"texts": texts, "publish": True})

    def found(words: str) -> list[Json]:
        items: list[Json] = hub.get(f"/v1/answers/suggestions?q={words}")["items"]
        return [each for each in items if each["slug"] == "washing-a-tent"]

    hub.until("the article among the answers", lambda: found("washing%20tent"))
    asked = hub.get("/v1/answers?q=tarpaulin%20grimy&language=en")
    said = {"outcome": "solved", "article": "washing-a-tent", "visitor_id": asked["visitor_id"]}
    hub.post(f"/v1/answers/{asked['question_id']}/outcome", said)

    assert hub.until("what she asked leads to it", lambda: found("grimy%20tarpaulin"))
