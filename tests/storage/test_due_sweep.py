"""What a sweep of the clock reads, however many promises are open."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.storage import due, keys, table
from chalicelib.storage.rows import Row
from tests.factories import NOON, make_case, make_promise
from tests.meter import Reading

A_MINUTE = timedelta(minutes=1)
OPEN = 2_000


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
    reads = Reading()

    announced = [message for page in due.work(NOON + minutes * A_MINUTE) for message in page]

    assert len(announced) == are_due
    assert reads.calls == {"Query": keys.DUE_SHARDS}
    assert reads.touched == are_due
