"""May this file be put into the store, and is what lies there what was said?

What a browser or an office program runs is refused by its name, its declared type and its first bytes, whichever tells.
The list of types is of what people send each other; everything else goes in an archive, or not at all.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, TooLarge
from chalicelib.model.interaction import Attachment
from chalicelib.model.upload import MOST_BYTES, MOST_BYTES_A_MAIL, USABLE_FOR, Upload

LOOKED_AT = 1024  # bytes from its beginning
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
_ZIP, _OLE = (b"PK\x03\x04", b"PK\x05\x06"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
# By type: how such a file begins. None: as text.
TYPES: dict[str, tuple[bytes, ...] | None] = {
    "application/pdf": (b"%PDF-",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "image/heic": (b"ftyp",),
    "video/mp4": (b"ftyp",),
    "video/quicktime": (b"ftyp", b"moov", b"mdat", b"wide", b"free"),
    "audio/mpeg": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    "audio/mp4": (b"ftyp",),
    "audio/ogg": (b"OggS",),
    "application/zip": _ZIP,
    "application/msword": _OLE,
    "application/vnd.ms-excel": _OLE,
    "application/vnd.ms-powerpoint": _OLE,
    **dict.fromkeys(
        (
            f"{_OFFICE}wordprocessingml.document",
            f"{_OFFICE}spreadsheetml.sheet",
            f"{_OFFICE}presentationml.presentation",
            f"{_OPEN}text",
            f"{_OPEN}spreadsheet",
            f"{_OPEN}presentation",
        ),
        _ZIP,
    ),
    "text/plain": None,
    "text/csv": None,
    "text/calendar": None,
    "application/json": None,
}
_BEHIND_A_LENGTH = (b"ftyp", b"moov", b"mdat", b"wide", b"free")  # ISO 14496-12: the box's length stands first
# What runs when it is opened, on one system or another.
# fmt: off
_RUNS = frozenset({
    "ade", "adp", "apk", "app", "appref-ms", "appx", "bat", "chm", "cmd", "com", "cpl", "dll", "dmg", "docm",
    "dotm", "exe", "gadget", "hta", "htm", "html", "img", "inf", "ins", "iso", "isp", "jar", "js", "jse", "lib",
    "lnk", "mde", "msc", "msi", "msix", "msp", "mst", "nsh", "pif", "pkg", "ppam", "pptm", "ps1", "py", "reg",
    "scf", "scr", "sct", "sh", "svg", "svgz", "swf", "sys", "url", "vb", "vbe", "vbs", "vhd", "vhdx", "vxd",
    "wsc", "wsf", "wsh", "xhtml", "xlam", "xlsm", "xltm", "xll", "xml", "xsl",
})
# fmt: on
_PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xcf\xfa\xed\xfe",
    b"\xce\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!",
    b"\x4c\x00\x00\x00",
)
_MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<?php")


class Lying(NamedTuple):
    """What lies in the store under an upload's key."""

    size: int
    begins: bytes  # its first LOOKED_AT bytes


def begin(name: str, type_: str, size: int, *, by: str, case_id: str, now: datetime) -> Upload:
    """The upload that is about to come. Raises Invalid for a name or type nobody should be sent, TooLarge."""
    if size > MOST_BYTES:
        raise TooLarge(f"a file has at most {MOST_BYTES} bytes", "/size")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending in _RUNS:
        raise Invalid(f"files that end in .{ending} are not taken: they may run when they are opened", "/filename")
    type_ = type_.partition(";")[0].strip().lower()
    if type_ not in TYPES:
        raise Invalid(
            f"this type is not taken; put it into an archive, or use one of {', '.join(TYPES)}", "/content_type"
        )
    return Upload(id=ids.new_ulid(now), at=now, by=by, case_id=case_id, name=_safe(name), type=type_, size=size)


def usable(upload: Upload | None, *, by: str, case_id: str, now: datetime, at: str) -> Upload:
    """The upload, if this caller may use it here. Raises NotFound: of others' uploads nobody learns anything."""
    if upload is None or upload.by != by or upload.case_id not in ("", case_id) or now - upload.at > USABLE_FOR:
        raise NotFound("there is no such upload of yours for this, or it has expired: upload it again", at)
    return upload


def check(upload: Upload, lying: Lying | None, at: str) -> None:
    """Raises Conflict while nothing lies there, Invalid when it is not what was said."""
    if lying is None:
        raise Conflict("nothing was put there yet: upload it first", at)
    if lying.size != upload.size:
        raise Invalid(f"it has {lying.size} bytes, not the {upload.size} that were announced", at)
    begins = lying.begins
    start = begins.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if begins.startswith(_PROGRAMS) or start.startswith(_MARKUP):
        raise Invalid("it is a program or a page, whatever it is called: not taken", at)
    if not is_of(upload.type, begins):
        raise Invalid(f"it is no {upload.type}: upload it under the type it has", at)


def fit_a_mail(files: Sequence[Upload], at: str) -> None:
    """Raises TooLarge when no mail can carry them together."""
    total = sum(file.size for file in files)
    if total > MOST_BYTES_A_MAIL:
        raise TooLarge(f"files of a mail have at most {MOST_BYTES_A_MAIL} bytes together; these have {total}", at)


def folder_of(source: str) -> str:
    """Where the files of one answer or request lie: nobody else's do."""
    return f"attachments/{ids.fingerprint('upload', source)}/"


def kept(upload: Upload, source: str) -> Attachment:
    return Attachment(name=upload.name, type=upload.type, size=upload.size, key=f"{folder_of(source)}{upload.id}")


def is_of(type_: str, begins: bytes) -> bool:
    """Whether a file of this type, one of TYPES, begins so."""
    ways = TYPES[type_]
    if ways is None:
        return b"\x00" not in begins
    if type_ == "image/webp":
        return begins.startswith(ways) and begins[8:12] == b"WEBP"
    if ways[0] in _BEHIND_A_LENGTH:
        return begins[4:8] in ways
    return begins.startswith(ways)


def _safe(name: str) -> str:
    """To show and to save as: no folders, no leading dots, no characters a system gives a meaning to."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join("_" if char in '<>:"|?*' or not char.isprintable() else char for char in last).strip(" .") or "file"
