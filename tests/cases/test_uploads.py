"""Which files are taken, and is what lies there what was said?"""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.cases import uploads
from chalicelib.cases.uploads import Lying
from chalicelib.kernel.errors import Conflict, Invalid, NotFound, TooLarge
from chalicelib.model.upload import MOST_BYTES, MOST_BYTES_A_MAIL, Upload
from tests.factories import NOON

PDF, JPEG = b"%PDF-1.7 x", b"\xff\xd8\xff\xe0 x"


def begin(name: str = "a.pdf", type_: str = "application/pdf", size: int = 10) -> Upload:
    return uploads.begin(name, type_, size, by="Tom", case_id="", now=NOON)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\x\\label.pdf", "label.pdf"),
        ("...", "file"),
        ('a"b\u202ec.pdf', "a_b_c.pdf"),
    ],
)
def test_a_name_is_made_safe_to_show_and_to_save_as(name: str, kept: str) -> None:
    assert begin(name).name == kept


@pytest.mark.parametrize(
    ("name", "type_", "pointer"),
    [
        ("run.exe", "application/pdf", "/filename"),
        ("page.HTML", "text/plain", "/filename"),
        ("logo.svg", "image/png", "/filename"),
        ("macro.docm", "application/msword", "/filename"),
        ("a.pdf", "text/html", "/content_type"),
        ("a.bin", "application/octet-stream", "/content_type"),
    ],
)
def test_what_runs_when_it_is_opened_is_refused_by_name_or_type(name: str, type_: str, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        begin(name, type_)

    assert refused.value.pointer == pointer


def test_a_file_has_a_most() -> None:
    with pytest.raises(TooLarge):
        begin(size=MOST_BYTES + 1)


@pytest.mark.parametrize(
    ("type_", "begins"),
    [
        ("application/pdf", PDF),
        ("image/jpeg", JPEG),
        ("image/webp", b"RIFF\x00\x00\x00\x00WEBP"),
        ("image/heic", b"\x00\x00\x00\x18ftypheic"),
        ("text/csv", "Größe;1\n".encode()),
        ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK\x03\x04 x"),
    ],
)
def test_what_is_what_it_says_is_taken(type_: str, begins: bytes) -> None:
    upload = begin("a", type_, len(begins))

    uploads.check(upload, Lying(len(begins), begins), "/attachments/0")


@pytest.mark.parametrize(
    ("type_", "begins"),
    [
        ("application/pdf", JPEG),
        ("image/jpeg", b"MZ\x90\x00"),
        ("text/plain", b"\x7fELF"),
        ("text/plain", b" <!DOCTYPE html>"),
        ("text/csv", b"\xef\xbb\xbf<script>"),
        ("text/plain", b"a\x00b"),
        ("image/webp", b"RIFF\x00\x00\x00\x00WAVE"),
    ],
)
def test_what_is_something_else_than_it_says_is_refused(type_: str, begins: bytes) -> None:
    with pytest.raises(Invalid):
        uploads.check(begin("a", type_, len(begins)), Lying(len(begins), begins), "/attachments/0")


def test_what_is_missing_or_has_another_size_is_refused() -> None:
    with pytest.raises(Conflict):
        uploads.check(begin(), None, "/attachments/0")
    with pytest.raises(Invalid):
        uploads.check(begin(size=9), Lying(10, PDF), "/attachments/0")


@pytest.mark.parametrize(
    "change",
    [{"by": "Eve"}, {"case_id": "another"}, {"at": NOON - timedelta(days=2)}],
    ids=["anothers", "another case's", "old"],
)
def test_an_upload_that_may_not_be_used_here_does_not_exist(change: dict[str, object]) -> None:
    upload = replace(begin(), **change)

    with pytest.raises(NotFound):
        uploads.usable(upload, by="Tom", case_id="this", now=NOON, at="/attachments/0")


def test_files_of_a_mail_fit_it_together() -> None:
    half = begin(size=MOST_BYTES_A_MAIL // 2 + 1)

    with pytest.raises(TooLarge):
        uploads.fit_a_mail([half, half], "/attachments")
    uploads.fit_a_mail([half], "/attachments")
