"""One decision, one write: the new state and the messages it causes, all or nothing.

Each change is conditional: what was never stored must not exist, what was read must not have changed since. A
refused decision left nothing behind; `Refused` says which changes were in the way, and `settle` reads and
decides again. TransactWriteItems:
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
"""

import random
import secrets
import time
from collections.abc import Callable
from typing import Any, TypeVar

from pynamodb.connection import Connection
from pynamodb.exceptions import PutError, PynamoDBException, TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel import messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import HubError, Unavailable
from chalicelib.storage.rows import Row
from chalicelib.storage.table import bind, code_of

T = TypeVar("T")
ATTEMPTS = 8


class Refused(HubError):
    """Somebody was faster: `exists` are new things that were there already, `stale` are changed ones that
    moved on."""

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
    rows = [Row.of(change) for change in decision.changes]
    if decision.messages:
        rows[0].outbox_id = secrets.token_hex(6)
        rows[0].outbox = [messages.to_json(message) for message in decision.messages]
    try:
        _write(rows)
    except (PutError, TransactWriteError) as error:
        raise _refusal(error, decision.changes) from error
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


def _write(rows: list[Row]) -> None:
    if len(rows) == 1:
        rows[0].save()  # the same condition at half the price of a transaction
        return
    with TransactWrite(connection=_connection(), client_request_token=secrets.token_hex(16)) as transaction:
        for row in rows:
            transaction.save(row)


def _connection() -> Connection:
    # pynamodb makes a transaction of a connection and offers no public way to the models' own.
    return Row._get_connection().connection  # noqa: SLF001 - pynamodb offers no public way to it


def _refusal(error: PutError | TransactWriteError, changes: tuple[Any, ...]) -> HubError:
    code = code_of(error)
    if code == "ConditionalCheckFailedException":
        failed = list(changes)
    elif code == "TransactionCanceledException" and isinstance(error, TransactWriteError):
        reasons = zip(changes, error.cancellation_reasons, strict=True)
        refused = {"ConditionalCheckFailed", "TransactionConflict"}
        failed = [change for change, reason in reasons if reason and reason.code in refused]
    else:
        failed = []
    if not failed:
        return Unavailable(f"the table cannot be written: {code}")
    return Refused(
        exists=[change for change in failed if change.version is None],
        stale=[change for change in failed if change.version is not None],
    )
