"""The verb that reads stored mail again: what it asks for, how it follows the function, and how it waits."""

import io
import json
import smtplib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from typing import Any, cast

import pytest

from chalicelib.gateways.objects import filed_key
from infra.__main__ import main
from infra.cloud import Cloud
from infra.front_door import GTUBE, FrontDoor
from infra.hub import Hub, create_api_key, scope_names
from infra.local_cloud import LocalCloud
from infra.mailbox import Mailbox, SentMail
from infra.queues import Depth, depths
from infra.replay import Asked, asked_for, replay, wait
from infra.stack import Stack
from infra.trouble import Trouble
from tests.infra.conftest import silent

TODAY = date(2026, 11, 22)
STACK = Stack("liana-prod", "", "", {}, {"Stage": "prod"})
TWO_DAYS = Asked(date(2026, 11, 1), date(2026, 11, 2), quarantine=False)


@pytest.mark.parametrize(
    ("since", "until", "quarantine", "asked"),
    [
        ("2026-11-01", "2026-11-03", False, (date(2026, 11, 1), date(2026, 11, 3))),
        ("2026-11-01", None, False, (date(2026, 11, 1), TODAY)),
        ("2026-11-22", "2026-11-22", False, (TODAY, TODAY)),
        ("2025-10-19", None, False, (date(2025, 10, 19), TODAY)),
        (None, None, True, (date(2026, 10, 24), TODAY)),
        (None, "2026-11-10", True, (date(2026, 10, 12), date(2026, 11, 10))),
        ("2026-11-01", "2026-11-03", True, (date(2026, 11, 1), date(2026, 11, 3))),
    ],
)
def test_the_days_that_are_asked_for(
    since: str | None, until: str | None, quarantine: bool, asked: tuple[date, date]
) -> None:
    assert asked_for(since, until, quarantine=quarantine, today=TODAY) == Asked(*asked, quarantine)


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        (None, None, "which mail\\? give --from DAY"),
        (None, "2026-11-20", "which mail\\?"),
        ("yesterday", None, "--from yesterday: write a day as 2026-11-21"),
        ("2026-11-31", None, "--from 2026-11-31: write a day"),
        ("2026-11-01", "20.11.2026", "--to 20.11.2026: write a day"),
        ("2026-11-02", "2026-11-01", "--from 2026-11-02 is after --to 2026-11-01"),
        ("2026-11-23", None, "2026-11-23 is still to come: today is 2026-11-22"),
        ("2026-11-01", "2026-11-23", "2026-11-23 is still to come"),
        ("2025-10-18", None, "401 days are too many: 400 at most"),
    ],
)
def test_days_that_cannot_be_meant_are_said(since: str | None, until: str | None, says: str) -> None:
    with pytest.raises(Trouble, match=says) as trouble:
        asked_for(since, until, quarantine=False, today=TODAY)

    assert "\n" not in str(trouble.value)


def test_wrong_days_are_said_before_anything_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--local", "--from", "soon"]) == 1
    assert capsys.readouterr().err == "error: --from soon: write a day as 2026-11-21\n"


@dataclass
class Lambda:
    """A cloud of which only is known what the function answers, call by call."""

    answers: list[tuple[Any, str]]
    asked: list[Any] = field(default_factory=list)
    pause: float = 0.0

    def client(self, _service: str) -> "Lambda":
        return self

    def describe_stack_resource(self, **_asked: str) -> Any:
        return {"StackResourceDetail": {"PhysicalResourceId": "function"}}

    def invoke(self, **said: Any) -> Any:
        answer, error = self.answers[len(self.asked)]
        self.asked.append(json.loads(said["Payload"]))
        return {"Payload": io.BytesIO(json.dumps(answer).encode()), **({"FunctionError": error} if error else {})}


def test_the_function_is_called_with_its_own_cursor_until_it_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    cloud = Lambda(
        [
            ({"announced": 1200, "after": "2026-11-01#mail/2026/11/01/x"}, ""),
            ({"announced": 34, "after": "2026-11-02#mail/2026/11/02/y"}, ""),
            ({"announced": 0, "after": None}, ""),
        ]
    )

    total = replay(cast("Cloud", cloud), STACK, TWO_DAYS)

    assert total == 1234
    days = {"days": ["2026-11-01", "2026-11-02"], "quarantine": False}
    cursors = [None, "2026-11-01#mail/2026/11/01/x", "2026-11-02#mail/2026/11/02/y"]
    assert cloud.asked == [{**days, "after": after} for after in cursors]
    assert capsys.readouterr().out == (
        "replay: 1,200 mails queued, up to 2026-11-01\n"
        "replay: 1,234 mails queued, up to 2026-11-02\n"
        "replay: 1,234 mails queued, up to 2026-11-02\n"
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            {"errorType": "Invalid", "errorMessage": "days is a list\nof dates"},
            "failed: days is a list of dates; its log",
        ),
        ({}, "failed: Unhandled; its log is /liana/prod/replay_mail"),
        (None, "failed: Unhandled"),
    ],
)
def test_a_function_that_fails_is_one_line(answer: Any, says: str) -> None:
    with pytest.raises(Trouble, match=says) as trouble:
        replay(cast("Cloud", Lambda([(answer, "Unhandled")])), STACK, TWO_DAYS, silent)

    assert "\n" not in str(trouble.value)


def test_a_function_that_does_not_get_on_is_not_called_for_ever() -> None:
    stuck = ({"announced": 0, "after": "2026-11-01#x"}, "")

    with pytest.raises(Trouble, match="does not get on behind 2026-11-01#x"):
        replay(cast("Cloud", Lambda([stuck] * 3)), STACK, TWO_DAYS, silent)


def looks(*waiting: int, dead: int = 0) -> Any:
    """What is seen at each look into the queue, the last again and again."""
    seen: Iterator[int] = iter(waiting)
    last = waiting[-1]

    def look(_cloud: Cloud, _stack: Stack) -> list[Depth]:
        return [Depth("MailQueue", next(seen, last), 0), Depth("MailDeadLetters", dead, 0)]

    return look


def test_waiting_ends_when_the_queue_stays_empty() -> None:
    said: list[str] = []

    wait(cast("Cloud", Lambda([])), STACK, said.append, looks(1200, 1190, 40, 0, 3, 0, dead=2))

    assert said == [
        "replay: 1,200 mails still to be read",
        "replay: 40 mails still to be read",
        "replay: 3 mails still to be read",
        "replay: done, 2 dead letters in MailDeadLetters",
    ]


def test_waiting_has_an_end_of_its_own() -> None:
    with pytest.raises(Trouble, match="7 mails still wait in MailQueue"):
        wait(cast("Cloud", Lambda([])), STACK, silent, looks(7), patience=-1)


# ── On the local cloud ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def hub(cloud: LocalCloud, stack: Stack) -> Hub:
    return Hub(cloud, stack, create_api_key(cloud, stack, "replay", scope_names()))


def send(door: FrontDoor, to: str, subject: str, text: str, **headers: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "rae@shop.example", to, subject
    message["Message-ID"] = f"<{subject.replace(' ', '-')}@shop.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    with smtplib.SMTP("127.0.0.1", door.port) as smtp:
        smtp.send_message(message)


def about(subject: str) -> Callable[[SentMail], bool]:
    return lambda mail: subject in mail.subject


@pytest.mark.cloud
def test_a_reply_from_a_mail_program_threads_by_the_message_id_it_saw(
    hub: Hub, door: FrontDoor, mailbox: Mailbox
) -> None:
    send(door, hub.stack.sender_address, "a leaking tent", "My tent leaks.")
    acknowledgement = mailbox.wait_for(about("a leaking tent"))
    assert acknowledgement.message_id.endswith("@email.amazonses.com>")

    send(door, hub.stack.sender_address, "no number", "It rains.", In_Reply_To=acknowledgement.message_id)

    (case_id,) = hub.get("/v1/customers?email=rae@shop.example")["open_cases"]
    case = hub.until(
        "the reply in its case",
        lambda: found if len((found := hub.get(f"/v1/cases/{case_id}"))["interactions"]) == 3 else None,
    )
    assert [i["direction"] for i in case["interactions"]] == ["in", "out", "in"]


@pytest.mark.cloud
def test_a_day_and_its_quarantine_read_again_change_nothing(
    cloud: LocalCloud, stack: Stack, hub: Hub, door: FrontDoor, mailbox: Mailbox, capsys: pytest.CaptureFixture[str]
) -> None:
    letters = dead_letters(cloud, stack)
    send(door, stack.sender_address, "a spare pole", "Where can I get one?")
    send(door, stack.sender_address, "a torn bag", "Can it be mended?")
    send(door, stack.sender_address, "an offer", GTUBE.decode())
    for subject in ("a spare pole", "a torn bag"):
        mailbox.wait_for(about(subject))
    hub.until("the spam put aside", lambda: put_aside(hub))
    file_all(cloud, stack)
    sent, aside = len(mailbox.messages()), put_aside(hub)
    before = hub.get("/v1/customers?email=rae@shop.example")

    assert main(["replay", "--local", cloud.endpoint, "--from", first_day(), "--wait"]) == 0
    assert main(["replay", "--local", cloud.endpoint, "--quarantine", "--wait"]) == 0

    said = capsys.readouterr().out
    assert said.count("replay: done, 0 dead letters in MailDeadLetters") == 2
    assert "quarantined mails of" in said
    assert hub.get("/v1/customers?email=rae@shop.example") == before
    assert (len(mailbox.messages()), put_aside(hub)) == (sent, aside)
    assert dead_letters(cloud, stack) == letters


def dead_letters(cloud: LocalCloud, stack: Stack) -> dict[str, int]:
    """Tests before this one, on the same stage, may have left some."""
    return {depth.name: depth.waiting for depth in depths(cloud, stack) if depth.is_dead_letters and depth.waiting}


def put_aside(hub: Hub) -> list[str]:
    """Today's quarantine, and yesterday's if it has just become midnight."""
    now = datetime.now(UTC)
    days = {(now - timedelta(hours=1)).date(), now.date()}
    found = [item for day in days for item in hub.get(f"/v1/quarantine?day={day}")["items"]]
    return sorted(item["id"] for item in found if item["sender"] == "email:rae@shop.example")


def file_all(cloud: LocalCloud, stack: Stack) -> None:
    """As the reconciler does when a quarter of an hour has passed."""
    s3, bucket = cloud.client("s3"), stack.bucket_name
    for stored in s3.list_objects_v2(Bucket=bucket, Prefix="in/").get("Contents", []):
        key = filed_key(stored["Key"], stored["LastModified"])
        s3.copy_object(Bucket=bucket, Key=key, CopySource={"Bucket": bucket, "Key": stored["Key"]})
        s3.delete_object(Bucket=bucket, Key=stored["Key"])


def first_day() -> str:
    return (datetime.now(UTC) - timedelta(hours=1)).date().isoformat()
