"""What waits for her in the app or the chat: it is kept there until she looks, and then it is delivered.

Every step may be asked for twice: a message is delivered by its first fetching, and what she said is said once.
"""

from typing import NamedTuple

from chalicelib.insight import metrics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.model.interaction import DeliveryState, Interaction
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import delivery
from chalicelib.outreach.delivery import News
from chalicelib.storage import cases, customers
from chalicelib.storage import outreach as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger

MOST = 20


class Shown(NamedTuple):
    message: Interaction
    new: bool  # nobody fetched it before


def fetch(customer_id: str, channel: str) -> list[Shown]:
    """Her messages that are still of use, the newest first; those that are fetched for the first time are delivered
    by it. Raises NotFound."""
    customer = customers.customer(customer_id)
    if customer is None:
        raise NotFound("no customer has this id")
    kept = [message for message in storage.messages(customer.ids, clock.now(), MOST) if message.channel == channel]
    shown = ((_delivered(message) if is_new(message) else message, is_new(message)) for message in kept)
    return [Shown(message, new) for message, new in shown if message]


def is_new(message: Interaction) -> bool:
    return message.delivery is not None and message.delivery.state is DeliveryState.SENT


def say(customer_id: str, task_id: str, what: TaskState, said: str = "") -> Task:
    """She opened a message, or answered it: it waits for her no more. Raises NotFound, and Conflict for a task that did
    not bring her a message."""

    def decide() -> tuple[Decision, Task]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            raise NotFound("this customer has no such message")
        message = cases.outbound(task.customer_id, task.interaction_id).mail if task.interaction_id else None
        if message is None or not message.kept_for_her:
            if task.state in (TaskState.ANSWERED, what):
                return Decision(reason="said before"), task
            raise Conflict("it does not wait for her: it is not there yet, was taken back, or is over")
        decision = delivery.said(task, message, News(what, message.id, message.channel, said), customer, clock.now())
        return decision, next((change for change in decision.changes if isinstance(change, Task)), task)

    decision, task = settle(decide)
    metrics.count_changes(decision)
    logger.info("message_answered", task=task_id, reason=decision.reason)
    return task


def _delivered(message: Interaction) -> Interaction | None:
    """The message as it is shown; None for one that was taken back at this moment."""

    def decide() -> tuple[Decision, Interaction | None]:
        task, customer = storage.task(message.customer_id, message.task_id)
        fresh = cases.outbound(message.customer_id, message.id).mail
        if task is None or customer is None or fresh is None or not fresh.kept_for_her:
            return Decision(reason="taken back"), None
        if not is_new(fresh):
            return Decision(reason="was fetched before"), fresh
        decision = delivery.fetched(task, fresh, customer, clock.now())
        return decision, next(change for change in decision.changes if isinstance(change, Interaction))

    decision, shown = settle(decide)
    logger.info("message_fetched", interaction=message.id, reason=decision.reason)
    return shown
