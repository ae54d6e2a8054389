from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError

from chalicelib.mail.outgoing.render import TEMPLATES, best_language, render
from chalicelib.mail.replies.quotes import new_text

DUE = datetime(2026, 11, 24, 15, 0, tzinfo=ZoneInfo("Europe/Berlin"))
ACKNOWLEDGEMENT: dict[str, Any] = {
    "company": "Shop",
    "case_number": "1042",
    "case_subject": "My <order>",
    "promise_due": DUE,
    "promise_hours": 4,
    "answers": (),
    "solved_url": "",
    "person_url": "",
    "zone": "Europe/Berlin",
}
REPLY: dict[str, Any] = {
    "subject": "Re: My order",
    "body": "It is <b>here</b>.\nToday.\n\nBye",
    "agent": "Mia",
    "company": "Shop",
    "case_number": "1042",
    "history": [{"text": "Where is it?", "by": "Ann", "at": DUE}],
}
NOTICE: dict[str, Any] = {
    "subject": "Your card expires",
    "body": "Please renew it.",
    "company": "Shop",
    "unsubscribe_url": "https://shop.example/u?a=1&b=2",
    "preferences_url": "https://shop.example/p?a=1&b=2",
}


def test_an_acknowledgement_tells_the_number_and_the_promise() -> None:
    mail = render("acknowledgement", "en", ACKNOWLEDGEMENT)

    assert mail.subject == "[#1042] We have your message: My <order>"
    assert "We will answer within 4 hours, by Tuesday 24 November, 15:00 (Europe/Berlin)." in mail.text
    assert "My &lt;order&gt;" in mail.html
    assert "<order>" not in mail.html


def test_an_acknowledgement_in_chinese() -> None:
    mail = render("acknowledgement", "zh-CN", ACKNOWLEDGEMENT)

    assert "我们将在 4 个小时内回复您，最迟 11月24日星期二 15:00（Europe/Berlin）。" in mail.text
    assert '<html lang="zh-Hans">' in mail.html


def test_one_hour_is_not_hours_and_no_promise_is_not_made() -> None:
    assert "within 1 hour, by" in render("acknowledgement", "en", {**ACKNOWLEDGEMENT, "promise_hours": 1}).text
    assert "as soon as we can" in render("acknowledgement", "en", {**ACKNOWLEDGEMENT, "promise_due": None}).text


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "We will answer by Tuesday 24 November, 15:00 (Europe/Berlin)."),
        ("zh-Hans", "我们将在 11月24日星期二 15:00（Europe/Berlin）前回复您。"),
    ],
)
def test_where_business_hours_count_only_the_moment_is_promised(language: str, says: str) -> None:
    assert says in render("acknowledgement", language, {**ACKNOWLEDGEMENT, "promise_hours": 0}).text


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_history_below_a_reply_is_cut_when_it_comes_back(language: str) -> None:
    sent = render("reply", language, REPLY).text
    returned = "Thank you!\n\n" + sent[sent.index("##-") :]

    assert "> Where is it?" in sent
    assert new_text(returned) == "Thank you!"


def test_an_agents_words_become_safe_paragraphs() -> None:
    assert "<p>It is &lt;b&gt;here&lt;/b&gt;.<br>\nToday.</p>" in render("reply", "en", REPLY).html


def test_a_reply_without_history_has_no_marker() -> None:
    assert "##-" not in render("reply", "en", {**REPLY, "history": []}).text


@pytest.mark.parametrize(
    ("language", "why"),
    [
        ("en", "because you agreed to service messages from Shop."),
        ("zh-Hans", "是因为您同意接收Shop的服务通知。"),
    ],
)
def test_a_notice_says_why_and_how_to_stop_it(language: str, why: str) -> None:
    mail = render("notice", language, NOTICE)

    assert why in mail.text
    assert NOTICE["unsubscribe_url"] in mail.text
    assert NOTICE["preferences_url"] in mail.text
    assert 'href="https://shop.example/u?a=1&amp;b=2"' in mail.html


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        *(("en", "en"), ("en-GB", "en"), ("fr", "en"), (None, "en")),
        *(("zh", "zh-Hans"), ("ZH_hans", "zh-Hans"), ("zh-TW", "zh-Hans")),
    ],
)
def test_the_nearest_language_is_taken(asked: str | None, given: str) -> None:
    assert best_language("acknowledgement", asked) == given


def test_a_missing_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("notice", "en", {**{k: v for k, v in NOTICE.items() if k != "company"}})


def test_a_subject_is_one_line() -> None:
    assert render("notice", "en", {**NOTICE, "subject": "a\r\nBcc: b"}).subject == "a Bcc: b"


def test_every_template_exists_in_every_language() -> None:
    for folder in (f for f in TEMPLATES.iterdir() if f.is_dir()):
        for language in ("en", "zh-Hans"):
            assert {"subject.txt", "body.txt", "body.html"} <= {f.name for f in (folder / language).iterdir()}
