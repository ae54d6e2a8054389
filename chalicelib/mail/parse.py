"""Any bytes to a `ParsedMail`. Never raises, never takes longer than linear, never unpacks a file.

Order matters: limits, then splitting, then decoding (RFC 5322, 2045, 2046, 2047, 2231). What had to be cut
or guessed is told in `warnings`; a mail that cannot be read at all still comes back, with what its header
block gives away.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

from chalicelib.mail.machines.bounces import find_bounce
from chalicelib.mail.machines.relayed import original_sender
from chalicelib.mail.machines.signs import machine_mail, suppresses_ack
from chalicelib.mail.message import DEFAULT_LIMITS, NOBODY, Address, Limits, ParsedMail
from chalicelib.mail.mime.charsets import clean, decode
from chalicelib.mail.mime.contents import read_contents
from chalicelib.mail.mime.headers import addresses, date_of, decode_words, doubtful, email_of, message_ids, one_line
from chalicelib.mail.mime.structure import read_parts
from chalicelib.mail.replies.quotes import new_text
from chalicelib.mail.ses.trace import dkim_domains

_MBOX_LINE = re.compile(rb"\s{0,100}>?From [^\n]{0,500}\n")
_ADDRESS_HEADERS = {"from", "sender", "to", "cc", "bcc", "reply-to", "return-path"}
_WARNINGS = 50
_TRACES = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")


def parse_mail(raw: bytes, limits: Limits = DEFAULT_LIMITS) -> ParsedMail:
    """The mail, as far as it can be read."""
    try:
        return _read(raw, limits)
    except Exception as error:  # noqa: BLE001 - a mail is never lost to a mistake of ours
        return _rescue(raw, f"unparsed: {type(error).__name__}: {error}"[:300])


def _read(raw: bytes, limits: Limits) -> ParsedMail:
    warnings: list[str] = []
    digest = sha256(raw).hexdigest()
    raw = _normal(raw, limits, warnings)
    parts = read_parts(raw, limits, warnings)
    headers = _Headers(parts[0].headers)
    contents = read_contents(raw, parts, limits, warnings)
    shown = tuple((n, one_line(v) if n in _ADDRESS_HEADERS else decode_words(v)) for n, v in parts[0].headers)
    report = parts[0].params.get("report-type", "").lower() or None if parts[0].type == "multipart/report" else None
    senders = _people(headers.all("from"), limits, warnings, "From")
    sender, reply_to = _sender(senders, headers), _people(headers.all("reply-to"), limits, warnings, "Reply-To")
    ids = message_ids(headers.first("message-id"), 1)
    bounce = find_bounce(shown, contents.text, contents.reports, report, raw=raw)
    method = contents.invitation.method if contents.invitation else ""
    return ParsedMail(
        subject=decode_words(headers.first("subject"))[:2_000],
        sender=sender,
        reply_to=reply_to,
        to=_people(headers.all("to"), limits, warnings, "To"),
        cc=_people(headers.all("cc"), limits, warnings, "Cc"),
        message_id=ids[0] if ids else f"{digest}@missing",
        in_reply_to=tuple(message_ids(headers.first("in-reply-to"), 10)),
        references=_references(headers, limits, warnings),
        date=date_of(headers.first("date")),
        text=contents.text,
        reply_text=new_text(contents.text),
        html=contents.html,
        attachments=contents.attachments,
        auto="bounce" if bounce else machine_mail(shown, calendar_method=method),
        suppress_ack=suppresses_ack(parts[0].headers),
        bounce=bounce,
        report=report,
        language=_language(headers.first("content-language")),
        from_domain=_from_domain(senders, headers, warnings),
        dkim_domains=dkim_domains(parts[0].headers),
        delivered_to=tuple(dict.fromkeys(e for n in _TRACES for v in headers.all(n) if (e := email_of(v)))),
        headers=shown,
        warnings=tuple(dict.fromkeys(warnings))[:_WARNINGS],
        invitation=contents.invitation,
        protection=contents.protection,
        attached_mail=None if bounce else contents.attached_mail,
        original_sender=original_sender(parts[0].headers, sender, reply_to),
    )


class _Headers:
    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def first(self, name: str) -> str:
        return self._values.get(name, [""])[0]

    def all(self, name: str) -> list[str]:
        return self._values.get(name, [])


def _normal(raw: bytes, limits: Limits, warnings: list[str]) -> bytes:
    """The mail within its limit, with line feeds, from its first header on."""
    if len(raw) > limits.mail:
        warnings.append(f"mail: only the first {limits.mail} bytes of {len(raw)} read")
        raw = raw[: limits.mail]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    if b"\r\r\n" in raw:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if b"\n" not in raw[:2_000] and b"\r" in raw[:2_000]:
        raw = raw.replace(b"\r", b"\n")
    skipped = _MBOX_LINE.match(raw)
    raw = raw[skipped.end() :] if skipped else raw
    return raw.lstrip(b"\r\n") if raw[:1] in (b"\r", b"\n") else raw


def _people(values: list[str], limits: Limits, warnings: list[str], name: str) -> tuple[Address, ...]:
    found = [a for value in values[:20] for a in addresses(value, limits.recipients + 1)]
    if len(found) > limits.recipients:
        warnings.append(f"{name}: only the first {limits.recipients} addresses read")
    return tuple(found[: limits.recipients])


def _sender(senders: tuple[Address, ...], headers: _Headers) -> Address:
    named = next((a for a in senders if a.email), None) or next(iter(senders), NOBODY)
    if named.email:
        return named
    fallback = next((a for a in addresses(headers.first("sender"), 1) if a.email), None)
    return fallback or named


def _from_domain(senders: tuple[Address, ...], headers: _Headers, warnings: list[str]) -> str:
    """The one domain that whoever checked this mail must have read in it, too."""
    written = headers.all("from")
    domains = {a.domain for a in senders}
    if len(written) > 1 or len(domains) > 1:
        warnings.append("from: several senders, none of them is believed")
        return ""
    if any(map(doubtful, written)):
        warnings.append("from: can be read in several ways, it is not believed")
        return ""
    return domains.pop() if domains else ""


def _references(headers: _Headers, limits: Limits, warnings: list[str]) -> tuple[str, ...]:
    ids = message_ids(" ".join(headers.all("references")), limits.references + 1)
    if len(ids) > limits.references:
        warnings.append(f"references: only the last {limits.references} read")
    return tuple(ids[-limits.references :])


def _language(value: str) -> str | None:
    tag = value.split(",", maxsplit=1)[0].strip()
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", tag) else None


def _rescue(raw: bytes, warning: str) -> ParsedMail:
    """Subject, sender and readable bytes of a mail that broke the parser."""
    head = raw[:64_000].decode("latin-1")

    def field(name: str) -> str:
        match = re.search(rf"^{name}:[ \t]*([^\r\n]{{0,500}})", head, re.IGNORECASE | re.MULTILINE)
        return clean(match[1]).strip() if match else ""

    match = re.search(r"[^\s<>@\"']{1,64}@[^\s<>@\"']{1,255}", field("from"))
    ids = message_ids(field("message-id"), 1)
    text = clean(decode(raw[:64_000])[0])
    return ParsedMail(
        subject=field("subject"),
        sender=Address("", match[0].lower()) if match else NOBODY,
        reply_to=(),
        to=(),
        cc=(),
        message_id=ids[0] if ids else f"{sha256(raw).hexdigest()}@missing",
        in_reply_to=(),
        references=(),
        date=None,
        text=text,
        reply_text=text,
        html=None,
        attachments=(),
        auto="unparsed",
        suppress_ack=True,
        bounce=None,
        report=None,
        language=None,
        from_domain="",
        dkim_domains=(),
        delivered_to=(),
        headers=(),
        warnings=(warning,),
    )
