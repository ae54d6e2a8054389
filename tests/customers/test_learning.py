"""What facts teach of a customer, and what is known when one of them was wrong."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.customers import facts, identity, learning
from chalicelib.kernel import ids
from chalicelib.kernel.errors import Conflict
from chalicelib.model.customer import Consent, Customer, CustomerHint
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from tests.factories import ANNS_ID, NOON, make_customer, make_fact, make_policy, make_report

HOUR = timedelta(hours=1)
CONSENT = {"channel": "email", "purpose": "service", "granted": "true", "proof": "form"}


def said(what: FactKind, hours: int = 0, **data: str) -> Fact:
    """A fact of so many hours ago."""
    at = NOON - hours * HOUR
    return make_fact(what, id=ids.derived_ulid(at, what.value, *data.values()), occurred_at=at, data=data)


def knowing(*told: Fact, **known: Any) -> Customer:
    customer = make_customer(**known)
    for fact in told:
        customer = learning.learn(customer, fact)
    return customer


def test_of_each_trait_the_newest_news_count() -> None:
    customer = knowing(
        said(FactKind.TRAIT, 3, plan="family", colour="red"),
        said(FactKind.TRAIT, 1, plan="single"),
        said(FactKind.TRAIT, 2, plan="", colour=""),
    )

    assert customer.traits == {"plan": "single"}


@pytest.mark.parametrize(
    ("one", "other", "counts"),
    [("family", "single", {"plan": "single"}), ("family", "", {}), ("", "single", {})],
)
def test_of_two_at_one_moment_nothing_counts_or_the_greater_in_either_order(
    one: str, other: str, counts: dict[str, str]
) -> None:
    first, second = said(FactKind.TRAIT, plan=one), said(FactKind.TRAIT, plan=other)

    assert knowing(first, second) == knowing(second, first)
    assert knowing(first, second).traits == counts


def test_an_older_profile_still_tells_what_a_newer_one_left_out() -> None:
    customer = knowing(said(FactKind.PROFILE, 1, name="Ann"), said(FactKind.PROFILE, 2, name="Anna", language="de"))

    assert (customer.name, customer.language) == ("Ann", "de")


def test_a_trait_of_the_companys_is_never_taken_for_her_card() -> None:
    customer = knowing(said(FactKind.CARD_EXPIRING, expires_on="2026-12-10"), said(FactKind.TRAIT, card="gold"))

    assert customer.traits == {"card_expires_on": "2026-12-10", "card": "gold"}


def test_a_customer_has_at_most_fifty_traits() -> None:
    full = knowing(said(FactKind.TRAIT, 1, **{f"t-{n}": "x" for n in range(50)}))

    with pytest.raises(Conflict) as refused:
        facts.record(make_report(FactKind.TRAIT, data={"one-more": "x"}), full, make_policy(), NOON)
    changed = facts.record(make_report(FactKind.TRAIT, data={"t-1": "y"}), full, make_policy(), NOON).changes[2]

    assert refused.value.pointer == "/data/set"
    assert changed.traits["t-1"] == "y"


def test_names_of_removed_traits_are_remembered_up_to_a_hundred() -> None:
    customer = knowing(*(said(FactKind.TRAIT, 1, **{f"t-{n}": ""}) for n in range(100)))

    with pytest.raises(Conflict):
        facts.record(make_report(FactKind.TRAIT, data={"one-more": ""}), customer, make_policy(), NOON)


def test_without_a_wrong_fact_the_next_newest_counts() -> None:
    old, wrong = said(FactKind.CARD_EXPIRING, 5, expires_on="2026-12-10"), said(FactKind.CARD_UPDATED, 1)
    customer = knowing(old, wrong)

    again = learning.relearn(customer, learning.subjects(wrong), [old])

    assert again == knowing(old)


def test_without_a_wrong_name_she_has_the_one_she_was_introduced_by() -> None:
    wrong = said(FactKind.PROFILE, name="Bob")
    met_before = knowing(wrong, name="Ann")
    met_after = identity.better_known(knowing(wrong), CustomerHint(name="Ann"))

    for customer in (met_before, met_after):
        assert customer.name == "Bob"
        assert learning.relearn(customer, ["name"], []) == make_customer(name="Ann")


def test_without_a_wrong_consent_what_she_said_otherwise_counts_a_link_included() -> None:
    wrong = said(FactKind.CONSENT, 1, **CONSENT)
    link = Event(
        id=ids.derived_ulid(NOON - 2 * HOUR, "link"),
        customer_id=ANNS_ID,
        what=EventKind.UNSUBSCRIBED,
        at=NOON - 2 * HOUR,
        detail={"channel": "email", "purpose": "service", "proof": "link"},
    )
    customer = knowing(wrong)

    again = learning.relearn(customer, learning.subjects(wrong), [link])

    assert again.consents == {"email/service": Consent(False, NOON - 2 * HOUR, "link")}
    assert learning.relearn(customer, learning.subjects(wrong), []).consents == {}


def test_a_corrected_fact_teaches_nothing() -> None:
    assert knowing(replace(said(FactKind.TRAIT, plan="family"), corrected_by="01C")) == make_customer()


def test_no_more_is_read_than_decides() -> None:
    newest, older = said(FactKind.TRAIT, 2, plan="single"), said(FactKind.TRAIT, 4, plan="family")
    other, wrong = said(FactKind.TRAIT, 1, colour="red"), said(FactKind.TRAIT, plan="none")
    read = iter([wrong, other, newest, older, said(FactKind.TRAIT, 5, plan="never read")])

    assert learning.still_told(learning.subjects(wrong), read, but=wrong.id) == [newest]
    assert next(read).data == {"plan": "never read"}


def test_all_that_was_said_at_the_deciding_moment_is_read() -> None:
    one, other = said(FactKind.TRAIT, 2, plan="single"), said(FactKind.TRAIT, 2, plan="family")

    assert learning.still_told(["trait:plan"], [one, other, said(FactKind.TRAIT, 3, plan="no")]) == [one, other]


def test_money_asks_for_nothing_to_be_read() -> None:
    def forbidden() -> Any:
        raise AssertionError
        yield

    assert learning.still_told(learning.subjects(make_fact(FactKind.ORDER)), forbidden()) == []
