"""Bytes to text, whatever the label says.

Labels are read as browsers read them (WHATWG Encoding): the wider encoding of the same family, because that
is what senders mean. Only codecs of this table are ever used, so no label reaches `punycode`, `zlib` or a
slow codec.
"""

import re

_FAMILIES = {
    "utf-8": "utf8 utf-8 unicode-1-1-utf-8 utf8mb4",
    "utf-7": "utf-7 unicode-1-1-utf-7 x-unicode-2-0-utf-7",
    "utf-16": "utf-16 ucs-2 iso-10646-ucs-2",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "cp1252": "us-ascii ascii ansi_x3.4-1968 646 iso-8859-1 iso8859-1 iso_8859-1 iso88591 "
    "latin1 latin-1 l1 cp819 "
    "cp1252 windows-1252 x-cp1252 ansi",
    "cp1250": "cp1250 windows-1250 x-cp1250",
    "cp1251": "cp1251 windows-1251 x-cp1251 win-1251",
    "cp1253": "cp1253 windows-1253",
    "cp1254": "cp1254 windows-1254 iso-8859-9 iso8859-9 latin5",
    "cp1255": "cp1255 windows-1255",
    "cp1256": "cp1256 windows-1256",
    "cp1257": "cp1257 windows-1257",
    "cp1258": "cp1258 windows-1258",
    "cp437": "cp437 ibm437",
    "cp850": "cp850 ibm850",
    "cp866": "cp866 ibm866",
    "cp874": "windows-874 cp874 tis-620 iso-8859-11",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2 l2",
    "iso8859-3": "iso-8859-3 latin3",
    "iso8859-4": "iso-8859-4 latin4",
    "iso8859-5": "iso-8859-5 iso8859-5 cyrillic",
    "iso8859-6": "iso-8859-6 arabic",
    "iso8859-7": "iso-8859-7 iso8859-7 greek",
    "iso8859-8": "iso-8859-8 iso-8859-8-i iso-8859-8-e hebrew",
    "iso8859-10": "iso-8859-10 latin6",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14",
    "iso8859-15": "iso-8859-15 iso8859-15 latin9 latin-9",
    "iso8859-16": "iso-8859-16",
    "koi8-r": "koi8-r koi8 koi",
    "koi8-u": "koi8-u koi8-ru",
    "mac-roman": "macintosh mac x-mac-roman macroman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "gb18030": "gb18030 gb2312 gbk cp936 ms936 windows-936 x-gbk chinese gb_2312-80 euc-cn",
    "hz": "hz-gb-2312 hz",
    "big5hkscs": "big5 big5-hkscs big-5 cn-big5 x-x-big5 csbig5",
    "cp932": "shift_jis shift-jis sjis x-sjis ms932 windows-31j cp932 ms_kanji",
    "euc_jp": "euc-jp x-euc-jp eucjp",
    "iso2022_jp": "iso-2022-jp csiso2022jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms cp50220 cp50221",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601 ks_c_5601-1989 ksc5601 korean cp949 windows-949 uhc",
}
_CODECS = {label: codec for codec, labels in _FAMILIES.items() for label in labels.split()}
_ESCAPING = {
    "iso2022_jp",
    "iso2022_kr",
    "hz",
    "utf-7",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
}  # ASCII bytes, other text
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_ESCAPES = 100_000  # escape sequences followed in one text
_LABEL_NOISE = re.compile(r"[^a-z0-9._:-]+")
# C0 except tab and newline, DEL, C1, bidi controls that turn text round, lone surrogates, byte order marks
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def codec_for(label: str | None) -> str | None:
    """The Python codec for a declared charset; None when the label says nothing we know."""
    return _CODECS.get(_LABEL_NOISE.sub("", (label or "").lower()).split(":")[0])


def decode(data: bytes, label: str | None = None) -> tuple[str, str | None]:
    """Text of some bytes, and a warning when the label was wrong or missing. Never raises."""
    for bom, utf in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(utf, "replace"), None
    declared = codec_for(label)
    if declared not in _ESCAPING and data.isascii():
        return data.decode("ascii"), None
    for codec in dict.fromkeys((declared, "utf-8")):
        if codec is None:
            continue
        try:
            return data.decode(codec), None if codec == declared else f"charset: {label or 'none'} read as utf-8"
        except UnicodeError:
            if codec == "iso2022_jp" and data.isascii():
                break
    fallback = declared if declared not in (None, "utf-8") else "cp1252"
    if declared == "utf-8" and _mostly_utf8(data):
        fallback = "utf-8"
    if declared == "iso2022_jp":
        return _iso2022_jp(data), "charset: iso-2022-jp repaired"
    return data.decode(fallback or "cp1252", "replace"), f"charset: {label or 'none'} read as {fallback}"


def clean(text: str) -> str:
    """Text without NUL, control and direction-turning characters, with newlines for all line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSAFE.sub("", text)


def _mostly_utf8(data: bytes) -> bool:
    lost = data.decode("utf-8", "replace").count("\ufffd")
    high = sum(byte > 127 for byte in data[:100_000])
    return lost * 4 < high


def _iso2022_jp(data: bytes) -> str:
    """ISO-2022-JP as it is really sent, with NEC rows, half-width kana and bare Shift_JIS: all in cp932."""
    out = []
    for index, run in enumerate(data.split(b"\x1b", _ESCAPES)):
        escape, rest = run[:2], run[2:]
        if index and escape in (b"$B", b"$@"):
            out.append(_jis_rows(rest))
        elif index and escape == b"(I":
            out.append(bytes(byte | 0x80 for byte in rest))
        else:
            out.append(rest if index and escape[:1] == b"(" else run)
    return b"".join(out).decode("cp932", "replace")


def _jis_rows(data: bytes) -> bytes:
    out = bytearray()
    for at in range(0, len(data) - 1, 2):
        row, cell = data[at], data[at + 1]
        if not (0x21 <= row <= 0x7E and 0x21 <= cell <= 0x7E):
            return bytes(out) + data[at:]
        lead = (row - 0x21 >> 1) + 0x81
        out.append(lead + 0x40 if lead > 0x9F else lead)
        out.append(cell + (0x7E if row % 2 == 0 else 0x1F if cell < 0x60 else 0x20))
    return bytes(out)
