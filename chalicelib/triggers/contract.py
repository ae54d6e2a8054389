"""What the API takes, field by field: the one source of its decoders, its checks and its OpenAPI schemas.

Input is strict: an unknown field is refused, an optional one is left out, never null. Times are RFC 3339 in UTC, ids
are ULIDs, money is whole minor units and an ISO 4217 code. What it gives is in answers.py.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Raw, Struct, UnsetType, field

from chalicelib.auth.permissions import Scope
from chalicelib.model.article import MOST_IN_AN_ANSWER, SLUG
from chalicelib.model.customer import HANDLE_KINDS
from chalicelib.model.task import TaskState
from chalicelib.triggers.decoding import FORMS


def form(pattern: str, words: str) -> Meta:
    """A form of text, and how it is told to people."""
    whole = rf"^(?![\s\S]*\n){pattern}$"  # in Python, $ alone lets a last line feed pass
    FORMS[whole] = words
    return Meta(pattern=whole, description=words)


ONE_LINE = form(r"[^\u0000-\u001f\u007f]*", "One line, without control characters.")
Line = Annotated[str, Meta(max_length=300), ONE_LINE]
Text = Annotated[str, Meta(min_length=1, max_length=100_000, description="Plain text.")]
Name = Annotated[str, Meta(max_length=200), ONE_LINE]
Agent = Annotated[str, Meta(min_length=1, max_length=100), ONE_LINE]
Label = Annotated[str, Meta(max_length=60), ONE_LINE, Meta(description="A topic of yours: billing, delivery.")]
Word = Annotated[str, Meta(min_length=1, max_length=100), ONE_LINE]
Language = Annotated[str, form("([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})?", "A language in BCP 47: en, zh-Hans.")]
Tag = Annotated[str, form("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", "A language in BCP 47: en, zh-Hans.")]
Slug = Annotated[str, form(SLUG, "1 to 80 small letters, digits and -."), Meta(examples=["returning-goods"])]
Zone = Annotated[str, Meta(max_length=60), ONE_LINE, Meta(description="An IANA time zone: Europe/Berlin.")]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339, with its zone.")]
ULID = "[0-9A-HJKMNP-TV-Z]{26}"
CaseRef = Annotated[str, Meta(max_length=40, description="A case's id, or its number as people read it out.")]
Key = Annotated[str, Meta(min_length=1, max_length=320), ONE_LINE]
Minor = Annotated[int, Meta(description="Whole minor units: 1999 are 19.99 USD.", examples=[1999])]
Currency = Annotated[str, form("[A-Z]{3}", "ISO 4217, in capital letters."), Meta(examples=["USD"])]


class Input(Struct, frozen=True, forbid_unknown_fields=True):
    pass


class CustomerRef(Input, frozen=True):
    """Who it is: her id, or exactly one handle. A handle nobody has makes a new customer. What else is said
    of her is taken when it was unknown."""

    customer_id: Annotated[Key, Meta(description="The id Liana gave her.")] = ""
    email: Key = ""
    phone: Annotated[Key, Meta(description="E.164, with its country code: +49301234567.")] = ""
    chat: Annotated[Key, Meta(description="Her name in your chat.")] = ""
    external: Annotated[Key, Meta(description="Her id in your own systems.")] = ""
    device: Annotated[Key, Meta(description="An installation of your app.")] = ""
    name: Name = ""
    language: Language = ""
    time_zone: Zone = ""

    def __post_init__(self) -> None:
        given = [name for name in ("customer_id", *HANDLE_KINDS) if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"Give exactly one of customer_id, {', '.join(HANDLE_KINDS)}.")

    @property
    def handle(self) -> tuple[str, str] | None:
        """Kind and value as given, not normalised; None when she is named by id."""
        return next(((kind, value) for kind in HANDLE_KINDS if (value := getattr(self, kind))), None)


class RequestIn(Input, frozen=True, kw_only=True):
    """What a customer asks through your website or app."""

    customer: CustomerRef
    channel: Literal["web", "app"]
    subject: Line = ""
    text: Text
    topic: Label = ""
    language: Language = ""
    case_id: CaseRef = ""


class InteractionIn(Input, frozen=True, kw_only=True):
    """A contact an agent had with a customer and logs."""

    customer: CustomerRef
    channel: Literal["phone", "chat", "board"]
    direction: Annotated[Literal["in", "out"], Meta(description="out: we called or wrote first.")]
    subject: Line = ""
    text: Annotated[Text, Meta(description="What was said, or a summary.")]
    topic: Label = ""
    language: Language = ""
    case_id: CaseRef = ""
    occurred_at: Moment | UnsetType = UNSET
    agent: Annotated[Agent, Meta(description="Who had the contact.")]


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


class ReplyIn(Input, frozen=True):
    """An agent's answer to the customer of a case, by mail."""

    text: Text
    then: Annotated[Literal["wait", "solve"], Meta(description="wait for her answer, or call the case solved.")]
    author: Annotated[Agent, Meta(description="The agent, as the customer sees it.")]
    articles: Annotated[
        list[Slug],
        Meta(max_length=MOST_IN_AN_ANSWER, description="Put behind the text, each once, in her language."),
    ] = field(default_factory=list)
    history: Annotated[bool, Meta(description="Quote what was said before below the answer.")] = True


class ParticipantIn(Input, frozen=True):
    """What becomes of somebody who takes part in a case."""

    state: Annotated[
        Literal["confirmed", "revoked"],
        Meta(description="confirmed: answers may go to her. revoked: her reply address opens the case no more."),
    ]
    author: Annotated[Agent, Meta(description="Who decided it; told on the timeline.")]


class VouchIn(Input, frozen=True):
    """On whose word, and why. Both are kept."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


class HandleIn(Input, frozen=True):
    """One more way to recognise a customer."""

    kind: Literal["email", "phone", "chat", "external", "device"]
    value: Key


class MergeIn(Input, frozen=True, kw_only=True):
    """Whom the customer turned out to be."""

    into: Annotated[str, form(ULID, "A customer's id."), Meta(description="The customer who remains.")]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
    confirm_external: Annotated[
        bool, Meta(description="They are one although your own systems know them by different ids.")
    ] = False


class ArticleTextIn(Input, frozen=True):
    title: Annotated[str, Meta(min_length=1, max_length=200), ONE_LINE]
    body: Annotated[str, Meta(min_length=1, max_length=20_000, description="Plain text or Markdown.")]


Expected = Annotated[
    int,
    Meta(ge=0, description="The version you saw, 0: none. Another is refused; without it any is replaced."),
]


class ArticleIn(Input, frozen=True):
    """An article in every language it has: what is left out is removed."""

    texts: Annotated[dict[Tag, ArticleTextIn], Meta(min_length=1, max_length=20, description="By language.")]
    expected_version: Expected | UnsetType = UNSET


class ArticleTexts(Input, frozen=True):
    """How ArticleIn is read first: decoders do not say in which language something is wrong."""

    texts: Annotated[dict[Tag, Raw], Meta(min_length=1, max_length=20)]
    expected_version: Expected | UnsetType = UNSET


class TokenIn(Input, frozen=True):
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=20)]
    expires_in: Annotated[int, Meta(ge=60, le=3600, description="Seconds.")] = 900


Limit = Annotated[int, Meta(ge=1, le=100, description="How many to give at most.")]
Cursor = Annotated[str, Meta(max_length=1000, description="`next` of the page before; leave out for the first.")]


class Paged(Input, frozen=True):
    limit: Limit = 25
    cursor: Cursor = ""


class CaseQuery(Paged, frozen=True):
    text: Annotated[
        Literal["preview", "full"],
        Meta(description="full: whole texts, up to 100 KB each, for at most 25 interactions a page."),
    ] = "preview"


class TasksQuery(Paged, frozen=True, kw_only=True):
    state: Annotated[TaskState, Meta(description="Tasks in this state, as they come up.")]


class QuarantineQuery(Paged, frozen=True, kw_only=True):
    day: Annotated[date, Meta(description="The day they arrived, in UTC.")]


class ArticleQuery(Input, frozen=True):
    language: Annotated[Language, Meta(description="Only the text that comes nearest to it.")] = ""


class VouchQuery(Input, frozen=True):
    """On whose word, and why. Both are kept."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


class LookupQuery(Input, frozen=True):
    """Exactly one handle."""

    email: Key = ""
    phone: Key = ""
    chat: Key = ""
    external: Key = ""
    device: Key = ""


EXAMPLES: dict[type, list[object]] = {
    RequestIn: [
        {
            "customer": {"email": "maria@example.com", "name": "Maria Lopez", "language": "en"},
            "channel": "web",
            "subject": "Where is my parcel?",
            "text": "I ordered last Monday and have heard nothing since.",
            "topic": "delivery",
        }
    ],
    InteractionIn: [
        {
            "customer": {"phone": "+49301234567"},
            "channel": "phone",
            "direction": "in",
            "subject": "Cannot log in",
            "text": "Called because the reset mail does not arrive. Sent it again while she was on the line.",
            "occurred_at": "2026-11-20T09:30:00Z",
            "agent": "Tom",
        }
    ],
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
    ReplyIn: [
        {"text": "Your parcel is with the carrier and comes tomorrow.", "then": "solve", "author": "Tom"},
        {
            "text": "Just send it back, we pay for it.",
            "then": "wait",
            "author": "Tom",
            "articles": ["returning-goods"],
        },
    ],
    ParticipantIn: [{"state": "confirmed", "author": "Tom"}],
    HandleIn: [{"kind": "phone", "value": "+49 30 1234567"}],
    MergeIn: [
        {"into": "01KAM8Q6C3V8QW2E0N4B7T9XYZ", "author": "Tom", "reason": "She says so, and knows both order numbers."}
    ],
    VouchIn: [{"author": "Tom", "reason": "She called and said that she sent it."}],
    ArticleIn: [
        {
            "texts": {
                "en": {"title": "Returning goods", "body": "You may return anything within 30 days."},
                "zh-Hans": {"title": "退货", "body": "您可以在 30 天内退回任何商品。"},
            },
            "expected_version": 0,
        }
    ],
    TokenIn: [{"scopes": ["customers:read"], "expires_in": 900}],
}
