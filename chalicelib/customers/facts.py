"""What does a fact change? Her value, her tier, what we know of her, what she agreed to."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.customers import identity, lately, learning, tiers, value_index
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.messages import FactRecorded, Message, NoteSign
from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind, FactReport
from chalicelib.model.interaction import Receipt
from chalicelib.model.money import Money
from chalicelib.model.policy import Policy
from chalicelib.model.value import NOTHING, ValueState
from chalicelib.recovery import following

USUAL_MARGIN = 0.3  # of an order's amount, for shops that do not report the margin itself


def record(
    report: FactReport,
    customer: Customer | None,
    policy: Policy,
    now: datetime,
    *,
    under: str = "",
    during: str = "",
    expected: Receipt | None = None,
) -> Decision:
    """The decision that records a fact nobody recorded yet: fact, receipt and customer change together. It is told
    under the customer's own record, or under one that was merged into hers, by the merge `during`. One that was
    `expected`, because its correction came first, has no effect. A correction recorded here is one that came first.

    Changes are (Fact, Receipt, Customer, …); raises Invalid, with a pointer, for what cannot be true, and Conflict for
    more traits than a customer has.
    """
    check(report, policy, now)
    owners: tuple[object, ...] = ()
    if customer is None:
        customer, owner = identity.first_met(report.customer, policy.tiers.lowest.name, now)
        owners = (owner,)
    fact = _told(report, now, under=under or customer.id, during=during)
    # A correction cannot be corrected, so nothing that came before one holds.
    if expected and report.what is not FactKind.CORRECTION:
        fact = replace(fact, corrected_by=expected.corrected_by, effect=_untrue(fact.effect))
    known = identity.better_known(customer, report.customer)
    changed = learn(known, fact)
    learning.check_room(known, changed)
    if not fact.corrected_by:
        changed = replace(changed, told={**changed.told, fact.what.value: now})
    changed, told, news = tiers.retiered(changed, policy, now)
    if fact.effect:
        fact = replace(fact, index=tiers.index_now(changed, policy))
    receipt = replace(
        _receipt(report, fact, now),
        corrected_by=fact.corrected_by,
        version=expected.version if expected else None,
    )
    notes = (Receipt(key=report.corrects, at=now, corrected_by=fact.id),) if report.corrects else ()
    follow_ups: tuple[Message, ...] = ()
    if not fact.corrected_by:
        follow_ups = (FactRecorded(customer_id=fact.customer_id, fact_id=fact.id),)
    if following.concerns(fact, changed, policy):
        follow_ups = (*follow_ups, NoteSign(customer_id=fact.customer_id, fact_id=fact.id))
    return Decision((fact, receipt, changed, *owners, *notes, *told), (*follow_ups, *news), reason=report.what.value)


def correct(
    report: FactReport,
    wrong: Fact,
    customer: Customer,
    still: Iterable[learning.Told],
    policy: Policy,
    now: datetime,
    *,
    during: str = "",
    expected: Receipt | None = None,
) -> Decision:
    """The decision that takes back what a fact did to its customer: money by its opposite, what was learnt of its
    subjects by what is `still` told of them. It is told under the record the fact was told under.

    Changes are (Fact, Receipt, Customer, the wrong Fact, …); raises Invalid, and Conflict when there is nothing to take
    back.
    """
    check(report, policy, now)
    if wrong.what is FactKind.CORRECTION:
        raise Conflict("a correction stays; report the fact again, with a new event_id", "/data/corrects")
    if wrong.corrected_by:
        raise Conflict("this fact was corrected before", "/data/corrects")
    about = learning.subjects(wrong)
    fact = _told(report, now, under=wrong.customer_id, during=during)
    fact = replace(
        fact,
        margin=Money(-wrong.margin.minor, wrong.margin.currency) if wrong.margin else None,
        effect=_opposite(wrong),
        data={**fact.data, "fact": wrong.id, **({"about": ",".join(about)} if about else {})},
    )
    changed = learning.relearn(learn(customer, fact), about, still)
    changed, told, news = tiers.retiered(changed, policy, now)
    if fact.effect:
        fact = replace(fact, index=tiers.index_now(changed, policy))
    receipt = replace(_receipt(report, fact, now), version=expected.version if expected else None)
    marked = replace(wrong, corrected_by=fact.id)
    return Decision((fact, receipt, changed, marked, *told), news, reason=report.what.value)


def learn(customer: Customer, fact: Fact) -> Customer:
    """What the fact says about her. Told twice, only her value changes; a correction's subjects are learnt anew by
    whoever has the other facts."""
    if fact.effect:
        customer = replace(customer, value=value_index.joined(customer.value, fact.effect))
    return learning.learn(lately.by_fact(customer, fact), fact)


def check(report: FactReport, policy: Policy, now: datetime) -> None:
    """Raises Invalid for a fact that cannot be true or cannot be booked."""
    if report.occurred_at > now + clock.SKEW:
        raise Invalid("occurred_at lies in the future; check the sender's clock", "/occurred_at")
    for name, money in (("amount", report.amount), ("margin", report.margin)):
        if money and money.currency != policy.currency:
            raise Invalid(f"books are kept in {policy.currency}; convert before reporting", f"/data/{name}/currency")
    zones = {"customer": report.customer.time_zone, "data": report.data.get("time_zone", "")}
    for place, zone in zones.items():
        if zone and not identity.is_time_zone(zone):
            raise Invalid("time_zone is an IANA name such as Europe/Berlin", f"/{place}/time_zone")


def _told(report: FactReport, now: datetime, *, under: str, during: str) -> Fact:
    occurred_at = min(report.occurred_at, now)
    # A correction stands where it was told: it may speak of what was long ago.
    placed_at = now if report.what is FactKind.CORRECTION else occurred_at
    earned = _earned(report)
    return Fact(
        id=ids.derived_ulid(placed_at, report.receipt_key),
        customer_id=under,
        what=report.what,
        occurred_at=occurred_at,
        recorded_at=now,
        margin=earned if report.what in (FactKind.ORDER, FactKind.REFUND) else None,
        effect=_effect(report, occurred_at, earned),
        data=report.data,
        during=during,
    )


def _receipt(report: FactReport, fact: Fact, now: datetime) -> Receipt:
    return Receipt(
        key=report.receipt_key,
        fingerprint=report.fingerprint,
        at=now,
        customer_id=fact.customer_id,
        interaction_id=fact.id,
    )


def _earned(report: FactReport) -> Money | None:
    """What we earn by it: as reported, else the usual share of the amount; a refund takes it back."""
    if report.what not in (FactKind.ORDER, FactKind.REFUND, FactKind.POTENTIAL):
        return None
    earned = report.margin
    if earned is None and report.amount:
        earned = Money(round(report.amount.minor * USUAL_MARGIN), report.amount.currency)
    if earned and report.what is FactKind.REFUND:
        return Money(-abs(earned.minor), earned.currency)
    return earned


def _effect(report: FactReport, at: datetime, earned: Money | None) -> ValueState | None:
    """What it adds to the sums of her value. An order whose worth nobody told counts as one of none."""
    match report.what:
        case FactKind.ORDER:
            return value_index.purchased(NOTHING, at, earned.minor if earned else 0)
        case FactKind.REFUND if earned:
            return value_index.refunded(NOTHING, earned.minor)
        case FactKind.REFERRAL:
            return value_index.referred(NOTHING, at)
        case FactKind.POTENTIAL if earned:
            return value_index.foreseen(NOTHING, at, earned.minor)
    return None


def _opposite(wrong: Fact) -> ValueState | None:
    """What takes back its effect. Of a fact that 0.1 recorded, without one, it is its margin."""
    effect = wrong.effect or (ValueState(margin=wrong.margin.minor) if wrong.margin else None)
    return value_index.corrected(NOTHING, effect) if effect else None


def _untrue(effect: ValueState | None) -> ValueState | None:
    """What stays of an effect that was taken back: first and last, which no correction takes."""
    if effect is None or effect.first is None:
        return None
    return value_index.corrected(effect, effect)
