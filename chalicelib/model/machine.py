"""A machine's key: how the company's own systems and agents' tools sign in before people can."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineKey:
    """The secret itself is never stored, only its hash."""

    id: str
    name: str
    scopes: tuple[str, ...]
    secret_hash: str
    created_at: datetime
    revoked_at: datetime | None = None
    version: int | None = None
