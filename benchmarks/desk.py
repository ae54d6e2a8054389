"""What it takes to hand out work: `python -m benchmarks.desk [--waiting 10000] [--hand-out 1000]`.

The real functions on the local cloud (another process). First one agent asks, with more and more cases waiting, of
which she can do half. Then 50 agents ask at once, take what they get and solve it: nothing may be handed out twice, and
nobody who stands far ahead may be left. Calls are what DynamoDB's interface answers, write units what it says, read
units computed from what was read; CPU is that of this process. Compare the rows of one run.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from benchmarks.intake import silent_logs
from chalicelib.desk import service
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.agent import Agent
from chalicelib.model.case import Case, CaseStatus
from chalicelib.storage import cases, keys, table
from chalicelib.storage.commit import commit, settle
from chalicelib.storage.rows import Row
from infra.local_cloud import LocalCloud
from tests.factories import make_agent, make_case, make_customer, make_routing
from tests.meter import Metering, Reading
from tests.workbench import open_bench

AGENTS, ASKED = 50, 20
AN_HOUR, A_SECOND = timedelta(hours=1), timedelta(seconds=1)
START = clock.now() - 24 * AN_HOUR


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--waiting", type=int, default=10_000, help="cases in the last row, and in the race")
    options.add_argument("--hand-out", type=int, default=1000, help="how many the race hands out")
    chosen = options.parse_args()
    with (
        tempfile.TemporaryDirectory() as home,
        LocalCloud(Path(home), keep_state=False) as cloud,
        pytest.MonkeyPatch.context() as patch,
        silent_logs(),
    ):
        patch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
        open_bench(patch)
        table.bind()
        say("waiting  round trips  queries  entries read  read units  write units  CPU ms")
        stored = 0
        for size in sorted({chosen.waiting // 100, chosen.waiting // 10, chosen.waiting}):
            store(waiting(stored, size))
            stored = size
            print_one(size)
        race(min(chosen.hand_out, chosen.waiting // 2 - 4 * ASKED))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)  # what functions log goes nowhere, and stdout with it


def waiting(first: int, end: int) -> Iterator[Case]:
    """One a second; every second one asks for a skill that our agents lack."""
    for n in range(first, end):
        line = make_routing(since=START + n * A_SECOND, needs={"law": 1} if n % 2 else {})
        case = make_case(
            id=ids.derived_case_id(str(n)), customer_id=customer_id(n), queue="support", promise=None, routing=line
        )
        yield replace(case, version=None)


def customer_id(n: int) -> str:
    return ids.derived_ulid(START, f"customer {n % 100}")


def store(cases_: Iterator[Case]) -> None:
    with Row.batch_write() as batch:
        for n in range(100):
            batch.save(Row.of(make_customer(id=customer_id(n), handles=(), version=None)))
        for case in cases_:
            batch.save(Row.of(case))


def agent(name: str) -> Agent:
    now = clock.now()
    agent_id = ids.derived_ulid(START, name)
    made = make_agent(id=agent_id, skills={"billing": 3}, languages={"en": 5}, present_until=now + 2 * AN_HOUR)
    commit(Decision((replace(made, version=None),), reason="there"))
    return made


def print_one(size: int) -> None:
    alone, totals, took = agent(f"alone at {size}"), Counter[str](), 0.0
    for _ in range(ASKED):
        metering, reading = Metering(), Reading()
        meter, before = metering.start(), time.process_time()
        handed = service.next_for(alone.id, clock.now())
        took += time.process_time() - before
        rows = 1 + 2 * min(service.CANDIDATES, reading.touched)  # hers; cases and their customers, 4 KB each at most
        totals.update(trips=meter.round_trips, queries=reading.calls["Query"], touched=reading.touched)
        totals.update(read=rows + reading.calls["Query"] * 0.5, write=meter.write_units)
        assert handed.work
        finish(alone.id, handed.work.id)
    each = {name: total / ASKED for name, total in totals.items()}
    say(
        f"{size:>7} {each['trips']:>12.1f} {each['queries']:>8.1f} {each['touched']:>13.1f} {each['read']:>11.1f}"
        f" {each['write']:>12.1f} {took / ASKED * 1000:>7.1f}"
    )


def finish(agent_id: str, case_id: str) -> None:
    """She takes and solves it; what the relay would send is done."""
    service.answer_offer(case_id, agent_id, clock.now(), takes=True)

    def solve() -> tuple[Decision, None]:
        case = cases.case(case_id)
        assert case
        return Decision((replace(case, status=CaseStatus.SOLVED, assigned_to=""),), reason="solved"), None

    settle(solve)
    service.settle_hand(agent_id, case_id)


def race(hand_out: int) -> None:
    ahead = [entry.key for line in service.storage.lines("support", "", "") for entry in _all_in(line)]
    agents, left = [agent(f"racer {n}") for n in range(AGENTS)], count(1)
    reading, started = Reading(), time.perf_counter()

    def work(racer: Agent) -> list[tuple[str, float]]:
        got = []
        while next(left) <= hand_out:
            before = time.perf_counter()
            handed = service.next_for(racer.id, clock.now())
            got.append((handed.work.id if handed.work else "", time.perf_counter() - before))
            if handed.work:
                finish(racer.id, handed.work.id)
        return got

    with ThreadPoolExecutor(AGENTS) as threads:
        results = [each for got in threads.map(work, agents) for each in got]
    took = time.perf_counter() - started
    handed = [case_id for case_id, _ in results if case_id]
    twice = sum(times > 1 for times in Counter(handed).values())
    order = sorted(ahead, key=lambda key: place_of[key])
    last = max(number for number, key in enumerate(order) if key.pk.partition("#")[2] in set(handed))
    passed = sum(key.pk.partition("#")[2] not in set(handed) for key in order[:last])
    waits = sorted(took for _, took in results)
    say(
        f"\n{AGENTS} agents, {len(order)} cases they can do among as many they cannot: {len(handed)} handed out in"
        f" {took:.0f} s, {twice} twice, {len(results) - len(handed)} times others were faster;"
        f" calls each {sum(reading.calls.values()) / len(results):.1f} with taking and solving,"
        f" median wait {waits[len(waits) // 2] * 1000:.0f} ms\nof those before the last that was handed out,"
        f" {passed} were not yet ({keys.QUEUE_SHARDS} shards); of the first {len(handed) // 2},"
        f" {sum(key.pk.partition('#')[2] not in set(handed) for key in order[: len(handed) // 2])}"
    )


place_of: dict[keys.Key, str] = {}


def _all_in(line: str) -> Iterator[table.Waiting]:
    for entry in table.waiting_in(line, f"{clock.iso(clock.now())}$", limit=20_000):
        place_of[entry.key] = entry.place
        yield entry


if __name__ == "__main__":
    main()
