"""What a sweep of the clock reads: `python -m benchmarks.due_sweep [--open 100000]`.

The real functions on the local cloud (another process), with more and more open promises in the table, of which a few
are due. Calls and entries are what DynamoDB's interface answers; CPU is that of this process, AWS client calls
included. Compare the rows of one run.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.intake import silent_logs
from chalicelib.model.case import Case
from chalicelib.storage import due, table
from chalicelib.storage.rows import Row
from infra.local_cloud import LocalCloud
from tests.factories import NOON, make_case, make_promise
from tests.meter import Reading
from tests.workbench import open_bench

DUE = 600
A_MINUTE = timedelta(minutes=1)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--open", type=int, default=100_000, help="promises in the last row")
    most = options.parse_args().open
    with (
        tempfile.TemporaryDirectory() as home,
        LocalCloud(Path(home), keep_state=False) as cloud,
        pytest.MonkeyPatch.context() as patch,
        silent_logs(),
    ):
        patch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
        open_bench(patch)
        table.bind()
        rows, stored = [], 0
        for size in sorted({most // 100, most // 10, most}):
            store(promises(stored, size))
            stored = size
            for minutes in (0, DUE):
                reading = Reading()
                before = time.process_time()
                found = sum(len(page) for page in due.work(NOON + minutes * A_MINUTE))
                took = (time.process_time() - before) * 1000
                rows.append((size, found, reading.calls["Query"], reading.touched, took))
    print("   open    due  queries  entries read  CPU ms")
    for open_, found, queries, touched, took in rows:
        print(f"{open_:>7} {found:>6} {queries:>8} {touched:>13} {took:>7.0f}")


def promises(first: int, end: int) -> Iterator[Case]:
    """Each needs a look a minute later than the one before, from 12:01 on."""
    for n in range(first, end):
        promise = make_promise(warn_at=NOON + (n + 1) * A_MINUTE, due_at=NOON + (n + 61) * A_MINUTE)
        yield replace(make_case(id=f"case{n:08d}", promise=promise), version=None)


def store(cases: Iterator[Case]) -> None:
    with Row.batch_write() as batch:
        for case in cases:
            batch.save(Row.of(case))


if __name__ == "__main__":
    main()
