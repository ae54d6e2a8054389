"""Files that older programs write into the text itself: `begin 644 name`, lines of uuencode, `end`."""

import re
from dataclasses import dataclass, field

from chalicelib.mail.mime.transfer import from_transfer

_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_BEGINNINGS = 1_000  # looked at in one text
_LOOKED = 100_000  # lines of one text that are looked at one by one; full ones are taken by the thousand
_FULL_LINES = re.compile(rb"(?:M[\x20-\x60]{60,62}\r?\n){1,1000}")
_LONGEST = 90  # characters of a line: its length, 84 of content, a checksum or blanks that some add
_DAMAGE = 3  # foreign lines in a row within a file


@dataclass(frozen=True, slots=True)
class EncodedFile:
    name: bytes
    content: bytes


@dataclass(slots=True)
class _Body:
    """What follows a beginning."""

    end: int  # where the file ends
    lines: list[bytes] = field(default_factory=list)  # none: it is no file
    foreign: list[bytes] = field(default_factory=list)  # lines among them that are not of the file
    looked: int = 0  # lines looked at one by one


def split_files(text: bytes) -> tuple[bytes, list[EncodedFile]]:
    """The text without its files, and the files. What only looks like a beginning stays text, and so does
    every foreign line within a damaged file.
    """
    if not text.startswith(b"begin ") and b"\nbegin " not in text:
        return text, []
    kept: list[bytes] = []
    files: list[EncodedFile] = []
    at = looked = 0
    for count, begin in enumerate(_BEGIN.finditer(text)):
        if count == _BEGINNINGS or looked >= _LOOKED:
            break
        if begin.start() < at:
            continue
        body = _body(text, begin.end(), _LOOKED - looked)
        looked += body.looked
        if body.lines:
            kept += [text[at : begin.start()], *body.foreign]
            files.append(EncodedFile(begin[1].strip(), from_transfer(b"".join(body.lines), "x-uuencode")))
            at = body.end
    return b"".join([*kept, text[at:]]), files


def _body(text: bytes, at: int, most: int) -> _Body:
    body = _Body(at)
    pending: list[bytes] = []  # foreign lines count only once the file goes on after them
    proven = False  # by a full line or by its end: one short line may be anybody's
    while at < len(text) and body.looked < most:
        full = _FULL_LINES.match(text, at)
        line, following = (b"", full.end()) if full else _line(text, at)
        body.looked += 1
        if full or _is_encoded(line, certain=not pending and proven):
            body.foreign += [kept for kept in pending if kept.strip()]
            pending = []
            body.lines.append(text[at:following])
            proven = proven or bool(full)
            body.end = following
        elif line == b"end":
            body.end = following
            return body
        elif line not in (b"`", b" "):
            if not body.lines or len(pending) == _DAMAGE:
                break
            pending.append(text[at:following])
        at = following
    if not proven:
        body.lines = []
    return body


def _line(text: bytes, at: int) -> tuple[bytes, int]:
    """The line at this place, and where the next begins; of an overlong line only what is needed to refuse it."""
    newline = text.find(b"\n", at, at + 2 * _LONGEST)
    if newline < 0:
        return text[at : at + 2 * _LONGEST], min(len(text), at + 2 * _LONGEST)
    return text[at:newline].rstrip(b"\r"), newline + 1


def _is_encoded(line: bytes, *, certain: bool) -> bool:
    """Whether a line is as long as its first character says, and of the right alphabet.

    Blanks at the end get lost on the way and transfers break off: a full line may be shorter where a file is certain.
    """
    if not 2 <= len(line) <= _LONGEST or min(line) < 0x20 or max(line) > 0x60:
        return False
    promised = (line[0] - 0x20) & 63
    written = len(line) - 1
    return promised > 0 and (
        (promised * 8 + 5) // 6 <= written <= (promised + 2) // 3 * 4 + 2 or (certain and line[:1] == b"M")
    )
