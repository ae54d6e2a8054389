"""Who changed what of a case, when and why? Its history: written with every change, never edited."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.model.case import Case

LONGEST_TOLD = 300  # characters of a value
_LEASES = frozenset({"lease", "edition", "version"})  # change nothing that an edit could overwrite
_SELF_TOLD = frozenset({"updated_at", "heard", "promise_log", "mood"})  # book-keeping that is told elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A field before and after, as text; of a list what left it and what joined it. Empty: nothing."""

    was: str = ""
    now: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """One change of a case. `edition` is the case's from then on."""

    case_id: str
    customer_id: str
    edition: int
    at: datetime
    by: str
    why: str = ""
    changed: Mapping[str, Changed] = field(default_factory=dict)
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOfCustomer:
    """That a customer has a case: how all of hers are found, solved ones included."""

    id: str  # a ULID of when it was opened
    customer_id: str
    case_id: str
    version: int | None = None


def moves_on(before: Case, after: Case) -> bool:
    """Whether an edit that was made of `before` would overwrite something."""
    return any(getattr(before, f.name) != getattr(after, f.name) for f in fields(Case) if f.name not in _LEASES)


def changed_between(before: Case, after: Case) -> dict[str, Changed]:
    """Each field that differs, but for what a case says of itself. What lies in a field has a dot before its name."""
    found: dict[str, Changed] = {}
    for f in fields(Case):
        if f.name in _LEASES | _SELF_TOLD:
            continue
        was, now = getattr(before, f.name), getattr(after, f.name)
        if was != now:
            found |= _told(f.name, msgspec.to_builtins(was), msgspec.to_builtins(now))
    return found


def _told(name: str, was: Any, now: Any) -> dict[str, Changed]:
    if isinstance(was, dict) or isinstance(now, dict):
        was, now = was or {}, now or {}
        inside = [key for key in dict.fromkeys([*was, *now]) if was.get(key) != now.get(key)]
        return {f"{name}.{key}": Changed(was=_text(was.get(key)), now=_text(now.get(key))) for key in inside}
    if isinstance(was, list | tuple) and isinstance(now, list | tuple):
        gone, come = [one for one in was if one not in now], [one for one in now if one not in was]
        return {name: Changed(was=", ".join(map(_text, gone)), now=", ".join(map(_text, come)))}
    return {name: Changed(was=_text(was), now=_text(now))}


def _text(value: Any) -> str:
    if value in (None, "", [], (), {}):
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_TOLD else text[: LONGEST_TOLD - 1] + "…"
