"""What becomes of an arrival? One interaction, in its case, with the customer's tier on it, and our answer.

Everything is decided at once and committed at once: receipt, interaction, case, customer and acknowledgement.
Ids are derived from the receipt key, so a second attempt decides the same and the table refuses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.cases import audience, helping, language, later, participants, promises, threading, urgency
from chalicelib.channels import sms
from chalicelib.customers import consent, identity, lately, tiers, value_index
from chalicelib.desk import routing
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid, KeyReused, NotFound
from chalicelib.kernel.messages import AskMood, BringQuestions, MailSettled, Message, SendMail
from chalicelib.knowledge import deflection
from chalicelib.mail.replies.plain import plain
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case, CaseStatus, Participant, Promise
from chalicelib.model.customer import Customer, CustomerHint
from chalicelib.model.deflection import LONGEST_TOPIC
from chalicelib.model.interaction import (
    Copy,
    Delivery,
    Direction,
    Interaction,
    KnownMessage,
    Purpose,
    Receipt,
    preview_of,
)
from chalicelib.model.known import IntakeFacts
from chalicelib.model.policy import Policy
from chalicelib.model.recovery import Sign
from chalicelib.model.task import TaskState
from chalicelib.model.trust import Trust
from chalicelib.recovery import detecting, following

QUARANTINE = {
    Trust.BLOCKED: "carries a virus",
    Trust.SPAM: "looks like spam",
    Trust.SPOOFED: "its sender is not who it says",
}
OPEN_CASES_WE_ACKNOWLEDGE = 20  # the last line against a loop that no other rule recognised
MOST_COPIES = 1000  # of one mail that are remembered: 100 KB of a row
CHAIN = 50  # Message-IDs an answer carries on
HERSELF = "customer"  # in the history of cases
REVOKED = "came to a reply address that was withdrawn"
UNPROVEN = "somebody unproven writes into this case"
TOO_OFTEN = "frozen: more contacts of this sender in this case than a person writes in an hour"
A_MOMENT = timedelta(milliseconds=1)  # so that the answer stands behind the question on the timeline


@dataclass(frozen=True, slots=True)
class Intake:
    decision: Decision
    receipt: Receipt
    duplicate: bool = False
    frozen: bool = False  # kept, but it moved nothing: see participants.MOST_CONTACTS

    @property
    def filed(self) -> bool:
        """Whether it became a contact of a customer just now: not known before, not quarantined."""
        return bool(self.receipt.customer_id) and not self.duplicate


def take_in(arrival: Arrival, facts: IntakeFacts, policy: Policy, now: datetime) -> Intake:
    """The whole decision about one arrival, which may be told of long after it happened.

    Raises KeyReused (same key, other content), NotFound (a named case or customer that does not exist), Invalid.
    """
    if arrival.time_zone and not identity.is_time_zone(arrival.time_zone):
        raise Invalid("time_zone is an IANA name such as Europe/Berlin", "/customer/time_zone")
    if facts.receipt:
        return _again(arrival, facts.receipt)
    if facts.repeat and facts.repeat.fingerprint == arrival.fingerprint:
        known = Receipt(
            key=arrival.receipt_key,
            fingerprint=arrival.fingerprint,
            at=arrival.at,
            customer_id=facts.repeat.customer_id,
            case_id=facts.repeat.case_id,
        )
        changes = (known, _with_copy(facts.repeat, arrival)) if arrival.raw_key else (known,)
        return Intake(Decision(changes, reason="the same mail again"), known, duplicate=True)
    if arrival.channel == sms.CHANNEL.name and sms.says_stop(arrival.text):
        return _stopped(arrival, facts, now)
    return admit(arrival, facts, policy, now)


def _stopped(arrival: Arrival, facts: IntakeFacts, now: datetime) -> Intake:
    """She wants no more texts, whatever they are about. That is no matter for a case, and is not answered: the carrier
    does that."""
    customer = facts.customer
    if customer is None:
        return quarantine(arrival, "wants no more texts, and nobody we know has this number")
    receipt = replace(_receipt(arrival, interaction_of(arrival, tier="")), customer_id=customer.id, interaction_id="")
    said = {key.partition("/")[2] for key in customer.consents if key.startswith(f"{arrival.channel}/")}
    told: list[object] = []
    for purpose in sorted(said | {"service", "marketing"}):
        changes = consent.withdraw(customer, arrival.channel, purpose, "wrote STOP", now, facts.under).changes
        customer = next((change for change in changes if isinstance(change, Customer)), customer)
        told += [change for change in changes if not isinstance(change, Customer)]
    changed = (customer,) if customer != facts.customer else ()
    return Intake(Decision((receipt, *changed, *told), reason="wants no more texts"), receipt)


def _with_copy(known: KnownMessage, arrival: Arrival) -> KnownMessage:
    """What an erasure finds this copy's original by."""
    copies = (*known.copies, Copy(raw_key=arrival.raw_key, at=arrival.at))
    return replace(known, copies=copies[-MOST_COPIES:])


def admit(arrival: Arrival, facts: IntakeFacts, policy: Policy, now: datetime) -> Intake:
    """The decision about what was not taken in before: filed, or put aside with the reason."""
    if facts.revoked:
        trust = arrival.trust_alone or arrival.trust
        arrival = replace(arrival, case_id="", by_token=False, trust=trust, warnings=(*arrival.warnings, REVOKED))
    if why := quarantined(arrival, facts):
        return quarantine(arrival, why)
    return _file(arrival, facts, policy, now)


def _again(arrival: Arrival, receipt: Receipt) -> Intake:
    # SES never reuses an id; what we read in a mail may change with our parser.
    if receipt.fingerprint != arrival.fingerprint and not arrival.raw_key:
        raise KeyReused("this key came before with other content; use a new key for a new request")
    return Intake(Decision(reason="duplicate"), receipt, duplicate=True)


def quarantined(arrival: Arrival, facts: IntakeFacts) -> str:
    """Why nobody should see this as a customer's contact yet; empty: all is well."""
    if arrival.aside:
        return arrival.aside
    if (arrival.trust is Trust.BLOCKED or not facts.named) and (why := QUARANTINE.get(arrival.trust)):
        return why
    if arrival.sender is None and not arrival.customer_id and not facts.named:
        return "nobody is named as its sender"
    return ""


def quarantine(arrival: Arrival, why: str) -> Intake:
    """Kept, linked to nobody, with the reason."""
    files = tuple(replace(file, key="") for file in arrival.attachments)  # the original holds them
    interaction = replace(
        interaction_of(arrival, tier=""),
        flags=(f"quarantined: {why}",),
        attachments=files,
        body_key="",
    )
    receipt = _receipt(arrival, interaction)
    return Intake(Decision((interaction, receipt), reason=why), receipt)


def _file(arrival: Arrival, facts: IntakeFacts, policy: Policy, now: datetime) -> Intake:
    thread = threading.which_case(arrival, facts)
    customer, owners = _whose(arrival, facts, thread.case or thread.follows, policy)
    customer, told, news = tiers.retiered(customer, policy, now)
    tier = policy.tiers.named(customer.tier)
    belongs_to = thread.case or thread.follows
    under = belongs_to.customer_id if belongs_to else facts.under or customer.id
    via = facts.via if thread.case else None
    follow_ups: tuple[Message, ...] = ()
    if thread.case:
        continued = _continued(arrival, thread.case, customer, policy)
        frozen = continued is None
        case, called_off, follow_ups = _followed_up(arrival, continued or thread.case, frozen)
        told = (*told, *called_off)
    else:
        case, frozen = _opened(arrival, customer, thread.follows, under, policy), False
    case = _routed(arrival, thread.case, case, customer, facts, policy)
    customer, counted = (
        _counted(arrival, facts, thread, case, customer, policy) if _moves(arrival, frozen) else (customer, ())
    )
    cost = 0 if frozen else cost_of(arrival, policy)
    if cost:
        customer = replace(customer, value=value_index.served(customer.value, arrival.at, cost))
    if not frozen and begun_by_her(arrival):
        topic = (arrival.topic or case.topic)[:LONGEST_TOPIC]
        customer = lately.by_contact(customer, arrival.at, rang=arrival.channel == "phone", topic=topic)
    interaction = replace(
        interaction_of(arrival, tier.name),
        # What comes to a case that was merged is told under it, so that undoing finds it there.
        customer_id=via.customer_id if via else under,
        case_id=(via or case).id,
        index=tiers.index_now(customer, policy),
        cost=cost,
        during=facts.via_during if via else facts.owner_during if belongs_to else facts.during,
        flags=(*_flags(arrival, facts, thread, customer), *((TOO_OFTEN,) if frozen else ())),
        mood=arrival.mood,
    )
    receipt = _receipt(arrival, interaction)
    noted = _noted(interaction, thread.case, case, customer, facts, policy) if _moves(arrival, frozen) else None
    if noted:
        customer = noted.customer
        case = replace(case, recovery=noted.caused or case.recovery)
    changes: list[object] = [interaction, receipt, *told, *(noted.changes if noted else ())]
    if case != thread.case:
        changes.append(case)
    listed = case.id in customer.open_cases
    if case.status.is_open and not listed:
        customer = replace(customer, open_cases={**customer.open_cases, case.id: case.topic})
    if arrival.message_id and not facts.repeat:
        changes.append(
            KnownMessage(
                mailbox=arrival.mailbox,
                message_id=arrival.message_id,
                fingerprint=arrival.fingerprint,
                customer_id=interaction.customer_id,
                case_id=interaction.case_id,
                at=arrival.at,
            )
        )
    messages: tuple[Message, ...] = (*news, *follow_ups)
    acks = participants.acknowledged(customer, arrival.at)
    if thread.case is None and acks and (to := _acknowledge_to(arrival, customer, policy)):
        customer = replace(customer, acknowledged=acks)
        acknowledgement = _acknowledgement(arrival, interaction, case, to, policy)
        changes.append(acknowledgement)
        messages = (SendMail(customer_id=under, interaction_id=acknowledgement.id), *messages)
    messages = (*messages, *_asked_of_others(arrival, interaction, policy), *_answers_notice(arrival, facts, frozen))
    if customer != (facts.owner if thread.case or thread.follows else facts.customer):
        changes += [customer, *owners]
    changes += counted
    by = arrival.author or HERSELF
    return Intake(Decision(tuple(changes), messages, reason=thread.reason, by=by), receipt, frozen=frozen)


def _asked_of_others(arrival: Arrival, contact: Interaction, policy: Policy) -> tuple[Message, ...]:
    """What is looked for about a contact after it was taken in: what she asked before, how it sounds to others."""
    told: tuple[Message, ...] = ()
    if arrival.visitor_id:
        brought = BringQuestions(
            customer_id=contact.customer_id,
            case_id=contact.case_id,
            contact_id=contact.id,
            visitor_id=arrival.visitor_id,
            proven=bool(arrival.author or arrival.trust.identifies),
        )
        told = (brought,)
    if policy.second_opinion and arrival.mood_asked:
        told = (*told, AskMood(customer_id=contact.customer_id, interaction_id=contact.id))
    return told


def _answers_notice(arrival: Arrival, facts: IntakeFacts, frozen: bool) -> tuple[Message, ...]:
    """She answered a notice of ours. Only she can: who forwards one has others answer it."""
    notice, sender = facts.notice, facts.customer
    if notice is None or sender is None or notice.customer_id not in sender.ids or not _moves(arrival, frozen):
        return ()
    answered = MailSettled(
        customer_id=notice.customer_id,
        interaction_id=notice.interaction_id,
        task_id=notice.task_id,
        state=TaskState.ANSWERED.value,
        channel=arrival.channel,
        said=plain(arrival.text),
    )
    return (answered,)


def _routed(
    arrival: Arrival, before: Case | None, case: Case, customer: Customer, facts: IntakeFacts, policy: Policy
) -> Case:
    """In its queue, if the next move is ours since this contact."""
    if not case.status.ours or (before and before.status.ours):
        return case
    return routing.routed(case, customer, arrival.channel, arrival.at, policy, last_free=facts.last_free)


def _moves(arrival: Arrival, frozen: bool) -> bool:
    """Whether it is a person's contact that may be hers and counts."""
    return arrival.direction == "in" and not arrival.machine and not frozen and arrival.trust is not Trust.SPOOFED


def _noted(
    contact: Interaction, before: Case | None, case: Case, customer: Customer, facts: IntakeFacts, policy: Policy
) -> following.Noted:
    """What went wrong with it, or goes well again, in her recovery. Only what is proven to be hers is remembered."""
    happening = detecting.Happening(
        at=contact.at,
        entry_id=contact.id,
        case=case,
        before=before,
        contact=contact,
        asked=customer.asked.get(detecting.topic_of(case)),
    )
    seen = (Sign.WROTE_CALMLY,) if contact.mood and not contact.mood.bad else ()
    noted = following.note(customer, facts.recoveries.get(customer.recovery), happening, policy, seen)
    proven = contact.author or Trust(contact.trust).identifies
    if not proven:
        return noted
    return noted._replace(customer=detecting.asking(noted.customer, case, contact.at, contact.channel, policy.recovery))


def _counted(
    arrival: Arrival, facts: IntakeFacts, thread: threading.Thread, case: Case, customer: Customer, policy: Policy
) -> tuple[Customer, tuple[object, ...]]:
    """The figures of who needed a person: the contact is one, and what she had asked about it was not served."""
    contact = deflection.Turned(
        at=arrival.at,
        case_id=case.id,
        channel=arrival.channel,
        topic=arrival.topic,
        text=f"{arrival.subject}\n{arrival.text}",
        language=case.language,
        follows=case.follows,
        opened=thread.case is None,
    )
    hers = arrival.author or arrival.trust.identifies
    return deflection.needed(customer, facts.visitor, contact, policy, proven=bool(hers))


def _followed_up(arrival: Arrival, case: Case, frozen: bool) -> later.CalledOff:
    """What a person's contact means to answers that wait in her case, and to whoever has or follows it."""
    if frozen or not moves(arrival):
        return later.CalledOff(case)
    off = later.she_wrote(case, arrival.at)
    contact = ids.derived_ulid(arrival.at, arrival.receipt_key)
    return off._replace(messages=(*off.messages, *audience.she_wrote(case, contact)))


def cost_of(arrival: Arrival, policy: Policy) -> int:
    """What the contact costs us, in minor units, as if she were of the lowest tier: better service must not lower the
    index that earned it. What we began ourselves, machines, and what is not proven to be hers are not booked on her."""
    return policy.contact_costs.get(arrival.channel, 0) if begun_by_her(arrival) else 0


def begun_by_her(arrival: Arrival) -> bool:
    """Whether a person turned to us, and it is proven that it was she."""
    proven = arrival.author or arrival.trust.identifies
    return arrival.direction == "in" and not arrival.machine and bool(proven)


def _whose(
    arrival: Arrival, facts: IntakeFacts, case: Case | None, policy: Policy
) -> tuple[Customer, tuple[object, ...]]:
    """Whose contact it is: the case's customer, the sender, or somebody new (and her claimed handle)."""
    hint = CustomerHint(
        customer_id=arrival.customer_id,
        handle=arrival.sender,
        name=arrival.sender_name,
        language=arrival.language,
        time_zone=arrival.time_zone,
    )
    if case:
        if arrival.case_id and not arrival.by_token and not arrival.author:
            _must_own(case, facts.customer)
        if facts.owner is None:
            raise NotFound("the customer of this case is gone")
        return facts.owner, ()
    if facts.customer:
        known = identity.better_known(facts.customer, hint) if arrival.trust.identifies else facts.customer
        return known, ()
    if arrival.customer_id:
        raise NotFound("no customer has this id", "/customer/customer_id")
    customer, handle = identity.first_met(hint, policy.tiers.lowest.name, arrival.at)
    return customer, (handle,)


def _must_own(case: Case, customer: Customer | None) -> None:
    """A customer's own form may only add to her own case; a stranger's is as if it did not exist."""
    if customer is None or case.customer_id not in customer.ids:
        raise NotFound("this customer has no such case", "/case_id")


def _opened(arrival: Arrival, customer: Customer, follows: Case | None, under: str, policy: Policy) -> Case:
    tier = policy.tiers.named(customer.tier)
    people: tuple[Participant, ...] = ()
    own = arrival.sender in customer.handles
    if arrival.sender and arrival.sender.kind == "email" and (own or arrival.trust.identifies):
        people = (Participant(number=1, address=arrival.sender.value, confirmed=own),)
    case = Case(
        id=ids.derived_case_id(arrival.receipt_key),
        customer_id=under,
        opened_at=arrival.at,
        updated_at=arrival.at,
        channel=arrival.channel,
        subject=arrival.subject or _first_line(arrival.text),
        topic=arrival.topic,
        status=_first_status(arrival),
        waiting_until=arrival.at + promises.WAIT_FOR_CUSTOMER if arrival.machine else None,
        tier=tier.name,
        language=language.of_case(arrival, customer),
        participants=people,
        heard=participants.heard(arrival, follows) or () if follows else (),
        machine=arrival.machine,
        follows=follows.id if follows else "",
    )
    if arrival.direction == "out" or arrival.machine:
        return case
    case = urgency.began(case, arrival.mood, policy)
    tell = _acknowledge_to(arrival, customer, policy) or ""
    return promises.opened(case, tier, arrival.channel, arrival.at, policy, tell=tell)


def _first_status(arrival: Arrival) -> CaseStatus:
    """Nobody has to answer a machine: its case waits a week for a person to take it up, then it is closed."""
    if arrival.machine:
        return CaseStatus.WAITING
    return CaseStatus.NEW if arrival.direction == "in" else CaseStatus.OPEN


def _continued(arrival: Arrival, case: Case, customer: Customer, policy: Policy) -> Case | None:
    """The case after one more contact; None when its sender wrote too often. Machine mail, spoofed mail and our
    own words move nothing."""
    if not moves(arrival):
        return case
    heard = case.heard if arrival.author else participants.heard(arrival, case)
    if heard is None:
        return None
    case = urgency.heard(case, arrival.mood, customer.tier, arrival.at, policy)
    case = replace(
        case,
        participants=participants.joined(arrival, case, customer),
        heard=heard,
        snoozed_at=None,  # her word brings it back
        snoozed_until=None,
        updated_at=arrival.at,
    )
    if case.status.ours and case.promise and case.promise.running:
        return case
    tier, tell = policy.tiers.named(customer.tier), _acknowledge_to(arrival, customer, policy) or ""
    return replace(
        promises.asked(case, tier, arrival.channel, arrival.at, policy, tell=tell),
        status=CaseStatus.OPEN,
        waiting_until=None,
        solved_at=None,
    )


def moves(arrival: Arrival) -> bool:
    """Whether it is a person's contact with us, which a case has to answer."""
    return not (arrival.machine or arrival.direction == "out" or arrival.trust is Trust.SPOOFED)


def _acknowledge_to(arrival: Arrival, customer: Customer, policy: Policy) -> str | None:
    """The address to acknowledge to; None when no machine may or need answer."""
    if arrival.direction == "out" or arrival.author or arrival.machine or arrival.unanswerable:
        return None
    if not arrival.trust.identifies or len(customer.open_cases) > OPEN_CASES_WE_ACKNOWLEDGE:
        return None
    to = arrival.sender.value if arrival.sender and arrival.sender.kind == "email" else customer.email
    if to not in customer.handles_of("email") or to in customer.suppressed or policy.is_ours(to):
        return None
    return to


def _told_of(promise: Promise, policy: Policy) -> Mapping[str, str]:
    """By when; whether it counts hours in which nobody is there is only said of a company that is always open."""
    told = {"promised_by": clock.iso(promise.due_at)}
    return told if policy.calendars.of(promise.channel).always else {**told, "counted_in": "business time"}


def _acknowledgement(arrival: Arrival, answered: Interaction, case: Case, to: str, policy: Policy) -> Interaction:
    at = arrival.at + A_MOMENT
    chain = (*answered.references, answered.message_id) if answered.message_id else answered.references
    return Interaction(
        id=ids.derived_ulid(at, arrival.receipt_key, "acknowledgement"),
        customer_id=case.customer_id,
        case_id=case.id,
        at=at,
        channel="email",
        direction=Direction.OUT,
        purpose=Purpose.ACKNOWLEDGEMENT,
        tier=case.tier,
        author="Liana",
        subject=case.subject,
        language=case.language,
        references=chain[-CHAIN:],
        delivery=Delivery(to=to, since=at),
        template={**(_told_of(case.promise, policy) if case.promise else {}), helping.CONTACT: answered.id},
    )


def interaction_of(arrival: Arrival, tier: str) -> Interaction:
    """The contact itself, of nobody yet."""
    return Interaction(
        id=ids.derived_ulid(arrival.at, arrival.receipt_key),
        customer_id="",
        at=arrival.at,
        channel=arrival.channel,
        direction=Direction(arrival.direction),
        purpose=Purpose.CONTACT,
        tier=tier,
        author=arrival.author,
        sender=str(arrival.sender or ""),
        subject=arrival.subject,
        preview=preview_of(arrival.text),
        body_key=arrival.body_key,
        language=arrival.language,
        message_id=arrival.message_id,
        mailbox=arrival.mailbox,
        references=tuple(reversed(arrival.references))[-CHAIN:],
        trust=arrival.trust.value,
        machine=arrival.machine,
        warnings=arrival.warnings,
        raw_key=arrival.raw_key,
        attachments=arrival.attachments,
        locked=arrival.locked if arrival.attachments else "",
    )


def _receipt(arrival: Arrival, interaction: Interaction) -> Receipt:
    return Receipt(
        key=arrival.receipt_key,
        fingerprint=arrival.fingerprint,
        at=arrival.at,
        customer_id=interaction.customer_id,
        case_id=interaction.case_id,
        interaction_id=interaction.id,
    )


def _flags(arrival: Arrival, facts: IntakeFacts, thread: threading.Thread, customer: Customer) -> tuple[str, ...]:
    """What whoever reads it must know before believing it."""
    flags = []
    if not arrival.trust.identifies:
        flags.append(f"sender {arrival.trust.value}")
    if facts.repeat:
        flags.append("another mail has the same Message-ID")
    if thread.reason == threading.STRANGERS_REFERENCE:
        flags.append("answers a message of a case its sender does not belong to")
    if thread.reason == threading.STRANGERS_NUMBER:
        flags.append("names a case its sender does not belong to, or is not proven to")
    case = thread.case or thread.follows
    if case and not arrival.author and not arrival.machine and participants.newcomer(arrival, case):
        own = arrival.sender in customer.handles
        known = "new participant" if own else "new participant: answers go to her once she is confirmed"
        flags.append(known if arrival.trust.identifies else UNPROVEN)
    return tuple(flags)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0][:80]
