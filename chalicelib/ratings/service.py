"""What is done about ratings: plan to ask, ask, and take her vote. Anything may be called twice."""

from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import NotFound
from chalicelib.model.rating import Rating
from chalicelib.ratings import asking
from chalicelib.storage import cases, customers
from chalicelib.storage import ratings as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger


def plan(case_id: str) -> str:
    """A case was solved. Returns what follows, in a word."""
    now = clock.now()

    def decide() -> tuple[Decision, None]:
        case = cases.case(case_id)
        if case is None or case.status.is_open:
            return Decision(reason="opened again"), None
        customer = customers.customer(case.customer_id)
        known = storage.rating(case.customer_id, asking.id_of(case)).rating
        return asking.plan(case, customer, known, policy(), now), None

    decision, _ = settle(decide)
    logger.info("rating_planned", case=case_id, reason=decision.reason)
    return decision.reason


def ask(customer_id: str, rating_id: str, as_of: datetime) -> str:
    """The time has come to ask. Returns what was done, in a word."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        rating, customer = storage.rating(customer_id, rating_id)
        if rating is None:
            return Decision(reason="gone"), None
        return asking.ask(rating, cases.case(rating.case_id), customer, policy(), now), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("rating_asked", rating=rating_id, reason=decision.reason)
    return decision.reason


def vote(customer_id: str, rating_id: str, score: int, comment: str) -> None:
    """What she says, by the link in her mail. Raises NotFound, or Conflict when it is too late."""
    now = clock.now()

    def decide() -> tuple[Decision, Rating]:
        rating, customer = storage.rating(customer_id, rating_id)
        if rating is None:
            raise NotFound("there is no such rating")
        case, recovery = cases.case(rating.case_id), customers.recovery_of(customer)
        return asking.vote(rating, score, comment, customer, case, recovery, policy(), now), rating

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("voted", rating=rating_id, reason=decision.reason)
