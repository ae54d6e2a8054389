"""Any bytes to a `ParsedMail`. Never raises, never takes longer than linear, never opens what is attached.

Order matters: limits, then splitting, then decoding (RFC 5322, 2045, 2046, 2047, 2231). What had to be cut
or guessed is told in `warnings`; a mail that cannot be read at all still comes back, with what its header
block gives away.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

from chalicelib.mail.bounces import find_bounce
from chalicelib.mail.charsets import clean, decode
from chalicelib.mail.headers import addresses, date_of, decode_words, email_of, message_ids, parameters
from chalicelib.mail.html_text import html_to_text
from chalicelib.mail.message import DEFAULT_LIMITS, NOBODY, Address, Attachment, Limits, ParsedMail
from chalicelib.mail.mime import Part, leaves, read_parts
from chalicelib.mail.quotes import new_text
from chalicelib.mail.ses_trace import dkim_domains
from chalicelib.mail.verdicts import machine_mail, suppresses_ack

_MBOX_LINE = re.compile(rb"\s{0,100}>?From [^\n]{0,500}\n")
_PATH = re.compile(r"[^/\\]*$")
_NAME_NOISE = re.compile(r'[<>:"|?*\x00-\x1f\u200b-\u200f]')
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ADDRESS_HEADERS = {"from", "sender", "to", "cc", "bcc", "reply-to", "return-path"}
_WARNINGS = 50
_EXTENSIONS = {"text/plain": "txt", "text/html": "html", "message/rfc822": "eml", "image/jpeg": "jpg"}
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
    text, html, attachments, reports = _contents(raw, parts, limits, warnings)
    shown = tuple((n, v if n in _ADDRESS_HEADERS else decode_words(v)) for n, v in parts[0].headers)
    report = parts[0].params.get("report-type", "").lower() or None if parts[0].type == "multipart/report" else None
    senders = _people(headers.all("from"), limits, warnings, "From")
    domains = {a.domain for a in senders}
    if len(headers.all("from")) > 1 or len(domains) > 1:
        warnings.append("from: several senders, none of them is believed")
    ids = message_ids(headers.first("message-id"), 1)
    bounce = find_bounce(shown, text, reports, report)
    auto = machine_mail(shown) if not bounce else "bounce"
    return ParsedMail(
        subject=decode_words(headers.first("subject"))[:2_000],
        sender=_sender(senders, headers),
        reply_to=_people(headers.all("reply-to"), limits, warnings, "Reply-To"),
        to=_people(headers.all("to"), limits, warnings, "To"),
        cc=_people(headers.all("cc"), limits, warnings, "Cc"),
        message_id=ids[0] if ids else f"{digest}@missing",
        in_reply_to=tuple(message_ids(headers.first("in-reply-to"), 10)),
        references=_references(headers, limits, warnings),
        date=date_of(headers.first("date")),
        text=text,
        reply_text=new_text(text),
        html=html,
        attachments=attachments,
        auto=auto,
        suppress_ack=suppresses_ack(parts[0].headers),
        bounce=bounce,
        report=report,
        language=_language(headers.first("content-language")),
        from_domain=domains.pop() if len(domains) == 1 and len(headers.all("from")) == 1 else "",
        dkim_domains=dkim_domains(parts[0].headers),
        delivered_to=tuple(dict.fromkeys(e for n in _TRACES for v in headers.all(n) if (e := email_of(v)))),
        headers=shown,
        warnings=tuple(dict.fromkeys(warnings))[:_WARNINGS],
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
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    if b"\r\r\n" in raw:
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if b"\n" not in raw[:2_000] and b"\r" in raw[:2_000]:
        raw = raw.replace(b"\r", b"\n")
    skipped = _MBOX_LINE.match(raw)
    raw = raw[skipped.end() :] if skipped else raw
    return raw.lstrip(b"\r\n") if raw[:1] in (b"\r", b"\n") else raw


def _contents(
    raw: bytes, parts: list[Part], limits: Limits, warnings: list[str]
) -> tuple[str, str | None, tuple[Attachment, ...], list[tuple[str, bytes]]]:
    """(text, html, attachments, report parts): which part is the letter, and which comes with it."""
    plain: dict[int, list[str]] = {}  # by the multipart/alternative they belong to; -1 - n for a part on its own
    rich: dict[int, list[str]] = {}
    htmls: list[str] = []
    attachments: list[Attachment] = []
    reports: list[tuple[str, bytes]] = []
    only = len(parts) == 1
    hint = next((p.params["charset"] for p in parts if p.params.get("charset")), None)
    for number, part in leaves(parts):
        name, attached = _filename(part)
        if part.type in ("text/plain", "text/html") and (only or not (attached or name)):
            content = _bounded(part.content(raw), limits, warnings)
            text, warning = decode(content, _charset(part, content) or hint)
            if warning:
                warnings.append(warning)
            group = _alternative(parts, part)
            group = -1 - number if group < 0 else group
            if part.type == "text/plain":
                plain.setdefault(group, []).append(clean(text).strip("\n"))
                rich.setdefault(group, [])
            else:
                text = _cut(clean(text), limits.html, "html", warnings)
                htmls.append(text)
                rich.setdefault(group, []).append(text)
            continue
        if part.type.startswith("multipart/"):
            continue
        content = part.content(raw)
        if part.type.startswith("message/") or part.type == "text/rfc822-headers":
            reports.append((part.type, content))
        if len(attachments) == limits.attachments:
            warnings.append(f"attachments: only the first {limits.attachments} kept")
            continue
        attachments.append(_attachment(part, name, content, len(attachments) + 1))
    blocks = []
    for group, pages in rich.items():
        written = "\n\n".join(plain.get(group, []))
        if len(written.strip()) < 3 and pages:
            written = "\n\n".join(html_to_text(page) for page in pages) or written
        blocks.append(written)
    text = _cut("\n\n".join(b for b in blocks if b), limits.text, "text", warnings)
    html = _cut("\n".join(htmls), limits.html, "html", warnings) if htmls else None
    return text, html, tuple(attachments), reports


def _bounded(content: bytes, limits: Limits, warnings: list[str]) -> bytes:
    """As many bytes as may hold the text that is kept (UTF-8 takes at most 4 for a character)."""
    if len(content) > 4 * limits.text:
        warnings.append(f"text: cut at {limits.text} characters")
    return content[: 4 * limits.text]


def _alternative(parts: list[Part], part: Part) -> int:
    """The nearest multipart/alternative above: Apple Mail puts a multipart/mixed in between."""
    at = part.parent
    while at >= 0 and parts[at].type != "multipart/alternative":
        at = parts[at].parent
    return at


def _charset(part: Part, content: bytes) -> str | None:
    declared = part.params.get("charset")
    if declared or part.type != "text/html":
        return declared
    meta = _META_CHARSET.search(content[:4_000])
    return meta[1].decode("ascii", "replace") if meta else None


def _filename(part: Part) -> tuple[str, bool]:
    """(name as sent, whether it is attached)."""
    disposition = part.header("content-disposition")
    kind, params = parameters(disposition) if disposition else ("", {})
    return params.get("filename") or part.params.get("name", ""), kind == "attachment"


def _attachment(part: Part, name: str, content: bytes, number: int) -> Attachment:
    extension = _EXTENSIONS.get(part.type) or re.sub(r"[^a-z0-9]", "", part.type.rpartition("/")[2])[:8] or "bin"
    extension = "bin" if extension == "octetstr" else extension
    content_id = part.header("content-id").strip("<> ") or None
    return Attachment(
        name=safe_name(name) or f"attachment-{number}.{extension}",
        type=part.type,
        size=len(content),
        sha256=sha256(content).hexdigest(),
        content_id=clean(content_id)[:300] if content_id else None,
        content=content,
    )


def safe_name(name: str) -> str:
    """A file name without path, control or bidi characters, at most 120 long; '' if nothing is left."""
    found = _PATH.search(decode_words(name)[-1_000:])
    last = " ".join(_NAME_NOISE.sub("_", found[0] if found else "").split()).strip(". ")
    stem, dot, extension = last.rpartition(".")
    return f"{stem[: 119 - len(extension)]}.{extension}" if dot and len(extension) <= 10 else last[:120]


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


def _references(headers: _Headers, limits: Limits, warnings: list[str]) -> tuple[str, ...]:
    ids = message_ids(" ".join(headers.all("references")), limits.references + 1)
    if len(ids) > limits.references:
        warnings.append(f"references: only the last {limits.references} read")
    return tuple(ids[-limits.references :])


def _language(value: str) -> str | None:
    tag = value.split(",", maxsplit=1)[0].strip()
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", tag) else None


def _cut(text: str, limit: int, what: str, warnings: list[str]) -> str:
    if len(text) > limit:
        warnings.append(f"{what}: cut at {limit} characters")
    return text[:limit]


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
