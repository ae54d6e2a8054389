from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.mail.message import Address, Limits
from chalicelib.mail.mime.charsets import clean, decode
from chalicelib.mail.mime.headers import addresses, date_of, decode_words, doubtful, message_ids, one_line, parameters
from chalicelib.mail.mime.transfer import from_transfer
from chalicelib.mail.outgoing.compose import MailKind, OutgoingMail, compose
from chalicelib.mail.parse import parse_mail
from tests.mail.adversarial import bombs, cases, violations

LITTLE = Limits(
    mail=8_000,
    header_block=600,
    header_value=200,
    depth=3,
    parts=8,
    recipients=4,
    references=3,
    text=500,
    html=400,
    attachments=2,
)
SEEDS = [raw for raw in (*(case.raw for case in cases()), *(bomb.build(3) for bomb in bombs())) if len(raw) < 4_000]
TOKENS = [
    *(
        b"From: ",
        b"To: a@b.c, ",
        b"Subject: =?utf-8?B?",
        b"?=",
        b"=?iso-2022-jp?Q?",
        b"Date: 1 Jan 26 25:61\n",
        b"Message-ID: <",
    ),
    *(
        b"Content-Type: multipart/mixed; boundary=b\n",
        b"\n--b\n",
        b"--b--\n",
        b"\r\n\r\n",
        b"\n\n",
        b"\r",
        b"\0",
        b": ",
        b"; ",
    ),
    *(
        b"Content-Transfer-Encoding: base64\n",
        b"Content-Transfer-Encoding: x-uuencode\n",
        b"quoted-printable",
        b"=3D",
        b"=\n",
    ),
    *(
        b"Content-Type: text/html\n",
        b"Content-Type: text/calendar\n",
        b"Content-Type: message/rfc822\n",
        b"; charset=iso-2022-jp",
    ),
    *(
        b"Content-Disposition: attachment; filename*1*=",
        b"''%",
        b"(",
        b'"',
        b"<",
        b">",
        b"@",
        b"\\",
        b"\xff\xfe",
        b"\xc3",
        b"\x81",
    ),
    *(
        b"\x1b$B",
        b"\x1b(B",
        b"\x0e",
        b"<a href=",
        b"<!--",
        b"</script>",
        b"<blockquote>",
        b"&#0;",
        b"&amp",
        b"\xe2\x80\xae",
    ),
    *(
        b"Content-Type: message/delivery-status\n",
        b"Action: failed\n",
        b"Status: 5.1.1\n",
        b"Return-Path: <>\n",
        b"begin 644 a\n",
    ),
    *(
        b"On 1.1.26 wrote:",
        b"\n> ",
        b"\n-- \n",
        b"BEGIN:VEVENT\n",
        b"-----BEGIN PGP SIGNATURE-----\n",
        b"\xe2\x80\xa8",
        b"\xed\xa0\x80",
    ),
]
LABELS = ["", "utf-8", "utf-7", "utf-16", "iso-2022-jp", "iso-2022-kr", "iso-2022-cn", "hz", "gbk", "big5", "euc-jp"]

places = st.integers(0, 4_000)
changes = st.one_of(
    st.tuples(st.just("insert"), places, st.sampled_from(TOKENS) | st.binary(max_size=8)),
    st.tuples(st.just("delete"), places, st.integers(1, 60)),
    st.tuples(st.just("repeat"), places, st.integers(1, 60)),
    st.tuples(st.just("splice"), places, st.sampled_from(SEEDS)),
)
junk = st.lists(st.sampled_from(TOKENS) | st.binary(max_size=12), max_size=30).map(b"".join)
nice_text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=60)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A mail of the collection with parts of it taken away, doubled, replaced or put in."""
    raw = draw(st.sampled_from(SEEDS))
    for kind, place, what in draw(st.lists(changes, min_size=1, max_size=6)):
        at = place % (len(raw) + 1)
        if isinstance(what, int):
            end = at + what
            raw = raw[:at] + raw[end:] if kind == "delete" else raw[:end] + raw[at:end] * 3 + raw[end:]
        else:
            raw = raw[:at] + what + (raw[at:] if kind == "insert" else b"")
    return raw


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_a_damaged_mail_keeps_every_promise(raw: bytes) -> None:
    assert violations(parse_mail(raw)) == []


@settings(max_examples=200, deadline=None)
@given(junk)
def test_any_bytes_keep_every_promise(raw: bytes) -> None:
    assert violations(parse_mail(raw)) == []


@settings(max_examples=200, deadline=None)
@given(damaged())
def test_limits_hold_however_small_they_are(raw: bytes) -> None:
    assert violations(parse_mail(raw, LITTLE), LITTLE) == []


@settings(max_examples=50, deadline=None)
@given(damaged())
def test_a_mail_is_read_the_same_each_time(raw: bytes) -> None:
    assert parse_mail(raw) == parse_mail(raw)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200) | junk.map(lambda raw: raw.decode("latin-1")))
def test_no_header_value_makes_its_reader_fail(value: str) -> None:
    date_of(value)
    doubtful(value)
    kind, params = parameters(value)
    read = [decode_words(value), *message_ids(value, 9), *params.values(), *(a.email for a in addresses(value, 9))]

    assert all(one_line(text) == text for text in read)
    assert kind == "".join(kind.split())


@settings(max_examples=200, deadline=None)
@given(junk | st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "x-uuencode", "8bit"]))
def test_no_bytes_make_their_decoding_fail(data: bytes, encoding: str) -> None:
    assert len(from_transfer(data, encoding)) <= 64 * len(data)  # a line of uuencode may promise more than it holds


@settings(max_examples=300, deadline=None)
@given(
    junk | st.binary(max_size=200),
    st.sampled_from(LABELS),
    st.sampled_from([None, "koi8-r", "shift_jis", "utf-16"]),
)
def test_no_bytes_and_no_label_make_a_text_that_cannot_be_stored(
    data: bytes, label: str, elsewhere: str | None
) -> None:
    text, _ = decode(data, label, elsewhere, detect=True)

    assert clean(text).encode().decode() == clean(clean(text))


@settings(max_examples=100, deadline=None)
@given(nice_text, nice_text, nice_text)
def test_what_we_write_is_what_is_read(subject: str, name: str, text: str) -> None:
    sender, to = (
        Address(one_line(name)[:60].strip("\\\"' "), "help@shop.example"),
        (Address("", "ann@customer.example"),),
    )
    mail = OutgoingMail(
        kind=MailKind.REPLY,
        sender=sender,
        to=to,
        subject=subject,
        text=text,
        html="<p>x</p>",
        message_id="m1@shop.example",
        date=datetime(2026, 11, 24, 15, 0, tzinfo=UTC),
        references=("a@customer.example",),
    )

    read = parse_mail(compose(mail))

    assert (read.subject, read.sender, read.to) == (one_line(subject), sender, to)
    assert (read.message_id, read.references, read.date) == (mail.message_id, mail.references, mail.date)
    assert read.text.split() == (clean(text).split() if len(text.strip()) > 2 else read.text.split())
