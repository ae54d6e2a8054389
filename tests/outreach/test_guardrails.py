"""May we contact her now? Each rule, their order, and the night of every time zone."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.model.calendar import Calendar, Calendars
from chalicelib.model.customer import Consent, Handle
from chalicelib.model.outreach import OutreachPolicy
from chalicelib.model.play import PlayState
from chalicelib.model.policy import Policy
from chalicelib.model.task import BY_HAND
from chalicelib.outreach import guardrails, plays
from chalicelib.outreach.guardrails import GUARDRAILS, Contact, Objection, Postponement, Refusal
from chalicelib.outreach.plays import payment_will_fail
from chalicelib.outreach.plays.base import Running
from tests.factories import (
    ANN,
    ANNS_ID,
    NOON,
    at,
    make_customer,
    make_play_record,
    make_policy,
    make_running,
    make_task,
)

DAY = timedelta(days=1)
HELD_OUT_ID = "01HELDOUT"  # of the upper third of this quarter's draw, as Ann is not


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
        "not_running",
        "not_approved",
        "too_late",
        "not_needed",
        "blocked",
        "no_consent",
        "suppressed",
        "not_for_her_tier",
        "open_complaint",
        "same_matter",
        "bad_contact",
        "told_already",
        "sells",
        "frequency_cap",
        "not_before",
        "quiet_hours",
        "rest_day",
        "braked",
        "held_out",
    ]


A_THIRD = make_policy(outreach=OutreachPolicy(hold_out=0.3))
NEVER_TODAY = make_policy(
    outreach=OutreachPolicy(hold_out=0.3, rest_days={"*": ("mon", "tue", "wed", "thu", "fri", "sat")})
)


def test_of_several_objections_the_first_in_order_is_told() -> None:
    """Everything speaks against it; set right one by one, the next comes to light."""
    play = replace(payment_will_fail.PLAY, tiers=("gold",), again_after_days=90)
    now = at("2026-11-30 23:00")
    last = now - timedelta(hours=2)
    stopped = make_play_record(state=PlayState.STOPPED, live=replace(make_play_record().live, approved_by=""))
    contact = replace(
        make_contact(
            now,
            traits={},
            consents={},
            suppressed={ANN.value: "bounced"},
            open_cases={"c": "complaint", "d": "billing"},
            notices_sent=(last, now - timedelta(hours=3)),
            blocked="deceased",
            recovery="R",
            told_of={"payment_will_fail": last},
            not_before=now + DAY / 2,
            id=HELD_OUT_ID,
        ),
        running=Running(play, stopped),
        task=make_task(topic="billing"),
        policy=NEVER_TODAY,
        text="Shop now: 20% off.",
        braked=True,
    )
    fine = make_contact().customer
    told = [rule_of(guardrails.objection_to(contact))]

    def set_right(**fields: Any) -> None:
        nonlocal contact
        contact = replace(contact, **fields)
        told.append(rule_of(guardrails.objection_to(contact)))

    def hers(**fields: Any) -> None:
        set_right(customer=replace(contact.customer, **fields))

    set_right(running=Running(play, replace(stopped, state=PlayState.RUNNING)))
    set_right(running=Running(play, make_play_record()))
    set_right(task=make_task(topic="billing", deadline=at("2026-12-10")))
    for field in ("traits", "blocked", "consents", "suppressed"):
        hers(**{field: getattr(fine, field)})
    hers(standing=make_customer(tier="gold").standing)
    hers(open_cases={"d": "billing"})
    hers(open_cases={})
    hers(recovery="")
    hers(told_of={})
    set_right(text="")
    hers(notices_sent=())
    hers(not_before=None)
    set_right(now=at("2026-12-01 09:00"))
    set_right(policy=A_THIRD)
    set_right(braked=False)
    hers(id=ANNS_ID)

    assert told == [*(rule.__name__ for rule in GUARDRAILS), None]


# A play that runs, and was approved


def test_a_play_that_a_company_stopped_contacts_nobody() -> None:
    stopped = make_running(payment_will_fail.PLAY, state=PlayState.STOPPED, why="wrong date in the text")

    objection = guardrails.objection_to(make_contact(running=stopped))

    assert str(objection) == "not_running: the play is stopped: wrong date in the text"


def test_a_paused_play_waits() -> None:
    paused = make_running(payment_will_fail.PLAY, state=PlayState.PAUSED)

    assert isinstance(guardrails.objection_to(make_contact(running=paused)), Postponement)


@pytest.mark.parametrize(("name", "approver"), [("", ""), ("Tom", "staff:1"), ("Thomas", "staff:1")])
def test_nobody_is_contacted_with_what_its_author_alone_approved(name: str, approver: str) -> None:
    assert rule_of(guardrails.objection_to(make_contact(running=approved_by(name, approver)))) == "not_approved"


def test_two_of_one_name_are_two_people() -> None:
    assert guardrails.objection_to(make_contact(running=approved_by("Tom", "staff:2"))) is None


def approved_by(name: str, approver: str) -> Running:
    edition = make_play_record().live
    assert edition
    live = replace(edition, preparers=("staff:1",), approved_by=name, approver=approver)
    return make_running(payment_will_fail.PLAY, live=live)


# Who she is


def test_who_died_is_not_contacted() -> None:
    assert str(guardrails.objection_to(make_contact(blocked="deceased"))) == "blocked: she has died"


def test_whom_an_agent_blocked_is_not_contacted_and_told_why() -> None:
    objection = guardrails.objection_to(make_contact(blocked="her lawyer asked us to"))

    assert str(objection) == "blocked: nobody contacts her first: her lawyer asked us to"


def test_a_play_for_some_tiers_contacts_no_other() -> None:
    running = make_running(replace(payment_will_fail.PLAY, tiers=("gold", "platinum")))

    assert str(guardrails.objection_to(make_contact(running=running))) == (
        "not_for_her_tier: it is for gold, platinum, and she is standard"
    )
    assert guardrails.objection_to(make_contact(running=running, tier="gold")) is None


def test_agents_call_only_tiers_the_company_wants_called() -> None:
    calling = make_contact(
        task=make_task(channel="phone"),
        handles=(ANN, Handle("phone", "+4930123")),
        consents={"phone/service": Consent(True, at("2026-11-01"), "form")},
    )
    only_gold = replace(calling, policy=make_policy(outreach=OutreachPolicy(call_tiers=("gold",))))

    assert guardrails.objection_to(calling) is None
    assert rule_of(guardrails.objection_to(only_gold)) == "not_for_her_tier"


# What goes on with her


def test_while_a_case_about_the_same_matter_is_open_it_is_answered_there() -> None:
    billing = make_task(topic="billing")

    assert rule_of(guardrails.objection_to(make_contact(task=billing, open_cases={"c": "billing"}))) == "same_matter"
    assert guardrails.objection_to(make_contact(task=billing, open_cases={"c": "delivery"})) is None


def test_who_was_let_down_of_late_is_left_to_whoever_sees_to_that() -> None:
    assert rule_of(guardrails.objection_to(make_contact(recovery="R"))) == "bad_contact"


def test_the_same_play_contacts_her_again_only_after_days_of_its_own() -> None:
    running = make_running(replace(payment_will_fail.PLAY, again_after_days=30))
    of_late = make_contact(running=running, told_of={"payment_will_fail": NOON - 29 * DAY})
    long_ago = make_contact(running=running, told_of={"payment_will_fail": NOON - 30 * DAY})
    another = make_contact(running=running, told_of={"tier_will_change": NOON - DAY})

    assert str(guardrails.objection_to(of_late)) == (
        "told_already: told on 2026-10-22; again after 30 days at the soonest"
    )
    assert guardrails.objection_to(long_ago) is None
    assert guardrails.objection_to(another) is None


def test_another_step_of_the_same_play_is_not_the_same_again() -> None:
    running = make_running(replace(payment_will_fail.PLAY, again_after_days=30))
    task = make_task(step="second")
    contact = make_contact(running=running, task=task, told_of={"payment_will_fail/first": NOON - DAY})

    assert guardrails.objection_to(contact) is None


# What no play does to a share of all


def test_the_share_that_no_play_contacts_is_always_the_same() -> None:
    policy = make_policy(outreach=OutreachPolicy(hold_out=0.1))
    people = [make_contact(id=f"01C{n:04}") for n in range(1_000)]

    held_out = [p for p in people if rule_of(guardrails.objection_to(replace(p, policy=policy))) == "held_out"]
    wider = make_policy(outreach=OutreachPolicy(hold_out=0.2))

    assert 70 <= len(held_out) <= 130
    assert all(rule_of(guardrails.objection_to(replace(p, policy=wider))) == "held_out" for p in held_out)


def test_a_merge_moves_nobody_out_of_that_share() -> None:
    later_record = "01LATER"
    alone, into_a_later_one = make_contact(id=later_record), make_contact(id=later_record, absorbed=(HELD_OUT_ID,))

    assert guardrails.objection_to(replace(alone, policy=A_THIRD)) is None
    assert rule_of(guardrails.objection_to(replace(into_a_later_one, policy=A_THIRD))) == "held_out"


def test_who_is_held_out_waits_as_those_contacted_do() -> None:
    """Both groups are then of people who might have been contacted at that moment."""
    night = make_contact(NOON + DAY / 2, task=make_task(deadline=NOON + 3 * DAY), id=HELD_OUT_ID)
    contact = replace(night, policy=A_THIRD)

    assert rule_of(guardrails.objection_to(contact)) == "quiet_hours"


# What it says


def test_a_text_that_sells_does_not_leave() -> None:
    contact = replace(make_contact(), text="Your card expires.\nUpgrade to Gold today and save 20%.")

    assert str(guardrails.objection_to(contact)) == "sells: “Upgrade to Gold today”, “save 20%”"


# What passes by what


def test_essential_and_urgent_plays_pass_by_what_is_declared_and_nothing_else() -> None:
    assert {
        "essential": {"open_complaint", "same_matter", "bad_contact", "held_out", "frequency_cap", "not_before"},
        "urgent": {"rest_day"},
    } == guardrails.PASSED_BY
    assert {"open_complaint", "same_matter", "bad_contact"} == guardrails.MAY_BE_ITS_MATTER


NEVER = {"blocked", "no_consent", "suppressed", "sells", "not_running", "not_approved", "quiet_hours", "braked"}


def test_no_play_can_pass_by_consent_and_its_like_whatever_it_declares() -> None:
    names = frozenset(rule.__name__ for rule in GUARDRAILS)
    play = replace(payment_will_fail.PLAY, essential=True, urgent=True, about=names)

    assert not guardrails.passes_by(make_running(play)) & NEVER


def test_what_is_essential_reaches_her_in_spite_of_caps_and_open_cases() -> None:
    busy = make_contact(
        open_cases={"c": "complaint"}, recovery="R", notices_sent=(NOON - DAY, NOON - DAY), not_before=NOON + DAY
    )
    essential = make_running(replace(payment_will_fail.PLAY, essential=True))

    assert guardrails.objection_to(busy) is not None
    assert guardrails.objection_to(replace(busy, running=essential)) is None


def test_a_play_about_what_went_wrong_passes_by_that() -> None:
    follow_up = make_running(replace(payment_will_fail.PLAY, about=frozenset({"bad_contact"})))

    assert guardrails.objection_to(make_contact(recovery="R", running=follow_up)) is None


def test_every_play_we_ship_declares_only_what_it_may_be_about() -> None:
    assert all(play.about <= guardrails.MAY_BE_ITS_MATTER for play in plays.ALL)


def test_what_an_agent_set_up_by_hand_is_not_asked_about_plays() -> None:
    by_hand = replace(
        make_contact(recovery="R", open_cases={"c": "billing"}, task=make_task(play=BY_HAND, topic="billing")),
        running=None,
        braked=True,
    )

    assert guardrails.objection_to(by_hand) is None


# Not too often


def test_a_month_has_a_cap_of_its_own() -> None:
    contact = make_contact(notices_sent=tuple(NOON - days * DAY for days in (29, 25, 20, 15, 10)))

    assert guardrails.frequency_cap(contact) == Postponement("frequency_cap", NOON + DAY)


def test_caps_go_by_tier() -> None:
    policy = make_policy(outreach=OutreachPolicy(per_week={"*": 2, "platinum": 1}))
    once = replace(make_contact(notices_sent=(NOON - DAY,)), policy=policy)
    best = replace(make_contact(notices_sent=(NOON - DAY,), tier="platinum"), policy=policy)

    assert guardrails.frequency_cap(once) is None
    assert guardrails.frequency_cap(best) == Postponement("frequency_cap", NOON + 6 * DAY)


def test_a_cap_of_none_contacts_nobody() -> None:
    contact = replace(make_contact(), policy=make_policy(outreach=OutreachPolicy(per_week={"*": 0})))

    assert str(guardrails.frequency_cap(contact)) == ("frequency_cap: no play contacts customers of the tier standard")


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


def calling(now: str, **fields: Any) -> Contact:
    task = make_task(channel="phone", deadline=at("2028-01-01"))
    return replace(make_contact(at(now), task=task), **fields)


def test_she_is_called_for_a_shorter_day_than_she_is_written_to() -> None:
    assert guardrails.quiet_hours(calling("2026-11-20 18:30")) == Postponement("quiet_hours", at("2026-11-21 09:00"))
    assert guardrails.quiet_hours(calling("2026-11-20 17:59")) is None


def test_a_call_that_an_agent_agreed_on_with_her_may_be_later() -> None:
    assert guardrails.quiet_hours(calling("2026-11-20 18:30", running=None)) is None


def resting(*days: str) -> Policy:
    closed = Calendars(default=Calendar(days={at("2026-11-20").date(): ()}))
    return make_policy(outreach=OutreachPolicy(rest_days={"phone": days}), calendars=closed)


@pytest.mark.parametrize(
    ("days", "now", "until"),
    [
        (("sat", "sun"), "2026-11-20 12:00", None),
        (("sat", "sun"), "2026-11-21 12:00", "2026-11-23 09:00"),
        (("sun",), "2026-11-22 12:00", "2026-11-23 09:00"),
        (("holidays",), "2026-11-20 12:00", "2026-11-21 09:00"),
        (("holidays", "sat", "sun"), "2026-11-20 12:00", "2026-11-23 09:00"),
    ],
)
def test_on_days_of_rest_nobody_is_called(days: tuple[str, ...], now: str, until: str | None) -> None:
    contact = calling(now, policy=resting(*days))

    assert guardrails.rest_day(contact) == (Postponement("rest_day", at(until)) if until else None)


def test_an_urgent_play_does_not_wait_for_the_end_of_a_day_of_rest() -> None:
    saturday = calling("2026-11-21 12:00", policy=resting("sat"))
    urgent = make_running(replace(payment_will_fail.PLAY, urgent=True))

    assert "rest_day" in guardrails.passes_by(urgent)
    assert guardrails.rest_day(saturday) is not None


def test_she_is_left_alone_for_as_long_as_she_asked() -> None:
    assert guardrails.objection_to(make_contact(not_before=NOON + 3 * DAY)) == Postponement(
        "not_before", NOON + 3 * DAY
    )
    assert str(guardrails.objection_to(make_contact(not_before=NOON + 30 * DAY))) == (
        "not_before: she asked to be left alone until 2026-12-20, and then it is too late"
    )
    assert guardrails.objection_to(make_contact(not_before=NOON - DAY)) is None


def test_while_too_many_complain_nothing_is_sent_and_agents_may_call() -> None:
    assert rule_of(guardrails.objection_to(replace(make_contact(), braked=True))) == "braked"
    assert guardrails.braked(calling("2026-11-20 12:00", braked=True)) is None


def test_where_her_clock_is_unknown_the_companys_counts() -> None:
    contact = replace(make_contact(at("2026-11-20 12:00")), policy=make_policy(time_zone="Asia/Shanghai"))

    assert guardrails.quiet_hours(contact) == Postponement("quiet_hours", at("2026-11-21 00:00"))


def test_a_refusal_and_a_postponement_are_not_the_same() -> None:
    assert isinstance(guardrails.objection_to(make_contact(consents={})), Refusal)
    assert isinstance(guardrails.objection_to(make_contact(at("2026-11-20 23:00"))), Postponement)
