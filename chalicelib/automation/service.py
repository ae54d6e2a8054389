"""What is done with what happened: the bus is told, webhooks are sent it, rules act on it.

Each may come twice: events have the same ids each time, a webhook's delivery and a rule's run are rows that exist
already.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from chalicelib.auth import views as auth
from chalicelib.automation import actions, deliveries, events, rules, signing, webhooks
from chalicelib.automation.events.cases import of_case
from chalicelib.gateways import bus, outward
from chalicelib.gateways.secrets import signing_keys
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, NotFound, Unavailable
from chalicelib.kernel.settings import settings
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.domain_event import DomainEvent, Subject
from chalicelib.model.rule import Rule, Rulebook, RuleRun
from chalicelib.model.webhook import Attempt, Webhook, WebhookDelivery
from chalicelib.storage import automation as storage
from chalicelib.storage import cases, customers
from chalicelib.storage.calibration import current_policy
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.telemetry import Counted, count, logger


def publish(told: Sequence[str]) -> None:
    """Tells everybody who listens. What fails holds up none of the others; then all is tried again, which is harmless.

    Raises Unavailable.
    """
    happened = [events.from_json(text) for text in told]
    failures = []
    for tell in (_tell_webhooks, _run_rules, _tell_bus):
        try:
            tell(happened)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are told
            logger.exception("events_not_told", to=tell.__name__)
            failures.append(error)
    if failures:
        raise Unavailable(f"not everybody could be told: {type(failures[0]).__name__}") from failures[0]
    count(Counted.EVENT_TOLD, len(happened))


def _tell_bus(happened: Sequence[DomainEvent]) -> None:
    if settings().events_on:
        entries = [bus.Entry(event.type, events.to_json(event), event.timestamp) for event in happened]
        bus.put(entries, f"{events.SOURCE}.{settings().stage}")


# ── Webhooks ──────────────────────────────────────────────────────────────────────────────────────


def _tell_webhooks(happened: Sequence[DomainEvent]) -> None:
    """A row each; two webhooks with the same pattern do not wait for each other."""
    listeners, now = storage.fresh_listeners().webhooks, clock.now()
    for event in happened:
        teams: dict[str, bool] = {}
        for webhook_id, listener in listeners.items():
            if not events.wanted(event.type, listener.types):
                continue
            if listener.team not in teams:
                teams[listener.team] = _of_team(event, listener.team)
            if teams[listener.team]:
                _once(deliveries.made(event, webhook_id, now))


def _of_team(event: DomainEvent, team: str) -> bool:
    customer_id = event.subject.customer_id
    return not team or bool(customer_id and auth.served(team, [customer_id]))


def _once(decision: Decision) -> None:
    """A repetition is refused, and done with."""
    try:
        commit(decision)
    except Refused:
        logger.info("delivery_known")


def deliver(delivery_id: str, tries: int) -> None:
    """One attempt, if it is still to be made."""
    now = clock.now()
    delivery = storage.delivery(delivery_id)
    if delivery is None or not deliveries.is_due(delivery, tries, now):
        return
    webhook = storage.webhook(delivery.webhook_id)
    luck = random.random()  # noqa: S311 - only spreads what comes back
    kept = deliveries.withheld(delivery, webhook, luck, now)
    if kept or webhook is None:
        _once(Decision((kept,), reason="withheld"))
        return
    body, keys = delivery.payload.encode(), signing_keys()
    secrets = [signing.secret_of(webhook.id, secret, keys) for secret in signing.valid(webhook, now)]
    answer = outward.post(webhook.url, body, signing.headers(delivery.event_id, now, body, secrets))
    attempt = Attempt(at=now, status=answer.status, ms=answer.ms, error=answer.error, snippet=answer.snippet)
    after = deliveries.attempted(delivery, attempt, retry_after=answer.retry_after, luck=luck, now=clock.now())
    _once(Decision((after,), reason="attempted"))
    _feel(webhook.id, attempt)
    count(Counted.WEBHOOK_DELIVERED if answer.taken else Counted.WEBHOOK_FAILED)
    logger.info(
        "webhook_attempted", webhook=webhook.id, delivery=delivery.id, status=answer.status, ms=answer.ms,
        error=answer.error, outcome=after.outcome.value,
    )  # fmt: skip


def _feel(webhook_id: str, attempt: Attempt) -> None:
    """What is thought of its address now. When everybody notes the same at once, one of them is enough."""

    def decide() -> tuple[Decision, Webhook | None]:
        webhook = storage.webhook(webhook_id)
        if webhook is None or not webhook.active:
            return Decision(reason="off"), None
        after = deliveries.felt(webhook, attempt, clock.now())
        if after == webhook:
            return Decision(reason="well"), None
        if after.active:
            return Decision((after,), reason="felt"), None
        return Decision((after, webhooks.listening(storage.listeners(), after)), reason="switched off"), after

    try:
        _, off = settle(decide)
    except Refused:
        logger.info("webhook_felt_by_others", webhook=webhook_id)
        return
    if off:
        storage.forget()
        count(Counted.WEBHOOK_SWITCHED_OFF)
        logger.error("webhook_switched_off", webhook=webhook_id, because=off.off_because)


def make_webhook(
    *, url: str, types: tuple[str, ...], description: str, team: str, active: bool, by: str, receipt_key: str
) -> tuple[Webhook, str]:
    """With its secret, which is shown now and never again. The same request again gives the same. Raises Invalid with a
    pointer, or Conflict when there are too many."""
    webhooks.check(url, types, loopback=settings().target == "local")
    now, keys = clock.now(), signing_keys()
    # Whose id follows from its key alone is found again whenever it is asked for: the moment must not be part of it.
    webhook_id = ids.derived_ulid(datetime.fromtimestamp(0, now.tzinfo), "webhook", receipt_key)

    def decide() -> tuple[Decision, Webhook]:
        known = storage.webhook(webhook_id)
        if known:
            return Decision(reason="known"), known
        return webhooks.new(
            storage.listeners(), webhook_id, url=url, types=types, description=description, team=team, active=active,
            keys=keys, by=by, now=now,
        )  # fmt: skip

    _, made = settle(decide)
    storage.forget()
    if (made.url, made.types, made.team) != (url, tuple(dict.fromkeys(types)), team):
        raise Conflict("this key came before with another webhook; use a new key for a new one")
    logger.info("webhook_made", webhook=made.id)
    return made, signing.shown(made.id, made.secrets[0], keys)


def put_webhook(
    webhook_id: str, *, url: str, types: tuple[str, ...], description: str, team: str, active: bool,
    expected: int | None, by: str,
) -> Webhook:  # fmt: skip
    """Raises NotFound, Conflict, or Invalid with a pointer."""
    webhooks.check(url, types, loopback=settings().target == "local")
    now = clock.now()

    def decide() -> tuple[Decision, Webhook]:
        return webhooks.put(
            storage.listeners(), the_webhook(webhook_id), url=url, types=types, description=description, team=team,
            active=active, expected=expected, by=by, now=now,
        )  # fmt: skip

    decision, webhook = settle(decide)
    storage.forget()
    logger.info("webhook_put", webhook=webhook_id, reason=decision.reason)
    return webhook


def rotate_secret(webhook_id: str, *, by: str) -> tuple[Webhook, str]:
    """The new secret, shown now and never again; the one before signs for another day. Raises NotFound."""
    now, keys = clock.now(), signing_keys()
    _, webhook = settle(lambda: webhooks.rotate(the_webhook(webhook_id), keys, by=by, now=now))
    logger.info("webhook_secret_rotated", webhook=webhook_id)
    return webhook, signing.shown(webhook_id, webhook.secrets[0], keys)


def delete_webhook(webhook_id: str, *, by: str) -> None:
    """Its deliveries stay until they expire; what is still to be sent is given up. Raises NotFound."""
    now = clock.now()
    settle(lambda: (webhooks.delete(storage.listeners(), the_webhook(webhook_id), by=by, now=now), None))
    storage.forget()
    logger.info("webhook_deleted", webhook=webhook_id)


def test_webhook(webhook_id: str, *, receipt_key: str) -> str:
    """Sends it an event that nobody else is told of; returns the delivery's id. Raises NotFound, or Conflict when it is
    switched off."""
    webhook, now = the_webhook(webhook_id), clock.now()
    if not webhook.active:
        raise Conflict("this webhook is switched off: switch it on to test it")
    event = DomainEvent(
        id=ids.derived_ulid(now, "test", webhook_id, receipt_key),
        type="webhook.tested",
        timestamp=now,
        stage=settings().stage,
        sequence=0,
        subject=Subject(),
        data={"webhook_id": webhook_id, "because": "somebody asked for it"},
    )
    _once(deliveries.made(event, webhook_id, now))
    return deliveries.id_of(event.id, webhook_id)


def redeliver(webhook_id: str, delivery_id: str) -> WebhookDelivery:
    """Once more, with all its tries. Raises NotFound, or Conflict while it is being tried."""
    now = clock.now()

    def decide() -> tuple[Decision, WebhookDelivery]:
        decision = deliveries.again(the_delivery(webhook_id, delivery_id), now)
        return decision, decision.changes[0]  # type: ignore[return-value]  # what `again` changes

    return settle(decide)[1]


def the_webhook(webhook_id: str) -> Webhook:
    """Raises NotFound."""
    found = storage.webhook(webhook_id)
    if found is None or found.deleted_at:
        raise NotFound("there is no such webhook")
    return found


def the_delivery(webhook_id: str, delivery_id: str) -> WebhookDelivery:
    """Raises NotFound."""
    found = storage.delivery(delivery_id)
    if found is None or found.webhook_id != webhook_id:
        raise NotFound("this webhook has no such delivery, or it has expired")
    return found


# ── Rules ─────────────────────────────────────────────────────────────────────────────────────────


def _run_rules(happened: Sequence[DomainEvent]) -> None:
    """Each rule in its order; one that fails holds up neither the others nor other events."""
    book = storage.fresh_rulebook()
    failures = []
    for event in happened:
        for rule in book.rules:
            if rules.waits_for(rule, event):
                continue
            try:
                ran = _run(rule, book, event)
            except Exception as error:  # noqa: BLE001 - as above
                logger.exception("rule_failed", rule=rule.name, event=event.id)
                failures.append(error)
                continue
            if ran and rule.stop:
                break
    if failures:
        raise failures[0]


def _run(rule: Rule, book: Rulebook, event: DomainEvent) -> bool:
    """Whether it holds, or did when it ran. What it changes, its run and the line on the timeline are one write."""
    now = clock.now()

    def decide() -> tuple[Decision, tuple[bool, RuleRun | None]]:
        if storage.run(_run_id(rule, event)):
            return Decision(reason="ran"), (True, None)
        scene = _scene(event)
        if rules.why_not(rule, scene):
            return Decision(reason="does not hold"), (False, None)
        before = actions.Work(
            rule=rule, event=event, case=scene.case, customer=scene.customer, policy=scene.policy, now=now
        )
        work = actions.done(before)
        if not work.did:
            return Decision(reason="nothing to do"), (True, None)
        ran = _ran(rule, book, work)
        return actions.decision(before, work, ran), (True, ran)

    _, (held, ran) = settle(decide)
    if ran:
        count(Counted.RULE_RAN)
        logger.info("rule_ran", rule=rule.name, event=event.id, did=[did.partition(" ")[0] for did in ran.did])
    return held


def _run_id(rule: Rule, event: DomainEvent) -> str:
    return ids.derived_ulid(ids.instant_of(event.id), "run", rule.name, event.id)


def _ran(rule: Rule, book: Rulebook, work: actions.Work) -> RuleRun:
    return RuleRun(
        id=_run_id(rule, work.event),
        rule=rule.name,
        edition=book.edition,
        at=work.now,
        event_id=work.event.id,
        event_type=work.event.type,
        customer_id=work.event.subject.customer_id,
        case_id=work.event.subject.case_id,
        did=work.did,
        skipped=work.skipped,
    )


def _scene(event: DomainEvent) -> rules.Scene:
    """As both are now: two reads at most, and one more for a customer who was merged."""
    case: Case | None = cases.case(event.subject.case_id) if event.subject.case_id else None
    whose = case.customer_id if case else event.subject.customer_id
    customer: Customer | None = customers.customer(whose) if whose else None
    return rules.Scene(event=event, case=case, customer=customer, policy=current_policy())


def save_rules(source: str) -> Rulebook:
    """The rules of the stage's file take the place of those before, and the relay hands on what they wait for. The same
    again changes nothing. Raises Permanent that says what to correct."""
    read = rules.read_rules(source)
    now = clock.now()

    def decide() -> tuple[Decision, Rulebook]:
        book = storage.rulebook()
        if book.source == source:
            return Decision(reason="unchanged"), book
        saved = replace(book, edition=book.edition + 1, rules=read, source=source, updated_at=now)
        listening = replace(storage.listeners(), rules=rules.types_of(read))
        return Decision((saved, listening), reason="saved"), saved

    _, book = settle(decide)
    storage.forget()
    return book


class Tried(NamedTuple):
    """`why_not`: empty, if it would run; `work`: with what it would do then."""

    rule: Rule
    why_not: str
    work: actions.Work


def dry_run(event_type: str, case_id: str, customer_id: str, data: Mapping[str, Any]) -> tuple[int, list[Tried]]:
    """The rulebook's edition, and each rule by itself. Nothing is changed.

    Raises NotFound for a case or customer that does not exist.
    """
    case = cases.case(case_id) if case_id else None
    if case_id and case is None:
        raise NotFound("no case has this number", "/case_id")
    whose = case.customer_id if case else customer_id
    if whose and customers.customer(whose) is None:
        raise NotFound("no customer has this id", "/customer_id")
    now = clock.now()
    given = dict(data)
    if case and not given and events.BY_NAME[event_type].data.__name__ == "CaseData":
        given = msgspec.to_builtins(of_case(None, case)[0].data)
    event = DomainEvent(
        id=ids.new_ulid(now),
        type=event_type,
        timestamp=now,
        stage=settings().stage,
        sequence=0,
        subject=Subject(customer_id=whose, case_id=case_id),
        data=given,
    )
    scene = _scene(event)
    book = storage.rulebook()
    return book.edition, [_tried(rule, scene, now) for rule in book.rules]


def _tried(rule: Rule, scene: rules.Scene, now: datetime) -> Tried:
    why = rules.waits_for(rule, scene.event) or rules.why_not(rule, scene)
    work = actions.Work(
        rule=rule, event=scene.event, case=scene.case, customer=scene.customer, policy=scene.policy, now=now
    )
    return Tried(rule, why, work if why else actions.done(work))
