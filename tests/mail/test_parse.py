import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.message import Address, Limits
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter, multipart, part

ROOT = Path(__file__).parents[2]
MAILS = ROOT / "tests" / "mails"


def test_a_plain_mail_gives_all_its_fields() -> None:
    mail = parse_mail(
        letter(
            "Where is it?\r\n\r\nAnn",
            Date="Tue, 24 Nov 2026 15:00:00 +0100",
            Cc="Bob <BOB@customer.example>",
            In_Reply_To="<zero@shop.example>",
            References="<minus@shop.example> <zero@shop.example>",
            Content_Language="zh-CN, en",
            Delivered_To="help@in.shop.example",
        )
    )

    assert mail.subject == "My order"
    assert mail.sender == Address("Ann Lee", "ann@customer.example")
    assert mail.to == (Address("", "help@shop.example"),)
    assert mail.cc == (Address("Bob", "bob@customer.example"),)
    assert mail.message_id == "one@customer.example"
    assert mail.in_reply_to == ("zero@shop.example",)
    assert mail.references == ("minus@shop.example", "zero@shop.example")
    assert mail.date == datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
    assert mail.text == "Where is it?\n\nAnn"
    assert mail.language == "zh-CN"
    assert mail.delivered_to == ("help@in.shop.example",)
    assert mail.from_domain == "customer.example"
    assert mail.auto is None
    assert mail.bounce is None
    assert mail.warnings == ()


def test_every_mail_of_ours_reads_as_its_first_line_says() -> None:
    for path in sorted(MAILS.glob("*.eml")):
        mail = parse_mail(path.read_bytes())

        expected = mail.header("x-expect")
        assert expected, path.name
        assert expected == f"{mail.reply_text.splitlines()[0]} | {len(mail.attachments)} | {mail.auto}", path.name


def test_a_mail_without_a_message_id_is_named_by_its_content() -> None:
    raw = letter(Message_ID="")

    assert parse_mail(raw).message_id == f"{sha256(raw).hexdigest()}@missing"


@pytest.mark.parametrize(
    ("label", "codec", "word"),
    [
        ("gb2312", "gb18030", "镕基，您好"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("iso-8859-1", "cp1252", "€ 5 – “fine”"),
        ("shift_jis", "cp932", "①髙橋"),
        ("iso-2022-jp", "iso2022_jp", "こんにちは"),
        ("big5", "big5hkscs", "你好嗎"),
        ("koi8-r", "koi8-r", "Привет"),
        ("x-unknown", "utf-8", "Grüße"),
        ("utf-8", "cp1252", "Grüße"),
        ("us-ascii", "cp1252", "Grüße"),
    ],
)
def test_a_body_is_read_in_the_charset_senders_mean_by_a_label(label: str, codec: str, word: str) -> None:
    mail = parse_mail(letter(word.encode(codec), Content_Type=f"text/plain; charset={label}"))

    assert mail.text == word


def test_iso_2022_jp_with_rows_of_nec_is_repaired() -> None:
    mail = parse_mail(letter(b"\x1b$B-!\x1b(B ok", Content_Type="text/plain; charset=iso-2022-jp"))

    assert mail.text == "① ok"


def test_encoded_words_cut_inside_a_character_are_joined_first() -> None:
    mail = parse_mail(letter(Subject="=?utf-8?B?5L2g5Q==?= =?utf-8?B?pb0=?="))

    assert mail.subject == "你好"


def test_an_encoded_word_brings_no_address_of_its_own() -> None:
    mail = parse_mail(letter(From='=?utf-8?q?boss=40bank=2Eexample?= <"x"@evil.example>, y@evil.example'))

    assert mail.sender.email == "y@evil.example"


def test_an_address_in_a_quoted_name_is_not_the_sender() -> None:
    mail = parse_mail(letter(From='"boss@bank.example, CEO" <eve@evil.example>'))

    assert mail.sender == Address("boss@bank.example, CEO", "eve@evil.example")


def test_two_from_headers_leave_no_domain_to_believe() -> None:
    raw = b"From: boss@bank.example\r\n" + letter()

    mail = parse_mail(raw)

    assert mail.from_domain == ""
    assert "from: several senders, none of them is believed" in mail.warnings


def test_a_from_that_others_may_read_otherwise_leaves_no_domain_to_believe() -> None:
    mail = parse_mail(letter(From="boss@bank.example <eve@evil.example>"))

    assert mail.from_domain == ""
    assert "from: can be read in several ways, it is not believed" in mail.warnings


def test_address_headers_are_shown_without_what_turns_text_round() -> None:
    mail = parse_mail(letter(To="a\u202eb\0 <help@shop.example>"))

    assert mail.header("to") == "ab <help@shop.example>"


def test_a_mail_saved_as_utf_16_is_read() -> None:
    mail = parse_mail(letter("Grüße").decode().encode("utf-16"))

    assert (mail.subject, mail.text) == ("My order", "Grüße")


def test_an_answer_of_a_calendar_is_told_as_a_machines() -> None:
    calendar = part("text/calendar", "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nSUMMARY:Visit\nEND:VEVENT")

    mail = parse_mail(multipart("mixed", part("text/plain", "Ann has accepted"), calendar))

    assert mail.auto == "calendar"


def test_the_members_of_a_group_are_recipients() -> None:
    mail = parse_mail(letter(To="Team: a@shop.example, B <b@shop.example>;, c@shop.example"))

    assert [a.email for a in mail.to] == ["a@shop.example", "b@shop.example", "c@shop.example"]


def test_html_alone_becomes_text() -> None:
    html = "<style>p{}</style><p>Hello&nbsp;there</p><ul><li>one<li>two</ul><blockquote>old</blockquote>"

    mail = parse_mail(letter(html, Content_Type="text/html"))

    assert mail.text == "Hello there\n\n- one\n- two\n\n> old"
    assert mail.reply_text == "Hello there\n\n- one\n- two"
    assert mail.html == html


def test_of_an_alternative_only_one_is_read() -> None:
    mail = parse_mail(multipart("alternative", part("text/plain", "words"), part("text/html", "<b>words</b>")))

    assert mail.text == "words"
    assert mail.html == "<b>words</b>"


def test_an_empty_plain_alternative_gives_way_to_html() -> None:
    mail = parse_mail(multipart("alternative", part("text/plain", " "), part("text/html", "<b>words</b>")))

    assert mail.text == "words"


def test_an_alternative_with_a_mixed_part_within_is_read_once() -> None:
    inner = 'multipart/mixed; boundary="in"\r\n\r\n--in\r\n' + part("text/html", "<p>words</p>") + "\r\n--in--"

    mail = parse_mail(multipart("alternative", part("text/plain", "words"), f"Content-Type: {inner}"))

    assert mail.text == "words"


def test_an_attachment_is_kept_with_size_hash_and_type() -> None:
    mail = parse_mail(
        multipart(
            "mixed",
            part("text/plain", "see file"),
            part(
                "application/pdf",
                "JVBERi0=",
                "Content-Transfer-Encoding: base64",
                "Content-Disposition: attachment; filename*0*=utf-8''R%C3%A9; filename*1=sum.pdf",
            ),
        )
    )

    (attachment,) = mail.attachments
    assert (attachment.name, attachment.type, attachment.size) == ("Résum.pdf", "application/pdf", 5)
    assert attachment.sha256 == sha256(b"%PDF-").hexdigest()
    assert "content=" not in repr(attachment)


def test_damaged_base64_still_gives_its_text() -> None:
    mail = parse_mail(letter("SGVs!bG8=\r\nIHRo*ZXJl", Content_Transfer_Encoding="base64"))

    assert mail.text == "Hello there"


def test_a_wrong_boundary_is_guessed_and_told() -> None:
    raw = letter("--real\r\n\r\nwords\r\n--real--\r\n", Content_Type="multipart/mixed; boundary=other")

    mail = parse_mail(raw)

    assert mail.text == "words"
    assert "boundary: guessed" in mail.warnings


def test_controls_and_direction_turners_are_removed() -> None:
    mail = parse_mail(letter("a\0b\u202ec\x1b[31m", Subject="x\u2066y"))

    assert (mail.text, mail.subject) == ("abc[31m", "xy")


def test_an_attached_mail_is_not_read_as_the_mail() -> None:
    inner = "From: boss@bank.example\r\nSubject: secret\r\n\r\nwords"

    mail = parse_mail(multipart("mixed", part("text/plain", "look"), part("message/rfc822", inner)))

    assert mail.text == "look"
    assert mail.attachments[0].type == "message/rfc822"


@pytest.mark.parametrize(
    ("raw", "warning"),
    [
        (letter("x" * 300), "text: cut at 100 characters"),
        (letter("x" * 900), "mail: only the first 600 bytes"),
        (letter(To=", ".join(f"a{n}@b.example" for n in range(9))), "To: only the first 5 addresses read"),
        (
            letter(References=" ".join(f"<a{n}@b.example>" for n in range(9))),
            "references: only the last 3 read",
        ),
        (letter(Subject="x" * 200), "headers: subject cut at 150 bytes"),
        (multipart("mixed", *[part("a/b", "x")] * 6), "attachments: only the first 2 kept"),
        (multipart("mixed", *[part("a/b", "x")] * 9), "parts: only the first 7 read"),
        (letter("<p>" * 100, Content_Type="text/html"), "html: cut at 80 characters"),
    ],
)
def test_every_limit_cuts_and_says_so(raw: bytes, warning: str) -> None:
    limits = Limits(
        mail=600,
        header_value=150,
        depth=2,
        parts=7,
        recipients=5,
        references=3,
        text=100,
        html=80,
        attachments=2,
    )

    assert any(w.startswith(warning) for w in parse_mail(raw, limits).warnings)


def test_multiparts_within_multiparts_end_at_the_depth_limit() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000))

    assert "depth: nothing read below 40 levels" in parse_mail(raw).warnings


def test_a_mistake_of_ours_still_gives_subject_and_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.mail.parse.read_parts", lambda *_: 1 / 0)

    mail = parse_mail(letter())

    assert (mail.subject, mail.sender.email, mail.auto) == ("My order", "ann@customer.example", "unparsed")
    assert mail.warnings[0].startswith("unparsed: ZeroDivisionError")
    assert "Hello" in mail.text


PIECES = st.sampled_from(
    [
        *(
            b"From: ",
            b"To: a@b.c, ",
            b"Subject: =?utf-8?B?",
            b"?=",
            b"=?iso-2022-jp?Q?",
            b"Date: 1 Jan 26 25:61\n",
        ),
        *(
            b"Content-Type: multipart/mixed; boundary=b\n",
            b"\n--b\n",
            b"--b--\n",
            b"\r\n\r\n",
            b"\n\n",
            b"\r",
            b"\0",
        ),
        *(
            b"Content-Transfer-Encoding: base64\n",
            b"Content-Type: text/html\n",
            b"<a href=",
            b"<!--",
            b"</script>",
        ),
        *(
            b"Content-Disposition: attachment; filename*1*=",
            b"''%",
            b"(",
            b'"',
            b"<",
            b">",
            b"\xff\xfe",
            b"\x1b$B",
        ),
        *(
            b"Content-Type: message/rfc822\n\n",
            b"Content-Type: text/calendar\n\nBEGIN:VEVENT\nDTSTART;TZID=",
            b"Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22\0\0\1\3\x90\0\0\xff",
            b"Content-Type: application/pkcs7-mime\n\n\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0",
            b"Content-Type: text/plain; format=flowed; delsp=yes\n",
            b"\nbegin 644 a\n#86)C\n",
            b"-----BEGIN PGP SIGNED MESSAGE-----\n",
            b"-----BEGIN PGP SIGNATURE-----\n",
        ),
        *(
            b"Content-Type: message/delivery-status\n",
            b"Action: failed\n",
            b"Return-Path: <>\n",
            b"On 1.1.26 wrote:",
        ),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES | st.binary(max_size=12), max_size=30).map(b"".join))
def test_no_bytes_make_the_parser_fail(raw: bytes) -> None:
    mail = parse_mail(raw)

    assert not [w for w in mail.warnings if w.startswith("unparsed")]
    assert bool(mail.reply_text.strip()) == bool(mail.text.strip())


@pytest.mark.parametrize(
    "raw",
    [
        letter(To=",".join(f"a{n}@b.example" for n in range(3_000))),
        letter(Subject="=?utf-8?B?w6Q=?= " * 3_000),
        letter(Content_Type="text/plain; " + "; ".join(f"name*{n}*=a" for n in range(4_000))),
        letter("<a " * 100_000, Content_Type="text/html"),
        letter("<script>" * 100_000, Content_Type="text/html"),
        letter("<div>" * 100_000, Content_Type="text/html"),
        letter("12.12.2016 10:00 a@b.c wrote\n" * 20_000),
        letter(("x@" * 200 + "\n") * 3_000),
        letter(">" * 1_000_000),
        letter("--bx" * 100_000, Content_Type="multipart/mixed; boundary=b"),
    ],
    ids=lambda raw: raw[90:140].decode(errors="replace"),
)
def test_bombs_are_read(raw: bytes) -> None:
    """What they cost is in benchmarks/hostile_mail.py."""
    assert not [warning for warning in parse_mail(raw).warnings if warning.startswith("unparsed")]


MEASURE = r"""
import pathlib, re, resource, sys
from chalicelib.mail.parse import parse_mail
head, unit = (argument.encode().decode("unicode_escape").encode("latin-1") for argument in sys.argv[1:])
mail = parse_mail(head + unit * (39 * 1024 * 1024 // len(unit)))
assert not any(w.startswith("unparsed") for w in mail.warnings), mail.warnings
status = pathlib.Path("/proc/self/status")
if status.exists():  # Linux counts what its parent weighed into a child's ru_maxrss
    print(int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) // 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024))
"""


@pytest.mark.parametrize(
    ("head", "unit"),
    [
        (r"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n", r"QUJD" * 19 + r"\r\n"),
        (r"\n", r"hello \xe4 world\r\n"),
        (r"Content-Transfer-Encoding: quoted-printable\n\n", r"=E4hello=\r\n"),
        (r"Content-Transfer-Encoding: base64\n\n", r"YQ=="),
        (r"Content-Type: multipart/mixed; boundary=b\n\n", r"\n--b"),
        (r"Content-Type: text/plain; charset=utf-8\n\n", r"\xf0\x9f\x98\x80\0"),
        (r"\nbegin 644 a.bin\n", r"M" + r"5" * 60 + r"\n"),
    ],
    ids=["file", "text", "quoted", "padded", "boundaries", "controls", "uuencode"],
)
def test_the_largest_mail_takes_less_than_400_megabytes(head: str, unit: str) -> None:
    command = [sys.executable, "-c", MEASURE, head, unit]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 400
