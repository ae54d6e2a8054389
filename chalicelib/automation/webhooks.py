"""What may a webhook be, and what changes when one is saved, turned off or deleted?

The row of listeners changes in the same write: the relay tells of nothing that nobody listens to.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.automation import events, signing
from chalicelib.kernel.addresses import read_url
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.signing import Keys
from chalicelib.model.webhook import MOST_TYPES, MOST_WEBHOOKS, Listener, Listeners, Webhook

_PATTERN = re.compile(r"\*|[a-z_]+\.\*")


def check(url: str, types: Iterable[str], *, loopback: bool) -> None:
    """Raises Invalid with a pointer."""
    try:
        read_url(url, loopback=loopback)
    except ValueError as error:
        raise Invalid(str(error), "/url") from error
    for place, pattern in enumerate(types):
        known = pattern in events.BY_NAME or (
            _PATTERN.fullmatch(pattern) and any(events.wanted(name, [pattern]) for name in events.BY_NAME)
        )
        if not known:
            raise Invalid("There is no such event; GET /v1/event-types lists them.", f"/types/{place}")


def new(
    listeners: Listeners, webhook_id: str, *, url: str, types: tuple[str, ...], description: str, team: str,
    active: bool, keys: Keys, by: str, now: datetime,
) -> tuple[Decision, Webhook]:  # fmt: skip
    """Raises Conflict when there are too many."""
    if len(listeners.webhooks) + len(listeners.paused) >= MOST_WEBHOOKS:
        raise Conflict(f"there are {MOST_WEBHOOKS} webhooks, which is the most: delete one, or use the event bus")
    made = Webhook(
        id=webhook_id,
        url=url,
        types=_once(types),
        description=description,
        team=team,
        active=active,
        secrets=signing.rotated((), keys, now),
        created_at=now,
        created_by=by,
        updated_at=now,
        updated_by=by,
    )
    return Decision((made, listening(listeners, made)), reason="webhook made"), made


def put(
    listeners: Listeners, webhook: Webhook, *, url: str, types: tuple[str, ...], description: str, team: str,
    active: bool, expected: int | None, by: str, now: datetime,
) -> tuple[Decision, Webhook]:  # fmt: skip
    """Raises Conflict when somebody else changed it. Turned on again, or at another address, it begins anew."""
    if expected is not None and expected != webhook.edition:
        raise Conflict(f"this webhook is at version {webhook.edition} by now: read it again")
    asked = replace(webhook, url=url, types=_once(types), description=description, team=team, active=active)
    if asked == webhook:
        return Decision(reason="unchanged"), webhook
    if url != webhook.url or (active and not webhook.active):
        asked = replace(asked, failures=0, failing_since=None, paused_until=None, off_because="")
    asked = replace(asked, edition=webhook.edition + 1, updated_at=now, updated_by=by)
    return Decision((asked, listening(listeners, asked)), reason="webhook changed"), asked


def rotate(webhook: Webhook, keys: Keys, *, by: str, now: datetime) -> tuple[Decision, Webhook]:
    rotated = replace(
        webhook, secrets=signing.rotated(webhook.secrets, keys, now), edition=webhook.edition + 1, updated_at=now,
        updated_by=by,
    )  # fmt: skip
    return Decision((rotated,), reason="secret rotated"), rotated


def delete(listeners: Listeners, webhook: Webhook, *, by: str, now: datetime) -> Decision:
    """Its row stays until the last of its deliveries has expired; it is shown to nobody."""
    gone = replace(webhook, active=False, deleted_at=now, updated_at=now, updated_by=by)
    return Decision((gone, listening(listeners, webhook, gone=True)), reason="webhook deleted")


def listening(listeners: Listeners, webhook: Webhook, *, gone: bool = False) -> Listeners:
    """Who listens, with this one as it is now."""
    on = {name: each for name, each in listeners.webhooks.items() if name != webhook.id}
    off = {name: each for name, each in listeners.paused.items() if name != webhook.id}
    if not gone:
        (on if webhook.active else off)[webhook.id] = Listener(types=webhook.types, team=webhook.team)
    return replace(listeners, webhooks=on, paused=off)


def _once(types: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(types))[:MOST_TYPES]
