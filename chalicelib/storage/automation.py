"""Who listens, what webhooks were sent, the rulebook, and when rules ran."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TypeVar

from chalicelib.kernel import ids
from chalicelib.model.page import Page
from chalicelib.model.rule import Rulebook, RuleRun
from chalicelib.model.webhook import Listeners, Webhook, WebhookDelivery
from chalicelib.storage import keys, table
from chalicelib.storage.keys import LIST_SHARDS

T = TypeVar("T")
KEPT = 10.0  # seconds
_kept: dict[str, tuple[float, object]] = {}


def listeners() -> Listeners:
    """AP-67: who wants to be told of events, as stored; nobody before the first."""
    found: Listeners | None = table.row_at(keys.LISTENERS)
    return found or Listeners()


def fresh_listeners() -> Listeners:
    """AP-67: the same, ten seconds old at most: one read in that time and process."""
    return _fresh("listeners", listeners)


def rulebook() -> Rulebook:
    """AP-67: the rules, as stored; none before the first."""
    found: Rulebook | None = table.row_at(keys.RULEBOOK)
    return found or Rulebook()


def fresh_rulebook() -> Rulebook:
    """AP-67: the same, ten seconds old at most."""
    return _fresh("rulebook", rulebook)


def forget() -> None:
    """AP-67: the next one reads anew; whoever changed something says so, for this process."""
    _kept.clear()


def webhook(webhook_id: str) -> Webhook | None:
    """AP-68: by key."""
    found: Webhook | None = table.row_at(keys.webhook(webhook_id))
    return found


def webhooks(webhook_ids: Iterable[str]) -> list[Webhook]:
    """AP-68: those of these that exist, by id; one BatchGet."""
    return sorted(table.rows_at(map(keys.webhook, webhook_ids)).values(), key=lambda each: str(each.id))


def delivery(delivery_id: str) -> WebhookDelivery | None:
    """AP-69: by key."""
    found: WebhookDelivery | None = table.row_at(keys.delivery(delivery_id))
    return found


def deliveries(webhook_id: str, after: str | None, limit: int) -> Page[WebhookDelivery]:
    """AP-69: what a webhook was sent, the newest first."""
    shards = (keys.deliveries_shard(webhook_id, shard) for shard in range(LIST_SHARDS))
    return table.page_of(table.listed_in_all(shards, after=after or "", newest_first=True, limit=limit), limit)


def run(run_id: str) -> RuleRun | None:
    """AP-70: that a rule acted on an event, by key."""
    found: RuleRun | None = table.row_at(keys.rule_run(run_id))
    return found


def last_run(rule: str) -> datetime | None:
    """AP-71: when a rule last ran, in the last 30 days; its run's id says it."""
    shards = (keys.runs_shard(rule, shard) for shard in range(LIST_SHARDS))
    found = table.listed_in_all(shards, after="", newest_first=True, limit=1)
    return ids.instant_of(found[0].place) if found else None


def _fresh(name: str, read: Callable[[], T]) -> T:
    until, found = _kept.get(name, (0.0, None))
    if found is None or time.monotonic() >= until:
        found = read()
        _kept[name] = (time.monotonic() + KEPT, found)
    return found  # type: ignore[return-value]  # what was read by the same name
