"""Webhooks, what they were sent, events and rules."""

import json
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, field

from chalicelib.automation import events
from chalicelib.automation.actions import Work
from chalicelib.automation.events import EventType
from chalicelib.automation.events.describing import example_of, schema_of
from chalicelib.automation.views import Ran
from chalicelib.model.rule import Rule
from chalicelib.model.webhook import Attempt, DeliveryOutcome, Webhook, WebhookDelivery
from chalicelib.triggers.answers.shared import Links, Next, Output


class WebhookOut(Output, frozen=True):
    """`off_because`: why it was switched off by itself. `paused_until`: it failed too often in a row and rests."""

    id: str
    url: str
    types: list[str]
    description: str
    team: str
    active: bool
    secrets: Annotated[int, Meta(description="How many sign: two for a day after one was rotated.")]
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str
    failures: Annotated[int, Meta(description="In a row, until now.")]
    failing_since: datetime | None
    paused_until: datetime | None
    off_because: str
    version: int
    links: Links = field(name="_links")

    @classmethod
    def of(cls, webhook: Webhook, signing: int, links: Links) -> "WebhookOut":
        return cls(
            id=webhook.id,
            url=webhook.url,
            types=list(webhook.types),
            description=webhook.description,
            team=webhook.team,
            active=webhook.active,
            secrets=signing,
            created_at=webhook.created_at,
            created_by=webhook.created_by,
            updated_at=webhook.updated_at,
            updated_by=webhook.updated_by,
            failures=webhook.failures,
            failing_since=webhook.failing_since,
            paused_until=webhook.paused_until,
            off_because=webhook.off_because,
            version=webhook.edition,
            links=links,
        )


class WebhooksOut(Output, frozen=True):
    items: list[WebhookOut]


class WebhookSecretOut(Output, frozen=True):
    """A webhook with its newest secret, which is shown this once."""

    webhook: WebhookOut
    secret: Annotated[str, Meta(description="`whsec_` and base64, as Standard Webhooks libraries take it.")]


class WebhookGone(Output, frozen=True):
    id: str


class AttemptOut(Output, frozen=True):
    """One request. `status` 0: there was no answer, `error` says why."""

    at: datetime
    status: int
    ms: int
    error: str
    snippet: Annotated[str, Meta(description="The beginning of what was answered.")]

    @classmethod
    def of(cls, attempt: Attempt) -> "AttemptOut":
        return cls(at=attempt.at, status=attempt.status, ms=attempt.ms, error=attempt.error, snippet=attempt.snippet)


class WebhookDeliveryOut(Output, frozen=True):
    """One event for one webhook, with the last attempts, the oldest first. It is kept for 30 days."""

    id: str
    event_id: str
    event_type: str
    at: datetime
    outcome: DeliveryOutcome
    attempts: list[AttemptOut]
    next_at: Annotated[datetime | None, Meta(description="When it is tried again, or for the first time at last.")]
    because: str
    event: Annotated[Any, Meta(description="What is sent.")]

    @classmethod
    def of(cls, delivery: WebhookDelivery) -> "WebhookDeliveryOut":
        return cls(
            id=delivery.id,
            event_id=delivery.event_id,
            event_type=delivery.event_type,
            at=delivery.at,
            outcome=delivery.outcome,
            attempts=[AttemptOut.of(attempt) for attempt in delivery.attempts],
            next_at=delivery.next_at,
            because=delivery.because,
            event=json.loads(delivery.payload),
        )


class WebhookDeliveriesOut(Output, frozen=True):
    items: list[WebhookDeliveryOut]
    next: Next


class WebhookAskedOut(Output, frozen=True):
    """It will be sent in a moment; the delivery tells what became of it."""

    delivery_id: str
    links: Links = field(name="_links")


class EventTypeOut(Output, frozen=True):
    type: str
    version: int
    means: str
    subject: Annotated[list[str], Meta(description="Which ids its subject has.")]
    json_schema: Annotated[dict[str, Any], Meta(description="Of the whole event.")]
    example: Any

    @classmethod
    def of(cls, event: EventType) -> "EventTypeOut":
        return cls(
            type=event.name,
            version=event.version,
            means=event.means,
            subject=list(event.about),
            json_schema=schema_of(event),
            example=json.loads(events.to_json(example_of(event))),
        )


class EventTypesOut(Output, frozen=True):
    items: list[EventTypeOut]


class RuleOut(Output, frozen=True):
    """A rule as the stage's file has it, how often it ran, and when it last did in the last 30 days."""

    name: str
    rule: Annotated[dict[str, Any], Meta(description="As it is configured.")]
    enabled: bool
    ran: int
    last_ran_at: datetime | None

    @classmethod
    def of(cls, ran: Ran, source: dict[str, Any]) -> "RuleOut":
        return cls(name=ran.rule.name, rule=source, enabled=ran.rule.enabled, ran=ran.times, last_ran_at=ran.last)


class RulesOut(Output, frozen=True):
    """In the order they are asked in. `edition` rises with every deploy that changes them."""

    edition: int
    updated_at: datetime | None
    items: list[RuleOut]


class TriedOut(Output, frozen=True):
    """`why_not`: empty, if it would run."""

    name: str
    would_run: bool
    why_not: str
    would_do: list[str]
    would_skip: Annotated[dict[str, str], Meta(description="Actions, and why they would not be done.")]

    @classmethod
    def of(cls, rule: Rule, why_not: str, work: Work) -> "TriedOut":
        runs = not why_not and bool(work.did)
        return cls(
            name=rule.name,
            would_run=runs,
            why_not=why_not or ("" if runs else "there is nothing to do"),
            would_do=list(work.did),
            would_skip=dict(work.skipped),
        )


class DryRunOut(Output, frozen=True):
    """Each rule by itself, as if none before it had changed anything."""

    edition: int
    items: list[TriedOut]
