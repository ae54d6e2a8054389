import pytest

from chalicelib.mail.message import Verdict, Verdicts
from chalicelib.mail.parse import parse_mail
from chalicelib.mail.verdicts import machine_mail, may_acknowledge, trust
from chalicelib.model.trust import Trust

from .letters import letter, multipart, part

PASS, FAIL, GRAY = Verdict.PASS, Verdict.FAIL, Verdict.GRAY


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Auto-Submitted": "auto-replied"}, "auto-submitted"),
        ({"Auto-Submitted": "auto-generated; x=y"}, "auto-submitted"),
        ({"Auto-Submitted": "no"}, None),
        ({"Precedence": "bulk"}, "bulk"),
        ({"List-Id": "<news.example>"}, "list"),
        ({"X-Autoreply": "yes"}, "auto-reply"),
        ({"X-Loop": "x"}, "loop"),
        ({"X-Liana-Loop": "t-1"}, "own-loop"),
        ({"Return-Path": "<>"}, "null-return-path"),
        ({"Return-Path": "<bounces+1@list.example>"}, "daemon"),
        ({"From": "Mail <MAILER-DAEMON@mx.example>"}, "daemon"),
        ({"From": "no-reply@bank.example"}, "daemon"),
        ({"From": "nora.reply@bank.example"}, None),
        ({"Subject": "Automatische Antwort: Urlaub"}, "auto-reply-subject"),
        ({"Subject": "自动回复: 您好"}, "auto-reply-subject"),
        ({"Subject": "=?utf-8?B?6Ieq5Yqo5Zue5aSNOiDmgqjlpb0=?="}, "auto-reply-subject"),
        ({"Subject": "Why do I get an automatic reply?"}, None),
        (
            {"Content-Type": "multipart/report; report-type=disposition-notification"},
            "report:disposition-notification",
        ),
        ({"X-Auto-Response-Suppress": "All"}, None),
        ({}, None),
    ],
)
def test_machines_are_told_from_people(headers: dict[str, str], reason: str | None) -> None:
    raw = letter(**{name.replace("-", "_"): value for name, value in headers.items()})

    assert parse_mail(raw).auto == reason


def test_our_own_domain_and_an_empty_envelope_sender_are_machines() -> None:
    person = (("from", "ann@shop.example"),)

    assert machine_mail(person) is None
    assert machine_mail(person, own_domains={"shop.example"}) == "own-domain"
    assert machine_mail(person, envelope_source="") == "null-return-path"


@pytest.mark.parametrize(
    ("verdicts", "has_token", "expected"),
    [
        (Verdicts(virus=FAIL, dmarc=PASS), True, Trust.BLOCKED),
        (Verdicts(spam=FAIL, dmarc=PASS), False, Trust.SPAM),
        (Verdicts(spam=FAIL, dmarc=PASS), True, Trust.SPAM),
        (Verdicts(dmarc=PASS), False, Trust.AUTHENTICATED),
        (Verdicts(dmarc=GRAY, spf=PASS), False, Trust.WEAK),
        (Verdicts(dmarc=GRAY, spf=FAIL), False, Trust.UNVERIFIED),
        (Verdicts(dmarc=FAIL, dmarc_policy="none"), True, Trust.UNVERIFIED),
        (Verdicts(dmarc=FAIL, dmarc_policy="none"), False, Trust.SPOOFED),
        (Verdicts(dmarc=FAIL, dmarc_policy="reject"), True, Trust.SPOOFED),
        (Verdicts(dmarc=FAIL), True, Trust.SPOOFED),
        (Verdicts(), True, Trust.UNVERIFIED),
    ],
)
def test_trust_follows_the_table(verdicts: Verdicts, has_token: bool, expected: Trust) -> None:
    found = trust(verdicts, "customer.example", envelope_source="b@bounce.customer.example", has_token=has_token)

    assert found is expected


def test_spf_and_dkim_of_another_domain_prove_nothing() -> None:
    verdicts = Verdicts(dmarc=GRAY, spf=PASS, dkim=PASS)

    found = trust(verdicts, "customer.example", envelope_source="x@evil.example", dkim_domains=("evil.example",))

    assert found is Trust.UNVERIFIED


def test_aligned_dkim_is_weak_trust() -> None:
    found = trust(Verdicts(dmarc=GRAY), "customer.example", dkim_domains=("customer.example",))

    assert found is Trust.WEAK


def test_dmarc_pass_without_one_clear_sender_authenticates_nobody() -> None:
    assert trust(Verdicts(dmarc=PASS), "") is Trust.UNVERIFIED


@pytest.mark.parametrize(
    ("raw", "trusted", "answer"),
    [
        (letter(), Trust.AUTHENTICATED, (True, "person")),
        (letter(), Trust.WEAK, (True, "person")),
        (letter(), Trust.UNVERIFIED, (False, "trust:unverified")),
        (
            letter(X_Auto_Response_Suppress="OOF, AutoReply"),
            Trust.AUTHENTICATED,
            (False, "suppressed-by-sender"),
        ),
        (letter(Precedence="list"), Trust.AUTHENTICATED, (False, "machine:list")),
        (letter(From="ann@shop.example"), Trust.AUTHENTICATED, (False, "machine:own-domain")),
        (letter(From=""), Trust.AUTHENTICATED, (False, "no-sender")),
    ],
)
def test_only_believed_people_get_an_acknowledgement(raw: bytes, trusted: Trust, answer: tuple[bool, str]) -> None:
    assert may_acknowledge(parse_mail(raw), trusted, own_domains={"shop.example"}) == answer


def test_a_delivery_report_names_recipient_status_and_mail() -> None:
    mail = parse_mail(
        multipart(
            'report; report-type="delivery-status"',
            part("text/plain", "Your mail was not delivered."),
            part(
                "message/delivery-status",
                "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; Bob@gone.example\r\n"
                "Action: failed\r\nStatus: 5.1.1\r\n",
            ),
            part("text/rfc822-headers", "Message-ID: <ours@eu-west-1.amazonses.com>\r\n"),
            From="MAILER-DAEMON@mx.example",
        )
    )

    assert mail.bounce
    assert (mail.bounce.recipient, mail.bounce.status) == ("bob@gone.example", "5.1.1")
    assert mail.bounce.message_id == "ours@eu-west-1.amazonses.com"
    assert mail.bounce.permanent
    assert (mail.auto, mail.report) == ("bounce", "delivery-status")


def test_a_bounce_in_plain_words_is_one_too() -> None:
    mail = parse_mail(
        letter(
            "The following address failed:\r\n bob@gone.example: 550 5.1.1 user unknown\r\n",
            From="Mail Delivery System <mailer-daemon@mx.example>",
            Subject="Undelivered Mail Returned to Sender",
            Return_Path="<>",
        )
    )

    assert mail.bounce
    assert (mail.bounce.recipient, mail.bounce.status) == ("bob@gone.example", "5.1.1")


def test_a_report_of_success_is_no_bounce() -> None:
    status = "Final-Recipient: rfc822; bob@here.example\r\nAction: delivered\r\nStatus: 2.0.0\r\n"

    mail = parse_mail(multipart("report; report-type=delivery-status", part("message/delivery-status", status)))

    assert mail.bounce is None
    assert mail.auto == "report:delivery-status"


def test_a_person_who_quotes_a_bounce_stays_a_person() -> None:
    text = "Hi, I got this:\n> 550 5.1.1 user unknown\n> Undelivered Mail Returned to Sender\nWhy?"

    mail = parse_mail(letter(text, Subject="Undelivered mail, what now?"))

    assert mail.bounce is None
    assert mail.auto is None
