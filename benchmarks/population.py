"""What a night over all customers costs: `python -m benchmarks.population [--million]`.

First the whole night on the local cloud (another process), so that CPU includes every AWS client call and every row
that is read. Then the pass alone, with storage replaced by memory, for more customers than that cloud could hold:
their making is not counted. Units are computed from stored sizes as DynamoDB counts them, dollars from us-east-1's
list prices. Times are CPU of one process; compare the rows of one run.
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from benchmarks.intake import silent_logs
from benchmarks.value import made_up
from chalicelib.customers import night, tiers
from chalicelib.customers.calibration import Statistics
from chalicelib.customers.night import Night
from chalicelib.gateways import queues
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import SweepPart, to_json
from chalicelib.model.calibration import Calibration
from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.policy import Policy
from chalicelib.model.sweep import Part, Sweep
from chalicelib.model.tier import DEFAULT_TIERS, Standing
from chalicelib.storage import customers, keys
from chalicelib.storage import sweeps as storage
from chalicelib.storage.rows import Row
from chalicelib.storage.table import bind
from chalicelib.sweeps import service
from infra.local_cloud import LocalCloud
from tests.workbench import open_bench

ON_THE_CLOUD = 10_000
SIZES = (10_000, 100_000)
MILLION = 1_000_000
READ_PRICE, WRITE_PRICE = 0.125e-6, 0.625e-6  # dollars a unit, on demand
SECOND_PRICE = 0.0000133334  # dollars a GB-s, arm64; the function has 1 GB
START = clock.now() - timedelta(days=400)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--million", action="store_true", help="a million customers, too: some four minutes")
    chosen = options.parse_args()
    rng = random.Random(7)  # noqa: S311 - made-up customers
    units = read_units(rng)
    print(f"a customer's row has {units.row:.0f} bytes, her entry on the index {units.entry:.0f}")
    print(
        f"a million customers read: {units.of(MILLION) / 1e6:.3f} million units, ${units.of(MILLION) * READ_PRICE:.3f}"
    )
    with silent_logs():
        seconds, slices = on_the_cloud(rng)
    print(f"\nthe night of {ON_THE_CLOUD:,} customers on the local cloud: CPU {seconds:.1f} s, "
          f"{seconds / ON_THE_CLOUD * 1e6:.0f} us a customer, {slices} slices")  # fmt: skip
    print(
        "\nthe pass alone              CPU s   us each  slices  largest row  write units  to judge  end CPU s  peak MB"
    )
    for size in (*SIZES, *((MILLION,) if chosen.million else ())):
        print(f"  {size:>9,} customers   {passed(size)}")


# What is read


@dataclass
class Units:
    """Mean bytes of a customer's row and of her entry on the list index."""

    row: float
    entry: float

    def of(self, many: int) -> float:
        """Read units, eventually consistent: each row by itself, entries by the page."""
        pages = many / service.PAGE
        return many * 0.5 * ceil(self.row / 4096) + pages * 0.5 * ceil(self.entry * service.PAGE / 4096)


def read_units(rng: random.Random) -> Units:
    rows = [Row.of(somebody(rng, n)).serialize(null_check=False) for n in range(500)]
    on_index = ("pk", "sk", "list_pk", "list_sk", "kind")
    entries = [{name: value for name, value in row.items() if name in on_index} for row in rows]
    return Units(*(sum(map(bytes_of, each)) / len(each) for each in (rows, entries)))


def bytes_of(row: dict[str, Any]) -> int:
    """As DynamoDB counts them: names, and values by their kind."""
    return sum(len(name) + _bytes_of(value) for name, value in row.items())


def _bytes_of(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S" | "B":
            return len(content)
        case "N":
            return len(content) // 2 + 1
        case "M":
            return 3 + sum(1 + len(name) + _bytes_of(inner) for name, inner in content.items())
        case "L":
            return 3 + sum(1 + _bytes_of(inner) for inner in content)
    return 1


def somebody(rng: random.Random, number: int) -> Customer:
    tier = rng.choices(("standard", "gold", "platinum"), (80, 15, 5))[0]
    return Customer(
        id=ids.derived_ulid(START, str(number)),
        created_at=START,
        name="Ann Archer",
        language="en",
        value=made_up(rng),
        standing=Standing(tier=tier, since=START),
    )


# The whole night, on the local cloud


def on_the_cloud(rng: random.Random) -> tuple[float, int]:
    with (
        tempfile.TemporaryDirectory() as home,
        LocalCloud(Path(home), keep_state=False) as cloud,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
        open_bench(patch)
        bind()
        with Row.batch_write() as batch:
            for n in range(ON_THE_CLOUD):
                batch.save(Row.of(somebody(rng, n)))
        from chalicelib.triggers.handlers import JOBS

        begin, slices = time.process_time(), 0
        service.start(night.CALIBRATION, "run", night.begin(Calibration(), clock.now()))
        for number in range(keys.POPULATION_SHARDS):
            after, part = "", None
            while part is None or not part.done:
                service.go_on(JOBS, night.CALIBRATION, "run", number, after, lambda: False)
                part, slices = storage.part(night.CALIBRATION, "run", number).part, slices + 1
                assert part
                after = part.after
        assert service.end(JOBS, night.CALIBRATION, "run")
        sweep = storage.run(night.CALIBRATION, "run")
        assert sweep
        assert sweep.customers == ON_THE_CLOUD
        return time.process_time() - begin, slices


# The pass alone


@dataclass
class Memory:
    """A table of one sweep, and of customers that are made when they are read."""

    size: int
    policy: Policy
    rng: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 - made-up customers
    rows: dict[int, Part] = field(default_factory=dict)
    sweep: Sweep | None = None
    made: float = 0.0  # CPU s
    bytes: int = 0  # of the largest row of a part, its outbox included
    written: int = 0  # units
    slices: int = 0
    to_judge: int = 0

    def population(self, shard: int, after: str, limit: int) -> Page[Customer]:
        begin = time.process_time()
        first = int(after or 0)
        last = min(first + limit, self.size // keys.POPULATION_SHARDS)
        found = tuple(self.settled(somebody(self.rng, shard * self.size + n), n) for n in range(first, last))
        self.made += time.process_time() - begin
        return Page(found, str(last) if last - first == limit else None)

    def settled(self, customer: Customer, number: int) -> Customer:
        """As the last night left her, but for one in fifty."""
        if number % 50 == 0:
            return customer
        plain = replace(customer, standing=Standing(tier="standard", since=START))
        return tiers.retiered(plain, self.policy, START).customer

    def part(self, _job: str, _run: str, number: int) -> storage.Stand:
        return storage.Stand(self.sweep, self.rows.get(number))

    def whole(self, _job: str, _run: str) -> storage.Whole:
        return storage.Whole(self.sweep, list(self.rows.values()))

    def commit(self, decision: Decision) -> None:
        for change in decision.changes:
            if isinstance(change, Sweep):
                self.sweep = change
            if isinstance(change, Part):
                row = Row.of(change)
                row.outbox = [to_json(message) for message in decision.messages]
                weight = bytes_of(row.serialize(null_check=False))
                self.rows[change.number] = replace(change, version=1)
                self.bytes, self.written = max(self.bytes, weight), self.written + ceil(weight / 1024)
                self.slices += 1

    def send(self, _lane: str, bodies: Sequence[str]) -> None:
        self.to_judge += len(bodies)


def passed(size: int) -> str:
    """The night after one that learnt from a sample, so that there is a table to judge by."""
    rng, sample = random.Random(1), Statistics(at=START)  # noqa: S311 - made-up customers
    for n in range(5_000):
        sample.add(somebody(rng, n).value)
    published = Calibration(at=START, table=sample.scores.table(), tiers_version=DEFAULT_TIERS.version)
    policy = Policy(
        tiers=DEFAULT_TIERS,
        time_zone="UTC",
        currency="USD",
        sending_on=False,
        sender_address="",
        inbound_domain="",
        calibration=published,
    )
    jobs = {night.CALIBRATION: Night(lambda: policy, lambda: published)}
    memory = Memory(size, policy)
    with silent_logs(), replaced(memory):
        begin = time.process_time()
        service.start(night.CALIBRATION, "run", night.begin(published, clock.now()))
        messages = [
            SweepPart(job=night.CALIBRATION, run="run", part=n, after="") for n in range(keys.POPULATION_SHARDS)
        ]
        while messages:
            message = messages.pop()
            service.go_on(jobs, message.job, message.run, message.part, message.after, lambda: False)
            part = memory.rows[message.part]
            if not part.done:
                messages.append(replace(message, after=part.after))
        spent = time.process_time() - begin - memory.made
        assert memory.sweep
        begin = time.process_time()
        parts = [part.gathered for part in memory.rows.values()]
        assert jobs[night.CALIBRATION].conclusion(memory.sweep, parts).changes
        end = time.process_time() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (f"{spent:>7.1f} {spent / size * 1e6:>9.1f} {memory.slices:>7} {memory.bytes:>12,} {memory.written:>12,} "
            f"{memory.to_judge:>9,} {end:>10.2f} {peak:>8.0f}")  # fmt: skip


@contextmanager
def replaced(memory: Memory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(customers, "population", memory.population)
        patch.setattr(storage, "part", memory.part)
        patch.setattr(storage, "whole", memory.whole)
        patch.setattr(service, "commit", memory.commit)
        patch.setattr(queues, "queues", memory)
        yield


if __name__ == "__main__":
    main()
