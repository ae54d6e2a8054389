"""What Outlook packs into winmail.dat: the letter and its files (MS-OXTNEF).

Read in one pass over the bytes, and nothing is expanded: compressed RTF and mails within stay closed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.mail.mime.charsets import clean, decode

_SIGNATURE = 0x223E9F78
_LARGEST = 20 * 1024 * 1024  # bytes
_TAIL = 2  # bytes: a line end
_ATTRIBUTES, _FILES, _VALUES = 10_000, 200, 20_000

# Attributes (MS-OXTNEF 2.1.3.2) and properties (MS-OXPROPS) by number.
_BODY, _FILE_CONTENT, _FILE_TITLE, _FILE_BEGINS = 0x800C, 0x800F, 0x8010, 0x9002
_MAIL_PROPERTIES, _FILE_PROPERTIES, _CODE_PAGE = 0x9003, 0x9005, 0x9007
_TEXT, _RTF, _HTML, _HTML_CODE_PAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_OBJECT, _SHORT_NAME, _LONG_NAME, _MIME_TYPE, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712

_MULTIPLE, _NAMED = 0x1000, 0x8000
_SIZES = {2: 4, 3: 4, 4: 4, 10: 4, 11: 4, 5: 8, 6: 8, 7: 8, 20: 8, 64: 8, 72: 16}  # padded, by type
_STRING, _UNICODE = 0x1E, 0x1F
_COUNTED = frozenset((0x0D, _STRING, _UNICODE, 0x0102))
_CODE_PAGES = {
    932: "shift_jis",
    936: "gbk",
    949: "euc-kr",
    950: "big5",
    20127: "us-ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    28591: "iso-8859-1",
    28592: "iso-8859-2",
    28605: "iso-8859-15",
    50220: "iso-2022-jp",
    50221: "iso-2022-jp",
    51932: "euc-jp",
    54936: "gb18030",
    65001: "utf-8",
}

Value = bytes | str | int


@dataclass(slots=True)
class PackedFile:
    name: str = ""
    type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Package:
    text: str = ""
    html: str = ""
    files: list[PackedFile] = field(default_factory=list)
    whole: bool = True  # everything of interest was read
    values_left: int = _VALUES  # that may still be read


def unpack(data: bytes) -> Package | None:
    """None when this is no TNEF or too large; a damaged one gives what stands before the damage."""
    if len(data) > _LARGEST or len(data) < 6 or _number(data, 0, 4) != _SIGNATURE:
        return None
    package = Package()
    code_page = "cp1252"
    rtf = False
    for identity, value in _attributes(data, package):
        if identity == _CODE_PAGE and len(value) >= 4:
            code_page = _charset(_number(value, 0, 4))
        elif identity == _BODY:
            package.text = package.text or _string(value, code_page)
        elif identity == _MAIL_PROPERTIES:
            found = dict(_properties(value, code_page, package))
            package.text = _letter(found, _TEXT, code_page) or package.text
            package.html = _letter(found, _HTML, code_page) or package.html
            rtf = rtf or _RTF in found
        elif identity == _FILE_BEGINS:
            if len(package.files) == _FILES:
                package.whole = False
                break
            package.files.append(PackedFile())
        elif package.files:
            _add_to(package.files[-1], identity, value, code_page, package)
    if rtf and not (package.text or package.html):
        package.whole = False
    return package


def _add_to(file: PackedFile, identity: int, value: bytes, code_page: str, package: Package) -> None:
    if identity == _FILE_TITLE:
        file.name = file.name or _string(value, code_page)
    elif identity == _FILE_CONTENT:
        file.content = value
    elif identity == _FILE_PROPERTIES:
        found = dict(_properties(value, code_page, package))
        file.name = _word(found, _LONG_NAME) or file.name or _word(found, _SHORT_NAME)
        file.type = _word(found, _MIME_TYPE).lower()
        file.content_id = _word(found, _CONTENT_ID)
        content = found.get(_OBJECT)
        if isinstance(content, bytes) and not file.content:
            file.content = content[16:]  # after the id of its interface: a mail, or an object of another program


def _attributes(data: bytes, package: Package) -> Iterator[tuple[int, bytes]]:
    """(number, content) one after the other; of one that is cut off, what there is."""
    at = 6
    for _ in range(_ATTRIBUTES):
        if at + 9 > len(data):
            package.whole = package.whole and at + _TAIL >= len(data)
            return
        level, identity, length = data[at], _number(data, at + 1, 2), _number(data, at + 5, 4)
        if level not in (1, 2):
            package.whole = False
            return
        content = data[at + 9 : at + 9 + length]
        if len(content) < length:
            package.whole = False
        yield identity, content
        at += 9 + length + 2  # a checksum
    package.whole = False


def _properties(data: bytes, code_page: str, package: Package) -> Iterator[tuple[int, Value]]:
    """(number, first value); stops at the first that cannot be read."""
    at = 4
    for _ in range(_number(data, 0, 4) if len(data) >= 4 else 0):  # may say billions: the data ends before
        if at + 4 > len(data):
            package.whole = False
            return
        kind, identity = _number(data, at, 2), _number(data, at + 2, 2)
        at += 4
        try:
            if identity >= _NAMED:
                at = _after_name(data, at)
            value, at = _value(data, at, kind, code_page, package)
        except ValueError:
            package.whole = False
            return
        yield identity, value


def _after_name(data: bytes, at: int) -> int:
    """A property with a name of its own: an id of 16 bytes, then a number or a string."""
    if _number(data, at + 16, 4) == 0:
        return at + 24
    return at + 24 + _padded(_number(data, at + 20, 4))


def _value(data: bytes, at: int, kind: int, code_page: str, package: Package) -> tuple[Value, int]:
    """The first value and where the next property begins. Raises ValueError when it cannot be read."""
    several, kind = bool(kind & _MULTIPLE), kind & ~_MULTIPLE
    count = 1
    if several or kind in _COUNTED:
        count, at = _number(data, at, 4), at + 4
    package.values_left -= 1 if kind in _SIZES else count
    if package.values_left < 0:
        raise ValueError("too many")
    if kind in _SIZES:
        return _number(data, at, min(_SIZES[kind], 8)), at + count * _SIZES[kind]
    if kind not in _COUNTED:
        raise ValueError(kind)
    first: Value = b""
    for number in range(count):
        length = _number(data, at, 4)
        if not number:
            content = data[at + 4 : at + 4 + length]
            first = _text(content, kind, code_page) if kind in (_STRING, _UNICODE) else content
        at += 4 + _padded(length)
    return first, at


def _text(content: bytes, kind: int, code_page: str) -> str:
    if kind == _UNICODE:
        return content.decode("utf-16-le", "replace").partition("\0")[0]
    return _string(content, code_page)


def _string(content: bytes, code_page: str) -> str:
    return decode(content.partition(b"\0")[0], code_page)[0]


def _letter(found: dict[int, Value], identity: int, code_page: str) -> str:
    value = found.get(identity, "")
    if isinstance(value, bytes):
        declared = found.get(_HTML_CODE_PAGE)
        value = _string(value, _charset(declared) if isinstance(declared, int) else code_page)
    return value if isinstance(value, str) else ""


def _word(found: dict[int, Value], identity: int) -> str:
    value = found.get(identity, "")
    return clean(value).strip() if isinstance(value, str) else ""


def _charset(code_page: int) -> str:
    return _CODE_PAGES.get(code_page, f"windows-{code_page}")


def _number(data: bytes, at: int, size: int) -> int:
    if at + size > len(data):
        raise ValueError("cut off")
    return int.from_bytes(data[at : at + size], "little")


def _padded(length: int) -> int:
    return length + -length % 4
