"""E-mail in and out: a received mail as an arrival, an outbound interaction as a letter."""

from collections.abc import Mapping
from datetime import datetime
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.channels.base import Channel, Reporter
from chalicelib.kernel import clock, ids
from chalicelib.kernel.signing import Keys
from chalicelib.mail import feedback, tokens, verdicts
from chalicelib.mail.feedback import parse_feedback
from chalicelib.mail.message import Address, Envelope, ParsedMail
from chalicelib.model.arrival import Arrival
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer, Handle
from chalicelib.model.feedback import Feedback, FeedbackKind
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.model.policy import Policy

CHANNEL = Channel(name="email", reported_by=Reporter.MACHINE, cost_cents=999)
SERVICE_TAG, CUSTOMER_TAG, INTERACTION_TAG = "liana_purpose", "liana_customer", "liana_interaction"
FORGED = "carries a reply address we never gave out"


def receipt_key(ses_id: str) -> str:
    return f"mail:{ses_id}"


def arrival_of(envelope: Envelope, mail: ParsedMail, policy: Policy, keys: Keys) -> Arrival:
    """A received mail as the intake sees it."""
    token, forged = _token(envelope, mail, keys)
    trust = verdicts.trust(
        envelope.verdicts,
        mail.from_domain,
        envelope_source=envelope.source,
        dkim_domains=mail.dkim_domains,
        has_token=token is not None,
    )
    own = (policy.inbound_domain,)
    machine = verdicts.machine_mail(mail.headers, envelope_source=envelope.source, own_domains=own, loop_token=None)
    answerable, why = verdicts.may_acknowledge(
        mail, trust, envelope_source=envelope.source, own_domains=own, loop_token=None
    )
    sender = mail.sender.email or envelope.source
    return Arrival(
        receipt_key=receipt_key(envelope.ses_id),
        fingerprint=ids.fingerprint(mail.message_id, sender, mail.subject, mail.text),
        channel=CHANNEL.name,
        at=clock.to_millis(envelope.timestamp),
        sender=Handle("email", sender) if sender else None,
        sender_name=mail.sender.name,
        subject=mail.subject,
        text=mail.reply_text or mail.text,
        language=mail.language or "",
        case_id=token.case_id if token else "",
        by_token=token is not None,
        mailbox=_mailbox(envelope, policy),
        message_id=mail.message_id,
        references=tuple(dict.fromkeys((*mail.in_reply_to, *reversed(mail.references)))),
        trust=trust,
        machine=machine or mail.auto or "",
        unanswerable="" if answerable else why,
        warnings=(*mail.warnings, *((FORGED,) if forged else ())),
        raw_key=envelope.key,
    )


def _token(envelope: Envelope, mail: ParsedMail, keys: Keys) -> tuple[tokens.ReplyToken | None, bool]:
    """The first valid reply token among the addresses it came to, and whether a forged one was among them."""
    forged = False
    shown = (address.email for address in (*mail.to, *mail.cc))
    for address in dict.fromkeys((*envelope.recipients, *mail.delivered_to, *shown)):
        found = tokens.read_reply_address(address, keys)
        if isinstance(found, tokens.ReplyToken):
            return found, forged
        forged = forged or isinstance(found, tokens.Forged)
    return None, forged


def _mailbox(envelope: Envelope, policy: Policy) -> str:
    """Our address it came to; a reply address counts as the mailbox we write from."""
    box = next((a for a in envelope.recipients if not a.startswith(("reply+", "reply-"))), "")
    return box or policy.sender_address


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
    now: datetime,
) -> tuple[bytes, str]:
    """The MIME mail of an outbound interaction and the text the customer reads.

    `text` is the agent's answer or the notice. Raises ValueError when no mail can be made of it.
    """
    # Only those who send pay for these at a cold start.
    from jinja2 import TemplateError

    from chalicelib.mail.compose import MailKind, OutgoingMail, compose
    from chalicelib.mail.render import render

    if mail.delivery is None:
        raise ValueError("not an outbound mail")
    zone = customer.time_zone or policy.time_zone
    context = _context(mail, case, company, text, zone, unsubscribe_url)
    try:
        rendered = render(mail.purpose.value, mail.language, context)
    except TemplateError as error:
        raise ValueError(f"template {mail.purpose.value}: {error}") from error
    participant = case.participant(mail.delivery.to) if case else None
    sender = Address(company, policy.sender_address)
    reply_to = sender
    if case:
        number = participant.number if participant else 0
        reply_to = Address(company, tokens.reply_address(policy.inbound_domain, case.id, number, keys))
    raw = compose(
        OutgoingMail(
            kind=MailKind(mail.purpose.value),
            sender=sender,
            to=(Address(customer.name, mail.delivery.to),),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            message_id=f"{mail.id.lower()}@{policy.inbound_domain}",
            date=now,
            reply_to=reply_to,
            in_reply_to=mail.references[-1] if mail.references else None,
            references=mail.references,
            loop_token=keys.sign("loop", mail.id).hex(),
            language=mail.language or None,
            unsubscribe_url=unsubscribe_url or None,
            configuration_set=configuration_set or None,
            tags={
                SERVICE_TAG: mail.purpose.value,
                CUSTOMER_TAG: mail.customer_id,
                INTERACTION_TAG: mail.id,
            },
        )
    )
    return raw, rendered.text


def _context(
    mail: Interaction, case: Case | None, company: str, text: str, zone: str, unsubscribe_url: str
) -> Mapping[str, Any]:
    number = ids.case_number(case.id) if case else ""
    match mail.purpose:
        case Purpose.ACKNOWLEDGEMENT:
            due = _local(mail.template.get("promised_by", ""), zone)
            hours = ceil((due - mail.at).total_seconds() / 3600) if due else 0
            return {
                "company": company,
                "case_number": number,
                "case_subject": mail.subject,
                "promise_due": due,
                "promise_hours": hours,
                "working_hours": False,
                "zone": zone,
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
                "subject": f"Re: {mail.subject}",
                "body": text,
                "agent": mail.author,
                "company": company,
                "case_number": number,
                "history": None,
            }


def _local(instant: str, zone: str) -> datetime | None:
    return clock.from_iso(instant).astimezone(ZoneInfo(zone)) if instant else None


def feedback_of(notification: str) -> Feedback | None:
    """What SES reports, if it is about a mail of ours; its tags say which."""
    event = parse_feedback(notification)
    kind = _HEARD.get(event.kind) if event else None
    if event is None or kind is None or INTERACTION_TAG not in event.tags:
        return None
    return Feedback(
        kind=kind,
        ses_id=event.ses_message_id,
        at=clock.to_millis(event.at) if event.at else clock.now(),
        customer_id=event.tags.get(CUSTOMER_TAG, ""),
        interaction_id=event.tags[INTERACTION_TAG],
        permanent=bool(event.permanent) or kind is FeedbackKind.COMPLAINED,
        detail=" ".join(filter(None, (event.subtype, event.status, event.diagnostic))),
    )


_HEARD = {
    feedback.FeedbackKind.SEND: FeedbackKind.SENT,
    feedback.FeedbackKind.DELIVERY: FeedbackKind.DELIVERED,
    feedback.FeedbackKind.BOUNCE: FeedbackKind.BOUNCED,
    feedback.FeedbackKind.COMPLAINT: FeedbackKind.COMPLAINED,
    feedback.FeedbackKind.REJECT: FeedbackKind.FAILED,
    feedback.FeedbackKind.RENDERING_FAILURE: FeedbackKind.FAILED,
}
