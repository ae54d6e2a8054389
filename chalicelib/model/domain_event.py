"""A domain event: that something happened, as others are told. Ids, states and figures; no texts, no addresses."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

DEEPEST = 3  # rules that may follow each other


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whom and what it is about; empty: no one, no case."""

    customer_id: str = ""
    case_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainEvent:
    """`id` follows from the row that changed, its version and what is told of it: a repetition has the same. `sequence`
    is the row's version: it orders the events of one row. `cause` and `chain`: the rule whose work led to it, and all
    that led there, the first one first."""

    id: str
    type: str  # as in automation/events/catalogue.py: case.opened
    version: int = 1  # of its data's form
    timestamp: datetime
    stage: str
    sequence: int
    subject: Subject = field(default_factory=Subject)
    data: Mapping[str, Any] = field(default_factory=dict)
    cause: str = ""  # rule:<name>
    chain: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One committed write of a row, as the stream gives it: as it was, and as it is. None: there was none, it is
    gone."""

    kind: str
    key: str
    at: datetime
    version: int
    old: Any | None
    new: Any | None
    chain: tuple[str, ...] = ()  # rules that led to this write
    expired: bool = False  # nobody deleted it: its time was over
