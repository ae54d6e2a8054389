"""What is shown of webhooks, what they were sent, and rules."""

from datetime import datetime
from typing import NamedTuple

from chalicelib.automation.actions import COUNTER
from chalicelib.model.page import Page
from chalicelib.model.rule import Rule, Rulebook
from chalicelib.model.webhook import Webhook, WebhookDelivery
from chalicelib.storage import automation as storage
from chalicelib.storage.tallies import sums


def webhooks(team: str) -> list[Webhook]:
    """All of them, by id; for a caller of one team: her team's."""
    listening = storage.listeners()
    found = storage.webhooks([*listening.webhooks, *listening.paused])
    return [each for each in found if team in ("", each.team)]


def deliveries(webhook_id: str, after: str | None, limit: int) -> Page[WebhookDelivery]:
    """The newest first; nine reads a page."""
    return storage.deliveries(webhook_id, after, limit)


class Ran(NamedTuple):
    """A rule, how often it ran, and when it last did in the last 30 days."""

    rule: Rule
    times: int
    last: datetime | None


def rules() -> tuple[Rulebook, list[Ran]]:
    """In the order they are asked in: 16 reads for the counts, and eight for each rule."""
    book = storage.rulebook()
    times = sums(COUNTER)
    return book, [Ran(rule, times.get(rule.name, 0), storage.last_run(rule.name)) for rule in book.rules]
