"""Does she belong, and until when? Each condition alone, and time with all of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers.value_index import purchased
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.segment import About, Condition, Definition, Stage
from chalicelib.model.value import NOTHING, ValueState
from chalicelib.segments.conditions import matches, speaks_of, stage, when
from tests.factories import NOON, make_customer
from tests.properties.strategies import CUSTOMERS

DAY = timedelta(days=1)
A_MOMENT = timedelta(milliseconds=1)


def holds(customer: Customer, about: About, index: float = 50, now: datetime = NOON, **asked: Any) -> bool:
    return matches(Definition(all=(Condition(about=about, **asked),)), customer, index, now)


def bought(*days_ago: float) -> ValueState:
    value = NOTHING
    for days in days_ago:
        value = purchased(value, NOON - days * DAY, 10_00)
    return value


ANN = make_customer(
    tier="gold",
    language="en-GB",
    time_zone="Europe/Berlin",
    traits={"hobby": "tea", "card_expires_on": "2026-12-10"},
    open_cases={"c": "complaint"},
    consents={"email/service": Consent(True, NOON, ""), "sms/service": Consent(False, NOON, "")},
    notices_sent=(NOON - 9 * DAY, NOON - 3 * DAY),
    value=bought(400, 20),
    organisation_id="01O",
    lately={"contact": NOON - 3 * DAY, "visit": NOON - 1 * DAY, "usage": NOON - 40 * DAY, "cancelled": NOON - 5 * DAY},
)


@pytest.mark.parametrize(
    ("about", "asked", "expected"),
    [
        (About.TIER, {"one_of": ("gold", "platinum")}, True),
        (About.TIER, {"one_of": ("standard",)}, False),
        (About.VALUE_INDEX, {"at_least": 50}, True),
        (About.VALUE_INDEX, {"below": 50}, False),
        (About.VALUE_INDEX, {"at_least": 40, "below": 50.1}, True),
        (About.STAGE, {"one_of": ("active",)}, True),
        (About.TRAIT, {"name": "hobby"}, True),
        (About.TRAIT, {"name": "hobby", "one_of": ("tea",)}, True),
        (About.TRAIT, {"name": "hobby", "one_of": ("coffee",)}, False),
        (About.TRAIT, {"name": "pet"}, False),
        (About.TRAIT, {"name": "hobby", "within_days": 3}, False),
        (About.TRAIT, {"name": "card_expires_on", "in_next_days": 20}, True),
        (About.TRAIT, {"name": "card_expires_on", "in_next_days": 19}, False),
        (About.TRAIT, {"name": "card_expires_on", "within_days": 3650}, False),
        (About.PURCHASES, {"at_least": 2}, True),
        (About.PURCHASES, {"at_least": 0, "at_most": 1}, False),
        (About.FIRST_PURCHASE, {"older_than_days": 365}, True),
        (About.LAST_PURCHASE, {"within_days": 21}, True),
        (About.LAST_PURCHASE, {"within_days": 20}, False),
        (About.LAST_PURCHASE, {"older_than_days": 20}, True),
        (About.KNOWN_SINCE, {"older_than_days": 90}, True),
        (About.NOTIFIED, {"within_days": 4}, True),
        (About.LAST_CONTACT, {"within_days": 4}, True),
        (About.LAST_CONTACT, {"within_days": 3}, False),
        (About.LAST_CONTACT, {"older_than_days": 3}, True),
        (About.LAST_VISIT, {"within_days": 2}, True),
        (About.LAST_USAGE, {"older_than_days": 30}, True),
        (About.LAST_USAGE, {"within_days": 30}, False),
        (About.LAST_CANCELLATION, {"within_days": 7}, True),
        (About.LAST_REFUND, {"within_days": 3650}, False),
        (About.OPEN_CASE, {}, True),
        (About.OPEN_CASE, {"one_of": ("billing",)}, False),
        (About.CONSENT, {"channel": "email", "purpose": "service"}, True),
        (About.CONSENT, {"channel": "sms", "purpose": "service"}, False),
        (About.CONSENT, {"channel": "email", "purpose": "marketing"}, False),
        (About.LANGUAGE, {"one_of": ("en",)}, True),
        (About.LANGUAGE, {"one_of": ("e", "zh")}, False),
        (About.TIME_ZONE, {"one_of": ("Europe/Berlin",)}, True),
        (About.HANDLE, {"one_of": ("email",)}, True),
        (About.HANDLE, {"one_of": ("phone", "chat")}, False),
        (About.ORGANISATION, {}, True),
        (About.ORGANISATION, {"one_of": ("01P",)}, False),
    ],
)
def test_a_condition_holds_by_what_her_row_says(about: About, asked: dict[str, Any], expected: bool) -> None:
    assert holds(ANN, about, **asked) is expected


def test_of_what_never_was_nothing_is_long_ago() -> None:
    nobody = make_customer()

    for about in (About.FIRST_PURCHASE, About.LAST_PURCHASE, About.NOTIFIED, About.LAST_CONTACT, About.LAST_USAGE):
        assert not holds(nobody, about, within_days=3650)
        assert not holds(nobody, about, older_than_days=1)


def test_a_purchase_that_was_corrected_was_none() -> None:
    corrected = make_customer(value=replace(bought(20), purchases=0))

    assert not holds(corrected, About.LAST_PURCHASE, within_days=90)
    assert holds(corrected, About.STAGE, one_of=("never_bought",))


@pytest.mark.parametrize(
    ("tea", "gold", "zh", "expected"),
    [(True, True, False, True), (True, False, False, False), (False, True, False, False), (True, True, True, False)],
)
def test_all_of_all_one_of_any_and_none_of_none(tea: bool, gold: bool, zh: bool, expected: bool) -> None:
    definition = Definition(
        all=(Condition(about=About.TRAIT, name="hobby"),),
        any=(Condition(about=About.TIER, one_of=("gold",)), Condition(about=About.TIER, one_of=("platinum",))),
        none=(Condition(about=About.LANGUAGE, one_of=("zh",)),),
    )
    customer = make_customer(
        traits={"hobby": "tea"} if tea else {}, tier="gold" if gold else "standard", language="zh" if zh else "en"
    )

    assert matches(definition, customer, 50, NOON) is expected


@pytest.mark.parametrize(
    ("purchases", "expected"),
    [
        ((), Stage.NEVER_BOUGHT),
        ((0,), Stage.NEW),
        ((29.9,), Stage.NEW),
        ((30,), Stage.ACTIVE),
        ((90.9,), Stage.ACTIVE),
        ((91,), Stage.AT_RISK),
        ((181.9,), Stage.AT_RISK),
        ((182,), Stage.LAPSED),
        ((465, 100), Stage.ACTIVE),  # she buys once a year
        ((1096, 731), Stage.AT_RISK),
        ((2000, 1635), Stage.LAPSED),
    ],
)
def test_stages_follow_her_purchases_and_her_own_rhythm(purchases: tuple[float, ...], expected: Stage) -> None:
    assert stage(bought(*purchases), NOON) is expected


@pytest.mark.parametrize("text", ["", "soon", "2026-13-40", "0001-01-01", "9999-12-31", "9999-12-31T23:59:59-12:00"])
def test_a_trait_that_is_no_date_or_a_far_one_breaks_nothing(text: str) -> None:
    customer = make_customer(traits={"due": text})

    for asked in ({"within_days": 3650}, {"older_than_days": 3650}, {"in_next_days": 3650}):
        definition = Definition(all=(Condition(about=About.TRAIT, name="due", **asked),))
        assert (when(definition, customer, 50, NOON) or NOON + DAY) > NOON
        assert isinstance(matches(definition, customer, 50, NOON), bool)


DAYS = st.integers(1, 400)
TIMED = st.one_of(
    st.builds(Condition, about=st.just(About.STAGE), one_of=st.sampled_from(Stage).map(lambda s: (s.value,))),
    *(
        st.builds(
            lambda about, name, span, days: Condition(about=about, name=name, **{span: days}),
            st.sampled_from(
                [About.LAST_PURCHASE, About.FIRST_PURCHASE, About.KNOWN_SINCE, About.NOTIFIED, About.LAST_VISIT]
            )
            if span != "in_next_days"
            else st.just(About.TRAIT),
            st.just("card_expires_on"),
            st.just(span),
            DAYS,
        )
        for span in ("within_days", "older_than_days", "in_next_days")
    ),
)
UNTIMED = st.sampled_from([Condition(about=About.TIER, one_of=("gold",)), Condition(about=About.OPEN_CASE)])
CONDITIONS = st.lists(TIMED | UNTIMED, max_size=3).map(tuple)
DEFINITIONS = st.builds(Definition, all=CONDITIONS, any=CONDITIONS, none=CONDITIONS)
PAST = st.integers(0, 900 * 24).map(lambda hours: NOON - timedelta(hours=hours))
PEOPLE = st.builds(
    lambda customer, dates, card: replace(
        customer,
        value=bought(*((NOON - at) / DAY for at in dates)),
        notices_sent=tuple(sorted(dates)),
        lately={"visit": max(dates)} if dates else {},
        traits={"card_expires_on": f"{card:%Y-%m-%d}"},
    ),
    CUSTOMERS,
    st.lists(PAST, max_size=3),
    st.integers(-400, 400).map(lambda days: NOON + days * DAY),
)


@settings(deadline=None, max_examples=300)
@given(DEFINITIONS, PEOPLE, st.lists(st.floats(0, 1), max_size=8))
def test_it_changes_exactly_at_the_moment_that_was_told_and_not_before(
    definition: Definition, customer: Customer, shares: list[float]
) -> None:
    before = matches(definition, customer, 50, NOON)

    moment = when(definition, customer, 50, NOON)

    until = moment or NOON + 2000 * DAY
    for share in (*shares, 1):
        at = min(NOON + share * (until - NOON), until - A_MOMENT)
        assert matches(definition, customer, 50, at) is before
    if moment:
        assert moment > NOON
        assert matches(definition, customer, 50, moment) is not before


@settings(deadline=None, max_examples=200)
@given(TIMED | UNTIMED, CUSTOMERS, CUSTOMERS)
def test_what_a_condition_does_not_speak_of_does_not_change_it(
    condition: Condition, customer: Customer, other: Customer
) -> None:
    spoken = {attribute.partition(".")[0] for attribute in speaks_of(condition)}
    fields = ("standing", "value", "traits", "consents", "open_cases", "notices_sent", "time_zone", "handles", "lately")
    changed = replace(customer, **{name: getattr(other, name) for name in fields if name not in spoken})
    definition = Definition(all=(condition,))

    assert matches(definition, changed, 50, NOON) is matches(definition, customer, 50, NOON)
    assert when(definition, changed, 50, NOON) == when(definition, customer, 50, NOON)


def test_handles_of_another_kind_are_another_kind() -> None:
    assert holds(make_customer(handles=(Handle("phone", "+49301234567"),)), About.HANDLE, one_of=("phone",))
