"""Signed and encrypted mail: what can be read without a key, and the words for what cannot.

S/MIME (RFC 8551, RFC 5652) and OpenPGP (RFC 3156, RFC 9580 6). Signatures are opened, never verified. Of ASN.1 only
the way down to the signed content is read: libraries read all of it, and a hostile file keeps them busy for minutes.
"""

import re

_ELEMENTS = 100_000  # of ASN.1 looked at in one file
_SEQUENCE, _OCTETS, _OCTETS_IN_PIECES, _CONTEXT, _END = 0x30, 0x04, 0x24, 0xA0, 0x00
_PKCS7 = bytes.fromhex("06092a864886f70d0107")
_SIGNED_DATA = _PKCS7 + b"\x02"
_ENVELOPES = (_PKCS7 + b"\x03", _PKCS7 + b"\x06", bytes.fromhex("060b2a864886f70d0109100117"))  # the last: AEAD
_MESSAGE = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]{0,99}$", re.MULTILINE)
_MESSAGE_END = re.compile(r"^-----END PGP MESSAGE-----[ \t]{0,99}(?:\n|\Z)", re.MULTILINE)
_SIGNED = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----[ \t]{0,99}\n(?:[A-Za-z]{1,40}: [^\n]{0,400}\n){0,9}\n?", re.MULTILINE
)
_SIGNATURE_BEGINS, _SIGNATURE_ENDS = "-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----"
_ARMOUR = re.compile(r"(?:[A-Za-z]{1,40}: [^\n]{0,400}\n){0,9}\n?(?:[A-Za-z0-9+/=]{50,80}\n){0,400}")
_LONGEST_SIGNATURE = 50_000  # characters
_SIGNATURES = 100


def open_cms(content: bytes) -> tuple[str | None, bytes | None]:
    """('signed', the mail within), ('encrypted', None), or (None, None) when it is neither or cannot be read."""
    try:
        asn1 = _Asn1(content)
        kind = asn1.inside(0, _SEQUENCE)
        if content.startswith(_ENVELOPES, kind):
            return "encrypted", None
        if not content.startswith(_SIGNED_DATA, kind):
            return None, None
        version = asn1.inside(asn1.inside(asn1.after(kind), _CONTEXT), _SEQUENCE)
        inner_kind = asn1.inside(asn1.after(asn1.after(version)), _SEQUENCE)
        inner = asn1.octets(asn1.inside(asn1.after(inner_kind), _CONTEXT))
    except ValueError:
        return None, None
    return ("signed", inner) if inner else (None, None)


class _Asn1:
    """A walk over BER (X.690). Places are offsets; every step raises ValueError at what is not expected."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._left = _ELEMENTS

    def inside(self, at: int, tag: int) -> int:
        """Where the content of this element begins."""
        found, begin, _ = self._element(at)
        if found != tag:
            raise ValueError(tag)
        return begin

    def after(self, at: int) -> int:
        """Where the next element begins."""
        opened = 0
        while True:
            tag, begin, end = self._element(at)
            at = begin if end is None else end
            opened += (end is None) - (tag == _END)
            if opened <= 0:
                return at

    def octets(self, at: int) -> bytes:
        """The content of a string, which may be written in pieces."""
        stop = self.after(at)
        pieces = []
        while at < stop:
            tag, begin, end = self._element(at)
            at = begin
            if tag == _OCTETS and end is not None:
                pieces.append(self._content[begin:end])
                at = end
            elif tag not in (_OCTETS_IN_PIECES, _END):
                raise ValueError(tag)
        return b"".join(pieces)

    def _element(self, at: int) -> tuple[int, int, int | None]:
        """(tag, where its content begins, where it ends; None when only a mark ends it)."""
        self._left -= 1
        if self._left < 0 or at + 2 > len(self._content):
            raise ValueError("too much, or cut off")
        tag, length = self._content[at], self._content[at + 1]
        at += 2
        if length == 0x80:
            return tag, at, None
        if length > 0x80:
            size = length & 0x7F
            length = int.from_bytes(self._content[at : at + size], "big") if size <= 4 else len(self._content)
            at += size
        if at + length > len(self._content):
            raise ValueError("cut off")
        return tag, at, at + length


def without_pgp_signature(text: str) -> tuple[str, bool]:
    """(text without the lines of a clear signature, whether there was one)."""
    if "-----BEGIN PGP SIGNED MESSAGE-----" not in text:
        return text, False
    opened, count = _SIGNED.subn("", text)
    if not count:
        return text, False
    for _ in range(_SIGNATURES):
        begin = opened.find(_SIGNATURE_BEGINS)
        if begin < 0:
            break
        end = opened.find(_SIGNATURE_ENDS, begin, begin + _LONGEST_SIGNATURE)
        if end >= 0:
            after = end + len(_SIGNATURE_ENDS)
        else:  # cut off: only what can be nothing else goes
            armour = _ARMOUR.match(opened, begin + len(_SIGNATURE_BEGINS) + 1)
            after = armour.end() if armour else begin + len(_SIGNATURE_BEGINS)
        opened = opened[:begin] + opened[after:].removeprefix("\n")
    return re.sub(r"^- (?=-)", "", opened, flags=re.MULTILINE).strip("\n"), True


def split_pgp_message(text: str) -> tuple[str, str]:
    """(text without the first encrypted message in it, that message; '' when there is none)."""
    begin = _MESSAGE.search(text) if "-----BEGIN PGP MESSAGE-----" in text else None
    if begin is None:
        return text, ""
    end = _MESSAGE_END.search(text, begin.end())
    stop = end.end() if end else len(text)
    return text[: begin.start()] + text[stop:], text[begin.start() : stop]
