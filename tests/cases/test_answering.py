"""What an agent's answer changes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import answering
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.messages import SendMail, TeachArticles
from chalicelib.model.case import Case, CaseStatus, Participant, PromiseState
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Delivery, Interaction, Purpose, Receipt
from tests.factories import (
    ANN,
    ANNS_ID,
    CASE_ID,
    NOON,
    make_article,
    make_case,
    make_customer,
    make_interaction,
)

BOB = "bob@example.org"


def answer(then: str = "wait", **given: Any) -> Decision:
    with_defaults = {
        "case": make_case(),
        "customer": make_customer(open_cases={CASE_ID: ""}),
        "answered": make_interaction(),
        **given,
    }
    decision, _ = answering.reply(
        with_defaults["case"],
        with_defaults["customer"],
        with_defaults["answered"],
        author="Bo",
        text="It is on its way.",
        then=then,
        receipt_key="reply:1",
        fingerprint="f",
        body_key="",
        articles=with_defaults.get("articles", ()),
        now=NOON,
    )
    return decision


def test_an_answer_is_stored_with_its_receipt_and_queued() -> None:
    decision = answer()

    mail, receipt, _ = decision.changes
    assert isinstance(receipt, Receipt)
    assert (mail.purpose, mail.author, mail.preview) == (Purpose.REPLY, "Bo", "It is on its way.")
    assert (receipt.interaction_id, receipt.case_id) == (mail.id, CASE_ID)
    assert decision.messages == (SendMail(customer_id=ANNS_ID, interaction_id=mail.id),)


def test_an_answer_that_inserts_articles_teaches_them() -> None:
    decision = answer(articles=(make_article("a"),))

    assert TeachArticles(customer_id=ANNS_ID, interaction_id=decision.changes[0].id) in decision.messages


def test_an_answer_continues_the_customers_thread() -> None:
    mail = answer(answered=make_interaction(references=("a@x", "b@x"), message_id="c@x")).changes[0]

    assert mail.references == ("a@x", "b@x", "c@x")


@pytest.mark.parametrize("answered", [None, make_interaction(message_id="", references=("a@x",))])
def test_where_there_is_no_mail_to_answer_a_thread_begins(answered: Interaction | None) -> None:
    assert answer(answered=answered).changes[0].references == ()


def test_an_answer_remembers_what_it_inserted_and_counts_it_as_used() -> None:
    inserted = (make_article("a", used=2, version=9), make_article("b"))

    mail, *_, first, second = answer("solve", articles=inserted).changes

    assert mail.articles == ("a", "b")
    assert (first, second) == (replace(inserted[0], used=3), replace(inserted[1], used=1))


def test_the_next_move_is_hers_for_a_week() -> None:
    case = answer("wait").changes[2]

    assert (case.status, case.waiting_until) == (CaseStatus.WAITING, NOON + timedelta(days=7))


def test_a_solved_case_waits_for_nothing_is_told_and_leaves_her_open_cases() -> None:
    _, _, case, event, customer = answer("solve").changes

    assert (case.status, case.waiting_until) == (CaseStatus.SOLVED, None)
    assert isinstance(event, Event)
    assert (event.what, event.detail) == (EventKind.CASE_SOLVED, {"by": "Bo"})
    assert isinstance(customer, Customer)
    assert customer.open_cases == {}


def test_an_answer_that_opens_a_solved_case_again_puts_it_among_her_open_cases() -> None:
    solved = make_case(status=CaseStatus.SOLVED, topic="complaint")

    customer = answer("wait", case=solved, customer=make_customer()).changes[-1]

    assert customer.open_cases == {CASE_ID: "complaint"}


@pytest.mark.parametrize(("overdue", "state"), [(False, PromiseState.KEPT), (True, PromiseState.BROKEN)])
def test_an_answer_in_time_keeps_the_promise(overdue: bool, state: PromiseState) -> None:
    case = answer(case=make_case(overdue=overdue)).changes[2]

    assert (case.promise.state, case.promise.kept_at) == (state, NOON)


def test_an_answered_case_is_urgent_no_more() -> None:
    assert answer(case=make_case(priority=2)).changes[2].priority == 0


@pytest.mark.parametrize(
    ("participants", "suppressed", "to"),
    [
        ((ANN.value, BOB), (), ANN.value),
        ((BOB, ANN.value), (), BOB),
        ((BOB,), (BOB,), ANN.value),
        ((), (), ANN.value),
    ],
)
def test_the_answer_goes_to_who_opened_the_case_while_that_address_works(
    participants: tuple[str, ...], suppressed: tuple[str, ...], to: str
) -> None:
    case = make_case(participants=tuple(Participant(number=n, address=a) for n, a in enumerate(participants, 1)))
    customer = make_customer(suppressed=dict.fromkeys(suppressed, "bounced"))

    delivery = answer(case=case, customer=customer).changes[0].delivery

    assert delivery == Delivery(to=to, since=NOON)


@pytest.mark.parametrize(
    "customer",
    [
        make_customer(handles=(Handle("phone", "+49301234567"),)),
        make_customer(suppressed={ANN.value: "bounced"}),
    ],
)
def test_where_no_address_works_the_agent_is_told_to_call(customer: Customer) -> None:
    with pytest.raises(Conflict, match="call her"):
        answer(case=make_case(participants=()), customer=customer)


def two_people(**second: Any) -> Case:
    people = (Participant(number=1, address=ANN.value), Participant(number=2, address=BOB, **second))
    return make_case(participants=people)


def sent_to(decision: Decision) -> str:
    mail = next(change for change in decision.changes if isinstance(change, Interaction))
    assert mail.delivery
    return mail.delivery.to


def test_the_answer_goes_to_the_participant_who_wrote_last() -> None:
    assert sent_to(answer(case=two_people(), answered=make_interaction(sender=f"email:{BOB}"))) == BOB


@pytest.mark.parametrize("second", [{"confirmed": False}, {"revoked_at": NOON}])
def test_nothing_is_sent_to_who_is_unconfirmed_or_revoked(second: dict[str, Any]) -> None:
    decision = answer(case=two_people(**second), answered=make_interaction(sender=f"email:{BOB}"))

    assert sent_to(decision) == ANN.value


@pytest.mark.parametrize(
    ("said", "can"),
    [({}, True), ({"machine": "auto-reply"}, False), ({"trust": "spoofed"}, False), ({"message_id": ""}, False)],
)
def test_an_answer_continues_what_a_person_wrote(said: dict[str, Any], can: bool) -> None:
    assert answering.can_be_answered(make_interaction(**said)) is can


ANNS = f"email:{ANN.value}"


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ({"sender": ANNS}, True),
        ({"sender": ""}, True),
        ({"purpose": Purpose.REPLY, "author": "Bo"}, True),
        ({"sender": ANNS, "author": "Bo", "raw_key": "in/1"}, True),
        ({"sender": ANNS, "author": "Bo", "channel": "phone"}, False),
        ({"sender": ANNS, "trust": "spoofed"}, False),
        ({"sender": ANNS, "machine": "auto-reply"}, False),
        ({"sender": f"email:{BOB}"}, False),
        ({"sender": "email:eve@evil.example"}, False),
        ({"purpose": Purpose.ACKNOWLEDGEMENT}, False),
    ],
)
def test_an_answer_repeats_what_may_be_read_by_who_gets_it(said: dict[str, Any], may: bool) -> None:
    case = two_people(confirmed=False)

    assert answering.may_quote(make_interaction(**said), case, make_customer()) is may


def test_what_a_confirmed_participant_wrote_is_repeated() -> None:
    assert answering.may_quote(make_interaction(sender=f"email:{BOB}"), two_people(), make_customer())


def test_an_answer_ends_what_called_for_attention() -> None:
    (case,) = (c for c in answer(case=make_case(attention="it bounced")).changes if isinstance(c, Case))

    assert case.attention == ""


def test_a_solved_case_remembers_when() -> None:
    (case,) = (c for c in answer("solve").changes if isinstance(c, Case))

    assert case.solved_at == NOON


def test_what_comes_afterwards_is_one_of_two() -> None:
    with pytest.raises(Invalid, match="one of wait, solve") as refused:
        answer("escalate")

    assert refused.value.pointer == "/then"


def test_an_answer_stands_under_the_record_its_case_names() -> None:
    survivor = make_customer(id="01S", absorbed=(ANNS_ID,), open_cases={CASE_ID: ""})

    mail, receipt, _, event, customer = answer("solve", customer=survivor).changes

    assert [thing.customer_id for thing in (mail, receipt, event)] == [ANNS_ID] * 3
    assert (customer.id, customer.open_cases) == ("01S", {})
