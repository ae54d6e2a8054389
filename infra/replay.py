"""Stored mail is read again: which days are asked for, and the function that queues it, called until it is through."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from infra.cloud import Cloud
from infra.queues import Depth, depths
from infra.stack import Stack
from infra.trouble import Trouble

Progress = Callable[[str], None]
FUNCTION = "ReplayMail"
QUEUE, DEAD_LETTERS = "MailQueue", "MailDeadLetters"
MOST_DAYS = 400  # as long as the table remembers what was taken in, and raw mail is kept
QUARANTINE_DAYS = 30
PATIENCE = 3600  # seconds to wait for the queue
EMPTY_LOOKS = 20  # in a row, a minute on AWS: only then do SQS's figures agree with each other


@dataclass(frozen=True)
class Asked:
    """Whose mail is read again: all of these days', or what was quarantined on them."""

    first: date
    last: date
    quarantine: bool

    @property
    def days(self) -> list[str]:
        return [(self.first + timedelta(n)).isoformat() for n in range((self.last - self.first).days + 1)]


def asked_for(since: str | None, until: str | None, *, quarantine: bool, today: date | None = None) -> Asked:
    """The days of the command line; what cannot be meant is Trouble."""
    today = today or datetime.now(UTC).date()
    last = _day("--to", until) if until else today
    if since:
        first = _day("--from", since)
    elif quarantine:
        first = last - timedelta(QUARANTINE_DAYS - 1)
    else:
        raise Trouble("which mail? give --from DAY (make: FROM=2026-11-01), or --quarantine (make: QUARANTINE=1)")
    if (latest := max(first, last)) > today:
        raise Trouble(f"{latest} is still to come: today is {today} (UTC)")
    if first > last:
        raise Trouble(f"--from {first} is after --to {last}: name the earlier day first")
    if (days := (last - first).days + 1) > MOST_DAYS:
        raise Trouble(f"{days} days are too many: {MOST_DAYS} at most, for no mail is kept longer")
    return Asked(first, last, quarantine)


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Trouble(f"{option} {text}: write a day as 2026-11-21") from None


def replay(cloud: Cloud, stack: Stack, asked: Asked, progress: Progress = print) -> int:
    """Queues the mail; returns how many. Reading one twice changes nothing, so after a failure one may start anew."""
    total = 0
    for announced, reached in _calls(cloud, stack, asked):
        total += announced
        progress(f"replay: {total:,} mails queued, up to {reached}")
    return total


def _calls(cloud: Cloud, stack: Stack, asked: Asked) -> Iterator[tuple[int, str]]:
    """How many each call queued, and the day it reached."""
    after: str | None = None
    while True:
        answer = _call(cloud, stack, {"days": asked.days, "quarantine": asked.quarantine, "after": after})
        if answer["after"] is not None and answer["after"] == after:
            raise Trouble(f"replay does not get on behind {after}: read the log /liana/{stack.stage}/replay_mail")
        after = answer["after"]
        yield answer["announced"], after.partition("#")[0] if after else asked.last.isoformat()
        if after is None:
            return


def _call(cloud: Cloud, stack: Stack, event: dict[str, Any]) -> Any:
    found = cloud.client("cloudformation").describe_stack_resource(StackName=stack.name, LogicalResourceId=FUNCTION)
    answer = cloud.client("lambda").invoke(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=json.dumps(event).encode()
    )
    said = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        why = (said or {}).get("errorMessage") or answer["FunctionError"]
        raise Trouble(f"replay_mail failed: {' '.join(str(why).split())}; its log is /liana/{stack.stage}/replay_mail")
    return said


def wait(
    cloud: Cloud,
    stack: Stack,
    progress: Progress = print,
    look: Callable[[Cloud, Stack], list[Depth]] = depths,
    patience: float = PATIENCE,
) -> None:
    """Until the mail queue is empty; Trouble when it is not in time. Dead letters are told at the end."""
    deadline, empty, told = time.monotonic() + patience, 0, 0
    while True:
        queues = {depth.name: depth for depth in look(cloud, stack)}
        left = queues[QUEUE].waiting + queues[QUEUE].in_flight
        empty = 0 if left else empty + 1
        if empty >= EMPTY_LOOKS:
            break
        if time.monotonic() > deadline:
            raise Trouble(f"{left:,} mails still wait in {QUEUE}: they go on being read; watch with make status")
        if left and (left > told or left < told * 0.9):
            progress(f"replay: {left:,} mails still to be read")
            told = left
        time.sleep(cloud.pause)
    dead = queues[DEAD_LETTERS].waiting
    progress(f"replay: done, {dead:,} dead letter{'' if dead == 1 else 's'} in {DEAD_LETTERS}")
