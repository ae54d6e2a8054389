import struct
from base64 import b64encode

import pytest

from chalicelib.mail.mime.tnef import unpack
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter, multipart, part

MAIL, FILE = 1, 2
STRING, UNICODE, BINARY, LONG, OBJECT = 0x1E, 0x1F, 0x102, 3, 0x0D


def package(*attributes: bytes) -> bytes:
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(attributes)


def attribute(level: int, identity: int, content: bytes) -> bytes:
    return struct.pack("<BHHI", level, identity, 0, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def properties(*found: bytes) -> bytes:
    return struct.pack("<I", len(found)) + b"".join(found)


def property_(kind: int, identity: int, content: bytes) -> bytes:
    if kind == LONG:
        return struct.pack("<HH", kind, identity) + content
    padded = content + bytes(-len(content) % 4)
    return struct.pack("<HHII", kind, identity, 1, len(content)) + padded


def a_file(name: bytes = b"a.pdf\0", content: bytes = b"%PDF", *more: bytes) -> bytes:
    return (
        attribute(FILE, 0x9002, bytes(14))
        + attribute(FILE, 0x8010, name)
        + attribute(FILE, 0x800F, content)
        + b"".join(more)
    )


CHINESE = attribute(MAIL, 0x9007, struct.pack("<II", 936, 0))


def test_text_page_and_files_are_unpacked() -> None:
    body = properties(
        property_(LONG, 0x3FDE, struct.pack("<I", 65001)),
        property_(UNICODE, 0x1000, "Grüße\0".encode("utf-16-le")),
        property_(BINARY, 0x1013, "<p>Grüße</p>".encode()),
    )

    found = unpack(package(attribute(MAIL, 0x9003, body), a_file()))

    assert found
    assert (found.text, found.html, found.whole) == ("Grüße", "<p>Grüße</p>", True)
    assert [(file.name, file.content) for file in found.files] == [("a.pdf", b"%PDF")]


def test_the_long_name_type_and_content_id_of_a_file_are_read() -> None:
    told = properties(
        property_(STRING, 0x3707, "报告.PDF\0".encode("gbk")),
        property_(STRING, 0x370E, b"Application/PDF\0"),
        property_(UNICODE, 0x3712, "img@x\0".encode("utf-16-le")),
    )

    found = unpack(package(CHINESE, a_file(b"REPORT~1.PDF\0", b"x", attribute(FILE, 0x9005, told))))

    assert found
    assert (found.files[0].name, found.files[0].type, found.files[0].content_id) == (
        "报告.PDF",
        "application/pdf",
        "img@x",
    )


def test_named_and_multiple_properties_are_passed_over() -> None:
    name = "x\0".encode("utf-16-le")
    named = struct.pack("<HH", LONG, 0x8001) + bytes(16) + struct.pack("<II", 1, len(name)) + name + bytes(4)
    numbered = struct.pack("<HH", LONG, 0x8002) + bytes(16) + struct.pack("<II", 0, 7) + bytes(4)
    several = struct.pack("<HHI", 0x1000 | LONG, 0x4000, 2) + bytes(8)

    found = unpack(
        package(attribute(MAIL, 0x9003, properties(named, numbered, several, property_(STRING, 0x1000, b"words\0"))))
    )

    assert found
    assert (found.text, found.whole) == ("words", True)


@pytest.mark.parametrize(
    "data",
    [
        package(attribute(MAIL, 0x9003, struct.pack("<I", 0xFFFFFFFF) + bytes(8))),
        package(attribute(MAIL, 0x9003, struct.pack("<IHHI", 1, 0x1000 | LONG, 1, 0xFFFFFFFF))),
        package(attribute(MAIL, 0x9003, struct.pack("<IHHI", 1, STRING, 1, 0xFFFFFFFF))),
        package(attribute(MAIL, 0x9003, struct.pack("<IHH", 1, 0x99, 1) + bytes(90))),
        package(attribute(MAIL, 0x8005, b"") * 20_000),
        package(attribute(FILE, 0x9002, b"") * 500),
        package(a_file())[:-9],
        package(b"\x07" * 50),
    ],
    ids=["properties", "values", "strings", "unknown type", "attributes", "files", "cut off", "no level"],
)
def test_what_cannot_be_read_to_its_end_is_told(data: bytes) -> None:
    found = unpack(data)

    assert found
    assert not found.whole


@pytest.mark.parametrize("data", [b"", b"\x78\x9f", b"PK\x03\x04" + bytes(50), bytes(20 * 1024 * 1024 + 1)])
def test_what_is_no_package_is_not_unpacked(data: bytes) -> None:
    assert unpack(data) is None


def winmail(content: bytes) -> str:
    return part("application/ms-tnef", b64encode(content).decode(), "Content-Transfer-Encoding: base64")


def raw_letter(content: bytes) -> bytes:
    return letter(content, Content_Type="application/ms-tnef", Content_Transfer_Encoding="8bit")


def test_a_mail_that_is_only_a_package_shows_its_letter_and_files() -> None:
    mail = parse_mail(raw_letter(package(attribute(MAIL, 0x800C, b"Where is it?\0"), a_file())))

    assert mail.text == "Where is it?"
    assert [(a.name, a.type, a.size) for a in mail.attachments] == [("a.pdf", "application/pdf", 4)]


def test_a_packed_page_becomes_the_page_of_the_mail() -> None:
    page = attribute(MAIL, 0x9003, properties(property_(BINARY, 0x1013, b"<p>Where is <b>it</b>?</p>")))

    mail = parse_mail(raw_letter(package(page)))

    assert (mail.text, mail.html) == ("Where is it?", "<p>Where is <b>it</b>?</p>")


def test_the_letter_beside_a_package_is_the_letter() -> None:
    packed = package(attribute(MAIL, 0x800C, b"packed\0"), a_file(content=b"abc"))

    mail = parse_mail(multipart("mixed", part("text/plain", "beside"), winmail(packed)))

    assert mail.text == "beside"
    assert [a.name for a in mail.attachments] == ["a.pdf"]


@pytest.mark.parametrize(
    "packed",
    [
        b"no package at all",
        package(attribute(MAIL, 0x9003, properties(property_(BINARY, 0x1009, b"LZFu")))),
        package(a_file())[:-9],
    ],
    ids=["damaged", "only rtf", "cut off"],
)
def test_a_package_that_was_not_read_whole_is_kept_with_a_warning(packed: bytes) -> None:
    mail = parse_mail(raw_letter(packed))

    assert "winmail.dat" in [a.name for a in mail.attachments]
    assert "winmail.dat: not read, or not all of it" in mail.warnings
