"""Against hundreds of real mails, where they are at hand: LIANA_DATA is the folder that holds `mail/`."""

import json
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chalicelib.mail.message import ParsedMail
from chalicelib.mail.parse import parse_mail

ROOT = Path(__file__).parents[2]
DATA = Path(os.environ.get("LIANA_DATA", ROOT / ".." / "shared" / "data")) / "mail"

pytestmark = pytest.mark.skipif(not (DATA / "expected.jsonl").exists(), reason="no development data (LIANA_DATA)")


@cache
def corpus() -> list[tuple[dict[str, Any], ParsedMail]]:
    cases = [json.loads(line) for line in (DATA / "expected.jsonl").read_text().splitlines()]
    parsed = {path: parse_mail((DATA / path).read_bytes()) for path in {case["path"] for case in cases}}
    return [(case, parsed[case["path"]]) for case in cases]


def suite(*names: str) -> list[tuple[dict[str, Any], ParsedMail]]:
    return [(case["expect"], mail) for case, mail in corpus() if case["suite"] in names]


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text.lower()))


def test_no_mail_is_lost_and_no_text_is_emptied() -> None:
    for case, mail in corpus():
        assert not [w for w in mail.warnings if w.startswith("unparsed")], case["path"]
        assert bool(mail.text.strip()) == bool(mail.reply_text.strip()), case["path"]


def test_replies_are_cut_precisely() -> None:
    pairs = [(words(mail.reply_text), words(expect["reply"])) for expect, mail in suite("reply")]
    shared = [sum((found & wanted).values()) for found, wanted in pairs]

    precision = sum(s / (sum(f.values()) or 1) for s, (f, _) in zip(shared, pairs, strict=True)) / len(pairs)
    recall = sum(s / (sum(w.values()) or 1) for s, (_, w) in zip(shared, pairs, strict=True)) / len(pairs)
    assert precision >= 0.95
    assert recall >= 0.96


def test_no_machine_would_be_answered_and_every_bounce_is_seen() -> None:
    assert all(mail.auto for _, mail in suite("auto", "arf"))
    assert not any(mail.bounce for _, mail in suite("auto"))
    bounces = [mail.bounce is not None for _, mail in suite("bounce")]
    assert sum(bounces) / len(bounces) >= 0.96


def test_nobody_who_replies_is_taken_for_a_machine() -> None:
    assert not [mail.auto for _, mail in suite("reply") if mail.auto or mail.bounce]
