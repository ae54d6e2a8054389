"""An outbound interaction as the letter its reader gets."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import ceil
from types import MappingProxyType
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.kernel import clock, ids
from chalicelib.kernel.signing import Keys
from chalicelib.mail.message import Address
from chalicelib.mail.outgoing import tokens
from chalicelib.model.case import Case, PromiseKind
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Attachment, Interaction, Purpose
from chalicelib.model.policy import Policy
from chalicelib.model.side import SideConversation

SERVICE_TAG, CUSTOMER_TAG, INTERACTION_TAG = "liana_purpose", "liana_customer", "liana_interaction"
_ANSWERS = re.compile(
    r"(?:(?:re|aw|antw|sv|vs|odp|ynt|回复|答复|回覆|答覆|返信)(?:\[\d{1,3}\])?\s?[:：]\s{0,5})+", re.IGNORECASE
)
QUOTED_AT_MOST = 4_000  # characters of each earlier message


class ArticleLine(NamedTuple):
    """An article as an acknowledgement shows it."""

    title: str
    excerpt: str
    url: str


class Help(NamedTuple):
    """Articles that are likely to answer her, the best first, and where she says whether they did."""

    articles: tuple[ArticleLine, ...] = ()
    solved_url: str = ""
    person_url: str = ""


NO_HELP = Help()


def letter(
    mail: Interaction,
    case: Case | None,
    customer: Customer,
    *,
    text: str,
    policy: Policy,
    company: str,
    keys: Keys,
    configuration_set: str,
    unsubscribe_url: str,
    preferences_url: str = "",
    now: datetime,
    history: Sequence[Interaction] = (),
    files: Sequence[tuple[Attachment, bytes]] = (),
    side: SideConversation | None = None,
    votes: Mapping[int, str] = MappingProxyType({}),
    answers: Help = NO_HELP,
) -> tuple[bytes, str]:
    """The MIME mail of an outbound interaction and the text its reader gets. `side`: the conversation it belongs to,
    when that is one beside the case: then nothing of the customer's thread is in it.

    `text` is the agent's answer or the notice, `history` what was said before, newest first, `votes` the
    links of scores, `answers` the articles of an acknowledgement. Raises ValueError
    when no mail can be made of it.
    """
    # Only those who send pay for these at a cold start.
    from jinja2 import TemplateError

    from chalicelib.mail.outgoing.compose import MailKind, OutgoingFile, OutgoingMail, compose
    from chalicelib.mail.outgoing.render import render

    if mail.delivery is None:
        raise ValueError("not an outbound mail")
    zone = customer.time_zone or policy.time_zone
    context = _context(mail, case, customer, company, text, zone, unsubscribe_url, history, side=side, answers=answers)
    if mail.purpose is Purpose.NOTICE:
        context = {**context, "preferences_url": preferences_url}
    if mail.purpose is Purpose.RATING:
        context = {
            "company": company,
            "case_number": ids.case_number(case.id) if case else "",
            "case_subject": mail.subject,
            "votes": votes,
            "unsubscribe_url": unsubscribe_url,
        }
    try:
        rendered = render(mail.purpose.value, mail.language, context)
    except TemplateError as error:
        raise ValueError(f"template {mail.purpose.value}: {error}") from error
    sender = Address(company, policy.sender_address)
    raw = compose(
        OutgoingMail(
            kind=MailKind(mail.purpose.value),
            sender=sender,
            to=_to(mail.delivery.to, customer, side, staff=mail.purpose is Purpose.STAFF),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=f"{mail.id.lower()}@{policy.inbound_domain}",
            date=now,
            reply_to=Address(company, _reply_to(mail, mail.delivery.to, case, side, policy, keys)),
            in_reply_to=mail.references[-1] if mail.references else None,
            references=mail.references,
            loop_token=keys.sign("loop", mail.id).hex(),
            language=mail.language or None,
            unsubscribe_url=unsubscribe_url or None,
            files=tuple(OutgoingFile(file.name, file.type, content) for file, content in files),
            configuration_set=configuration_set or None,
            tags={
                SERVICE_TAG: mail.purpose.value,
                CUSTOMER_TAG: mail.customer_id,
                INTERACTION_TAG: mail.id,
            },
        )
    )
    return raw, rendered.text


def _to(to: str, customer: Customer, side: SideConversation | None, *, staff: bool) -> tuple[Address, ...]:
    """Whom its head names: all of a side conversation see each other there. Her name is for herself only."""
    if side:
        return (Address("", to), *(Address("", other) for other in side.to if other != to))
    return (Address("" if staff else customer.name, to),)


def _reply_to(
    mail: Interaction, to: str, case: Case | None, side: SideConversation | None, policy: Policy, keys: Keys
) -> str:
    if mail.purpose is Purpose.STAFF:
        return policy.notices_address
    if mail.purpose is Purpose.SIDE:
        if side is None:
            raise ValueError("its side conversation is gone")
        return tokens.side_address(policy.inbound_domain, side.case_id, side.number, keys)
    if case is None:
        return policy.sender_address
    participant = case.participant(to)
    return tokens.reply_address(policy.inbound_domain, case.id, participant.number if participant else 0, keys)


def _context(
    mail: Interaction,
    case: Case | None,
    customer: Customer,
    company: str,
    text: str,
    zone: str,
    unsubscribe_url: str,
    history: Sequence[Interaction],
    *,
    side: SideConversation | None,
    answers: Help,
) -> Mapping[str, Any]:
    number = ids.case_number(case.id) if case else ""
    match mail.purpose:
        case Purpose.ACKNOWLEDGEMENT:
            due = _local(mail.template.get("promised_by", ""), zone)
            plain = due and "counted_in" not in mail.template
            hours = ceil((due - mail.at).total_seconds() / 3600) if due and plain else 0
            return {
                "company": company,
                "case_number": number,
                "case_subject": mail.subject,
                "promise_due": due,
                "promise_hours": hours,
                "zone": zone,
                "answers": answers.articles,
                "solved_url": answers.solved_url,
                "person_url": answers.person_url,
            }
        case Purpose.DELAY:
            return {
                "company": company,
                "case_number": number,
                "case_subject": mail.subject,
                "solution": mail.template["promise"] == PromiseKind.SOLUTION.value,
                "promise_due": _local(mail.template["promised_by"], zone),
                "told_by": _local(mail.template["told_by"], zone),
                "zone": zone,
            }
        case Purpose.SIDE:
            return {
                "subject": mail.subject,
                "body": text,
                "agent": mail.author,
                "company": company,
                "reference": side.reference if side else "",
            }
        case Purpose.STAFF:
            return {
                "company": company,
                "case_number": number,
                "case_subject": mail.subject,
                "what": mail.template["what"],
                "detail": mail.template.get("detail", ""),
                "last": "last" in mail.template,
            }
        case Purpose.NOTICE:
            return {
                "subject": mail.subject,
                "body": text,
                "company": company,
                "unsubscribe_url": unsubscribe_url,
            }
        case _:
            return {
                "subject": answering(mail.subject),
                "body": text,
                "agent": mail.author,
                "company": company,
                "case_number": number,
                "history": [_earlier(said, customer, company, zone) for said in history],
            }


def _local(instant: str, zone: str) -> datetime | None:
    return clock.from_iso(instant).astimezone(ZoneInfo(zone)) if instant else None


def answering(subject: str) -> str:
    """`Re: …`, once, whatever mail programs put before it."""
    return f"Re: {_ANSWERS.sub('', subject, count=1).strip()}"


def _earlier(said: Interaction, customer: Customer, company: str, zone: str) -> Mapping[str, Any]:
    ours = f"{said.author} ({company})" if said.purpose is Purpose.REPLY else ""
    hers = not said.sender or said.sender in {str(handle) for handle in customer.handles}
    return {
        "at": said.at.astimezone(ZoneInfo(zone)),
        "by": ours or (customer.name if hers else "") or said.sender.partition(":")[2] or company,
        "text": said.preview[:QUOTED_AT_MOST],
    }
