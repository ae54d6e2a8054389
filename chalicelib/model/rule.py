"""A rule of the company's: when something happens, if this holds, then do that. And that a rule ran."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

RUNS_KEPT = timedelta(days=30)  # longer than a message can lie in a dead-letter queue


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One thing that has to hold: a field, how it is compared, and with what. Texts are compared without regard to
    case."""

    field: str
    op: str
    value: tuple[str, ...] = ()
    figure: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One thing to do, and what it needs to know."""

    do: str
    to: str = ""
    name: str = ""
    queue: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """All of `holds` and none of `unless` must hold. `stop`: no later rule looks at this event."""

    name: str
    when: tuple[str, ...]
    holds: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    then: tuple[Act, ...]
    stop: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules, in the order they are asked in: as the last deploy gave them. `edition` rises when they change."""

    edition: int = 0
    rules: tuple[Rule, ...] = ()
    source: str = ""  # as the stage's file had them, as JSON
    updated_at: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleRun:
    """That a rule acted on an event: the reason it does not do so twice."""

    id: str  # a ULID, derived from event and rule
    rule: str
    edition: int  # of the rulebook
    at: datetime
    event_id: str
    event_type: str
    customer_id: str = ""
    case_id: str = ""
    did: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)  # what was not done, and why
    version: int | None = None
