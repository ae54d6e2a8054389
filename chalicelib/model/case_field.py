"""The fields a company adds to its cases."""

import json
import re
from dataclasses import dataclass
from datetime import date
from enum import Enum

import msgspec

from chalicelib.kernel.errors import Permanent

MOST_FIELDS = 30
MOST_CHOICES = 50
LONGEST_TEXT = 300
LARGEST_NUMBER = 10**15
_NAME = re.compile("[a-z][a-z0-9_]{0,39}")

Value = str | int | float | bool


class FieldType(Enum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    BOOL = "bool"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseField:
    name: str
    type: FieldType
    choices: tuple[str, ...] = ()
    required_to_solve: bool = False
    topic: str = ""  # of the cases that have it; empty: all

    def objection(self, value: object) -> str:
        """Why this cannot be its value; empty: it can."""
        match self.type:
            case FieldType.BOOL:
                fits, wanted = isinstance(value, bool), "true or false"
            case FieldType.NUMBER:
                number = isinstance(value, int | float) and not isinstance(value, bool)
                fits, wanted = number and abs(value) <= LARGEST_NUMBER, "a number"  # type: ignore[arg-type]  # it is one
            case FieldType.CHOICE:
                fits, wanted = value in self.choices, f"one of {', '.join(self.choices)}"
            case FieldType.DATE:
                fits, wanted = isinstance(value, str) and _is_date(value), "a date such as 2026-11-21"
            case FieldType.TEXT:
                fits = isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
                wanted = f"a text of 1 to {LONGEST_TEXT} characters"
        return "" if fits else f"{self.name} is {wanted}"


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def read_case_fields(text: str) -> tuple[CaseField, ...]:
    """From the setting, a JSON list. Raises Permanent, saying what to correct."""
    if not text:
        return ()
    try:
        found = msgspec.convert(json.loads(text), type=tuple[CaseField, ...])
    except (ValueError, msgspec.ValidationError) as error:
        raise Permanent(
            f'CASE_FIELDS cannot be read ({error}); it looks like [{{"name": "order_number", "type": "text"}}]'
        ) from error
    names = [field.name for field in found]
    if len(found) > MOST_FIELDS:
        raise Permanent(f"CASE_FIELDS: there may be {MOST_FIELDS} fields")
    for place, field in enumerate(found):
        if not _NAME.fullmatch(field.name):
            raise Permanent(
                f"CASE_FIELDS: {field.name!r} is no name: up to 40 small letters, digits and _, a letter first"
            )
        if field.name in names[:place]:
            raise Permanent(f"CASE_FIELDS names {field.name} twice")
        if (field.type is FieldType.CHOICE) is not (0 < len(field.choices) <= MOST_CHOICES):
            raise Permanent(
                f"CASE_FIELDS: {field.name} needs 1 to {MOST_CHOICES} choices if its type is choice, else none"
            )
    return found
