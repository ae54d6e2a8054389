"""What is done when somebody who asked without saying who she is says so."""

from dataclasses import replace
from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import deflection, visiting
from chalicelib.storage import customers, questions, visitors
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger


def came_as(visitor_id: str, customer_id: str, since: datetime) -> int:
    """What a visitor asked since then becomes the customer's, and what is reckoned of it; returns how much. Repeated,
    it goes on where it was interrupted. Raises Unavailable."""

    def decide() -> tuple[Decision, int]:
        customer = customers.customer(customer_id)
        if customer is None:
            return Decision(reason="gone"), 0
        asked, reckoned = questions.questions_of(since, visitor_id=visitor_id), visitors.visitor(visitor_id)
        decision = visiting.came_as(asked, customer)
        changes = deflection.came_as(customer, reckoned, policy()) if reckoned else ()
        return replace(decision, changes=(*decision.changes, *changes)), min(len(asked), visiting.AT_ONCE)

    moved, last = 0, visiting.AT_ONCE
    while last == visiting.AT_ONCE:
        last = settle(decide)[1]
        moved += last
    if moved:
        logger.info("visitor_came_as", customer=customer_id, questions=moved)
    return moved
