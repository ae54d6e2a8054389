import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.message import Verdict, Verdicts
from chalicelib.mail.parse import parse_mail
from chalicelib.mail.ses.receipt import NotAReceipt, envelope_from_raw, parse_receipt
from tests.mail.letters import letter

PASS = Verdict.PASS
AT = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)


def notice(**receipt: Any) -> dict[str, Any]:
    return {
        "notificationType": "Received",
        "mail": {"messageId": "ses-1", "source": "Ann@customer.example", "destination": ["x@shop.example"]},
        "receipt": {
            "timestamp": "2026-11-24T14:00:00.000Z",
            "recipients": ["Help@shop.example"],
            "spamVerdict": {"status": "PASS"},
            "virusVerdict": {"status": "GRAY"},
            "dmarcVerdict": {"status": "FAIL"},
            "dmarcPolicy": "REJECT",
            "spfVerdict": {"status": "SOMETHING_NEW"},
            "action": {"type": "S3", "bucketName": "mail", "objectKey": "in/ses-1"},
            **receipt,
        },
    }


def sns(message: Any) -> str:
    return json.dumps({"Type": "Notification", "MessageId": "m", "Message": json.dumps(message)})


@pytest.mark.parametrize("body", [sns(notice()), json.dumps(notice())], ids=["sns", "raw"])
def test_a_receipt_tells_who_wrote_to_whom_and_where_the_mail_lies(body: str) -> None:
    envelope = parse_receipt(body)

    assert envelope
    assert (envelope.ses_id, envelope.bucket, envelope.key) == ("ses-1", "mail", "in/ses-1")
    assert (envelope.source, envelope.recipients) == ("ann@customer.example", ("help@shop.example",))
    assert envelope.timestamp == AT


def test_verdicts_may_be_unknown_or_missing() -> None:
    envelope = parse_receipt(json.dumps(notice()))

    assert envelope
    assert envelope.verdicts == Verdicts(
        spam=Verdict.PASS,
        virus=Verdict.GRAY,
        spf=Verdict.GRAY,
        dkim=Verdict.DISABLED,
        dmarc=Verdict.FAIL,
        dmarc_policy="reject",
    )


@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "hello"}),
        json.dumps({"Type": "SubscriptionConfirmation", "Message": "confirm"}),
        sns({"mail": {"messageId": "AMAZON_SES_SETUP_NOTIFICATION"}}),
        sns(notice(action={"bucketName": "mail", "objectKey": "in/AMAZON_SES_SETUP_NOTIFICATION"})),
    ],
)
def test_messages_of_the_set_up_are_nothing(body: str) -> None:
    assert parse_receipt(body) is None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "words",
        "[]",
        "[" * 100_000,
        json.dumps({"eventType": "Bounce", "mail": {"messageId": "1"}}),
        sns({"notificationType": "Received"}),
        sns(notice(action={"type": "Lambda"})),
        sns(notice(timestamp="yesterday")),
    ],
)
def test_anything_else_is_refused(body: str) -> None:
    with pytest.raises(NotAReceipt):
        parse_receipt(body)


NAMES = ["mail", "receipt", "action", "messageId", "Message", "Type", "timestamp", "recipients"]
LEAVES = st.none() | st.integers() | st.text(max_size=5)


@given(st.recursive(LEAVES, lambda v: st.lists(v) | st.dictionaries(st.sampled_from(NAMES), v), max_leaves=9))
def test_no_json_breaks_it(value: Any) -> None:
    with suppress(NotAReceipt):
        parse_receipt(json.dumps(value))


TRACE = (
    b"Return-Path: <ann@customer.example>\r\n"
    b"Received: from mx.customer.example (mx.customer.example [192.0.2.1])\r\n"
    b" by inbound-smtp.eu-west-1.amazonaws.com with SMTP id ses-1\r\n"
    b" for help@shop.example;\r\n Tue, 24 Nov 2026 14:00:00 +0000 (UTC)\r\n"
    b"X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n"
    b"Received-SPF: pass (spfCheck: fine) client-ip=192.0.2.1;\r\n"
    b"Authentication-Results: amazonses.com;\r\n spf=pass (spfCheck: fine) client-ip=192.0.2.1;\r\n"
    b" dkim=pass header.i=@customer.example;\r\n dmarc=fail header.from=customer.example p=quarantine;\r\n"
    b"X-SES-RECEIPT: abc\r\n"
)


def test_a_lost_notice_is_rebuilt_from_the_trace_of_ses() -> None:
    envelope = envelope_from_raw(TRACE + letter(), "ses-1", AT, bucket="mail", key="in/ses-1")

    assert (envelope.source, envelope.recipients) == ("ann@customer.example", ("help@shop.example",))
    assert envelope.verdicts == Verdicts(PASS, PASS, PASS, PASS, Verdict.FAIL, "quarantine")
    assert (envelope.timestamp, envelope.key) == (AT, "in/ses-1")


def test_trace_headers_of_the_sender_are_not_believed() -> None:
    forged = TRACE.replace(b"eu-west-1.amazonaws.com", b"evil.example")
    below = b"Return-Path: <ann@customer.example>\r\nX-Mine: 1\r\n" + TRACE

    for raw in (forged + letter(), below + letter()):
        assert envelope_from_raw(raw, "ses-1", AT).verdicts == Verdicts()
        assert parse_mail(raw).dkim_domains == ()


def test_a_second_set_of_verdicts_below_is_the_senders() -> None:
    missing_spam = TRACE.replace(b"X-SES-Spam-Verdict: PASS\r\n", b"")

    envelope = envelope_from_raw(missing_spam + b"X-SES-Spam-Verdict: PASS\r\n" + letter(), "ses-1", AT)

    assert envelope.verdicts.spam is Verdict.DISABLED


def test_dkim_domains_come_from_the_results_of_ses() -> None:
    assert parse_mail(TRACE + letter()).dkim_domains == ("customer.example",)
