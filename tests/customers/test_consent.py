"""What she said last counts, and a no counts at once."""

from datetime import timedelta

from chalicelib.customers import consent
from chalicelib.model.customer import Consent
from chalicelib.model.event import EventKind
from tests.factories import NOON, make_customer

AN_HOUR = timedelta(hours=1)


def test_a_newer_statement_replaces_the_older() -> None:
    customer = consent.with_consent(make_customer(), "email", "service", Consent(True, NOON, "form"))

    later = consent.with_consent(customer, "email", "service", Consent(False, NOON + AN_HOUR, "call"))

    assert later.consents["email/service"] == Consent(False, NOON + AN_HOUR, "call")


def test_an_older_statement_that_arrives_late_changes_nothing() -> None:
    customer = consent.with_consent(make_customer(), "email", "service", Consent(False, NOON, "call"))

    assert consent.with_consent(customer, "email", "service", Consent(True, NOON - AN_HOUR, "form")) == customer


def test_a_statement_is_about_one_channel_and_purpose() -> None:
    customer = make_customer(consenting=True)

    asked = consent.with_consent(customer, "sms", "service", Consent(False, NOON, "call"))

    assert asked.consents["email/service"].granted


def test_a_withdrawal_is_kept_with_its_proof_and_told() -> None:
    decision = consent.withdraw(make_customer(consenting=True), "email", "service", "one-click", NOON)

    customer, event = decision.changes
    assert customer.consents["email/service"] == Consent(False, NOON, "one-click")
    assert (event.what, event.detail["proof"]) == (EventKind.UNSUBSCRIBED, "one-click")


def test_a_withdrawal_counts_although_she_never_agreed() -> None:
    customer, _ = consent.withdraw(make_customer(), "email", "service", "one-click", NOON).changes

    assert not customer.consents["email/service"].granted


def test_a_second_withdrawal_changes_nothing() -> None:
    customer, _ = consent.withdraw(make_customer(), "email", "service", "one-click", NOON).changes

    assert not consent.withdraw(customer, "email", "service", "one-click", NOON + AN_HOUR).changes


def test_a_withdrawal_counts_even_where_another_machines_clock_was_ahead() -> None:
    ahead = Consent(True, NOON + timedelta(milliseconds=40), "form")
    customer = consent.with_consent(make_customer(), "email", "service", ahead)

    refused, _ = consent.withdraw(customer, "email", "service", "one-click", NOON).changes

    assert not refused.consents["email/service"].granted
