"""A machine's key: how the company's own systems and agents' tools sign in before people can."""

from dataclasses import dataclass
from datetime import datetime

PER_MINUTE = 6_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineKey:
    """The secret itself is never stored, only its hash. `role` is the one its scopes came from, `team` the one whose
    customers it is for. After a rotation the secret of before serves too, until a time."""

    id: str
    name: str
    scopes: tuple[str, ...]
    secret_hash: str
    created_at: datetime
    role: str = ""  # empty: its scopes were named one by one
    team: str = ""  # empty: all teams
    revoked_at: datetime | None = None
    per_minute: int = PER_MINUTE  # calls it may make
    before_hash: str = ""
    before_until: datetime | None = None
    rotated_at: datetime | None = None
    version: int | None = None
