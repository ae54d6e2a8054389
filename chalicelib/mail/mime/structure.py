"""The tree of a mail (RFC 2045, 2046), read without recursion and with every limit applied before any work.

Nothing is decoded here: a part knows where its bytes are. Missing boundaries, closing lines and blank lines
are forgiven as mail programs forgive them, and said in `warnings`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.mail.message import Limits
from chalicelib.mail.mime.charsets import decode
from chalicelib.mail.mime.headers import parameters
from chalicelib.mail.mime.transfer import from_transfer

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_HEADER = re.compile(rb"([!-9;-~]{1,128})[ \t]*+:")
_AFTER_BANNER = re.compile(rb"(?i:content-|mime-version|received|return-path|delivered-to|from|to|subject|date|x-)")
_LOOSE_BOUNDARY = re.compile(r'boundary\s{0,9}=\s{0,9}"?([^";\s]{1,200})', re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([\w.:-]{1,40})", re.IGNORECASE)
# A line that may delimit parts: a header or a blank line follows.
_DASH_LINE = re.compile(
    rb"^--(\S(?:[^\r\n]{0,198}?\S)?)(?:--)?[ \t]*+\r?\n(?=[A-Za-z-]{2,40}:|[ \t]{0,9}\r?\n)", re.MULTILINE
)
_LOOSELY = 6  # bytes of a boundary that is no beginning of a line by chance
_DELIMITERS = 100_000  # lines of one mail that are looked at because they begin as a delimiter does
_SEARCHED = 8  # times the most a mail may have: each multipart within a multipart is searched again
_HEADER_LINES = 20_000
_NAMELESS = 100  # lines without a name that a header block may hold at a stretch
_GUESS = 64 * 1024  # bytes searched for a boundary nobody declared
_NEAR = 16 * 1024  # bytes searched for a charset that headers with bare 8-bit characters may share

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Part:
    headers: Headers  # (lower-case name, value as sent, unfolded)
    type: str
    params: dict[str, str]
    start: int  # of the body within the raw mail
    end: int
    depth: int
    parent: int  # index in the list of parts, -1 for the mail itself
    leaf: bool

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    def content(self, raw: bytes, most: int | None = None) -> bytes:
        """The decoded bytes. `most`: how many the caller has use for; a part far longer is not read to its end."""
        end = self.end if most is None else min(self.end, self.start + 4 * most)
        return from_transfer(raw[self.start : end], self.header("content-transfer-encoding"))


def read_parts(raw: bytes, limits: Limits, warnings: list[str]) -> list[Part]:
    """All parts in the order of the mail; the first is the mail itself."""
    return _Tree(raw, limits, warnings).read()


def read_headers(
    data: bytes, limits: Limits, warnings: list[str], start: int = 0, end: int = -1
) -> tuple[Headers, int]:
    """The header block that begins at `start`, and where the body begins."""
    end = len(data) if end < 0 else end
    fields, body = _fields(data, start, end, limits, warnings)
    headers: Headers = []
    near: str | None = None  # a charset named close by, looked for when it is needed
    for name, pieces in fields:
        value = b"".join(pieces)
        if len(value) > limits.header_value:
            warnings.append(f"headers: {name} cut at {limits.header_value} bytes")
            value = value[: limits.header_value]
        if near is None and not value.isascii():
            named = _CHARSET.search(data, start, min(end, start + _NEAR))
            near = named[1].decode("ascii", "replace") if named else ""
        headers.append((name, decode(value, None, near)[0].strip()))
    return headers, body


def leaves(parts: list[Part]) -> Iterator[tuple[int, Part]]:
    return ((number, part) for number, part in enumerate(parts) if part.leaf)


def _fields(
    data: bytes, start: int, end: int, limits: Limits, warnings: list[str]
) -> tuple[list[tuple[str, list[bytes]]], int]:
    """(name and lines of each header, where the body begins). Looks at no more than it takes, and 100 lines."""
    fields: list[tuple[str, list[bytes]]] = []
    loose: list[bytes] = []  # lines without a name: a broken continuation, or already the body
    loose_at = body = start
    ended = False
    for at, line, after in _lines(data, start, min(end, start + limits.header_block)):
        body = after
        ended = not line
        named = _HEADER.match(line)
        if ended:
            break
        if fields and not loose and line[:1] in (b" ", b"\t"):
            fields[-1][1].append(line)
        elif named and (fields or not loose or _AFTER_BANNER.match(line)):
            _append_loose(fields, loose, warnings)
            fields.append((named[1].decode("ascii").lower(), [line[named.end() :]]))
        else:
            loose_at = loose_at if loose else at
            loose.append(line)
            if len(loose) > _NAMELESS:
                break
    if not fields:
        return [], start if loose or not ended else body  # no header at all: everything is body
    if loose and ended and _goes_on(fields[-1][1][-1]):
        _append_loose(fields, loose, warnings)
    elif loose:
        warnings.append("headers: no blank line before the body")
        body = loose_at
    elif not ended and body < end:
        warnings.append(f"headers: only the first {body - start} bytes read")
        body = _after_blank_line(data, body, end)
    return fields, body


def _lines(data: bytes, start: int, stop: int) -> Iterator[tuple[int, bytes, int]]:
    """(where it begins, the line without its end, where the next begins)."""
    at = start
    for _ in range(_HEADER_LINES):
        if at >= stop:
            return
        line_end = data.find(b"\n", at, stop)
        after = stop if line_end < 0 else line_end + 1
        yield at, data[at:after].rstrip(b"\r\n"), after
        at = after


def _goes_on(line: bytes) -> bool:
    """Whether the end of a header is still to come."""
    return line.rstrip().endswith((b";", b",", b"=")) or line.count(b"<") > line.count(b">") or line.count(b'"') % 2 > 0


def _append_loose(fields: list[tuple[str, list[bytes]]], loose: list[bytes], warnings: list[str]) -> None:
    if fields and loose:
        fields[-1][1].extend(b" " + line for line in loose)
        warnings.append("headers: a line without a name was read as a continuation")
    loose.clear()


def _after_blank_line(data: bytes, at: int, end: int) -> int:
    ends = [found + len(sign) for sign in (b"\n\n", b"\n\r\n") if (found := data.find(sign, at - 1, end)) >= 0]
    return min(ends, default=at)


class _Tree:
    """One reading of one mail."""

    def __init__(self, raw: bytes, limits: Limits, warnings: list[str]) -> None:
        self.raw, self.limits, self.warnings = raw, limits, warnings
        self.parts: list[Part] = []
        self.delimiters = _DELIMITERS
        self.searched = 0  # bytes

    def read(self) -> list[Part]:
        heads = lines = 0  # bytes and fields of header blocks so far
        todo = [(0, len(self.raw), 0, -1, "text/plain")]
        while todo:
            start, end, depth, parent, default = todo.pop()
            if len(self.parts) == self.limits.parts:
                self.warnings.append(f"parts: only the first {self.limits.parts} read")
                break
            part = self._part(start, end, depth, parent, default)
            self.parts.append(part)
            heads += part.start - start
            lines += len(part.headers)
            if heads > 2 * self.limits.header_block or lines > 2 * _HEADER_LINES:
                self.warnings.append("headers: too many, the parts after them were not read")
                break
            if not part.type.startswith("multipart/"):
                continue
            if depth == self.limits.depth:
                self.warnings.append(f"depth: nothing read below {self.limits.depth} levels")
                continue
            inner = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
            children = self._children(part)
            part.leaf = not children
            todo += [(s, e, depth + 1, len(self.parts) - 1, inner) for s, e in reversed(children)]
            del todo[: max(0, len(todo) + len(self.parts) - self.limits.parts - 1)]  # the last ones of the mail
            if not children:
                part.type = "text/plain"
        return self.parts

    def _part(self, start: int, end: int, depth: int, parent: int, default: str) -> Part:
        headers, body = read_headers(self.raw, self.limits, self.warnings, start, end)
        declared = next((value for name, value in headers if name == "content-type"), "")
        kind, params = parameters(declared) if declared else (default, {})
        match = _TYPE.match(kind)
        kind = match[0] if match else default
        if kind.startswith("multipart/") and not params.get("boundary") and (loose := _LOOSE_BOUNDARY.search(declared)):
            params["boundary"] = loose[1]
        return Part(headers, kind, params, min(body, end), end, depth, parent, True)

    def _children(self, part: Part) -> list[tuple[int, int]]:
        self.searched += part.end - part.start
        if self.searched > _SEARCHED * self.limits.mail:
            self.warnings.append("boundary: too much to search, read as plain text")
            return []
        declared = part.params.get("boundary", "").rstrip().encode("utf-8", "replace")
        ranges = self._between(part, declared) if declared else []
        if not ranges and len(declared) >= _LOOSELY:
            ranges = self._between(part, declared, loosely=True)
        if ranges:
            return ranges
        guess = _DASH_LINE.search(self.raw, part.start, min(part.end, part.start + _GUESS))
        ranges = self._between(part, guess[1]) if guess else []
        self.warnings.append("boundary: guessed" if ranges else "boundary: missing, read as plain text")
        return ranges

    def _between(self, part: Part, boundary: bytes, *, loosely: bool = False) -> list[tuple[int, int]]:
        """The ranges between delimiter lines; an unclosed last part reaches to the end. One pass.

        `loosely`: lines that only begin with the boundary delimit too (RFC 2046 5.1.1, note to implementors).
        """
        raw, marker = self.raw, b"\n--" + boundary
        ranges: list[tuple[int, int]] = []
        opened = -1
        at = raw.find(marker, max(0, part.start - 1), part.end)
        while at >= 0 and self.delimiters and len(ranges) <= self.limits.parts:
            self.delimiters -= 1
            after = at + len(marker)
            line_end = raw.find(b"\n", after, min(part.end, after + 1000))
            line_end = min(part.end, after + 1000) if line_end < 0 else line_end
            rest = raw[after:line_end].strip()
            closing = rest.startswith(b"--")
            if not rest or closing or loosely:
                if opened >= 0:
                    ranges.append((opened, max(opened, at - (raw[at - 1 : at] == b"\r"))))
                opened = -1 if closing else line_end + 1
            at = raw.find(marker, after, part.end)
        if not self.delimiters:
            self.warnings.append(f"boundary: only the first {_DELIMITERS} lines like it read")
        if 0 <= opened < part.end:
            ranges.append((opened, part.end))
        return ranges
