"""What a fact changes, and which cannot be true."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers import facts, value_index
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.messages import FactRecorded, TierNews
from chalicelib.model.customer import Consent, Customer, CustomerHint, HandleOwner
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import Receipt
from chalicelib.model.money import Money
from chalicelib.model.value import NOTHING
from tests.factories import ANN, ANNS_ID, CALIBRATION, NOON, make_customer, make_fact, make_policy, make_report


def recorded(what: FactKind, known: Customer | None = None, **fields: Any) -> tuple[Fact, Customer]:
    """The fact and the customer after it."""
    decision = facts.record(make_report(what, **fields), known or make_customer(), make_policy(), NOON)
    fact, _, changed, *_ = decision.changes
    assert isinstance(fact, Fact)
    assert isinstance(changed, Customer)
    return fact, changed


def dollars(amount: int) -> Money:
    return Money(amount * 100, "USD")


def test_a_fact_its_receipt_and_the_customer_are_written_together() -> None:
    decision = facts.record(make_report(), make_customer(), make_policy(), NOON)

    assert [type(change) for change in decision.changes] == [Fact, Receipt, Customer]
    fact, receipt, _ = decision.changes
    assert (receipt.customer_id, receipt.interaction_id) == (ANNS_ID, fact.id)
    assert decision.messages == (FactRecorded(customer_id=ANNS_ID, fact_id=fact.id),)


def test_a_fact_about_somebody_new_makes_her_a_customer() -> None:
    decision = facts.record(make_report(), None, make_policy(), NOON)

    fact, _, customer, owner = decision.changes
    assert isinstance(owner, HandleOwner)
    assert fact.customer_id == customer.id == owner.customer_id


def test_a_fact_about_an_absorbed_one_is_told_under_her_record_and_counts_for_the_survivor() -> None:
    report = make_report(amount=dollars(10))

    fact, receipt, customer, *_ = facts.record(
        report, make_customer(), make_policy(), NOON, under="01B", during="01M"
    ).changes

    assert (fact.customer_id, fact.during, receipt.customer_id) == ("01B", "01M", "01B")
    assert (customer.id, customer.value.margin) == (ANNS_ID, 3_00)


def test_a_retry_decides_the_same() -> None:
    report = make_report(amount=dollars(900))

    first = facts.record(report, None, make_policy(), NOON)

    assert facts.record(report, None, make_policy(), NOON) == first


@pytest.mark.parametrize(
    ("what", "fields", "margin"),
    [
        (FactKind.ORDER, {"amount": dollars(100)}, 30_00),
        (FactKind.ORDER, {"amount": dollars(100), "margin": dollars(12)}, 12_00),
        (FactKind.ORDER, {"amount": dollars(100), "margin": dollars(-5)}, -5_00),
        (FactKind.ORDER, {"amount": Money(333, "USD")}, 100),
        (FactKind.ORDER, {}, None),
        (FactKind.REFUND, {"amount": dollars(100)}, -30_00),
        (FactKind.REFUND, {"amount": dollars(100), "margin": dollars(12)}, -12_00),
        (FactKind.REFUND, {"amount": dollars(100), "margin": dollars(-12)}, -12_00),
        (FactKind.PAYMENT, {"amount": dollars(100)}, None),
        (FactKind.USAGE, {"amount": dollars(100)}, None),
    ],
)
def test_an_order_earns_and_a_refund_takes_back(what: FactKind, fields: Any, margin: int | None) -> None:
    fact, customer = recorded(what, **fields)

    assert (fact.margin.minor if fact.margin else None) == margin
    assert customer.value.margin == (margin or 0)


def test_an_order_that_earns_a_tier_tells_it() -> None:
    policy = make_policy(calibration=CALIBRATION)

    decision = facts.record(make_report(margin=dollars(250)), make_customer(), policy, NOON)

    (event,) = [change for change in decision.changes if isinstance(change, Event)]
    version = policy.tiers.version
    assert dict(event.detail) == {"from": "standard", "to": "gold", "index": "85.0", "tiers": version}
    assert decision.messages[1:] == (TierNews(customer_id=ANNS_ID, event_id=event.id),)


def test_an_order_counts_as_a_purchase_with_its_weight_and_is_stamped_with_her_index() -> None:
    fact, customer = recorded(FactKind.ORDER, margin=dollars(5))

    assert customer.value == fact.effect == value_index.purchased(NOTHING, fact.occurred_at, 5_00)
    assert fact.index == 500


def test_a_clock_a_little_ahead_is_forgiven_and_set_right() -> None:
    fact, _ = recorded(FactKind.ORDER, occurred_at=NOON + timedelta(minutes=4))

    assert fact.occurred_at == NOON


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"occurred_at": NOON + timedelta(minutes=6)}, "/occurred_at"),
        ({"amount": Money(1, "EUR")}, "/data/amount/currency"),
        ({"margin": Money(1, "EUR")}, "/data/margin/currency"),
        ({"customer": CustomerHint(handle=ANN, time_zone="Mars/Phobos")}, "/customer/time_zone"),
        ({"customer": CustomerHint(handle=ANN, time_zone="../../etc/passwd")}, "/customer/time_zone"),
        ({"customer": CustomerHint(handle=ANN, time_zone="Europe")}, "/customer/time_zone"),
        ({"data": {"time_zone": "Mars/Phobos"}}, "/data/time_zone"),
        (
            {"customer": CustomerHint(handle=ANN, time_zone="Europe/Berlin"), "data": {"time_zone": "Mars"}},
            "/data/time_zone",
        ),
    ],
)
def test_what_cannot_be_true_is_refused_and_the_field_named(fields: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        facts.check(make_report(**fields), make_policy(), NOON)

    assert refused.value.pointer == pointer


def test_a_card_about_to_expire_is_remembered_and_a_new_one_forgets_it() -> None:
    _, expiring = recorded(FactKind.CARD_EXPIRING, data={"expires_on": "2026-12-10"})
    _, updated = recorded(FactKind.CARD_UPDATED, expiring)

    assert expiring.traits == {"card_expires_on": "2026-12-10"}
    assert updated.traits == {}


def test_a_profile_replaces_what_it_names_and_leaves_the_rest() -> None:
    customer = make_customer(name="Ann", language="en", time_zone="Europe/Berlin")

    _, changed = recorded(FactKind.PROFILE, customer, data={"language": "zh-Hans", "time_zone": "Asia/Shanghai"})

    assert (changed.name, changed.language, changed.time_zone) == ("Ann", "zh-Hans", "Asia/Shanghai")


@pytest.mark.parametrize(("word", "granted"), [("true", True), ("false", False)])
def test_a_consent_is_kept_with_its_time_and_proof(word: str, granted: bool) -> None:
    said = {"channel": "email", "purpose": "service", "granted": word, "proof": "sign-up form"}

    _, customer = recorded(FactKind.CONSENT, data=said)

    assert customer.consents == {"email/service": Consent(granted, NOON, "sign-up form")}


def test_what_another_system_knows_fills_what_we_do_not() -> None:
    _, customer = recorded(FactKind.ORDER, customer=CustomerHint(handle=ANN, name="Ann", language="de"))

    assert (customer.name, customer.language) == ("Ann", "de")


def test_usage_is_counted_and_not_told() -> None:
    assert [what for what in FactKind if not make_fact(what).on_timeline] == [FactKind.USAGE]


def test_older_news_never_overrides_newer_in_whatever_order_they_come() -> None:
    _, updated = recorded(FactKind.CARD_UPDATED, occurred_at=NOON - timedelta(days=1))

    _, after = recorded(
        FactKind.CARD_EXPIRING,
        updated,
        data={"expires_on": "2026-12-31"},
        occurred_at=NOON - timedelta(days=2),
    )

    assert "card_expires_on" not in after.traits
