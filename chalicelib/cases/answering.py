"""What does an agent's answer change? The promise is kept, the next move is the customer's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.cases import editing, language, later, promises
from chalicelib.desk import routing
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.messages import Message, SendMail, TeachArticles
from chalicelib.model.article import Article
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.case_field import CaseField
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import (
    Attachment,
    Delivery,
    Direction,
    Interaction,
    Purpose,
    Receipt,
    preview_of,
)
from chalicelib.model.template import Template
from chalicelib.model.trust import Trust

WITHOUT_HISTORY = {"history": "no"}
TEMPLATE, TEMPLATE_LANGUAGE = "template", "template_language"
AFTERWARDS = {"wait": CaseStatus.WAITING, "solve": CaseStatus.SOLVED}


def reply(
    case: Case,
    customer: Customer,
    answered: Interaction | None,
    *,
    author: str,
    text: str,
    then: str,
    receipt_key: str,
    fingerprint: str,
    body_key: str,
    articles: tuple[Article, ...] = (),
    template: Template | None = None,
    template_language: str = "",
    attachments: tuple[Attachment, ...] = (),
    history: bool = True,
    fields: Sequence[CaseField] = (),
    holder: str = "",
    take_over: bool = False,
    now: datetime,
) -> tuple[Decision, Receipt]:
    """The answer stored and queued, the case moved. `answered`: the customer's last mail, for the thread.
    `articles`: what `text` inserts, and `template`: what it was made of; each is counted as used once more. `history`:
    whether what was said before is quoted below it. `fields`: those the company gave its cases. `holder`: who answers,
    as leases know her.

    Raises Conflict when there is no address to answer to, the case is closed or merged, or a colleague works on it
    and it is not taken over; Invalid for an unknown `then`, and for solving what lacks a field.
    """
    if then not in AFTERWARDS:
        raise Invalid(f"then is one of {', '.join(AFTERWARDS)}", "/then")
    editing.demand_not_closed(case)
    before = editing.demand_free(case, holder, now, take_over=take_over)
    if then == "solve":
        editing.demand_complete(case, fields, "/then")
    to = address_of(case, customer, answered)
    status = AFTERWARDS[then]
    mail = Interaction(
        id=ids.derived_ulid(now, receipt_key),
        customer_id=case.customer_id,
        case_id=case.id,
        at=now,
        channel="email",
        direction=Direction.OUT,
        purpose=Purpose.REPLY,
        tier=customer.tier,
        author=author,
        subject=case.subject,
        preview=preview_of(text),
        body_key=body_key,
        language=language.of_answers(case, customer),
        references=(*answered.references, answered.message_id) if answered and answered.message_id else (),
        delivery=Delivery(to=to, since=now),
        template=made_of(history, template.id if template else "", template_language),
        articles=tuple(article.id for article in articles),
        attachments=attachments,
    )
    off = later.solved(case, now) if status is CaseStatus.SOLVED else later.CalledOff(case)
    moved = replace(
        routing.left(promises.answered(editing.awake(off.case), now, solved=status is CaseStatus.SOLVED)),
        status=status,
        priority=promises.RANKED[case.urgency],
        attention="",
        solved_at=now if status is CaseStatus.SOLVED else None,
        waiting_until=now + promises.WAIT_FOR_CUSTOMER if status is CaseStatus.WAITING else None,
        lease=None,
        updated_at=now,
    )
    receipt = Receipt(
        key=receipt_key,
        fingerprint=fingerprint,
        at=now,
        customer_id=case.customer_id,
        case_id=case.id,
        interaction_id=mail.id,
    )
    changes: tuple[object, ...] = (mail, receipt, moved, *editing.taken_over(case, before, now, by=author), *off.told)
    if status is CaseStatus.SOLVED:
        solved = Event(
            id=ids.derived_ulid(now, receipt_key, "solved"),
            customer_id=case.customer_id,
            what=EventKind.CASE_SOLVED,
            at=now,
            case_id=case.id,
            detail={"by": author},
        )
        changes += (solved, routing.remembered(promises.without_case(customer, case.id), moved))
    elif case.id not in customer.open_cases:  # it was solved, and this answer opens it again
        changes += (replace(customer, open_cases={**customer.open_cases, case.id: case.topic}),)
    changes += tuple(replace(article, used=article.used + 1) for article in articles)
    if template:
        changes += (replace(template, used=template.used + 1),)
    messages: tuple[Message, ...] = (SendMail(customer_id=case.customer_id, interaction_id=mail.id), *off.messages)
    if articles:
        messages = (*messages, TeachArticles(customer_id=case.customer_id, interaction_id=mail.id))
    return Decision(changes, messages, reason=then, by=author), receipt


def made_of(history: bool, template: str, template_language: str) -> Mapping[str, str]:
    """What an answer remembers of how it was written."""
    used = {TEMPLATE: template, TEMPLATE_LANGUAGE: template_language} if template else {}
    return used if history else {**WITHOUT_HISTORY, **used}


def without_history(mail: Interaction) -> bool:
    return mail.template.get("history") == "no"


def can_be_answered(said: Interaction) -> bool:
    """Whether it is a mail to us of a person who may be who she says."""
    return bool(
        said.purpose is Purpose.CONTACT and said.message_id and not said.machine and said.trust != Trust.SPOOFED.value
    )


def may_quote(said: Interaction, case: Case, customer: Customer) -> bool:
    """Whether an answer may repeat it below itself: our answers, and what the customer and confirmed participants
    wrote. What agents noted of calls is theirs, and what strangers wrote into the case is nobody's business."""
    if said.purpose is Purpose.REPLY:
        return True
    if said.purpose is not Purpose.CONTACT or said.machine or (said.author and not said.raw_key):
        return False
    people = {f"email:{p.address}" for p in case.participants if p.confirmed and p.revoked_at is None}
    proven = said.trust != Trust.SPOOFED.value
    return not said.sender or (proven and said.sender in people | {str(handle) for handle in customer.handles})


def address_of(case: Case, customer: Customer, answered: Interaction | None) -> str:
    """Who wrote last, if she is confirmed, else the first who is. Raises Conflict when there is nobody."""
    open_to = [p.address for p in case.participants if p.confirmed and p.revoked_at is None]
    reachable = [address for address in open_to if address not in customer.suppressed]
    wrote_last = answered.sender.removeprefix("email:") if answered else ""
    if wrote_last in reachable:
        return wrote_last
    if reachable:
        return reachable[0]
    if customer.email:
        return customer.email
    raise Conflict("this customer has no e-mail address that works; call her, and log the call")
