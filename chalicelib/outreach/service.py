"""What is done to reach out: plan what a fact calls for, ask the guardrails when it is due, hand it over.

Every step is one conditional write, and every step may be asked for twice.
"""

from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.gateways import queues, texts
from chalicelib.insight import metrics
from chalicelib.kernel import clock, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid, KeyReused, NotFound
from chalicelib.kernel.settings import settings
from chalicelib.model.customer import CustomerHint
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Interaction, Receipt
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import delivery, grounds, planning, playbook, wording
from chalicelib.outreach.delivery import Notice
from chalicelib.outreach.planning import Wanted
from chalicelib.storage import cases, customers, due
from chalicelib.storage import outreach as storage
from chalicelib.storage.commit import settle
from chalicelib.telemetry import logger


def plan_for(customer_id: str, entry_id: str) -> None:
    """A task for every play that this fact or event calls for; an occasion that has its task gets no second one."""
    told, customer = customers.entry(customer_id, entry_id)
    if isinstance(told, Interaction):
        told = planning.event_of(told)
    if customer is None or not isinstance(told, Fact | Event):
        return
    if isinstance(told, Fact) and told.corrected_by:
        return
    for plan in planning.plans_for(told, customer, playbook.for_trigger(told.what), clock.now()):
        plan_once(plan)


def plan_once(plan: Decision) -> Decision:
    """Commits the plan unless its occasion has a task: one read and one write; one read more, if it may come again."""
    receipt = next(change for change in plan.changes if isinstance(change, Receipt))

    def decide() -> tuple[Decision, None]:
        known = cases.receipt(receipt.key)
        again = known is not None and known.until is not None and known.until <= receipt.at
        earlier = storage.task(known.customer_id, known.interaction_id).task if known and again else None
        return planning.once(plan, known, earlier, receipt.at), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_planned", customer=receipt.customer_id, reason=decision.reason)
    return decision


def consider_task(customer_id: str, task_id: str, as_of: datetime) -> None:
    """A task whose time has come, or that got stuck on its way."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            return Decision(reason="gone"), None
        if task.state is TaskState.CLAIMED:
            notice = cases.outbound(customer_id, task.interaction_id).mail
            return delivery.caught_up(task, notice, now), None
        task, why = grounded(task)
        if why and task.next_look_at and task.next_look_at <= now and not task.state.final:
            return planning.passed_over(task, why, now), None
        return planning.consider(task, customer, playbook.named(task.play), policy(), now), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_considered", task=task_id, reason=decision.reason)


def deliver_task(customer_id: str, task_id: str, as_of: datetime) -> None:
    """Claims a queued task by storing its notice, which the mailer then sends."""
    now = max(clock.now(), as_of)

    def decide() -> tuple[Decision, None]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            return Decision(reason="gone"), None
        task, why = grounded(task)
        if why and task.state is TaskState.QUEUED:
            return planning.passed_over(task, why, now), None
        subject, text = wording.notice(task, customer)
        notice = Notice(subject, text, texts.keep(f"notice:{task.id}", text))
        return delivery.release(task, customer, playbook.named(task.play), notice, policy(), now), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_delivered", task=task_id, reason=decision.reason)


def grounded(task: Task) -> tuple[Task, str]:
    """The task with the links its words need, and why there is nothing to say any more, if so: one round trip for
    tasks that stand on something, none for others."""
    if not grounds.stands_on_something(task):
        return task, ""
    found = storage.grounds(task)
    return grounds.linked(task, found, settings().base_url), grounds.objection(task, found)


def set_up(customer_id: str, wanted: Wanted, *, receipt_key: str, fingerprint: str) -> Task:
    """A task for an agent; the same request again is answered with the same task.

    Raises NotFound, KeyReused (same key, other content), Invalid.
    """
    now = clock.now()
    if wanted.queue not in policy().touchpoints.queues:
        raise Invalid(f"there is no such queue; there are {', '.join(policy().touchpoints.queues)}", "/queue")

    def decide() -> tuple[Decision, Task]:
        known, customer = customers.known(receipt_key, CustomerHint(customer_id=customer_id))[:2]
        if customer is None:
            raise NotFound("no customer has this id")
        if known:
            if known.fingerprint != fingerprint:
                raise KeyReused("this key came before with other content; use a new key for a new task")
            found = storage.task(known.customer_id, known.interaction_id).task
            if found is None:
                raise NotFound("the task that this key made is gone")
            return Decision(reason="duplicate"), found
        decision = planning.set_up(wanted, customer, receipt_key, fingerprint, now)
        return decision, next(change for change in decision.changes if isinstance(change, Task))

    decision, task = settle(decide)
    logger.info("task_set_up", task=task.id, reason=decision.reason)
    return task


def finish(
    customer_id: str, task_id: str, *, outcome: str, note: str, by: str, again_at: datetime | None, now: datetime
) -> Task:
    """What came of a task that an agent did. Raises NotFound, Conflict, Invalid."""

    def decide() -> tuple[Decision, Task]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            raise NotFound("this customer has no such task")
        if task.state is TaskState.DONE and task.outcome == planning.outcome_in_words(outcome, note):
            return Decision(reason="said before"), task
        decision = planning.done(task, customer, outcome=outcome, note=note, by=by, again_at=again_at, now=now)
        return decision, next(change for change in decision.changes if isinstance(change, Task))

    decision, task = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_finished", task=task_id, reason=decision.reason)
    return task


def record_outcome(customer_id: str, task_id: str, state: str) -> None:
    """What became of a task's notice."""

    def decide() -> tuple[Decision, None]:
        task, _ = storage.task(customer_id, task_id)
        if task is None:
            return Decision(reason="gone"), None
        return delivery.settled(task, TaskState(state), clock.now()), None

    decision, _ = settle(decide)
    logger.info("task_outcome", task=task_id, reason=decision.reason)


def announce_due(now: datetime) -> int:
    """Queues a message for every task that is due; returns how many."""
    announced = 0
    for page in due.outreach(now):
        queues.queues.send("outreach", [messages.to_json(message) for message in page])
        announced += len(page)
    return announced
