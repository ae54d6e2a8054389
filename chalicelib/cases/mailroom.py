"""What is done about outbound mail: send it once, hear what became of it, and find mail in that got lost.

cases/sending.py decides; this carries it out.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.cases import sending
from chalicelib.channels import email
from chalicelib.configuration import policy
from chalicelib.gateways import mailer, objects, queues, texts
from chalicelib.gateways.mailer import SendUnclear
from chalicelib.gateways.objects import ARRIVED, Stored
from chalicelib.gateways.secrets import signing_keys
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Permanent, Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.feedback import Feedback
from chalicelib.model.interaction import Interaction, Purpose
from chalicelib.storage import cases as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import Counted, count, logger

UNFILED_FOR = timedelta(minutes=15)  # mail this old should have been taken in
RECEIPTS_AT_ONCE = 100
MOVES_AT_ONCE = 16


class Letter(NamedTuple):
    """A mail as it goes to SES, and to whom."""

    raw: bytes
    to: str


def send_mail(customer_id: str, interaction_id: str) -> str:
    """Sends an outbound interaction that is queued; returns what happened, in a word.

    Raises Unavailable when SES certainly did not take it and it is queued again.
    """
    now = clock.now()

    def claim() -> tuple[Decision, Letter | None]:
        mail, customer = storage.outbound(customer_id, interaction_id)
        if mail is None or customer is None or mail.delivery is None:
            return Decision(reason="gone"), None
        if not (decision := sending.claim(mail, policy(), now)).changes:
            return decision, None
        case = storage.case(mail.case_id) if mail.case_id else None
        try:
            raw, text = _write(mail, case, customer, now)
        except ValueError as error:
            logger.exception("mail_cannot_be_written", interaction=interaction_id)
            return sending.refused(mail, now, f"cannot be written: {error}"), None
        decision = sending.claim(mail, policy(), now, text)
        return decision, Letter(raw, mail.delivery.to) if decision.reason == sending.CLAIM else None

    decision, letter = settle(claim)
    metrics.count_changes(decision)
    if letter is None:
        logger.info("mail_not_sent", interaction=interaction_id, reason=decision.reason)
        return decision.reason
    return _hand_over(letter, customer_id, interaction_id)


def _hand_over(letter: Letter, customer_id: str, interaction_id: str) -> str:
    """SES gets a mail that is claimed, and what it says is recorded."""

    def record(rule: Callable[[Interaction], Decision]) -> str:
        return _record(customer_id, interaction_id, rule)

    try:
        ses_id = mailer.mailer.send(letter.raw, policy().sender_address, letter.to)
    except Unavailable:
        record(lambda mail: sending.released(mail, clock.now()))
        raise
    except Permanent as error:
        detail = error.detail
        return record(lambda mail: sending.refused(mail, clock.now(), detail))
    except SendUnclear as error:
        count(Counted.MAIL_UNCLEAR)
        logger.warning("mail_unclear", interaction=interaction_id, why=str(error))
        return "unclear"
    return record(lambda mail: sending.sent(mail, ses_id, policy(), clock.now()))


def _write(mail: Interaction, case: Case | None, customer: Customer, now: datetime) -> tuple[bytes, str]:
    text = texts.read(mail.body_key) if mail.body_key else mail.preview
    return email.letter(
        mail,
        case,
        customer,
        text=text,
        policy=policy(),
        company=settings().company_name,
        keys=signing_keys(),
        configuration_set=settings().configuration_set,
        unsubscribe_url=_unsubscribe_url(mail) if mail.purpose is Purpose.NOTICE else "",
        now=now,
    )


def _unsubscribe_url(mail: Interaction) -> str:
    from chalicelib.auth.links import unsubscribe_token

    token = unsubscribe_token(
        mail.customer_id, mail.channel, mail.template.get("purpose", ""), mail.task_id, signing_keys()
    )
    return f"{settings().base_url}/u/{token}"


def _record(customer_id: str, interaction_id: str, rule: Callable[[Interaction], Decision]) -> str:
    def decide() -> tuple[Decision, None]:
        mail = storage.outbound(customer_id, interaction_id).mail
        return (rule(mail) if mail else Decision(reason="gone")), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("mail_recorded", interaction=interaction_id, reason=decision.reason)
    return decision.reason


def hear(news: Feedback) -> str:
    """Records what SES reports of a mail we sent; what is not about one of ours changes nothing."""

    def decide() -> tuple[Decision, None]:
        mail, customer = storage.outbound(news.customer_id, news.interaction_id)
        if mail is None or customer is None:
            return Decision(reason="not ours"), None
        return sending.heard(mail, customer, news, policy()), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("mail_feedback", interaction=news.interaction_id, kind=news.kind.value, reason=decision.reason)
    return decision.reason


def reconcile(after: str, out_of_time: Callable[[], bool]) -> str | None:
    """Compares raw mail with receipts, oldest key first: what was taken in is filed away by day, what was not
    is announced again. So only mail not yet filed is ever listed. Returns the key to go on behind if any."""
    cutoff = clock.now() - UNFILED_FOR
    for page in objects.objects.list_arrived(after):
        settled = [stored for stored in page if stored.at <= cutoff]
        for batch in _batches(settled):
            _reconcile(batch)
        if page and out_of_time():
            return page[-1].key
    return None


def _reconcile(batch: list[Stored]) -> None:
    receipt_of = {stored: email.receipt_key(stored.key.removeprefix(ARRIVED)) for stored in batch}
    known = storage.receipts_of(list(receipt_of.values()))
    now = clock.now()
    lost = [s for s in batch if receipt_of[s] not in known and is_announced_at(now - s.at)]
    taken_in = [stored for stored in batch if receipt_of[stored] in known]
    if lost:
        queues.queues.send("mail", [stored_mail_notice(stored) for stored in lost])
        count(Counted.RECONCILED, len(lost))
        logger.warning("mail_reconciled", lost=len(lost))
    with ThreadPoolExecutor(MOVES_AT_ONCE) as movers:
        list(movers.map(_file, taken_in))


def is_announced_at(age: timedelta) -> bool:
    """Whether mail nobody took in is announced by a tick that finds it at this age: at 15 minutes, 1, 6 and 24 hours
    and then once a day, so that mail which cannot be taken in does not fill its dead-letter queue."""
    ticks = age // UNFILED_FOR
    return ticks in (1, 4, 24) or (ticks > 0 and ticks % 96 == 0)


def _file(stored: Stored) -> None:
    objects.objects.move(stored.key, objects.filed_key(stored.key, stored.at))


def stored_mail_notice(stored: Stored) -> str:
    """What the mail queue is told of mail whose announcement got lost."""
    return json.dumps({"stored": stored.key, "at": clock.iso(stored.at)})


def _batches(items: list[Stored]) -> list[list[Stored]]:
    return [items[n : n + RECEIPTS_AT_ONCE] for n in range(0, len(items), RECEIPTS_AT_ONCE)]
