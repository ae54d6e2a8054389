"""What is done about customers: record what happened to them, heed what they do not want."""

from dataclasses import dataclass

from chalicelib.configuration import policy
from chalicelib.customers import consent, facts
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import KeyReused, NotFound
from chalicelib.model.fact import Fact, FactReport
from chalicelib.storage import customers as storage
from chalicelib.storage.commit import settle


@dataclass(frozen=True, slots=True)
class RecordedFact:
    customer_id: str
    fact_id: str
    duplicate: bool


def record_fact(report: FactReport) -> RecordedFact:
    """Records a fact once, whatever its sender repeats. Raises Invalid, NotFound (a customer id nobody has),
    or KeyReused (the same event id, other content)."""
    now = clock.now()
    facts.check(report, policy(), now)

    def decide() -> tuple[Decision, RecordedFact]:
        receipt, customer = storage.known(report.receipt_key, report.customer)
        if receipt:
            if receipt.fingerprint != report.fingerprint:
                raise KeyReused("this event id came before with other content; use a new one", "/event_id")
            known = RecordedFact(receipt.customer_id, receipt.interaction_id, True)
            return Decision(reason="duplicate"), known
        if customer is None and report.customer.customer_id:
            raise NotFound("no customer has this id", "/customer/customer_id")
        decision = facts.record(report, customer, policy(), now)
        fact = next(change for change in decision.changes if isinstance(change, Fact))
        return decision, RecordedFact(fact.customer_id, fact.id, False)

    decision, recorded = settle(decide)
    metrics.count_changes(decision)
    return recorded


def withdraw_consent(customer_id: str, channel: str, purpose: str, proof: str) -> bool:
    """No more of this purpose on this channel, from now on. False: she said so before, or is unknown."""

    def decide() -> tuple[Decision, bool]:
        customer = storage.customer(customer_id)
        if customer is None:
            return Decision(reason="unknown customer"), False
        decision = consent.withdraw(customer, channel, purpose, proof, clock.now())
        return decision, bool(decision.changes)

    decision, withdrawn = settle(decide)
    metrics.count_changes(decision)
    return withdrawn
