"""Bytes to text, whatever the label says.

Labels are read as browsers read them (WHATWG Encoding): the wider encoding of the same family, because that
is what senders mean. Only codecs of this table are ever used, so no label reaches `punycode`, `zlib` or a
slow codec. Where mail knows more than browsers the table goes on: HZ and ISO-2022-KR and -CN are read.
"""

import re

_FAMILIES = {
    "utf-8": "utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf8mb4 cp65001",
    "ascii": "us-ascii ascii ansi_x3.4-1968 ansi_x3.4-1986 646 iso646-us iso_646.irv csascii",
    "utf-7": "utf-7 unicode-1-1-utf-7 x-unicode-2-0-utf-7 csunicode11utf7",
    "utf-16": "utf-16 ucs-2 iso-10646-ucs-2 unicode csunicode",
    "utf-16-le": "utf-16le unicodefeff",
    "utf-16-be": "utf-16be unicodefffe",
    "cp1252": "iso-8859-1 latin1 latin-1 l1 cp819 ibm819 iso-ir-100 csisolatin1 windows-1252 cp1252 "
    "x-cp1252 win-1252 ansi",
    "cp1250": "windows-1250 cp1250 x-cp1250 win-1250",
    "cp1251": "windows-1251 cp1251 x-cp1251 win-1251",
    "cp1253": "windows-1253 cp1253 x-cp1253 win-1253",
    "cp1254": "windows-1254 cp1254 x-cp1254 win-1254 iso-8859-9 latin5 l5 iso-ir-148 csisolatin5",
    "cp1255": "windows-1255 cp1255 x-cp1255 win-1255",
    "cp1256": "windows-1256 cp1256 x-cp1256 win-1256",
    "cp1257": "windows-1257 cp1257 x-cp1257 win-1257",
    "cp1258": "windows-1258 cp1258 x-cp1258 win-1258",
    "cp437": "ibm437 cp437 437 cspc8codepage437",
    "cp850": "ibm850 cp850 850 cspc850multilingual",
    "cp852": "ibm852 cp852 852 cspcp852",
    "cp858": "ibm00858 cp858 858",
    "cp866": "ibm866 cp866 866 csibm866",
    "cp874": "windows-874 cp874 dos-874 tis-620 iso-8859-11",
    "iso8859-2": "iso-8859-2 latin2 l2 iso-ir-101 csisolatin2",
    "iso8859-3": "iso-8859-3 latin3 l3 iso-ir-109 csisolatin3",
    "iso8859-4": "iso-8859-4 latin4 l4 iso-ir-110 csisolatin4",
    "iso8859-5": "iso-8859-5 cyrillic iso-ir-144 csisolatincyrillic",
    "iso8859-6": "iso-8859-6 iso-8859-6-e iso-8859-6-i arabic asmo-708 ecma-114 iso-ir-127 csiso88596e csiso88596i "
    "csisolatinarabic",
    "iso8859-7": "iso-8859-7 greek greek8 ecma-118 elot_928 sun_eu_greek iso-ir-126 csisolatingreek",
    "iso8859-8": "iso-8859-8 iso-8859-8-e iso-8859-8-i hebrew visual logical iso-ir-138 csiso88598e csiso88598i "
    "csisolatinhebrew",
    "iso8859-10": "iso-8859-10 latin6 l6 iso-ir-157 csisolatin6",
    "iso8859-13": "iso-8859-13 latin7",
    "iso8859-14": "iso-8859-14 latin8 iso-ir-199",
    "iso8859-15": "iso-8859-15 latin9 latin-9 l9 csisolatin9",
    "iso8859-16": "iso-8859-16 latin10",
    "koi8-r": "koi8-r koi8 koi cskoi8r",
    "koi8-u": "koi8-u koi8-ru",
    "mac-roman": "macintosh mac x-mac-roman macroman csmacintosh",
    "mac-latin2": "x-mac-ce x-mac-centraleurroman",
    "mac-cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "mac-greek": "x-mac-greek",
    "mac-turkish": "x-mac-turkish",
    "gb18030": "gb18030 gb2312 gbk cp936 ms936 windows-936 x-gbk chinese gb_2312-80 euc-cn x-euc-cn iso-ir-58 csgb2312 "
    "csiso58gb231280 csgb18030",
    "hz": "hz-gb-2312 hz",
    "iso2022_cn": "iso-2022-cn iso-2022-cn-ext",
    "big5hkscs": "big5 big5-hkscs cn-big5 x-x-big5 csbig5 cp950 windows-950",
    "cp932": "shift_jis sjis x-sjis ms932 windows-31j cp932 windows-932 ms_kanji csshiftjis cswindows31j",
    "euc_jp": "euc-jp x-euc-jp eucjp ujis cseucpkdfmtjapanese",
    "iso2022_jp": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2 iso-2022-jp-3 iso-2022-jp-ms csiso2022jp jis cp50220 "
    "cp50221 cp50222",
    "iso2022_kr": "iso-2022-kr csiso2022kr",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601-1989 ks_c_5601 ksc5601 ksc_5601 korean iso-ir-149 cp949 windows-949 "
    "ms949 uhc cseuckr csksc56011987",
    "johab": "johab ks_c_5601-1992 cp1361",
}
_NOT_LABEL = re.compile(r"[^a-z0-9]+")
_CODECS = {_NOT_LABEL.sub("", label): codec for codec, labels in _FAMILIES.items() for label in labels.split()}
_ESCAPING = {"iso2022_jp", "iso2022_kr", "iso2022_cn", "hz", "utf-7", "utf-16", "utf-16-le", "utf-16-be"}  # in ASCII
_WIDE = {*_ESCAPING, "utf-8", "gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "johab"}
_RELATIVES = {  # tried when the codec itself cannot read everything
    "big5hkscs": ("cp950",),
    "euc_jp": ("euc_jis_2004",),
    "iso2022_jp": ("iso2022_jp_2", "iso2022_jp_ext"),
}
_SHIFTED = {"iso2022_kr": "cp949", "iso2022_cn": "gb18030"}  # the 8-bit form of the same rows
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_RUNS = 100_000  # changes of the character set followed in one text
_SAMPLE = 100_000  # bytes that decide whether a codec fits
_DETECTED = (
    *("cp1252", "cp1250", "iso8859_2", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp874"),
    *("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949"),
)
_DETECTOR_LEAST, _DETECTOR_MOST = 60, 20_000  # non-ASCII bytes needed, bytes shown
_HIRAGANA = re.compile("[\u3041-\u3096]")
# C0 except tab and newline, DEL, C1, bidi controls that turn text round, byte order marks, lone surrogates
_UNSAFE_RANGES = (
    (0, 8),
    (0x0B, 0x1F),
    (0x7F, 0x9F),
    (0x202A, 0x202E),
    (0x2066, 0x2069),
    (0xFEFF,) * 2,
    (0xD800, 0xDFFF),
)
_UNSAFE: dict[int, str | None] = {code: None for first, last in _UNSAFE_RANGES for code in range(first, last + 1)}
_UNSAFE |= dict.fromkeys((0x85, 0x2028, 0x2029), "\n")
_NEEDS_CLEANING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHIFT = re.compile(rb"\x0e([^\x0f\n]*+)\x0f?|\x1b\$[)*+][A-Z]|\x0f")
_HIGH = bytes(byte | 0x80 if 0x21 <= byte <= 0x7E else byte for byte in range(256))
_JIS_RUN = re.compile(rb"\x1b\$[@B]((?:[\x21-\x7e]{2})*+)")
_KANA_RUN = re.compile(rb"\x1b\(I([\x21-\x5f]*+)")
_DESIGNATION = re.compile(rb"\x1b\([A-Z]")


def codec_for(label: str | None) -> str | None:
    """The Python codec for a declared charset; None when the label says nothing we know.

    Signs around and within the label do not count: `"utf8"`, `ISO_8859-1:1987`, `utf-8 (no-break space)`.
    """
    if not label:
        return None
    text = label[:100].lower().rpartition("=")[2]
    words = re.split(r"[\s:;,(*]+", text)
    return next((codec for word in (text, *words) if (codec := _CODECS.get(_NOT_LABEL.sub("", word)))), None)


def decode(
    data: bytes, label: str | None = None, elsewhere: str | None = None, *, detect: bool = False
) -> tuple[str, str | None]:
    """Text of some bytes, and a warning when the label was wrong or missing. Never raises.

    `elsewhere`: a charset that another part of the mail names. `detect`: guess by the looks of the bytes
    when nothing else fits; it takes some 20 ms, so the caller bounds how often.
    """
    for bom, utf in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(utf, "replace"), None
    declared = codec_for(label)
    if data.isascii():
        codecs = _of_ascii(data, declared)
    elif declared in _WIDE:
        codecs = (declared, *_RELATIVES.get(declared, ()), "utf-8")
    else:  # text of one byte a character is never UTF-8 by chance
        codecs = ("utf-8", declared) if declared else ("utf-8",)
    for codec in codecs:
        if (text := _strictly(data, codec)) is not None:
            expected = codec == "ascii" or codec in (declared, *_RELATIVES.get(declared or "", ()))
            return text, None if expected else f"charset: {(label or 'none')[:40]} read as {codec}"
    guess = codecs[0] if data.isascii() else _guess(data, declared, elsewhere, detect=detect)
    return _loosely(data, guess), f"charset: {(label or 'none')[:40]} read as {guess}"


def clean(text: str) -> str:
    """Text without NUL, control and direction-turning characters, with newlines for all line ends."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.translate(_UNSAFE) if _NEEDS_CLEANING.search(text) else text


def _of_ascii(data: bytes, declared: str | None) -> tuple[str, ...]:
    """What ASCII bytes may be: themselves, or one of the encodings that write other text with them."""
    if declared == "utf-7":
        return "utf-7", "ascii"
    if declared in ("utf-16", "utf-16-le", "utf-16-be"):
        return (declared,) if b"\0" in data else ("ascii",)
    if declared not in _ESCAPING and b"\x1b" in data:  # the sequences speak for themselves
        signs = {b"\x1b$B": "iso2022_jp", b"\x1b$@": "iso2022_jp", b"\x1b$)C": "iso2022_kr", b"\x1b$)A": "iso2022_cn"}
        declared = next((codec for sign, codec in signs.items() if sign in data), None)
    if declared not in _ESCAPING:
        return ("ascii",)
    return declared, *_RELATIVES.get(declared, ())


def _strictly(data: bytes, codec: str) -> str | None:
    if codec in _SHIFTED:
        data, codec = _unshifted(data), _SHIFTED[codec]
    try:
        return data.decode(_byte_order(data) if codec == "utf-16" else codec)
    except UnicodeError:
        return None


def _loosely(data: bytes, codec: str) -> str:
    if codec == "iso2022_jp":
        return _iso2022_jp(data)
    if codec in _SHIFTED:
        data, codec = _unshifted(data), _SHIFTED[codec]
    return data.decode(_byte_order(data) if codec == "utf-16" else codec, "replace")


def _guess(data: bytes, declared: str | None, elsewhere: str | None, *, detect: bool) -> str:
    """The codec for bytes that none fits: the first that loses little."""
    if declared in _ESCAPING:
        return declared
    for codec in dict.fromkeys(c for c in (declared, "utf-8") if c):
        if _mostly(data, codec):
            return codec
    named = codec_for(elsewhere)
    if named and named not in _ESCAPING and _strictly(data, named) is not None:
        return named
    found = _detected(data[:_DETECTOR_MOST]) if detect else None
    return found or (declared if declared not in (None, "utf-8", "ascii") else "cp1252")


def _mostly(data: bytes, codec: str) -> bool:
    sample = data[:_SAMPLE]
    return sample.decode(codec, "replace").count("\ufffd") * 4 < _high(sample)


def _high(data: bytes) -> int:
    """How many bytes are not ASCII."""
    return len(data.translate(None, bytes(range(128))))


def _detected(sample: bytes) -> str | None:
    """The charset by the looks of the bytes, one of `_DETECTED`; None for too little or for no language."""
    if _high(sample) < _DETECTOR_LEAST:
        return None
    for codec in ("cp932", "euc_jp"):  # kana tell Japanese better than statistics do
        text = sample.decode(codec, "ignore")
        if _mostly(sample, codec) and len(_HIRAGANA.findall(text)) * 6 > sum(c > "\x7f" for c in text):
            return codec
    from charset_normalizer import from_bytes

    matches = from_bytes(sample, cp_isolation=list(_DETECTED), enable_fallback=False, preemptive_behaviour=False)
    best = matches.best()
    if best is None:
        return None
    western = any(m.encoding == "cp1252" and m.coherence > best.coherence - 0.1 for m in matches)
    return "cp1252" if western and best.encoding in ("cp1250", "iso8859_2", "cp1254") else best.encoding


def _byte_order(data: bytes) -> str:
    """UTF-16 without a mark: Latin letters, blanks and line ends have a zero byte, and its place tells."""
    sample = data[:_SAMPLE]
    return "utf-16-be" if sample[0::2].count(0) > sample[1::2].count(0) else "utf-16-le"


def _unshifted(data: bytes) -> bytes:
    """ISO-2022-KR or -CN in their 8-bit form: what stands between SO and SI gets its high bit."""
    return _SHIFT.sub(lambda match: (match[1] or b"").translate(_HIGH), data, count=_RUNS)


def _iso2022_jp(data: bytes) -> str:
    """ISO-2022-JP as it is really sent, with NEC rows, half-width kana and bare Shift_JIS: all in cp932."""
    pieces = _JIS_RUN.split(data, _RUNS)  # what stands between the runs, and by turns their pairs
    rows = _as_shift_jis(b"".join(pieces[1::2]))
    at = 0
    for number in range(1, len(pieces), 2):
        end = at + len(pieces[number])
        pieces[number] = rows[at:end]
        at = end
    joined = _KANA_RUN.sub(lambda match: match[1].translate(_HIGH), b"".join(pieces), count=_RUNS)
    return _DESIGNATION.sub(b"", joined, count=2 * _RUNS).decode("cp932", "replace")


def _as_shift_jis(pairs: bytes) -> bytes:
    """Rows and cells of JIS X 0208 as Shift_JIS: odd and even rows share a lead byte and part the trail bytes."""
    rows, cells = pairs[0::2], pairs[1::2]
    odd = int.from_bytes(rows.translate(_ODD_MASK), "big")  # one mask for all pairs, not one step for each
    even = int.from_bytes(b"\xff" * len(rows), "big") ^ odd
    trails = int.from_bytes(cells.translate(_ODD_TRAIL), "big") & odd
    trails |= int.from_bytes(cells.translate(_EVEN_TRAIL), "big") & even
    out = bytearray(len(pairs))
    out[0::2] = rows.translate(_LEAD)
    out[1::2] = trails.to_bytes(len(rows), "big")
    return bytes(out)


def _table(change: dict[int, int]) -> bytes:
    return bytes(change.get(byte, byte) for byte in range(256))


_JIS = range(0x21, 0x7F)
_LEAD = _table({row: (row - 0x21 >> 1) + (0x81 if row < 0x5F else 0xC1) for row in _JIS})
_ODD_MASK = bytes(0xFF if byte % 2 else 0 for byte in range(256))
_ODD_TRAIL = _table({cell: cell + (0x1F if cell < 0x60 else 0x20) for cell in _JIS})
_EVEN_TRAIL = _table({cell: cell + 0x7E for cell in _JIS})
