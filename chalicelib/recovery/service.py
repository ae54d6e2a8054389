"""What is done about recoveries: heed what facts say, follow them, note what was done. Anything may be called twice."""

from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import NotFound
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.recovery import Deed, Recovery, RecoveryState
from chalicelib.recovery import following
from chalicelib.storage import customers
from chalicelib.storage import recoveries as storage
from chalicelib.storage.cases import living
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger


def note_sign(customer_id: str, fact_id: str) -> str:
    """What a fact, or a call that asked, says of how it goes on with her. Returns what was done, in a word."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        fact, customer = customers.entry(customer_id, fact_id)
        if isinstance(fact, Event) and customer is not None:
            return following.heed_word(fact, customer, customers.recovery_of(customer), policy()), None
        if not isinstance(fact, Fact) or customer is None:
            return Decision(reason="gone"), None
        return following.heed(fact, customer, customers.recovery_of(customer), policy(), now), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    return decision.reason


def follow(customer_id: str, recovery_id: str, as_of: datetime) -> str:
    """The clock: kept, lost, or followed on. Returns which, in a word."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        recovery, customer = storage.recovery(customer_id, recovery_id)
        if recovery is None:
            return Decision(reason="gone"), None
        found = customers.cases_of(dict.fromkeys(one.case_id for one in recovery.causes if one.case_id))
        cases = [(living(case.id) if case.merged_into else None) or case for case in found]
        return following.look(recovery, customer, cases, now, policy()), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("recovery_followed", recovery=recovery_id, reason=decision.reason)
    return decision.reason


def note_done(customer_id: str, recovery_id: str, what: Deed, note: str, *, by: str) -> Recovery:
    """Somebody did something about it. Raises NotFound, or Conflict when it is over."""
    now = clock.now()

    def decide() -> tuple[Decision, Recovery]:
        recovery, _ = storage.recovery(customer_id, recovery_id)
        if recovery is None:
            raise NotFound("she has no such recovery")
        return _changed(following.done(recovery, what, note, by=by, now=now), recovery)

    return settle(decide)[1]


def close(customer_id: str, recovery_id: str, state: RecoveryState, *, by: str, reason: str) -> Recovery:
    """Somebody knows how it ended. Raises NotFound, or Conflict when it ended otherwise."""
    now = clock.now()

    def decide() -> tuple[Decision, Recovery]:
        recovery, customer = storage.recovery(customer_id, recovery_id)
        if recovery is None:
            raise NotFound("she has no such recovery")
        return _changed(following.settled(recovery, customer, state, now, reason=reason, by=by), recovery)

    decision, recovery = settle(decide)
    metrics.count_changes(decision)
    return recovery


def _changed(decision: Decision, recovery: Recovery) -> tuple[Decision, Recovery]:
    return decision, next((change for change in decision.changes if isinstance(change, Recovery)), recovery)
