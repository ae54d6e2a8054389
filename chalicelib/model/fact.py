"""A fact: something the company's other systems know happened to a customer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from chalicelib.model.customer import CustomerHint
from chalicelib.model.money import Money
from chalicelib.model.value import ValueState


class FactKind(Enum):
    ORDER = "order"
    PAYMENT = "payment"
    REFUND = "refund"
    USAGE = "usage"
    LIFE_EVENT = "life_event"
    CARD_EXPIRING = "card_expiring"
    CARD_UPDATED = "card_updated"
    PROBLEM_AHEAD = "problem_ahead"  # with her account or her order, known before it bites
    PROBLEM_SOLVED = "problem_solved"
    LINGERING = "lingering"  # she stays on a page of the company's, and may need somebody
    CONSENT = "consent"
    PROFILE = "profile"
    REFERRAL = "referral"
    TRAIT = "trait"
    POTENTIAL = "potential"
    SEARCH = "search"
    ARTICLE_READ = "article_read"
    RATING = "rating"
    SUBSCRIPTION_CANCELLED = "subscription_cancelled"  # or a contract ended: she leaves
    CORRECTION = "correction"  # of a fact that was wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """`margin` is what it changed our margin by (a refund's is negative), `effect` what it added to the sums of her
    value; None: nothing. `index` is hers after it, in tenths. `during`: the merge by which it counted for the survivor,
    when it was told of a merged customer. `corrected_by`: the correction that says it was wrong, which has the opposite
    effect; a fact that came after its own correction has none itself."""

    id: str
    customer_id: str
    what: FactKind
    occurred_at: datetime
    recorded_at: datetime
    margin: Money | None = None
    effect: ValueState | None = None
    index: int | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    during: str = ""
    corrected_by: str = ""
    version: int | None = None

    @property
    def on_timeline(self) -> bool:
        """Usage is counted, not told."""
        return self.what is not FactKind.USAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class FactReport:
    """A fact as the company's system reports it, before we know whose it is or whether we know it already. `corrects`
    is the receipt key of the fact it corrects."""

    receipt_key: str
    fingerprint: str
    customer: CustomerHint
    what: FactKind
    occurred_at: datetime
    amount: Money | None = None
    margin: Money | None = None
    data: Mapping[str, str] = field(default_factory=dict)
    corrects: str = ""
