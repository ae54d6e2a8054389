"""E-mail as it comes in: a received mail as an arrival, SES's reports as feedback. What goes out is in letters.py."""

import re
from dataclasses import replace

from chalicelib.channels.base import Channel, Reporter
from chalicelib.channels.letters import CUSTOMER_TAG, INTERACTION_TAG
from chalicelib.kernel import clock, ids
from chalicelib.kernel.signing import Keys
from chalicelib.mail.machines.signs import machine_mail
from chalicelib.mail.message import Address, Envelope, ParsedMail, Verdict
from chalicelib.mail.outgoing import tokens
from chalicelib.mail.replies import forwards
from chalicelib.mail.ses import feedback, verdicts
from chalicelib.mail.ses.feedback import parse_feedback
from chalicelib.model.arrival import Arrival
from chalicelib.model.customer import Handle
from chalicelib.model.feedback import Feedback, FeedbackKind
from chalicelib.model.interaction import Attachment
from chalicelib.model.policy import Policy

CHANNEL = Channel(name="email", reported_by=Reporter.MACHINE)
FORGED = "carries a reply address we never gave out"
LISTED = 50  # attachments; the original has them all
_NUMBER = re.compile(r"\[#\s?([0-9A-Za-z]{4}-[0-9A-Za-z]{4}-[0-9A-Za-z]{4})\s?\]")
_FORWARD = re.compile(r"@fwd\b[^\S\n]{0,9}", re.IGNORECASE)
_LOCKS = {
    Verdict.PASS: "",
    Verdict.FAIL: "a virus was found",
    Verdict.GRAY: "it is not certain that there is no virus",
    Verdict.PROCESSING_FAILED: "looking for viruses failed",
    Verdict.DISABLED: "nobody looked for viruses",
}


def receipt_key(ses_id: str) -> str:
    return f"mail:{ses_id}"


def arrival_of(envelope: Envelope, mail: ParsedMail, policy: Policy, keys: Keys) -> Arrival:
    """A received mail as the intake sees it."""
    arrival = _arrival(envelope, mail, policy, keys)
    if policy.is_staff(mail.sender.email) and (command := _FORWARD.match(mail.text.lstrip())):
        return _forwarded(arrival, mail, mail.text.lstrip()[command.end() :])
    return arrival


def contents_of(arrival: Arrival, mail: ParsedMail) -> dict[str, tuple[bytes, str]]:
    """The files to be kept, by their key: content and type."""
    return {
        listed.key: (file.content, file.type)
        for listed, file in zip(arrival.attachments, mail.attachments, strict=False)
    }


def failure_in(mail: ParsedMail) -> str:
    """The error the parser itself failed with: the mail is kept with what its head gave away, and we have to look."""
    failed = next((warning for warning in mail.warnings if warning.startswith("unparsed: ")), "")
    return failed.removeprefix("unparsed: ").partition(":")[0]


def _arrival(envelope: Envelope, mail: ParsedMail, policy: Policy, keys: Keys) -> Arrival:
    token, side, forged = _tokens(envelope, mail, keys)
    alone, trust = (
        verdicts.trust(
            envelope.verdicts,
            mail.from_domain,
            envelope_source=envelope.source,
            dkim_domains=mail.dkim_domains,
            has_token=has_token,
        )
        for has_token in (False, token is not None)
    )
    own = (policy.inbound_domain,)
    machine = machine_mail(mail.headers, envelope_source=envelope.source, own_domains=own, loop_token=None)
    answerable, why = verdicts.may_acknowledge(
        mail, trust, envelope_source=envelope.source, own_domains=own, loop_token=None
    )
    sender = mail.sender.email or envelope.source
    reported = mail.bounce.message_id if mail.bounce else None
    text = mail.reply_text or mail.text
    numbered = _NUMBER.search(mail.subject)
    return Arrival(
        receipt_key=receipt_key(envelope.ses_id),
        fingerprint=ids.fingerprint(mail.message_id, sender, mail.subject, mail.text),
        channel=CHANNEL.name,
        at=clock.to_millis(envelope.timestamp),
        sender=Handle("email", sender) if sender else None,
        sender_name=mail.sender.name,
        subject=mail.subject,
        text=text,
        whole_text=mail.text if mail.text != text else "",
        language=mail.language or "",
        case_id=token.case_id if token else "",
        by_token=token is not None,
        participant=token.participant if token else 0,
        subject_case=(ids.read_case_number(numbered[1]) or "") if numbered else "",
        reports_on=reported or "",
        mailbox=_mailbox(envelope, policy),
        message_id=mail.message_id,
        references=_references(mail, reported),
        trust=trust,
        trust_alone=alone,
        machine=machine or mail.auto or "",
        unanswerable="" if answerable else why,
        warnings=(*mail.warnings, *_notices(mail), *((FORGED,) if forged else ())),
        raw_key=envelope.key,
        attachments=_listed(mail, sender),
        locked=_LOCKS[envelope.verdicts.virus],
        side_case=side.case_id if side else "",
        side=side.number if side else 0,
        aside=_aside(envelope, sender, bool(machine or mail.auto), policy),
    )


def _aside(envelope: Envelope, sender: str, machine: bool, policy: Policy) -> str:
    """Why it is no contact of a customer, whoever sent it: what our letters to colleagues bring back."""
    if set(envelope.recipients) == {policy.notices_address}:
        return "answers a letter to the staff, which nobody reads"
    if machine and (policy.is_staff(sender) or sender in policy.notify):
        return "an automatic answer of a colleague"
    return ""


def _references(mail: ParsedMail, reported: str | None) -> tuple[str, ...]:
    """What it answers, newest first."""
    answered = (*mail.in_reply_to, *reversed(mail.references))
    return tuple(dict.fromkeys((reported, *answered) if reported else answered))


def _notices(mail: ParsedMail) -> tuple[str, ...]:
    """What whoever reads it should be told besides what the parser stumbled over."""
    notices = []
    if bounce := mail.bounce:
        status = f" ({bounce.status})" if bounce.status else ""
        notices.append(f"reports that a mail to {bounce.recipient or 'somebody'} did not arrive{status}")
    if mail.protection == "encrypted":
        notices.append("encrypted: nobody here can read it")
    if mail.original_sender:
        notices.append(f"passed on by a list; first sent by {mail.original_sender.email}")
    if len(mail.attachments) > LISTED:
        notices.append(f"{len(mail.attachments)} attachments, the first {LISTED} are listed")
    return tuple(notices)


def files_of(sender: str) -> str:
    """The folder of what came from this address."""
    return f"attachments/{ids.fingerprint('sender', sender)}/"


def _listed(mail: ParsedMail, sender: str) -> tuple[Attachment, ...]:
    """The files, each under its hash: what one sender sends again and again, as her logo, is kept once."""
    folder = files_of(sender).rstrip("/")
    return tuple(
        Attachment(
            name=file.name,
            type=file.type,
            size=file.size,
            key=f"{folder}/{file.sha256}",
            content_id=file.content_id or "",
        )
        for file in mail.attachments[:LISTED]
    )


def _forwarded(arrival: Arrival, mail: ParsedMail, note: str) -> Arrival:
    """A colleague hands a customer's mail on with `@fwd` before anything else: the case is the customer's.

    Only from staff that is proven to be who it says; a sender in a body proves nothing by itself.
    """
    if not arrival.trust.identifies:
        return _warned(arrival, "@fwd was not heeded: its sender is not proven")
    original = _original(mail, note)
    if original is None or not original[0].email:
        return _warned(arrival, "@fwd was not heeded: no forwarded mail with a sender was found in it")
    sender, subject, text = original
    return Arrival(
        receipt_key=arrival.receipt_key,
        fingerprint=arrival.fingerprint,
        channel=arrival.channel,
        at=arrival.at,
        sender=Handle("email", sender.email),
        sender_name=sender.name,
        subject=subject or arrival.subject,
        text=text,
        whole_text=mail.text,
        mailbox=arrival.mailbox,
        message_id=arrival.message_id,
        author=str(mail.sender.name or mail.sender.email),
        warnings=(*arrival.warnings, f"forwarded by {mail.sender.email}"),
        raw_key=arrival.raw_key,
        attachments=_listed(mail, sender.email),
        locked=arrival.locked,
    )


def _original(mail: ParsedMail, note: str) -> tuple[Address, str, str] | None:
    """(sender, subject, text) of the mail that was forwarded, attached or in the text."""
    if mail.attached_mail:
        return mail.attached_mail.sender, mail.attached_mail.subject, mail.attached_mail.text
    inline = forwards.original_of(note)
    return (inline.sender, inline.subject, inline.text) if inline else None


def _warned(arrival: Arrival, warning: str) -> Arrival:
    return replace(arrival, warnings=(*arrival.warnings, warning))


def _tokens(
    envelope: Envelope, mail: ParsedMail, keys: Keys
) -> tuple[tokens.ReplyToken | None, tokens.SideToken | None, bool]:
    """The first valid token of each kind among the addresses it came to, and whether a forged one was among them."""
    shown = (address.email for address in (*mail.to, *mail.cc))
    addresses = dict.fromkeys((*envelope.recipients, *mail.delivered_to, *shown))
    found = [tokens.read_reply_address(address, keys) for address in addresses]
    reply = next((token for token in found if isinstance(token, tokens.ReplyToken)), None)
    side = next((token for token in found if isinstance(token, tokens.SideToken)), None)
    forged = any(isinstance(token, tokens.Forged) for token in found[: found.index(reply) if reply else None])
    return reply, side, forged


def _mailbox(envelope: Envelope, policy: Policy) -> str:
    """Our address it came to; a reply address counts as the mailbox we write from."""
    box = next((a for a in envelope.recipients if not a.startswith(("reply+", "reply-", "side+", "side-"))), "")
    return box or policy.sender_address


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
