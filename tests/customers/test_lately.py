"""When she was last heard of."""

from datetime import timedelta
from itertools import permutations

import pytest

from chalicelib.customers import lately
from chalicelib.model.customer import MOST_RUNG, Lately, Rung
from chalicelib.model.fact import FactKind
from tests.factories import NOON, make_customer, make_fact

A_DAY = timedelta(days=1)


def test_the_latest_counts_in_whatever_order_it_is_told() -> None:
    told = [make_fact(FactKind.ORDER, occurred_at=NOON - n * A_DAY) for n in range(3)]

    for order in permutations([*told, told[0]]):
        customer = make_customer()
        for fact in order:
            customer = lately.by_fact(customer, fact)
        assert customer.lately == {"order": NOON}


@pytest.mark.parametrize(
    ("what", "heard"),
    [
        (FactKind.ORDER, True),
        (FactKind.USAGE, True),
        (FactKind.SEARCH, True),
        (FactKind.LINGERING, True),
        (FactKind.REFUND, False),
        (FactKind.SUBSCRIPTION_CANCELLED, False),
        (FactKind.PAYMENT, False),
        (FactKind.TRAIT, False),
    ],
)
def test_what_she_does_herself_is_a_sign_of_life(what: FactKind, heard: bool) -> None:
    customer = lately.by_fact(make_customer(), make_fact(what))

    assert (customer.heard_of_at is not None) is heard


def test_a_contact_is_a_sign_of_life_and_a_call_is_remembered_with_what_it_was_about() -> None:
    customer = lately.by_contact(make_customer(), NOON, rang=True, topic="billing")

    assert customer.heard_of_at == NOON
    assert customer.rung == (Rung(NOON, "billing"),)


def test_the_newest_calls_are_remembered_each_once() -> None:
    customer = make_customer()
    for n in (*range(MOST_RUNG + 3), 8):
        customer = lately.by_contact(customer, NOON + n * A_DAY, rang=True)

    assert [one.at for one in customer.rung] == [NOON + n * A_DAY for n in range(3, 9)]


def test_what_she_did_since_is_told_from_what_she_did_before() -> None:
    customer = lately.by_fact(make_customer(), make_fact(FactKind.USAGE))

    assert customer.did(Lately.USAGE, NOON)
    assert not customer.did(Lately.USAGE, NOON + A_DAY)
    assert not customer.did(Lately.REFUND, NOON)
