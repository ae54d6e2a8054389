"""Files that come with a mail: kept as they came, under names that are safe to show and to save as."""

import re
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from chalicelib.mail.message import Attachment
from chalicelib.mail.mime.headers import decode_words, one_line

_LONGEST = 120
_PATH = re.compile(r"[^/\\]*$")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
# Invisible: soft hyphen, joiners and marks of direction, fillers, line separators, tags.
_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff\U000e0000-\U000e0fff]"
)
_DEVICE = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|(com|lpt)[0-9¹²³])\s{0,9}(\.|$)", re.IGNORECASE)
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}")
_SHOWN = re.compile(r"cid:([^\"'\s>)]{1,300})", re.IGNORECASE)
_WELL_KNOWN = {
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "encrypted.asc",
    "application/pgp-keys": "key.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/ics": "invite.ics",
    "text/calendar": "invite.ics",
    "text/x-vcalendar": "invite.ics",
}
_EXTENSIONS = {
    "text/plain": "txt",
    "text/html": "html",
    "text/rfc822-headers": "txt",
    "message/rfc822": "eml",
    "message/global": "eml",
    "message/delivery-status": "txt",
    "image/jpeg": "jpg",
    "image/svg+xml": "svg",
    "application/octet-stream": "bin",
}
_TYPES = {
    "csv": "text/csv",
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "eml": "message/rfc822",
    "gif": "image/gif",
    "ics": "text/calendar",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}


class Attachments:
    """Collects the files of one mail, as many as are allowed."""

    def __init__(self, limit: int, warnings: list[str]) -> None:
        self._limit = limit
        self._warnings = warnings
        self._kept: list[Attachment] = []

    def full(self) -> bool:
        """Whether one more would be left out; says so in the warnings. Asked before anything is decoded."""
        if len(self._kept) < self._limit:
            return False
        self._warnings.append(f"attachments: only the first {self._limit} kept")
        return True

    def add(self, kind: str, name: str, content: bytes, *, content_id: str = "", inline: bool = False) -> None:
        """`kind`: as declared, '' where nothing is: then the name tells."""
        if self.full():
            return
        kind = kind or _TYPES.get(safe_name(name).rpartition(".")[2].lower(), "")
        kind = kind if _TYPE.fullmatch(kind) else "application/octet-stream"
        content_id = one_line(content_id).strip("<> ")[:300]
        self._kept.append(
            Attachment(
                name=safe_name(name) or _name_for(kind, len(self._kept) + 1),
                type=kind,
                size=len(content),
                sha256=sha256(content).hexdigest(),
                content_id=content_id or None,
                content=content,
                inline=inline,
            )
        )

    def all(self, html: str | None) -> tuple[Attachment, ...]:
        """Under names of their own; what the page shows by its content id is inline, whatever its label says."""
        shown = set(_SHOWN.findall(html or ""))
        kept = (replace(a, inline=True) if a.content_id in shown else a for a in self._kept)
        return tuple(replace(a, name=n) for a, n in zip(kept, _told_apart(a.name for a in self._kept), strict=False))


def safe_name(name: str) -> str:
    """A file name without path, invisible or forbidden characters, at most 120 long; '' if nothing is left."""
    found = _PATH.search(decode_words(name)[-1_000:])
    visible = _INVISIBLE.sub("", found[0]) if found else ""
    last = _FORBIDDEN.sub("_", " ".join(visible.split())).strip(". ")
    return _short(f"_{last}" if _DEVICE.match(last) else last)


def _short(name: str, suffix: str = "") -> str:
    """At most 120 characters, the extension kept; `suffix` goes before it."""
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:
        stem, dot, extension = name, "", ""
    room = _LONGEST - len(suffix) - len(dot) - len(extension)
    return (stem if len(stem) <= room else stem[:room].rstrip(". ")) + suffix + dot + extension


def _name_for(kind: str, number: int) -> str:
    if kind in _WELL_KNOWN:
        return _WELL_KNOWN[kind]
    extension = _EXTENSIONS.get(kind) or re.sub(r"[^a-z0-9]", "", kind.rpartition("/")[2])[:8] or "bin"
    return f"attachment-{number}.{extension}"


def _told_apart(names: Iterable[str]) -> Iterable[str]:
    """The second `a.pdf` is `a (2).pdf`; case counts for nothing, as on many disks."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    for name in names:
        own, key = name, name.casefold()
        while own.casefold() in taken:
            counts[key] = counts.get(key, 1) + 1
            own = _short(name, f" ({counts[key]})")
        taken.add(own.casefold())
        yield own
