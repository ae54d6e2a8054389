"""What may be sent to her? Consent per channel and purpose, and addresses nothing may be sent to."""

from dataclasses import replace
from datetime import datetime

from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.model.customer import Consent, Customer, consent_key
from chalicelib.model.event import Event, EventKind


def with_consent(customer: Customer, channel: str, purpose: str, consent: Consent) -> Customer:
    """The customer with what she said; a statement older than the one we have changes nothing."""
    key = consent_key(channel, purpose)
    if not counts(consent, customer.consents.get(key)):
        return customer
    return replace(customer, consents={**customer.consents, key: consent})


def counts(statement: Consent, known: Consent | None) -> bool:
    """Whether she said it later than what we know; of two at one moment the refusal counts."""
    if known is None:
        return True
    return (statement.at, not statement.granted, statement.proof) > (known.at, not known.granted, known.proof)


def withdraw(customer: Customer, channel: str, purpose: str, proof: str, now: datetime, under: str = "") -> Decision:
    """No more of this purpose on this channel, from now on; nothing changes when she said so before. It is told under
    her own record, or another of hers."""
    known = customer.consents.get(consent_key(channel, purpose))
    if known and not known.granted:
        return Decision(reason="withdrawn before")
    at = max(now, known.at) if known else now  # clocks differ a little; what she says now is what counts
    refused = with_consent(customer, channel, purpose, Consent(granted=False, at=at, proof=proof))
    told = Event(
        id=ids.derived_ulid(now, customer.id, "unsubscribed", channel, purpose),
        customer_id=under or customer.id,
        what=EventKind.UNSUBSCRIBED,
        at=now,
        detail={"channel": channel, "purpose": purpose, "proof": proof},
    )
    return Decision((refused, told), reason="withdrawn")
