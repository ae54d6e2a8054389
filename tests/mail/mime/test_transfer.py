from base64 import b64encode
from binascii import b2a_uu

import pytest

from chalicelib.mail.mime.transfer import from_base64, from_transfer


@pytest.mark.parametrize("name", ["base64", "BASE64;", '"base64"', "base64 (MIME)", " base64 "])
def test_an_encoding_is_known_by_its_letters(name: str) -> None:
    assert from_transfer(b"SGVsbG8=", name) == b"Hello"


@pytest.mark.parametrize("name", ["", "7bit", "8bit;", "binary", "x-rot13", "base32"])
def test_what_is_not_encoded_stays_as_it_is(name: str) -> None:
    assert from_transfer(b"SGVsbG8=\0\xff", name) == b"SGVsbG8=\0\xff"


@pytest.mark.parametrize(
    ("damaged", "content"),
    [
        (b"SGVsbG8=\r\n", b"Hello"),
        (b"SGVs bG8", b"Hello"),
        (b"SGVs!*bG8=", b"Hello"),
        (b"SGVsbG8=IHRoZXJl", b"Hello there"),
        (b"SGVsbG8==IHRoZXJl==", b"Hello there"),
        (b"SGVs=bG8=", b"Hello"),
        (b"SGVsbG8gQ", b"Hello "),
        (b"-_-_", b"\xfb\xff\xbf"),
        (b"Q", b""),
        (b"Y=Q=", b""),
        (b"====", b""),
        (b"", b""),
    ],
)
def test_damaged_base64_gives_what_can_be_read(damaged: bytes, content: bytes) -> None:
    assert from_base64(damaged) == content


def test_more_padding_than_any_program_writes_is_skipped() -> None:
    assert from_base64(b"=" * 20_000 + b64encode(b"Hello")) == b"Hello"


@pytest.mark.parametrize(
    ("line", "content"), [(b"a=", b"a"), (b"=XYb", b"=XYb"), (b"=c3=BC", b"\xc3\xbc"), (b"a=\r\nb", b"ab")]
)
def test_damaged_quoted_printable_gives_what_can_be_read(line: bytes, content: bytes) -> None:
    assert from_transfer(line, "quoted-printable") == content


def test_a_uuencoded_file_ends_at_its_end() -> None:
    lines = b"begin 644 a.txt\r\n" + b2a_uu(b"x" * 45) + b2a_uu(b"Hello") + b"`\r\nend\r\n" + b2a_uu(b"more")

    assert from_transfer(lines, "x-uuencode") == b"x" * 45 + b"Hello"


def test_a_uuencoded_line_that_is_padded_wrongly_is_read_by_its_length() -> None:
    assert from_transfer(b2a_uu(b"Hello").rstrip() + b"~~~~\n", "uuencode") == b"Hello"


def test_lines_that_are_no_uuencode_are_left_out() -> None:
    assert from_transfer(b"\xff\xfe\n" + b"M" * 500 + b"\n" + b2a_uu(b"Hello"), "uuencode") == b"Hello"
