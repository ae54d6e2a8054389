import pytest

from chalicelib.mail.message import Address, Limits
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter, multipart, part

FORWARDED = (
    "From: Bob <bob@customer.example>\r\nSubject: My/order\r\nMessage-ID: <two@customer.example>\r\n\r\nwhere is it?"
)


def alternative(plain: str, html: str) -> bytes:
    return multipart("alternative", part("text/plain; charset=utf-8", plain), part("text/html; charset=utf-8", html))


@pytest.mark.parametrize(
    "stub",
    [
        "",
        " \u200b",
        "This message is in HTML.",
        "Your e-mail program does not support HTML messages.",
        "To view this message, please use an HTML compatible email viewer!",
        "Diese Nachricht wurde im HTML-Format verschickt.",
        "Ihr E-Mail-Programm unterstützt leider keine HTML-Mails.",
        "Votre logiciel de messagerie ne prend pas en charge le HTML.",
        "Su cliente de correo no soporta HTML",
        "Il tuo programma di posta non visualizza i messaggi in formato HTML.",
        "Seu programa não suporta mensagens em HTML",
        "Uw e-mailprogramma ondersteunt geen HTML",
        "Twój program pocztowy nie obsługuje HTML",
        "Ваша программа не поддерживает HTML",
        "您的邮件客户端不支持HTML格式",
        "このメールはHTML形式です",
    ],
)
def test_a_text_that_only_points_to_the_page_gives_way(stub: str) -> None:
    assert parse_mail(alternative(stub, "<p>Where is it?")).text == "Where is it?"


def test_a_line_about_browsers_gives_way_to_a_long_page() -> None:
    mail = parse_mail(alternative("Read it in your browser: https://x.example", "<p>" + "Where is my order? " * 20))

    assert mail.text.startswith("Where is my order?")


@pytest.mark.parametrize("words", ["The HTML of your shop is broken", "ok!", "It fails in my browser"])
def test_a_text_that_says_something_stays(words: str) -> None:
    assert parse_mail(alternative(words, f"<b>{words}</b>")).text == words


def test_a_page_without_words_does_not_replace_a_stub() -> None:
    assert parse_mail(alternative("This message is in HTML", "<style>p{}</style>")).text == "This message is in HTML"


def test_texts_side_by_side_are_joined() -> None:
    mail = parse_mail(multipart("mixed", part("text/plain", "one"), part("image/png", "x"), part("text/plain", "two")))

    assert mail.text == "one\n\ntwo"


def test_a_page_that_repeats_a_text_is_not_read_twice() -> None:
    mail = parse_mail(multipart("mixed", part("text/plain", "same words"), part("text/html", "<p>same<br>words")))

    assert mail.text == "same words"


def test_a_view_for_a_few_programs_is_no_attachment() -> None:
    mail = parse_mail(multipart("alternative", part("text/x-amp-html", "<p>x"), part("text/plain", "words")))

    assert (mail.text, mail.attachments) == ("words", ())


def test_a_named_text_speaks_when_nothing_else_does() -> None:
    mail = parse_mail(multipart("mixed", part("text/plain; name=body.txt", "words"), part("image/png", "x")))

    assert (mail.text, [a.name for a in mail.attachments]) == ("words", ["body.txt", "attachment-2.png"])


def test_an_alternative_may_have_a_name() -> None:
    named = part("text/html; name=body.html", "<p>words", "Content-Disposition: inline; filename=body.html")

    mail = parse_mail(multipart("alternative", part("text/plain", ""), named))

    assert (mail.text, mail.attachments) == ("words", ())


@pytest.mark.parametrize(
    ("kind", "content", "text"),
    [
        ("text/markdown", "*words*", "*words*"),
        ("text/enriched", "<bold>words</bold>", "words"),
        ("text/csv", "a,b", ""),
    ],
)
def test_another_kind_of_text_speaks_when_nothing_else_does(kind: str, content: str, text: str) -> None:
    mail = parse_mail(letter(content, Content_Type=kind))

    assert mail.text == text
    assert len(mail.attachments) == 1


def test_an_attached_text_does_not_speak_for_the_mail() -> None:
    text = part("text/plain", "words", 'Content-Disposition: attachment; filename="a.txt"')

    assert parse_mail(multipart("mixed", text, text)).text == ""


def test_a_mail_of_a_subject_alone_has_no_text() -> None:
    mail = parse_mail(letter(""))

    assert (mail.subject, mail.text, mail.reply_text) == ("My order", "", "")


def test_controls_written_as_entities_are_removed() -> None:
    mail = parse_mail(letter("a&#8238;b&#1;c", Content_Type="text/html"))

    assert mail.text == "abc"


def test_a_mail_sent_along_can_be_read() -> None:
    mail = parse_mail(multipart("mixed", part("text/plain", "please see"), part("message/rfc822", FORWARDED)))

    assert mail.text == "please see"
    assert mail.attached_mail
    assert mail.attached_mail.sender == Address("Bob", "bob@customer.example")
    assert (mail.attached_mail.subject, mail.attached_mail.message_id) == ("My/order", "two@customer.example")
    assert mail.attached_mail.text == "where is it?"
    assert [a.name for a in mail.attachments] == ["My-order.eml"]


def test_a_mail_that_only_brings_another_shows_its_words() -> None:
    mail = parse_mail(multipart("mixed", part("message/rfc822", FORWARDED)))

    assert mail.text == "Attached mail: My/order from Bob <bob@customer.example>\n\nwhere is it?"


def test_the_mail_in_a_report_is_not_sent_along() -> None:
    report = part("message/delivery-status", "Final-Recipient: rfc822; x@y.example\r\nAction: failed\r\nStatus: 5.1.1")

    mail = parse_mail(multipart("report", report, part("message/rfc822", FORWARDED)))

    assert mail.attached_mail is None
    assert "where is it?" not in mail.text


def test_mails_within_mails_are_opened_only_so_far() -> None:
    raw = b"Subject: deepest\n\nwords"
    for _ in range(500):
        raw = b"Content-Type: message/rfc822\n\n" + raw

    mail = parse_mail(raw)

    assert mail.text.count("Attached mail") == 3
    assert "words" not in mail.text


@pytest.mark.parametrize("kind", ["message/partial; id=x; number=1", "message/external-body; access-type=URL"])
def test_what_lies_elsewhere_is_not_fetched(kind: str) -> None:
    mail = parse_mail(multipart("mixed", part("text/plain", "words"), part(kind, "Content-Type: text/plain\r\n\r\nx")))

    assert len(mail.attachments) == 1
    assert any(kind.partition(";")[0].partition("/")[2] in warning for warning in mail.warnings)


def test_only_the_first_files_of_a_form_of_their_own_are_looked_into() -> None:
    invitation = part("text/calendar", "BEGIN:VEVENT\r\nSUMMARY:Visit\r\nEND:VEVENT")

    early = parse_mail(multipart("mixed", *[part("text/calendar", "x")] * 4, invitation))
    late = parse_mail(multipart("mixed", *[part("text/calendar", "x")] * 5, invitation))

    assert early.invitation
    assert late.invitation is None
    assert len(late.attachments) == 6


def test_a_cut_falls_between_characters() -> None:
    mail = parse_mail(letter("你" * 300, Content_Type="text/plain; charset=utf-8"), Limits(text=50))

    assert mail.text == "你" * 50


def test_all_pages_together_are_limited() -> None:
    pages = [part("text/html", f"<p>{n:09}</p>") for n in range(9)]

    mail = parse_mail(multipart("mixed", *pages), Limits(html=40))

    assert mail.text == "000000000\n\n000000001\n\n00000"
    assert mail.html
    assert "html: cut at 40 characters" in mail.warnings


def test_large_pictures_within_a_page_do_not_cost_the_words_after_them() -> None:
    page = f'<img src="data:image/png;base64,{"A" * 5_000}"><p>words</p>'

    mail = parse_mail(letter(page, Content_Type="text/html"), Limits(html=1_000))

    assert mail.text == "words"
