"""Content-Transfer-Encoding undone (RFC 2045), damage included. Never raises.

A part may have 40 MB, so each step holds one copy of it at most beside its result.
"""

import binascii
import re
from io import BytesIO
from itertools import groupby, islice

_BLOCKS = 10_000  # padded blocks in one part; more is no mail program's mistake
_LINES = 1_000_000
_ODD_LINES = 100_000  # lines of uuencode that are not full
_AT_ONCE = 10_000
_UU_LINE = 100  # bytes; a line of uuencode has 61
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_BASE64))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_UU_AS_BASE64 = bytes(_BASE64[byte - 32 & 63] for byte in range(256))
_UNPADDED = re.compile(rb"[^=]+")
_SIGNS = re.compile(r"[^a-z0-9]+")
_UU_NAMES = {"uuencode", "xuuencode", "uue", "xuue"}


def from_transfer(data: bytes, encoding: str) -> bytes:
    """The content; as it is when the encoding is none we know. `8bit;` and `BASE64 (x)` are read as meant."""
    name = _SIGNS.sub("", encoding[:100].lower().partition(";")[0].partition("(")[0])
    if name == "base64":
        return from_base64(data)
    if name == "quotedprintable":
        return binascii.a2b_qp(data)
    return _from_uu(data) if name in _UU_NAMES else data


def from_base64(data: bytes) -> bytes:
    """All that can be read: padding in the middle starts a new block, foreign characters are skipped."""
    if b"-" in data or b"_" in data:
        data = data.translate(_URL_SAFE)
    padding = data.find(b"=")
    if padding < 0 or (len(data) - padding < 100 and not data[padding:].strip(b"= \t\r\n")):
        return _block(data)
    if data.count(b"=") > _BLOCKS:
        return _block(data.translate(None, b"="))
    return b"".join(_block(match[0]) for match in _UNPADDED.finditer(data))


def _block(block: bytes) -> bytes:
    try:
        return binascii.a2b_base64(block)  # skips what is foreign
    except binascii.Error:
        kept = block.translate(None, _NOT_BASE64)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _from_uu(data: bytes) -> bytes:
    out = bytearray()
    odd = 0
    lines = islice(BytesIO(data), _LINES)
    for full, group in groupby(lines, lambda line: line[:1] == b"M" and 61 <= len(line) <= _UU_LINE and line[60] >= 32):
        if full:
            while batch := b"".join(line[1:61] for line in islice(group, _AT_ONCE)):
                out += binascii.a2b_base64(batch.translate(_UU_AS_BASE64))
            continue
        for ended in group:
            line = ended.rstrip(b"\r\n")
            odd += 1
            if odd > _ODD_LINES or line.rstrip() == b"end":
                return bytes(out)
            if line and len(line) <= _UU_LINE and not line.startswith(b"begin "):
                out += _uu_line(line)
    return bytes(out)


def _uu_line(line: bytes) -> bytes:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:  # some encoders pad wrongly: read what the length byte promises
        length = (((line[0] - 32) & 63) * 4 + 5) // 3
    try:
        return binascii.a2b_uu(line[:length])
    except binascii.Error:
        return b""
