"""What holds for the rules whatever they are asked."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.cases import intake, promises
from chalicelib.cases.intake import Intake
from chalicelib.kernel.decision import Tally
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.messages import SendMail
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case, PromiseKind
from chalicelib.model.customer import Consent, Customer
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.known import IntakeFacts
from chalicelib.model.tier import DEFAULT_TIERS
from chalicelib.outreach import guardrails
from chalicelib.outreach.guardrails import Contact, Postponement
from chalicelib.outreach.plays import payment_will_fail
from chalicelib.storage.rows import Row
from tests.factories import ANN, NOON, make_customer, make_policy, make_running, make_task
from tests.properties.strategies import ARRIVALS, CASES, CUSTOMERS

POLICY = make_policy()
AROUND_NOON = st.integers(-30 * 24 * 60, 30 * 24 * 60).map(lambda minutes: NOON + timedelta(minutes=minutes))
some = settings(deadline=None, max_examples=100)

# Guardrails


def contacts(customers: st.SearchStrategy[Customer]) -> st.SearchStrategy[Contact]:
    return st.builds(
        Contact, customer=customers, task=st.just(make_task()), running=st.just(make_running(payment_will_fail.PLAY)),
        policy=st.just(POLICY), now=AROUND_NOON,
    )  # fmt: skip


RECENTLY = st.lists(AROUND_NOON, max_size=4).map(tuple)
CONSENTING = st.builds(
    make_customer,
    consenting=st.just(True),
    traits=st.just({"card_expires_on": "2026-12-10"}),
    time_zone=st.sampled_from(["", "Europe/Berlin", "Asia/Shanghai", "America/New_York", "Pacific/Apia"]),
    notices_sent=RECENTLY,
)
ANY_CONTACT = contacts(CUSTOMERS | CONSENTING)


def allowed(contact: Contact, **customer: object) -> bool:
    return not guardrails.objection_to(replace(contact, customer=replace(contact.customer, **customer)))


@some
@given(ANY_CONTACT)
def test_without_consent_nobody_is_contacted(contact: Contact) -> None:
    withdrawn = {"email/service": Consent(False, NOON, "call")}

    assert not allowed(contact, consents={})
    assert not allowed(contact, consents={**contact.customer.consents, **withdrawn})


@some
@given(ANY_CONTACT, AROUND_NOON)
def test_more_to_be_said_against_it_never_allows_a_contact(contact: Contact, notice: datetime) -> None:
    assume(guardrails.objection_to(contact))
    customer = contact.customer

    assert not allowed(contact, suppressed={**customer.suppressed, ANN.value: "complained"})
    assert not allowed(contact, open_cases={**customer.open_cases, "one more": "complaint"})
    assert not allowed(contact, notices_sent=(*customer.notices_sent, notice))


@some
@given(ANY_CONTACT)
def test_a_complaint_or_a_dead_address_stops_every_contact(contact: Contact) -> None:
    dead = dict.fromkeys(contact.customer.handles_of("email"), "bounced")

    assert not allowed(contact, open_cases={"c": "complaint"})
    assert not allowed(contact, suppressed=dead)


@some
@given(contacts(CONSENTING))
def test_a_postponement_lies_ahead_before_the_deadline_and_that_rule_is_content_then(
    contact: Contact,
) -> None:
    objection = guardrails.objection_to(contact)
    assume(isinstance(objection, Postponement))
    assert isinstance(objection, Postponement)

    assert contact.now < objection.until < contact.task.deadline
    later = guardrails.objection_to(replace(contact, now=objection.until))
    assert later is None or later.rule != objection.rule


@some
@given(contacts(CONSENTING))
def test_waiting_as_told_ends_in_a_contact_or_a_refusal(contact: Contact) -> None:
    for _ in range(6):
        objection = guardrails.objection_to(contact)
        if not isinstance(objection, Postponement):
            return
        contact = replace(contact, now=objection.until)
    raise AssertionError("postponed for ever")


# Promises


@some
@given(st.sampled_from(DEFAULT_TIERS.tiers), st.sampled_from(["email", "chat", "phone", "?"]), AROUND_NOON)
def test_a_promise_is_warned_of_before_it_breaks(tier: object, channel: str, now: datetime) -> None:
    promise = promises.made(PromiseKind.FIRST_ANSWER, tier, channel, now, POLICY)  # type: ignore[arg-type]  # a Tier

    assert promise
    assert now < promise.warn_at < promise.due_at


@some
@given(CASES, CUSTOMERS, AROUND_NOON)
def test_the_clock_may_come_twice(case: Case, customer: Customer, now: datetime) -> None:
    once = promises.act_on_due(case, customer, now, POLICY)

    after = next((change for change in once.changes if isinstance(change, Case)), case)
    assert promises.act_on_due(after, customer, now, POLICY).reason == "not due"


@some
@given(CASES, CUSTOMERS, AROUND_NOON)
def test_acting_on_a_case_moves_its_next_look_ahead_or_ends_it(case: Case, customer: Customer, now: datetime) -> None:
    for change in promises.act_on_due(case, customer, now, POLICY).changes:
        if isinstance(change, Case):
            assert change.due_at is None or change.due_at > now


# Intake


@st.composite
def facts_about(draw: st.DrawFn) -> tuple[Arrival, IntakeFacts]:
    arrival, case = draw(ARRIVALS), draw(CASES)
    owner = draw(CUSTOMERS)
    return arrival, IntakeFacts(
        customer=draw(st.none() | st.just(owner)),
        named=case if arrival.case_id and draw(st.booleans()) else None,
        referenced=case if arrival.references and draw(st.booleans()) else None,
        owner=owner,
    )


def taken_in(arrival: Arrival, facts: IntakeFacts) -> Intake | None:
    try:
        return intake.take_in(arrival, facts, POLICY, NOON)
    except (Conflict, NotFound):
        return None  # a stranger's case


@some
@given(facts_about())
def test_intake_decides_the_same_each_time(asked: tuple[Arrival, IntakeFacts]) -> None:
    assert taken_in(*asked) == taken_in(*asked)


@some
@given(facts_about())
def test_intake_writes_one_contact_one_receipt_and_no_place_twice(asked: tuple[Arrival, IntakeFacts]) -> None:
    decided = taken_in(*asked)
    assume(decided)
    assert decided

    changes = decided.decision.changes
    rows = [Row.of(change) for change in changes if not isinstance(change, Tally)]  # tallies are added up, not placed
    places = [(row.pk, row.sk) for row in rows]
    contact = [c for c in changes if isinstance(c, Interaction) and c.purpose is Purpose.CONTACT]
    assert len(set(places)) == len(places) <= 100, "one transaction takes each item once"
    assert len(contact) == 1
    assert decided.receipt in changes
    assert decided.receipt.interaction_id == contact[0].id


@some
@given(facts_about())
def test_what_intake_sends_is_stored_with_it_and_goes_to_nobody_who_must_not_get_it(
    asked: tuple[Arrival, IntakeFacts],
) -> None:
    arrival, _ = asked
    decided = taken_in(*asked)

    for message in decided.decision.messages if decided else ():
        assert isinstance(message, SendMail)
        assert message.interaction_id in {c.id for c in decided.decision.changes if isinstance(c, Interaction)}
        assert arrival.trust.identifies
        assert not arrival.machine
        assert not arrival.unanswerable
