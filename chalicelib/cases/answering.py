"""What does an agent's answer change? The promise is kept, the next move is the customer's."""

from dataclasses import replace
from datetime import datetime

from chalicelib.cases import promises
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.messages import SendMail
from chalicelib.model.article import Article
from chalicelib.model.case import Case, CaseStatus
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import (
    Delivery,
    Direction,
    Interaction,
    Purpose,
    Receipt,
    preview_of,
)

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
    now: datetime,
) -> tuple[Decision, Receipt]:
    """The answer stored and queued, the case moved. `answered`: the customer's last mail, for the thread.
    `articles`: what `text` inserts; each is counted as used once more.

    Raises Conflict when there is no address to answer to, Invalid for an unknown `then`.
    """
    if then not in AFTERWARDS:
        raise Invalid(f"then is one of {', '.join(AFTERWARDS)}", "/then")
    to = _address(case, customer)
    status = AFTERWARDS[then]
    mail = Interaction(
        id=ids.derived_ulid(now, receipt_key),
        customer_id=customer.id,
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
        language=case.language or customer.language,
        references=(*answered.references, answered.message_id) if answered and answered.message_id else (),
        delivery=Delivery(to=to, since=now),
        articles=tuple(article.id for article in articles),
    )
    moved = replace(
        case,
        status=status,
        priority=0,
        promise=promises.kept(case.promise, now),
        waiting_until=now + promises.WAIT_FOR_CUSTOMER if status is CaseStatus.WAITING else None,
        updated_at=now,
    )
    receipt = Receipt(
        key=receipt_key,
        fingerprint=fingerprint,
        at=now,
        customer_id=customer.id,
        case_id=case.id,
        interaction_id=mail.id,
    )
    changes: tuple[object, ...] = (mail, receipt, moved)
    if status is CaseStatus.SOLVED:
        solved = Event(
            id=ids.derived_ulid(now, receipt_key, "solved"),
            customer_id=customer.id,
            what=EventKind.CASE_SOLVED,
            at=now,
            case_id=case.id,
            detail={"by": author},
        )
        changes += (solved, promises.without_case(customer, case.id))
    elif case.id not in customer.open_cases:  # it was solved, and this answer opens it again
        changes += (replace(customer, open_cases={**customer.open_cases, case.id: case.topic}),)
    changes += tuple(replace(article, used=article.used + 1) for article in articles)
    message = SendMail(customer_id=customer.id, interaction_id=mail.id)
    return Decision(changes, (message,), reason=then), receipt


def _address(case: Case, customer: Customer) -> str:
    for participant in case.participants:
        if participant.address not in customer.suppressed:
            return participant.address
    if customer.email:
        return customer.email
    raise Conflict("this customer has no e-mail address that works; call her, and log the call")
