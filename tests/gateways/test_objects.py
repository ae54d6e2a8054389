"""Object storage: raw mail, filed by day, and texts too long for a row."""

import inspect
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.gateways import texts
from chalicelib.gateways.objects import Objects, S3Objects, objects
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


@pytest.mark.parametrize("ask", [
    lambda: objects.read("k"),
    lambda: objects.write("k", b"", "text/plain"),
    lambda: list(objects.list_arrived("")),
    lambda: objects.move("k", "l"),
])  # fmt: skip
def test_when_it_cannot_be_asked_it_may_work_later(monkeypatch: pytest.MonkeyPatch, line_to: Any, ask: Any) -> None:
    workbench.set_environment(monkeypatch, bucket_name="liana-test")
    line_to("s3", (403, "<Error><Code>AccessDenied</Code></Error>"))

    with pytest.raises(Unavailable, match="object storage"):
        ask()


@pytest.mark.parametrize("name", ["read", "write", "list_arrived", "move"])
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
