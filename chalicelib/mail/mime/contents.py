"""What does a mail contain: its letter, its files, and what lies wrapped in it?

Each leaf of the tree is read once, by its type. What is packed in a form of its own (TNEF, S/MIME, uuencode, a mail
within) is opened only as far as its module can bound it; everything else stays closed and becomes an attachment.
Those modules are imported for the mail that needs them.
"""

import re
from dataclasses import dataclass, replace

from chalicelib.mail.message import NOBODY, Address, AttachedMail, Attachment, Invitation, Limits
from chalicelib.mail.mime.attachments import Attachments
from chalicelib.mail.mime.charsets import clean, decode
from chalicelib.mail.mime.headers import addresses, decode_words, message_ids, parameters
from chalicelib.mail.mime.letter import Group, Letter
from chalicelib.mail.mime.structure import Headers, Part, leaves, read_headers, read_parts

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DATA_URI = re.compile(rb"data:[a-z0-9/+.-]{1,60};base64,[A-Za-z0-9+/=\s%]{500,}+", re.IGNORECASE)
_NO_PATH = str.maketrans("/\\", "--")
_ENCRYPTED = "This mail is encrypted and cannot be read here."
_OPENED = 3  # mails within mails, signed or attached, that are read
_TRIED = 5  # files of a form of its own that are looked into
_NAMED = 20  # mails within that are named by their subject
_DETECTED = 3  # text parts whose charset may be guessed by their looks: it is slow
_LETTERS = frozenset(("text/plain", "text/html"))
_PAGES = frozenset(("text/html", "text/enriched", "text/richtext"))
_NO_WORDS = frozenset(
    f"text/{kind}"
    for kind in "calendar css csv directory javascript rfc822-headers vcard x-vcalendar x-vcard xml".split()  # noqa: SIM905 - reads as words
)
_OTHER_VIEWS = frozenset(("text/x-amp-html", "text/watch-html"))  # the same letter for a few programs
_CALENDARS = frozenset(("text/calendar", "text/x-vcalendar", "application/ics"))
_CMS = frozenset(("application/pkcs7-mime", "application/x-pkcs7-mime"))
_CMS_NAMES = frozenset(("smime.p7m", "smime.p7z"))
_TNEF = frozenset(("application/ms-tnef", "application/vnd.ms-tnef"))
_REPORTS = frozenset(("text/rfc822-headers",))
_MAILS = frozenset(("message/rfc822", "message/global"))
_POINTERS = {
    "message/partial": "partial: a piece of a larger mail, kept as it came",
    "message/external-body": "external-body: what it points to was not fetched",
}


@dataclass(frozen=True, slots=True)
class Contents:
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    reports: list[tuple[str, bytes]]  # (type, content) of message/* and text/rfc822-headers parts
    invitation: Invitation | None
    protection: str | None
    attached_mail: AttachedMail | None


def read_contents(raw: bytes, parts: list[Part], limits: Limits, warnings: list[str]) -> Contents:
    reader = _Reader(limits, warnings)
    reader.read(raw, parts)
    return reader.contents()


class _Reader:
    def __init__(self, limits: Limits, warnings: list[str], opened: int = 0) -> None:
        self._limits = limits
        self._warnings = warnings
        self._opened = opened
        self._layer = 0  # of mails within the signed mail: their parts are told apart by it
        self._tried = 0
        self._detected = 0
        self._letter = Letter(limits, warnings)
        self._files = Attachments(limits.attachments, warnings)
        self._reports: list[tuple[str, bytes]] = []
        self._invitation: Invitation | None = None
        self._protection: str | None = None
        self._attached: AttachedMail | None = None
        # What speaks for a letter that says nothing, best first: another text, a packed letter, an invitation, a mail.
        self._readable: list[tuple[bytes, Part, str | None]] = []
        self._packed: list[tuple[str, str]] = []  # text, html

    def read(self, raw: bytes, parts: list[Part]) -> None:
        layer = self._layer
        hint = next((p.params["charset"] for p in parts if p.params.get("charset")), None)
        for part in parts:
            if part.type in ("multipart/signed", "multipart/encrypted"):
                self._protect(part.type.partition("/")[2])
        report = parts[0].type == "multipart/report"
        for number, part in leaves(parts):
            if part.type.startswith("multipart/"):
                continue
            name, kind = _filename(part)
            above = _alternative(parts, part)
            if part.type in _LETTERS and (
                len(parts) == 1 or not (kind == "attachment" or (name and part.parent != above))
            ):
                group = (layer, above if above >= 0 else -1 - number)
                self._add_to_letter(group, raw, part, hint)
                continue
            if above >= 0 and part.type in _OTHER_VIEWS:
                continue
            if part.type.startswith("text/") and part.type not in _NO_WORDS and not (name and kind == "attachment"):
                self._readable.append((raw, part, hint))
            self._add_file(raw, part, name, kind, report=report)

    def contents(self) -> Contents:
        text = self._letter.text()
        if not text.strip():
            text = self._instead()
        html = self._letter.html()
        return Contents(
            text=text,
            html=html,
            attachments=self._files.all(html),
            reports=self._reports,
            invitation=self._invitation,
            protection=self._protection,
            attached_mail=self._attached,
        )

    def _instead(self) -> str:
        """The words for a mail whose letter says nothing."""
        if self._readable or self._packed:
            for raw, part, hint in self._readable[:1]:
                self._add_to_letter((-1, 0), raw, part, hint)
            for text, html in self._packed[:1]:
                self._letter.add_text((-1, 1), text)
                if html:
                    self._letter.add_page((-1, 1), html)
            said = self._letter.text()
            if said.strip():
                return said
        if self._invitation:
            from chalicelib.mail.mime.invitations import in_words

            return in_words(self._invitation)
        if self._attached:
            return _in_words(self._attached)
        return _ENCRYPTED if self._protection == "encrypted" else ""

    def _add_to_letter(self, group: Group, raw: bytes, part: Part, hint: str | None) -> None:
        text = self._text(raw, part, hint)
        if part.type in _PAGES:
            self._letter.add_page(group, text)
            return
        if "-----BEGIN PGP " in text:
            text = self._without_armour(text)
        if part.params.get("format", "").strip().lower() == "flowed":
            from chalicelib.mail.mime.flowed import joined

            text = joined(text, delete_space=part.params.get("delsp", "").strip().lower() == "yes")
        self._letter.add_text(group, text)

    def _without_armour(self, text: str) -> str:
        from chalicelib.mail.mime.cryptographic import split_pgp_message, without_pgp_signature

        text, message = split_pgp_message(text)
        if message:
            self._protect("encrypted")
            self._files.add("application/pgp-encrypted", "", message.encode("utf-8", "replace"))
        text, signed = without_pgp_signature(text)
        self._protect("signed" if signed else None)
        return text

    def _without_files(self, content: bytes, hint: str | None) -> bytes:
        from chalicelib.mail.mime.uuencoded import split_files

        text, files = split_files(content)
        for file in files:
            self._files.add("", decode(file.name, None, hint)[0], file.content)
        return text

    def _text(self, raw: bytes, part: Part, hint: str | None) -> str:
        """The text of a part, its files taken out, not much longer than may be kept."""
        page = part.type in _PAGES
        left = self._letter.html_left if page else self._letter.text_left
        limit = self._limits.html if page else self._limits.text
        content = part.content(raw, 4 * self._limits.text + 1) if left else b""
        if page and len(content) > limit:
            content = _DATA_URI.sub(b"data:,", content)
        elif not page and b"begin " in content:
            content = self._without_files(content, hint)
        if not left or len(content) > 4 * limit:
            self._warnings.append(f"{'html' if page else 'text'}: cut at {limit} characters")
            content = _whole_characters(content, 4 * limit)
        self._detected += 1
        text, warning = decode(content, _charset(part, content), hint, detect=self._detected <= _DETECTED)
        if warning and content:
            self._warnings.append(warning)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text[: left + 1]  # one more, so that the cut is told

    def _add_file(self, raw: bytes, part: Part, name: str, kind: str, *, report: bool) -> None:
        told = part.type.startswith("message/") or part.type in _REPORTS
        if self._files.full() and not told:
            return
        content = part.content(raw)
        if told:
            name = self._told(part, content, name, report=report)
        elif self._taken_apart(part, content, name.lower()):
            return
        self._files.add(part.type, name, content, content_id=part.header("content-id"), inline=kind == "inline")

    def _told(self, part: Part, content: bytes, name: str, *, report: bool) -> str:
        """Remembers a part that speaks of mail; gives the file name of this one."""
        self._reports.append((part.type, content))
        if part.type in _POINTERS:
            self._warnings.append(_POINTERS[part.type])
        return self._attached_mail(content, name, report=report) if part.type in _MAILS else name

    def _taken_apart(self, part: Part, content: bytes, name: str) -> bool:
        """Whether all of a file is kept in another form."""
        if part.type == "application/pgp-encrypted":
            self._protect("encrypted")
        elif part.type in _CALENDARS and self._tries():
            self._invitation = self._invitation or self._read_invitation(part, content)
        elif (part.type in _TNEF or name == "winmail.dat") and self._tries():
            return self._unpacked(content)
        elif (part.type in _CMS or name in _CMS_NAMES) and self._tries():
            return self._unwrapped(part, content)
        return False

    def _tries(self) -> bool:
        self._tried += 1
        return self._tried <= _TRIED

    def _read_invitation(self, part: Part, content: bytes) -> Invitation | None:
        from chalicelib.mail.mime.invitations import read_invitation

        text = decode(content[:400_000], part.params.get("charset") or "utf-8")[0]
        found = read_invitation(text)
        if found and not found.method:
            return replace(found, method=clean(part.params.get("method", "")).strip().upper()[:20])
        return found

    def _unpacked(self, content: bytes) -> bool:
        """Whether all of a winmail.dat was read."""
        from chalicelib.mail.mime.tnef import unpack

        package = unpack(content)
        if package is None or not package.whole:
            self._warnings.append("winmail.dat: not read, or not all of it")
        if package is None:
            return False
        self._packed.append((package.text, package.html))
        for file in package.files:
            self._files.add(file.type, file.name, file.content, content_id=file.content_id)
        return package.whole and bool(package.files or package.text or package.html)

    def _unwrapped(self, part: Part, content: bytes) -> bool:
        """Whether the mail within a signature was read; an envelope stays closed."""
        from chalicelib.mail.mime.cryptographic import open_cms

        protection, inner = open_cms(content)
        if protection is None and part.params.get("smime-type", "").lower().endswith("enveloped-data"):
            protection = "encrypted"
        self._protect(protection)
        if protection is None:
            self._warnings.append("smime: neither signed nor encrypted as we know it, kept as it came")
        if inner is None or self._opened == _OPENED:
            return False
        self._warnings.append("signature: not verified")
        self._opened += 1
        self._layer += 1
        limits = replace(self._limits, depth=max(1, self._limits.depth - part.depth - 1))
        self.read(inner, read_parts(inner, limits, self._warnings))
        return True

    def _attached_mail(self, content: bytes, name: str, *, report: bool) -> str:
        """Reads the first mail that came along; gives the file name of this one."""
        content = content.lstrip(b"\r\n")
        if self._attached is None and not report and self._opened < _OPENED:
            self._attached = self._open(content)
            subject = self._attached.subject
        elif len(self._reports) <= _NAMED:
            small = replace(self._limits, header_block=16_384)
            subject = _subject(read_headers(content, small, [])[0])
        else:
            subject = ""
        return name or (subject[:100].translate(_NO_PATH).rstrip(". ") or "mail") + ".eml"

    def _open(self, content: bytes) -> AttachedMail:
        limits = replace(self._limits, attachments=0)
        parts = read_parts(content, limits, [])
        reader = _Reader(limits, [], self._opened + 1)
        reader.read(content, parts)
        headers = parts[0].headers
        return AttachedMail(
            sender=_sender(headers),
            subject=_subject(headers),
            text=reader.contents().text,
            message_id=next(iter(message_ids(_first(headers, "message-id"), 1)), ""),
        )

    def _protect(self, protection: str | None) -> None:
        if protection and self._protection != "encrypted":
            self._protection = protection


def _in_words(mail: AttachedMail) -> str:
    sender = f" from {mail.sender}" if mail.sender != NOBODY else ""
    return f"Attached mail: {mail.subject or '(without a subject)'}{sender}\n\n{mail.text}".strip()


def _whole_characters(content: bytes, limit: int) -> bytes:
    """At most `limit` bytes that do not end within a character of UTF-8."""
    begins = (at for at in range(limit, max(0, limit - 4), -1) if at < len(content) and content[at] & 0xC0 != 0x80)
    return content[: next(begins, limit)]


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


def _filename(part: Part) -> tuple[str, str]:
    """(name as sent, disposition)."""
    disposition = part.header("content-disposition")
    kind, params = parameters(disposition) if disposition else ("", {})
    return params.get("filename") or part.params.get("name", ""), kind


def _first(headers: Headers, name: str) -> str:
    return next((value for key, value in headers if key == name), "")


def _subject(headers: Headers) -> str:
    return decode_words(_first(headers, "subject"))[:2_000]


def _sender(headers: Headers) -> Address:
    return next((a for name in ("from", "sender") for a in addresses(_first(headers, name), 1) if a.email), NOBODY)
