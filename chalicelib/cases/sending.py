"""May this mail go out now, and what do we know of it afterwards? Outbound mail as a state machine.

    queued ──claim──▶ claimed ──SES took it──▶ sent ──▶ delivered | bounced | complained
      ▲                  │ SES said not now
      └──────────────────┤ SES refused it ──▶ failed
                         │ nobody knows ──▶ (stays claimed)
    queued ──sending is off──▶ held

A worker claims by a conditional write, sends, and records. If it dies between SES and the table, the mail
stays claimed. SES then reports a Send event, which carries the interaction's id as a tag and settles it; if
none has come when the claim is `unclear_at`, SES did not take the mail and it is claimed again. So it is sent
exactly once, as long as SES reports within that time (it does within seconds; docs/decisions/0004 says what
happens if not).
"""

from dataclasses import replace
from datetime import datetime

from chalicelib.cases import promises
from chalicelib.channels import sms
from chalicelib.desk import routing
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.messages import MailSettled, NoticeKept
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer, consent_key
from chalicelib.model.event import Event, EventKind
from chalicelib.model.feedback import Feedback
from chalicelib.model.interaction import Delivery, DeliveryState, Interaction, KnownMessage, Purpose, preview_of
from chalicelib.model.policy import Policy

CLAIM = "claim"
ON_ITS_WAY = "on its way"
MOST_ATTEMPTS = 10
LOST_PRIORITY = 1
LOST_ASIDE = "a mail of side conversation {number} did not arrive"
NOT_REACHED = "the answer did not reach the customer"


def claim(mail: Interaction, policy: Policy, now: datetime, text: str = "") -> Decision:
    """The claim to send it, with reason CLAIM; any other reason says why it is not ours to send. `text` is
    what the customer will read, kept for whoever looks at the timeline."""
    delivery = _delivery(mail)
    if not delivery.state.pending:
        return Decision(reason=f"is {delivery.state.value}")
    if delivery.state is DeliveryState.CLAIMED and delivery.unclear_at and now < delivery.unclear_at:
        return Decision(reason=ON_ITS_WAY)
    if not policy.sending_on:
        filled = replace(mail, preview=mail.preview or preview_of(text))
        return _move(filled, DeliveryState.HELD, now, detail="sending is switched off")
    if delivery.attempt >= MOST_ATTEMPTS:
        return _move(mail, DeliveryState.FAILED, now, detail=f"given up after {MOST_ATTEMPTS} attempts")
    claimed = replace(delivery, state=DeliveryState.CLAIMED, attempt=delivery.attempt + 1, since=now)
    shown = mail.preview or preview_of(text)
    return Decision((replace(mail, delivery=claimed, preview=shown),), reason=CLAIM)


def overtaken(mail: Interaction, case: Case | None) -> bool:
    """Whether it would say that an answer takes longer to somebody who has it."""
    return mail.purpose is Purpose.DELAY and not (case and case.status.ours)


def kept_back(mail: Interaction, why: str, now: datetime) -> Decision:
    """Not sent, because its play may not send at this moment; whoever planned it is told. What may have been taken by
    SES already is for SES to tell."""
    delivery = _delivery(mail)
    if not delivery.state.pending:
        return Decision(reason=f"is {delivery.state.value} already")
    kept = replace(delivery, state=DeliveryState.HELD, since=now, detail=why)
    told = NoticeKept(customer_id=mail.customer_id, interaction_id=mail.id, task_id=mail.task_id)
    return Decision((replace(mail, delivery=kept),), (told,), reason=why)


def needless(mail: Interaction, case: Case | None, customer: Customer) -> str:
    """Why there is no need to send it any more; empty: there is."""
    return "answered meanwhile" if overtaken(mail, case) else unwanted(mail, customer)


def unwanted(mail: Interaction, customer: Customer) -> str:
    """Why she wants no such notice any more: what she said between its claim and now holds as well. Empty: she does."""
    if mail.purpose is not Purpose.NOTICE:
        return ""
    if customer.blocked:
        return "nobody contacts her first any more"
    said = customer.consents.get(consent_key(mail.channel, mail.template.get("purpose", "")))
    return "she wants it no more" if said and not said.granted else ""


def withheld(mail: Interaction, now: datetime, detail: str) -> Decision:
    """Kept and not sent: there is no need for it any more."""
    if not _delivery(mail).state.pending:
        return Decision(reason=f"is {_delivery(mail).state.value} already")
    return _move(mail, DeliveryState.HELD, now, detail=detail)


def released(mail: Interaction, now: datetime) -> Decision:
    """SES certainly did not take it: back in the queue, unless an earlier attempt turned out to be taken."""
    if _delivery(mail).state is not DeliveryState.CLAIMED:
        return Decision(reason=f"is {_delivery(mail).state.value} already")
    return _move(mail, DeliveryState.QUEUED, now)


def refused(mail: Interaction, now: datetime, detail: str) -> Decision:
    """SES will never take it."""
    if not _delivery(mail).state.pending:
        return Decision(reason=f"is {_delivery(mail).state.value} already")
    return _move(mail, DeliveryState.FAILED, now, detail=detail)


def sent(mail: Interaction, ses_id: str, policy: Policy, now: datetime) -> Decision:
    """SES took it under this id, which answers will refer to (SES replaces Message-IDs): remember it."""
    if not _delivery(mail).state.pending:
        return Decision(reason="known to be sent")
    decision = _move(mail, DeliveryState.SENT, now, ses_id=ses_id)
    return replace(decision, changes=(*decision.changes, *_known_as(mail, ses_id, policy)))


def heard(mail: Interaction, customer: Customer, news: Feedback, policy: Policy) -> Decision:
    """What SES reports of it; reports come late, twice and in any order, and only move it forward."""
    state, before = DeliveryState(news.kind.value), _delivery(mail).state
    if before in _AFTER[state] and not _worse(mail, customer, news, state):
        return Decision(reason=f"is {before.value} already")
    passing = state is DeliveryState.BOUNCED and not news.permanent
    decision = _move(mail, state, news.at, ses_id=news.ses_id, detail=news.detail, passing=passing)
    changes = decision.changes
    if not _delivery(mail).ses_id:
        changes += _known_as(mail, news.ses_id, policy)
    if state is DeliveryState.BOUNCED or state is DeliveryState.COMPLAINED:
        changes += _heeded(mail, customer, news, state)
    return replace(decision, changes=changes)


_OURS = (Purpose.REPLY, Purpose.SIDE)  # what agents write
_LOST = {DeliveryState.BOUNCED, DeliveryState.FAILED}

# States that a report of the key's state can no longer change. A delivered mail may still bounce, or be
# complained of.
_AFTER = {
    # Held while nobody knew whether SES had taken it: then SES says it had.
    DeliveryState.SENT: set(DeliveryState) - {DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.HELD},
    DeliveryState.DELIVERED: {DeliveryState.DELIVERED, DeliveryState.BOUNCED, DeliveryState.COMPLAINED},
    DeliveryState.FAILED: {DeliveryState.FAILED, DeliveryState.BOUNCED, DeliveryState.COMPLAINED},
    DeliveryState.BOUNCED: {DeliveryState.BOUNCED, DeliveryState.COMPLAINED},
    DeliveryState.COMPLAINED: {DeliveryState.COMPLAINED},
}


def _worse(mail: Interaction, customer: Customer, news: Feedback, state: DeliveryState) -> bool:
    """A bounce for good after one that might have healed."""
    delivery = _delivery(mail)
    bounced_again = state is DeliveryState.BOUNCED and delivery.state is DeliveryState.BOUNCED
    to = sms.place(delivery.to) if mail.channel == sms.CHANNEL.name else delivery.to
    return bounced_again and news.permanent and to not in customer.suppressed


def lost_answer(decision: Decision) -> Interaction | None:
    """The agent's answer that, by this decision, did not reach the customer, or whom she wrote to beside the case."""
    for change in decision.changes:
        if isinstance(change, Interaction) and change.purpose in _OURS and change.case_id:
            return change if _delivery(change).state in _LOST else None
    return None


def brought_back(decision: Decision, mail: Interaction, case: Case, customer: Customer, policy: Policy) -> Decision:
    """Its case is ours again, in line, and says why: who believes she was answered is waiting in vain. What is closed
    for good stays so; the bounce is told on the timeline."""
    if case.status is CaseStatus.CLOSED:
        return decision
    delivery = _delivery(mail)
    if mail.purpose is Purpose.SIDE:
        missed = replace(case, attention=case.attention or LOST_ASIDE.format(number=mail.side))
        return replace(decision, changes=(*decision.changes, missed))
    why = f"the answer to {delivery.to} {delivery.state.value}: {delivery.detail}"[:300]
    moved = replace(
        promises.resumed(case, delivery.since, policy.calendars, NOT_REACHED),
        status=CaseStatus.OPEN,
        waiting_until=None,
        solved_at=None,
        snoozed_at=None,
        snoozed_until=None,
        priority=promises.pressed(case, LOST_PRIORITY),
        attention=why,
        updated_at=max(case.updated_at, delivery.since),
    )
    if not case.status.ours:
        moved = routing.routed(moved, customer, case.channel, delivery.since, policy, last_free=False)
    changes = [*decision.changes, moved]
    if case.id not in customer.open_cases:
        # One write per row: the decision may change her already.
        changed = next((change for change in changes if isinstance(change, Customer)), None)
        known = changed or customer
        changes = [change for change in changes if change is not changed]
        changes.append(replace(known, open_cases={**known.open_cases, case.id: case.topic}))
    return replace(decision, changes=tuple(changes))


def _heeded(mail: Interaction, customer: Customer, news: Feedback, state: DeliveryState) -> tuple[object, ...]:
    """What a bounce or complaint changes about the customer, told on her timeline."""
    if mail.purpose is Purpose.STAFF:
        return ()
    bounced = state is DeliveryState.BOUNCED
    told = Event(
        id=ids.derived_ulid(news.at, mail.id, state.value),
        customer_id=mail.customer_id,
        what=EventKind.MAIL_BOUNCED if bounced else EventKind.MAIL_COMPLAINED,
        at=news.at,
        case_id=mail.case_id,
        task_id=mail.task_id,
        detail={"why": news.detail, "permanent": str(news.permanent).lower()},
    )
    if mail.purpose is Purpose.SIDE or (bounced and not news.permanent):  # others' addresses are not hers to heed
        return (told,)
    to = sms.place(_delivery(mail).to) if mail.channel == sms.CHANNEL.name else _delivery(mail).to
    if to in customer.suppressed:
        return (told,)
    return (told, replace(customer, suppressed={**customer.suppressed, to: state.value}))


def _move(
    mail: Interaction,
    state: DeliveryState,
    at: datetime,
    *,
    ses_id: str = "",
    detail: str = "",
    passing: bool = False,
) -> Decision:
    delivery = _delivery(mail)
    moved = replace(
        delivery,
        state=state,
        since=at,
        ses_id=ses_id or delivery.ses_id,
        detail=detail or delivery.detail,
    )
    messages: tuple[MailSettled, ...] = ()
    if mail.task_id and not state.pending:
        messages = (
            MailSettled(
                customer_id=mail.customer_id,
                interaction_id=mail.id,
                task_id=mail.task_id,
                state=state.value,
            ),
        )
    counted = notices_counted(mail, state, at, passing=passing)
    return Decision((replace(mail, delivery=moved), *counted), messages, reason=state.value)


def notices_counted(
    mail: Interaction, state: DeliveryState, at: datetime, *, passing: bool = False
) -> tuple[Tally, ...]:
    """What the brake looks at: notices that left, and what came back of them for good, by day; counted in the write
    that records it, once each. `passing`: it bounced, and another day it may not."""
    if mail.purpose is not Purpose.NOTICE:
        return ()
    what = {"sent": 1} if _delivery(mail).state in _NOT_LEFT and state in _LEFT else {}
    if state in (DeliveryState.BOUNCED, DeliveryState.COMPLAINED) and not passing:
        what[state.value] = 1
    return (Tally(("notices", f"{at:%Y-%m-%d}"), what),) if what else ()


_NOT_LEFT = (DeliveryState.QUEUED, DeliveryState.CLAIMED, DeliveryState.HELD)
_LEFT = (DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.BOUNCED, DeliveryState.COMPLAINED)


def _known_as(mail: Interaction, ses_id: str, policy: Policy) -> tuple[KnownMessage, ...]:
    """As what an answer to it will name it."""
    if not (mail.case_id or mail.task_id) or mail.purpose is Purpose.STAFF:
        return ()
    text = mail.channel == sms.CHANNEL.name
    return (
        KnownMessage(
            mailbox=sms.MAILBOX if text else policy.sender_address,
            message_id=ses_id if text else f"{ses_id}@{policy.ses_message_id_domain}",
            customer_id=mail.customer_id,
            case_id=mail.case_id,
            at=mail.at,
            side=mail.side,
            task_id=mail.task_id,
            interaction_id=mail.id if mail.task_id else "",
        ),
    )


def _delivery(mail: Interaction) -> Delivery:
    if mail.delivery is None:
        raise ValueError("not an outbound mail")
    return mail.delivery
