from binascii import b2a_uu

import pytest

from chalicelib.mail.mime.uuencoded import EncodedFile, split_files
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter

CONTENT = bytes(range(256)) * 2


def encoded(content: bytes = CONTENT, name: str = "photo.jpg") -> bytes:
    lines = b"".join(b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return f"begin 644 {name}\n".encode() + lines + b"`\nend\n"


def test_a_file_leaves_the_text() -> None:
    text, files = split_files(b"before\n" + encoded() + b"after\n")

    assert text == b"before\nafter\n"
    assert files == [EncodedFile(b"photo.jpg", CONTENT)]


def test_several_files_are_told_apart() -> None:
    _, files = split_files(encoded(b"one", "1.txt") + b"\n" + encoded(b"two", "2.txt"))

    assert files == [EncodedFile(b"1.txt", b"one"), EncodedFile(b"2.txt", b"two")]


def test_a_file_that_breaks_off_gives_what_there_is() -> None:
    text, files = split_files(b"before\n" + encoded()[:200])

    assert text == b"before\n"
    assert CONTENT.startswith(files[0].content[:90])
    assert len(files[0].content) >= 90


def test_words_within_a_damaged_file_stay_text() -> None:
    lines = encoded().splitlines(keepends=True)

    text, files = split_files(b"".join([*lines[:3], b"[line lost by a gateway]\n", *lines[4:], b"after\n"]))

    assert text == b"[line lost by a gateway]\nafter\n"
    assert len(files[0].content) == len(CONTENT) - 45


def test_words_after_a_file_without_an_end_stay_text() -> None:
    text, _ = split_files(encoded().removesuffix(b"`\nend\n") + b"Kind regards\nAnn Lee\n")

    assert text == b"Kind regards\nAnn Lee\n"


@pytest.mark.parametrize(
    "prose",
    [
        b"begin 644 in that chapter\nand read on",
        b"begin 644 times\n\n\nand again",
        b"begin 644 x",
        b"begin 644 x\n!!!\nWhat a day\n",
        b"begin 644 x\nend\n",
        b"Please begin 644 x\n" + encoded().partition(b"\n")[2],
    ],
)
def test_who_only_writes_of_beginning_keeps_her_words(prose: bytes) -> None:
    assert split_files(prose) == (prose, [])


def test_a_file_within_the_text_becomes_an_attachment() -> None:
    mail = parse_mail(letter(b"see below\n\n" + encoded() + b"\nAnn"))

    (attachment,) = mail.attachments
    assert mail.text == "see below\n\n\nAnn"
    assert (attachment.name, attachment.type, attachment.content) == ("photo.jpg", "image/jpeg", CONTENT)
