"""What a campaign to a whole population costs: `python -m benchmarks.audience [people] [--emulator] [--kills N]`.

The real service plans a task for everybody: customers are read, guardrails asked, tasks written, parts moved. Its
worker is a process of its own, which is killed at random moments and started again as the clock would; at the end the
tasks are counted. The table is another process: a store on disk that knows keys, the list index, conditional puts,
sums and transactions, and answers as DynamoDB's interface does; what it holds is in nobody's memory, so the memory
told is the worker's. With `--emulator` it is the local cloud instead. Round trips are counted where they are made;
read and write units are computed from the sizes of what was read and written, by DynamoDB's rules.
"""

import argparse
import json
import math
import os
import random
import re
import resource
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from benchmarks.intake import silent_logs
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.campaign import CampaignPart, CampaignState
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.outreach import plays
from chalicelib.outreach.campaigns import service
from chalicelib.storage import campaigns, keys, table
from chalicelib.storage.commit import commit
from chalicelib.storage.rows import Row
from infra.local_cloud import LocalCloud
from tests.factories import NOON, make_campaign, make_customer, make_play_record, make_told
from tests.workbench import open_bench, set_environment

CAMPAIGN_ID = make_campaign().id
TOLD_EVERY = 5_000  # people, after which the worker says how much memory it has
# On demand, us-east-1, dollars: DynamoDB a million units, SQS a million requests, Lambda a GB-second.
READ, WRITE, REQUEST, GB_SECOND = 0.125, 0.625, 0.40, 0.0000166667
TRIP_SECONDS, MEMORY_GB = 0.008, 0.5  # of a round trip on AWS, assumed; of the function


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("people", type=int, nargs="?", default=1_000_000)
    options.add_argument("--emulator", action="store_true", help="on the local cloud")
    options.add_argument("--workers", type=int, default=2, help="at a time")
    options.add_argument("--kills", type=int, default=12, help="times the worker is killed")
    told = options.parse_args()
    with tempfile.TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch, silent_logs():
        if told.emulator:
            with LocalCloud(Path(home), keep_state=False) as cloud:
                patch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
                open_bench(patch)
                run(told.people, told.kills, told.workers, "")
        else:
            set_environment(patch, table_name="audience")
            address = str(Path(home) / "store")
            store = get_context("spawn").Process(target=serve, args=(address, str(Path(home) / "rows")), daemon=True)
            store.start()
            while not Path(address).exists():
                time.sleep(0.05)
            run(told.people, told.kills, told.workers, address)
            store.kill()


def say(line: str) -> None:
    """Past the silence of logs."""
    print(line, file=sys.stderr, flush=True)


def run(people: int, kills: int, workers: int, address: str) -> None:
    _, store = reach(address)
    began = time.time()
    for begin in range(0, people, 1_000):
        numbers = range(begin, min(begin + 1_000, people))
        if store:
            store.send_bytes(json.dumps(("Load", [stored_person(n) for n in numbers])).encode())
            store.recv_bytes()
            continue
        with Row.batch_write() as batch:
            for number in numbers:
                batch.save(Row.of(person(number)))
    campaign = make_campaign(
        state=CampaignState.APPROVED, approved_at=NOON, edition=1, expected=people, rate=600_000, version=None
    )
    commit(Decision((campaign, make_play_record("told", version=None))))
    clock.now = lambda: NOON
    service.begin(CAMPAIGN_ID, NOON)
    say(f"{people} customers stored in {time.time() - began:.0f} s")
    dice = random.Random(people)  # noqa: S311 - no secret depends on it
    at = sorted(dice.random() for _ in range(kills - 1)) + ([0.5] if kills else [])
    with ThreadPoolExecutor(workers) as pool:
        lanes = [(sorted(at)[lane::workers], lane) for lane in range(workers)]
        lives = [pool.submit(lived, address, people, kill_at, lane, workers) for kill_at, lane in lanes]
        reports = [life for each in lives for life in each.result()]
    service.end(CAMPAIGN_ID)
    figures = campaigns.figures(CAMPAIGN_ID)
    # Not by the sums: each task is counted where it lies.
    found = Counter[str]()
    tasks = 0
    for shard in range(keys.POPULATION_SHARDS):
        after = ""
        while page := campaigns.people_in(CAMPAIGN_ID, shard, "", after, 1_000):
            found.update(person.customer_id for person in page)
            tasks += len(page)
            after = page[-1].place
    twice = sum(times > 1 for times in found.values())
    took = time.time() - began
    say(f"{workers} workers, killed {len(reports) - workers} times, in {took:.0f} s with the loading")
    say(f"{tasks} tasks of {len(found)} people, {twice} twice, {people - len(found)} missing; sums {figures}")
    tell(reports)


def person(number: int) -> Customer:
    own = ids.derived_ulid(NOON - timedelta(days=90), str(number))
    return replace(_like(number), id=own, handles=(Handle("email", f"{number}@example.org"),))


def _like(number: int) -> Customer:
    """Of three, one never agreed; every one in fifty has an open complaint."""
    return _kind(agreed=bool(number % 3), complains=not number % 50)


@cache
def _kind(*, agreed: bool, complains: bool) -> Customer:
    return make_customer(
        id="ID",
        handles=(Handle("email", "NUMBER@example.org"),),
        name="A Customer",
        language="en",
        time_zone="Europe/Berlin",
        consents={"email/service": Consent(True, NOON, "form")} if agreed else {},
        open_cases={"C": "complaint"} if complains else {},
        version=1,
    )


@cache
def _stored_kind(kind: Callable[[int], Customer], number: int) -> str:
    row = Row.of(kind(number))
    row.list_pk = "SHARD"
    return json.dumps(row.to_dynamodb_dict())


def stored_person(number: int) -> tuple[str, str, str, str]:
    """Her row as the table has it, made from one like it: the mapper would take longer than all the rest."""
    own = ids.derived_ulid(NOON - timedelta(days=90), str(number))
    place = keys.in_population(own)
    like = _stored_kind(_like, number % 150)
    item = like.replace("NUMBER", str(number)).replace('"SHARD"', f'"{place.pk}"')
    item = item.replace('"CUSTOMER#ID"', f'"CUSTOMER#{own}"').replace('"ID"', f'"{own}"')
    return own, place.pk, place.sk, item


# ── The worker ────────────────────────────────────────────────────────────────────────────────────


def lived(address: str, people: int, kill_at: list[float], lane: int, lanes: int) -> list[dict[str, Any]]:
    return list(worked(address, people, kill_at, lane, lanes))


def worked(address: str, people: int, kill_at: list[float], lane: int, lanes: int) -> Iterator[dict[str, Any]]:
    """What each life of a worker came to: it is killed when so much of its share is seen, and begins again."""
    context = get_context("spawn")
    told = 0
    while True:
        mine, its = context.Pipe()
        worker = context.Process(target=work, args=(its, address, dict(os.environ), lane, lanes))
        worker.start()
        its.close()
        last: dict[str, Any] = {}
        while worker.is_alive() or mine.poll():
            if not mine.poll(0.2):
                continue
            try:
                last = mine.recv()
                if last["seen"] - told >= 50_000:
                    told = last["seen"]
                    say(f"worker {lane}: {told} seen, {last['cpu']:.0f} s CPU in this life, {last['rss'][-1]:.0f} MB")
            except EOFError:
                break
            if kill_at and last["seen"] >= kill_at[0] * people / lanes and not last["done"]:
                kill_at.pop(0)
                time.sleep(random.random() * 0.3)  # noqa: S311 - somewhere in what it does next
                os.kill(worker.pid or 0, signal.SIGKILL)
                break
            if last["done"]:
                break
        worker.join()
        yield last
        if last.get("done"):
            return


def work(pipe: Any, address: str, environment: dict[str, str], lane: int, lanes: int) -> None:
    """Goes on with every part that is not done, as the clock and the queue would have it, and says how it is."""
    os.environ.update(environment)
    with silent_logs():
        counted, _ = reach(address)
        clock.now = lambda: NOON
        began = time.process_time()
        here, told, rss = 0, 0, []

        def mine() -> list[CampaignPart]:
            return [part for part in campaigns.whole(CAMPAIGN_ID).parts if part.number % lanes == lane]

        seen = sum(part.seen for part in mine())

        def report(*, done: bool = False) -> None:
            rss.append(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20)
            cpu = time.process_time() - began
            pipe.send({"seen": seen + here, "here": here, "cpu": cpu, "rss": rss, "done": done, **counted})

        report()
        while left := [part for part in mine() if not part.done]:
            for part in left:
                if part.saved < 1:  # time passes, as far as the rate is concerned
                    counted["minutes"] += 1 / len(left)
                minutes = timedelta(minutes=counted["minutes"] + 11)
                clock.now = lambda minutes=minutes: NOON + minutes
                here += service.go_on(CAMPAIGN_ID, part.number, part.turn, None, lambda: False)
                if here >= told + TOLD_EVERY:
                    told = here
                    report()
        report(done=True)


def reach(address: str) -> tuple[Counter[str], Connection | None]:
    """Where this process's calls to DynamoDB go, counted with their units; and the store, if that is ours."""
    plays.BY_NAME["told"] = make_told()
    counted: Counter[str] = Counter()
    real = BaseClient._make_api_call  # noqa: SLF001 - where all calls pass, pynamodb's too
    store: Connection | None = Client(address, family="AF_UNIX") if address else None

    def call(self: Any, name: str, told: dict[str, Any]) -> Any:
        if self.meta.service_model.service_name != "dynamodb":
            return real(self, name, told)
        counted[name] += 1
        if store is None:
            answer = real(self, name, told)
        else:
            store.send_bytes(json.dumps((name, told)).encode())
            answer = json.loads(store.recv_bytes())
            if reasons := answer.get("Refused"):
                error = {"Error": {"Code": "TransactionCanceledException", "Message": ""}}
                raise ClientError({**error, "CancellationReasons": reasons}, name)  # type: ignore[typeddict-item]
            if answer.get("Failed"):
                raise ClientError({"Error": {"Code": answer["Failed"], "Message": ""}}, name)
        reads, writes, indexed = units(name, told, answer)
        counted["read units"] += reads
        counted["write units"] += writes
        counted["index write units"] += indexed
        return answer

    BaseClient._make_api_call = call  # type: ignore[method-assign]  # noqa: SLF001 - as above
    table.bind.cache_clear()
    table.bind()
    return counted, store


def units(name: str, told: dict[str, Any], answer: dict[str, Any]) -> tuple[float, float, float]:
    """https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html: a read unit is 4 KB,
    or twice that when it need not be consistent; a write unit 1 KB, two of them in a transaction; an index writes 1 KB
    for each entry that comes or goes."""
    if name == "BatchGetItem":
        (asked,) = told["RequestItems"].values()
        price = 1.0 if asked.get("ConsistentRead") else 0.5
        found = [item for items in answer["Responses"].values() for item in items]
        missing = len(asked["Keys"]) - len(found)
        return price * (missing + sum(math.ceil(size(item) / 4096) for item in found)), 0, 0
    if name == "GetItem":
        return math.ceil(size(answer.get("Item", {})) / 4096) or 1, 0, 0
    if name == "BatchWriteItem":  # how people come into the table is not told
        return 0, 0, 0
    if name == "Query":
        return 0.5 * max(1, math.ceil(sum(map(size, answer["Items"])) / 4096)), 0, 0
    items = told.get("TransactItems") or [{"Put": told}]
    written = [(how, what) for each in items for how, what in each.items()]
    price = 2 if name == "TransactWriteItems" else 1
    sizes = [math.ceil(size(what["Item"]) / 1024) if how == "Put" else 1 for how, what in written]
    places = sum(
        (f"{index}_pk" in what["Item"]) for how, what in written if how == "Put" for index in ("list", "due", "queue")
    )
    return 0, price * sum(sizes), places


def size(item: dict[str, Any]) -> int:
    """Roughly what DynamoDB counts: names and values."""
    return sum(len(name) + valued(value) for name, value in item.items())


def valued(value: dict[str, Any]) -> int:
    ((kind, held),) = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name) + valued(inner) for name, inner in held.items())
    if kind == "L":
        return 3 + sum(1 + valued(inner) for inner in held)
    return len(held) // 2 + 2 if kind == "N" else len(held) if kind == "S" else 1


# ── The store ─────────────────────────────────────────────────────────────────────────────────────


def serve(address: str, file: str) -> None:
    """A table on disk, for one process at a time: what a dying one had sent whole is done whole, or not at all."""
    rows = sqlite3.connect(file, isolation_level=None)
    rows.execute("PRAGMA journal_mode=MEMORY")
    rows.execute("PRAGMA synchronous=OFF")
    rows.execute("CREATE TABLE t (pk TEXT, sk TEXT, lp TEXT, ls TEXT, item TEXT, PRIMARY KEY (pk, sk)) WITHOUT ROWID")
    rows.execute("CREATE INDEX l ON t (lp, ls) WHERE lp IS NOT NULL")
    with Listener(address, family="AF_UNIX") as listener:
        callers = [listener.accept()]
        from multiprocessing.connection import wait

        while True:
            socket = listener._listener._socket  # type: ignore[attr-defined]  # noqa: SLF001 - to wait for it
            for ready in wait([socket, *callers]):
                if ready is socket:
                    callers.append(listener.accept())
                    continue
                try:
                    name, told = json.loads(ready.recv_bytes())  # type: ignore[union-attr]
                    answer = json.dumps(_DO[name](rows, told)).encode()
                    ready.send_bytes(answer)  # type: ignore[union-attr]
                except (EOFError, ConnectionError, BrokenPipeError):
                    callers.remove(ready)  # type: ignore[arg-type]


def _at(rows: sqlite3.Connection, pk: str, sk: str) -> dict[str, Any] | None:
    found = rows.execute("SELECT item FROM t WHERE pk=? AND sk=?", (pk, sk)).fetchone()
    return json.loads(found[0]) if found else None


def _store(rows: sqlite3.Connection, item: dict[str, Any]) -> None:
    place = item.get("list_pk", {}).get("S"), item.get("list_sk", {}).get("S")
    what = (item["pk"]["S"], item["sk"]["S"], *place, json.dumps(item))
    rows.execute("INSERT OR REPLACE INTO t VALUES (?,?,?,?,?)", what)


def _batch_get(rows: sqlite3.Connection, told: dict[str, Any]) -> dict[str, Any]:
    ((name, asked),) = told["RequestItems"].items()
    found = (_at(rows, key["pk"]["S"], key["sk"]["S"]) for key in asked["Keys"])
    return {"Responses": {name: [item for item in found if item]}, "UnprocessedKeys": {}}


def _batch_write(rows: sqlite3.Connection, told: dict[str, Any]) -> dict[str, Any]:
    rows.execute("BEGIN")
    for writes in told["RequestItems"].values():
        for write in writes:
            _store(rows, write["PutRequest"]["Item"])
    rows.execute("COMMIT")
    return {"UnprocessedItems": {}}


def _load(rows: sqlite3.Connection, told: list[tuple[str, str, str, str]]) -> dict[str, Any]:
    what = ((f"CUSTOMER#{own}", keys.PROFILE, shard, place, item) for own, shard, place, item in told)
    rows.execute("BEGIN")
    rows.executemany("INSERT OR REPLACE INTO t VALUES (?,?,?,?,?)", what)
    rows.execute("COMMIT")
    return {}


def _get(rows: sqlite3.Connection, told: dict[str, Any]) -> dict[str, Any]:
    item = _at(rows, told["Key"]["pk"]["S"], told["Key"]["sk"]["S"])
    return {"Item": item} if item else {}


def _query(rows: sqlite3.Connection, told: dict[str, Any]) -> dict[str, Any]:
    """Of the list index, or of the table: a partition, from behind a place, between two, or with a beginning."""
    names = told["ExpressionAttributeNames"]
    values = {name: next(iter(value.values())) for name, value in told["ExpressionAttributeValues"].items()}
    said = re.sub(r"#\d+", lambda name: names[name[0]], told["KeyConditionExpression"])
    hash_name, hash_value = re.search(r"(\w+) = (:\d+)", said).groups()  # type: ignore[union-attr]
    columns = {"list_pk": ("lp", "ls"), "pk": ("pk", "sk")}[hash_name]
    sql, given = f"SELECT item FROM t WHERE {columns[0]}=?", [values[hash_value]]  # noqa: S608 - names of ours
    if between := re.search(r"BETWEEN (:\d+) AND (:\d+)", said):
        sql, given = f"{sql} AND {columns[1]} BETWEEN ? AND ?", [*given, *(values[one] for one in between.groups())]
    elif behind := re.search(r" > (:\d+)", said):
        sql, given = f"{sql} AND {columns[1]} > ?", [*given, values[behind[1]]]
    elif begins := re.search(r"begins_with \(\w+, (:\d+)\)", said):
        sql, given = f"{sql} AND substr({columns[1]}, 1, ?) = ?", [*given, len(values[begins[1]]), values[begins[1]]]  # type: ignore[list-item]
    order = "" if told.get("ScanIndexForward", True) else " DESC"
    sql = f"{sql} ORDER BY {columns[1]}{order} LIMIT {told.get('Limit', 1000)}"
    found = [json.loads(item) for (item,) in rows.execute(sql, given)]
    if hash_name == "list_pk":
        shown = ("pk", "sk", "list_pk", "list_sk", "kind")
        found = [{name: item[name] for name in shown if name in item} for item in found]
    return {"Items": found, "Count": len(found), "ScannedCount": len(found)}


def _holds(item: dict[str, Any] | None, what: dict[str, Any]) -> bool:
    """Insert if absent, replace the version that was read, or nothing to hold."""
    said = what.get("ConditionExpression")
    if not said:
        return True
    version = (item or {}).get("version", {}).get("N")
    if "attribute_not_exists" in said:
        return version is None
    (wanted,) = what["ExpressionAttributeValues"].values()
    return version == wanted["N"]


def _put(rows: sqlite3.Connection, told: dict[str, Any]) -> dict[str, Any]:
    item = told["Item"]
    if not _holds(_at(rows, item["pk"]["S"], item["sk"]["S"]), told):
        return {"Failed": "ConditionalCheckFailedException"}
    _store(rows, item)
    return {}


def _transact(rows: sqlite3.Connection, told: dict[str, Any]) -> dict[str, Any]:
    puts = [each["Put"] for each in told["TransactItems"] if "Put" in each]
    if len(puts) + sum("Update" in each for each in told["TransactItems"]) > 100:
        return {"Failed": "ValidationException"}
    held = [_holds(_at(rows, put["Item"]["pk"]["S"], put["Item"]["sk"]["S"]), put) for put in puts]
    if not all(held):
        verdicts = iter(held)
        told_ = [next(verdicts) if "Put" in each else True for each in told["TransactItems"]]
        return {"Refused": [{"Code": "None" if fits else "ConditionalCheckFailed"} for fits in told_]}
    rows.execute("BEGIN")
    for each in told["TransactItems"]:
        if "Put" in each:
            _store(rows, each["Put"]["Item"])
            continue
        _add(rows, each["Update"])
    rows.execute("COMMIT")
    return {}


def _add(rows: sqlite3.Connection, update: dict[str, Any]) -> None:
    """A sum: what is set is set, what is added is added."""
    key = update["Key"]
    item = _at(rows, key["pk"]["S"], key["sk"]["S"]) or dict(key)
    names, values = update["ExpressionAttributeNames"], update["ExpressionAttributeValues"]
    for clause in re.findall(r"(SET|ADD) (.*?)(?=SET|ADD|$)", update["UpdateExpression"]):
        for one in clause[1].split(","):
            name, value = re.findall(r"#\d+|:\d+", one)[0::1][:2]
            if clause[0] == "SET":
                item[names[name]] = values[value]
            else:
                before = int(item.get(names[name], {"N": "0"})["N"])
                item[names[name]] = {"N": str(before + int(values[value]["N"]))}
    _store(rows, item)


_DO = {
    "Load": _load,
    "BatchGetItem": _batch_get,
    "BatchWriteItem": _batch_write,
    "GetItem": _get,
    "Query": _query,
    "PutItem": _put,
    "TransactWriteItems": _transact,
}


# ── What it comes to ──────────────────────────────────────────────────────────────────────────────


def tell(reports: list[dict[str, Any]]) -> None:
    """By what the worker reported; what it did between its last report and its death is in neither figure."""
    lives = [report for report in reports if report]
    calls = ("BatchGetItem", "Query", "GetItem", "TransactWriteItems", "PutItem")
    total = {name: sum(life.get(name, 0) for life in lives) for name in (*calls, *_UNITS)}
    people = max(1, sum(life["here"] for life in lives))
    per_million = {name: amount * 1_000_000 / people for name, amount in total.items()}
    cpu = sum(life["cpu"] for life in lives) * 1_000_000 / people
    trips = sum(per_million[name] for name in calls)
    writes = per_million["write units"] + per_million["index write units"]
    memory = [mb for life in lives for mb in life["rss"][1:]] or [0.0]
    ends = " ".join(f"{life['rss'][-1]:.0f}" for life in lives)
    say(f"RSS of the worker, MB: {ends} at the end of each life; {min(memory):.0f} to {max(memory):.0f} over all")
    say("a million people:")
    for name in calls:
        say(f"  {name:<20} {per_million[name]:>12,.0f}")
    say(f"  round trips          {trips:>12,.0f}")
    for name in _UNITS:
        say(f"  {name:<20} {per_million[name]:>12,.0f}")
    seconds = cpu + trips * TRIP_SECONDS
    bill = {
        "DynamoDB reads": per_million["read units"] / 1e6 * READ,
        "DynamoDB writes": writes / 1e6 * WRITE,
        "SQS": 2 * 1_000_000 / 5_000 / 1e6 * REQUEST,
        "Lambda": seconds * MEMORY_GB * GB_SECOND,
    }
    say(f"  CPU of the worker    {cpu:>12,.0f} s")
    for name, dollars in bill.items():
        say(f"  {name:<20} {dollars:>12.2f} dollars")
    say(f"  in all               {sum(bill.values()):>12.2f} dollars")


_UNITS = ("read units", "write units", "index write units")


if __name__ == "__main__":
    main()
