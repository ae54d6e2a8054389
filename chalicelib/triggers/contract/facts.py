"""What other systems report."""

from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, UnsetType, field

from chalicelib.model.article import SLUG
from chalicelib.model.customer import MOST_TRAITS
from chalicelib.triggers.contract.shared import (
    ONE_LINE,
    CustomerRef,
    Examples,
    Input,
    Language,
    Line,
    Moment,
    Name,
    Word,
    Zone,
    form,
)

EventId = Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
Problem = Literal["bill_high", "quota_low", "contract_ends", "delivery_late"]
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
    product: Annotated[Word, Meta(description="What she bought, as plays name it.")] | UnsetType = UNSET


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


class ProblemAheadData(Input, frozen=True):
    """`article` is the slug of what explains it; she is sent a link while it can be read."""

    what: Problem
    on: Annotated[date, Meta(description="The day on which it bites.")]
    amount: Price | UnsetType = UNSET
    article: Annotated[str, form(f"({SLUG})?", "An article's slug.")] = ""


class ProblemSolvedData(Input, frozen=True):
    what: Problem


class LingeringData(Input, frozen=True):
    """Of a page of yours on which she is signed in."""

    page: Annotated[str, Meta(min_length=1, max_length=200, description="Its path."), ONE_LINE]
    seconds: Annotated[int, Meta(ge=1, le=86_400, description="For how long she is on it.")]


class ConsentData(Input, frozen=True):
    channel: Annotated[str, form("[a-z_]{1,20}", "A channel: email."), Meta(examples=["email"])]
    purpose: Annotated[str, form("[a-z_]{1,40}", "Small letters and _: service."), Meta(examples=["service"])]
    granted: bool
    proof: Annotated[str, Meta(min_length=1, max_length=500, description="How you can show that she said so.")]


class ProfileData(Input, frozen=True):
    name: Name = ""
    language: Language = ""
    time_zone: Zone = ""

    def __post_init__(self) -> None:
        if not (self.name or self.language or self.time_zone):
            raise ValueError("Give a name, a language or a time zone.")


class ReferralData(Input, frozen=True):
    whom: Annotated[Line, Meta(description="Who became a customer on her word: your own id, for people to read.")] = ""


TraitName = Annotated[str, form("[a-z0-9-]{1,40}", "1 to 40 small letters, digits and -."), Meta(examples=["plan"])]
TraitValue = Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]


class TraitData(Input, frozen=True):
    """A name stands in `set` or in `remove`, not in both."""

    set: Annotated[dict[TraitName, TraitValue], Meta(max_length=MOST_TRAITS)] = field(default_factory=dict)
    remove: Annotated[list[TraitName], Meta(max_length=MOST_TRAITS)] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.set and not self.remove:
            raise ValueError("Give a trait to set or to remove.")
        if both := self.set.keys() & set(self.remove):
            raise ValueError(f"Either set or remove {', '.join(sorted(both))}.")


class PotentialData(Input, frozen=True):
    """`margin` is what you would earn by it; without it Liana assumes a usual share of the amount."""

    amount: Price
    margin: Price | UnsetType = UNSET
    what: Annotated[Line, Meta(description="What it is an estimate of: a quote, a renewal.")] = ""


class SearchData(Input, frozen=True):
    query: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
    results: Annotated[int, Meta(ge=0, le=10**6, description="How many she was shown.")] | UnsetType = UNSET


class ArticleReadData(Input, frozen=True):
    article: Annotated[str, Meta(min_length=1, max_length=200, description="Its slug or id."), ONE_LINE]
    title: Line = ""


class RatingData(Input, frozen=True):
    score: Annotated[int, Meta(ge=1, le=5, description="1 is worst, 5 is best.")]
    of: Annotated[Word, Meta(description="What she rates.", examples=["delivery"])]
    comment: Annotated[str, Meta(max_length=2000, description="In her own words. Plain text.")] = ""


class CancelledData(Input, frozen=True):
    what: Annotated[Line, Meta(description="What she cancelled.", examples=["family plan"])] = ""
    reason: Annotated[Line, Meta(description="As she told it.")] = ""


class CorrectionData(Input, frozen=True):
    corrects: Annotated[EventId, Meta(description="The event_id of the fact that was wrong.")]
    reason: Annotated[str, Meta(min_length=1, max_length=500), ONE_LINE]


class FactBase(Input, frozen=True, tag_field="kind"):
    """`event_id` is your own id of what happened: the same id with the same content is recorded once."""

    event_id: EventId
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


class ProblemAheadFact(FactBase, frozen=True, tag="problem_ahead"):
    """Something about her account or her order will trouble her on a day to come. Told again with another day, that day
    holds."""

    data: ProblemAheadData


class ProblemSolvedFact(FactBase, frozen=True, tag="problem_solved"):
    """It will not trouble her any more."""

    data: ProblemSolvedData


class LingeringFact(FactBase, frozen=True, tag="lingering"):
    """She has stayed on a page of yours for a while and may need somebody. Report it while she is there."""

    data: LingeringData


class ConsentFact(FactBase, frozen=True, tag="consent"):
    """She allowed or forbade messages of one purpose on one channel."""

    data: ConsentData


class ProfileFact(FactBase, frozen=True, tag="profile"):
    """She told or changed her name, language or time zone."""

    data: ProfileData


class ReferralFact(FactBase, frozen=True, tag="referral"):
    """Somebody became a customer on her word. Counts for her value index."""

    data: ReferralData = ReferralData()


class TraitFact(FactBase, frozen=True, tag="trait"):
    """What you know of her and want everybody to see who serves her: up to 50 traits. Of each the newest news count."""

    data: TraitData


class PotentialFact(FactBase, frozen=True, tag="potential"):
    """What she may still buy, by your own estimate. Estimates add up and fade like purchases do; correct what came to
    nothing, or has become an order."""

    data: PotentialData


class SearchFact(FactBase, frozen=True, tag="search"):
    """What she searched in your help centre, signed in."""

    data: SearchData


class ArticleReadFact(FactBase, frozen=True, tag="article_read"):
    """What she read there."""

    data: ArticleReadData


class RatingFact(FactBase, frozen=True, tag="rating"):
    """How she liked something."""

    data: RatingData


class SubscriptionCancelledFact(FactBase, frozen=True, tag="subscription_cancelled"):
    """She ended a subscription or a contract: she leaves."""

    data: CancelledData


class CorrectionFact(FactBase, frozen=True, tag="correction"):
    """A fact that you reported was wrong: what it did is undone, and it is shown as corrected. Name the customer as the
    fact did. It may come before the fact it corrects, which then has no effect."""

    data: CorrectionData

    def __post_init__(self) -> None:
        if self.data.corrects == self.event_id:
            raise ValueError("A correction has an event_id of its own.")


FactIn = (
    OrderFact
    | PaymentFact
    | RefundFact
    | UsageFact
    | LifeEventFact
    | CardExpiringFact
    | CardUpdatedFact
    | ProblemAheadFact
    | ProblemSolvedFact
    | LingeringFact
    | ConsentFact
    | ProfileFact
    | ReferralFact
    | TraitFact
    | PotentialFact
    | SearchFact
    | ArticleReadFact
    | RatingFact
    | SubscriptionCancelledFact
    | CorrectionFact
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
        },
        {
            "facts": [
                {
                    "event_id": "invited-91",
                    "kind": "referral",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T10:00:00Z",
                    "data": {"whom": "shop-91"},
                },
                {
                    "event_id": "crm-77-5",
                    "kind": "trait",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T10:01:00Z",
                    "data": {"set": {"plan": "family", "shoe-size": "38"}, "remove": ["trial"]},
                },
                {
                    "event_id": "quote-12",
                    "kind": "potential",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T10:02:00Z",
                    "data": {"amount": {"minor": 90000, "currency": "USD"}, "what": "quote 12, a tent for six"},
                },
                {
                    "event_id": "search-8812",
                    "kind": "search",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T10:03:00Z",
                    "data": {"query": "how to wash a tent", "results": 0},
                },
                {
                    "event_id": "read-8813",
                    "kind": "article_read",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T10:04:00Z",
                    "data": {"article": "caring-for-tents", "title": "Caring for tents"},
                },
                {
                    "event_id": "stars-301",
                    "kind": "rating",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T10:05:00Z",
                    "data": {"score": 4, "of": "delivery", "comment": "Quick, but the box was torn."},
                },
                {
                    "event_id": "order-1001-void",
                    "kind": "correction",
                    "customer": {"external": "shop-77"},
                    "occurred_at": "2026-11-20T10:06:00Z",
                    "data": {"corrects": "order-1001", "reason": "placed by a test system"},
                },
            ]
        },
    ],
}
