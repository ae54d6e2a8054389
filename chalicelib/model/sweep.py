"""A sweep: one pass of one job over all customers, in parts that go on by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

KEPT = timedelta(days=7)  # from its start; nothing of a sweep is done after that


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One run of a job: `run` tells it from the job's other runs, `given` is what all its parts have to agree on."""

    job: str
    run: str
    started_at: datetime
    parts: int
    given: Mapping[str, Any] = field(default_factory=dict)
    closed_at: datetime | None = None
    customers: int = 0  # seen by all parts; told when it is closed
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """How far one part of a sweep is, and what it gathered until there."""

    job: str
    run: str
    number: int
    started_at: datetime  # of the sweep
    after: str = ""  # the last customer it has seen
    gathered: bytes = b""  # the job's own, compressed
    customers: int = 0
    done: bool = False
    version: int | None = None
