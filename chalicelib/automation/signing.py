"""How does a receiver know that a request is ours? By the Standard Webhooks specification, version 1.0.0.

Headers webhook-id, webhook-timestamp and webhook-signature: `v1,` and base64 of HMAC-SHA256 over
`<id>.<timestamp>.<body>`, one for each secret that is valid, with a space between.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

A secret is never stored. It is derived from one of the stage's signing keys, so whoever reads the table learns none.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime

from chalicelib.kernel.errors import Permanent
from chalicelib.kernel.signing import Keys
from chalicelib.model.webhook import OLD_SECRET_SIGNS_FOR, Secret, Webhook

PREFIX = "whsec_"
_BYTES = 32  # the specification asks for 24 to 64


def secret_of(webhook_id: str, secret: Secret, keys: Keys) -> bytes:
    """Raises Permanent when the signing key it was made with is gone."""
    if secret.key_id not in keys.keys:
        raise Permanent(f"the signing key {secret.key_id} is gone: rotate this webhook's secret")
    return keys.sign("webhook secret", webhook_id, str(secret.number), size=_BYTES, key=secret.key_id)


def shown(webhook_id: str, secret: Secret, keys: Keys) -> str:
    """As its receiver is given it, once."""
    return PREFIX + base64.b64encode(secret_of(webhook_id, secret, keys)).decode()


def rotated(secrets: tuple[Secret, ...], keys: Keys, now: datetime) -> tuple[Secret, ...]:
    """A new secret in front; the one before signs for another day, so that its receiver can change in peace. Those
    before that sign no more: there are two at most."""
    number = secrets[0].number + 1 if secrets else 1
    before = tuple(
        Secret(number=one.number, key_id=one.key_id, until=now + OLD_SECRET_SIGNS_FOR) for one in secrets[:1]
    )
    return (Secret(number=number, key_id=keys.current), *before)


def valid(webhook: Webhook, now: datetime) -> tuple[Secret, ...]:
    return tuple(one for one in webhook.secrets if one.until is None or now < one.until)


def headers(message_id: str, at: datetime, body: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """What is sent with the body. `at` is the moment of this attempt: receivers refuse what is old."""
    timestamp = str(int(at.timestamp()))
    return {
        "content-type": "application/json",
        "user-agent": "Liana-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signature(message_id, timestamp, body, secret) for secret in secrets),
    }


def signature(message_id: str, timestamp: str, body: bytes, secret: bytes) -> str:
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
