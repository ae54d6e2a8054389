"""The same moto, at a fraction of its cost: most of what a test of ours spent, it spent in two places of moto.

Moto writes an attribute value as it writes any structure, looking for each of its ten possible members under half
a dozen names; and for a transaction it copies the whole table with its stream, to put it back should one be refused.
Here a value is taken as it is, and a refused transaction puts back the rows it touched.
tests/storage/test_quick_moto.py holds both against moto's own.

And botocore reads its files on each service once a process, instead of once a session.
"""

import copy
from collections.abc import MutableMapping
from functools import cache
from typing import Any

from botocore.loaders import JSONFileLoader, Loader
from moto.core import DEFAULT_ACCOUNT_ID, serialize
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_SIMPLE = {"S", "N", "BOOL", "NULL", "SS", "NS"}
_structure = serialize.ResponseSerializer._serialize_type_structure
_list_services = Loader.list_available_services
_load = JSONFileLoader.load_file
_transact = DynamoDBBackend.transact_write_items


class _NotPlain(Exception):
    """Something that moto has to write itself: bytes, or one of its own objects."""


def _plain(value: Any) -> dict[str, Any]:
    if type(value) is not dict or len(value) != 1:
        raise _NotPlain
    ((kind, held),) = value.items()
    if kind in _SIMPLE:
        return value
    if kind == "M":
        return {"M": {name: _plain(each) for name, each in held.items()}}
    if kind == "L":
        return {"L": [_plain(each) for each in held]}
    raise _NotPlain


def _structure_quickly(self: Any, serialized: MutableMapping[str, Any], value: Any, shape: Any, key: str) -> None:
    if key and shape.name == "AttributeValue":
        try:
            self._default_serialize(serialized, _plain(value), shape, key)
        except _NotPlain:
            pass
        else:
            return
    _structure(self, serialized, value, shape, key)


def _transact_quickly(self: Any, transact_items: list[dict[str, Any]]) -> None:
    before, recorded = [], {}
    for item in transact_items:
        ((how, told),) = item.items()
        table = self.get_table(told["TableName"])
        at = told["Item" if how == "Put" else "Key"]
        hash_key, range_key = DynamoType(at[table.hash_key_attr]), DynamoType(at[table.range_key_attr])
        was = table.items.get(hash_key, {}).get(range_key)
        before.append((table, hash_key, range_key, copy.deepcopy(was)))
        recorded[table.name] = (table, len(table.stream_shard.items) if table.stream_shard else 0)
    try:
        _transact(self, transact_items)
    except Exception:
        for table, hash_key, range_key, was in before:
            if was is None:
                table.items[hash_key].pop(range_key, None)
            else:
                table.items[hash_key][range_key] = was
        for table, records in recorded.values():
            if table.stream_shard:
                del table.stream_shard.items[records:]
        raise


def _itself(self: Table, _: dict[int, Any]) -> Table:
    """The copy that moto makes before a transaction: putting it back changes nothing."""
    return self


@cache
def _services(paths: tuple[str, ...], type_name: str) -> Any:
    return _list_services(Loader(extra_search_paths=paths, include_default_search_paths=False), type_name)


def _services_once(self: Loader, type_name: str) -> Any:
    """Which there are: thousands of folders are looked into."""
    return _services(tuple(self.search_paths), type_name)


@cache
def _loaded(path: str) -> Any:
    return _load(JSONFileLoader(), path)


def _load_once(_: JSONFileLoader, file_path: str) -> Any:
    """What botocore knows of a service: each of its sessions reads and parses it anew."""
    return _loaded(file_path)


def empty(table_name: str) -> None:
    """Of all its rows, without a word to its stream."""
    dynamodb_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].tables[table_name].items.clear()


@cache
def install() -> None:
    """For this process, whatever is mocked in it."""
    serialize.ResponseSerializer._serialize_type_structure = _structure_quickly  # type: ignore[method-assign]
    DynamoDBBackend.transact_write_items = _transact_quickly  # type: ignore[method-assign]
    Table.__deepcopy__ = _itself  # type: ignore[attr-defined]
    Loader.list_available_services = _services_once  # type: ignore[method-assign]
    JSONFileLoader.load_file = _load_once  # type: ignore[method-assign]
