"""Outbound mail as a state machine: every event in every state."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.cases import sending
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.messages import MailSettled
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Consent, Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.feedback import Feedback, FeedbackKind
from chalicelib.model.interaction import DeliveryState, Interaction, KnownMessage, Purpose
from chalicelib.model.work import Routing
from tests.factories import (
    ANN,
    ANNS_ID,
    BO_ID,
    CASE_ID,
    NOON,
    make_case,
    make_customer,
    make_outbound,
    make_policy,
    make_routing,
)
from tests.workbench import SENDER

LATER = NOON + timedelta(minutes=20)  # a claim of noon is unclear by then
POLICY = make_policy()


def news(kind: FeedbackKind, **fields: Any) -> Feedback:
    return Feedback(
        **{
            "kind": kind,
            "ses_id": "ses-1",
            "at": LATER,
            "customer_id": ANNS_ID,
            "interaction_id": "i",
            **fields,
        }
    )


def heard(mail: Interaction, kind: FeedbackKind, customer: Customer | None = None, **fields: Any) -> Decision:
    return sending.heard(mail, customer or make_customer(), news(kind, **fields), POLICY)


def state_after(decision: Decision, mail: Interaction) -> DeliveryState:
    after = next((c for c in decision.changes if isinstance(c, Interaction)), mail)
    assert after.delivery
    return after.delivery.state


Happens = Callable[[Interaction], Decision]
EVENTS: dict[str, Happens] = {
    "claim": lambda mail: sending.claim(mail, POLICY, LATER),
    "SES took it": lambda mail: sending.sent(mail, "ses-1", POLICY, LATER),
    "SES said not now": lambda mail: sending.released(mail, LATER),
    "SES refused it": lambda mail: sending.refused(mail, LATER, "no such identity"),
    "Send": lambda mail: heard(mail, FeedbackKind.SENT),
    "Delivery": lambda mail: heard(mail, FeedbackKind.DELIVERED),
    "Bounce": lambda mail: heard(mail, FeedbackKind.BOUNCED),
    "Complaint": lambda mail: heard(mail, FeedbackKind.COMPLAINED),
    "Reject": lambda mail: heard(mail, FeedbackKind.FAILED),
}
# Rows: what happens. Columns: the state it happens in, in the order of DeliveryState.
TABLE = """
                  queued     claimed    sent       delivered  bounced    complained failed     held
claim             claimed    claimed    sent       delivered  bounced    complained failed     held
SES_took_it       sent       sent       sent       delivered  bounced    complained failed     held
SES_said_not_now  queued     queued     sent       delivered  bounced    complained failed     held
SES_refused_it    failed     failed     sent       delivered  bounced    complained failed     held
Send              sent       sent       sent       delivered  bounced    complained failed     sent
Delivery          delivered  delivered  delivered  delivered  bounced    complained delivered  delivered
Bounce            bounced    bounced    bounced    bounced    bounced    complained bounced    bounced
Complaint         complained complained complained complained complained complained complained complained
Reject            failed     failed     failed     failed     bounced    complained failed     failed
"""


def transitions() -> list[tuple[str, DeliveryState, DeliveryState]]:
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    return [
        (what.replace("_", " "), DeliveryState(before), DeliveryState(after))
        for what, *states in lines
        for before, after in zip(head, states, strict=True)
    ]


def test_the_table_knows_every_event_and_every_state() -> None:
    assert {what for what, _, _ in transitions()} == set(EVENTS)
    assert {before for _, before, _ in transitions()} == set(DeliveryState)


@pytest.mark.parametrize(("what", "before", "after"), transitions())
def test_what_happens_to_a_mail(what: str, before: DeliveryState, after: DeliveryState) -> None:
    mail = make_outbound(before, since=NOON)

    assert state_after(EVENTS[what](mail), mail) is after


@pytest.mark.parametrize(("what", "before", "after"), transitions())
def test_what_changes_nothing_writes_nothing(what: str, before: DeliveryState, after: DeliveryState) -> None:
    decision = EVENTS[what](make_outbound(before, since=NOON))

    retried = (what, before) in {("claim", DeliveryState.CLAIMED), ("SES said not now", DeliveryState.QUEUED)}
    if before is after and not retried:
        assert not decision.changes


@pytest.mark.parametrize("what", EVENTS)
def test_what_happens_twice_happens_once(what: str) -> None:
    mail = make_outbound(DeliveryState.CLAIMED, since=NOON)
    once = next(c for c in EVENTS[what](mail).changes if isinstance(c, Interaction))

    assert not EVENTS[what](once).changes


# Claiming


def test_a_claim_counts_the_attempt_and_keeps_what_she_will_read() -> None:
    decision = sending.claim(make_outbound(preview=""), POLICY, NOON, "Dear Ann")

    (mail,) = decision.changes
    assert decision.reason == sending.CLAIM
    assert (mail.delivery.attempt, mail.delivery.since, mail.preview) == (1, NOON, "Dear Ann")


@pytest.mark.parametrize(("minutes", "reason"), [(0, "on its way"), (14, "on its way"), (15, "claim"), (60, "claim")])
def test_a_claimed_mail_is_left_alone_until_SES_would_have_reported(minutes: int, reason: str) -> None:  # noqa: N802
    mail = make_outbound(DeliveryState.CLAIMED, since=NOON)

    assert sending.claim(mail, POLICY, NOON + timedelta(minutes=minutes)).reason == reason


@pytest.mark.parametrize("state", [DeliveryState.QUEUED, DeliveryState.CLAIMED])
def test_while_sending_is_off_mail_is_held_with_the_reason(state: DeliveryState) -> None:
    (mail,) = sending.claim(make_outbound(state), make_policy(sending_on=False), LATER).changes

    assert (mail.delivery.state, mail.delivery.detail) == (DeliveryState.HELD, "sending is switched off")


@pytest.mark.parametrize(("attempt", "state"), [(9, DeliveryState.CLAIMED), (10, DeliveryState.FAILED)])
def test_after_ten_attempts_it_is_given_up(attempt: int, state: DeliveryState) -> None:
    (mail,) = sending.claim(make_outbound(attempt=attempt), POLICY, NOON).changes

    assert mail.delivery.state is state


def test_what_is_no_outbound_mail_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="not an outbound mail"):
        sending.claim(make_outbound(delivery=None), POLICY, NOON)


# Knowing its id


@pytest.mark.parametrize("what", ["SES took it", "Send", "Delivery"])
def test_the_id_SES_gave_it_is_remembered_for_answers(what: str) -> None:  # noqa: N802
    changes = EVENTS[what](make_outbound(DeliveryState.CLAIMED)).changes

    (known,) = [change for change in changes if isinstance(change, KnownMessage)]
    assert (known.mailbox, known.message_id) == (SENDER, "ses-1@email.amazonses.com")
    assert known.case_id == CASE_ID


@pytest.mark.parametrize("state", [DeliveryState.HELD, DeliveryState.FAILED])
def test_an_id_heard_only_after_we_had_given_up_is_remembered_too(state: DeliveryState) -> None:
    changes = heard(make_outbound(state), FeedbackKind.DELIVERED).changes

    assert any(isinstance(change, KnownMessage) for change in changes)


def test_an_id_that_is_known_is_not_stored_again() -> None:
    changes = heard(make_outbound(DeliveryState.SENT, ses_id="ses-1"), FeedbackKind.DELIVERED).changes

    assert not any(isinstance(change, KnownMessage) for change in changes)


def test_a_notice_belongs_to_no_case_and_its_id_leads_to_none() -> None:
    changes = EVENTS["SES took it"](make_outbound(case_id="")).changes

    assert [type(change) for change in changes] == [Interaction]


# Bounces and complaints


@pytest.mark.parametrize(
    ("kind", "permanent", "told", "suppressed"),
    [
        (FeedbackKind.BOUNCED, True, EventKind.MAIL_BOUNCED, {ANN.value: "bounced"}),
        (FeedbackKind.BOUNCED, False, EventKind.MAIL_BOUNCED, {}),
        (FeedbackKind.COMPLAINED, True, EventKind.MAIL_COMPLAINED, {ANN.value: "complained"}),
        (FeedbackKind.COMPLAINED, False, EventKind.MAIL_COMPLAINED, {ANN.value: "complained"}),
    ],
)
def test_an_address_that_is_dead_or_unwilling_is_not_written_to_again(
    kind: FeedbackKind, permanent: bool, told: EventKind, suppressed: dict[str, str]
) -> None:
    changes = heard(make_outbound(DeliveryState.DELIVERED), kind, permanent=permanent, detail="550").changes

    customer = next((c for c in changes if isinstance(c, Customer)), make_customer())
    (event,) = [c for c in changes if isinstance(c, Event)]
    assert customer.suppressed == suppressed
    assert (event.what, event.detail["why"]) == (told, "550")


def test_a_bounce_for_good_is_heeded_after_one_that_might_have_healed() -> None:
    mail = make_outbound(DeliveryState.BOUNCED, ses_id="ses-1")

    changes = heard(mail, FeedbackKind.BOUNCED, permanent=True).changes

    (customer,) = [c for c in changes if isinstance(c, Customer)]
    assert customer.suppressed == {ANN.value: "bounced"}


@pytest.mark.parametrize("permanent", [True, False])
def test_the_same_bounce_again_changes_nothing(permanent: bool) -> None:
    mail = make_outbound(DeliveryState.BOUNCED, ses_id="ses-1")
    customer = make_customer(suppressed={ANN.value: "bounced"} if permanent else {})

    assert not heard(mail, FeedbackKind.BOUNCED, customer, permanent=permanent).changes


def test_an_address_is_suppressed_for_its_first_reason() -> None:
    customer = make_customer(suppressed={ANN.value: "bounced"})

    changes = heard(make_outbound(DeliveryState.SENT), FeedbackKind.COMPLAINED, customer).changes

    assert not [change for change in changes if isinstance(change, Customer)]


# Telling the task


@pytest.mark.parametrize("what", ["SES took it", "SES refused it", "Delivery", "Bounce", "Complaint"])
def test_what_becomes_of_a_notice_is_told_to_its_task(what: str) -> None:
    mail = make_outbound(DeliveryState.CLAIMED, task_id="t")

    decision = EVENTS[what](mail)

    (message,) = decision.messages
    assert isinstance(message, MailSettled)
    assert (message.task_id, message.state) == ("t", state_after(decision, mail).value)


@pytest.mark.parametrize("what", ["claim", "SES said not now"])
def test_a_notice_on_its_way_is_no_news_for_its_task(what: str) -> None:
    assert not EVENTS[what](make_outbound(DeliveryState.CLAIMED, task_id="t")).messages


# An answer that did not arrive


@pytest.mark.parametrize(
    ("purpose", "case", "overtaken"),
    [
        (Purpose.DELAY, make_case(status=CaseStatus.WAITING), True),
        (Purpose.DELAY, make_case(status=CaseStatus.SOLVED), True),
        (Purpose.DELAY, None, True),
        (Purpose.DELAY, make_case(), False),
        (Purpose.ACKNOWLEDGEMENT, make_case(status=CaseStatus.SOLVED), False),
    ],
)
def test_nobody_is_told_to_wait_for_an_answer_she_has(purpose: Purpose, case: Case | None, overtaken: bool) -> None:
    assert sending.overtaken(make_outbound(purpose=purpose), case) is overtaken


def test_what_is_not_needed_any_more_is_held_with_the_reason() -> None:
    (mail,) = sending.withheld(make_outbound(purpose=Purpose.DELAY), NOON, "answered meanwhile").changes

    assert (mail.delivery.state, mail.delivery.detail) == (DeliveryState.HELD, "answered meanwhile")
    assert not sending.withheld(mail, NOON, "answered meanwhile").changes


def lost(happens: str, mail: Interaction, case: Case, **customer: Any) -> Decision:
    decision = EVENTS[happens](mail)
    answer = sending.lost_answer(decision)
    assert answer
    return sending.brought_back(decision, answer, case, make_customer(**customer), POLICY)


@pytest.mark.parametrize("happens", ["SES refused it", "Bounce", "Reject"])
def test_the_case_of_an_answer_that_did_not_arrive_is_ours_again_and_says_why(happens: str) -> None:
    waiting = make_case(status=CaseStatus.WAITING, promise=None, waiting_until=LATER)

    (case,) = (c for c in lost(happens, make_outbound(DeliveryState.CLAIMED), waiting).changes if isinstance(c, Case))

    assert (case.status, case.waiting_until, case.priority) == (CaseStatus.OPEN, None, 1)
    assert case.attention.startswith(f"the answer to {ANN.value} ")


@pytest.mark.parametrize("routing", [None, make_routing(needs={}, relaxed=True, relax_at=None)])
def test_a_case_that_is_ours_again_since_its_answer_bounced_stands_in_line_anew(routing: Routing | None) -> None:
    waiting = make_case(status=CaseStatus.WAITING, waiting_until=LATER, routing=routing)

    (case,) = (c for c in lost("Bounce", make_outbound(DeliveryState.SENT), waiting).changes if isinstance(c, Case))

    assert case.waits
    assert (case.routing.since, case.routing.relaxed) == (case.updated_at, False)


def test_a_bounce_leaves_a_case_in_the_hand_it_is_in() -> None:
    taken = make_case(status=CaseStatus.OPEN, assigned_to=BO_ID, routing=make_routing())

    (case,) = (c for c in lost("Bounce", make_outbound(DeliveryState.SENT), taken).changes if isinstance(c, Case))

    assert (case.holder, case.routing) == (BO_ID, taken.routing)


def test_a_solved_case_whose_answer_bounced_is_among_her_open_cases_in_one_write() -> None:
    solved = make_case(status=CaseStatus.SOLVED, solved_at=NOON)
    bounced = news(FeedbackKind.BOUNCED, permanent=True)
    decision = sending.heard(make_outbound(DeliveryState.SENT), make_customer(), bounced, POLICY)
    answer = sending.lost_answer(decision)
    assert answer

    after = sending.brought_back(decision, answer, solved, make_customer(), POLICY)

    (customer,) = (c for c in after.changes if isinstance(c, Customer))
    assert customer.suppressed == {ANN.value: "bounced"}
    assert customer.open_cases == {CASE_ID: ""}


@pytest.mark.parametrize("happens", ["claim", "SES took it", "Send", "Delivery", "Complaint"])
def test_what_may_still_arrive_or_did_brings_no_case_back(happens: str) -> None:
    assert sending.lost_answer(EVENTS[happens](make_outbound(DeliveryState.CLAIMED))) is None


@pytest.mark.parametrize("purpose", [Purpose.ACKNOWLEDGEMENT, Purpose.NOTICE])
def test_machine_mail_that_bounces_brings_no_case_back(purpose: Purpose) -> None:
    mail = make_outbound(DeliveryState.SENT, purpose=purpose)

    assert sending.lost_answer(EVENTS["Bounce"](mail)) is None


def test_a_bounce_is_told_under_the_mails_record_and_heeded_by_the_survivor() -> None:
    survivor = make_customer(id="01S", absorbed=(ANNS_ID,))

    decision = heard(make_outbound(DeliveryState.SENT), FeedbackKind.BOUNCED, survivor, permanent=True)

    (event,) = [change for change in decision.changes if isinstance(change, Event)]
    (customer,) = [change for change in decision.changes if isinstance(change, Customer)]
    assert (event.customer_id, customer.id, list(customer.suppressed)) == (ANNS_ID, "01S", [ANN.value])


SAID_NO = {"email/service": Consent(granted=False, at=NOON, proof="unsubscribe link")}


@pytest.mark.parametrize(
    ("customer", "why"),
    [
        (make_customer(consenting=True), ""),
        (make_customer(consents=SAID_NO), "she wants it no more"),
        (make_customer(consenting=True, blocked="deceased"), "nobody contacts her first any more"),
    ],
)
def test_what_she_said_between_claim_and_sending_holds_for_a_notice(customer: Customer, why: str) -> None:
    notice = make_outbound(purpose=Purpose.NOTICE, template={"purpose": "service"})

    assert sending.needless(notice, None, customer) == why


def test_an_answer_goes_out_whatever_she_unsubscribed_from() -> None:
    answer = make_outbound(purpose=Purpose.REPLY)

    assert sending.needless(answer, None, make_customer(consents=SAID_NO)) == ""


@pytest.mark.parametrize(
    ("before", "after", "counted"),
    [
        (DeliveryState.CLAIMED, DeliveryState.SENT, {"sent": 1}),
        (DeliveryState.CLAIMED, DeliveryState.DELIVERED, {"sent": 1}),
        (DeliveryState.SENT, DeliveryState.DELIVERED, None),
        (DeliveryState.DELIVERED, DeliveryState.COMPLAINED, {"complained": 1}),
        (DeliveryState.CLAIMED, DeliveryState.BOUNCED, {"sent": 1, "bounced": 1}),
        (DeliveryState.CLAIMED, DeliveryState.FAILED, None),
    ],
)
def test_each_notice_is_counted_once_for_the_brake(
    before: DeliveryState, after: DeliveryState, counted: dict[str, int] | None
) -> None:
    notice = make_outbound(before, purpose=Purpose.NOTICE)

    found = sending.notices_counted(notice, after, NOON)

    assert found == ((Tally(("notices", "2026-11-20"), counted),) if counted else ())


@pytest.mark.parametrize(("permanent", "bounced"), [(True, 1), (False, 0)])
def test_the_brake_counts_what_bounced_for_good(permanent: bool, bounced: int) -> None:
    notice = make_outbound(DeliveryState.SENT, purpose=Purpose.NOTICE)

    changes = heard(notice, FeedbackKind.BOUNCED, permanent=permanent).changes

    assert sum(change.amounts["bounced"] for change in changes if isinstance(change, Tally)) == bounced
