"""Content-Transfer-Encoding undone (RFC 2045), damage included. Never raises."""

import binascii
import re

_BLOCKS = 10_000  # padded blocks in one part; more is no mail program's mistake
_LINES = 1_000_000
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


def from_transfer(data: bytes, encoding: str) -> bytes:
    encoding = encoding.strip().lower().split(";")[0].strip("\"' ")
    if encoding == "base64":
        return from_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _from_uu(data)
    return data


def from_base64(data: bytes) -> bytes:
    """All that can be read: padding in the middle starts a new block, foreign characters are skipped."""
    if b"-" in data or b"_" in data:
        data = data.translate(bytes.maketrans(b"-_", b"+/"))
    if data.count(b"=") > _BLOCKS:
        return _block(data)
    return b"".join(_block(block) for block in re.split(rb"=+", data) if block)


def _block(block: bytes) -> bytes:
    kept = block.translate(None, _NOT_BASE64)
    if len(kept) % 4 == 1:
        kept = kept[:-1]
    return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4))


def _from_uu(data: bytes) -> bytes:
    out = []
    for ended in data.split(b"\n", _LINES)[:_LINES]:
        line = ended.rstrip(b"\r")
        if line.startswith((b"begin ", b"end")) or not line:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:  # some encoders pad wrongly: read what the length byte promises
            length = (((line[0] - 32) & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:length]))
            except binascii.Error:
                continue
    return b"".join(out)
