"""Wrong facts are taken back: money by its opposite, what was learnt by what the others say, in any order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.customers import facts
from chalicelib.kernel import ids
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.fact import Fact, FactKind, FactReport
from chalicelib.model.money import Money
from chalicelib.model.value import NOTHING
from chalicelib.outreach.plays import payment_will_fail
from tests.customers.books import Books
from tests.factories import ANNS_ID, NOON, make_customer, make_fact, make_policy, make_report

POLICY = make_policy()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BEAS_ID = ids.derived_ulid(NOON - timedelta(days=10), "bea")
ANN = make_customer(name="Ann Archer")
BEA = make_customer(id=BEAS_ID, handles=(Handle("email", "bea@example.org"),), language="de")
CONSENT = {"channel": "email", "purpose": "service", "proof": "form"}


def books() -> Books:
    return Books(POLICY, {ANNS_ID: ANN, BEAS_ID: BEA})


def fact(event_id: str, what: FactKind = FactKind.ORDER, hours: int = 1, **more: Any) -> FactReport:
    """One of so many hours ago."""
    more = {"amount": Money(10_00, "USD")} | more if what in (FactKind.ORDER, FactKind.POTENTIAL) else more
    at = NOON - hours * HOUR
    return make_report(what, receipt_key=f"fact:shop:{event_id}", fingerprint=event_id, occurred_at=at, **more)


def correction(of: str, event_id: str = "c") -> FactReport:
    data = {"corrects": of, "reason": "a test order"}
    return fact(event_id, FactKind.CORRECTION, 0, data=data, corrects=f"fact:shop:{of}")


def told(*reports: FactReport, of: str = ANNS_ID) -> Books:
    made = books()
    for number, report in enumerate(reports):
        made.tell(report, of, NOON + number * MINUTE)
    return made


def facts_of(made: Books) -> list[Fact]:
    return [entry for entry in made.entries.values() if isinstance(entry, Fact)]


def wrong_ones(made: Books) -> set[str]:
    return {each.id for each in facts_of(made) if each.corrected_by}


def in_essence(customer: Customer) -> Customer:
    """All but when and how often it was written; first and last purchase, when she was last heard of, and when she was
    last told of, stay where a wrong one put them."""
    value = replace(customer.value, first=None, last=None)
    return replace(customer, version=None, value=value, standing=ANN.standing, look_again=None, lately={}, told={})


@pytest.mark.parametrize(
    "wrong",
    [
        fact("w"),
        fact("w", FactKind.REFUND, amount=Money(10_00, "USD")),
        fact("w", FactKind.REFERRAL),
        fact("w", FactKind.POTENTIAL),
    ],
    ids=lambda report: report.what.value,
)
def test_money_that_never_was_is_taken_back_to_the_cent(wrong: FactReport) -> None:
    right = fact("right", amount=Money(7_77, "USD"))

    made = told(right, wrong, correction("w"))

    assert in_essence(made.customers[ANNS_ID]) == in_essence(told(right).customers[ANNS_ID])
    assert made.customers[ANNS_ID].value != NOTHING


def test_the_wrong_fact_is_shown_as_corrected_and_the_correction_names_it() -> None:
    wrong, corrected = facts_of(told(fact("w"), correction("w")))

    assert wrong.corrected_by == corrected.id
    assert corrected.data == {"corrects": "w", "reason": "a test order", "fact": wrong.id}
    assert (wrong.margin, corrected.margin) == (Money(3_00, "USD"), Money(-3_00, "USD"))


def test_what_a_wrong_fact_overrode_is_known_again() -> None:
    card = fact("card", FactKind.CARD_EXPIRING, 5, data={"expires_on": "2026-12-10"})

    made = told(card, fact("w", FactKind.CARD_UPDATED), correction("w"))

    assert made.customers[ANNS_ID].traits == {"card_expires_on": "2026-12-10"}


def test_a_task_for_a_card_that_does_not_expire_is_not_needed() -> None:
    made = told(fact("w", FactKind.CARD_EXPIRING, data={"expires_on": "2026-12-10"}), correction("w"))

    context = {"expires_on": "2026-12-10"}
    assert not payment_will_fail.PLAY.still_needed(made.customers[ANNS_ID], context, {})


def test_a_fact_is_corrected_once_and_a_correction_never() -> None:
    made = told(fact("w"), correction("w"))

    assert made.tell(correction("w", "again"), ANNS_ID, NOON) == "refused"
    assert made.tell(correction("c", "never mind"), ANNS_ID, NOON) == "refused"
    assert made.tell(correction("w"), ANNS_ID, NOON) == "duplicate"
    assert made.customers[ANNS_ID].value.purchases == 0


def test_a_correction_may_come_first_and_once() -> None:
    made = told(correction("w"))

    assert made.tell(correction("w", "again"), ANNS_ID, NOON) == "refused"
    assert made.tell(fact("w"), ANNS_ID, NOON) == "recorded"
    assert made.tell(fact("w"), ANNS_ID, NOON) == "duplicate"
    corrected, wrong = facts_of(made)
    assert wrong.corrected_by == corrected.id
    assert made.customers[ANNS_ID].value.margin == 0


def test_a_fact_that_came_after_its_correction_calls_for_nothing() -> None:
    from chalicelib.customers import facts

    made = told(correction("w"))
    decision = facts.record(fact("w"), made.customers[ANNS_ID], POLICY, NOON, expected=made.receipts["fact:shop:w"])

    assert decision.messages == ()


def test_a_correction_of_what_was_told_under_a_merged_record_goes_with_that_record() -> None:
    made = books()
    made.tell(fact("bea's", FactKind.PROFILE, 9, data={"name": "Bea"}), BEAS_ID, NOON)
    made.tell(fact("w", FactKind.PROFILE, data={"name": "Bob"}), BEAS_ID, NOON + MINUTE)
    made.unite(ANNS_ID, BEAS_ID, NOON + 2 * MINUTE)
    made.tell(correction("w"), ANNS_ID, NOON + 3 * MINUTE)

    assert made.customers[ANNS_ID].name == "Bea"
    assert {entry.customer_id for entry in facts_of(made)} == {BEAS_ID}
    made.part(NOON + HOUR)
    assert (made.customers[ANNS_ID].name, made.customers[BEAS_ID].name) == ("Ann Archer", "Bea")


# In any order

WHAT: list[tuple[FactKind, dict[str, str]]] = [
    (FactKind.ORDER, {}),
    (FactKind.REFUND, {}),
    (FactKind.REFERRAL, {}),
    (FactKind.POTENTIAL, {}),
    (FactKind.USAGE, {"what": "minutes"}),
    (FactKind.CARD_EXPIRING, {"expires_on": "2026-12-10"}),
    (FactKind.CARD_EXPIRING, {"expires_on": "2027-01-10"}),
    (FactKind.CARD_UPDATED, {}),
    (FactKind.PROFILE, {"name": "A"}),
    (FactKind.PROFILE, {"name": "B", "language": "fr"}),
    (FactKind.PROFILE, {"language": "de"}),
    (FactKind.TRAIT, {"plan": "family", "colour": "red"}),
    (FactKind.TRAIT, {"plan": ""}),
    (FactKind.TRAIT, {"plan": "single"}),
    (FactKind.CONSENT, {**CONSENT, "granted": "true"}),
    (FactKind.CONSENT, {**CONSENT, "granted": "false"}),
    (FactKind.CONSENT, {**CONSENT, "granted": "true", "purpose": "news"}),
]
NEWS = st.tuples(st.sampled_from(WHAT), st.integers(0, 3), st.booleans())  # what, how long ago, whether it is wrong


def reported(number: int, news: Any) -> list[FactReport]:
    (what, data), hours, wrong = news
    report = fact(str(number), what, hours, data=data)
    if what in (FactKind.ORDER, FactKind.REFUND, FactKind.POTENTIAL):
        report = replace(report, margin=Money(10**number, "USD"))
    return [report, correction(str(number), f"c{number}")] if wrong else [report]


@settings(deadline=None, max_examples=300)
@given(st.lists(NEWS, max_size=6), st.data())
def test_any_order_of_facts_and_corrections_and_their_repetitions_makes_the_same_customer(
    news: list[Any], data: st.DataObject
) -> None:
    reports = [report for number, each in enumerate(news) for report in reported(number, each)]
    repeated = [*reports, *data.draw(st.lists(st.sampled_from(reports), max_size=4))] if reports else []
    shuffled = data.draw(st.permutations(repeated))

    right = told(*(report for number, each in enumerate(news) if not each[2] for report in reported(number, each)))
    straight, somehow = told(*reports), told(*shuffled)

    assert in_essence(somehow.customers[ANNS_ID]) == in_essence(right.customers[ANNS_ID])
    assert somehow.customers[ANNS_ID].value == straight.customers[ANNS_ID].value
    assert wrong_ones(somehow) == wrong_ones(straight)


MOMENTS = st.sampled_from(["before", "while one", "after"])
OF_EITHER = st.tuples(st.sampled_from([ANNS_ID, BEAS_ID]), NEWS, MOMENTS, MOMENTS)


@settings(deadline=None, max_examples=400)
@given(st.lists(OF_EITHER, max_size=5))
def test_whatever_is_told_and_corrected_before_while_and_after_they_were_one_leaves_two_as_if_never_one(
    told_of: list[Any],
) -> None:
    made, apart = books(), books()
    reports = [
        (moment, report, record)
        for number, (record, news, *moments) in enumerate(told_of)
        for moment, report in zip(moments, reported(number, news), strict=False)
    ]

    for step, moment in enumerate(("before", "while one", "after")):
        if moment == "while one":
            made.unite(ANNS_ID, BEAS_ID, NOON + step * HOUR)
        if moment == "after":
            made.part(NOON + step * HOUR)
        for number, (when, report, record) in enumerate(reports):
            if when == moment:
                for each in (made, apart):
                    each.tell(report, record, NOON + step * HOUR + number * MINUTE)

    for record in (ANNS_ID, BEAS_ID):
        was, alone = made.customers[record], apart.customers[record]
        assert in_essence(replace(was, absorbed=(), merges=())) == in_essence(alone)


def test_a_consent_that_was_wrong_leaves_what_she_said_before() -> None:
    yes = fact("yes", FactKind.CONSENT, 5, data={**CONSENT, "granted": "true"})
    made = told(yes, fact("w", FactKind.CONSENT, data={**CONSENT, "granted": "false"}), correction("w"))

    assert made.customers[ANNS_ID].consents == {"email/service": Consent(True, NOON - 5 * HOUR, "form")}


def test_the_margin_of_an_order_that_0_1_recorded_is_taken_back() -> None:
    wrong = make_fact(FactKind.ORDER, margin=Money(30_00, "USD"), data={})
    customer = make_customer(margin_by_month={"2026-11": 40_00})

    corrected, _, after, *_ = facts.correct(correction("w"), wrong, customer, (), POLICY, NOON).changes

    assert isinstance(corrected, Fact)
    assert isinstance(after, Customer)
    assert (after.value.purchases, after.value.margin, corrected.margin) == (1, 10_00, Money(-30_00, "USD"))
