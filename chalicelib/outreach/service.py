"""What is done to reach out: plan what a fact calls for, ask the guardrails when it is due, hand it over.

Every step is one conditional write, and every step may be asked for twice.
"""

from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.gateways import queues, texts
from chalicelib.insight import metrics
from chalicelib.kernel import clock, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid, KeyReused, NotFound
from chalicelib.model.customer import Customer, CustomerHint
from chalicelib.model.event import Event
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Interaction, Receipt
from chalicelib.model.policy import Policy
from chalicelib.model.task import BY_HAND, Task, TaskState
from chalicelib.outreach import calling, channels, delivery, guard, handing, planning, playbook, wording
from chalicelib.outreach.calling import Said
from chalicelib.outreach.delivery import News, Notice
from chalicelib.outreach.planning import Wanted
from chalicelib.outreach.plays.base import Joined, Running
from chalicelib.storage import cases, customers, desk, due
from chalicelib.storage import outreach as storage
from chalicelib.storage.calibration import current_policy
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


def plan_for_joined(customer_id: str, segment: str, since: datetime) -> None:
    """A task for every play that waits for somebody to join this segment; joining it once is one occasion."""
    customer = customers.customer(customer_id)
    if customer is None:
        return
    told = Joined(customer_id=customer_id, segment=segment, at=since)
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
    braked = guard.braked()

    def decide() -> tuple[Decision, None]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            return Decision(reason="gone"), None
        running, known = _running(task)
        if task.state in (TaskState.CLAIMED, TaskState.SENT):
            notice = cases.outbound(customer_id, task.interaction_id).mail
            return delivery.caught_up(task, notice, customer, running, policy(), now), None
        task, why = handing.grounded(task, customer)
        if why and task.next_look_at and task.next_look_at <= now and task.state in _NOT_SAID_YET:
            return planning.passed_over(task, why, now), None
        return planning.consider(
            task, customer, running, known, now, last_free=_last_free(task, customer, now), braked=braked
        ), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_considered", task=task_id, reason=decision.reason)


def _running(task: Task) -> tuple[Running | None, Policy]:
    """Her play, and by what she is judged: who is drawn is noted with what is expected of her, so where anybody is,
    what the night learnt is read, once in five minutes."""
    running, known = playbook.for_task(task), policy()
    draws = running and (running.record.pilot or known.outreach.hold_out)
    return running, current_policy() if draws else known


_NOT_SAID_YET = (TaskState.PLANNED, TaskState.QUEUED)


def _last_free(task: Task, customer: Customer, now: datetime) -> bool:
    """Whether the agent who had her last could call her; read only where it matters."""
    last = (task.routing.last_agent if task.routing else "") or customer.last_agent
    if not last or task.state is not TaskState.PLANNED or "phone" not in (*task.channels, task.channel):
        return False
    agent = desk.agent(last)
    return agent is not None and agent.online(now) and agent.takes("phone", outbound=True)


def deliver_task(customer_id: str, task_id: str, as_of: datetime) -> None:
    """Claims a queued task by storing its notice, which the mailer then sends."""
    now = max(clock.now(), as_of)
    braked = guard.braked()

    def decide() -> tuple[Decision, None]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            return Decision(reason="gone"), None
        task, why = handing.grounded(task, customer)
        if why and task.state is TaskState.QUEUED:
            return planning.passed_over(task, why, now), None
        running = playbook.for_task(task)
        words = running.play.words if running else None
        subject, text = wording.notice(task, customer, words)
        if channels.is_short(task.channel):
            text = wording.short(task, customer, words)
        notice = Notice(subject, text, texts.keep(f"notice:{task.id}", text))
        return delivery.release(task, customer, running, notice, policy(), now, braked=braked), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_delivered", task=task_id, reason=decision.reason)


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


def begin(customer_id: str, task_id: str, agent_id: str, now: datetime) -> Task:
    """The agent looks at the number, so the call is hers; unless its play was halted, or a guardrail objects, since she
    took it: then it leaves her hand. Raises NotFound, Conflict when it is not in her hand, or may not be made."""

    def decide() -> tuple[Decision, Task]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            raise NotFound("this customer has no such task")
        decision = calling.begun(task, agent_id, now)
        if decision.changes and (instead := handing.objected(calling.put_down(task), customer, now)):
            decision = instead
        return decision, next((change for change in decision.changes if isinstance(change, Task)), task)

    decision, task = settle(decide)
    logger.info("task_begun", task=task_id, reason=decision.reason)
    if task.state is not TaskState.TAKEN:
        raise Conflict(f"she is not to be called now: {task.reason}. Ask for other work with POST /v1/desk/next")
    return task


def finish(customer_id: str, task_id: str, said: Said, now: datetime) -> Task:
    """What came of a task that an agent did. Raises NotFound, Conflict, Invalid."""

    def decide() -> tuple[Decision, Task]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            raise NotFound("this customer has no such task")
        over = task.state in (TaskState.DONE, TaskState.PLANNED)
        if over and task.outcome == said.in_words and task.done_by == said.by:
            return Decision(reason="said before"), task
        running = None if task.play == BY_HAND else playbook.for_task(task)
        decision = calling.finished(task, customer, running, policy(), said, now)
        return decision, next(change for change in decision.changes if isinstance(change, Task))

    decision, task = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_finished", task=task_id, reason=decision.reason)
    return task


def record_outcome(customer_id: str, task_id: str, news: News) -> Task | None:
    """What became of a task's notice; the task as it is by now, None for one that is gone."""
    now = clock.now()

    def decide() -> tuple[Decision, Task | None]:
        task, customer = storage.task(customer_id, task_id)
        if task is None or customer is None:
            return Decision(reason="gone"), None
        lost = news.state in (TaskState.BOUNCED, TaskState.FAILED)
        running = playbook.for_task(task) if lost else None
        decision = delivery.settled(task, news, customer, running, policy(), now)
        return decision, next((change for change in decision.changes if isinstance(change, Task)), task)

    decision, task = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_outcome", task=task_id, reason=decision.reason)
    if news.state is TaskState.COMPLAINED and task is not None:
        guard.complained(task.campaign_id)
    return task


def take_back(customer_id: str, task_id: str, interaction_id: str) -> None:
    """The mailer kept a notice back, because its play does not run. A repetition finds the task in another state, or
    with another notice."""

    def decide() -> tuple[Decision, None]:
        task, customer = storage.task(customer_id, task_id)
        running = playbook.for_task(task) if task else None
        if task is None or customer is None or running is None:
            return Decision(reason="gone"), None
        notice = cases.outbound(customer_id, interaction_id).mail
        return delivery.taken_back(task, notice, customer, running, clock.now()), None

    decision, _ = settle(decide)
    metrics.count_changes(decision)
    logger.info("task_taken_back", task=task_id, reason=decision.reason)


def announce_due(now: datetime) -> int:
    """Queues a message for every task that is due; returns how many."""
    announced = 0
    for page in due.outreach(now):
        queues.queues.send("outreach", [messages.to_json(message) for message in page])
        announced += len(page)
    return announced
