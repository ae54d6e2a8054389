"""What does a fact change? Her value, her tier, what we know of her, what she agreed to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.customers import consent, identity, tiers, value_index
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.messages import FactRecorded
from chalicelib.model.customer import Consent, Customer
from chalicelib.model.fact import Fact, FactKind, FactReport
from chalicelib.model.interaction import Receipt
from chalicelib.model.money import Money
from chalicelib.model.policy import Policy
from chalicelib.model.value import NOTHING, ValueState

USUAL_MARGIN = 0.3  # of an order's amount, for shops that do not report the margin itself


def record(
    report: FactReport, customer: Customer | None, policy: Policy, now: datetime, *, under: str = "", during: str = ""
) -> Decision:
    """The decision that records a fact nobody recorded yet: fact, receipt and customer change together. It is told
    under the customer's own record, or under one that was merged into hers, by the merge `during`.

    Changes are (Fact, Receipt, Customer, …); raises Invalid, with a pointer, for what cannot be true.
    """
    check(report, policy, now)
    occurred_at = min(report.occurred_at, now)
    owners: tuple[object, ...] = ()
    if customer is None:
        customer, owner = identity.first_met(report.customer, policy.tiers.lowest.name, now)
        owners = (owner,)
    margin = _margin(report)
    effect = _effect(report, occurred_at, margin)
    fact = Fact(
        id=ids.derived_ulid(occurred_at, report.receipt_key),
        customer_id=under or customer.id,
        what=report.what,
        occurred_at=occurred_at,
        recorded_at=now,
        margin=margin,
        effect=effect,
        data=report.data,
        during=during,
    )
    changed = learn(identity.better_known(customer, report.customer), fact)
    changed, told, news = tiers.retiered(changed, policy, now)
    if effect:
        fact = replace(fact, index=tiers.index_now(changed, policy))
    receipt = Receipt(
        key=report.receipt_key,
        fingerprint=report.fingerprint,
        at=now,
        customer_id=fact.customer_id,
        interaction_id=fact.id,
    )
    follow_up = FactRecorded(customer_id=fact.customer_id, fact_id=fact.id)
    return Decision((fact, receipt, changed, *owners, *told), (follow_up, *news), reason=report.what.value)


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


def _margin(report: FactReport) -> Money | None:
    """What we earned by it: as reported, else the usual share of an order; a refund takes it back."""
    if report.what not in (FactKind.ORDER, FactKind.REFUND):
        return None
    earned = report.margin
    if earned is None and report.amount:
        earned = Money(round(report.amount.minor * USUAL_MARGIN), report.amount.currency)
    if earned and report.what is FactKind.REFUND:
        return Money(-abs(earned.minor), earned.currency)
    return earned


def _effect(report: FactReport, at: datetime, margin: Money | None) -> ValueState | None:
    """What it adds to the sums of her value. An order whose worth nobody told counts as one of none."""
    if report.what is FactKind.ORDER:
        return value_index.purchased(NOTHING, at, margin.minor if margin else 0)
    if report.what is FactKind.REFUND and margin:
        return value_index.refunded(NOTHING, margin.minor)
    return None


def learn(customer: Customer, fact: Fact) -> Customer:
    """What the fact says about her. Older news never overrides newer, in whatever order they come."""
    data, at = fact.data, fact.occurred_at
    if fact.effect:
        customer = replace(customer, value=value_index.joined(customer.value, fact.effect))
    if about := _ABOUT.get(fact.what):
        if about in customer.learnt and customer.learnt[about] > at:
            return customer
        customer = replace(customer, learnt={**customer.learnt, about: at})
    match fact.what:
        case FactKind.CARD_EXPIRING:
            return replace(customer, traits={**customer.traits, "card_expires_on": data["expires_on"]})
        case FactKind.CARD_UPDATED:
            return replace(customer, traits=_without(customer.traits, "card_expires_on"))
        case FactKind.PROFILE:
            return replace(
                customer,
                name=data.get("name") or customer.name,
                language=data.get("language") or customer.language,
                time_zone=data.get("time_zone") or customer.time_zone,
            )
        case FactKind.CONSENT:
            said = Consent(granted=data["granted"] == "true", at=at, proof=data["proof"])
            return consent.with_consent(customer, data["channel"], data["purpose"], said)
    return customer


_ABOUT = {FactKind.CARD_EXPIRING: "card", FactKind.CARD_UPDATED: "card", FactKind.PROFILE: "profile"}


def _without(traits: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: trait for key, trait in traits.items() if key != name}
