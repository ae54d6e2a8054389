"""The same moto, at a fraction of its cost: most of what a test of ours spent, it spent in a few places of moto.

What a row is made of is read, weighed, compared, copied and written by moto value by value, several times a call and
mostly by way of new objects; each query sorts the whole table; what an expression says is found out anew each time;
and for a transaction the whole table is copied with its stream, to put it back should one be refused. Here a value is
taken as it is, a query looks where its rows are, what was read is remembered, a refused transaction puts back the rows
it touched, and calls for rows reach moto without being signed, sent and written out in between.
tests/storage/test_quick_moto.py holds all that against moto's own.

And botocore reads its files on each service once a process, instead of once a session.
"""

import copy
from collections import deque
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC
from decimal import Decimal
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any

from botocore.endpoint import Endpoint
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_LAST
from botocore.loaders import JSONFileLoader, Loader
from botocore.parsers import create_parser
from moto.core import DEFAULT_ACCOUNT_ID, parse, responses, serialize
from moto.core.exceptions import ServiceException
from moto.core.models import botocore_stubber
from moto.core.utils import get_service_model
from moto.dynamodb import responses as handlers
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends, utilities
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node
from moto.dynamodb.parsing.expressions import UpdateExpressionParser
from moto.sqs.models import sqs_backends
from werkzeug.exceptions import HTTPException

from chalicelib.kernel import clock

_SIMPLE = {"S", "N", "BOOL", "NULL", "SS", "NS"}
_REGION = "us-east-1"
_LARGEST = 405_000  # bytes of a row, as moto takes the limit
_structure = serialize.ResponseSerializer._serialize_type_structure
_list_services = Loader.list_available_services
_load = JSONFileLoader.load_file
_parse_structure = parse.BaseJSONParser._parse_structure
_transact = DynamoDBBackend.transact_write_items
_regular_json = DynamoType.to_regular_json
_to_dict = utilities.dynamo_to_dict
_all, _query = Table.all_items, Table.query
_lex, _parse = ConditionExpressionParser._lex_condition_expression, ConditionExpressionParser.parse
_make_update = UpdateExpressionParser.make
_method_names, _underscored = responses.method_names_from_class, responses.camelcase_to_underscores


def _is_plain(value: Any) -> bool:
    """Not so: bytes, moto's own objects, and what is no value at all. Moto has to read or write those itself."""
    if type(value) is not dict or len(value) != 1:
        return False
    ((kind, held),) = value.items()
    if kind == "M":
        return type(held) is dict and all(map(_is_plain, held.values()))
    if kind == "L":
        return type(held) is list and all(map(_is_plain, held))
    return kind in _SIMPLE and held is not None


def _structure_quickly(self: Any, serialized: MutableMapping[str, Any], value: Any, shape: Any, key: str) -> None:
    if key and shape.name == "AttributeValue" and _is_plain(value):
        self._default_serialize(serialized, value, shape, key)
    else:
        _structure(self, serialized, value, shape, key)


def _parse_structure_quickly(self: Any, shape: Any, value: Any) -> Any:
    return value if shape.name == "AttributeValue" and _is_plain(value) else _parse_structure(self, shape, value)


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


# ── Values and rows ─────────────────────────────────────────────────────────────────────────────────────────


def _made(self: DynamoType, given: Any) -> None:
    """Of what a request said, or of another: its members are taken over, as moto does, each as its own object."""
    if type(given) is DynamoType:
        self.type, self.value = given.type, given.value
    else:
        ((self.type, self.value),) = given.items()
    if self.type == "L":
        self.value = [DynamoType(each) for each in self.value]
    elif self.type == "M":
        self.value = {name: DynamoType(each) for name, each in self.value.items()}


def _cast(self: DynamoType) -> Any:
    """What is compared; members are values already."""
    kind, held = self.type, self.value
    if kind in ("S", "B", "BOOL"):
        return held
    if kind == "N":
        return Decimal(held)
    if kind == "M":
        return {name: _cast(each) for name, each in held.items()}
    if kind == "L":
        return [_cast(each) for each in held]
    if kind == "NULL":
        return None
    return {Decimal(each) if kind == "NS" else each for each in held}


def _bytes(text: str | bytes) -> int:
    return len(text) if isinstance(text, bytes) or text.isascii() else len(text.encode())


def _size(self: DynamoType) -> int:
    kind, held = self.type, self.value
    if kind == "N":
        return len(str(held))
    if kind == "M":
        return sum([_bytes(name) + _size(each) for name, each in held.items()])
    if kind == "L":
        return sum([_size(each) for each in held])
    if kind in ("SS", "NS", "BS"):
        return sum([_bytes(each) for each in held])
    return 1 if isinstance(held, bool) else _bytes(held)


def _row_made(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """Weighed once, and not with each attribute."""
    self.hash_key, self.range_key = hash_key, range_key
    self.attrs = LimitedSizeDict({name: DynamoType(value) for name, value in attrs.items()})
    if self.size() > _LARGEST:
        raise ItemSizeTooLarge


def _regular(self: DynamoType) -> dict[str, Any]:
    kind, held = self.type, self.value
    if kind == "M":
        return {"M": {name: _regular(each) for name, each in held.items()}}
    if kind == "L":
        return {"L": [_regular(each) for each in held]}
    if kind in ("B", "BS"):
        return _regular_json(self)
    return {kind: list(held) if isinstance(held, list) else held}


def _told(thing: Any) -> Any:
    """As it is answered, which nobody changes."""
    if type(thing) is not DynamoType:
        return _to_dict(thing)
    kind, held = thing.type, thing.value
    if kind == "M":
        return {"M": {name: _told(each) for name, each in held.items()}}
    if kind == "L":
        return {"L": [_told(each) for each in held]}
    return _to_dict(thing) if kind in ("B", "BS") else {kind: list(held) if isinstance(held, list) else held}


# ── Queries ─────────────────────────────────────────────────────────────────────────────────────────────────

_looked_at: ContextVar[list[Item] | None] = ContextVar("looked_at", default=None)


@contextmanager
def _only(rows: list[Item]) -> Iterator[None]:
    token = _looked_at.set(rows)
    try:
        yield
    finally:
        _looked_at.reset(token)


def _all_items(self: Table) -> list[Item]:
    rows = _looked_at.get()
    return _all(self) if rows is None else rows


def _query_quickly(self: Table, hash_key: DynamoType | None, *args: Any, **named: Any) -> Any:
    """Of all rows only those of the partition that is asked for are sorted and compared."""
    of_index = args[6] if len(args) > 6 else named.get("index_name")  # its place in moto's signature
    if of_index:
        asked = [(name, told.type, told.value) for name, told in named.get("hash_key_conditions") or ()]
        rows = [
            row
            for partition in self.items.values()
            for row in partition.values()
            if all((held := row.attrs.get(n)) and (held.type, held.value) == (kind, value) for n, kind, value in asked)
        ]
    else:
        rows = list(self.items.get(hash_key, {}).values())
    with _only(rows):
        return _query(self, hash_key, *args, **named)


# ── Expressions ─────────────────────────────────────────────────────────────────────────────────────────────

_Parsed = tuple[Any, Any, Any, list[str], list[str]]
_parsed: dict[tuple[str | None, int, int], _Parsed] = {}


@lru_cache(4096)
def _lexed(expression: str) -> tuple[Any, ...]:
    return tuple(_lex(ConditionExpressionParser(expression, None, None)))


def _lex_once(self: ConditionExpressionParser) -> deque[Any]:
    return deque(_lexed(self.condition_expression or ""))


def _parse_once(self: ConditionExpressionParser) -> Any:
    """A request's condition is parsed when it is validated, and again for each row it is asked of."""
    names, values = self.expression_attribute_names, self.expression_attribute_values
    asked = (self.condition_expression, id(names), id(values))
    known = _parsed.get(asked)
    if known is None:
        op = _parse(self)
        if len(_parsed) >= 64:  # those of one transaction, and then some
            _parsed.clear()
        # With what they name: its ids are nobody else's as long as it is kept.
        _parsed[asked] = (names, values, op, self.expr_attr_names_found, self.expr_attr_values_found)
        return op
    self.expr_attr_names_found, self.expr_attr_values_found = list(known[3]), list(known[4])
    return known[2]


@lru_cache(1024)
def _update_made(expression: str) -> Any:
    """Whoever changes it copies it before."""
    return _make_update(expression)


@cache
def _is_one(kind: type, of: tuple[type, ...]) -> bool:
    return issubclass(kind, of)


def _cloned(thing: Any) -> Any:
    if not _is_one(type(thing), (Node,)):
        return copy.deepcopy(thing)
    clone = object.__new__(type(thing))
    clone.type, clone.parent, clone.children = thing.type, None, thing.children
    if thing.children is not None:
        clone.children = [_cloned(each) for each in thing.children]
        for child in clone.children:
            if _is_one(type(child), (Node,)):
                child.parent = clone
    return clone


def _traverse(self: DepthFirstTraverser, root: Any) -> Any:
    """As moto does, which asks at each node which ones to look for."""
    wanted = self.nodes_to_be_processed()
    watches = type(self).pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child

    def visit(node: Any, place: int) -> Any:
        parent = node.parent
        for at, child in enumerate(node.children or ()):
            if watches:
                self.pre_processing_of_child(node, at)
            if _is_one(type(child), (Node,)):
                visit(child, at)
        if _is_one(type(node), wanted):
            node = self.process(node)
            node.parent = parent
            if parent:
                parent.children[place] = node
        return node

    return visit(root, -1)


# ── What is looked up ───────────────────────────────────────────────────────────────────────────────────────


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
    _table(table_name).items.clear()


def holds_messages(queue_url: str) -> bool:
    """Visible or not: so it is asked a thousand times whether anything moved, without a call."""
    return bool(sqs_backends[DEFAULT_ACCOUNT_ID][_REGION].queues[queue_url.rsplit("/", 1)[1]]._messages)


def told_behind(table_name: str, sequence_number: str) -> list[dict[str, Any]]:
    """What its stream holds behind a record; from the beginning, if there is none."""
    shard = _table(table_name).stream_shard
    assert shard is not None
    first = int(sequence_number) + 1 if sequence_number else shard.starting_sequence_number
    return [_with_seconds(record) for record in shard.get(first, 1_000)]


def _with_seconds(record: dict[str, Any]) -> dict[str, Any]:
    """As Lambda gives them."""
    told = record["dynamodb"]
    at = clock.to_millis(told["ApproximateCreationDateTime"].replace(tzinfo=UTC))
    return {**record, "dynamodb": {**told, "ApproximateCreationDateTime": at.timestamp()}}


def _table(name: str) -> Table:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][_REGION].tables[name]


# ── Calls ───────────────────────────────────────────────────────────────────────────────────────────────────

_ACTIONS = {
    name: _underscored(name)
    for name in (
        "BatchGetItem", "BatchWriteItem", "DeleteItem", "GetItem", "PutItem", "Query", "Scan", "TransactGetItems",
        "TransactWriteItems", "UpdateItem",
    )
}  # fmt: skip
_at_once_on = [False]
_parser = create_parser("json")


def _refusal(handler: Any, error: Exception) -> dict[str, Any]:
    if isinstance(error, HTTPException):
        status, headers, body = error.code, dict(error.get_headers() or ()), error.description or ""
    else:
        status, headers, body = handler.serialized(responses.ActionResult(error))
    return {"status_code": status, "headers": headers, "body": body.encode()}


def _answer_at_once(model: Any, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
    """A call for rows, which is most of them, goes to moto's action without being signed, sent, routed and written
    out in between. What the request says is read as ever, and so is what a refusal says. It comes last of all that
    listen to a call, so that one may be counted, or fail, before."""
    action = _ACTIONS.get(model.name)
    there = params["url"].startswith("https://dynamodb.") and ".amazonaws.com" in params["url"]
    if not (_at_once_on[0] and botocore_stubber.enabled and action and there):
        return None
    handler = handlers.DynamoHandler()
    handler.current_account, handler.region = DEFAULT_ACCOUNT_ID, context["client_region"]
    handler.headers, handler.querystring, handler.response_headers = params["headers"], {}, {}
    operation = get_service_model("dynamodb").operation_model(model.name)
    handler.body = handler.params = parse.JSONParser(operation).parse({"body": params["body"]})
    about = {"RequestId": "quick", "HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}
    try:
        result = getattr(handler, action)().result
    except (ServiceException, HTTPException) as error:
        told = _refusal(handler, error)
        parsed = _parser.parse(told, model.output_shape)
        Endpoint._add_modeled_error_fields(None, told, parsed, model, _parser)
        parsed["ResponseMetadata"] |= about | {"HTTPStatusCode": told["status_code"]}
        return SimpleNamespace(status_code=told["status_code"]), parsed
    known = model.output_shape.members
    answer = {name: value for name, value in (result or {}).items() if name in known and value is not None}
    return SimpleNamespace(status_code=200), {**answer, "ResponseMetadata": about}


_QUICKER: tuple[tuple[Any, str, Any], ...] = (
    (serialize.ResponseSerializer, "_serialize_type_structure", _structure_quickly),
    (parse.BaseJSONParser, "_parse_structure", _parse_structure_quickly),
    (responses, "method_names_from_class", cache(_method_names)),
    (responses, "camelcase_to_underscores", cache(_underscored)),
    (DynamoDBBackend, "transact_write_items", _transact_quickly),
    (Table, "__deepcopy__", _itself),
    (Table, "all_items", _all_items),
    (Table, "query", _query_quickly),
    (DynamoType, "__init__", _made),
    (DynamoType, "cast_value", property(_cast)),
    (DynamoType, "size", _size),
    (DynamoType, "to_regular_json", _regular),
    (Item, "__init__", _row_made),
    (utilities, "dynamo_to_dict", _told),
    (handlers, "dynamo_to_dict", _told),
    (ConditionExpressionParser, "_lex_condition_expression", _lex_once),
    (ConditionExpressionParser, "parse", _parse_once),
    (UpdateExpressionParser, "make", staticmethod(_update_made)),
    (DepthFirstTraverser, "traverse", _traverse),
    (validators, "deepcopy", _cloned),
    (Loader, "list_available_services", _services_once),
    (JSONFileLoader, "load_file", _load_once),
)
_LISTENER = ("before-call", _answer_at_once, REGISTER_LAST)
_MOTOS_OWN = tuple((owner, name, vars(owner).get(name)) for owner, name, _ in _QUICKER)


@cache
def install() -> None:
    """For this process, whatever is mocked in it."""
    for owner, name, quicker in _QUICKER:
        setattr(owner, name, quicker)
    _at_once_on[0] = True
    if _LISTENER not in BUILTIN_HANDLERS:  # of each session that is made from now on
        BUILTIN_HANDLERS.append(_LISTENER)


@contextmanager
def moto_itself() -> Iterator[None]:
    """Without all that, for whoever compares the two."""
    _at_once_on[0] = False
    for owner, name, own in _MOTOS_OWN:
        if own is None:
            delattr(owner, name)
        else:
            setattr(owner, name, own)
    try:
        yield
    finally:
        install.cache_clear()
        install()
