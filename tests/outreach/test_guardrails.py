"""May we contact her now? Each rule, their order, and the night of every time zone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.model.customer import Consent
from chalicelib.outreach import guardrails
from chalicelib.outreach.guardrails import GUARDRAILS, Contact, Objection, Postponement, Refusal
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import ANN, NOON, at, make_customer, make_policy, make_running, make_task

DAY = timedelta(days=1)


def make_contact(now: datetime = NOON, *, task: Any = None, running: Any = None, **customer: Any) -> Contact:
    """A contact nothing speaks against, but for what is given."""
    fine = {"consenting": True, "traits": {"card_expires_on": "2026-12-10"}}
    return Contact(
        customer=make_customer(**{**fine, **customer}),
        task=task or make_task(),
        running=running or make_running(payment_will_fail.PLAY),
        policy=make_policy(),
        now=now,
    )


def rule_of(objection: Objection | None) -> str | None:
    return objection.rule if objection else None


def test_where_nothing_speaks_against_it_she_may_be_contacted() -> None:
    assert guardrails.objection_to(make_contact()) is None


WITHDRAWN = {"email/service": Consent(False, at("2026-11-01"), "call")}
OTHER_PURPOSE = {"email/offers": Consent(True, at("2026-11-01"), "form")}
OTHER_CHANNEL = {"sms/service": Consent(True, at("2026-11-01"), "form")}


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        (make_contact(NOON + 10 * DAY), "too_late: its deadline has passed"),
        (make_contact(traits={}), "not_needed: she has taken care of it, or it changed"),
        (
            make_contact(traits={"card_expires_on": "2027-01-31"}),
            "not_needed: she has taken care of it, or it changed",
        ),
        (make_contact(consents={}), "no_consent: she never agreed to service by email"),
        (make_contact(consents=OTHER_PURPOSE), "no_consent: she never agreed to service by email"),
        (make_contact(consents=OTHER_CHANNEL), "no_consent: she never agreed to service by email"),
        (make_contact(consents=WITHDRAWN), "no_consent: withdrawn on 2026-11-01"),
        (
            make_contact(suppressed={ANN.value: "bounced"}),
            "suppressed: nothing is sent to her address any more: bounced",
        ),
        (make_contact(handles=()), "no_address: no e-mail address is known"),
        (
            make_contact(open_cases={"c1": "", "c2": "complaint"}),
            "open_complaint: a complaint of hers is open; answer that first",
        ),
        (
            make_contact(notices_sent=(NOON - DAY, NOON - 2 * DAY), task=make_task(deadline=NOON + 5 * DAY)),
            "frequency_cap: 2 notices in 7 days, and no time to wait",
        ),
        (
            make_contact(notices_sent=(NOON - DAY, NOON - 2 * DAY)),
            "frequency_cap: not before 2026-11-25T12:00+00:00",
        ),
        (make_contact(NOON + DAY / 2), "quiet_hours: not before 2026-11-21T08:00+00:00"),
        (
            make_contact(NOON + DAY / 2, task=make_task(deadline=at("2026-11-21 08:00"))),
            "quiet_hours: it is night where she is, and in the morning it is too late",
        ),
    ],
)
def test_an_objection_has_a_name_and_a_reason(contact: Contact, says: str) -> None:
    assert str(guardrails.objection_to(contact)) == says


def test_another_open_case_is_no_objection() -> None:
    assert guardrails.objection_to(make_contact(open_cases={"c1": "delivery"})) is None


def test_the_order_is_refusals_then_what_may_postpone() -> None:
    assert [rule.__name__ for rule in GUARDRAILS] == [
        "too_late",
        "not_needed",
        "no_consent",
        "suppressed",
        "open_complaint",
        "frequency_cap",
        "quiet_hours",
    ]


def test_of_several_objections_the_first_in_order_is_told() -> None:
    """Everything speaks against it; set right one by one, the next comes to light."""
    contact = make_contact(
        at("2026-11-30 23:00"),
        traits={},
        consents={},
        suppressed={ANN.value: "bounced"},
        open_cases={"c": "complaint"},
        notices_sent=(at("2026-11-30 20:00"), at("2026-11-30 21:00")),
    )
    fine = make_contact().customer
    told = [rule_of(guardrails.objection_to(contact))]

    contact = replace(contact, task=make_task(deadline=at("2026-12-10")))
    told.append(rule_of(guardrails.objection_to(contact)))
    for field in ("traits", "consents", "suppressed", "open_cases", "notices_sent"):
        contact = replace(contact, customer=replace(contact.customer, **{field: getattr(fine, field)}))
        told.append(rule_of(guardrails.objection_to(contact)))

    assert told == [rule.__name__ for rule in GUARDRAILS]


# Not too often


@pytest.mark.parametrize(
    ("sent_days_ago", "free_in"),
    [
        ((), None),
        ((1,), None),
        ((8, 1), None),
        ((7, 1), None),
        ((6, 1), 1),
        ((6, 5, 1), 2),
        ((30, 20, 3, 0), 4),
    ],
)
def test_two_notices_in_seven_days_are_enough(sent_days_ago: tuple[int, ...], free_in: int | None) -> None:
    contact = make_contact(notices_sent=tuple(NOON - days * DAY for days in sent_days_ago))

    objection = guardrails.frequency_cap(contact)

    assert objection == (Postponement("frequency_cap", NOON + free_in * DAY) if free_in else None)


def test_after_the_wait_the_cap_lets_her_be_contacted() -> None:
    contact = make_contact(notices_sent=(NOON - 6 * DAY, NOON - DAY))
    objection = guardrails.frequency_cap(contact)
    assert isinstance(objection, Postponement)

    assert guardrails.frequency_cap(replace(contact, now=objection.until)) is None


# Not at night


@pytest.mark.parametrize(
    ("zone", "now", "until"),
    [
        ("UTC", "2026-11-20 07:59", "2026-11-20 08:00"),
        ("UTC", "2026-11-20 08:00", None),
        ("UTC", "2026-11-20 19:59", None),
        ("UTC", "2026-11-20 20:00", "2026-11-21 08:00"),
        ("UTC", "2026-11-20 00:00", "2026-11-20 08:00"),
        ("UTC", "2026-12-31 23:59", "2027-01-01 08:00"),
        ("Asia/Shanghai", "2026-11-20 00:00", None),
        ("Asia/Shanghai", "2026-11-20 12:00", "2026-11-21 00:00"),
        ("Asia/Shanghai", "2026-11-20 23:59", "2026-11-21 00:00"),
        ("Asia/Kolkata", "2026-11-20 14:30", "2026-11-21 02:30"),
        ("America/New_York", "2026-11-20 12:59", "2026-11-20 13:00"),
        ("America/New_York", "2026-11-20 13:00", None),
        ("America/New_York", "2026-11-21 01:00", "2026-11-21 13:00"),
        ("America/New_York", "2026-11-21 05:00", "2026-11-21 13:00"),
        # Clocks go back on 25 October and 1 November 2026, forward on 28 and 14 March 2027.
        ("Europe/Berlin", "2026-10-24 17:59", None),
        ("Europe/Berlin", "2026-10-24 18:00", "2026-10-25 07:00"),
        ("Europe/Berlin", "2026-10-25 00:30", "2026-10-25 07:00"),
        ("Europe/Berlin", "2026-10-25 01:30", "2026-10-25 07:00"),
        ("Europe/Berlin", "2027-03-27 19:00", "2027-03-28 06:00"),
        ("Europe/Berlin", "2027-03-28 05:59", "2027-03-28 06:00"),
        ("Europe/Berlin", "2027-03-28 06:00", None),
        ("America/New_York", "2026-11-01 00:00", "2026-11-01 13:00"),
        ("America/New_York", "2027-03-14 01:00", "2027-03-14 12:00"),
    ],
)
def test_nobody_is_written_to_at_night_by_her_own_clock(zone: str, now: str, until: str | None) -> None:
    contact = make_contact(at(now), time_zone=zone, task=make_task(deadline=at("2028-01-01")))

    objection = guardrails.quiet_hours(contact)

    assert objection == (Postponement("quiet_hours", at(until)) if until else None)


def test_where_her_clock_is_unknown_the_companys_counts() -> None:
    contact = replace(make_contact(at("2026-11-20 12:00")), policy=make_policy(time_zone="Asia/Shanghai"))

    assert guardrails.quiet_hours(contact) == Postponement("quiet_hours", at("2026-11-21 00:00"))


def test_a_refusal_and_a_postponement_are_not_the_same() -> None:
    assert isinstance(guardrails.objection_to(make_contact(consents={})), Refusal)
    assert isinstance(guardrails.objection_to(make_contact(at("2026-11-20 23:00"))), Postponement)
