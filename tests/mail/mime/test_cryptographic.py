from base64 import b64encode
from collections.abc import Callable

import pytest

from chalicelib.mail.mime.cryptographic import open_cms
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import letter, multipart, part

PKCS7 = bytes.fromhex("06092a864886f70d0107")
INNER = multipart("mixed", part("text/plain", "signed words"), part("application/pdf; name=a.pdf", "%PDF"))
ARMOURED = "-----BEGIN PGP MESSAGE-----\n\nhQEMA5c=\n=abcd\n-----END PGP MESSAGE-----\n"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v2 - fine\n\niQEzBAEB\n=abcd\n-----END PGP SIGNATURE-----\n"


def der(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    size = len(content).to_bytes(4, "big")
    return bytes([tag, 0x84]) + size + content


def in_pieces(tag: int, *contents: bytes) -> bytes:
    """With its end marked instead of its length told, as programs write that sign while they send."""
    return bytes([tag, 0x80]) + b"".join(contents) + b"\0\0"


def signed(inner: bytes) -> bytes:
    content = der(0x30, PKCS7 + b"\1", der(0xA0, der(0x04, inner)))
    return der(0x30, PKCS7 + b"\2", der(0xA0, der(0x30, b"\2\1\1", der(0x31, der(0x30, b"\5\0")), content, b"\x31\0")))


def signed_in_pieces(inner: bytes) -> bytes:
    string = in_pieces(0x24, der(0x04, inner[:9]), in_pieces(0x24, der(0x04, inner[9:])))
    content = in_pieces(0x30, PKCS7 + b"\1", in_pieces(0xA0, string))
    data = in_pieces(0x30, b"\2\1\1", in_pieces(0x31, in_pieces(0x30, b"\5\0")), content, b"\x31\0")
    return in_pieces(0x30, PKCS7 + b"\2", in_pieces(0xA0, data))


ENVELOPE = der(0x30, PKCS7 + b"\3", der(0xA0, der(0x30, b"\2\1\0")))


def smime(content: bytes, kind: str = "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m") -> bytes:
    return letter(b64encode(content), Content_Type=kind, Content_Transfer_Encoding="base64")


@pytest.mark.parametrize("wrap", [signed, signed_in_pieces])
def test_the_content_of_a_signature_is_found(wrap: Callable[[bytes], bytes]) -> None:
    assert open_cms(wrap(INNER)) == ("signed", INNER)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"0",
        b"\x30\x80" * 200_000,
        b"\x30\x84\xff\xff\xff\xff",
        signed(b""),
        signed(INNER)[:-99],
        signed_in_pieces(INNER).replace(b"\x24\x80", b"\x24\x80" + b"\x04\0" * 200_000),
        der(0x30, PKCS7 + b"\2", b"\5\0" * 200_000),
    ],
    ids=["nothing", "a byte", "depth", "length", "empty", "cut off", "pieces", "elements"],
)
def test_what_cannot_be_opened_stays_closed(content: bytes) -> None:
    assert open_cms(content) == (None, None)


@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "application/x-pkcs7-mime",
        "application/octet-stream; name=smime.p7m",
    ],
)
def test_a_mail_within_a_signature_is_read_as_the_mail(kind: str) -> None:
    mail = parse_mail(smime(signed(INNER), kind))

    assert (mail.text, mail.protection) == ("signed words", "signed")
    assert [a.name for a in mail.attachments] == ["a.pdf"]
    assert "signature: not verified" in mail.warnings


def test_signatures_within_signatures_are_opened_only_so_far() -> None:
    wrapped = INNER
    for _ in range(9):
        wrapped = smime(signed(wrapped))

    mail = parse_mail(wrapped)

    assert mail.text == ""
    assert [a.name for a in mail.attachments] == ["smime.p7m"]


@pytest.mark.parametrize(
    "raw",
    [
        smime(ENVELOPE, "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
        smime(ENVELOPE, "application/octet-stream; name=smime.p7m"),
        smime(b"damaged", "application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m"),
        multipart(
            "encrypted",
            part("application/pgp-encrypted", "Version: 1"),
            part("application/octet-stream; name=encrypted.asc", ARMOURED),
        ),
        letter(ARMOURED),
    ],
    ids=["enveloped", "unnamed", "damaged", "pgp/mime", "inline"],
)
def test_an_encrypted_mail_says_so_and_is_kept(raw: bytes) -> None:
    mail = parse_mail(raw)

    assert (mail.text, mail.protection) == ("This mail is encrypted and cannot be read here.", "encrypted")
    assert mail.attachments


def test_words_beside_an_encrypted_message_are_shown() -> None:
    mail = parse_mail(letter(f"Please decrypt:\n\n{ARMOURED}\nAnn"))

    assert (mail.text, mail.protection) == ("Please decrypt:\n\n\nAnn", "encrypted")
    assert mail.attachments[0].content.decode() == ARMOURED


def test_a_signature_beside_the_text_is_kept_as_a_file() -> None:
    mail = parse_mail(multipart("signed", part("text/plain", "words"), part("application/pgp-signature", SIGNATURE)))

    assert (mail.text, mail.protection) == ("words", "signed")
    assert [a.name for a in mail.attachments] == ["signature.asc"]


def test_the_armour_of_a_clear_signature_is_taken_off() -> None:
    head = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"

    mail = parse_mail(letter(f"{head}words\n- -- \n- - item\n{SIGNATURE}\nlist footer"))

    assert mail.text == "words\n-- \n- item\n\nlist footer"
    assert (mail.reply_text, mail.protection) == ("words", "signed")


def test_of_a_clear_signature_that_breaks_off_only_the_armour_goes() -> None:
    head = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"

    mail = parse_mail(letter(f"{head}words\n-----BEGIN PGP SIGNATURE-----\n\n{'iQEz' * 16}\nKind regards\n"))

    assert mail.text == "words\nKind regards"


def test_who_writes_of_armour_is_left_alone() -> None:
    text = "it begins with -----BEGIN PGP MESSAGE----- and so on\n> -----BEGIN PGP SIGNED MESSAGE-----\n> x"

    mail = parse_mail(letter(text))

    assert (mail.text, mail.protection) == (text, None)
