"""What is announced of stored mail: all of some days' or what was put aside on them, in steps that leave no gap."""

import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.cases import archive
from chalicelib.cases import service as cases
from chalicelib.cases.archive import Asked, announce
from chalicelib.gateways import objects
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Invalid
from chalicelib.model.case import Case
from chalicelib.model.interaction import Interaction
from chalicelib.triggers.replaying import replay_mail
from tests.workbench import Bench, Context, mail_bytes

pytestmark = pytest.mark.usefixtures("no_index")

FRIDAY, SATURDAY, SUNDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 22)

STAMPED = b"""Return-Path: <ann@example.org>
Received: from mx.example.org (mx.example.org [192.0.2.1])
 by inbound-smtp.us-east-1.amazonaws.com with SMTP id 1ld45m5nepdsqavklntitktv5b5ps6ge9ep207g1
 for hello@care.liana.test;
 Fri, 20 Nov 2026 17:06:19 +0000 (UTC)
X-SES-Spam-Verdict: PASS
X-SES-Virus-Verdict: PASS
Authentication-Results: amazonses.com;
 dkim=pass header.i=@example.org;
 dmarc=pass header.from=example.org;
"""


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 gives a thousand keys a page, and we ask for a hundred quarantined mails: here it is three, and two."""
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "3")
    monkeypatch.setattr(archive, "PAGE", 2)


def lately() -> tuple[date, ...]:
    """The days a test may lie on."""
    today = clock.now().date()
    return today - timedelta(days=1), today


def file(bench: Bench, day: date, *names: str) -> list[str]:
    """Mail as the reconciler leaves it."""
    keys = [f"{objects.filed_folder(day)}{name}" for name in names]
    for key in keys:
        bench.client("s3").put_object(Bucket=bench.bucket, Key=key, Body=b"")
    return keys


def file_all(at: datetime | None = None) -> None:
    """As the reconciler does when a quarter of an hour has passed; at another time if given."""
    for page in objects.objects.list_arrived(""):
        for stored in page:
            objects.objects.move(stored.key, objects.filed_key(stored.key, at or stored.at))


def take_in_spam(bench: Bench, *texts: str) -> dict[str, Interaction]:
    """What is put aside of it, by its text."""
    for text in texts:
        bench.receive(mail_bytes(text), spam="FAIL")
    bench.run()
    return {i.preview.strip(): i for i in bench.rows(Interaction) if i.quarantined and i.preview.strip() in texts}


def queued(bench: Bench) -> list[str]:
    """The keys the mail queue was told of, sorted; the queue is empty then."""
    found, sqs, url = [], bench.client("sqs"), bench.queue_urls["mail"]
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            told = json.loads(message["Body"])
            assert told["replay"] is True
            assert clock.from_iso(told["at"])
            found.append(told["stored"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found)


def ses_id(key: str) -> str:
    return key.rpartition("/")[2]


def in_one_go(asked: Asked) -> int:
    announced, after = announce(asked, lambda: False)
    assert after is None
    return announced


def step_by_step(days: tuple[date, ...], *, quarantine: bool = False) -> tuple[int, int]:
    """Calls that each run out of time after a page; how many were announced, in how many calls."""
    total = calls = 0
    after: str | None = ""
    while after is not None:
        announced, after = announce(Asked(days, quarantine, after), lambda: True)
        total, calls = total + announced, calls + 1
    return total, calls


def call(days: tuple[date, ...], *, quarantine: bool = False) -> Any:
    """The function as Lambda calls it."""
    event = {"days": [day.isoformat() for day in days], "quarantine": quarantine, "after": None}
    return replay_mail(event, Context())


def test_all_mail_of_the_days_is_queued_and_no_other(bench: Bench) -> None:
    wanted = file(bench, FRIDAY, "a", "b") + file(bench, SATURDAY, "c")
    file(bench, SUNDAY, "d")

    assert in_one_go(Asked((FRIDAY, SATURDAY))) == 3
    assert queued(bench) == wanted


def test_mail_that_is_not_filed_yet_is_queued_with_its_day(bench: Bench) -> None:
    arrived = bench.receive(mail_bytes(), announce=False)
    yesterday, today = lately()

    assert announce(Asked((today,)), lambda: False) == (1, None)
    assert announce(Asked((yesterday,)), lambda: False) == (0, None)
    assert announce(Asked((today,), after=f"{today}#in/{arrived}"), lambda: False) == (0, None)


def test_days_without_mail_are_passed_over(bench: Bench) -> None:
    wanted = file(bench, SUNDAY, "d")

    assert in_one_go(Asked((FRIDAY, SATURDAY, SUNDAY))) == 1
    assert queued(bench) == wanted


@pytest.mark.usefixtures("small_pages")
def test_stopped_after_every_page_it_leaves_no_gap_and_doubles_nothing(bench: Bench) -> None:
    wanted = file(bench, FRIDAY, *"abcdefg") + file(bench, SUNDAY, *"hij")

    announced, calls = step_by_step((FRIDAY, SATURDAY, SUNDAY))

    assert queued(bench) == wanted
    assert (announced, calls) == (10, 5), "three pages and one of the days, and a look whether there is more"


@pytest.mark.usefixtures("small_pages")
def test_it_stops_only_when_its_time_is_up(bench: Bench) -> None:
    file(bench, FRIDAY, *"abcdefg")
    looks = iter((False, True))

    announced, after = announce(Asked((FRIDAY,)), lambda: next(looks))

    assert (announced, after) == (6, "2026-11-20#mail/2026/11/20/f")


@pytest.mark.usefixtures("small_pages")
def test_of_the_quarantine_is_queued_what_nobody_has_let_in_yet(bench: Bench) -> None:
    aside = take_in_spam(bench, *(f"offer {n}" for n in range(5)))
    file_all()
    cases.release(aside.pop("offer 3").id, by="Bo", reason="a customer of ours")

    announced, _ = step_by_step(lately(), quarantine=True)

    assert announced == 4
    assert sorted(map(ses_id, queued(bench))) == sorted(ses_id(i.raw_key) for i in aside.values())


def test_quarantined_mail_is_found_wherever_it_lies(bench: Bench) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    (filed,) = take_in_spam(bench, "filed after midnight").values()
    file_all(tomorrow)
    (arrived,) = take_in_spam(bench, "not filed yet").values()

    in_one_go(Asked(lately(), quarantine=True))

    assert queued(bench) == sorted([arrived.raw_key, objects.filed_key(filed.raw_key, tomorrow)])


def test_quarantined_mail_that_has_expired_is_left_alone(bench: Bench) -> None:
    (gone,) = take_in_spam(bench, "gone").values()
    bench.client("s3").delete_object(Bucket=bench.bucket, Key=gone.raw_key)

    assert in_one_go(Asked(lately(), quarantine=True)) == 0


def test_a_day_read_again_moves_nothing_and_writes_to_nobody(bench: Bench) -> None:
    bench.receive(mail_bytes("My tent leaks."))
    bench.receive(mail_bytes("And the lamp?", sender="bo@example.org"), source="bo@example.org")
    bench.run()
    file_all()
    before = [(i.id, i.case_id, i.preview) for i in bench.rows(Interaction)], bench.rows(Case)

    answer = call(lately())
    bench.run()

    assert answer == {"announced": 2, "after": None}
    assert ([(i.id, i.case_id, i.preview) for i in bench.rows(Interaction)], bench.rows(Case)) == before
    assert len(bench.sent) == 2
    assert bench.failures == []


def test_quarantined_mail_is_let_in_once_nothing_speaks_against_it(bench: Bench) -> None:
    bench.receive(STAMPED + mail_bytes("I am a person."), spam="FAIL")  # the notice said other than the mail does
    bench.run()
    file_all()

    first = call(lately(), quarantine=True)
    bench.run()
    second = call(lately(), quarantine=True)
    bench.run()

    (case,) = bench.rows(Case)
    assert [first["announced"], second["announced"]] == [1, 0]
    assert [i.released_to for i in bench.rows(Interaction) if i.quarantined] == [case.id]


def test_quarantined_mail_that_says_nothing_of_ses_stays_where_it_is(bench: Bench) -> None:
    take_in_spam(bench, "I am a person.")
    file_all()

    call(lately(), quarantine=True)
    bench.run()

    assert bench.rows(Case) == []


@pytest.mark.parametrize(
    "event", [{}, {"days": None}, {"days": "2026-11-20"}, {"days": ["20.11.2026"]}, {"days": [20]}, {"days": [None]}]
)
def test_what_names_no_days_is_refused(event: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="list of dates"):
        Asked.of(event)


def test_days_are_read_oldest_first_and_each_once() -> None:
    asked = Asked.of({"days": ["2026-11-21", "2026-11-20", "2026-11-21"], "after": None})

    assert asked == Asked((FRIDAY, SATURDAY), quarantine=False, after="")
