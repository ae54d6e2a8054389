"""What is done about contacts: take them in, answer them, and act when a promise is due.

Each function loads facts, asks a rule, commits, returns. Anything may be called twice.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from chalicelib.cases import (
    answering,
    correspondence,
    editing,
    intake,
    language,
    later,
    moods,
    participants,
    promises,
    replaying,
    sides,
    urgency,
    views,
    wording,
)
from chalicelib.channels import email
from chalicelib.configuration import OFF, policy
from chalicelib.gateways import mood, objects, queues, texts
from chalicelib.gateways.secrets import signing_keys
from chalicelib.insight import metrics
from chalicelib.kernel import clock, ids, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, KeyReused, NotFound, TooLarge
from chalicelib.kernel.settings import settings
from chalicelib.knowledge import templates
from chalicelib.knowledge.articles import insert, nearest_of
from chalicelib.mail.message import Envelope, Verdicts
from chalicelib.mail.parse import parse_mail
from chalicelib.mail.ses.receipt import envelope_from_raw, parse_receipt
from chalicelib.model.arrival import Arrival
from chalicelib.model.article import Article
from chalicelib.model.case import Case, PromiseKind
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Interaction, Receipt, preview_of
from chalicelib.model.later import LaterState, ScheduledAnswer
from chalicelib.model.mood import MoodLevel
from chalicelib.model.template import Template
from chalicelib.model.trust import Trust
from chalicelib.model.urgency import Urgency
from chalicelib.mood.scorer import language_of
from chalicelib.recovery import detecting, following
from chalicelib.storage import cases as storage
from chalicelib.storage import correspondence as correspondence_storage
from chalicelib.storage import customers, desk, due, histories, knowledge
from chalicelib.storage.calibration import current_policy
from chalicelib.storage.commit import settle
from chalicelib.telemetry import Counted, count, logger

LONGEST_ANSWER = 200_000  # characters
LOOKED_BACK = 20  # interactions, for the mail an answer continues
WRITES_AT_ONCE = 8
Contents = Mapping[str, tuple[bytes, str]]  # by the key of the object: content and type


@dataclass(frozen=True, slots=True)
class TakenIn:
    receipt: Receipt
    duplicate: bool


def receive_mail(notification: str) -> TakenIn | None:
    """Takes in the mail SES announces; None for set-up messages. Raises NotFound while it is missing."""
    envelope = parse_receipt(notification)
    if envelope is None:
        return None
    return _take_in_mail(envelope, objects.objects.read(envelope.key))


def receive_stored(key: str, stored_at: datetime) -> TakenIn:
    """Takes in raw mail whose announcement was lost, by what SES wrote into its head."""
    raw = objects.objects.read(key)
    return _take_in_mail(envelope_from_raw(raw, key.rpartition("/")[2], stored_at, key=key), raw)


def replay(key: str, stored_at: datetime) -> str:
    """Reads stored raw mail again and does what is still to be done about it; returns what that was, in a word. What
    came to a side conversation is taken in if it was not, and else left as it is."""
    raw = views.read_original(key, stored_at)
    envelope = envelope_from_raw(raw, key.rpartition("/")[2], stored_at, key=key)
    arrival, contents = _read(envelope, raw)
    if arrival.side_case:
        return "duplicate" if take_in(arrival, contents).duplicate else "taken in"
    judged = envelope.verdicts != Verdicts()

    def judge() -> intake.Intake:
        known = storage.replay_facts(arrival)
        return replaying.replay(arrival, *known, current_policy(), clock.now(), judged=judged)

    return _settle_again(arrival, contents, judge).decision.reason


def release(interaction_id: str, *, by: str, reason: str) -> TakenIn:
    """Takes in what was quarantined, because somebody says that it is a contact.

    Raises NotFound, or Conflict for what nobody may let in.
    """
    aside = views.quarantined_one(interaction_id)
    known = storage.receipt(email.receipt_key(aside.raw_key.rpartition("/")[2]))
    if known is None:
        raise NotFound("its receipt has expired; log the contact instead")
    if aside.released_to:
        return TakenIn(known, True)
    raw = views.raw_of(aside)
    envelope = envelope_from_raw(raw, aside.raw_key.rpartition("/")[2], aside.at, key=aside.raw_key)
    arrival, contents = _read(envelope, raw)
    arrival = replace(arrival, side_case="", side=0)  # who wrote to a side conversation and should not have
    arrival = _with_mood(arrival, vouched=True)

    def judge() -> intake.Intake:
        aside = views.quarantined_one(interaction_id)
        facts, receipt, _ = storage.replay_facts(arrival)
        return replaying.release(
            arrival, facts, receipt or known, aside, current_policy(), clock.now(), by=by, reason=reason
        )

    taken = _settle_again(arrival, contents, judge)
    return TakenIn(taken.receipt, taken.duplicate)


def _settle_again(arrival: Arrival, contents: Contents, judge: Callable[[], intake.Intake]) -> intake.Intake:
    keep_once = _keeper(arrival, contents)

    def decide() -> tuple[Decision, intake.Intake]:
        taken = judge()
        if taken.filed:
            keep_once()
        return taken.decision, taken

    decision, taken = settle(decide)
    metrics.count_changes(decision)
    logger.info("replayed", reason=decision.reason, interaction=taken.receipt.interaction_id)
    return taken


def _take_in_mail(envelope: Envelope, raw: bytes) -> TakenIn:
    return take_in(*_read(envelope, raw))


def _read(envelope: Envelope, raw: bytes) -> tuple[Arrival, Contents]:
    mail = parse_mail(raw)
    if error := email.failure_in(mail):
        count(Counted.MAIL_UNREADABLE)
        logger.error("mail_unreadable", mail=envelope.ses_id, error=error)
    arrival = _with_mood(_with_body(email.arrival_of(envelope, mail, policy(), signing_keys())))
    return arrival, email.contents_of(arrival, mail)


def take_in(arrival: Arrival, contents: Contents = {}) -> TakenIn:  # noqa: B006 - never changed
    """One contact of any channel: its interaction, its case, the acknowledgement, all at once and only once.

    Raises KeyReused (same key, other content) and NotFound (a case or customer that does not exist).
    """
    arrival, now = _with_mood(_with_body(arrival)), clock.now()
    keep_once = _keeper(arrival, contents)
    apart, its_contents = sides.apart(arrival, contents)
    keep_apart = _keeper(apart, its_contents)

    def decide() -> tuple[Decision, intake.Intake]:
        to_a_side = arrival.side_case and not arrival.aside
        taken = correspondence.take_in_aside(apart) if to_a_side else None
        keep = keep_apart
        if taken is None:
            facts = storage.intake_facts(arrival)
            taken = correspondence.take_in_by_reference(apart, facts)
            if taken is None:
                taken, keep = intake.take_in(arrival, facts, current_policy(), now), keep_once
        if taken.filed:
            keep()
        return taken.decision, taken

    decision, taken = settle(decide)
    metrics.count_changes(decision)
    if taken.duplicate:
        count(Counted.DUPLICATE)
    if email.FORGED in arrival.warnings:
        count(Counted.FORGED_TOKEN)
    if taken.frozen:
        count(Counted.FROZEN)
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


@dataclass(frozen=True, slots=True)
class Replied:
    """`answer`: what was sent, or waits for its time."""

    receipt: Receipt
    duplicate: bool
    answer: Interaction | ScheduledAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, as far as an answer has to know."""

    name: str = ""  # whose uploads she may use: as receipts know her, for two may have one name
    staff_id: str = ""
    team: str = ""  # whose templates, beside everybody's


def reply(
    case_id: str,
    *,
    author: str,
    text: str,
    then: str,
    articles: Sequence[str] = (),
    template: str = "",
    template_values: Mapping[str, str] = MappingProxyType({}),
    uploads: Sequence[str] = (),
    history: bool = True,
    holder: str = "",
    take_over: bool = False,
    seen: int | None = None,
    send_at: datetime | None = None,
    only_if_silent: bool = True,
    caller: Caller = Caller(),
    receipt_key: str,
    fingerprint: str,
) -> Replied:
    """An agent's answer, what its template says and the articles it inserts: stored, queued to be sent, the promise
    kept; or stored until `send_at`.

    `holder`: who answers, as leases know her; `seen`: the edition of the case she answers to.

    Raises NotFound, KeyReused (same key, other content), Conflict (nowhere to send it, somebody else works on it),
    Outdated, Invalid (a field is missing), Invalid, TooLarge.
    """
    now = clock.now()

    def decide() -> tuple[Decision, Replied]:
        receipt, case = storage.answerable(case_id, receipt_key)
        if receipt:
            if receipt.fingerprint != fingerprint:
                raise KeyReused("this key came before with other content; use a new key for a new answer")
            return Decision(reason="duplicate"), Replied(receipt, True, _given(receipt))
        customer = customers.customer(case.customer_id) if case else None
        if case is None or customer is None:
            raise NotFound("no case has this number")
        since = histories.changes_since(case, seen) if seen is not None and seen != case.edition else []
        editing.demand_current(case, seen, since)
        answered = _latest_mail(case, customer)
        written = write(case, customer, text, template, template_values, author=author, team=caller.team)
        inserted = correspondence.knowledge_articles(articles, customer)
        whole = _whole(written.text, inserted, case, customer)
        # Under its content too: of two attempts that differ, neither writes over the other's words.
        files = correspondence.take_files(
            uploads, by=caller.name, case_id=case.id, source=receipt_key, pointer="/attachments", mailed=True
        )
        if send_at:
            answering.address_of(case, customer, answered)
            if then == "solve":
                editing.demand_complete(case, policy().case_fields, "/then")
            waits = ScheduledAnswer(
                id=ids.derived_ulid(now, "later", receipt_key),
                customer_id=case.customer_id,
                case_id=case.id,
                at=now,
                send_at=send_at.astimezone(UTC),
                author=author,
                by=caller.staff_id,
                then=then,
                preview=preview_of(written.text),
                body_key=texts.keep(receipt_key, written.text),
                articles=tuple(article.id for article in inserted),
                template=written.template.id if written.template else "",
                template_language=written.language,
                history=history,
                attachments=files,
                only_if_silent=only_if_silent,
            )
            decision, made = later.schedule(case, waits, receipt_key=receipt_key, fingerprint=fingerprint, now=now)
            return decision, Replied(made, False, waits)
        decision, made = answering.reply(
            case,
            customer,
            answered,
            author=author,
            text=whole,
            then=then,
            receipt_key=receipt_key,
            fingerprint=fingerprint,
            body_key=texts.keep(receipt_key, whole),
            articles=inserted,
            template=written.template,
            template_language=written.language,
            attachments=files,
            history=history,
            fields=policy().case_fields,
            holder=holder or author,
            take_over=take_over,
            now=now,
        )
        first = following.answered(customers.recovery_of(customer), now)
        decision = replace(decision, changes=(*decision.changes, *first))
        return decision, Replied(made, False, _mail_in(decision))

    decision, replied = settle(decide)
    metrics.count_changes(decision)
    return replied


def act_on_answer(customer_id: str, answer_id: str, as_of: datetime | None, why: str) -> None:
    """An answer that waited becomes one, if its time has come and its case still waits for it; it is settled if not."""
    now = max(clock.now(), as_of) if as_of else clock.now()

    def decide() -> tuple[Decision, None]:
        answer, case, customer = correspondence_storage.waiting(customer_id, answer_id)
        if answer is None or customer is None or not answer.waits:
            return Decision(reason="settled"), None
        if case is None or (obstacle := later.obstacle(answer, case)):
            return later.given_up(answer, case, why or (obstacle if case else later.GONE), now), None
        if answer.send_at > now:
            return Decision(reason="not due"), None
        try:
            return _sent_at_last(answer, case, customer, now), None
        except (Conflict, NotFound, TooLarge) as error:
            return later.given_up(answer, case, error.detail, now), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("acted_on_answer", answer=answer_id, reason=decision.reason)


def _sent_at_last(answer: ScheduledAnswer, case: Case, customer: Customer, now: datetime) -> Decision:
    inserted = correspondence.knowledge_articles(answer.articles, customer)
    said = texts.read(answer.body_key) if answer.body_key else answer.preview
    whole, key = _whole(said, inserted, case, customer), f"later:{answer.id}"
    left = tuple(waiting for waiting in case.scheduled if waiting.id != answer.id)
    # What she was to hear does not wait for our own fields: a case that lacks one by now is only not solved.
    unfinished = answer.then == "solve" and editing.missing(case, policy().case_fields)
    then = "wait" if unfinished else answer.then
    decision, receipt = answering.reply(
        replace(case, scheduled=left, lease=None),  # who works on it sees that it went
        customer,
        _latest_mail(case, customer),
        author=answer.author,
        text=whole,
        then=then,
        receipt_key=key,
        fingerprint=answer.id,
        body_key=texts.keep(key, whole),
        articles=inserted,
        template=knowledge.template(answer.template) if answer.template else None,
        template_language=answer.template_language,
        attachments=answer.attachments,
        history=answer.history,
        now=now,
    )
    first = following.answered(customers.recovery_of(customer), now)
    became = replace(answer, state=LaterState.SENT, settled_at=now, interaction_id=receipt.interaction_id)
    return replace(decision, changes=(*decision.changes, *first, became))


class Written(NamedTuple):
    """An agent's words, as far as they are hers or a template's."""

    text: str
    template: Template | None
    language: str  # of the template's text


def write(
    case: Case,
    customer: Customer,
    text: str,
    slug: str,
    values: Mapping[str, str],
    *,
    author: str,
    team: str = "",
    tongue: str = "",
) -> Written:
    """What a template says in this case, with the agent's own words; without one, her words alone. `tongue`: another
    language than hers. Raises NotFound, Invalid."""
    if not slug:
        return Written(text, None, "")
    template = knowledge.template(slug)
    if template is None or not templates.usable(template, team):
        raise NotFound("there is no such template", "/template")
    wanted = tongue or language.of_answers(case, customer)
    spoken_in = nearest_of(template.texts, wanted)
    facts = wording.facts(case, customer, policy(), agent=author, company=settings().company_name, language=spoken_in)
    filled = templates.fill(template, wanted, facts, values, text)
    return Written(filled.text, template, filled.language)


class Preview(NamedTuple):
    written: Written
    wanted: str  # the language it should be in
    customer_id: str


def preview(
    slug: str, case_id: str, text: str, values: Mapping[str, str], *, author: str, team: str, tongue: str
) -> Preview:
    """What an answer made of this template would say. Nothing is counted.

    Raises NotFound, Invalid.
    """
    case = storage.case(case_id)
    customer = customers.customer(case.customer_id) if case else None
    if case is None or customer is None:
        raise NotFound("no case has this number", "/case_id")
    written = write(case, customer, text, slug, values, author=author, team=team, tongue=tongue)
    return Preview(written, tongue or language.of_answers(case, customer), case.customer_id)


def _whole(text: str, articles: Sequence[Article], case: Case, customer: Customer) -> str:
    whole = insert(text, articles, language.of_answers(case, customer))
    if len(whole) > LONGEST_ANSWER:
        raise TooLarge(f"an answer and its articles have at most {LONGEST_ANSWER} characters", "/text")
    return whole


def _given(receipt: Receipt) -> Interaction | ScheduledAnswer:
    """What an earlier call stored."""
    mail = storage.outbound(receipt.customer_id, receipt.interaction_id).mail
    waits = None if mail else correspondence_storage.waiting(receipt.customer_id, receipt.interaction_id).answer
    if found := mail or waits:
        return found
    raise NotFound("this answer is gone: it was kept no longer, or she was erased")


def _mail_in(decision: Decision) -> Interaction:
    return next(change for change in decision.changes if isinstance(change, Interaction))


def set_participant(case_id: str, number: int, state: str, *, by: str) -> None:
    """An agent lets somebody who joined by writing in, or takes her reply address back.

    Raises NotFound, or Conflict for a state she cannot come to.
    """
    rule = {"confirmed": participants.confirm, "revoked": participants.revoke}[state]

    def decide() -> tuple[Decision, None]:
        case = storage.case(case_id)
        if case is None:
            raise NotFound("no case has this number")
        return rule(case, number, clock.now(), by=by), None

    settle(decide)


def unlock(customer_id: str, interaction_id: str, *, by: str, reason: str) -> None:
    """Lets the attachments of a contact be opened although nobody found them to be clean, on somebody's word.

    Raises NotFound.
    """
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        interaction = views.interaction(customer_id, interaction_id)
        if not interaction.locked:
            return Decision(reason="open already"), None
        told = Event(
            id=ids.derived_ulid(now, interaction_id, "unlocked"),
            customer_id=interaction.customer_id,
            what=EventKind.ATTACHMENTS_UNLOCKED,
            at=now,
            case_id=interaction.case_id,
            detail={"by": by, "reason": reason, "was": interaction.locked},
        )
        return Decision((replace(interaction, locked=""), told), reason="unlocked"), None

    settle(decide)


def act_on_case(case_id: str, as_of: datetime) -> None:
    """A promise that is about to break or broke, or a wait that is over."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        case = storage.case(case_id)
        if case is None:
            return Decision(reason="no such case"), None
        customer = customers.customer(case.customer_id)
        told = promises.to_tell(case, customer, now, policy())
        hers = _latest_mail(case, customer, f"email:{told.tell}") if told and customer else None
        agent = desk.agent(case.assigned_to) if case.assigned_to else None
        at_work = agent is not None and agent.online(now)
        decision = promises.act_on_due(case, customer, now, policy(), hers, at_work=at_work)
        return (_with_recovery(decision, case, customer, now) if customer else decision), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("acted_on_case", case=case_id, reason=decision.reason)


def _with_recovery(decision: Decision, before: Case, customer: Customer, now: datetime) -> Decision:
    """A promise that broke is a cause, in the write that says so."""
    broken = [told for told in decision.changes if isinstance(told, Event) and told.what is EventKind.PROMISE_BROKEN]
    if not (first := next((told for told in broken if "again" not in told.detail), None)):
        return decision
    happening = detecting.Happening(
        at=now, entry_id=first.id, case=before, before=before, broken=PromiseKind(first.detail["promise"])
    )
    changed = next((change for change in decision.changes if isinstance(change, Customer)), customer)
    noted = following.note(changed, customers.recovery_of(customer), happening, policy())
    changes: list[object] = [change for change in decision.changes if not isinstance(change, Customer)]
    if noted.caused:
        changes = [replace(change, recovery=noted.caused) if isinstance(change, Case) else change for change in changes]
    if noted.customer != customer:
        changes.append(noted.customer)
    return replace(decision, changes=(*changes, *noted.changes))


def set_urgency(case_id: str, urgent: Urgency, *, by: str, reason: str) -> Case:
    """An agent says how urgent a case is. Raises NotFound."""
    now = clock.now()

    def decide() -> tuple[Decision, Case]:
        case = storage.case(case_id)
        if case is None:
            raise NotFound("no case has this number")
        decision = urgency.put(case, urgent, now, policy(), by=by, reason=reason)
        return decision, next((change for change in decision.changes if isinstance(change, Case)), case)

    return settle(decide)[1]


def ask_mood(customer_id: str, interaction_id: str) -> str:
    """Asks the service that judges moods as well about a contact. Raises Unavailable, to be asked again."""
    contact, _ = storage.outbound(customer_id, interaction_id)
    if contact is None:
        return "gone"
    judged = mood.second.judge(_said_in(contact))

    def decide() -> tuple[Decision, None]:
        contact, customer = storage.outbound(customer_id, interaction_id)
        if contact is None or customer is None:
            return Decision(reason="gone"), None
        case = storage.living(contact.case_id)
        recovery = customers.recovery_of(customer)
        return moods.second_opinion(contact, case, customer, recovery, judged, policy()), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    return decision.reason


def correct_mood(customer_id: str, interaction_id: str, level: MoodLevel, *, by: str) -> Interaction:
    """An agent says how a contact sounded. Raises NotFound, or Conflict for what is no contact of hers."""
    now = clock.now()

    def decide() -> tuple[Decision, Interaction]:
        contact, customer = storage.outbound(customer_id, interaction_id)
        if contact is None or customer is None:
            raise NotFound("she has no such contact")
        decision = moods.corrected(
            contact,
            storage.living(contact.case_id),
            customer,
            customers.recovery_of(customer),
            storage.mood_label(contact.customer_id, contact.id),
            level,
            now,
            policy(),
            by=by,
            language=language_of(contact.preview),
        )
        return decision, next((change for change in decision.changes if isinstance(change, Interaction)), contact)

    decision, contact = settle(decide)
    metrics.count_changes(decision)
    return contact


def _said_in(contact: Interaction) -> str:
    """What is new in it, which its preview begins with."""
    return contact.preview.removesuffix("…")


def announce_due(now: datetime) -> int:
    """Queues a message per case, mail and background work that is due; returns how many. Idle, it costs 16 empty
    queries."""
    announced = 0
    for page in due.work(now):
        lanes: defaultdict[messages.Lane, list[str]] = defaultdict(list)
        for message in page:
            lanes[messages.lane_of(message)].append(messages.to_json(message))
        for lane, bodies in lanes.items():
            queues.queues.send(lane, bodies)
        announced += len(page)
    return announced


def _latest_mail(case: Case, customer: Customer, sender: str = "") -> Interaction | None:
    """The one an answer continues: the last of a person, or of this handle."""
    latest = storage.said_in_all(case, customer, None, LOOKED_BACK, newest_first=True).items
    return next((said for said in latest if answering.can_be_answered(said) and sender in ("", said.sender)), None)


def _with_body(arrival: Arrival) -> Arrival:
    """Names the object that will hold the text, if the row's preview is not all of it."""
    whole = arrival.whole_text or arrival.text
    if whole == preview_of(arrival.text):
        return arrival
    return replace(arrival, whole_text=whole, body_key=texts.key_of(arrival.receipt_key, whole))


def _with_mood(arrival: Arrival, *, vouched: bool = False) -> Arrival:
    """How a person's words sound, by our own model: some 0.2 ms of CPU, and no service. `vouched`: somebody says that
    it is a person's, whatever was thought of its sender."""
    doubtful = not vouched and arrival.trust in (Trust.BLOCKED, Trust.SPAM, Trust.SPOOFED)
    wanted = arrival.direction == "in" and not arrival.machine and not doubtful
    if not wanted or arrival.mood_asked or settings().mood == OFF:
        return arrival
    return replace(arrival, mood=mood.own.judge(arrival.text), mood_asked=True)


def _keeper(arrival: Arrival, contents: Contents) -> Callable[[], None]:
    """Stores the text and the files, the first time it is called: before the interaction that names them."""

    @cache
    def keep() -> None:
        def write(key: str) -> None:
            objects.objects.write(key, *contents[key])

        if arrival.body_key:
            texts.write(arrival.body_key, arrival.whole_text)
        if contents:
            with ThreadPoolExecutor(WRITES_AT_ONCE) as writers:
                list(writers.map(write, contents))

    return keep
