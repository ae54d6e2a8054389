"""Against hundreds of real mails, where they are at hand: LIANA_DATA is the folder that holds `mail/`."""

import json
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from benchmarks.mail import DATA, stated_recipients
from chalicelib.mail.message import ParsedMail
from chalicelib.mail.parse import parse_mail

pytestmark = pytest.mark.skipif(not (DATA / "expected.jsonl").exists(), reason="no development data (LIANA_DATA)")


@dataclass(frozen=True)
class Read:
    path: str
    suite: str
    expect: dict[str, Any]
    raw: bytes
    mail: ParsedMail

    @property
    def status(self) -> str:
        return (self.mail.bounce.status if self.mail.bounce else None) or ""


@cache
def corpus() -> list[Read]:
    lines = dict.fromkeys((DATA / "expected.jsonl").read_text(encoding="utf-8").splitlines())
    cases = [json.loads(line) for line in lines]
    raws = {case["path"]: (DATA / case["path"]).read_bytes() for case in cases}
    mails = {path: parse_mail(raw) for path, raw in raws.items()}
    return [Read(raw=raws[case["path"]], mail=mails[case["path"]], **case) for case in cases]


def suite(*names: str) -> list[Read]:
    return [read for read in corpus() if read.suite in names]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def share(answers: list[bool]) -> float:
    return sum(answers) / len(answers)


def test_no_mail_is_lost_and_no_text_is_emptied() -> None:
    for read in corpus():
        assert not [w for w in read.mail.warnings if w.startswith("unparsed")], read.path
        assert bool(read.mail.text.strip()) == bool(read.mail.reply_text.strip()), read.path


def test_replies_are_cut_precisely() -> None:
    pairs = [(words(read.mail.reply_text), words(read.expect["reply"])) for read in suite("reply")]
    shared = [sum((found & wanted).values()) for found, wanted in pairs]

    precision = sum(s / (sum(f.values()) or 1) for s, (f, _) in zip(shared, pairs, strict=True)) / len(pairs)
    recall = sum(s / (sum(w.values()) or 1) for s, (_, w) in zip(shared, pairs, strict=True)) / len(pairs)
    assert precision >= 0.99
    assert recall >= 0.99
    assert share([read.mail.reply_text.split() == read.expect["reply"].split() for read in suite("reply")]) >= 0.95


def test_no_machine_would_be_answered() -> None:
    assert [read.path for read in suite("auto", "arf", "bounce") if not read.mail.auto] == [FORWARDED]
    assert not [read.path for read in suite("auto", "arf") if read.mail.bounce]


FORWARDED = "sisimai/lhost-sendmail-14.eml"  # a person passes a bounce on; the corpus counts it as one
FULL = "sisimai/rb-issue-368-bug.eml"  # says "bounce notification" and "Mailbox full"; the corpus counts it as none


def test_every_bounce_is_seen_and_nothing_else() -> None:
    assert [read.path for read in suite("bounce") if read.mail.bounce is None] == [FORWARDED]
    assert [read.path for read in suite("notbounce") if read.mail.bounce] == [FULL]


def test_the_status_of_a_bounce_is_read() -> None:
    stated = [read for read in suite("bounce") if read.expect["status"]]
    codes = [read for read in stated if ".0.9" not in read.expect["status"]]  # the others are pseudo codes

    assert share([read.status[:1] == read.expect["status"][0] for read in stated]) >= 0.92
    assert share([read.status == read.expect["status"] for read in codes]) >= 0.985


def test_the_recipient_of_a_bounce_is_read() -> None:
    named = [(read.mail.bounce.recipient, stated_recipients(read.raw)) for read in suite("bounce") if read.mail.bounce]

    assert share([recipient is not None for recipient, _ in named]) >= 0.99
    assert share([recipient in stated for recipient, stated in named if stated]) >= 0.99


def test_nobody_who_replies_is_taken_for_a_machine() -> None:
    assert not [read.path for read in suite("reply") if read.mail.auto or read.mail.bounce]
