"""JSON that others wrote, read strictly; what is wrong with it is told in words, with a pointer to the place."""

import ast
import re
from typing import Any

import msgspec

from chalicelib.kernel import ids
from chalicelib.kernel.errors import Invalid, Malformed

ECHOED = 100  # characters of what a caller sent that an answer may repeat
_IN_WORDS = {
    "str": "a string",
    "int": "an integer",
    "float": "a number",
    "bool": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
    "date": "a date (YYYY-MM-DD)",
    "datetime": "a time (RFC 3339)",
}
FORMS: dict[str, str] = {}  # pattern → what people call it; contract/ fills it
_PLACE = re.compile(r" - at (?:`key` in )?`\$([^`]*)`$")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


def decode(raw: bytes, type_: Any) -> Any:
    """Raises Malformed when it is not JSON, Invalid, naming the place, when it is other JSON."""
    try:
        return msgspec.json.decode(raw, type=type_)
    except msgspec.ValidationError as error:
        raise Invalid(*explain(error, type_)) from error
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed(f"The body is not JSON: {str(error)[:ECHOED]}.") from error


def fingerprint(raw: bytes, *parts: str) -> str:
    """Equal for equal JSON, however it is written."""
    return ids.fingerprint(*parts, canonical(msgspec.json.decode(raw)).decode())


def canonical(value: Any) -> bytes:
    return msgspec.json.encode(value, order="deterministic")


def explain(error: msgspec.ValidationError, type_: Any) -> tuple[str, str]:
    """What to do about it, in words, and a JSON pointer (RFC 6901) to where."""
    text = str(error)
    place = _PLACE.search(text)
    message = text[: place.start()] if place else text
    pointer = "".join(f"/{name or index}" for name, index in _STEP.findall(place[1] if place else ""))
    if found := re.fullmatch(r"Object missing required field `(.*)`", message, re.DOTALL):
        return "This field is required.", pointer_to(pointer, found[1])
    if found := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        return "There is no such field: remove it, or correct its name.", pointer_to(pointer, found[1][:ECHOED])
    if message.startswith(("Invalid enum value", "Invalid value")):
        return f"This is not one of {', '.join(_choices(type_, pointer)) or 'the values known'}.", pointer
    if found := re.fullmatch(r"Expected `str` matching regex ('.*')", message, re.DOTALL):
        pattern = ast.literal_eval(found[1])
        return f"Expected another form. {FORMS.get(pattern, pattern)}", pointer
    words = re.sub(r"`(\w+)(?: \| null)?`", lambda found: _IN_WORDS.get(found[1], found[0]), message)
    return words.rstrip(".") + ".", pointer


def pointer_to(base: str, name: str) -> str:
    return f"{base}/{name.replace('~', '~0').replace('/', '~1')}"


def _choices(type_: Any, pointer: str) -> list[str]:
    """The values allowed at a place, from the schema of the whole."""
    schema = msgspec.json.schema(type_)
    nodes = [schema]
    for step in pointer.split("/")[1:]:
        nodes = [
            inner
            for node in _alternatives(nodes, schema)
            if (inner := node.get("properties", {}).get(step) or node.get("items"))
        ]
    return list(dict.fromkeys(str(v) for node in _alternatives(nodes, schema) for v in node.get("enum", ())))


def _alternatives(nodes: list[dict[str, Any]], schema: dict[str, Any]) -> list[dict[str, Any]]:
    flat: list[dict[str, Any]] = []
    for node in nodes:
        reference = node.get("$ref", "").rpartition("/")[2]
        target = schema["$defs"][reference] if reference else node
        flat += _alternatives(target["anyOf"], schema) if "anyOf" in target else [target]
    return flat
