"""Webhooks: who is told of what happens, and what became of each telling."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.automation import events, service, signing, views
from chalicelib.kernel.errors import Forbidden, NotFound
from chalicelib.model.webhook import Webhook
from chalicelib.triggers.answers.webhooks import (
    EventTypeOut,
    EventTypesOut,
    WebhookAskedOut,
    WebhookDeliveriesOut,
    WebhookDeliveryOut,
    WebhookGone,
    WebhookOut,
    WebhookSecretOut,
    WebhooksOut,
)
from chalicelib.triggers.contract.shared import Paged, if_told
from chalicelib.triggers.contract.webhooks import WebhookIn, WebhookPut
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "POST",
    "/v1/webhooks",
    scope=Scope.WEBHOOKS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Make a webhook",
    body=WebhookIn,
    returns=WebhookSecretOut,
    status=201,
    errors=(409,),
    idempotent=True,
)
def make_webhook(call: Call[WebhookIn]) -> WebhookSecretOut:
    """Its secret is shown here and never again; whoever loses it rotates it. There are 50 webhooks at most."""
    said = call.input
    webhook, secret = service.make_webhook(
        url=said.url,
        types=tuple(said.types),
        description=said.description,
        team=_team(call, said.team),
        active=said.active,
        by=call.principal.name,
        receipt_key=call.receipt_key,
    )
    return WebhookSecretOut(webhook=_out(call, webhook), secret=secret)


@api.endpoint(
    "GET",
    "/v1/webhooks",
    scope=Scope.WEBHOOKS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="All webhooks",
    returns=WebhooksOut,
)
def list_webhooks(call: Call[None]) -> WebhooksOut:
    """For a key of one team: its team's."""
    return WebhooksOut(items=[_out(call, each) for each in views.webhooks(call.principal.team)])


@api.endpoint(
    "GET",
    "/v1/webhooks/{webhook_id}",
    scope=Scope.WEBHOOKS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="A webhook",
    returns=WebhookOut,
    errors=(404,),
)
def get_webhook(call: Call[None], webhook_id: str) -> WebhookOut:
    """How it is doing included."""
    return _out(call, _own(call, webhook_id))


@api.endpoint(
    "PUT",
    "/v1/webhooks/{webhook_id}",
    scope=Scope.WEBHOOKS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Change a webhook",
    body=WebhookPut,
    returns=WebhookOut,
    errors=(404, 409),
)
def put_webhook(call: Call[WebhookPut], webhook_id: str) -> WebhookOut:
    """Switched on again, or at another address, it begins anew: what it failed at is forgotten."""
    _own(call, webhook_id)
    said = call.input
    webhook = service.put_webhook(
        webhook_id,
        url=said.url,
        types=tuple(said.types),
        description=said.description,
        team=_team(call, said.team),
        active=said.active,
        expected=if_told(said.expected_version),
        by=call.principal.name,
    )
    return _out(call, webhook)


@api.endpoint(
    "DELETE",
    "/v1/webhooks/{webhook_id}",
    scope=Scope.WEBHOOKS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Delete a webhook",
    returns=WebhookGone,
    errors=(404,),
)
def delete_webhook(call: Call[None], webhook_id: str) -> WebhookGone:
    """At once; what was still to be sent to it is given up."""
    _own(call, webhook_id)
    service.delete_webhook(webhook_id, by=call.principal.name)
    return WebhookGone(id=webhook_id)


@api.endpoint(
    "POST",
    "/v1/webhooks/{webhook_id}/secrets",
    scope=Scope.WEBHOOKS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Rotate a webhook's secret",
    returns=WebhookSecretOut,
    status=201,
    errors=(404,),
)
def rotate_secret(call: Call[None], webhook_id: str) -> WebhookSecretOut:
    """The new one is shown here and never again. For a day both sign, so that the receiver can change in between."""
    _own(call, webhook_id)
    webhook, secret = service.rotate_secret(webhook_id, by=call.principal.name)
    return WebhookSecretOut(webhook=_out(call, webhook), secret=secret)


@api.endpoint(
    "POST",
    "/v1/webhooks/{webhook_id}/test",
    scope=Scope.WEBHOOKS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Send a webhook a test",
    returns=WebhookAskedOut,
    status=202,
    errors=(404, 409),
)
def test_webhook(call: Call[None], webhook_id: str) -> WebhookAskedOut:
    """An event webhook.tested, signed and tried as all others, of which nobody else is told."""
    _own(call, webhook_id)
    return _asked(call, webhook_id, service.test_webhook(webhook_id, receipt_key=call.receipt_key))


@api.endpoint(
    "GET",
    "/v1/webhooks/{webhook_id}/deliveries",
    scope=Scope.WEBHOOKS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="What a webhook was sent",
    query=Paged,
    returns=WebhookDeliveriesOut,
    errors=(404,),
)
def list_deliveries(call: Call[Paged], webhook_id: str) -> WebhookDeliveriesOut:
    """The newest first, each with its attempts, for 30 days."""
    _own(call, webhook_id)
    page = views.deliveries(webhook_id, call.after, call.input.limit)
    return WebhookDeliveriesOut(items=[WebhookDeliveryOut.of(each) for each in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}",
    scope=Scope.WEBHOOKS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="One delivery",
    returns=WebhookDeliveryOut,
    errors=(404,),
)
def get_delivery(call: Call[None], webhook_id: str, delivery_id: str) -> WebhookDeliveryOut:
    """With what is sent, and its attempts."""
    _own(call, webhook_id)
    return WebhookDeliveryOut.of(service.the_delivery(webhook_id, delivery_id))


@api.endpoint(
    "POST",
    "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
    scope=Scope.WEBHOOKS_WRITE,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Send it once more",
    returns=WebhookAskedOut,
    status=202,
    errors=(404, 409),
)
def redeliver(call: Call[None], webhook_id: str, delivery_id: str) -> WebhookAskedOut:
    """With the same webhook-id, and with all its tries. One that is still being tried is refused."""
    _own(call, webhook_id)
    return _asked(call, webhook_id, service.redeliver(webhook_id, delivery_id).id)


@api.endpoint(
    "GET",
    "/v1/event-types",
    scope=Scope.WEBHOOKS_READ,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="All events one may be told of",
    returns=EventTypesOut,
)
def list_event_types(_call: Call[None]) -> EventTypesOut:
    """Each with its JSON Schema and an example."""
    return EventTypesOut(items=[EventTypeOut.of(event) for event in events.EVENTS])


def _own(call: Call[Any], webhook_id: str) -> Webhook:
    """Raises NotFound, for another team's, too."""
    webhook = service.the_webhook(webhook_id)
    if call.principal.team not in ("", webhook.team):
        raise NotFound("there is no such webhook")
    return webhook


def _team(call: Call[Any], told: str) -> str:
    """Whose customers it is told of: those the caller may know of herself. Raises Forbidden."""
    if call.principal.team and told not in ("", call.principal.team):
        raise Forbidden("This key or token is of one team: its webhooks are told of that team's customers.")
    return call.principal.team or told


def _out(call: Call[Any], webhook: Webhook) -> WebhookOut:
    own = f"v1/webhooks/{webhook.id}"
    links = {"self": call.link(own), "deliveries": call.link(f"{own}/deliveries")}
    return WebhookOut.of(webhook, len(signing.valid(webhook, call.at)), links)


def _asked(call: Call[Any], webhook_id: str, delivery_id: str) -> WebhookAskedOut:
    links = {"delivery": call.link(f"v1/webhooks/{webhook_id}/deliveries/{delivery_id}")}
    return WebhookAskedOut(delivery_id=delivery_id, links=links)
