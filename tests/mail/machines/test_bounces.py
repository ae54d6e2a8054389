import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.mail.machines.bounces import find_bounce
from chalicelib.mail.message import Bounce
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter, multipart, part

COPY = """
--- Below this line is a copy of the message.

Message-ID: <ours@email.amazonses.com>
To: bob@gone.example
"""


def told(text: str, **headers: str) -> Bounce | None:
    """What is made of a server's words alone."""
    words = {"From": "MAILER-DAEMON@mx.example", "Subject": "Undelivered mail", "Return_Path": "<>", **headers}
    return parse_mail(letter(text, **words)).bounce


def report(fields: str, *parts: str, text: str = "Your mail was not delivered.", **headers: str) -> bytes:
    status = part("message/delivery-status", f"Reporting-MTA: dns; mx.example\r\n\r\n{fields}\r\n")
    return multipart('report; report-type="delivery-status"', part("text/plain", text), status, *parts, **headers)


def test_a_delivery_report_names_recipient_status_and_mail() -> None:
    fields = "Final-Recipient: rfc822; Bob@gone.example\r\nAction: failed\r\nStatus: 5.1.1"
    copy = part("text/rfc822-headers", "Message-ID: <ours@eu-west-1.amazonses.com>\r\n")

    mail = parse_mail(report(fields, copy, From="MAILER-DAEMON@mx.example"))

    assert mail.bounce == Bounce("bob@gone.example", "5.1.1", "ours@eu-west-1.amazonses.com", "failed")
    assert mail.bounce.permanent
    assert (mail.auto, mail.report) == ("bounce", "delivery-status")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 5.7.1 refused", "5.7.1"),
        ("Action: failed\r\nStatus: 4.4.7\r\nDiagnostic-Code: smtp; 451 4.7.1 greylisted", "4.7.1"),
        ("Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.0.0 no", "5.1.1"),
        ("Action: failed\r\nDiagnostic-Code: smtp; 550 no such user", "5.1.1"),
        ("Action: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 550 no such user", "5.0.0"),
        ("Action: expired", None),
    ],
)
def test_the_most_exact_code_of_a_report_counts(fields: str, expected: str | None) -> None:
    bounce = parse_mail(report(f"Final-Recipient: rfc822; bob@gone.example\r\n{fields}")).bounce

    assert bounce
    assert bounce.status == expected


def test_a_report_names_the_address_we_wrote_to_not_where_it_was_forwarded() -> None:
    fields = (
        "Original-Recipient: rfc822;bob@shop.example\r\nFinal-Recipient: rfc822;b1@store.example\r\n"
        "Action: failed\r\nStatus: 5.1.1"
    )

    bounce = parse_mail(report(fields)).bounce

    assert bounce
    assert bounce.recipient == "bob@shop.example"


def test_a_delay_is_no_failure() -> None:
    fields = "Final-Recipient: rfc822; bob@slow.example\r\nAction: delayed\r\nStatus: 4.4.1"

    bounce = parse_mail(report(fields)).bounce

    assert bounce
    assert (bounce.action, bounce.permanent) == ("delayed", False)


def test_one_recipient_in_trouble_among_others_is_named() -> None:
    fields = (
        "Final-Recipient: rfc822; ann@here.example\r\nAction: delivered\r\nStatus: 2.1.5\r\n\r\n"
        "Final-Recipient: rfc822; bob@gone.example\r\nAction: failed\r\nStatus: 5.1.1"
    )

    bounce = parse_mail(report(fields)).bounce

    assert bounce
    assert bounce.recipient == "bob@gone.example"


def test_a_report_whose_structure_broke_is_read_from_its_text() -> None:
    text = (
        "This is a MIME-encapsulated message\r\n\r\n--cut\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: RFC822; bob@gone.example\r\n"
        "Action: failed\r\nStatus: 5.2.1\r\n"
    )

    assert told(text) == Bounce("bob@gone.example", "5.2.1", None, "failed")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_report_of_success_is_no_bounce(action: str) -> None:
    mail = parse_mail(report(f"Final-Recipient: rfc822; bob@here.example\r\nAction: {action}\r\nStatus: 2.0.0"))

    assert mail.bounce is None
    assert mail.auto == "report:delivery-status"


SERVERS = [
    (
        "Postfix",
        "5.1.1",
        """\
I'm sorry to have to inform you that your message could not
be delivered to one or more recipients.

For further assistance, please contact <postmaster@mx.example>

<bob@gone.example>: host mx.gone.example[192.0.2.1] said: 550 5.1.1 no such user
""",
    ),
    (
        "Exim",
        "5.1.1",
        """\
A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  bob@gone.example
    host mx.gone.example [192.0.2.1]
    SMTP error from remote mail server after RCPT TO:<bob@gone.example>:
    550 unknown user
""",
    ),
    (
        "Exim, tried for days",
        "4.4.7",
        """\
This is a permanent error. The following address(es) failed:

  bob@gone.example
    retry timeout exceeded
""",
    ),
    (
        "qmail",
        "5.1.1",
        """\
Hi. This is the qmail-send program at mx.example.
This is a permanent error; I've given up.

<bob@gone.example>:
Sorry, no mailbox here by that name. (#5.1.1)
""",
    ),
    (
        "Sendmail",
        "5.2.2",
        """\
The original message was received at Mon, 1 Jun 2026 10:00:00 +0200
   ----- The following addresses had permanent fatal errors -----
<bob@gone.example>
    (reason: 552 mailbox full)
   ----- Transcript of session follows -----
<<< 552 mailbox full
""",
    ),
    (
        "Exchange 2003",
        "5.1.1",
        """\
Your message did not reach some or all of the intended recipients.

The following recipient(s) could not be reached:

      bob@gone.example on 6/1/2026 10:00 AM
            The recipient name is not recognized
""",
    ),
    (
        "Microsoft 365",
        "5.1.1",
        """\
Your message to bob@gone.example couldn’t be delivered.
bob wasn't found at gone.example.
""",
    ),
    (
        "Gmail",
        "5.1.1",
        """\
Address not found

Your message wasn't delivered to bob@gone.example because the address couldn't be found,
or is unable to receive mail.
""",
    ),
    (
        "Gmail, still trying",
        "4.0.0",
        """\
THIS IS A WARNING MESSAGE ONLY.
YOU DO NOT NEED TO RESEND YOUR MESSAGE.

Delivery to the following recipient has been delayed:

     bob@gone.example

Message will be retried for 2 more day(s)
""",
    ),
    (
        "Yahoo",
        "5.1.1",
        """\
Sorry, we were unable to deliver your message to the following address.

<bob@gone.example>:
554: delivery error: dd This user doesn't have a yahoo.example account
""",
    ),
    (
        "Domino",
        "5.1.1",
        """\
Your message

  Subject: Order

was not delivered to:

  bob@gone.example

because:

  User bob (bob@gone.example) not listed in Domino Directory
""",
    ),
    (
        "GroupWise",
        "5.1.1",
        """\
The message that you sent was undeliverable to the following:
	bob@gone.example (user not found)
""",
    ),
    (
        "James",
        "5.1.1",
        """\
Error message below:
550 - Requested action not taken: no such user here

Message details:
  Subject: Order
  MAIL FROM: help@shop.example
  RCPT TO: bob@gone.example
""",
    ),
    (
        "GMX",
        "4.2.2",
        """\
The following address failed:

<bob@gone.example>

Reason:

Postfach des Empfängers ist voll
""",
    ),
    (
        "QQ",
        "5.1.1",
        """\
很抱歉，您的邮件被退回。
收件人 bob@gone.example
退信原因：收件人不存在
""",
    ),
    (
        "163",
        "4.2.2",
        """\
抱歉，您的邮件无法送达 bob@gone.example ，对方邮箱已满。
""",
    ),
    (
        "Mail.ru",
        "5.1.1",
        """\
Не удалось доставить письмо
  bob@gone.example
    пользователь не найден
""",
    ),
    (
        "Naver",
        "5.1.1",
        """\
메일을 전송할 수 없습니다.
bob@gone.example
존재하지 않는 사용자입니다.
""",
    ),
    (
        "KDDI",
        "4.2.2",
        """\
送信先のメールボックスが一杯のため、送信できませんでした。
<bob@gone.example>
""",
    ),
    (
        "Orange",
        "5.1.1",
        """\
Votre message n'a pas pu être remis à :
 bob@gone.example
utilisateur inconnu
""",
    ),
    (
        "no reason at all",
        None,
        """\
Your message could not be delivered:
 bob@gone.example
""",
    ),
]


@pytest.mark.parametrize(("server", "status", "text"), SERVERS, ids=[name for name, _, _ in SERVERS])
def test_a_servers_words_name_recipient_and_reason(server: str, status: str | None, text: str) -> None:
    bounce = told(text + COPY)

    assert bounce, server
    assert (bounce.recipient, bounce.status) == ("bob@gone.example", status)
    assert bounce.message_id == "ours@email.amazonses.com"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("bob@gone.example: user unknown", "5.1.1"),
        ("bob@gone.example: 450 user unknown", "4.1.1"),
        ("bob@gone.example: mailbox is full", "4.2.2"),
        ("bob@gone.example: 550 mailbox is full", "5.2.2"),
        ("This is a permanent error. bob@gone.example: mailbox is full", "5.2.2"),
        ("bob@gone.example: host unknown", "5.1.2"),
        ("bob@gone.example: host not found, try again", "4.4.3"),
        ("bob@gone.example: relaying denied", "5.7.1"),
        ("bob@gone.example: message too large", "5.3.4"),
        ("bob@gone.example: connection timed out", "4.4.1"),
        ("bob@gone.example: envelope expired", "4.4.7"),
        ("bob@gone.example: 554 go away", "5.0.0"),
        ("bob@gone.example: we do not like your message", None),
        ("Received by build 4.6.1 on 10.5.1.1: bob@gone.example was undeliverable", "4.6.1"),
        ("Server v4.6.1 at 10.5.1.1: bob@gone.example was undeliverable", None),
    ],
)
def test_class_and_reason_make_a_code_as_far_as_they_are_stated(words: str, status: str | None) -> None:
    bounce = told(words)

    assert bounce
    assert bounce.status == status


def test_a_code_in_the_copy_of_our_mail_is_not_the_servers() -> None:
    bounce = told(
        "Could not deliver to\r\n bob@gone.example\r\n\r\nOriginal message:\r\nYour error 5.7.1: 554 see above\r\n"
    )

    assert bounce
    assert bounce.status is None


@pytest.mark.parametrize(
    ("language", "subject"),
    [
        ("de", "Unzustellbar: Ihre Bestellung"),
        ("de", "Zustellung der Nachricht fehlgeschlagen"),
        ("fr", "Non remis : Votre commande"),
        ("fr", "Échec de la remise"),
        ("es", "No se puede entregar: Su pedido"),
        ("pt", "Não é possível entregar: Seu pedido"),
        ("pt", "Não entregue: Encomenda"),
        ("it", "Non recapitabile: Ordine"),
        ("nl", "Onbestelbaar: Bestelling"),
        ("sv", "Kan inte levereras: Order"),
        ("da", "Kan ikke leveres: Ordre"),
        ("fi", "Ei voi toimittaa: Tilaus"),
        ("pl", "Nie można dostarczyć: Zamówienie"),
        ("cs", "Nedoručitelné: Objednávka"),
        ("hu", "Kézbesíthetetlen: Rendelés"),
        ("ro", "Imposibil de livrat: Comandă"),
        ("tr", "Teslim edilemedi: Sipariş"),
        ("ru", "Недоставленное сообщение"),
        ("ru", "Не удалось доставить: Заказ"),
        ("uk", "Не вдалося доставити: Замовлення"),
        ("el", "Αποτυχία παράδοσης: Παραγγελία"),
        ("he", "לא ניתן למסור: הזמנה"),
        ("ar", "غير قابل للتسليم: طلب"),
        ("ja", "配信不能: ご注文"),
        ("ja", "メールエラー通知"),
        ("zh", "未送达: 订单"),
        ("zh", "系统退信"),
        ("zh", "無法傳遞的郵件"),
        ("ko", "배달되지 않음: 주문"),
    ],
)
def test_a_subject_says_it_in_many_languages(language: str, subject: str) -> None:
    assert told("bob@gone.example: 550", From="postmaster@mx.example", Return_Path="", Subject=subject), language


PEOPLE: list[tuple[str, Callable[[], bytes]]] = [
    (
        "quotes a bounce",
        lambda: letter(
            "Hi, I got this:\n> 550 5.1.1 user unknown\n> Undelivered Mail Returned to Sender\nWhy?",
            Subject="Undelivered mail, what now?",
        ),
    ),
    (
        "forwards a bounce",
        lambda: letter(
            "FYI\n\nFrom: MAILER-DAEMON@mx.example\nSubject: Undelivered mail\n\n<bob@gone.example>: 550 5.1.1 unknown",
            Subject="Fwd: Undelivered mail",
        ),
    ),
    (
        "forwards a bounce whole",
        lambda: multipart(
            "mixed",
            part("text/plain", "What does 550 5.1.1 user unknown mean?"),
            part("message/rfc822", "From: MAILER-DAEMON@mx.example\r\nSubject: Undelivered mail\r\n\r\n550 5.1.1"),
            Subject="Undelivered mail",
        ),
    ),
    (
        "forwards the parts of a bounce",
        lambda: multipart(
            "mixed",
            part("text/plain", "See below"),
            part(
                "message/delivery-status",
                "Final-Recipient: rfc822; bob@gone.example\r\nAction: failed\r\nStatus: 5.1.1",
            ),
            Subject="WG: Unzustellbar: Bestellung",
        ),
    ),
    (
        "answers about a bounce",
        lambda: letter(
            "My mail to you came back: 550 5.7.1 rejected",
            Subject="Re: Delivery failed",
            In_Reply_To="<ours@email.amazonses.com>",
        ),
    ),
    (
        "writes to a list about mail servers",
        lambda: letter(
            "We see 550 5.7.1 rejected, blocked, user unknown.",
            Subject="[mailops] Delivery failed: 550 5.7.1",
            List_Id="<mailops.example>",
            Return_Path="<mailops-bounces@lists.example>",
        ),
    ),
    (
        "sends a parcel back",
        lambda: letter("I returned it to sender, user unknown on the label. 550 kg!", Subject="Returned: my parcel"),
    ),
]
PROGRAMS: list[tuple[str, Callable[[], bytes]]] = [
    (
        "a parcel service",
        lambda: letter(
            "Your parcel could not be delivered. Weight: 450 g. We tried at 10:15.",
            From="no-reply@parcel.example",
            Subject="Delivery failed",
            Return_Path="<>",
        ),
    ),
    (
        "a courier whose domain sounds like a mail server's",
        lambda: letter("Rejected at the door.", From="desk@mail-delivery.example", Subject="Delivery failed"),
    ),
    (
        "a shop that cancels an order",
        lambda: letter(
            "Your order was rejected. Code: 500 payment", From="no-reply@shop.example", Subject="Order rejected"
        ),
    ),
    (
        "a newsletter from a postmaster",
        lambda: letter(
            "This month: 550 5.7.1 and other ways to get rejected or blocked.",
            From="postmaster@news.example",
            Subject="Message delivery in June",
            List_Unsubscribe="<mailto:leave@news.example>",
        ),
    ),
    (
        "a digest of what was held back",
        lambda: letter("12 messages were blocked.", From="postmaster@mx.example", Subject="Your quarantine"),
    ),
    (
        "somebody's holiday",
        lambda: letter(
            "I am away; answers may be delayed.\n\nOriginal message\nYour parcel could not be delivered",
            Subject="Automatic reply: Delivery failed",
            Return_Path="<>",
        ),
    ),
    (
        "a holiday without a phrase",
        lambda: letter(
            "I am away; answers may be delayed.\n\nOriginal message\nYour parcel could not be delivered",
            Subject="Re: Delivery failed",
            Return_Path="<>",
        ),
    ),
    (
        "a receipt",
        lambda: multipart(
            'report; report-type="disposition-notification"',
            part("text/plain", "Your message was read. It was not rejected. 550 5.1.1"),
            part(
                "message/disposition-notification",
                "Final-Recipient: rfc822; bob@here.example\r\nDisposition: x; displayed",
            ),
            Subject="Delivery status",
            Return_Path="<>",
        ),
    ),
]


@pytest.mark.parametrize(("what", "mail"), PEOPLE, ids=[name for name, _ in PEOPLE])
def test_a_person_is_no_bounce(what: str, mail: Callable[[], bytes]) -> None:
    assert parse_mail(mail()).bounce is None, what


@pytest.mark.parametrize(("what", "mail"), PROGRAMS, ids=[name for name, _ in PROGRAMS])
def test_not_every_program_reports_a_bounce(what: str, mail: Callable[[], bytes]) -> None:
    assert parse_mail(mail()).bounce is None, what


def test_a_person_who_quotes_a_bounce_stays_a_person() -> None:
    assert parse_mail(PEOPLE[0][1]()).auto is None


def test_addresses_to_ask_for_help_are_not_the_recipient() -> None:
    bounce = told("For help contact <desk@mx.example>.\r\nNo such user: bob@gone.example\r\n")

    assert bounce
    assert bounce.recipient == "bob@gone.example"


def test_a_report_without_an_address_is_about_the_one_our_mail_was_sent_to() -> None:
    copy = part("message/rfc822", "Message-ID: <ours@email.amazonses.com>\r\nTo: Bob <bob@gone.example>\r\n\r\nHello")

    mail = multipart(
        "mixed",
        part("text/plain", "Delivery failed."),
        copy,
        From="MAILER-DAEMON@mx.example",
        Subject="Delivery failed",
    )

    assert parse_mail(mail).bounce == Bounce("bob@gone.example", None, "ours@email.amazonses.com", None)


def test_exchange_names_our_mail_by_reference() -> None:
    bounce = told("bob@gone.example: 550 5.1.1 unknown", In_Reply_To="<ours@email.amazonses.com>")

    assert bounce
    assert bounce.message_id == "ours@email.amazonses.com"


def test_gmail_names_the_recipient_in_a_header() -> None:
    bounce = told("550 5.1.1 unknown: alias@other.example", X_Failed_Recipients="bob@gone.example, al@gone.example")

    assert bounce
    assert bounce.recipient == "bob@gone.example"


def notification(kind: str, detail: dict[str, Any]) -> bytes:
    event = {"notificationType": kind, "mail": {"messageId": "0100", "destination": ["bob@gone.example"]}, **detail}
    return letter(
        f"{json.dumps(event)}\n\n--\nIf you wish to stop receiving notifications from this topic\n",
        From="AWS <no-reply@sns.amazonaws.com>",
        Subject="AWS Notification Message",
    )


def test_a_bounce_that_sns_mails_is_read() -> None:
    people = [{"emailAddress": "bob@gone.example", "status": "5.1.1", "action": "failed"}]

    mail = notification("Bounce", {"bounce": {"bounceType": "Permanent", "bouncedRecipients": people}})

    assert parse_mail(mail).bounce == Bounce("bob@gone.example", "5.1.1", None, "failed")


def test_other_notifications_of_sns_are_no_bounces() -> None:
    delivered = notification("Delivery", {"delivery": {"recipients": ["bob@gone.example"]}})
    no_event = letter("CPU is high", From="AWS <no-reply@sns.amazonaws.com>", Subject="ALARM")

    assert [parse_mail(mail).bounce for mail in (delivered, no_event)] == [None, None]


def test_a_bounce_that_sns_dates_impossibly_is_read() -> None:
    impossible = notification("Bounce", {"bounce": {"timestamp": "9999-12-31T23:59:59-23:00"}})

    assert parse_mail(impossible).bounce
    assert not parse_mail(impossible).warnings


DAEMON = (("from", "mailer-daemon@mx.example"), ("subject", "Undelivered mail"), ("return-path", "<>"))


def test_flufl_names_the_recipient_where_the_text_names_several() -> None:
    text = (
        "This message was created automatically by mail delivery software.\n\n"
        "carl@other.example asked us for a mail\naddressed to 'bob@gone.example', which failed: 550 5.1.1\n"
        "---- START OF RETURNED MESSAGE ----\n"
    )
    raw = letter(text, From="mailer-daemon@mx.example", Subject="Undelivered mail")

    alone, helped = find_bounce(DAEMON, text, [], None), find_bounce(DAEMON, text, [], None, raw=raw)

    assert alone
    assert alone.recipient == "carl@other.example"
    assert helped
    assert helped.recipient == "bob@gone.example"


def test_flufl_sees_a_short_copy_with_short_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    monkeypatch.setattr("flufl.bounce.all_failures", lambda mail: seen.append(mail.as_string()) or (set(), set()))

    find_bounce(DAEMON, "Could not deliver: 550", [], None, raw=b"From: x\n\n" + (b"a" * 9_000 + b"\n") * 1_000)

    assert len(seen[0]) <= 32_000
    assert max(map(len, seen[0].splitlines())) <= 200


def test_what_breaks_flufl_is_still_a_bounce(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flufl.bounce.all_failures", lambda mail: 1 / 0)

    bounce = find_bounce(DAEMON, "Could not deliver to bob@gone.example: 550", [], None, raw=b"From: x\n\n")

    assert bounce
    assert bounce.recipient == "bob@gone.example"


def test_the_first_20000_characters_are_searched() -> None:
    near = find_bounce(DAEMON, "x " * 9_000 + "bob@gone.example 550 5.1.1", [], None)
    far = find_bounce(DAEMON, "Could not deliver. " + "x " * 10_000 + "bob@gone.example 550 5.1.1", [], None)

    assert near
    assert near.status == "5.1.1"
    assert far
    assert (far.recipient, far.status) == (None, None)


WORDS = st.sampled_from(
    [
        *(
            "\n",
            " ",
            "@",
            "<",
            ">",
            ":",
            "-",
            "=",
            "550 ",
            "5.1.1",
            "a@b.example",
            "user unknown",
            "rcpt to:",
            "{",
            '"',
        ),
        *(
            "Final-Recipient: rfc822; ",
            "Action: failed\n",
            "Status: 5.0.0\n",
            "original message\n",
            "Message-ID: <a>\n",
        ),
        *("配信不能", "İ", "\u2028", "\x00", "\ud800"),
    ]
)
TEXT = st.lists(WORDS | st.text(max_size=5), max_size=60).map("".join)
NAMES = st.sampled_from(
    ["from", "subject", "return-path", "to", "in-reply-to", "references", "x-failed-recipients", "list-id"]
)
HEADERS = st.lists(
    st.tuples(NAMES, TEXT | st.sampled_from(["<>", "mailer-daemon@x", "a@sns.amazonaws.com"])), max_size=8
)
REPORTS = st.lists(
    st.tuples(
        st.sampled_from(["message/delivery-status", "message/rfc822", "text/rfc822-headers", "message/x"]),
        st.binary() | TEXT.map(lambda text: text.encode("utf-8", "replace")),
    ),
    max_size=4,
)


@given(HEADERS, TEXT, REPORTS, st.sampled_from([None, "delivery-status", "feedback-report", "x"]), st.binary() | TEXT)
def test_nothing_breaks_the_question(
    headers: list[tuple[str, str]],
    text: str,
    reports: list[tuple[str, bytes]],
    report_type: str | None,
    raw: bytes | str,
) -> None:
    raw = raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace")

    bounce = find_bounce(headers, text, reports, report_type, raw=raw)

    assert bounce is None or bounce.status is None or bounce.status[0] in "245"
