"""Whom a play would reach, told by a sample."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.outreach import preview
from chalicelib.outreach.plays import payment_will_fail
from chalicelib.outreach.preview import Preview, Sampled
from tests.factories import NOON, make_customer, make_fact, make_policy, make_running

RUNNING = make_running(payment_will_fail.PLAY)
DAY = timedelta(days=1)
CARD = {"card_expires_on": "2026-12-10"}


def ready(number: int, **fields: object) -> Customer:
    return make_customer(**{"id": f"c{number}", "consenting": True, "traits": CARD, **fields})


def previewed(*sample: Sampled, of: int = 1_000) -> Preview:
    return preview.of_sample(sample, RUNNING, make_policy(), of=of, window_days=30, now=NOON)


def told(customer: Customer, times: int = 1) -> Sampled:
    facts = tuple(make_fact(id=f"f{n}", recorded_at=NOON - DAY, occurred_at=NOON - DAY) for n in range(times))
    return Sampled(customer, facts)


def test_who_would_be_reached_is_counted_with_her_channel() -> None:
    found = previewed(told(ready(1)), told(ready(2)), Sampled(ready(3), ()))

    assert (found.sampled, found.reached.people, found.channels) == (3, ["c1", "c2"], {"email": 2})


def test_who_would_not_stands_beside_the_guardrail_that_refused() -> None:
    never_asked = ready(1, consents={})
    done = ready(2, traits={})
    withdrawn = ready(3, consents={"email/service": Consent(False, NOON, "")})

    found = previewed(*map(told, (never_asked, done, withdrawn)))

    assert {rule: group.people for rule, group in found.refused.items()} == {
        "no_consent": ["c1", "c3"],
        "not_needed": ["c2"],
    }
    assert not found.reached.people


def test_who_would_be_put_off_first_is_reached_later() -> None:
    asleep = ready(1, time_zone="Pacific/Auckland")

    found = previewed(told(asleep))

    assert found.later["quiet_hours"].people == found.reached.people == ["c1"]


def test_the_same_occasion_told_twice_is_one() -> None:
    assert previewed(told(ready(1), times=2)).reached.occasions == 1


def test_what_the_sample_says_is_brought_to_everybody_with_its_interval() -> None:
    sample = [told(ready(n)) for n in range(20)] + [Sampled(ready(n), ()) for n in range(20, 100)]

    found = previewed(*sample, of=1_000_000)

    assert found.people.likely == pytest.approx(200_000)
    assert (round(found.people.low), round(found.people.high)) == (133_367, 288_829)  # Wilson, 20 of 100
    assert found.a_day.likely == pytest.approx(200_000 / 30)
    assert found.answers_a_day() == pytest.approx(20_000 / 30)


def test_a_sample_in_which_nobody_is_reached_promises_nothing() -> None:
    found = previewed(*(Sampled(ready(n), ()) for n in range(100)), of=1_000)

    assert found.people.likely == 0
    assert 0 < found.people.high < 40
    assert found.call_minutes_a_day() == 0


def test_calls_are_agents_minutes() -> None:
    by_phone = make_running(payment_will_fail.PLAY)
    record = by_phone.record
    assert record.live is not None
    running = replace(by_phone, record=replace(record, live=replace(record.live, channels=("phone",))))
    consents = {"phone/service": Consent(True, NOON, "said so")}
    reachable = ready(1, handles=(Handle("phone", "+49301234567"),), consents=consents)

    found = preview.of_sample([told(reachable)], running, make_policy(), of=300, window_days=30, now=NOON)

    assert found.channels == {"phone": 1}
    assert found.call_minutes_a_day() == pytest.approx(10 * preview.CALL_MINUTES)
