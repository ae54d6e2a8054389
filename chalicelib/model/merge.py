"""A merge: two customers turned out to be one person, as somebody said who can be asked why."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.model.customer import Customer


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """`survivor` and `absorbed` are both as they were before it: what undoing goes back to. Once undone, of both only
    their ids are left."""

    id: str  # a ULID, later than those of all merges before it that either had
    at: datetime
    by: str
    reason: str
    survivor: Customer
    absorbed: Customer
    undone_at: datetime | None = None
    undone_by: str = ""
    undone_because: str = ""
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signpost:
    """Stands on top of a timeline and says: this may not be all of hers, her row knows. It stays when the merge is
    undone."""

    merge_id: str
    customer_id: str
    version: int | None = None

    @property
    def id(self) -> str:
        return f"~{self.merge_id}"
