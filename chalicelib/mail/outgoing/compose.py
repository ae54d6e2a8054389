"""A mail of ours to bytes, ready for SES (RFC 5322, 2045, 2047; 3834 for machine mail, 2369 and 8058 for
notices).

Equal input gives equal bytes: time and ids are arguments, the boundary comes from the message id. Text that
people wrote is put on one line where a header needs it; an address, id or link with a line break is
refused.
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from hashlib import sha256
from urllib.parse import quote

from chalicelib.mail.message import Address
from chalicelib.mail.mime.charsets import clean
from chalicelib.mail.mime.headers import one_line

REFERENCES_LIMIT = 1_500  # characters

_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9.-]{1,253}", re.IGNORECASE)
_ID = re.compile(r"[!-;=?-~]{1,900}")  # printable ASCII without angle brackets
_URL = re.compile(r"(https://|http://(127\.0\.0\.1|localhost)[:/])[!-;=?-~]{1,1900}")  # RFC 8058 wants https
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_TYPE = re.compile(r"[a-z]{1,20}/[a-z0-9.+-]{1,100}")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MailKind(Enum):
    """Who speaks: it decides which machine-mail headers are set."""

    REPLY = "reply"  # an agent's own words
    ACKNOWLEDGEMENT = "acknowledgement"  # an automatic answer
    DELAY = "delay"  # an automatic word of an answer that takes longer
    NOTICE = "notice"  # we write first
    SIGN_IN = "sign_in"  # a one-time code somebody asked for
    RATING = "rating"  # we ask how it was
    SIDE = "side"  # an agent's own words, to somebody else
    STAFF = "staff"  # an automatic word to a colleague


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    name: str
    type: str  # one of application/… image/… and so on, without parameters
    content: bytes


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    kind: MailKind
    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    html: str
    message_id: str  # bare; SES replaces it, local relays keep it
    date: datetime  # aware
    reply_to: Address | None = None
    in_reply_to: str | None = None  # bare id
    references: tuple[str, ...] = ()  # bare ids, oldest first
    loop_token: str | None = None  # set as X-Liana-Loop on every mail
    language: str | None = None
    unsubscribe_url: str | None = None  # https; notices only
    unsubscribe_mailto: str | None = None  # an address
    files: tuple[OutgoingFile, ...] = ()
    configuration_set: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def compose(mail: OutgoingMail) -> bytes:
    """The MIME mail with CRLF line ends. ValueError for what must not get into a header."""
    _check(mail)
    boundary = "liana-" + sha256(mail.message_id.encode()).hexdigest()[:32]
    lines = [line for name, value in _headers(mail, boundary) for line in _folded(name, value)]
    outer = f"{boundary}-files"
    if mail.files:
        lines += ["", f"--{outer}", *_folded("Content-Type", f'multipart/alternative; boundary="{boundary}"')]
    for kind, body in (("text/plain", mail.text), ("text/html", mail.html)):
        encoding, encoded = _body(body)
        lines += [
            "",
            f"--{boundary}",
            f"Content-Type: {kind}; charset=utf-8",
            f"Content-Transfer-Encoding: {encoding}",
        ]
        lines += ["", *encoded]
    lines += ["", f"--{boundary}--", ""]
    written = "\r\n".join(lines).encode("ascii")
    if not mail.files:
        return written
    return b"".join([written, *(_file(file, outer) for file in mail.files), f"\r\n--{outer}--\r\n".encode("ascii")])


def _file(file: OutgoingFile, boundary: str) -> bytes:
    """One part, in base64."""
    head = [
        f"--{boundary}",
        f"Content-Type: {_checked(file.type, _TYPE, 'type of a file')}",
        *_folded("Content-Disposition", f"attachment; {_named(one_line(file.name) or 'file')}"),
        "Content-Transfer-Encoding: base64",
        "",
        "",
    ]
    return b"\r\n" + "\r\n".join(head).encode("ascii") + _base64_lines(file.content)


def _named(name: str) -> str:
    """A file's name as it is, or in pieces that fit a line (RFC 2231, 3 and 4)."""
    if len(name) < 60 and re.fullmatch(r"[A-Za-z0-9 ._()+-]+", name):
        return f'filename="{name}"'
    pieces = [""]
    for char in (quote(char, safe="") for char in name):
        if len(pieces[-1]) + len(char) > 50:
            pieces.append("")
        pieces[-1] += char
    pieces[0] = f"utf-8''{pieces[0]}"
    return "; ".join(f"filename*{n}*={piece}" for n, piece in enumerate(pieces))


def _base64_lines(content: bytes) -> bytes:
    """Base64 in lines of 76 characters, as RFC 2045 asks; 57 bytes each."""
    return b"\r\n".join(b64encode(content[at : at + 57]) for at in range(0, len(content), 57))


def reference_chain(references: Sequence[str]) -> tuple[str, ...]:
    """The first id and as many of the newest as fit: mail programs cut long chains, some refuse them."""
    ids = tuple(dict.fromkeys(references))
    first, room = ids[:1], REFERENCES_LIMIT - sum(len(i) + 3 for i in ids[:1])
    newest: list[str] = []
    for message_id in reversed(ids[1:]):
        room -= len(message_id) + 3
        if room < 0:
            break
        newest.append(message_id)
    return first + tuple(reversed(newest))


def _check(mail: OutgoingMail) -> None:
    if not mail.to:
        raise ValueError("a mail needs a recipient")
    if mail.date.tzinfo is None:
        raise ValueError("the date must be aware")
    if mail.kind not in (MailKind.NOTICE, MailKind.RATING) and (mail.unsubscribe_url or mail.unsubscribe_mailto):
        raise ValueError("only notices can be unsubscribed from")


def _headers(mail: OutgoingMail, boundary: str) -> Iterator[tuple[str, str]]:
    yield "From", _address(mail.sender)
    yield "To", ", ".join(_address(a) for a in mail.to)
    if mail.reply_to:
        yield "Reply-To", _address(mail.reply_to)
    yield "Subject", _words(mail.subject)
    yield "Date", _date(mail.date)
    yield "Message-ID", _id(mail.message_id)
    if mail.in_reply_to:
        yield "In-Reply-To", _id(mail.in_reply_to)
    if chain := reference_chain(mail.references):
        yield "References", " ".join(_id(i) for i in chain)
    yield from _machine_headers(mail)
    yield from _ses_headers(mail)
    yield "MIME-Version", "1.0"
    if mail.files:
        yield "Content-Type", f'multipart/mixed; boundary="{boundary}-files"'
    else:
        yield "Content-Type", f'multipart/alternative; boundary="{boundary}"'


def _machine_headers(mail: OutgoingMail) -> Iterator[tuple[str, str]]:
    if mail.kind not in (MailKind.REPLY, MailKind.SIDE):
        yield "Auto-Submitted", "auto-replied" if mail.kind is MailKind.ACKNOWLEDGEMENT else "auto-generated"
        yield "X-Auto-Response-Suppress", "All"
    if mail.loop_token:
        yield "X-Liana-Loop", _checked(mail.loop_token, _TAG, "loop token")
    if mail.language:
        yield "Content-Language", _checked(mail.language, _TAG, "language")
    if mail.unsubscribe_url:
        ways = [f"<{_checked(mail.unsubscribe_url, _URL, 'unsubscribe link')}>"]
        if mail.unsubscribe_mailto:
            ways.append(f"<mailto:{_checked(mail.unsubscribe_mailto, _ADDRESS, 'unsubscribe address')}>")
        yield "List-Unsubscribe", ", ".join(ways)
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _ses_headers(mail: OutgoingMail) -> Iterator[tuple[str, str]]:
    if mail.configuration_set:
        yield "X-SES-CONFIGURATION-SET", _checked(mail.configuration_set, _TAG, "configuration set")
    if mail.tags:
        pairs = (f"{_checked(n, _TAG, 'tag')}={_checked(v, _TAG, 'tag')}" for n, v in sorted(mail.tags.items()))
        yield "X-SES-MESSAGE-TAGS", ", ".join(pairs)


def _checked(value: str, pattern: re.Pattern[str], what: str) -> str:
    if not pattern.fullmatch(value):
        raise ValueError(f"not fit for a header: {what}")
    return value


def _id(message_id: str) -> str:
    return f"<{_checked(message_id, _ID, 'message id')}>"


def _address(address: Address) -> str:
    local, _, domain = address.email.rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    email = _checked(f"{local}@{domain}", _ADDRESS, "address")
    name = one_line(address.name)
    if not name:
        return email
    if not name.isascii() or "=?" in name:
        return f"{_words(name, always=True)} <{email}>"
    quoted = name if _ATOMS.fullmatch(name) else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{quoted} <{email}>"


def _words(text: str, always: bool = False) -> str:
    """Header text, as RFC 2047 words of at most 75 characters where it is not plain ASCII."""
    text = one_line(text)
    if text.isascii() and not always and "=?" not in text and max(map(len, text.split()), default=0) < 200:
        return text
    words, word = [], b""
    for char in text:
        encoded = char.encode()
        if len(word) + len(encoded) > 45:
            words.append(word)
            word = b""
        word += encoded
    return " ".join(f"=?utf-8?B?{b64encode(w).decode()}?=" for w in [*words, word] if w)


def _folded(name: str, value: str) -> Iterator[str]:
    """Lines of at most 78 characters where there is a space to break at (RFC 5322 2.1.1)."""
    line = f"{name}:"
    for word in value.split(" "):
        if len(line) + 1 + len(word) > 78 and line != f"{name}:":
            yield line
            line = ""
        line += f" {word}"
    yield line


def _body(text: str) -> tuple[str, list[str]]:
    """(encoding, lines): quoted-printable while it is mostly ASCII, else base64."""
    data = (clean(text).rstrip("\n") + "\n").encode("utf-8", "replace")
    if sum(byte > 126 for byte in data) * 6 > len(data):
        encoded = b64encode(data.replace(b"\n", b"\r\n")).decode("ascii")
        return "base64", [encoded[at : at + 76] for at in range(0, len(encoded), 76)]
    return "quoted-printable", b2a_qp(data).decode("ascii").rstrip("\n").split("\n")


def _date(at: datetime) -> str:
    """RFC 5322 3.3, in UTC."""
    utc = at.astimezone(UTC)
    return f"{_DAYS[utc.weekday()]}, {utc.day:02} {_MONTHS[utc.month - 1]} {utc.year:04} {utc:%H:%M:%S} +0000"
