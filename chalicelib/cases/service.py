"""What is done about contacts: take them in, answer them, and act when a promise is due.

Each function loads facts, asks a rule, commits, returns. Anything may be called twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.cases import answering, intake, promises
from chalicelib.channels import email
from chalicelib.configuration import policy
from chalicelib.gateways import objects, queues, texts
from chalicelib.gateways.secrets import signing_keys
from chalicelib.insight import metrics
from chalicelib.kernel import clock, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import KeyReused, NotFound, TooLarge
from chalicelib.knowledge.articles import insert
from chalicelib.mail.parse import parse_mail
from chalicelib.mail.receipt import envelope_from_raw, parse_receipt
from chalicelib.model.arrival import Arrival
from chalicelib.model.article import Article
from chalicelib.model.interaction import Receipt
from chalicelib.storage import cases as storage
from chalicelib.storage import customers, due, knowledge
from chalicelib.storage.commit import settle
from chalicelib.telemetry import Counted, count, logger

LONGEST_ANSWER = 200_000  # characters


@dataclass(frozen=True, slots=True)
class TakenIn:
    receipt: Receipt
    duplicate: bool


def receive_mail(notification: str) -> TakenIn | None:
    """Takes in the mail SES announces; None for set-up messages. Raises NotFound while it is missing."""
    envelope = parse_receipt(notification)
    if envelope is None:
        return None
    mail = parse_mail(objects.objects.read(envelope.key))
    return take_in(email.arrival_of(envelope, mail, policy(), signing_keys()))


def receive_stored(key: str, stored_at: datetime) -> TakenIn:
    """Takes in raw mail whose announcement was lost, by what SES wrote into its head."""
    raw = objects.objects.read(key)
    envelope = envelope_from_raw(raw, key.rpartition("/")[2], stored_at, key=key)
    return take_in(email.arrival_of(envelope, parse_mail(raw), policy(), signing_keys()))


def take_in(arrival: Arrival) -> TakenIn:
    """One contact of any channel: its interaction, its case, the acknowledgement, all at once and only once.

    Raises KeyReused (same key, other content) and NotFound (a case or customer that does not exist).
    """
    arrival, now = _with_body(arrival), clock.now()

    def decide() -> tuple[Decision, intake.Intake]:
        taken = intake.take_in(arrival, storage.intake_facts(arrival), policy(), now)
        return taken.decision, taken

    decision, taken = settle(decide)
    metrics.count_changes(decision)
    if taken.duplicate:
        count(Counted.DUPLICATE)
    if email.FORGED in arrival.warnings:
        count(Counted.FORGED_TOKEN)
    receipt = taken.receipt
    logger.info(
        "taken_in",
        channel=arrival.channel,
        reason=decision.reason,
        interaction=receipt.interaction_id,
        case=receipt.case_id,
        trust=arrival.trust.value,
        machine=arrival.machine,
    )
    return TakenIn(receipt, taken.duplicate)


def reply(
    case_id: str,
    *,
    author: str,
    text: str,
    then: str,
    articles: Sequence[str] = (),
    receipt_key: str,
    fingerprint: str,
) -> TakenIn:
    """An agent's answer and the articles it inserts: stored, queued to be sent, the promise kept.

    Raises NotFound, KeyReused (same key, other content), Conflict (nowhere to send it), TooLarge.
    """
    now = clock.now()

    def decide() -> tuple[Decision, TakenIn]:
        receipt, case = storage.answerable(case_id, receipt_key)
        if receipt:
            if receipt.fingerprint != fingerprint:
                raise KeyReused("this key came before with other content; use a new key for a new answer")
            return Decision(reason="duplicate"), TakenIn(receipt, True)
        customer = customers.customer(case.customer_id) if case else None
        if case is None or customer is None:
            raise NotFound("no case has this number")
        latest = storage.interactions_of(case.id, None, 20, newest_first=True).items
        answered = next((mail for mail in latest if mail.message_id), None)
        inserted = _articles(articles)
        whole = insert(text, inserted, case.language or customer.language)
        if len(whole) > LONGEST_ANSWER:
            raise TooLarge(f"an answer and its articles have at most {LONGEST_ANSWER} characters", "/text")
        decision, made = answering.reply(
            case,
            customer,
            answered,
            author=author,
            text=whole,
            then=then,
            receipt_key=receipt_key,
            fingerprint=fingerprint,
            # Under its content too: of two attempts that differ, neither writes over the other's words.
            body_key=texts.keep(receipt_key, whole),
            articles=inserted,
            now=now,
        )
        return decision, TakenIn(made, False)

    decision, taken = settle(decide)
    metrics.count_changes(decision)
    return taken


def act_on_case(case_id: str, as_of: datetime) -> None:
    """A promise that is about to break or broke, or a wait that is over."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        case = storage.case(case_id)
        if case is None:
            return Decision(reason="no such case"), None
        return promises.act_on_due(case, customers.customer(case.customer_id), now), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("acted_on_case", case=case_id, reason=decision.reason)


def announce_due(now: datetime) -> int:
    """Queues a message per case and mail that is due; returns how many. Idle, it costs 16 empty queries."""
    announced = 0
    for page in due.work(now):
        queues.queues.send("follow_ups", [messages.to_json(message) for message in page])
        announced += len(page)
    return announced


def _articles(slugs: Sequence[str]) -> tuple[Article, ...]:
    """Each once, in this order. Raises NotFound for the first that does not exist."""
    found = knowledge.named(slugs)
    for place, slug in enumerate(slugs):
        if slug not in found:
            raise NotFound("no article has this slug", f"/articles/{place}")
    return tuple(found[slug] for slug in dict.fromkeys(slugs))


def _with_body(arrival: Arrival) -> Arrival:
    """Text that does not fit a row goes to object storage first; a mail's raw original is there already."""
    if arrival.raw_key:
        return arrival
    return replace(arrival, body_key=texts.keep(arrival.receipt_key, arrival.text))
