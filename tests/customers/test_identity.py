"""One person, one record: handles have one form, ids follow from them."""

import pytest

from chalicelib.customers import identity
from chalicelib.kernel.errors import Invalid
from chalicelib.model.customer import CustomerHint, Handle
from tests.factories import ANN, NOON, make_customer


@pytest.mark.parametrize(
    ("kind", "value", "known_as"),
    [
        ("email", " Ann@Example.ORG ", "ann@example.org"),
        ("email", "ann+shop@example.org", "ann+shop@example.org"),
        ("email", "安@例子.测试", "安@例子.测试"),
        ("phone", "+49 (30) 123-45.67", "+49301234567"),
        ("phone", "+86/138 0013 8000", "+8613800138000"),
        ("chat", "WeChat_Ann", "WeChat_Ann"),
        ("external", " shop-77 ", "shop-77"),
        ("device", "ios-5F3A", "ios-5F3A"),
    ],
)
def test_a_handle_has_one_form(kind: str, value: str, known_as: str) -> None:
    assert identity.handle(kind, value) == Handle(kind, known_as)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("fax", "123", "unknown kind of handle; use one of email, phone, chat, external"),
        ("email", "", "1 to 320 characters"),
        ("external", "   ", "1 to 320 characters"),
        ("chat", "x" * 321, "1 to 320 characters"),
        ("email", "ann", "looks like name@example.com"),
        ("email", "ann@", "looks like name@example.com"),
        ("email", "ann@example.org, bo@example.org", "looks like name@example.com"),
        ("email", "Ann <ann@example.org>", "looks like name@example.com"),
        ("email", "a" * 65 + "@example.org", "looks like name@example.com"),
        ("phone", "030 1234567", "E.164"),
        ("phone", "+0301234567", "E.164"),
        ("phone", "+49 30", "E.164"),
        ("phone", "+4930123456789012", "E.164"),
        ("phone", "call me", "E.164"),
    ],
)
def test_a_handle_that_cannot_be_one_is_refused_with_what_is_expected(kind: str, value: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        identity.handle(kind, value)


def test_a_retry_makes_the_same_customer() -> None:
    hint = CustomerHint(handle=ANN, name="Ann", language="de", time_zone="Europe/Berlin")

    assert identity.first_met(hint, "standard", NOON) == identity.first_met(hint, "standard", NOON)


def test_somebody_new_has_her_handle_and_the_lowest_tier() -> None:
    customer, owner = identity.first_met(CustomerHint(handle=ANN, name="Ann"), "standard", NOON)

    assert (customer.handles, customer.tier, customer.name) == ((ANN,), "standard", "Ann")
    assert (owner.handle, owner.customer_id) == (ANN, customer.id)


def test_another_handle_is_another_customer() -> None:
    first, _ = identity.first_met(CustomerHint(handle=ANN), "standard", NOON)
    second, _ = identity.first_met(CustomerHint(handle=Handle("external", ANN.value)), "standard", NOON)

    assert first.id != second.id


def test_without_a_handle_nobody_is_made() -> None:
    with pytest.raises(Invalid, match="name the customer by a handle"):
        identity.first_met(CustomerHint(name="Ann"), "standard", NOON)


def test_what_is_known_stays_and_what_is_not_is_learnt() -> None:
    customer = make_customer(name="Ann", language="")

    told = identity.better_known(customer, CustomerHint(name="A. Archer", language="de"))

    assert (told.name, told.language, told.time_zone) == ("Ann", "de", "")
