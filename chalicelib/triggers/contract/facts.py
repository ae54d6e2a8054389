"""What other systems report."""

from datetime import date
from typing import Annotated

from msgspec import UNSET, Meta, Raw, UnsetType

from chalicelib.triggers.contract.shared import (
    ONE_LINE,
    CustomerRef,
    Examples,
    Input,
    Language,
    Moment,
    Name,
    Word,
    Zone,
    form,
)

Minor = Annotated[int, Meta(description="Whole minor units: 1999 are 19.99 USD.", examples=[1999])]
Currency = Annotated[str, form("[A-Z]{3}", "ISO 4217, in capital letters."), Meta(examples=["USD"])]


class Money(Input, frozen=True):
    minor: Annotated[Minor, Meta(ge=-(10**12), le=10**12)]
    currency: Currency


class Price(Input, frozen=True):
    minor: Annotated[Minor, Meta(ge=0, le=10**12)]
    currency: Currency


class OrderData(Input, frozen=True):
    """`margin` is what you earn by it; without it Liana assumes a usual share of the amount."""

    amount: Price
    margin: Money | UnsetType = UNSET


class PaymentData(Input, frozen=True):
    amount: Price


class RefundData(Input, frozen=True):
    """`margin` is what you lose by it; without it Liana assumes a usual share of the amount."""

    amount: Price
    margin: Money | UnsetType = UNSET


class UsageData(Input, frozen=True):
    what: Word
    quantity: Annotated[int, Meta(ge=0, le=10**12)] = 1


class LifeEventData(Input, frozen=True):
    what: Annotated[Word, Meta(examples=["moved", "birthday"])]
    on: date | UnsetType = UNSET


class CardExpiringData(Input, frozen=True):
    expires_on: Annotated[date, Meta(description="The last day the card works.")]
    card_hint: Annotated[str, Meta(max_length=20), ONE_LINE, Meta(description="Never the number.")] = ""


class ConsentData(Input, frozen=True):
    channel: Annotated[str, form("[a-z_]{1,20}", "A channel: email."), Meta(examples=["email"])]
    purpose: Annotated[str, form("[a-z_]{1,40}", "Small letters and _: service."), Meta(examples=["service"])]
    granted: bool
    proof: Annotated[str, Meta(min_length=1, max_length=500, description="How you can show that she said so.")]


class ProfileData(Input, frozen=True):
    name: Name = ""
    language: Language = ""
    time_zone: Zone = ""


class FactBase(Input, frozen=True, tag_field="kind"):
    """`event_id` is your own id of what happened: the same id with the same content is recorded once."""

    event_id: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    customer: CustomerRef
    occurred_at: Moment


class OrderFact(FactBase, frozen=True, tag="order"):
    """She bought something."""

    data: OrderData


class PaymentFact(FactBase, frozen=True, tag="payment"):
    """She paid."""

    data: PaymentData


class RefundFact(FactBase, frozen=True, tag="refund"):
    """She got money back."""

    data: RefundData


class UsageFact(FactBase, frozen=True, tag="usage"):
    """She used what she bought. Counted, not told on her timeline."""

    data: UsageData


class LifeEventFact(FactBase, frozen=True, tag="life_event"):
    """Something happened in her life that matters for how she is served."""

    data: LifeEventData


class CardExpiringFact(FactBase, frozen=True, tag="card_expiring"):
    """The card she pays with will stop working."""

    data: CardExpiringData


class CardUpdatedFact(FactBase, frozen=True, tag="card_updated"):
    """She gave a card that works."""


class ConsentFact(FactBase, frozen=True, tag="consent"):
    """She allowed or forbade messages of one purpose on one channel."""

    data: ConsentData


class ProfileFact(FactBase, frozen=True, tag="profile"):
    """She told or changed her name, language or time zone."""

    data: ProfileData


FactIn = (
    OrderFact
    | PaymentFact
    | RefundFact
    | UsageFact
    | LifeEventFact
    | CardExpiringFact
    | CardUpdatedFact
    | ConsentFact
    | ProfileFact
)


class FactsIn(Input, frozen=True):
    """Facts, in any order. Each is taken or refused on its own."""

    facts: Annotated[list[FactIn], Meta(min_length=1, max_length=100)]


class FactsBatch(Input, frozen=True):
    """How FactsIn is read first: one malformed fact must not refuse the others."""

    facts: Annotated[list[Raw], Meta(min_length=1, max_length=100)]


EXAMPLES: Examples = {
    FactsIn: [
        {
            "facts": [
                {
                    "event_id": "order-1001",
                    "kind": "order",
                    "customer": {"external": "shop-77", "time_zone": "Europe/Berlin"},
                    "occurred_at": "2026-11-20T09:30:00Z",
                    "data": {
                        "amount": {"minor": 12900, "currency": "USD"},
                        "margin": {"minor": 4100, "currency": "USD"},
                    },
                },
                {
                    "event_id": "card-77-2026-12",
                    "kind": "card_expiring",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T09:31:00Z",
                    "data": {"expires_on": "2026-12-31", "card_hint": "Visa ending 42"},
                },
                {
                    "event_id": "newsletter-form-5",
                    "kind": "consent",
                    "customer": {"email": "maria@example.com"},
                    "occurred_at": "2026-11-20T09:32:00Z",
                    "data": {
                        "channel": "email",
                        "purpose": "service",
                        "granted": True,
                        "proof": "form 5, submission 118",
                    },
                },
            ]
        }
    ],
}
