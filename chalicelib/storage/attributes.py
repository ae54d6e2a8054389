"""Attribute types the rows are declared with: nested values as native DynamoDB maps and lists."""

from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import BOOLEAN, LIST, MAP, NULL, NUMBER, STRING


def _typed(value: Any) -> dict[str, Any]:
    """Builtins to DynamoDB JSON; an int stays exact, floats do not occur in the model."""
    match value:
        case None:
            return {NULL: True}
        case bool():
            return {BOOLEAN: value}
        case str():
            return {STRING: value}
        case int() | float():
            return {NUMBER: str(value)}
        case dict():
            return {MAP: {name: _typed(inner) for name, inner in value.items()}}
        case list() | tuple():
            return {LIST: [_typed(inner) for inner in value]}
    raise TypeError(f"cannot be stored: {type(value).__name__}")


def _plain(typed: dict[str, Any]) -> Any:
    ((kind, value),) = typed.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return int(value) if value.lstrip("-").isdigit() else float(value)
        case "M":
            return {name: _plain(inner) for name, inner in value.items()}
        case "L":
            return [_plain(inner) for inner in value]
    return value


class MapOf(Attribute[dict[str, Any]]):
    """A mapping or a nested dataclass, as builtins."""

    attr_type = MAP

    def serialize(self, value: dict[str, Any]) -> Any:
        return {name: _typed(inner) for name, inner in value.items()}

    def deserialize(self, value: Any) -> dict[str, Any]:
        return {name: _plain(inner) for name, inner in value.items()}


class SparseMapOf(MapOf):
    """A mapping whose empty values are not stored: its fields all have empty defaults, or a value."""

    def serialize(self, value: dict[str, Any]) -> Any:
        return super().serialize({name: inner for name, inner in value.items() if inner})


class ListOf(Attribute[list[Any]]):
    """A sequence of builtins or nested dataclasses."""

    attr_type = LIST

    def serialize(self, value: list[Any]) -> Any:
        return [_typed(inner) for inner in value]

    def deserialize(self, value: Any) -> list[Any]:
        return [_plain(inner) for inner in value]


class SparseListOf(ListOf):
    """Nested dataclasses whose empty values are not stored: their fields have empty defaults, or a value."""

    def serialize(self, value: list[Any]) -> Any:
        return super().serialize([{name: inner for name, inner in each.items() if inner} for each in value])
