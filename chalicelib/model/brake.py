"""The brake: nothing is sent to customers first while too many complained of it, until a person lets it go on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """One row a stage. `forgiven`: what was counted when somebody released it, by day and kind; it counts no more."""

    pulled: bool = False
    why: str = ""  # it was pulled the last time
    at: datetime | None = None  # it was pulled or released
    by: str = ""  # who released it; empty: nobody did yet
    released_because: str = ""
    forgiven: Mapping[str, int] = field(default_factory=dict)
    version: int | None = None
