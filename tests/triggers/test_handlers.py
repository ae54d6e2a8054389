"""Every follow-up message has its handler, and every handler bears a row that is gone."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.automation import events
from chalicelib.kernel import messages
from chalicelib.model.task import TaskState
from chalicelib.storage.rows import Row
from chalicelib.triggers.handlers import HANDLERS, LONG_HANDLERS, handle
from tests import workbench
from tests.automation.things import make_event

SAID: dict[str, Any] = {
    "bulk": False,
    **dict.fromkeys(("as_of", "since", "until"), "2026-11-20T12:00:00.000Z"),
    "state": TaskState.SENT.value,
    "part": 0,
}
# These are about no row: they begin something, or bring the index up to what there is, which is nothing.
BEGIN = {messages.Recalibrate, messages.RefreshSearch, messages.TendSearch, messages.WakeLearning}
SAID["events"] = (events.to_json(make_event("case.opened")),)


@pytest.fixture
def empty_table(no_aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    workbench.set_environment(monkeypatch, bucket_name="liana-test")
    with mock_aws():
        workbench.create_table("liana-test")
        boto3.client("s3").create_bucket(Bucket="liana-test")
        yield
    workbench.forget_caches()


def test_every_message_has_its_handler() -> None:
    assert set(HANDLERS) | set(LONG_HANDLERS) == set(messages.ALL)
    assert not set(HANDLERS) & set(LONG_HANDLERS)


@pytest.mark.usefixtures("empty_table")
def test_a_message_about_rows_that_are_gone_changes_nothing() -> None:
    for kind in set(messages.ALL) - BEGIN:
        message = kind(**{f.name: SAID.get(f.name, f"some {f.name}") for f in fields(kind)})

        handle(messages.to_json(message))

    assert list(Row.scan()) == []


@pytest.mark.parametrize("body", ["", "hello", "{}", '{"type":"Unheard"}'])
def test_what_is_no_message_of_ours_fails_so_that_it_reaches_the_dead_letters(body: str) -> None:
    with pytest.raises(ValueError, match=r"not a follow-up message|Expecting"):
        handle(body)
