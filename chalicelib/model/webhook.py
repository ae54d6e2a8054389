"""A webhook: an address of the company's that is told of events, and what became of each telling."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

MOST_WEBHOOKS = 50
MOST_TYPES = 30  # event types and patterns of one
MOST_ATTEMPTS_KEPT = 12  # of a delivery, the newest
DELIVERIES_KEPT = timedelta(days=30)
OLD_SECRET_SIGNS_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """One of a webhook's secrets: what it is derived from, never the secret itself. `until`: when it signs no more."""

    number: int
    key_id: str  # the stage's signing key it is made with
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    id: str
    url: str
    types: tuple[str, ...]  # event types, and patterns such as case.*
    description: str = ""
    team: str = ""  # whose customers' events it gets; empty: all
    active: bool = True
    secrets: tuple[Secret, ...]  # the newest first
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    edition: int = 1  # rises when somebody changes it
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    paused_until: datetime | None = None
    off_because: str = ""  # why it was switched off by itself
    deleted_at: datetime | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """What the relay and `publish` need to know of a webhook."""

    types: tuple[str, ...]
    team: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Who wants to be told: the active webhooks, and the events rules wait for. One row, read by the relay; there is
    none while nobody listens."""

    webhooks: Mapping[str, Listener] = field(default_factory=dict)
    paused: Mapping[str, Listener] = field(default_factory=dict)  # those that are switched off
    rules: tuple[str, ...] = ()
    version: int | None = None


class DeliveryOutcome(Enum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"  # given up; it can be asked for again


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One request: `status` is 0 when there was no answer; `error` then says why."""

    at: datetime
    status: int = 0
    ms: int = 0
    error: str = ""
    snippet: str = ""  # the beginning of what was answered


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDelivery:
    """One event for one webhook. `tries` counts the attempts since it was made, or asked for again."""

    id: str  # a ULID derived from event and webhook
    webhook_id: str
    event_id: str
    event_type: str
    payload: str  # exactly what is sent
    at: datetime
    outcome: DeliveryOutcome = DeliveryOutcome.PENDING
    tries: int = 0
    since: datetime  # when it was made, or asked for again: what the tries are counted from
    attempts: tuple[Attempt, ...] = ()
    next_at: datetime | None = None  # when it is tried again
    because: str = ""  # why it was given up, or waits
    version: int | None = None

    @property
    def expires_at(self) -> datetime:
        return self.at + DELIVERIES_KEPT
