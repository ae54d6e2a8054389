"""What becomes of an arrival."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from chalicelib.cases.intake import REVOKED, TOO_OFTEN, UNPROVEN, Intake, take_in
from chalicelib.customers import value_index
from chalicelib.kernel.decision import Tally
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.kernel.messages import BringQuestions, SendMail
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case, CaseStatus, Heard, PromiseState
from chalicelib.model.customer import Customer, Handle, HandleOwner
from chalicelib.model.event import Event
from chalicelib.model.interaction import Attachment, Copy, Interaction, KnownMessage, Purpose, Receipt
from chalicelib.model.known import IntakeFacts
from chalicelib.model.policy import Policy
from chalicelib.model.trust import Trust
from chalicelib.model.value import NOTHING, ValueState
from tests.factories import (
    ANN,
    ANNS_ID,
    CALIBRATION,
    CASE_ID,
    NOON,
    make_arrival,
    make_case,
    make_customer,
    make_policy,
    make_promise,
)
from tests.workbench import DOMAIN, SENDER

EVE = Handle("email", "eve@evil.example")
T = TypeVar("T")


RICH = ValueState(purchases=9, margin=90_00, recent=2**45)


def taken_in(arrival: Arrival | None = None, policy: Policy | None = None, **known: Any) -> Intake:
    """What Ann's mail becomes, given what is known."""
    return take_in(arrival or make_arrival(), IntakeFacts(**known), policy or make_policy(), NOON)


def by_reply(**fields: Any) -> Arrival:
    """A mail to the signed reply address of Ann's case."""
    return make_arrival(case_id=CASE_ID, by_token=True, **fields)


def of(intake: Intake, kind: type[T]) -> list[T]:
    return [change for change in intake.decision.changes if isinstance(change, kind)]


def contact(intake: Intake) -> Interaction:
    return next(i for i in of(intake, Interaction) if i.purpose is Purpose.CONTACT)


def acknowledgement(intake: Intake) -> Interaction | None:
    return next((i for i in of(intake, Interaction) if i.purpose is Purpose.ACKNOWLEDGEMENT), None)


def test_a_first_mail_is_one_of_everything_at_once() -> None:
    intake = taken_in()

    kinds = [type(change) for change in intake.decision.changes]
    assert kinds == [Interaction, Receipt, Case, KnownMessage, Interaction, Customer, HandleOwner, Tally]
    assert intake.decision.reason == "new"


def test_what_comes_by_an_absorbed_ones_handle_is_told_under_her_record_and_counts_for_the_survivor() -> None:
    intake = taken_in(customer=make_customer(absorbed=("01B",)), under="01B")

    (case,), (customer,), (known,) = of(intake, Case), of(intake, Customer), of(intake, KnownMessage)
    for thing in (contact(intake), acknowledgement(intake), intake.receipt, known, case):
        assert thing
        assert thing.customer_id == "01B"
    assert (customer.id, customer.open_cases) == (ANNS_ID, {case.id: ""})


def test_what_comes_into_an_absorbed_ones_case_is_told_under_her_record() -> None:
    survivor = make_customer(absorbed=("01B",))

    intake = taken_in(by_reply(), named=make_case(customer_id="01B"), customer=survivor, under=ANNS_ID, owner=survivor)

    assert contact(intake).customer_id == "01B"


def test_the_survivors_form_may_go_on_with_an_absorbed_ones_case() -> None:
    survivor = make_customer(absorbed=("01B",))
    arrival = make_arrival(channel="web", case_id=CASE_ID)

    intake = taken_in(arrival, named=make_case(customer_id="01B"), customer=survivor, owner=survivor)

    assert intake.receipt.case_id == CASE_ID


def test_everything_of_a_first_mail_belongs_together() -> None:
    intake = taken_in()

    (case,), (customer,), (known,) = of(intake, Case), of(intake, Customer), of(intake, KnownMessage)
    for thing in (contact(intake), acknowledgement(intake), intake.receipt, known):
        assert thing
        assert (thing.customer_id, thing.case_id) == (customer.id, case.id)
    assert case.customer_id == customer.id
    assert customer.open_cases == {case.id: ""}


def test_what_she_asked_before_is_brought_after_it_was_taken_in() -> None:
    intake = taken_in(make_arrival(visitor_id="a visitor"))

    brought = BringQuestions(
        customer_id=intake.receipt.customer_id,
        case_id=intake.receipt.case_id,
        contact_id=contact(intake).id,
        visitor_id="a visitor",
        proven=True,
    )
    assert brought in intake.decision.messages


def test_a_second_attempt_decides_the_same() -> None:
    assert taken_in() == taken_in()


def test_her_tier_is_stamped_on_contact_case_and_acknowledgement() -> None:
    intake = taken_in(customer=make_customer(tier="gold"))

    told = acknowledgement(intake)
    assert told
    assert {contact(intake).tier, of(intake, Case)[0].tier, told.tier} == {"gold"}


def test_a_tier_earned_meanwhile_counts_at_once_and_is_told() -> None:
    intake = taken_in(customer=make_customer(value=RICH), policy=make_policy(calibration=CALIBRATION))

    assert contact(intake).tier == "gold"
    assert len(of(intake, Event)) == 1


def test_a_promise_is_made_by_tier_and_channel() -> None:
    gold = make_customer(tier="gold")

    (case,) = of(taken_in(customer=gold), Case)

    assert case.promise
    assert case.promise.due_at == NOON + timedelta(hours=8)
    assert case.promise.warn_at == NOON + timedelta(hours=6)


# Quarantine


@pytest.mark.parametrize(
    ("trust", "token", "why"),
    [
        (Trust.AUTHENTICATED, False, None),
        (Trust.WEAK, False, None),
        (Trust.UNVERIFIED, False, None),
        (Trust.SPOOFED, False, "its sender is not who it says"),
        (Trust.SPAM, False, "looks like spam"),
        (Trust.BLOCKED, False, "carries a virus"),
        (Trust.AUTHENTICATED, True, None),
        (Trust.UNVERIFIED, True, None),
        (Trust.SPOOFED, True, None),
        (Trust.SPAM, True, None),
        (Trust.BLOCKED, True, "carries a virus"),
    ],
)
def test_what_is_quarantined(trust: Trust, token: bool, why: str | None) -> None:
    known = {"named": make_case(), "owner": make_customer()} if token else {}
    arrival = by_reply(trust=trust) if token else make_arrival(trust=trust)

    intake = taken_in(arrival, **known)

    assert contact(intake).quarantined is (why is not None)
    if why:
        assert contact(intake).flags == (f"quarantined: {why}",)


def test_quarantined_mail_touches_nobody_and_says_nothing() -> None:
    intake = taken_in(make_arrival(trust=Trust.SPAM), customer=make_customer())

    assert [type(change) for change in intake.decision.changes] == [Interaction, Receipt]
    assert not intake.decision.messages


def test_mail_of_nobody_is_quarantined() -> None:
    intake = taken_in(make_arrival(sender=None))

    assert contact(intake).flags == ("quarantined: nobody is named as its sender",)


def test_mail_of_nobody_with_a_reply_token_joins_its_case() -> None:
    intake = taken_in(by_reply(sender=None), named=make_case(), owner=make_customer())

    assert contact(intake).case_id == CASE_ID


# Twice


def test_the_same_thing_again_changes_nothing_and_gives_the_first_answer() -> None:
    first = taken_in().receipt

    again = taken_in(receipt=first)

    assert (again.duplicate, again.receipt, again.decision.changes) == (True, first, ())


def test_the_same_key_with_other_content_is_a_conflict() -> None:
    first = taken_in().receipt

    with pytest.raises(Conflict, match="other content"):
        taken_in(make_arrival(fingerprint="another"), receipt=first)


def test_a_mail_that_is_read_differently_after_an_upgrade_is_still_the_same_mail() -> None:
    receipt = Receipt(key="mail:1", fingerprint="as it was read before", at=NOON)

    taken = take_in(make_arrival(raw_key="in/1"), IntakeFacts(receipt=receipt), make_policy(), NOON)

    assert taken.duplicate
    assert taken.decision.changes == ()


def known_message(**fields: Any) -> KnownMessage:
    return KnownMessage(
        **{"mailbox": SENDER, "message_id": "first@example.org", "customer_id": ANNS_ID, "case_id": CASE_ID,
           "fingerprint": "f", "version": 1, **fields}
    )  # fmt: skip


def test_the_same_mail_by_another_way_leaves_only_a_receipt() -> None:
    intake = taken_in(make_arrival(receipt_key="mail:2"), repeat=known_message())

    assert intake.duplicate
    (receipt,) = intake.decision.changes
    assert (receipt.key, receipt.case_id) == ("mail:2", CASE_ID)


def test_where_the_original_of_such_a_copy_lies_is_remembered_with_its_message_id() -> None:
    first = Copy(raw_key="in/1", at=NOON)

    intake = taken_in(make_arrival(receipt_key="mail:2", raw_key="in/2"), repeat=known_message(copies=(first,)))

    (known,) = of(intake, KnownMessage)
    assert known == known_message(copies=(first, Copy(raw_key="in/2", at=NOON)))


def test_another_mail_with_a_known_message_id_is_taken_in_and_flagged() -> None:
    intake = taken_in(repeat=known_message(fingerprint="another"), customer=make_customer())

    assert contact(intake).flags == ("another mail has the same Message-ID",)
    assert not of(intake, KnownMessage)


# Acknowledging


@pytest.mark.parametrize(
    ("arrival", "to"),
    [
        ({}, ANN.value),
        ({"trust": Trust.WEAK}, ANN.value),
        ({"trust": Trust.UNVERIFIED}, None),
        ({"machine": "list"}, None),
        ({"unanswerable": "suppressed-by-sender"}, None),
        ({"author": "Bo"}, None),
        ({"direction": "out", "author": "Bo"}, None),
        ({"sender": Handle("email", SENDER)}, None),
        ({"sender": Handle("email", f"other@{DOMAIN}")}, None),
        ({"sender": Handle("email", "bounced@example.org")}, None),
        ({"channel": "web", "sender": Handle("phone", "+49301234567")}, ANN.value),
        ({"channel": "web", "sender": None, "customer_id": ANNS_ID}, ANN.value),
    ],
)
def test_who_is_acknowledged_and_where(arrival: dict[str, Any], to: str | None) -> None:
    customer = make_customer(suppressed={"bounced@example.org": "bounced"})

    intake = taken_in(make_arrival(**arrival), customer=customer)

    told = acknowledgement(intake)
    assert (told.delivery.to if told and told.delivery else None) == to
    assert bool(intake.decision.messages) is (to is not None)


def test_an_acknowledgement_stands_behind_what_it_answers_and_tells_the_promise() -> None:
    intake = taken_in(make_arrival(references=("second@x", "first@x")))

    told = acknowledgement(intake)
    assert told
    assert told.id > contact(intake).id
    assert told.references == ("first@x", "second@x", "first@example.org")
    assert told.template == {"promised_by": "2026-11-21T12:00:00.000Z", "contact": contact(intake).id}
    assert intake.decision.messages == (SendMail(customer_id=told.customer_id, interaction_id=told.id),)


@pytest.mark.parametrize(("open_before", "acknowledged"), [(19, True), (20, False)])
def test_twenty_open_cases_are_acknowledged_and_no_more(open_before: int, acknowledged: bool) -> None:
    customer = make_customer(open_cases={f"case {n}": "" for n in range(open_before)})

    assert bool(acknowledgement(taken_in(customer=customer))) is acknowledged


def test_a_reply_into_a_case_is_not_acknowledged() -> None:
    intake = taken_in(by_reply(), named=make_case(), owner=make_customer())

    assert acknowledgement(intake) is None


# In a case


def moved(arrival: Arrival, case: Case, **known: Any) -> Case:
    """The case after the arrival."""
    intake = taken_in(arrival, named=case, owner=make_customer(), **known)
    return next(iter(of(intake, Case)), case)


def test_a_running_promise_is_kept_running() -> None:
    case = make_case(status=CaseStatus.OPEN)

    after = moved(by_reply(), case)

    assert after.promise == case.promise
    assert after.updated_at == NOON


@pytest.mark.parametrize(
    ("status", "promise"),
    [
        (CaseStatus.WAITING, PromiseState.KEPT),
        (CaseStatus.WAITING, PromiseState.OPEN),
        (CaseStatus.SOLVED, PromiseState.KEPT),
        (CaseStatus.SOLVED, PromiseState.BROKEN),
        (CaseStatus.OPEN, PromiseState.BROKEN),
        (CaseStatus.OPEN, None),
    ],
)
def test_her_next_word_opens_the_case_with_a_new_promise(status: CaseStatus, promise: PromiseState | None) -> None:
    made = make_promise(state=promise) if promise else None
    case = make_case(status=status, promise=made, waiting_until=NOON + timedelta(days=1))

    after = moved(by_reply(), case)

    assert (after.status, after.waiting_until) == (CaseStatus.OPEN, None)
    assert after.promise
    assert (after.promise.state, after.promise.due_at) == (PromiseState.OPEN, NOON + timedelta(hours=24))


def test_a_solved_case_that_opens_again_is_among_her_open_cases() -> None:
    solved = make_case(status=CaseStatus.SOLVED, topic="complaint")

    intake = taken_in(by_reply(), named=solved, owner=make_customer())

    (customer,) = of(intake, Customer)
    assert customer.open_cases == {CASE_ID: "complaint"}


@pytest.mark.parametrize(
    "what",
    [
        {"machine": "auto-reply"},
        {"trust": Trust.SPOOFED},
        {"direction": "out", "author": "Bo"},
    ],
)
def test_machines_impostors_and_our_own_words_move_no_case(what: dict[str, Any]) -> None:
    case = make_case(status=CaseStatus.SOLVED)

    intake = taken_in(by_reply(sender=EVE, **what), named=case, owner=make_customer())

    assert contact(intake).case_id == CASE_ID
    assert not of(intake, Case)
    assert not of(intake, Customer)


def test_an_impostor_with_a_reply_token_is_shown_with_a_warning() -> None:
    intake = taken_in(by_reply(sender=EVE, trust=Trust.SPOOFED), named=make_case(), owner=make_customer())

    assert contact(intake).flags == ("sender spoofed", UNPROVEN)


@pytest.mark.parametrize("trust", [Trust.UNVERIFIED, Trust.SPAM])
def test_nobody_unproven_becomes_a_participant_though_she_is_heard(trust: Trust) -> None:
    case = make_case(status=CaseStatus.WAITING)

    after = moved(by_reply(sender=EVE, trust=trust), case)

    assert after.status is CaseStatus.OPEN
    assert after.participants == case.participants


def test_a_contact_in_a_case_belongs_to_the_cases_customer() -> None:
    other = make_customer(id=ANNS_ID[:-1] + "0", handles=(EVE,))

    intake = taken_in(by_reply(sender=EVE), named=make_case(), owner=make_customer(), customer=other)

    assert contact(intake).customer_id == ANNS_ID


def test_machine_mail_that_opens_a_case_is_promised_nothing_and_waits_a_week() -> None:
    arrival = make_arrival(machine="list")

    (case,) = of(taken_in(arrival), Case)

    assert (case.status, case.promise, case.machine) == (CaseStatus.WAITING, None, "list")
    assert case.due_at == arrival.at + timedelta(days=7)


def test_a_case_without_a_subject_is_called_by_its_first_line() -> None:
    (case,) = of(taken_in(make_arrival(subject="", text="\n Where is it?\nI ordered")), Case)

    assert case.subject == "Where is it?"


# Who may


def from_her_form(**fields: Any) -> Arrival:
    return make_arrival(channel="web", case_id=CASE_ID, **fields)


def test_her_own_form_may_add_to_her_case() -> None:
    intake = taken_in(from_her_form(), named=make_case(), owner=make_customer(), customer=make_customer())

    assert contact(intake).case_id == CASE_ID


@pytest.mark.parametrize("customer", [None, make_customer(id=ANNS_ID[:-1] + "0", handles=(EVE,))])
def test_a_strangers_case_is_as_if_it_did_not_exist(customer: Customer | None) -> None:
    with pytest.raises(NotFound, match="no such case"):
        taken_in(from_her_form(sender=EVE), named=make_case(), owner=make_customer(), customer=customer)


def test_an_agent_may_log_into_any_case() -> None:
    logged = from_her_form(sender=None, author="Bo")

    intake = taken_in(logged, named=make_case(), owner=make_customer())

    assert contact(intake).customer_id == ANNS_ID


def test_a_case_whose_customer_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound, match="gone"):
        taken_in(by_reply(), named=make_case())


def test_a_customer_id_nobody_has_is_not_found() -> None:
    with pytest.raises(NotFound) as refused:
        taken_in(make_arrival(sender=None, customer_id=ANNS_ID))

    assert refused.value.pointer == "/customer/customer_id"


def test_who_cannot_be_identified_teaches_us_nothing_about_her() -> None:
    claims = make_arrival(sender_name="Mallory", trust=Trust.UNVERIFIED)

    (customer,) = of(taken_in(claims, customer=make_customer()), Customer)

    assert customer.name == ""


def test_a_reply_address_of_a_case_that_is_gone_opens_a_new_one() -> None:
    intake = taken_in(by_reply(), customer=make_customer())

    assert intake.decision.reason == "new"
    assert contact(intake).case_id != CASE_ID


def test_a_contact_is_booked_as_cost_to_serve_and_stamped_with_her_index() -> None:
    customer = make_customer(open_cases={CASE_ID: ""})

    intake = taken_in(by_reply(), named=make_case(), owner=customer, customer=customer, owner_during="01M")

    (after,) = of(intake, Customer)
    served = value_index.served(NOTHING, NOON, 9_99)
    assert after == replace(customer, value=served, asked=after.asked, lately={"contact": NOON})
    assert (contact(intake).cost, contact(intake).index, contact(intake).during) == (9_99, 500, "01M")


@pytest.mark.parametrize(
    "what", [{"machine": "auto-reply"}, {"trust": Trust.SPOOFED}, {"direction": "out", "author": "Bo"}]
)
def test_what_she_did_not_begin_or_is_not_proven_to_be_hers_costs_her_nothing(what: dict[str, Any]) -> None:
    customer = make_customer(open_cases={CASE_ID: ""})

    intake = taken_in(by_reply(**what), named=make_case(), owner=customer, customer=customer)

    assert contact(intake).cost == 0
    assert not of(intake, Customer)


def test_a_stranger_with_no_handle_at_all_cannot_be_made_a_customer() -> None:
    agent_logs = replace(make_arrival(sender=None), author="Bo", customer_id="")

    assert contact(taken_in(agent_logs)).quarantined


# After a long time, after a merge, after a revocation


def solved_days_ago(days: int, **fields: Any) -> Case:
    return make_case(status=CaseStatus.SOLVED, solved_at=NOON - timedelta(days=days), **fields)


def test_an_answer_within_thirty_days_opens_the_case_again() -> None:
    after = moved(by_reply(), solved_days_ago(30))

    assert (after.id, after.status, after.solved_at) == (CASE_ID, CaseStatus.OPEN, None)


def test_an_answer_after_more_than_thirty_days_opens_a_case_that_goes_on_from_the_old_one() -> None:
    intake = taken_in(by_reply(), named=solved_days_ago(31), owner=make_customer(), customer=make_customer())

    (case,) = of(intake, Case)
    assert case.version is None
    assert (case.follows, case.customer_id, case.status) == (CASE_ID, ANNS_ID, CaseStatus.NEW)
    assert contact(intake).case_id == case.id
    assert acknowledgement(intake)


def test_what_goes_on_from_an_old_case_is_its_customers_whoever_writes() -> None:
    intake = taken_in(by_reply(sender=EVE), named=solved_days_ago(31), owner=make_customer())

    (case,) = of(intake, Case)
    assert case.customer_id == ANNS_ID
    assert not case.participants[0].confirmed
    assert acknowledgement(intake) is None


@pytest.mark.parametrize("what", [{"machine": "auto-reply"}, {"trust": Trust.SPOOFED}, {"author": "Bo"}])
def test_machines_impostors_and_agents_add_to_the_old_case_however_old(what: dict[str, Any]) -> None:
    intake = taken_in(by_reply(**what), named=solved_days_ago(300), owner=make_customer())

    assert contact(intake).case_id == CASE_ID


def test_a_withdrawn_reply_address_names_no_case_and_is_flagged() -> None:
    intake = taken_in(by_reply(), revoked=True, customer=make_customer())

    assert contact(intake).case_id != CASE_ID
    assert REVOKED in contact(intake).warnings


def test_a_withdrawn_reply_address_vouches_for_nobody() -> None:
    spoofed = by_reply(trust=Trust.UNVERIFIED, trust_alone=Trust.SPOOFED)

    assert contact(taken_in(spoofed, revoked=True, customer=make_customer())).quarantined


# Against loops


def heard_before(times: int, ago: timedelta = timedelta(minutes=30)) -> tuple[Heard, ...]:
    return (Heard(address=ANN.value, since=NOON - ago, times=times),)


def test_the_twentieth_contact_within_an_hour_moves_the_case() -> None:
    after = moved(by_reply(), make_case(status=CaseStatus.WAITING, heard=heard_before(19)))

    assert (after.status, after.heard[0].times) == (CaseStatus.OPEN, 20)


def test_from_the_twenty_first_on_contacts_are_kept_and_move_nothing() -> None:
    case = make_case(status=CaseStatus.WAITING, heard=heard_before(20))

    intake = taken_in(by_reply(), named=case, owner=make_customer())

    assert intake.frozen
    assert contact(intake).flags == (TOO_OFTEN,)
    assert contact(intake).case_id == CASE_ID
    assert not of(intake, Case)


def test_an_hour_later_she_is_heard_again() -> None:
    case = make_case(status=CaseStatus.WAITING, heard=heard_before(20, ago=timedelta(hours=1)))

    assert moved(by_reply(), case).heard == (Heard(address=ANN.value, since=NOON, times=1),)


def test_senders_are_counted_apart() -> None:
    case = make_case(status=CaseStatus.WAITING, heard=heard_before(20))

    assert moved(by_reply(sender=EVE), case).status is CaseStatus.OPEN


def test_five_acknowledgements_an_hour_go_to_a_customer_and_no_more() -> None:
    recent = tuple(NOON - timedelta(minutes=n) for n in range(5))

    assert acknowledgement(taken_in(customer=make_customer(acknowledged=recent[:4])))
    assert acknowledgement(taken_in(customer=make_customer(acknowledged=recent))) is None


def test_acknowledgements_older_than_an_hour_are_forgotten() -> None:
    old = tuple(NOON - timedelta(hours=1, minutes=n) for n in range(5))

    (customer,) = of(taken_in(customer=make_customer(acknowledged=old)), Customer)

    assert customer.acknowledged == (NOON,)


# What comes with it


def test_attachments_are_listed_and_locked_until_somebody_looked_for_viruses() -> None:
    file = Attachment(name="invoice.pdf", type="application/pdf", size=3, key="attachments/a/b")

    told = contact(taken_in(make_arrival(attachments=(file,), locked="nobody looked for viruses")))

    assert (told.attachments, told.locked) == ((file,), "nobody looked for viruses")


def test_a_mail_without_attachments_has_nothing_to_lock() -> None:
    assert contact(taken_in(make_arrival(locked="nobody looked for viruses"))).locked == ""


def test_of_quarantined_mail_only_the_original_is_kept() -> None:
    file = Attachment(name="invoice.pdf", type="application/pdf", size=3, key="attachments/a/b")

    told = contact(taken_in(make_arrival(trust=Trust.SPAM, attachments=(file,), body_key="bodies/b")))

    assert (told.attachments, told.body_key) == ((replace(file, key=""),), "")


def test_what_the_parser_stumbled_over_is_kept_beside_what_we_think_of_it() -> None:
    told = contact(taken_in(make_arrival(warnings=("boundary: guessed",), trust=Trust.UNVERIFIED)))

    assert (told.warnings, told.flags) == (("boundary: guessed",), ("sender unverified",))


def test_the_language_of_the_contact_comes_before_hers() -> None:
    customer = make_customer(language="en")

    (case,) = of(taken_in(make_arrival(language="zh-Hans"), customer=customer), Case)

    assert case.language == "zh-Hans"
