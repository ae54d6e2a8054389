"""Machine keys in the table, each under its own id, and how often callers call."""

from datetime import datetime

from pynamodb.exceptions import PynamoDBException

from chalicelib.kernel.errors import Unavailable
from chalicelib.model.machine import MachineKey
from chalicelib.model.page import Page
from chalicelib.model.session import CallRate
from chalicelib.storage import keys, table
from chalicelib.storage.rows import Row
from chalicelib.storage.table import bind, code_of, row_at


def machine_key(key_id: str) -> MachineKey | None:
    """AP-15: by key."""
    found: MachineKey | None = row_at(keys.machine(key_id))
    return found


def machine_keys(after: str | None, limit: int) -> Page[MachineKey]:
    """AP-46: every key, the oldest first, over all shards."""
    shards = [keys.machines_shard(n) for n in range(keys.LIST_SHARDS)]
    found = table.listed_in_all(shards, after=after or "", newest_first=False, limit=limit)
    return table.page_of(found, limit)


def called(what: str, window: datetime, calls: int) -> int:
    """AP-48: adds to what was counted in this window, and says how much it is now. One write, without a read; a lost
    answer may count twice, which only makes the limit tighter. Raises Unavailable."""
    bind()
    row = Row.of(CallRate(what=what, window=window, calls=calls))
    try:
        row.update(actions=row.addition(), add_version_condition=False)
    except PynamoDBException as error:
        raise Unavailable(f"the table cannot be written: {code_of(error)}") from error
    return int(row.domain().calls)
