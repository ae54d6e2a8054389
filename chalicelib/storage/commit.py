"""One decision, one write: the new state and the messages it causes, all or nothing.

Each change is conditional: what was never stored must not exist, what was read must not have changed since, deleted
or not. Only counters are added to unread. With each case goes what changed in it (storage/histories.py), with each
task of a campaign where it stands (storage/campaigns.py).
A refused decision left nothing behind; `Refused` says which changes were in
the way, and `settle` reads and decides again. TransactWriteItems:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import random
import secrets
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import DeleteError, PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel import messages
from chalicelib.kernel.decision import Decision, Gone, Tally
from chalicelib.kernel.errors import HubError, Unavailable
from chalicelib.model.tally import Sum
from chalicelib.storage.campaigns import counted
from chalicelib.storage.histories import with_history
from chalicelib.storage.keys import TALLY_SHARDS
from chalicelib.storage.rows import Row
from chalicelib.storage.table import bind, code_of

T = TypeVar("T")
ATTEMPTS = 8


class Refused(HubError):
    """Somebody was faster: `exists` are new things that were there already, `stale` are changed or deleted ones
    that moved on, and counters that were busy."""

    title = "Changed meanwhile"
    status = 409
    retryable = True

    def __init__(self, exists: list[Any], stale: list[Any]) -> None:
        names = [f"{type(thing).__name__} exists" for thing in exists]
        super().__init__(", ".join(names + [f"{type(thing).__name__} has changed" for thing in stale]))
        self.exists = exists
        self.stale = stale


def commit(decision: Decision) -> None:
    """Make the decision so. Raises Refused when a condition failed, Unavailable when DynamoDB did not answer
    well; after Unavailable it may have been written or not, and the same decision again changes nothing
    twice."""
    if not decision.changes:
        return
    bind()
    writes = _writes((*with_history(decision), *counted(decision.changes)))
    if decision.messages:
        carrier = next(write.row for write in writes if write.how == "put")
        carrier.outbox_id = secrets.token_hex(6)
        carrier.outbox = [messages.to_json(message) for message in decision.messages]
    if decision.caused_by:
        for write in writes:
            if write.how == "put":
                write.row.caused_by = ",".join(decision.caused_by)
    try:
        _write(writes)
    except (PutError, DeleteError, TransactWriteError) as error:
        raise _refusal(error, writes) from error
    except PynamoDBException as error:
        raise Unavailable(f"the table cannot be written: {code_of(error)}") from error


def settle(decide: Callable[[], tuple[Decision, T]]) -> tuple[Decision, T]:
    """Load, decide, commit; again from the start when somebody was faster. Returns the decision that was
    committed and what `decide` returned with it. After a few rounds it gives up with Refused, which may be
    tried again."""
    for attempt in range(ATTEMPTS):
        decision, result = decide()
        try:
            commit(decision)
            return decision, result
        except Refused:
            if attempt == ATTEMPTS - 1:
                raise
            # Full jitter, so that parallel losers do not meet again.
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - no secret depends on it
    raise AssertionError("unreachable")


class _Write(NamedTuple):
    how: Literal["delete", "put", "add"]
    row: Row
    thing: Any


def _writes(changes: tuple[Any, ...]) -> list[_Write]:
    """In the order in which pynamodb puts them into a transaction, and DynamoDB gives its reasons."""
    deletes, puts, adds = [], [], []
    counted: dict[tuple[str, ...], Counter[str]] = {}
    for change in changes:
        match change:
            case Gone(thing):
                deletes.append(_Write("delete", Row.of(thing), thing))
            case Tally(counter, amounts):
                counted.setdefault(counter, Counter()).update(amounts)
            case _:
                puts.append(_Write("put", Row.of(change), change))
    for counter, all_amounts in counted.items():  # together: a transaction takes each row once
        shard = random.randrange(TALLY_SHARDS)  # noqa: S311 - another one after a conflict
        sums = [Sum(counter, shard, of_what, amount) for of_what, amount in all_amounts.items()]
        adds += [_Write("add", Row.of(each), each) for each in sums]
    return [*deletes, *puts, *adds]


def _write(writes: list[_Write]) -> None:
    if len(writes) == 1 and writes[0].how != "add":
        row = writes[0].row  # the same condition at half the price of a transaction
        row.delete() if writes[0].how == "delete" else row.save()
        return
    with TransactWrite(connection=_connection(), client_request_token=secrets.token_hex(16)) as transaction:
        for how, row, _ in writes:
            match how:
                case "delete":
                    transaction.delete(row)
                case "put":
                    transaction.save(row)
                case "add":
                    transaction.update(row, row.addition(), add_version_condition=False)


def _connection() -> Connection:
    # pynamodb makes a transaction of a connection and offers no public way to the models' own.
    return Row._get_connection().connection  # noqa: SLF001 - pynamodb offers no public way to it


def _refusal(error: PutError | DeleteError | TransactWriteError, writes: list[_Write]) -> HubError:
    code = code_of(error)
    if code == "ConditionalCheckFailedException":
        failed = writes
    elif code == "TransactionCanceledException" and isinstance(error, TransactWriteError):
        reasons = zip(writes, error.cancellation_reasons, strict=True)
        refused = {"ConditionalCheckFailed", "TransactionConflict"}
        failed = [write for write, reason in reasons if reason and reason.code in refused]
    else:
        failed = []
    if not failed:
        return Unavailable(f"the table cannot be written: {code}")
    new = [write.how == "put" and write.thing.version is None for write in failed]
    return Refused(
        exists=[write.thing for write, is_new in zip(failed, new, strict=True) if is_new],
        stale=[write.thing for write, is_new in zip(failed, new, strict=True) if not is_new],
    )
