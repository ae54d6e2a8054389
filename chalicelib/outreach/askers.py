"""What is done when there is an article for what nobody's article answered: those who asked are told, each once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from chalicelib.gateways import queues
from chalicelib.kernel import clock, messages
from chalicelib.kernel.messages import TellAskers
from chalicelib.model.event import Event, EventKind
from chalicelib.model.gap import Gap, GapState
from chalicelib.model.question import Question, QuestionState
from chalicelib.outreach import planning, playbook
from chalicelib.outreach.service import plan_once
from chalicelib.storage import customers, gaps
from chalicelib.telemetry import logger

A_TURN = 100  # questions that one message looks at
LOOKED_BACK = timedelta(days=90)  # plays are told of no older questions


def tell(gap_id: str, after: str = "") -> None:
    """One page of those who asked, the newest first, and the message that goes on with the next one. For a page: a
    Query for each gap that became this one, a BatchGet, and for each asker two reads and one write. What was planned
    has its receipt: a page that is told twice plans nothing new."""
    gap = gaps.gap(gap_id)
    running = playbook.for_trigger(EventKind.QUESTION_ANSWERED)
    if gap is None or gap.state is not GapState.ANSWERED or not running:
        return
    now = clock.now()
    page = gaps.questions_of((gap.id, *gap.absorbed), after or None, A_TURN)
    asked = [one for one in page.items if now - one.asked_at <= LOOKED_BACK]
    planned = 0
    for question in _of_customers(asked):
        customer = customers.customer(question.customer_id)
        if customer is None:
            continue
        # Asked under two records of hers that were merged since, it is one occasion.
        told = replace(answered(gap, question), customer_id=customer.id)
        for plan in planning.plans_for(told, customer, running, now):
            planned += bool(plan_once(plan).changes)
    logger.info("askers_told", gap=gap_id, asked=len(asked), planned=planned)
    if page.next and len(asked) == len(page.items):
        queues.queues.send("background", [messages.to_json(TellAskers(gap_id=gap_id, after=page.next))])


def answered(gap: Gap, question: Question) -> Event:
    """What plays are told of one asker; nobody stores it."""
    return Event(
        id=question.id,
        customer_id=question.customer_id,
        what=EventKind.QUESTION_ANSWERED,
        at=gap.answered_at or question.asked_at,
        case_id=question.case_id,
        detail={
            "gap": gap.id,
            "article": gap.article_id,
            "question": question.text,
            "asked_at": clock.iso(question.asked_at),
        },
    )


def _of_customers(asked: Iterable[Question]) -> list[Question]:
    """Of each customer the newest question that nobody served; visitors nobody knows are not told."""
    found: dict[str, Question] = {}
    for one in asked:
        if one.customer_id and one.state is not QuestionState.SOLVED:
            found.setdefault(one.customer_id, one)
    return list(found.values())
