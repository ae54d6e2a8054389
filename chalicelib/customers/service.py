"""What is done about customers: record what happened to them, heed what they do not want."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers import blocking, consent, facts, handles, languages, learning, merging, night, teams, tiers
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, KeyReused, NotFound
from chalicelib.model.customer import MOST_CONSENTS, Customer, CustomerHint, Handle, consent_key
from chalicelib.model.fact import Fact, FactKind, FactReport
from chalicelib.model.merge import Merge
from chalicelib.model.tally import ERASED
from chalicelib.storage import customers as storage
from chalicelib.storage import tallies
from chalicelib.storage.calibration import current_policy, fresh_policy, stored
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

NIGHT = night.Night(fresh_policy, stored)


@dataclass(frozen=True, slots=True)
class RecordedFact:
    customer_id: str
    fact_id: str
    duplicate: bool


def record_fact(report: FactReport) -> RecordedFact:
    """Records a fact once, whatever its sender repeats, and takes back what it corrects. Raises Invalid, NotFound (a
    customer id nobody has, a fact that is gone), KeyReused (the same event id, other content), or Conflict (corrected
    before, too many traits)."""
    now = clock.now()
    facts.check(report, current_policy(), now)

    def decide() -> tuple[Decision, RecordedFact]:
        known = storage.known(report.receipt_key, report.customer, report.corrects)
        receipt, customer = known.receipt, known.customer
        if receipt and not receipt.waits:
            if receipt.fingerprint != report.fingerprint:
                raise KeyReused("this event id came before with other content; use a new one", "/event_id")
            return Decision(reason="duplicate"), RecordedFact(receipt.customer_id, receipt.interaction_id, True)
        if known.corrects:
            return _recorded(_correction(report, known, now))
        if customer is None and report.customer.customer_id:
            raise NotFound("no customer has this id", "/customer/customer_id")
        decision = facts.record(
            report, customer, current_policy(), now, under=known.under, during=known.during, expected=receipt
        )
        return _recorded(decision)

    decision, recorded = settle(decide)
    metrics.count_changes(decision)
    return recorded


def withdraw_consent(customer_id: str, channel: str, purpose: str, proof: str) -> bool:
    """No more of this purpose on this channel, from now on. False: she said so before, or is unknown."""

    def decide() -> tuple[Decision, bool]:
        customer = storage.customer(customer_id)
        if customer is None:
            return Decision(reason="unknown customer"), False
        decision = consent.withdraw(customer, channel, purpose, proof, clock.now(), under=customer_id)
        return decision, bool(decision.changes)

    decision, withdrawn = settle(decide)
    metrics.count_changes(decision)
    return withdrawn


def say_consent(
    customer_id: str, channel: str, purpose: str, *, granted: bool, proof: str, receipt_key: str, fingerprint: str
) -> RecordedFact:
    """She says herself what she agrees to: a fact like any other. Raises NotFound, KeyReused, and Conflict when there
    is too much of it. One read more than of other facts."""
    known = storage.customer(customer_id)
    if known and len(known.consents) >= MOST_CONSENTS and consent_key(channel, purpose) not in known.consents:
        raise Conflict(f"you may speak of {MOST_CONSENTS} purposes at most; write to us instead", "/purpose")
    said = {"channel": channel, "purpose": purpose, "granted": str(granted).lower(), "proof": proof}
    return record_fact(
        FactReport(
            receipt_key=receipt_key,
            fingerprint=fingerprint,
            customer=CustomerHint(customer_id=customer_id),
            what=FactKind.CONSENT,
            occurred_at=clock.now(),
            data=said,
        )
    )


def add_handle(customer_id: str, handle: Handle, *, by: str) -> Customer:
    """One more way to recognise her. Raises NotFound, HandleTaken, Conflict (she has too many)."""
    now = clock.now()

    def decide() -> tuple[Decision, Customer]:
        customer = _existing(customer_id)
        _, owner = storage.owned(handle)
        decision = handles.added(customer, handle, owner, by=by, now=now)
        return decision, _changed(decision, customer)

    return settle(decide)[1]


def split_off(customer_id: str, handle: Handle, *, author: str, reason: str) -> tuple[Customer, Customer]:
    """Makes a handle a customer of its own; returns who is left and who is new. Raises NotFound, Conflict."""
    now = clock.now()

    def decide() -> tuple[Decision, tuple[Customer, Customer]]:
        customer = _existing(customer_id)
        owner, _ = storage.owned(handle)
        decision = handles.split_off(
            customer,
            owner,
            storage.records(customer.absorbed),
            author=author,
            reason=reason,
            lowest_tier=current_policy().tiers.lowest.name,
            now=now,
        )
        left, alone = [change for change in decision.changes if isinstance(change, Customer)][:2]
        return decision, (left, alone)

    return settle(decide)[1]


def merge(customer_id: str, into: str, *, author: str, reason: str, confirm_external: bool) -> Merge:
    """Two customers turn out to be one person. Raises NotFound, or Conflict, saying what to do instead."""
    now = clock.now()

    def decide() -> tuple[Decision, Merge]:
        survivor, absorbed = storage.pair(into, customer_id)
        if absorbed is None:
            raise NotFound("no customer has this id")
        if survivor is None:
            raise NotFound("no customer has this id", "/into")
        decision = merging.merge(
            survivor,
            absorbed,
            author=author,
            reason=reason,
            confirm_external=confirm_external,
            policy=current_policy(),
            now=now,
        )
        return decision, next(change for change in decision.changes if isinstance(change, Merge))

    decision, made = settle(decide)
    metrics.count_changes(decision)
    return made


def undo_merge(merge_id: str, *, author: str, reason: str) -> Merge:
    """They were two after all. May be repeated. Raises NotFound, or Conflict when more was merged on top of it."""
    now = clock.now()

    def decide() -> tuple[Decision, Merge]:
        made = storage.merge(merge_id)
        if made is None:
            raise NotFound("there is no such merge")
        survivor, absorbed = storage.pair(made.survivor.id, made.absorbed.id)
        if survivor is None or absorbed is None:
            raise NotFound("one of the two is gone")
        # Read before the timelines: whatever is told after that changes the survivor, and refuses the write.
        survivors = storage.told_since(made.survivor.ids, made.at - merging.TOLD_LATE)
        absorbeds = storage.told_since(made.absorbed.ids, made.at - merging.TOLD_LATE)
        since = merging.Since(
            survivors=survivors,
            absorbeds=absorbeds,
            cases=storage.cases_of(survivor.open_cases),
            survivors_still=learning.still_told(learning.corrected(survivors), storage.told(made.survivor.ids)),
            absorbeds_still=learning.still_told(learning.corrected(absorbeds), storage.told(made.absorbed.ids)),
        )
        decision = merging.undo(
            made, survivor, absorbed, since, author=author, reason=reason, policy=current_policy(), now=now
        )
        return decision, next((change for change in decision.changes if isinstance(change, Merge)), made)

    decision, undone = settle(decide)
    metrics.count_changes(decision)
    return undone


def judge_tier(customer_id: str, as_of: datetime) -> None:
    """Her tier, when time or a night may have changed what she keeps. May be repeated."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        customer = storage.customer(customer_id)
        if customer is None:
            return Decision(reason="gone"), None
        return tiers.judged(customer, fresh_policy(), now), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("tier_judged", customer=customer_id, reason=decision.reason)


def night_begins(at: datetime, *, after: datetime | None = None) -> dict[str, Any]:
    """What a pass of the job `calibration` as of a moment is given; `after`: that moment is later than this one."""
    moment = max(at, after + timedelta(seconds=1)) if after else at
    return night.begin(stored(), moment, lambda month: tallies.sums((ERASED, month)))


def pin_tier(customer_id: str, tier: str, *, until: datetime, by: str, reason: str) -> Customer:
    """A person decides her tier until a date. Raises NotFound, or Invalid with a pointer."""
    now = clock.now()

    def decide() -> tuple[Decision, Customer]:
        customer = _existing(customer_id)
        done = tiers.pinned(customer, tier, until=until, by=by, reason=reason, policy=current_policy(), now=now)
        return done.decision("pinned"), done.customer

    decision, customer = settle(decide)
    metrics.count_changes(decision)
    return customer


def unpin_tier(customer_id: str, *, by: str, reason: str) -> Customer:
    """Her index decides again. Raises NotFound, or Conflict where no tier is pinned."""
    now = clock.now()

    def decide() -> tuple[Decision, Customer]:
        customer = _existing(customer_id)
        done = tiers.unpinned(customer, by=by, reason=reason, policy=current_policy(), now=now)
        return done.decision("unpinned"), done.customer

    decision, customer = settle(decide)
    metrics.count_changes(decision)
    return customer


def give_to_team(customer_id: str, team: str, *, author: str, reason: str) -> Customer:
    """Whose customer she is; "": everybody's. May be repeated. Raises NotFound."""
    now = clock.now()

    def decide() -> tuple[Decision, Customer]:
        customer = _existing(customer_id)
        decision = teams.given(customer, team, author=author, reason=reason, now=now)
        return decision, _changed(decision, customer)

    return settle(decide)[1]


def block(customer_id: str, why: str, *, proof: str, by: str) -> Customer:
    """Nobody contacts her first any more. Raises NotFound."""
    return _change(customer_id, lambda customer: blocking.blocked(customer, why, proof=proof, by=by, now=clock.now()))


def unblock(customer_id: str, *, proof: str, by: str) -> Customer:
    """She may be contacted first again. Raises NotFound."""
    return _change(customer_id, lambda customer: blocking.unblocked(customer, proof=proof, by=by, now=clock.now()))


def leave_alone(customer_id: str, until: datetime | None) -> Customer:
    """On her own word nobody contacts her first until then. Raises NotFound."""
    return _change(customer_id, lambda customer: blocking.left_alone(customer, until))


def _change(customer_id: str, rule: Callable[[Customer], Decision]) -> Customer:
    def decide() -> tuple[Decision, Customer]:
        customer = _existing(customer_id)
        decision = rule(customer)
        return decision, _changed(decision, customer)

    decision, changed = settle(decide)
    logger.info("customer_changed", customer=customer_id, reason=decision.reason)
    return changed


def set_language(customer_id: str, language: str, *, chosen: bool, by: str) -> Customer:
    """Which language she reads, on somebody's word. May be repeated. Raises NotFound."""
    now = clock.now()

    def decide() -> tuple[Decision, Customer]:
        customer = _existing(customer_id)
        decision = languages.told(customer, language, chosen=chosen, by=by, now=now)
        return decision, _changed(decision, customer)

    return settle(decide)[1]


def _correction(report: FactReport, known: storage.Known, now: datetime) -> Decision:
    """Of a fact that came before it."""
    if known.corrects and known.corrects.waits:
        raise Conflict("this fact was corrected before", "/data/corrects")
    wrong, customer = known.wrong, known.customer
    if wrong is None or customer is None:
        raise NotFound("this fact is gone: it was kept no longer, or she was erased", "/data/corrects")
    # Read after the customer: whatever is told of her meanwhile changes her, and refuses the write.
    still = learning.still_told(learning.subjects(wrong), storage.told(customer.ids), but=wrong.id)
    return facts.correct(
        report, wrong, customer, still, current_policy(), now, during=known.during, expected=known.receipt
    )


def _recorded(decision: Decision) -> tuple[Decision, RecordedFact]:
    fact = next(change for change in decision.changes if isinstance(change, Fact))
    return decision, RecordedFact(fact.customer_id, fact.id, False)


def _existing(customer_id: str) -> Customer:
    customer = storage.customer(customer_id)
    if customer is None:
        raise NotFound("no customer has this id")
    return customer


def _changed(decision: Decision, customer: Customer) -> Customer:
    return next((change for change in decision.changes if isinstance(change, Customer)), customer)
