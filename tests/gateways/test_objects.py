"""Object storage: raw mail, filed by day, and texts too long for a row."""

import inspect
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from moto import mock_aws

from chalicelib.gateways import texts
from chalicelib.gateways.objects import Objects, S3Objects, filed_folder, filed_key, objects
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound, Unavailable
from tests import workbench


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with mock_aws():
        workbench.set_environment(monkeypatch, bucket_name="liana-test")
        boto3.client("s3").create_bucket(Bucket="liana-test")
        yield
    workbench.forget_caches()


@pytest.mark.usefixtures("bucket")
def test_what_is_written_is_read_back() -> None:
    objects.write("bodies/1.txt", b"\x00\xff", "text/plain")

    assert objects.read("bodies/1.txt") == b"\x00\xff"


@pytest.mark.usefixtures("bucket")
def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="in/gone"):
        objects.read("in/gone")


@pytest.mark.usefixtures("bucket")
def test_only_mail_that_is_not_filed_is_listed_from_behind_a_key_on() -> None:
    for key in ("in/a", "in/b", "in/c", "mail/2026/11/20/d", "bodies/1.txt"):
        objects.write(key, b"hello", "message/rfc822")

    listed = [stored for page in objects.list_arrived("in/a") for stored in page]

    assert [(stored.key, stored.size) for stored in listed] == [("in/b", 5), ("in/c", 5)]


@pytest.mark.usefixtures("bucket")
def test_what_is_moved_is_in_its_new_place_only() -> None:
    objects.write("in/a", b"hello", "message/rfc822")

    objects.move("in/a", "mail/2026/11/20/a")

    assert objects.read("mail/2026/11/20/a") == b"hello"
    with pytest.raises(NotFound):
        objects.read("in/a")


@pytest.mark.usefixtures("bucket")
def test_a_folder_is_listed_in_order_and_from_behind_a_key_on() -> None:
    day = filed_folder(date(2026, 11, 20))
    for key in ("mail/2026/11/20/b", "mail/2026/11/20/a", "mail/2026/11/20/c", "mail/2026/11/21/d", "in/e"):
        objects.write(key, b"hello", "message/rfc822")

    listed = [stored.key for page in objects.list_in(day, "mail/2026/11/20/a") for stored in page]

    assert listed == ["mail/2026/11/20/b", "mail/2026/11/20/c"]


def test_mail_is_filed_in_the_folder_of_its_day() -> None:
    late = datetime(2026, 11, 20, 23, 59, 59, tzinfo=UTC)

    assert filed_key("in/a", late) == filed_folder(late) + "a" == "mail/2026/11/20/a"


@pytest.mark.usefixtures("bucket")
def test_whether_something_is_there() -> None:
    objects.write("in/a", b"hello", "message/rfc822")

    assert (objects.exists("in/a"), objects.exists("in/b")) == (True, False)


def test_who_may_not_list_cannot_tell_whether_something_is_there(monkeypatch: pytest.MonkeyPatch, line_to: Any) -> None:
    """S3 answers 403 then, to spare the name: the role of whoever asks has s3:ListBucket for this."""
    workbench.set_environment(monkeypatch, bucket_name="liana-test")
    line_to("s3", (403, ""))

    with pytest.raises(Unavailable, match="403"):
        objects.exists("in/a")


@pytest.mark.usefixtures("bucket")
def test_whoever_has_a_link_may_fetch_the_object_for_five_minutes() -> None:
    link = objects.link("attachments/a", "Rechnung März.pdf", "application/pdf")

    asked = parse_qs(urlsplit(link.url).query)
    assert urlsplit(link.url).path.endswith("/attachments/a")
    assert asked["response-content-disposition"] == ["attachment; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf"]
    assert timedelta(minutes=4) < link.expires_at - clock.now() <= timedelta(minutes=5)


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("application/pdf", "application/pdf"),
        ("image/png", "image/png"),
        ("text/html", "application/octet-stream"),
        ("image/svg+xml", "application/octet-stream"),
        ("", "application/octet-stream"),
    ],
)
def test_what_could_run_in_a_browser_is_only_saved(kind: str, told: str) -> None:
    url = objects.link("attachments/a", "a", kind).url

    assert parse_qs(urlsplit(url).query)["response-content-type"] == [told]


@pytest.mark.usefixtures("bucket")
@pytest.mark.parametrize("name", ['a"; filename=b.exe', "a\r\nSet-Cookie: b", "../a/b", "\u2066exe.pdf"])
def test_a_files_name_cannot_change_what_the_link_says(name: str) -> None:
    url = objects.link("attachments/a", name, "text/plain").url

    (said,) = parse_qs(urlsplit(url).query)["response-content-disposition"]
    assert said.removeprefix("attachment; filename*=UTF-8''").isascii()
    assert unquote(said.removeprefix("attachment; filename*=UTF-8''")) == name
    assert set(said.removeprefix("attachment; filename*=UTF-8''")).isdisjoint('";\r\n/\\')


@pytest.mark.parametrize("ask", [
    lambda: objects.read("k"),
    lambda: objects.exists("k"),
    lambda: list(objects.list_in("mail/", "")),
    lambda: objects.write("k", b"", "text/plain"),
    lambda: list(objects.list_arrived("")),
    lambda: objects.move("k", "l"),
])  # fmt: skip
def test_when_it_cannot_be_asked_it_may_work_later(monkeypatch: pytest.MonkeyPatch, line_to: Any, ask: Any) -> None:
    workbench.set_environment(monkeypatch, bucket_name="liana-test")
    line_to("s3", (403, "<Error><Code>AccessDenied</Code></Error>"))

    with pytest.raises(Unavailable, match="object storage"):
        ask()


@pytest.mark.parametrize("name", ["read", "write", "exists", "link", "list_in", "list_arrived", "move"])
def test_it_is_called_as_the_protocol_says(name: str) -> None:
    assert inspect.signature(getattr(S3Objects, name)) == inspect.signature(getattr(Objects, name))


@pytest.mark.usefixtures("bucket")
def test_a_long_text_is_kept_whole_and_found_again() -> None:
    text = "很长的信。" * 500

    key = texts.keep("reply:1", text)

    assert texts.read(key) == text
    assert texts.keep("reply:1", text) == key, "the same source, the same place"


def test_a_text_that_fits_a_row_is_not_stored() -> None:
    assert texts.keep("reply:1", "short") == ""


@pytest.mark.usefixtures("bucket")
def test_an_object_is_copied_inside_the_store() -> None:
    objects.write("bodies/1.txt", b"words", "text/plain")

    assert objects.copy("bodies/1.txt", "exports/x/1.txt") == 5
    assert objects.read("exports/x/1.txt") == objects.read("bodies/1.txt") == b"words"


@pytest.mark.usefixtures("bucket")
def test_what_is_not_there_is_not_copied() -> None:
    assert objects.copy("bodies/none.txt", "exports/x/1.txt") is None


@pytest.mark.usefixtures("bucket")
def test_objects_are_deleted_many_at_once_and_those_that_are_gone_with_them() -> None:
    keys = [f"exports/x/{n:04d}" for n in range(1_005)]
    for key in (keys[0], keys[-1]):
        objects.write(key, b"x", "text/plain")

    objects.delete(keys)

    assert list(objects.list_in("exports/x/", "")) in ([], [[]])


@pytest.mark.usefixtures("bucket")
def test_a_folder_is_read_a_page_at_a_time() -> None:
    for n in range(3):
        objects.write(f"exports/y/{n}", b"x", "text/plain")

    first = objects.page_of("exports/y/", "", 2)

    assert [stored.key for stored in first] == ["exports/y/0", "exports/y/1"]
    assert [stored.key for stored in objects.page_of("exports/y/", first[-1].key, 2)] == ["exports/y/2"]


@pytest.mark.usefixtures("bucket")
def test_a_door_takes_one_file_of_exactly_this_type_and_size_for_a_while() -> None:
    door = objects.door("uploads/1", "application/pdf", 7, timedelta(minutes=15))

    asked = parse_qs(urlsplit(door.url).query)
    assert urlsplit(door.url).path.endswith("/uploads/1")
    assert asked["X-Amz-SignedHeaders"] == ["content-length;content-type;host"]
    assert asked["X-Amz-Expires"] == ["900"]


@pytest.mark.usefixtures("bucket")
def test_the_beginning_of_an_object_is_read_with_its_size() -> None:
    objects.write("uploads/1", b"%PDF-1.7 and more", "application/pdf")
    objects.write("uploads/0", b"", "application/pdf")

    found = objects.peek("uploads/1", 5)

    assert found
    assert (found.size, found.begins) == (17, b"%PDF-")
    assert objects.peek("uploads/none", 5) is None
    assert [found.size if (found := objects.peek("uploads/0", 5)) else None] == [0]


@pytest.mark.usefixtures("bucket")
def test_another_content_than_was_looked_at_is_not_copied() -> None:
    objects.write("uploads/1", b"one", "application/pdf")
    looked_at = objects.peek("uploads/1", 5)
    assert looked_at
    assert objects.copy("uploads/1", "attachments/1", looked_at.etag) == 3

    objects.write("uploads/1", b"two", "application/pdf")

    assert objects.copy("uploads/1", "attachments/2", looked_at.etag) is None
    assert not objects.exists("attachments/2")
