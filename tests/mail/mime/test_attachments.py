import pytest

from chalicelib.mail.mime.attachments import Attachments, safe_name
from chalicelib.mail.parse import parse_mail
from tests.mail.letters import multipart, part


@pytest.mark.parametrize(
    ("sent", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("in\u200bvo\xadice\ufe0f.pdf", "invoice.pdf"),
        ("a\0b\r\n.txt", "ab .txt"),
        ("...", ""),
        (".htaccess", "htaccess"),
        ("report.pdf. . ", "report.pdf"),
        ("invoice.pdf" + " " * 90 + ".exe", "invoice.pdf .exe"),
        ("con<>:|?*.txt", "con______.txt"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("com¹ .log", "_com¹ .log"),
        ("console.txt", "console.txt"),
        ("n" * 500 + ".pdf", "n" * 116 + ".pdf"),
        ("n" * 500, "n" * 120),
        ("=?utf-8?q?R=C3=A9sum=C3=A9=2F..=2Fx.pdf?=", "x.pdf"),
        ("发票.pdf", "发票.pdf"),
    ],
)
def test_file_names_are_made_safe(sent: str, safe: str) -> None:
    assert safe_name(sent) == safe


def test_files_of_one_name_are_told_apart() -> None:
    files = Attachments(9, [])
    for name in ("a.pdf", "A.pdf", "a.pdf", "a (2).pdf", "n" * 500 + ".pdf", "n" * 500 + ".pdf", "b"):
        files.add("application/pdf", name, b"")

    names = [a.name for a in files.all(None)]

    assert names[:4] == ["a.pdf", "A (2).pdf", "a (3).pdf", "a (2) (2).pdf"]
    assert names[4:] == ["n" * 116 + ".pdf", "n" * 112 + " (2).pdf", "b"]


@pytest.mark.parametrize(
    ("declared", "name", "kind"),
    [
        ("image/png", "", "image/png"),
        ("x" * 200 + "/y", "a.png", "application/octet-stream"),
        ("image/", "a.png", "application/octet-stream"),
        ("image/p\x00g", "", "application/octet-stream"),
        ("", "a.PNG", "image/png"),
        ("", "a", "application/octet-stream"),
    ],
)
def test_a_type_is_well_formed(declared: str, name: str, kind: str) -> None:
    files = Attachments(9, [])

    files.add(declared, name, b"")

    assert files.all(None)[0].type == kind


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pgp-signature", "signature.asc"),
        ("application/x-pkcs7-signature", "smime.p7s"),
        ("image/jpeg", "attachment-1.jpg"),
        ("application/x-foo+bar", "attachment-1.xfoobar"),
        ("application/octet-stream", "attachment-1.bin"),
    ],
)
def test_a_file_without_a_name_is_named_by_its_type(kind: str, name: str) -> None:
    mail = parse_mail(multipart("mixed", part(kind, "x", "Content-Disposition: attachment; filename=")))

    assert [a.name for a in mail.attachments] == [name]


def test_what_the_page_shows_is_inline_and_so_is_what_says_so() -> None:
    mail = parse_mail(
        multipart(
            "related",
            part("text/html", '<img src="cid:logo@x">'),
            part("image/png", "", "Content-ID: <logo@x>", "Content-Disposition: attachment"),
            part("image/png", "", "Content-Disposition: inline"),
            part("application/pdf", "", "Content-ID: <other@x>"),
        )
    )

    assert [(a.content_id, a.inline) for a in mail.attachments] == [("logo@x", True), (None, True), ("other@x", False)]


def test_no_more_files_are_kept_than_allowed() -> None:
    warnings: list[str] = []
    files = Attachments(1, warnings)

    files.add("a/b", "1", b"")
    files.add("a/b", "2", b"")

    assert [a.name for a in files.all(None)] == ["1"]
    assert warnings == ["attachments: only the first 1 kept"]
