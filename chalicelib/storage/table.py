"""Binds the rows to this stage's table and the process's one AWS session; reads rows by key."""

from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec
import pynamodb.connection.base
from pynamodb.exceptions import PynamoDBException

from chalicelib import session
from chalicelib.kernel import clock
from chalicelib.kernel.errors import Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.model.domain_event import RowChange
from chalicelib.model.page import Page
from chalicelib.model.work import Routing
from chalicelib.storage.keys import Key
from chalicelib.storage.rows import KINDS, Row, forget_read


class Indexed(NamedTuple):
    """A row as an index knows it: its place in the index's order, its key, and of what it is a row."""

    place: str
    key: Key
    model: type | None = None


@cache
def bind() -> None:
    """Point every kind of row at the stage's table; `bind.cache_clear()` after changing settings in a
    test."""
    # pynamodb makes a session per thread from this name and a connection per model: no public way to either.
    pynamodb.connection.base.get_session = session.session  # type: ignore[attr-defined]  # its import; one session for all
    kinds: tuple[type[Row], ...] = (Row, *KINDS)
    for kind in kinds:
        kind.Meta.table_name = settings().table_name
        kind._connection = None  # noqa: SLF001 - remembers the table it was made for
    forget_read()
    shared = Row._get_connection()  # noqa: SLF001 - see below
    for kind in KINDS:
        kind._connection = shared  # noqa: SLF001 - each kind would make a client of its own


def rows_at(keys: Iterable[Key], *, consistent: bool = True) -> dict[Key, Any]:
    """What lies at these keys as domain objects, in one BatchGet (100 keys and 16 MB a trip). Strongly consistent, or
    as it was a moment ago, for half the price.

    Missing keys are missing from the answer. Raises Unavailable when DynamoDB cannot be asked.
    """
    bind()
    wanted = list(dict.fromkeys(keys))
    if not wanted:
        return {}
    with _reading():
        return {Key(row.pk, row.sk): row.domain() for row in Row.batch_get(wanted, consistent_read=consistent)}


def row_at(key: Key) -> Any | None:
    """One row, strongly consistent; None when there is none."""
    bind()
    with _reading():
        try:
            return Row.get(*key, consistent_read=True).domain()
        except Row.DoesNotExist:
            return None


def entries(pk: str, starting: str, *, after: str | None, limit: int, consistent: bool = False) -> list[Any]:
    """One Query on a partition of the table: domain objects whose sort key starts so, newest first, from
    behind the sort key `after`."""
    bind()
    begin = {"pk": {"S": pk}, "sk": {"S": after}} if after else None
    with _reading():
        rows = Row.query(
            pk,
            Row.sk.startswith(starting),
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=begin,
            consistent_read=consistent,
        )
        return [row.domain() for row in rows]


def between(pk: str, first: str, last: str, *, limit: int) -> list[Any]:
    """One strongly consistent Query on a partition of the table: domain objects from one sort key to before another,
    newest first."""
    bind()
    with _reading():
        rows = Row.query(pk, Row.sk.between(first, last), scan_index_forward=False, limit=limit, consistent_read=True)
        return [row.domain() for row in rows if str(row.sk) < last]


def whole(pk: str, *, after: str, limit: int) -> list[tuple[str, Any]]:
    """One strongly consistent Query on a partition of the table, whatever is in it: sort keys and domain objects, in
    key order from behind the sort key `after`."""
    bind()
    with _reading():
        rows = Row.query(pk, Row.sk > after if after else None, limit=limit, consistent_read=True)
        return [(str(row.sk), row.domain()) for row in rows]


def due_by(shard: str, until: str, *, after: str = "", limit: int) -> list[Indexed]:
    """One Query on a shard of the due index: what is due at or before `until`, earliest first."""
    bind()
    with _reading():
        rows = Row.due_index.query(shard, Row.due_sk.between(f"{after}\0", until), limit=limit)
        return [Indexed(str(row.due_sk), Key(row.pk, row.sk), row.model) for row in rows]


def listed(shard: str, *, after: str = "", newest_first: bool = False, limit: int) -> list[Indexed]:
    """One Query on a partition of the list index, in its order, from behind the sort key `after`."""
    bind()
    begin = None
    if after:
        begin = Row.list_sk < after if newest_first else Row.list_sk > after
    with _reading():
        rows = Row.list_index.query(shard, begin, scan_index_forward=not newest_first, limit=limit)
        return [Indexed(str(row.list_sk), Key(row.pk, row.sk)) for row in rows]


def listed_between(shard: str, begin: str, end: str, *, limit: int) -> list[Indexed]:
    """One Query on a partition of the list index, in its order, from one place up to another."""
    bind()
    with _reading():
        rows = Row.list_index.query(shard, Row.list_sk.between(begin, end), limit=limit)
        return [Indexed(str(row.list_sk), Key(row.pk, row.sk)) for row in rows]


class Waiting(NamedTuple):
    """Work as the index of queues knows it."""

    place: str
    key: Key
    customer_id: str
    routing: Routing
    stands_at: datetime


def waiting_in(line: str, until: str, *, limit: int) -> list[Waiting]:
    """One Query on a line of the index of queues: what may be handed out at `until`, the first in line first."""
    bind()
    with _reading():
        rows = Row.queue_index.query(line, Row.queue_sk <= until, limit=limit)
        return [
            Waiting(
                str(row.queue_sk),
                Key(row.pk, row.sk),
                str(row.attribute_values["customer_id"]),
                msgspec.convert(row.attribute_values["routing"], Routing),
                clock.from_iso(str(row.queue_sk).partition("#")[0]),
            )
            for row in rows
        ]


def placed_in(line: str) -> list[Key]:
    """All rows of a line of the index of queues: a Query for each 1,000."""
    bind()
    with _reading():
        return [Key(row.pk, row.sk) for row in Row.queue_index.query(line, page_size=1_000)]


def listed_in_all(shards: Iterable[str], *, after: str, newest_first: bool, limit: int) -> list[Indexed]:
    """The first `limit` of several partitions of the list index together, in their common order."""
    found = [entry for shard in shards for entry in listed(shard, after=after, newest_first=newest_first, limit=limit)]
    return sorted(found, reverse=newest_first)[:limit]


def page_of(found: list[Indexed], limit: int) -> Page[Any]:
    """The rows behind index entries, in their order; a row that left meanwhile is left out."""
    rows = rows_at([entry.key for entry in found])
    items = tuple(rows[entry.key] for entry in found if entry.key in rows)
    return Page(items, found[-1].place if len(found) == limit else None)


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except PynamoDBException as error:
        raise Unavailable(f"the table cannot be read: {code_of(error)}") from error


def change_of(record: dict[str, Any], *, only: Container[str]) -> RowChange | None:
    """What a record of the table's stream tells, as domain objects. None for other kinds of row than these.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
    """
    told = record.get("dynamodb", {})
    images = [told.get("OldImage"), told.get("NewImage")]
    image = images[1] or images[0]
    if not image or image.get("kind", {}).get("S") not in only:
        return None
    old, new = (_KINDS_BY_NAME[each["kind"]["S"]].from_raw_data(each).domain() if each else None for each in images)
    return RowChange(
        kind=str(image["kind"]["S"]),
        key=f"{image['pk']['S']}/{image['sk']['S']}",
        at=_moment(told.get("ApproximateCreationDateTime", 0)),
        version=int(image.get("version", {}).get("N", 0)),
        old=old,
        new=new,
        chain=tuple(filter(None, image.get("caused_by", {}).get("S", "").split(","))) if new else (),
        expired=record.get("userIdentity", {}).get("principalId") == "dynamodb.amazonaws.com",
    )


_KINDS_BY_NAME = {str(Row.kind.get_discriminator(kind)): kind for kind in KINDS}


def _moment(told: object) -> datetime:
    """Lambda gives seconds, the API and its emulators a time as text."""
    if isinstance(told, int | float):
        return datetime.fromtimestamp(told, UTC)
    return clock.from_iso(str(told)).astimezone(UTC)


def code_of(error: PynamoDBException) -> str:
    """DynamoDB's code, or what else went wrong. pynamodb 6.1's own property breaks on lost connections."""
    response = getattr(error.cause, "response", None) or {}
    return str(response.get("Error", {}).get("Code") or type(error.cause or error).__name__)
