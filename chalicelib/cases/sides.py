"""What is said beside a case, to whom, and what may get in? Conversations with others about it, which its customer
never sees and never writes into.

What keeps them apart: an address of their own, whose signature is good for nothing else; Message-IDs that lead here and
never into the case; a place of their own in the table, where nothing that reads the case's thread looks. Nothing is
quoted from one in the other, and nobody who writes here is acknowledged, becomes a customer or opens a case.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.cases import intake, promises
from chalicelib.cases.intake import Intake
from chalicelib.desk import routing
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.messages import Message, NotifyStaff, SendMail
from chalicelib.model.arrival import Arrival
from chalicelib.model.article import Article
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import (
    Attachment,
    Delivery,
    Direction,
    Interaction,
    KnownMessage,
    Purpose,
    Receipt,
    preview_of,
)
from chalicelib.model.notice import NoticeKind
from chalicelib.model.policy import Policy
from chalicelib.model.side import MOST_IN_A_CASE, MOST_PARTIES, SideConversation

AN_HOUR = timedelta(hours=1)
MOST_HEARD = 20  # in one conversation within an hour; what follows is kept but moves nothing
GONE = "its side conversation is gone"
INTRUDED = "the customer wrote to the address of a side conversation"
NOT_A_PARTY = "its sender is none of those we wrote to"
ANSWERED = "an answer came in side conversation {number}"
WHY_RESUMED = "an answer came that we waited for"


def begin(
    case: Case,
    customer: Customer,
    to: Sequence[str],
    *,
    subject: str,
    language: str,
    author: str,
    by: str,
    policy: Policy,
    now: datetime,
) -> tuple[SideConversation, Case]:
    """A conversation with these addresses, normalised, and the case that counts it.

    Raises Invalid for an address that must not be in it, Conflict when the case takes none.
    """
    if case.merged_into:
        raise Conflict("the case was merged into another: begin it there")
    if case.sides >= MOST_IN_A_CASE:
        raise Conflict(f"a case has at most {MOST_IN_A_CASE} side conversations: go on in one of them")
    parties = tuple(dict.fromkeys(to))
    if not 1 <= len(parties) <= MOST_PARTIES:
        raise Invalid(f"one to {MOST_PARTIES} addresses take part", "/to")
    for place, address in enumerate(to):
        if is_hers(address, case, customer):
            raise Invalid("this is the customer, or takes part in her case: answer in the case", f"/to/{place}")
        if policy.is_ours(address):
            raise Invalid("this is an address of ours: it would come back", f"/to/{place}")
    number = case.sides + 1
    begun = SideConversation(
        case_id=case.id,
        number=number,
        customer_id=case.customer_id,
        subject=subject,
        to=parties,
        language=language,
        opened_at=now,
        updated_at=now,
        author=author,
        by=by,
    )
    return begun, replace(case, sides=number, updated_at=now)


def write(
    side: SideConversation,
    case: Case,
    *,
    answered: Interaction | None,
    author: str,
    text: str,
    body_key: str,
    articles: tuple[Article, ...] = (),
    attachments: tuple[Attachment, ...] = (),
    receipt_key: str,
    fingerprint: str,
    now: datetime,
) -> tuple[Decision, Receipt]:
    """One letter to each of them, stored and queued. `answered`: what came last, for the thread in their programs.

    Raises Conflict in one that is closed.
    """
    if not side.open:
        raise Conflict("this side conversation is closed: reopen it first")
    letters = tuple(
        Interaction(
            id=ids.derived_ulid(now, receipt_key, "side", str(place)),
            customer_id=side.customer_id,
            case_id=side.case_id,
            at=now,
            channel="email",
            direction=Direction.OUT,
            purpose=Purpose.SIDE,
            tier=case.tier,
            author=author,
            subject=f"{side.subject} [{side.reference}]",
            preview=preview_of(text),
            body_key=body_key,
            language=side.language,
            references=(*answered.references, answered.message_id) if answered and answered.message_id else (),
            delivery=Delivery(to=address, since=now),
            articles=tuple(article.id for article in articles),
            attachments=attachments,
            side=side.number,
        )
        for place, address in enumerate(side.to)
    )
    receipt = Receipt(
        key=receipt_key,
        fingerprint=fingerprint,
        at=now,
        customer_id=side.customer_id,
        case_id=side.case_id,
        interaction_id=letters[0].id,
    )
    further = replace(side, messages=side.messages + 1, unread=False, updated_at=now)
    changes: list[object] = [*letters, receipt, further]
    if side.version is None:
        changes += [case, told(side, EventKind.SIDE_OPENED, now, by=author)]
    elif case.attention == ANSWERED.format(number=side.number):
        changes.append(replace(case, attention="", updated_at=now))
    changes += [replace(article, used=article.used + 1) for article in articles]
    messages = tuple(SendMail(customer_id=letter.customer_id, interaction_id=letter.id) for letter in letters)
    return Decision(tuple(changes), messages, reason="side"), receipt


def set_open(side: SideConversation, wanted: bool, now: datetime, *, by: str) -> Decision:
    """Closed or reopened, on somebody's word. A repetition changes nothing; what comes in reopens it."""
    if side.open is wanted:
        return Decision(reason="unchanged")
    what = EventKind.SIDE_REOPENED if wanted else EventKind.SIDE_CLOSED
    moved = replace(side, closed_at=None if wanted else now, closed_by="" if wanted else by, updated_at=now)
    return Decision((moved, told(side, what, now, by=by)), reason=what.value)


def read(side: SideConversation) -> Decision:
    """Somebody of ours looked at it."""
    return Decision((replace(side, unread=False),), reason="read") if side.unread else Decision(reason="read before")


# ── What comes in ─────────────────────────────────────────────────────────────────────────────────


def is_hers(address: str, case: Case, customer: Customer | None) -> bool:
    """Whether it is the customer's, or of somebody who takes part in what she reads, or may."""
    own = customer is not None and Handle("email", address) in customer.handles
    return own or address in {participant.address for participant in case.participants}


def check_parties(side: SideConversation, customer: Customer) -> None:
    """Raises Conflict when an address it goes to became the customer's since: by a merge, or a handle more."""
    if any(Handle("email", address) in customer.handles for address in side.to):
        raise Conflict("an address of it is the customer's by now: begin another one with the others")


def is_party(arrival: Arrival, side: SideConversation | None) -> bool:
    """Whether it is proven to come from somebody we wrote to in it."""
    return bool(side and arrival.sender and arrival.trust.identifies and arrival.sender.value in side.to)


def pointed(arrival: Arrival, message: KnownMessage) -> Arrival:
    """The arrival as if it had come to the address of the conversation whose message it answers."""
    return replace(arrival, side_case=message.case_id, side=message.side)


def apart(arrival: Arrival, contents: Mapping[str, tuple[bytes, str]]) -> tuple[Arrival, dict[str, tuple[bytes, str]]]:
    """The arrival with a place of its own for its files, and what lies there: a carrier's logo comes in many
    customers' files, and goes with each of them alone."""
    folder = f"attachments/{ids.fingerprint('side', arrival.receipt_key)}"
    moved = {file.key: f"{folder}/{file.key.rpartition('/')[2]}" for file in arrival.attachments if file.key}
    files = tuple(replace(file, key=moved.get(file.key, "")) for file in arrival.attachments)
    return replace(arrival, attachments=files), {moved.get(key, key): found for key, found in contents.items()}


def take_in(
    arrival: Arrival,
    receipt: Receipt | None,
    repeat: KnownMessage | None,
    case: Case | None,
    side: SideConversation | None,
    owner: Customer | None,
    policy: Policy,
) -> Intake | None:
    """What becomes of something that came to a side conversation; None: it is the customer's answer in a case, and came
    here, too."""
    if receipt:
        return Intake(Decision(reason="duplicate"), receipt, duplicate=True)
    if case is None or side is None or owner is None:
        return put_aside(arrival, GONE)
    if repeat and repeat.side and repeat.fingerprint == arrival.fingerprint:
        again = _receipt(arrival, repeat.customer_id, repeat.case_id, "")
        return Intake(Decision((again,), reason="the same mail again"), again, duplicate=True)
    nobody = "" if arrival.sender else "nobody is named as its sender"
    if why := intake.QUARANTINE.get(arrival.trust, nobody):
        return put_aside(arrival, why)
    if arrival.sender and is_hers(arrival.sender.value, case, owner):
        return None if arrival.by_token else _intruded(arrival, case, side)
    return _append(arrival, repeat, case, side, owner, policy)


def put_aside(arrival: Arrival, why: str) -> Intake:
    return intake.quarantine(arrival, why)


def _intruded(arrival: Arrival, case: Case, side: SideConversation) -> Intake:
    """What she says there is neither shown to the others nor mixed into her own thread unseen: somebody looks."""
    aside = put_aside(arrival, INTRUDED)
    if arrival.machine:
        return aside
    attention = f"{INTRUDED} ({side.number}): look into quarantine"
    moved = replace(case, attention=attention, updated_at=max(case.updated_at, arrival.at))
    seen = told(side, EventKind.SIDE_INTRUDED, arrival.at, quarantined=aside.receipt.interaction_id)
    decision = replace(aside.decision, changes=(*aside.decision.changes, moved, seen))
    return replace(aside, decision=decision)


def _append(
    arrival: Arrival,
    repeat: KnownMessage | None,
    case: Case,
    side: SideConversation,
    owner: Customer,
    policy: Policy,
) -> Intake:
    heard = side.heard if side.heard_since and arrival.at - side.heard_since < AN_HOUR else 0
    frozen = heard >= MOST_HEARD
    flags = [] if arrival.trust.identifies else [f"sender {arrival.trust.value}"]
    flags += [] if arrival.sender and arrival.sender.value in side.to else [NOT_A_PARTY]
    flags += [intake.TOO_OFTEN] if frozen else []
    said = replace(
        intake.interaction_of(arrival, case.tier),
        customer_id=side.customer_id,
        case_id=side.case_id,
        purpose=Purpose.SIDE,
        side=side.number,
        flags=tuple(flags),
    )
    receipt = _receipt(arrival, said.customer_id, said.case_id, said.id)
    changes: list[object] = [said, receipt]
    if arrival.message_id and repeat is None:
        changes.append(
            KnownMessage(
                mailbox=arrival.mailbox,
                message_id=arrival.message_id,
                fingerprint=arrival.fingerprint,
                customer_id=side.customer_id,
                case_id=side.case_id,
                at=arrival.at,
                side=side.number,
            )
        )
    if frozen:
        return Intake(Decision(tuple(changes), reason="side, too often"), receipt, frozen=True)
    further = replace(
        side,
        messages=side.messages + 1,
        heard=heard + 1,
        heard_since=side.heard_since if heard else arrival.at,
        updated_at=max(side.updated_at, arrival.at),
    )
    messages: tuple[Message, ...] = ()
    if not arrival.machine:
        further = replace(further, unread=True, closed_at=None, closed_by="")
        changes += _woken(case, side, owner, arrival.at, policy)
        what = NoticeKind.SIDE_REPLY.value
        to = (side.by,) if side.by else ()
        messages = (NotifyStaff(customer_id=case.customer_id, case_id=case.id, what=what, of=said.id, to=to),)
    return Intake(Decision((*changes, further), messages, reason="side"), receipt)


def _woken(case: Case, side: SideConversation, owner: Customer, at: datetime, policy: Policy) -> list[object]:
    """The case an agent has to look at: what was waited for is there. One solved long ago only says so."""
    attention = case.attention or ANSWERED.format(number=side.number)
    moved = replace(case, attention=attention, snoozed_at=None, snoozed_until=None, updated_at=max(case.updated_at, at))
    asleep = case.status in (CaseStatus.WAITING, CaseStatus.SOLVED) and not case.forgotten(at) and not case.merged_into
    if not asleep:
        return [moved]
    moved = replace(
        promises.resumed(moved, at, policy.calendars, WHY_RESUMED),
        status=CaseStatus.OPEN,
        waiting_until=None,
        solved_at=None,
    )
    moved = routing.routed(moved, owner, case.channel, at, policy, last_free=False)
    if case.id in owner.open_cases:
        return [moved]
    return [moved, replace(owner, open_cases={**owner.open_cases, case.id: case.topic})]


def _receipt(arrival: Arrival, customer_id: str, case_id: str, interaction_id: str) -> Receipt:
    return Receipt(
        key=arrival.receipt_key,
        fingerprint=arrival.fingerprint,
        at=arrival.at,
        customer_id=customer_id,
        case_id=case_id,
        interaction_id=interaction_id,
    )


def told(side: SideConversation, what: EventKind, now: datetime, **detail: str) -> Event:
    return Event(
        id=ids.derived_ulid(now, side.case_id, what.value, str(side.number), str(side.version)),
        customer_id=side.customer_id,
        what=what,
        at=now,
        case_id=side.case_id,
        detail={"side": str(side.number), **detail},
    )
