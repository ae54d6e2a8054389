"""The tree of a mail (RFC 2045, 2046), read without recursion and with every limit applied before any work.

Nothing is decoded here: a part knows where its bytes are. Missing boundaries, closing lines and blank lines
are forgiven as mail programs forgive them, and said in `warnings`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.mail.charsets import decode
from chalicelib.mail.headers import parameters
from chalicelib.mail.message import Limits
from chalicelib.mail.transfer import from_transfer

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")
_HEADER = re.compile(rb"([!-9;-~]{1,128})[ \t]*:")
_LOOSE_BOUNDARY = re.compile(r'boundary\s{0,9}=\s{0,9}"?([^";\s]{1,200})', re.IGNORECASE)
_DASH_LINE = re.compile(rb"^--(\S{1,200})[ \t]*\r?$", re.MULTILINE)
_DELIMITERS = 100_000  # places looked at for one boundary
_HEADER_LINES = 20_000
_GUESS = 64 * 1024  # bytes searched for a boundary nobody declared

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

    def content(self, raw: bytes) -> bytes:
        return from_transfer(raw[self.start : self.end], self.header("content-transfer-encoding"))


def read_parts(raw: bytes, limits: Limits, warnings: list[str]) -> list[Part]:
    """All parts in the order of the mail; the first is the mail itself."""
    parts: list[Part] = []
    head = 0  # bytes of header blocks so far
    todo = [(0, len(raw), 0, -1, "text/plain")]
    while todo:
        start, end, depth, parent, default = todo.pop()
        if len(parts) == limits.parts:
            warnings.append(f"parts: only the first {limits.parts} read")
            break
        part = _read_part(raw, start, end, depth, parent, default, limits, warnings)
        parts.append(part)
        head += part.start - start
        if head > 2 * limits.header_block:
            warnings.append("headers: too many, the parts after them were not read")
            break
        if not part.type.startswith("multipart/"):
            continue
        if depth == limits.depth:
            warnings.append(f"depth: nothing read below {limits.depth} levels")
            continue
        inner = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
        children = _children(raw, part, limits, warnings)
        part.leaf = not children
        todo += [(s, e, depth + 1, len(parts) - 1, inner) for s, e in reversed(children)]
        if not children:
            part.type = "text/plain"
    return parts


def read_headers(
    data: bytes, limits: Limits, warnings: list[str], start: int = 0, end: int = -1
) -> tuple[Headers, int]:
    """The header block that begins at `start`, and where the body begins."""
    end = len(data) if end < 0 else end
    block_end, body = _blank_line(data, start, min(end, start + limits.header_block + 4))
    if block_end - start > limits.header_block:
        warnings.append(f"headers: only the first {limits.header_block} bytes read")
        block_end = start + limits.header_block
    lines = data[start:block_end].split(b"\n", _HEADER_LINES)[:_HEADER_LINES]
    known = [_HEADER.match(line) for line in lines]
    last = max((n for n, match in enumerate(known) if match), default=-1)
    if last < 0:
        return [], start  # no header at all: everything is body
    fields: list[tuple[str, list[bytes]]] = []
    offset = start
    for number, line in enumerate(lines):
        match = known[number]
        if fields and line[:1] in (b" ", b"\t"):
            fields[-1][1].append(line.rstrip(b"\r"))
        elif match:
            fields.append((match[1].decode("ascii").lower(), [line[match.end() :].rstrip(b"\r")]))
        elif fields and (number < last or body > block_end):
            fields[-1][1].append(b" " + line.rstrip(b"\r"))
            warnings.append("headers: a line without a name was read as a continuation")
        elif fields and line.strip():
            return _values(fields, limits, warnings), offset  # no blank line before the body
        offset += len(line) + 1
    return _values(fields, limits, warnings), body


def leaves(parts: list[Part]) -> Iterator[tuple[int, Part]]:
    return ((number, part) for number, part in enumerate(parts) if part.leaf)


def _read_part(
    raw: bytes,
    start: int,
    end: int,
    depth: int,
    parent: int,
    default: str,
    limits: Limits,
    warnings: list[str],
) -> Part:
    headers, body = read_headers(raw, limits, warnings, start, end)
    declared = next((value for name, value in headers if name == "content-type"), "")
    kind, params = parameters(declared) if declared else (default, {})
    match = _TYPE.match(kind)
    kind = match[0] if match else default
    if kind.startswith("multipart/") and not params.get("boundary") and (loose := _LOOSE_BOUNDARY.search(declared)):
        params["boundary"] = loose[1]
    return Part(headers, kind, params, min(body, end), end, depth, parent, True)


def _blank_line(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the header block ends and the body begins; (end, end) without a blank line."""
    if data.startswith((b"\n", b"\r\n"), start):
        return start, data.find(b"\n", start) + 1
    crlf = data.find(b"\n\r\n", start, end)
    lf = data.find(b"\n\n", start, end if crlf < 0 else crlf)
    if lf >= 0:
        return lf, lf + 2
    return (crlf, crlf + 3) if crlf >= 0 else (end, end)


def _values(fields: list[tuple[str, list[bytes]]], limits: Limits, warnings: list[str]) -> Headers:
    headers = []
    for name, pieces in fields:
        value = b"".join(pieces)
        if len(value) > limits.header_value:
            warnings.append(f"headers: {name} cut at {limits.header_value} bytes")
            value = value[: limits.header_value]
        headers.append((name, decode(value)[0].strip()))
    return headers


def _children(raw: bytes, part: Part, limits: Limits, warnings: list[str]) -> list[tuple[int, int]]:
    declared = part.params.get("boundary", "").rstrip().encode("utf-8", "replace")
    ranges = _between(raw, part, declared, limits.parts) if declared else []
    if ranges:
        return ranges
    guess = _DASH_LINE.search(raw, part.start, min(part.end, part.start + _GUESS))
    ranges = _between(raw, part, guess[1], limits.parts) if guess else []
    warnings.append("boundary: guessed" if ranges else "boundary: missing, read as plain text")
    return ranges


def _between(raw: bytes, part: Part, boundary: bytes, limit: int) -> list[tuple[int, int]]:
    """The ranges between delimiter lines; an unclosed last part reaches to the end. One pass."""
    marker = b"--" + boundary
    ranges: list[tuple[int, int]] = []
    opened = -1
    at = raw.find(marker, part.start, part.end)
    for _ in range(_DELIMITERS):
        if at < 0:
            break
        after = at + len(marker)
        line_end = raw.find(b"\n", after, min(part.end, after + 1000))
        line_end = min(part.end, after + 1000) if line_end < 0 else line_end
        rest = raw[after:line_end].strip()
        if (at == part.start or raw[at - 1 : at] == b"\n") and (not rest or rest.startswith(b"--")):
            if opened >= 0:
                newline = 2 if raw[at - 2 : at] == b"\r\n" else 1
                ranges.append((opened, max(opened, at - newline)))
            opened = -1 if rest else line_end + 1
            if len(ranges) > limit:
                return ranges
        at = raw.find(marker, after, part.end)
    if 0 <= opened < part.end:
        ranges.append((opened, part.end))
    return ranges
