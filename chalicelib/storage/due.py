"""AP-5: what is due by now, from the due index, shard by shard; never a scan."""

from collections.abc import Callable, Iterator
from datetime import datetime

from chalicelib.kernel import clock
from chalicelib.kernel.messages import (
    ActOnAnswer,
    ActOnCase,
    BuildExport,
    ConsiderTask,
    Erase,
    JudgeTier,
    Message,
    SendMail,
    SortCustomers,
)
from chalicelib.storage import keys, table
from chalicelib.storage.keys import DueLane, Key

PAGE = 500


def work(now: datetime) -> Iterator[list[Message]]:
    """Cases whose promise or wait is due, answers that wait, outbound mail, exports and erasures that got stuck,
    customers whose segments time may change, as the messages that act."""
    return _due("work", now)


def outreach(now: datetime) -> Iterator[list[Message]]:
    """Tasks whose time has come, and tiers that time may change, as messages."""
    return _due("outreach", now)


def _due(lane: DueLane, now: datetime) -> Iterator[list[Message]]:
    """Pages, earliest first within a shard. A page is one Query; an idle shard costs one, too."""
    until = f"{clock.iso(now)}$"  # sorts behind every id of this instant
    for shard in range(keys.DUE_SHARDS):
        after = ""
        while True:
            found = table.due_by(keys.due_shard(lane, shard), until, after=after, limit=PAGE)
            if found:
                yield [_message(lane, entry.key, clock.iso(now)) for entry in found]
            if len(found) < PAGE:
                break
            after = found[-1].place


def _message(lane: DueLane, key: Key, as_of: str) -> Message:
    kind, _, owner = key.pk.partition("#")
    if key.sk.startswith(keys.LATER):
        return ActOnAnswer(customer_id=owner, answer_id=key.sk.removeprefix(keys.LATER), as_of=as_of)
    entry = key.sk.removeprefix(keys.TIMELINE).removeprefix(keys.LETTERS)
    if key.sk == keys.PROFILE:
        return JudgeTier(customer_id=owner, as_of=as_of)
    if key == keys.memberships(owner):
        return SortCustomers(customer_ids=(owner,), as_of=as_of)
    if lane == "outreach":
        return ConsiderTask(customer_id=owner, task_id=entry, as_of=as_of)
    if announce := _BY_PARTITION.get(kind):
        return announce(owner, as_of)
    return SendMail(customer_id=owner, interaction_id=entry)


_BY_PARTITION: dict[str, Callable[[str, str], Message]] = {
    "CASE": lambda case_id, as_of: ActOnCase(case_id=case_id, as_of=as_of),
    "EXPORT": lambda export_id, _: BuildExport(export_id=export_id),
    "ERASURE": lambda erasure_id, as_of: Erase(erasure_id=erasure_id, as_of=as_of),
}
