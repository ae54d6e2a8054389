"""What a sweep of the clock reads, however many promises are open."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.session import session
from chalicelib.storage import due, keys, table
from chalicelib.storage.rows import Row
from tests.factories import NOON, make_case, make_promise
from tests.workbench import forget_clients

A_MINUTE = timedelta(minutes=1)
OPEN = 2_000


class Reads:
    """The calls to DynamoDB, and the entries they touched."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.touched = 0
        session().register("after-call.dynamodb", self._count)
        forget_clients()

    def _count(self, model: Any, parsed: dict[str, Any], **_: Any) -> None:
        self.calls[model.name] += 1
        self.touched += parsed.get("ScannedCount", 0)


@pytest.fixture(scope="module")
def crowd(created_table: None) -> None:
    """Open promises that need a look one minute after the other, from 12:01 on. They go with the module's
    table: deleting them one by one would take longer than all tests of this room."""
    table.bind()
    with Row.batch_write() as batch:
        for n in range(OPEN):
            promise = make_promise(warn_at=NOON + (n + 1) * A_MINUTE, due_at=NOON + (n + 61) * A_MINUTE)
            batch.save(Row.of(replace(make_case(id=f"case{n:08d}", promise=promise), version=None)))


@pytest.mark.usefixtures("crowd")
@pytest.mark.parametrize(("minutes", "are_due"), [(0, 0), (30, 30), (600, 600)])
def test_a_sweep_reads_what_is_due_and_nothing_of_what_is_not(minutes: int, are_due: int) -> None:
    reads = Reads()

    announced = [message for page in due.work(NOON + minutes * A_MINUTE) for message in page]

    assert len(announced) == are_due
    assert reads.calls == {"Query": keys.DUE_SHARDS}
    assert reads.touched == are_due
