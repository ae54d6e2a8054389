"""A mail's way through the house, from the bucket to the acknowledgement."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.cases import service as cases
from chalicelib.cases import views
from chalicelib.customers import service as customers
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid, KeyReused
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case, CaseStatus, PromiseState
from chalicelib.model.customer import Customer, CustomerHint, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import FactKind, FactReport
from chalicelib.model.interaction import DeliveryState, Direction, Interaction, Purpose, Receipt
from chalicelib.model.money import Money
from chalicelib.storage.commit import commit
from tests.factories import CALIBRATION
from tests.workbench import SENDER, Bench, mail_bytes, send_event, text_of

pytestmark = pytest.mark.usefixtures("no_index")


def contacts(bench: Bench) -> list[Interaction]:
    found = [i for i in bench.rows(Interaction) if i.direction is Direction.IN]
    return sorted(found, key=lambda interaction: interaction.id)


def test_a_first_mail_becomes_a_customer_a_case_and_one_acknowledgement(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()

    (customer,), (case,) = bench.rows(Customer), bench.rows(Case)
    (contact,) = contacts(bench)
    assert contact.tier == customer.tier == "standard"
    assert contact.case_id == case.id and case.status is CaseStatus.NEW
    assert customer.open_cases == {case.id: ""}
    (mail,) = bench.sent
    assert "within 24 hours" in text_of(mail)
    assert mail["To"] == "Ann Archer <ann@example.org>"
    assert mail["Auto-Submitted"] == "auto-replied"


def test_the_same_announcement_twice_changes_nothing(bench: Bench) -> None:
    raw = mail_bytes()
    ses_id = bench.receive(raw)
    bench.receive(raw, ses_id=ses_id)
    bench.run()
    bench.receive(raw, ses_id=ses_id)
    bench.run()

    assert len(contacts(bench)) == len(bench.rows(Case)) == len(bench.sent) == 1


def test_one_mail_stored_twice_by_ses_is_one_interaction(bench: Bench) -> None:
    raw = mail_bytes()
    bench.receive(raw)
    bench.run()
    bench.receive(raw)
    bench.run()

    assert len(contacts(bench)) == len(bench.sent) == 1
    assert len([r for r in bench.rows(Receipt) if r.key.startswith("mail:")]) == 2


def test_another_mail_under_a_used_message_id_is_kept_and_flagged(bench: Bench) -> None:
    bench.receive(mail_bytes(message_id="<same@example.org>"))
    bench.run()
    bench.receive(mail_bytes("Something else entirely.", message_id="<same@example.org>"))
    bench.run()

    first, second = contacts(bench)
    assert "another mail has the same Message-ID" in second.flags
    assert not first.flags


def test_a_reply_to_the_acknowledgement_lands_in_its_case_by_the_reply_address(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    (acknowledgement,) = bench.sent
    reply_to = str(acknowledgement["Reply-To"]).partition("<")[2].rstrip(">")

    bench.receive(mail_bytes("One more thing.", to=reply_to, subject="something else"), recipients=[reply_to])
    bench.run()

    (case,) = bench.rows(Case)
    assert {contact.case_id for contact in contacts(bench)} == {case.id}
    assert len(bench.sent) == 1, "only the first mail of a case is acknowledged"


def test_a_reply_that_only_refers_to_the_id_ses_gave_lands_in_its_case(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    ses_id = bench.mailer.accepted[0][0]

    bench.receive(mail_bytes("Thanks.", subject="Re:", In_Reply_To=f"<{ses_id}@email.amazonses.com>"))
    bench.run()

    assert len(bench.rows(Case)) == 1
    assert len(contacts(bench)) == 2


def test_a_reply_to_mail_we_only_received_lands_in_its_case(bench: Bench) -> None:
    bench.receive(mail_bytes(message_id="<first@example.org>"))
    bench.run()

    bench.receive(mail_bytes("And also this.", References="<unknown@x.org> <first@example.org>"))
    bench.run()

    assert len(bench.rows(Case)) == 1


def test_a_forged_reply_address_opens_a_case_of_its_own(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    address = str(bench.sent[0]["Reply-To"]).partition("<")[2].rstrip(">")
    local, _, domain = address.partition("@")
    forged = f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}"

    bench.receive(
        mail_bytes("Let me in.", to=forged, sender="eve@evil.example"),
        source="eve@evil.example",
        recipients=[forged],
    )
    bench.run()

    assert len(bench.rows(Case)) == 2
    assert any("never gave out" in warning for warning in contacts(bench)[1].warnings)


def test_a_stranger_who_refers_to_a_case_without_being_who_he_says_does_not_join_it(bench: Bench) -> None:
    bench.receive(mail_bytes(message_id="<first@example.org>"))
    bench.run()

    bench.receive(
        mail_bytes("Hello", sender="eve@evil.example", In_Reply_To="<first@example.org>"),
        source="eve@evil.example",
        dmarc="GRAY",
        spf="GRAY",
        dkim="GRAY",
    )
    bench.run()

    assert len(bench.rows(Case)) == 2
    assert len(bench.sent) == 1, "an unverified sender gets no acknowledgement"


@pytest.mark.parametrize(
    ("what", "mail"),
    [
        ("an out-of-office", mail_bytes(Auto_Submitted="auto-replied")),
        ("a list", mail_bytes(List_Id="<news.example.org>")),
        ("a daemon", mail_bytes(sender="MAILER-DAEMON@example.org")),
    ],
)
def test_machine_mail_is_kept_and_never_answered(bench: Bench, what: str, mail: bytes) -> None:
    bench.receive(mail)
    bench.run()

    (contact,) = contacts(bench)
    assert contact.machine
    assert not bench.sent


def test_mail_without_a_sender_is_quarantined_with_the_reason(bench: Bench) -> None:
    bench.receive(b"Subject: hello\r\n\r\nno one", source="")
    bench.run()

    (contact,) = contacts(bench)
    assert contact.quarantined and "nobody is named" in contact.flags[0]
    assert not bench.rows(Case)


@pytest.mark.parametrize(
    ("verdicts", "why"),
    [
        ({"virus": "FAIL"}, "virus"),
        ({"spam": "FAIL"}, "spam"),
        ({"dmarc": "FAIL", "policy": "reject"}, "sender"),
    ],
)
def test_mail_ses_warns_of_is_quarantined_and_linked_to_nobody(
    bench: Bench, verdicts: dict[str, str], why: str
) -> None:
    bench.receive(mail_bytes(), **verdicts)
    bench.run()

    (contact,) = contacts(bench)
    assert contact.quarantined and why in contact.flags[0]
    assert not bench.rows(Customer) and not bench.sent


def test_mail_of_any_bytes_is_an_interaction(bench: Bench) -> None:
    bench.receive(b"\x00\xff\xfe broken\r\nFrom: \xe4\xb8", source="odd@example.org")
    bench.run()

    assert len(contacts(bench)) == 1


def test_two_first_mails_of_one_person_make_one_customer(bench: Bench) -> None:
    bench.receive(mail_bytes("first"))
    bench.receive(mail_bytes("second"))
    bench.run()

    (customer,) = bench.rows(Customer)
    assert len(customer.open_cases) == len(bench.rows(Case)) == 2


def test_a_bounce_is_told_and_the_address_is_not_written_to_again(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    ses_id, _, _ = bench.mailer.accepted[0]
    tags = dict(pair.strip().split("=") for pair in bench.sent[0]["X-SES-MESSAGE-TAGS"].split(","))

    bench.put("feedback", send_event(ses_id, tags, "Bounce", bounceType="Permanent", bounceSubType="General"))
    bench.run()

    (customer,) = bench.rows(Customer)
    assert customer.suppressed == {"ann@example.org": "bounced"}
    assert [event.what for event in bench.rows(Event)] == [EventKind.MAIL_BOUNCED]
    acknowledgement = next(i for i in bench.rows(Interaction) if i.purpose is Purpose.ACKNOWLEDGEMENT)
    assert acknowledgement.delivery.state is DeliveryState.BOUNCED


def test_while_sending_is_off_mail_is_held_and_not_lost(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SENDING", "off")
    from tests.workbench import forget_caches

    forget_caches()
    bench.receive(mail_bytes())
    bench.run()

    assert not bench.sent
    acknowledgement = next(i for i in bench.rows(Interaction) if i.purpose is Purpose.ACKNOWLEDGEMENT)
    assert acknowledgement.delivery.state is DeliveryState.HELD


def test_a_promise_is_warned_of_then_broken_and_told_once_each(bench: Bench) -> None:
    bench.receive(mail_bytes())
    bench.run()
    now = clock.now()

    for hours in (1, 19, 19, 25, 26):
        bench.tick(now + timedelta(hours=hours))
        bench.run()

    told = sorted((e for e in bench.rows(Event)), key=lambda e: e.id)
    assert [event.what for event in told] == [EventKind.PROMISE_AT_RISK, EventKind.PROMISE_BROKEN]
    (case,) = bench.rows(Case)
    assert case.promise.state is PromiseState.BROKEN and case.priority == 2


def test_she_hears_once_in_her_thread_that_an_answer_takes_longer(bench: Bench) -> None:
    bench.receive(mail_bytes(message_id="<first@example.org>"))
    bench.run()
    now = clock.now()

    for hours in (19, 19, 20, 25):
        bench.tick(now + timedelta(hours=hours))
        bench.run()

    _, told = bench.sent
    assert told["To"].addresses[0].addr_spec == "ann@example.org"
    assert "This takes us longer" in told["Subject"]
    assert told["In-Reply-To"] == "<first@example.org>"


def test_mail_whose_announcement_got_lost_is_found_and_taken_in_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.workbench import far_from_now

    trace = (
        b"Return-Path: <ann@example.org>\r\n"
        b"Received: from mx.example.org (mx.example.org [192.0.2.1])\r\n"
        b" by inbound-smtp.us-east-1.amazonaws.com with SMTP id abc for " + SENDER.encode() + b";\r\n"
        b" Sat, 21 Nov 2026 10:00:00 +0000 (UTC)\r\n"
        b"X-SES-Spam-Verdict: PASS\r\nX-SES-Virus-Verdict: PASS\r\n"
        b"Authentication-Results: amazonses.com; spf=pass; dkim=pass header.i=@example.org; dmarc=pass\r\n"
    )
    bench.receive(trace + mail_bytes(), announce=False)
    with far_from_now(monkeypatch, timedelta(minutes=20)):
        bench.reconcile()
        bench.run()
        bench.reconcile()
        bench.run()

    assert len(contacts(bench)) == 1
    keys = [o["Key"] for o in bench.client("s3").list_objects_v2(Bucket=bench.bucket)["Contents"]]
    mails = [key for key in keys if not key.startswith("search/")]
    assert len(mails) == 1 and mails[0].startswith("mail/20"), "taken in, it is filed by day"


def test_a_long_request_under_a_used_key_does_not_overwrite_the_first(bench: Bench) -> None:
    first = Arrival(
        receipt_key="api:k",
        fingerprint="first",
        channel="web",
        at=clock.now(),
        sender=Handle("email", "ann@example.org"),
        text="first " * 400,
    )
    taken = cases.take_in(first)

    with pytest.raises(KeyReused):
        cases.take_in(replace(first, fingerprint="second", text="second " * 400))

    (contact,) = [entry for entry in bench.told_of("ann@example.org") if entry.id == taken.receipt.interaction_id]
    assert views.body_of(contact) == first.text


def test_a_chinese_mail_that_names_no_language_is_acknowledged_in_chinese(bench: Bench) -> None:
    bench.receive(mail_bytes("您好，我上个月买的背包肩带断了，可以更换吗？", subject="背包的肩带断了"))
    bench.run()

    assert "我们已经收到" in text_of(bench.sent[0])


def test_a_call_logged_long_after_it_happened_changes_nobodys_tier(bench: Bench) -> None:
    commit(Decision((CALIBRATION,)))
    ann = Handle("email", "ann@example.org")
    customers.record_fact(
        FactReport(
            receipt_key="fact:1",
            fingerprint="f",
            customer=CustomerHint(handle=ann),
            what=FactKind.ORDER,
            occurred_at=clock.now(),
            margin=Money(900_00, "USD"),
        )
    )

    long_ago = clock.now() - timedelta(days=900)
    cases.take_in(
        Arrival(receipt_key="api:1", fingerprint="f", channel="phone", at=long_ago, sender=ann, author="Bo", text="…")
    )

    (customer,) = bench.rows(Customer)
    assert customer.tier == "gold"


def test_a_time_zone_that_does_not_exist_is_refused_before_anything_is_stored(bench: Bench) -> None:
    asked = Arrival(
        receipt_key="api:1",
        fingerprint="f",
        channel="web",
        at=clock.now(),
        sender=Handle("email", "ann@example.org"),
        text="Hello",
        time_zone="Mars/Phobos",
    )

    with pytest.raises(Invalid, match="IANA") as refused:
        cases.take_in(asked)

    assert refused.value.pointer == "/customer/time_zone"
    assert not bench.rows(Customer)
