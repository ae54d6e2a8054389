"""Which domain events does a committed write tell?

Events follow from what a row was and what it is: whoever changes a row publishes nothing. What each kind of row tells
stands in its room; `kinds` and `timeline` say which, and why others are silent.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import count

import msgspec

from chalicelib.automation.events.catalogue import BY_NAME, EVENTS, NOT_FOR_RULES, SOURCE, EventType
from chalicelib.automation.events.kinds import OF_KIND
from chalicelib.automation.events.told import Told
from chalicelib.kernel import ids
from chalicelib.model.domain_event import DomainEvent, RowChange, Subject

__all__ = [
    "BY_NAME",
    "EVENTS",
    "NOT_FOR_RULES",
    "OF_KIND",
    "SOURCE",
    "EventType",
    "events_of",
    "from_json",
    "to_json",
    "wanted",
]


def events_of(change: RowChange, stage: str) -> list[DomainEvent]:
    """What a committed write tells, in the order in which to read it. The same write tells the same, ids included."""
    tell = OF_KIND.get(change.kind)
    if tell is None:
        return []
    numbers = count()
    return [_event(change, told, next(numbers), stage) for told in tell(change.old, change.new)]


def _event(change: RowChange, told: Told, number: int, stage: str) -> DomainEvent:
    return DomainEvent(
        id=ids.derived_ulid(change.at, "event", change.key, str(change.version), told.name, str(number)),
        type=told.name,
        version=BY_NAME[told.name].version,
        timestamp=change.at,
        stage=stage,
        sequence=change.version,
        subject=Subject(customer_id=told.customer_id, case_id=told.case_id),
        data=msgspec.to_builtins(told.data),
        cause=f"rule:{change.chain[-1]}" if change.chain else "",
        chain=change.chain,
    )


def to_json(event: DomainEvent) -> str:
    """As everybody is told: https://www.rfc-editor.org/rfc/rfc8259, in UTF-8, without spaces."""
    return msgspec.json.encode(event).decode()


def from_json(text: str) -> DomainEvent:
    """Raises ValueError for what is none."""
    return msgspec.json.decode(text, type=DomainEvent)


def wanted(event_type: str, patterns: Iterable[str]) -> bool:
    """Whether one of these names it: `case.opened`, `case.*`, `*`."""
    return any(fnmatchcase(event_type, pattern) for pattern in patterns)
