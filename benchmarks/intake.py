"""What an inbound mail costs in CPU, and what each function costs to import: `python -m benchmarks.intake`.

The warm handler runs in this process on the local cloud (another process), so that its CPU includes every AWS
client call it makes: S3 GetObject, DynamoDB BatchGetItem and TransactWriteItems. Beside it, in the same run, stand
its parts: the same AWS calls made bare, and the parsing alone. Imports run in fresh interpreters, against bare
boto3 + pynamodb. CPU times of one process; compare ratios, not machines.
"""

import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local_cloud import LocalCloud
from tests.workbench import SENDER, Bench, Context, mail_bytes, open_bench, received

MAILS = 300
WARM_UP = 20
IMPORT_RUNS = 7
ROOTS = (
    "chalicelib.triggers.inbound_mail",
    "chalicelib.triggers.mail_feedback",
    "chalicelib.triggers.relay",
    "chalicelib.triggers.follow_ups",
    "chalicelib.triggers.delivery",
    "chalicelib.triggers.schedule",
    "app",
)
BARE = "import boto3, pynamodb.models, pynamodb.transactions"
HISTORY = "\n".join(f"> line {n} of what was written before" for n in range(40))
TEXT = f"Hello,\n\nwhere is my order 4711? It should have come on Tuesday.\n\nAnn\n\nOn Monday, Bo wrote:\n{HISTORY}\n"


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as home,
        LocalCloud(Path(home), keep_state=False) as cloud,
        pytest.MonkeyPatch.context() as patch,
        silent_logs(),
    ):
        patch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
        bench = open_bench(patch)
        rows = [
            ("a stranger's first mail", handled(bench, new_senders())),
            ("a customer's next mail, new case", handled(bench, same_sender())),
            ("a reply in its case", handled(bench, replies(bench))),
            ("the same AWS calls, bare", bare_calls(bench)),
            ("parsing alone", parsing()),
        ]
    print(f"CPU ms per mail, warm, {MAILS} mails each   median     p95")
    for name, times in rows:
        p95 = sorted(times)[int(len(times) * 0.95)]
        print(f"  {name:<38} {statistics.median(times):>9.2f} {p95:>7.2f}")
    print(f"\nImport CPU ms, fresh interpreter, median of {IMPORT_RUNS}   (÷ bare boto3 + pynamodb)")
    bare = import_time(BARE)
    print(f"  {'bare boto3 + pynamodb':<38} {bare:>9.0f}")
    for root in ROOTS:
        took = import_time(f"import {root}")
        print(f"  {root.removeprefix('chalicelib.triggers.'):<38} {took:>9.0f}   ×{took / bare:.2f}")


def handled(bench: Bench, mails: Iterator[tuple[bytes, str]]) -> list[float]:
    from chalicelib.triggers.inbound_mail import inbound_mail

    def one() -> float:
        raw, sender = next(mails)
        ses_id = bench.receive(raw, announce=False)
        body = received(ses_id, [SENDER], sender, bench.bucket)
        record = {"messageId": ses_id, "receiptHandle": "r", "body": body, "attributes": {}}
        return cpu_ms(lambda: inbound_mail({"Records": [record]}, Context()))

    return measured(one)


def new_senders() -> Iterator[tuple[bytes, str]]:
    while True:
        sender = f"{secrets.token_hex(6)}@example.org"
        yield mail_bytes(TEXT, sender=f"Somebody <{sender}>"), sender


def same_sender() -> Iterator[tuple[bytes, str]]:
    """A few hundred customers in turn, so that nobody's open cases grow without end."""
    senders = [f"customer-{n}@example.org" for n in range(20)]
    while True:
        for sender in senders:
            yield mail_bytes(TEXT, sender=sender), sender


def replies(bench: Bench) -> Iterator[tuple[bytes, str]]:
    sender, first = "replies@example.org", "<first-of-all@example.org>"
    from chalicelib.cases import service

    ses_id = bench.receive(mail_bytes(TEXT, sender=sender, message_id=first), announce=False)
    service.receive_mail(received(ses_id, [SENDER], sender, bench.bucket))
    while True:
        yield mail_bytes(TEXT, sender=sender, In_Reply_To=first, References=first), sender


def bare_calls(bench: Bench) -> list[float]:
    """GetObject, BatchGetItem of 3 keys, TransactWriteItems of 6 small items, by the bare clients."""
    from chalicelib.gateways.aws import client
    from chalicelib.kernel.settings import settings

    dynamodb, s3, table = client("dynamodb"), client("s3"), settings().table_name
    ses_id = bench.receive(mail_bytes(TEXT), announce=False)

    def calls() -> None:
        s3.get_object(Bucket=bench.bucket, Key=f"in/{ses_id}")["Body"].read()
        keys = [{"pk": {"S": secrets.token_hex(8)}, "sk": {"S": "x"}} for _ in range(3)]
        dynamodb.batch_get_item(RequestItems={table: {"Keys": keys}})
        items = [{"pk": {"S": secrets.token_hex(8)}, "sk": {"S": "x"}, "text": {"S": "x" * 300}} for _ in range(6)]
        dynamodb.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": item}} for item in items])

    return measured(lambda: cpu_ms(calls))


def parsing() -> list[float]:
    from chalicelib.mail.parse import parse_mail

    raw = mail_bytes(TEXT)
    return measured(lambda: cpu_ms(lambda: parse_mail(raw)))


def measured(one: Callable[[], float]) -> list[float]:
    for _ in range(WARM_UP):
        one()
    return [one() for _ in range(MAILS)]


def cpu_ms(work: Callable[[], object]) -> float:
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def import_time(statement: str) -> float:
    program = f"import time; t = time.process_time(); {statement}; print(time.process_time() - t)"
    environment = {**os.environ, "AWS_DEFAULT_REGION": "us-east-1"}

    def once() -> float:
        run = [sys.executable, "-c", program]
        answer = subprocess.run(run, env=environment, check=True, capture_output=True, text=True)  # noqa: S603 - our own
        return float(json.loads(answer.stdout.splitlines()[-1])) * 1000

    once()  # writes the .pyc files, which the deployed zip carries
    return statistics.median(once() for _ in range(IMPORT_RUNS))


@contextmanager
def silent_logs() -> Iterator[None]:
    """The handlers' log lines are part of the cost, but not of this program's output."""
    kept = os.dup(1)
    with tempfile.TemporaryFile() as nowhere:
        sys.stdout.flush()
        os.dup2(nowhere.fileno(), 1)
        try:
            yield
        finally:
            sys.stdout.flush()
            os.dup2(kept, 1)
            os.close(kept)


if __name__ == "__main__":
    main()
