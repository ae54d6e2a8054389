"""Does everybody get her notice exactly once, whoever dies? `python -m benchmarks.notices 10000 [--one-in 25]`.

The real handlers, run by several workers at once on a store in this process that keeps DynamoDB's promises: conditional
writes, transactions, one at a time. A worker dies at one call in `one-in`, before it takes effect or after it, SES's
included. Messages come in any order, one in ten twice, and those of the dead again; SES tells of what it took, late and
sometimes twice. When nothing moves any more the clock goes on, and what got stuck is found on the due index.

It prints how often each died and what became of all, with round trips and write units a notice. CPU is this process's.
"""

import argparse
import json
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock, Thread
from typing import Any, NamedTuple

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from benchmarks.intake import silent_logs
from chalicelib.cases import mailroom
from chalicelib.channels import email
from chalicelib.gateways import mailer as mail_gateway
from chalicelib.kernel import clock, ids, messages
from chalicelib.kernel.messages import ConsiderTask
from chalicelib.model.customer import Handle
from chalicelib.model.interaction import CLAIM_SETTLES_IN, Interaction
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import due
from chalicelib.storage.keys import Key
from chalicelib.storage.rows import Row
from chalicelib.storage.table import Indexed
from chalicelib.triggers import handlers
from tests.factories import NOON, make_customer, make_play_record, make_task
from tests.workbench import KEYS, SENDER, Died, forget_caches, parsed, send_event, set_environment

WORKERS = 3
TWICE = 0.1  # of messages
BETWEEN = 0.1  # of calls: another worker was at it just before
LANE = "lane"
FEEDBACK = "feedback"
_KILO = 1024
_WRITES = {"PutItem", "TransactWriteItems", "UpdateItem", "DeleteItem"}


class Figures(NamedTuple):
    notices: int
    mails: int
    persons: int  # who got one
    states: dict[str, int]
    deaths: dict[str, int]
    handled: int  # messages, repetitions included
    calls: dict[str, int]
    write_units: float
    seconds: float


def measure(notices: int, *, one_in: int = 25, seed: int = 7, workers: int = WORKERS) -> Figures:
    """Plans that many notices, one a person, and sends them; `one_in` 0: nobody dies. Of one worker, each call may find
    that another did a whole message just before it: the same for the same seed, which threads are not."""
    with pytest.MonkeyPatch.context() as patch:
        set_environment(
            patch,
            table_name="notices",
            bucket_name="notices",
            sender_address=SENDER,
            inbound_domain="care.liana.test",
            keys_parameter="/notices/keys",
            sending="on",
            company_name="Baum & Blatt",
            target="local",
            base_url="https://api.liana.test",
        )
        hazard = Hazard(one_in, seed)
        store, post = Store(hazard), Post(random.Random(seed))  # noqa: S311 - no secret depends on it
        now = Now(NOON)
        patch.setattr(clock, "now", now)
        patch.setattr(BaseClient, "_make_api_call", lambda client, name, asked: store.call(client, name, asked, post))
        mailer = Mailer(hazard, post)
        patch.setattr(mail_gateway, "mailer", mailer)
        try:
            _people(store, post, notices)
            store.calls.clear()
            store.write_units = 0
            began = time.process_time()
            if workers == 1 and one_in:
                store.meanwhile = Another(post)
            handled = _until_quiet(store, post, now, workers)
            seconds = time.process_time() - began
        finally:
            forget_caches()
    tasks = [thing for thing in store.things() if isinstance(thing, Task)]
    return Figures(
        notices=notices,
        mails=len(mailer.sent),
        persons=len(set(mailer.sent)),
        states=dict(Counter(task.state.value for task in tasks)),
        deaths=dict(hazard.deaths),
        handled=handled,
        calls=dict(store.calls),
        write_units=store.write_units,
        seconds=seconds,
    )


# ── The world ─────────────────────────────────────────────────────────────────────────────────────


@dataclass
class Hazard:
    """Workers die at one call in `one_in`, before or after it took effect."""

    one_in: int
    seed: int
    deaths: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.dice, self.lock = random.Random(self.seed), Lock()  # noqa: S311 - no secret depends on it
        self.on = True

    def strikes(self, call: str, moment: str) -> None:
        with self.lock:
            if self.on and self.one_in and self.dice.random() < 0.5 / self.one_in:
                self.deaths[f"{moment} {call}"] += 1
                raise Died


@dataclass
class Now:
    """The process's clock, which a test moves."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at


class Post:
    """A queue that gives messages in any order, at least once, until they were done."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.lock = dice, Lock()
        self.waiting: list[tuple[str, str]] = []
        self.handed = 0

    def put(self, kind: str, body: str) -> None:
        with self.lock:
            self.waiting += [(kind, body)] * (2 if self.dice.random() < TWICE else 1)

    def take(self) -> tuple[str, str] | None:
        with self.lock:
            if not self.waiting:
                return None
            at = self.dice.randrange(len(self.waiting))
            self.waiting[at], self.waiting[-1] = self.waiting[-1], self.waiting[at]
            self.handed += 1
            return self.waiting.pop()

    def give_back(self, kind: str, body: str) -> None:
        with self.lock:
            self.waiting.append((kind, body))


class Mailer:
    """SES: it may take a mail and its answer be lost with the worker. It tells of every mail it took."""

    def __init__(self, hazard: Hazard, post: Post) -> None:
        self.hazard, self.post, self.lock = hazard, post, Lock()
        self.sent: list[str] = []

    def send(self, raw: bytes, sender: str, to: str) -> str:  # noqa: ARG002 - the Protocol's
        self.hazard.strikes("SendRawEmail", "before")
        with self.lock:
            ses_id = f"0100{len(self.sent):012d}-000000"
            self.sent.append(to)
        tags = dict(pair.strip().split("=") for pair in parsed(raw)["X-SES-MESSAGE-TAGS"].split(","))
        self.post.put(FEEDBACK, send_event(ses_id, tags))
        self.hazard.strikes("SendRawEmail", "after")
        return ses_id


class Store:
    """What of DynamoDB these handlers ask for; each call happens whole, alone, or not at all. A write with an outbox
    brings its messages into the post, as the stream and the relay do."""

    def __init__(self, hazard: Hazard) -> None:
        self.hazard, self.lock = hazard, Lock()
        self.rows: dict[Key, dict[str, Any]] = {}
        self.calls: Counter[str] = Counter()
        self.write_units = 0.0
        self.meanwhile: Callable[[], None] = lambda: None

    def call(self, client: Any, name: str, asked: dict[str, Any], post: Post) -> dict[str, Any]:
        service = client.meta.service_model.service_name
        if service == "ssm":
            return {"Parameter": {"Value": KEYS, "Name": asked["Name"], "Version": 1}}
        if service != "dynamodb":
            raise AssertionError(f"nobody expected {service} to be asked for {name}")
        self.hazard.strikes(name, "before")
        self.meanwhile()
        with self.lock:
            self.calls[name] += 1
            answer = _ANSWERS[name](self, asked, post)
        self.hazard.strikes(name, "after")
        return answer

    def things(self) -> Iterator[Any]:
        return (_thing(row) for row in self.rows.values())

    def put_row(self, row: dict[str, Any], post: Post) -> None:
        key = _key(row)
        before = self.rows.get(key, {}).get("outbox_id")
        self.rows[key] = row
        if "outbox" in row and row["outbox_id"] != before:
            for told in row["outbox"]["L"]:
                post.put(LANE, told["S"])

    def keeps(self, asked: dict[str, Any], row: dict[str, Any] | None) -> bool:
        """Whether the condition holds: these writers ask that there be no row, or that it have a version."""
        condition = asked.get("ConditionExpression", "")
        if not condition:
            return True
        if condition.startswith("attribute_not_exists"):
            return row is None
        name, value = re.fullmatch(r"\(?(#\w+) = (:\w+)\)?", condition).groups()  # type: ignore[union-attr]
        field_name = asked["ExpressionAttributeNames"][name]
        return row is not None and row.get(field_name) == asked["ExpressionAttributeValues"][value]

    def count(self, row: dict[str, Any], times: int) -> None:
        self.write_units += times * -(-len(json.dumps(row)) // _KILO)


def _get(store: Store, asked: dict[str, Any], _post: Post) -> dict[str, Any]:
    row = store.rows.get(_key(asked["Key"]))
    return {"Item": row} if row else {}


def _batch_get(store: Store, asked: dict[str, Any], _post: Post) -> dict[str, Any]:
    ((table, wanted),) = asked["RequestItems"].items()
    found = [store.rows[_key(key)] for key in wanted["Keys"] if _key(key) in store.rows]
    return {"Responses": {table: found}, "UnprocessedKeys": {}}


def _put(store: Store, asked: dict[str, Any], post: Post) -> dict[str, Any]:
    if not store.keeps(asked, store.rows.get(_key(asked["Item"]))):
        raise _refused("ConditionalCheckFailedException", "PutItem")
    store.count(asked["Item"], 1)
    store.put_row(asked["Item"], post)
    return {}


def _transact(store: Store, asked: dict[str, Any], post: Post) -> dict[str, Any]:
    writes = [next(iter(item.items())) for item in asked["TransactItems"]]
    held = [store.keeps(write, store.rows.get(_key(write.get("Item") or write["Key"]))) for _, write in writes]
    if not all(held):
        reasons = [{"Code": "None" if kept else "ConditionalCheckFailed"} for kept in held]
        raise _refused("TransactionCanceledException", "TransactWriteItems", reasons)
    for how, write in writes:
        store.count(write.get("Item") or write["Key"], 2)
        if how == "Put":
            store.put_row(write["Item"], post)
    return {}  # sums are not kept: nobody here reads one


def _query(_store: Store, _asked: dict[str, Any], _post: Post) -> dict[str, Any]:
    return {"Items": [], "Count": 0, "ScannedCount": 0}


_ANSWERS: dict[str, Callable[[Store, dict[str, Any], Post], dict[str, Any]]] = {
    "GetItem": _get,
    "BatchGetItem": _batch_get,
    "PutItem": _put,
    "TransactWriteItems": _transact,
    "Query": _query,
}


def _refused(code: str, call: str, reasons: list[dict[str, str]] | None = None) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {}}
    if reasons:
        answer["CancellationReasons"] = reasons
    return ClientError(answer, call)


def _key(row: dict[str, Any]) -> Key:
    return Key(row["pk"]["S"], row["sk"]["S"])


def _thing(row: dict[str, Any]) -> Any:
    return Row.from_raw_data(row).domain()


# ── The work ──────────────────────────────────────────────────────────────────────────────────────


def _people(store: Store, post: Post, notices: int) -> None:
    """Everybody agreed to mail, has a card that expires, and a task that is due."""
    store.hazard.on = False
    _store(store, make_play_record(version=None))
    for number in range(notices):
        customer_id = ids.derived_ulid(NOON - timedelta(days=90), "person", str(number))
        told = make_customer(
            id=customer_id,
            consenting=True,
            traits={"card_expires_on": "2026-12-10"},
            handles=(Handle("email", f"person-{number}@example.org"),),
            version=None,
        )
        task = make_task(
            TaskState.PLANNED,
            id=ids.derived_ulid(NOON, "task", str(number)),
            customer_id=customer_id,
            channels=("email",),
            version=None,
        )
        _store(store, told)
        _store(store, task)
        said = ConsiderTask(customer_id=customer_id, task_id=task.id, as_of=clock.iso(NOON))
        post.put(LANE, messages.to_json(said))
    store.hazard.on = True


def _store(store: Store, thing: Any) -> None:
    row = Row.of(thing)
    row.version = 1
    store.rows[Key(row.pk, row.sk)] = row.serialize()


def _until_quiet(store: Store, post: Post, now: Now, workers: int) -> int:
    """Work until nothing moves, then let the clock look at what got stuck, until there is no such thing."""
    for _ in range(20):
        if workers == 1:
            _work(post)
        else:
            crew = [Thread(target=_work, args=(post,)) for _ in range(workers)]
            for worker in crew:
                worker.start()
            for worker in crew:
                worker.join()
        now.at += 2 * CLAIM_SETTLES_IN
        if not _tick(store, post, now.at):
            return post.handed
    raise AssertionError("it never came to rest")


def _tick(store: Store, post: Post, at: datetime) -> int:
    """What is due by now, as the clock announces it."""
    until, found = f"{clock.iso(at)}$", 0
    for key, row in list(store.rows.items()):
        if "due_sk" in row and row["due_sk"]["S"] <= until:
            lane = "outreach" if "outreach" in row["due_pk"]["S"] else "work"
            thing = _thing(row)
            if isinstance(thing, Task | Interaction):
                entry = Indexed(row["due_sk"]["S"], key, type(thing))
                post.put(LANE, messages.to_json(due._message(lane, entry, clock.iso(at))))  # noqa: SLF001 - as the tick does
                found += 1
    return found


class Another:
    """A second worker, who now and then does a message while the first stands still."""

    def __init__(self, post: Post) -> None:
        self.post, self.busy = post, False

    def __call__(self) -> None:
        if self.busy or self.post.dice.random() > BETWEEN:
            return
        self.busy = True
        try:
            _one(self.post)
        finally:
            self.busy = False


def _work(post: Post) -> None:
    """A function that is called as long as there is something to do: whenever it dies there is another."""
    while _one(post):
        pass


def _one(post: Post) -> bool:
    """Whether there was a message to be done."""
    if (taken := post.take()) is None:
        return False
    kind, body = taken
    try:
        if kind == LANE:
            handlers.handle(body)
        elif news := email.feedback_of(body):
            mailroom.hear(news)
    except (Died, Exception):  # noqa: BLE001 - the queue gives it again, whatever it was
        post.give_back(kind, body)
    return True


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notices", nargs="?", type=int, default=10_000)
    parser.add_argument("--one-in", type=int, default=25)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args(argv)
    with silent_logs():
        told = measure(asked.notices, one_in=asked.one_in, seed=asked.seed)
    deaths = sum(told.deaths.values())
    print(f"{told.notices} notices, {told.mails} mails to {told.persons} persons, tasks {told.states}")
    print(f"{deaths} workers died, {told.handled} messages handled; {told.seconds:.0f} s of CPU")
    for where, often in sorted(told.deaths.items()):
        print(f"  {often:6} {where}")
    trips = sum(told.calls.values())
    print(f"a notice: {trips / told.notices:.1f} round trips, {told.write_units / told.notices:.1f} write units")
    print("  " + ", ".join(f"{name} {often / told.notices:.1f}" for name, often in sorted(told.calls.items())))
    exactly_once = told.mails == told.persons == told.notices and told.states == {"sent": told.notices}
    print("every person exactly once" if exactly_once else "NOT every person exactly once")
    return 0 if exactly_once else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
