"""What a person may ask us about herself: who looked at her, what we know of her, and that we forget it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from chalicelib.model.customer import Handle

STUCK_AFTER = timedelta(minutes=15)  # work whose message got lost is announced again by the clock
EXPORTS_KEPT = timedelta(days=7)  # infra/resources.yaml says the same of their files


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """That somebody read about her. `because` is what they gave as their reason, a case's number for one."""

    id: str
    customer_id: str
    at: datetime
    by: str  # the caller's name
    what: str  # the operation
    because: str = ""
    version: int | None = None


class ExportState(Enum):
    BUILDING = "building"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """All we know of a person as files under `exports/<id>/`. `record` and `after` are where its building stands:
    which of her records, and behind which of its rows."""

    id: str
    customer_id: str
    records: tuple[str, ...]
    at: datetime
    by: str  # the caller's name
    author: str = ""
    reason: str = ""
    state: ExportState = ExportState.BUILDING
    turn: int = 0
    record: int = 0
    after: str = ""
    parts: int = 0
    figures: Mapping[str, int] = field(default_factory=dict)  # how many of what it holds
    updated_at: datetime
    finished_at: datetime | None = None
    detail: str = ""  # why it failed
    version: int | None = None

    @property
    def expires_at(self) -> datetime:
        return self.at + EXPORTS_KEPT

    @property
    def next_look_at(self) -> datetime | None:
        return self.updated_at + STUCK_AFTER if self.state is ExportState.BUILDING else None

    @property
    def folder(self) -> str:
        return folder_of(self.id)


def folder_of(export_id: str) -> str:
    return f"exports/{export_id}/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """In her partition: that there is an export of her. It goes when the export expires."""

    export_id: str
    customer_id: str
    at: datetime
    version: int | None = None


class ErasureState(Enum):
    ACCEPTED = "accepted"
    ERASING = "erasing"
    SETTLING = "settling"  # all is gone; what was being written meanwhile is waited for, and erased too
    DONE = "done"
    REFUSED = "refused"  # she was merged with somebody before it began

    @property
    def final(self) -> bool:
        return self in (ErasureState.DONE, ErasureState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """That a person was forgotten: when, on whose word, why, how much. What names her (`customer_id` to `handles`) is
    what there is still to do; done, it names nobody."""

    id: str
    at: datetime
    by: str  # the caller's name
    author: str
    reason: str
    state: ErasureState = ErasureState.ACCEPTED
    turn: int = 0
    customer_id: str = ""
    records: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()  # open ones, whose contacts may have expired
    handles: tuple[Handle, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)  # by kind: rows, and objects
    forgotten_at: datetime | None = None  # from then on she is a new customer
    updated_at: datetime
    finished_at: datetime | None = None
    version: int | None = None

    @property
    def next_look_at(self) -> datetime | None:
        """When it is to go on: in SETTLING, when whatever read of her before she was forgotten has ended."""
        return None if self.state.final else self.updated_at + STUCK_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasing:
    """In her partition: that she is being erased. The last row of hers to go."""

    customer_id: str
    erasure_id: str
    version: int | None = None
