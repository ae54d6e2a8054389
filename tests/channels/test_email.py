"""A received mail as an arrival, SES's reports as feedback."""

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.channels import email
from chalicelib.channels.letters import CUSTOMER_TAG, INTERACTION_TAG
from chalicelib.kernel.signing import Keys
from chalicelib.mail.message import Envelope, Verdict, Verdicts
from chalicelib.mail.outgoing.tokens import reply_address
from chalicelib.mail.parse import parse_mail
from chalicelib.model.arrival import Arrival
from chalicelib.model.feedback import FeedbackKind
from chalicelib.model.trust import Trust
from tests.factories import (
    ANN,
    CASE_ID,
    NOON,
    make_policy,
)
from tests.workbench import DOMAIN, KEYS, SENDER, mail_bytes, send_event

KEYRING = Keys.from_json(KEYS)
PASSED = Verdicts(*[Verdict.PASS] * 5)
OURS = reply_address(DOMAIN, CASE_ID, 3, KEYRING)
FORGED = OURS.replace("@", "0@") if "0@" not in OURS else OURS.replace("0@", "1@")


def arrived(raw: bytes, **envelope: Any) -> Arrival:
    """The mail as the intake sees it."""
    received = Envelope(
        **{
            "ses_id": "ses-1",
            "source": "ann@example.org",
            "recipients": (SENDER,),
            "timestamp": NOON,
            "verdicts": PASSED,
            "bucket": "b",
            "key": "in/ses-1",
            **envelope,
        }
    )
    return email.arrival_of(received, parse_mail(raw), make_policy(), KEYRING)


def test_a_mail_is_known_by_its_receipt_sender_and_words() -> None:
    arrival = arrived(mail_bytes("It is late.", message_id="<first@example.org>"))

    assert (arrival.receipt_key, arrival.raw_key, arrival.at) == ("mail:ses-1", "in/ses-1", NOON)
    assert (arrival.sender, arrival.sender_name) == (ANN, "Ann Archer")
    assert (arrival.subject, arrival.text.strip()) == ("Where is my order?", "It is late.")
    assert (arrival.message_id, arrival.mailbox) == ("first@example.org", SENDER)


def test_equal_mails_have_one_fingerprint_and_others_another() -> None:
    first, again, other = (
        arrived(mail_bytes(text, message_id="<first@example.org>")).fingerprint for text in ("a", "a", "b")
    )

    assert first == again != other


def test_a_mail_without_a_readable_sender_is_of_whoever_handed_it_over() -> None:
    assert arrived(b"Subject: hi\r\n\r\nhello", source="bob@example.org").sender.value == "bob@example.org"


def test_a_mail_of_nobody_has_no_sender() -> None:
    assert arrived(b"Subject: hi\r\n\r\nhello", source="").sender is None


@pytest.mark.parametrize(
    ("raw", "recipients"),
    [
        (mail_bytes(), (OURS,)),
        (mail_bytes(), (SENDER, OURS.upper())),
        (mail_bytes(to=f"Baum & Blatt <{OURS}>"), (SENDER,)),
        (mail_bytes(Cc=OURS), (SENDER,)),
        (mail_bytes(Delivered_To=OURS), (SENDER,)),
    ],
)
def test_a_reply_token_names_the_case_wherever_the_address_stands(raw: bytes, recipients: tuple[str, ...]) -> None:
    arrival = arrived(raw, recipients=recipients)

    assert (arrival.case_id, arrival.by_token) == (CASE_ID, True)
    assert email.FORGED not in arrival.warnings


def test_a_reply_address_counts_as_the_mailbox_we_write_from() -> None:
    assert arrived(mail_bytes(), recipients=(OURS,)).mailbox == SENDER


def test_another_mailbox_of_ours_is_the_one_it_came_to() -> None:
    assert arrived(mail_bytes(), recipients=(OURS, f"shop@{DOMAIN}")).mailbox == f"shop@{DOMAIN}"


@pytest.mark.parametrize("forged", [FORGED, f"reply+{CASE_ID}@{DOMAIN}"])
def test_a_forged_token_names_nothing_and_is_noted(forged: str) -> None:
    arrival = arrived(mail_bytes(), recipients=(forged,))

    assert (arrival.case_id, arrival.by_token) == ("", False)
    assert email.FORGED in arrival.warnings


def test_a_good_token_beside_a_forged_one_counts_and_the_forgery_is_noted() -> None:
    arrival = arrived(mail_bytes(), recipients=(FORGED, OURS))

    assert arrival.case_id == CASE_ID
    assert email.FORGED in arrival.warnings


def test_what_it_answers_comes_newest_first_each_once() -> None:
    raw = mail_bytes(In_Reply_To="<c@x.org>", References="<a@x.org> <b@x.org> <c@x.org>")

    assert arrived(raw).references == ("c@x.org", "b@x.org", "a@x.org")


@pytest.mark.parametrize(
    ("verdicts", "trust"),
    [
        (PASSED, Trust.AUTHENTICATED),
        (replace(PASSED, virus=Verdict.FAIL), Trust.BLOCKED),
        (replace(PASSED, spam=Verdict.FAIL), Trust.SPAM),
        (replace(PASSED, dmarc=Verdict.FAIL, dmarc_policy="reject"), Trust.SPOOFED),
        (replace(PASSED, dmarc=Verdict.GRAY), Trust.WEAK),
        (Verdicts(), Trust.UNVERIFIED),
    ],
)
def test_the_verdicts_say_how_far_its_sender_is_believed(verdicts: Verdicts, trust: Trust) -> None:
    assert arrived(mail_bytes(), verdicts=verdicts).trust is trust


@pytest.mark.parametrize(
    ("raw", "machine"),
    [
        (mail_bytes(), ""),
        (mail_bytes(Auto_Submitted="auto-replied"), "auto-submitted"),
        (mail_bytes(sender=f"Liana <{SENDER}>"), "own-domain"),
        (mail_bytes(X_Liana_Loop="whatever"), "own-loop"),
    ],
)
def test_machine_mail_is_recognised_with_the_reason(raw: bytes, machine: str) -> None:
    arrival = arrived(raw)

    assert arrival.machine == machine
    assert bool(arrival.unanswerable) is bool(machine)


# Feedback

TAGS = {CUSTOMER_TAG: "c", INTERACTION_TAG: "i"}


@pytest.mark.parametrize(
    ("event", "detail", "kind", "permanent"),
    [
        ("Send", {}, FeedbackKind.SENT, False),
        ("Delivery", {}, FeedbackKind.DELIVERED, False),
        ("Bounce", {"bounceType": "Permanent"}, FeedbackKind.BOUNCED, True),
        ("Bounce", {"bounceType": "Transient"}, FeedbackKind.BOUNCED, False),
        ("Bounce", {"bounceType": "Undetermined"}, FeedbackKind.BOUNCED, False),
        ("Complaint", {}, FeedbackKind.COMPLAINED, True),
        ("Reject", {"reason": "Bad content"}, FeedbackKind.FAILED, False),
        ("Rendering Failure", {}, FeedbackKind.FAILED, False),
    ],
)
def test_what_ses_reports_is_understood(
    event: str, detail: dict[str, str], kind: FeedbackKind, permanent: bool
) -> None:
    news = email.feedback_of(send_event("ses-1", TAGS, event, **detail))

    assert news
    assert (news.kind, news.permanent, news.ses_id) == (kind, permanent, "ses-1")
    assert (news.customer_id, news.interaction_id) == ("c", "i")


@pytest.mark.parametrize(
    "body",
    [
        send_event("ses-1", TAGS, "DeliveryDelay"),
        send_event("ses-1", TAGS, "Open"),
        send_event("ses-1", {}, "Delivery"),
        json.dumps({"notificationType": "AmazonSnsSubscriptionSucceeded"}),
    ],
)
def test_what_is_not_about_a_mail_of_ours_or_asks_nothing_is_no_news(body: str) -> None:
    assert email.feedback_of(body) is None


def test_the_reason_of_a_bounce_is_kept() -> None:
    people = [{"emailAddress": ANN.value, "status": "5.1.1", "diagnosticCode": "smtp; 550 unknown"}]

    news = email.feedback_of(
        send_event("s", TAGS, "Bounce", bounceType="Permanent", bounceSubType="General", bouncedRecipients=people)
    )

    assert news
    assert news.detail == "General 5.1.1 smtp; 550 unknown"
