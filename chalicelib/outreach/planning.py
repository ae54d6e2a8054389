"""What does a fact call for, and is a task's time right?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.desk import routing
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.messages import ConsiderTask, DeliverTask
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact
from chalicelib.model.interaction import Direction, Interaction, Receipt
from chalicelib.model.policy import Policy
from chalicelib.model.task import BY_HAND, Task, TaskState
from chalicelib.model.work import Routing
from chalicelib.outreach import choosing, guardrails, piloting
from chalicelib.outreach.guardrails import Contact, Postponement
from chalicelib.outreach.plays.base import Occasion, Running

REACHED = "reached"
NOTICES_REMEMBERED = 10
RENEWED_AFTER = timedelta(days=100)  # far less than receipts are kept


def plans_for(told: Fact | Event, customer: Customer, running: Iterable[Running], now: datetime) -> list[Decision]:
    """One decision per notice the fact or event calls for; the receipt in it makes the same occasion one task, ever."""
    return [
        planned(each, occasion, customer.id if occasion.again else told.customer_id, customer.tier, now)
        for each in running
        if told.what in each.play.triggers
        for occasion in each.play.occasions(told, customer, each.given)
    ]


def planned(running: Running, occasion: Occasion, customer_id: str, tier: str, now: datetime) -> Decision:
    """The task for this occasion, with its receipt."""
    play = running.play
    key = ":".join(filter(None, ("task", play.name, customer_id, occasion.key, occasion.step)))
    suit = tuple(channel for channel in running.channels if channel in (occasion.channels or running.channels))
    channels = suit or running.channels
    task = Task(
        id=ids.derived_ulid(now, key),
        customer_id=customer_id,
        play=play.name,
        purpose=play.purpose,
        channel=channels[0],
        channels=channels,
        stands_on=occasion.stands_on,
        goal=play.goal,
        edition=running.number,
        step=occasion.step,
        topic=play.topic,
        urgent=play.urgent,
        tier=tier,
        why=occasion.why,
        created_at=now,
        updated_at=now,
        due_at=occasion.due_at,
        deadline=occasion.deadline,
        context=occasion.context,
    )
    until = None if occasion.again is None else now + occasion.again
    receipt = Receipt(key=key, at=now, customer_id=customer_id, interaction_id=task.id, until=until)
    at_once = (ConsiderTask(customer_id=customer_id, task_id=task.id, as_of=clock.iso(now)),)
    messages = at_once if task.due_at <= now else ()
    return Decision((task, receipt), messages, reason=f"planned for {clock.iso(task.due_at)}")


def once(plan: Decision, known: Receipt | None, earlier: Task | None, now: datetime) -> Decision:
    """The plan, unless its occasion has its task: `known` is its receipt, `earlier` the task that one names. Where the
    same may come again, it is a new occasion when that time is over and the earlier task is not open any more; an old
    receipt of an open one is renewed, so that it outlives its task."""
    if known is None:
        return plan
    if known.until is None or known.until > now:
        return Decision(reason="has its task")
    task, receipt = plan.changes
    if not isinstance(receipt, Receipt):
        raise TypeError("a plan is a task and its receipt")
    if earlier and earlier.state in _OPEN:
        renewed = replace(receipt, interaction_id=earlier.id, version=known.version)
        return Decision((renewed,) if now - known.at > RENEWED_AFTER else (), reason="has an open task")
    return replace(plan, changes=(task, replace(receipt, version=known.version)))


_OPEN = (TaskState.PLANNED, TaskState.QUEUED, TaskState.CLAIMED, TaskState.WAITING, TaskState.TAKEN)


def event_of(contact: Interaction) -> Event | None:
    """What a contact is to plays: the event that she rang us, which nobody stores beside it."""
    if contact.direction is not Direction.IN or contact.channel != "phone" or contact.machine:
        return None
    return Event(
        id=contact.id,
        customer_id=contact.customer_id,
        what=EventKind.CALLED,
        at=contact.at,
        case_id=contact.case_id,
    )


def consider(  # noqa: PLR0911 - one for each thing that may be in the way
    task: Task, customer: Customer, running: Running | None, policy: Policy, now: datetime
) -> Decision:
    """The task when its time has come: queued, postponed, or passed over with the reason stored."""
    if task.next_look_at is None or task.next_look_at > now:
        return Decision(reason="not due")
    by_hand = task.play == BY_HAND and task.routing is not None
    if by_hand and task.state is not TaskState.PLANNED:
        return _clocked(task, customer, now)
    if running is None and not by_hand:
        return passed_over(task, f"no_play: {task.play} is no longer configured", now)
    if running and task.state is TaskState.PLANNED:
        later = running.play.later(customer, task.context, running.given, now)
        if later and later.due_at > now:
            moved = replace(task, due_at=later.due_at, deadline=later.deadline, updated_at=now)
            return Decision((moved,), reason=f"moved to {clock.iso(later.due_at)}")
    task = choosing.with_channel(task, customer)
    objection = guardrails.objection_to(Contact(customer=customer, task=task, running=running, policy=policy, now=now))
    match objection:
        case None:
            return _released(*piloting.drawn(task, customer, running.record.pilot if running else None), customer, now)
        case Postponement():
            postponed = replace(
                task, state=TaskState.PLANNED, due_at=objection.until, reason=str(objection), updated_at=now
            )
            return Decision((postponed,), reason=str(objection))
    return passed_over(task, str(objection), now)


def _released(task: Task, changes: tuple[object, ...], customer: Customer, now: datetime) -> Decision:
    """Nothing speaks against it: handed to an agent or to whoever sends, unless the draw held it out."""
    if task.state is TaskState.HELD_OUT:
        return Decision((replace(task, updated_at=now), *changes), reason="held out")
    if task.channel in choosing.BY_AGENTS or task.play == BY_HAND:
        waiting = routing.task_routed(task, customer.team, customer.language, now)
        return Decision((waiting, *changes), reason="waits for an agent")
    queued = replace(task, state=TaskState.QUEUED, reason="", updated_at=now)
    message = DeliverTask(customer_id=task.customer_id, task_id=task.id, as_of=clock.iso(now))
    return Decision((queued, *changes), (message,), reason="queued")


def _clocked(task: Task, customer: Customer, now: datetime) -> Decision:
    """A task that waits for an agent, or that one is about."""
    if now >= task.deadline:
        return passed_over(task, "too_late: its deadline has passed", now)
    moved, why = routing.clocked(task, now, customer.team)
    return Decision((moved,), reason=why) if why else Decision(reason="not due")


def objected(task: Task, customer: Customer, policy: Policy, now: datetime) -> Decision | None:
    """What becomes of an agent's task if a guardrail objects just as it is handed out; None: she may contact her."""
    objection = guardrails.objection_to(Contact(customer=customer, task=task, running=None, policy=policy, now=now))
    match objection:
        case None:
            return None
        case Postponement():
            reason = str(objection)
            later = replace(task, state=TaskState.PLANNED, due_at=objection.until, reason=reason, updated_at=now)
            return Decision((later,), reason=reason)
    return passed_over(task, str(objection), now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants an agent to do for a customer."""

    goal: str
    why: str
    purpose: str
    channel: str
    due_at: datetime
    deadline: datetime
    queue: str
    needs: Mapping[str, int]
    wants: Mapping[str, int]
    language_level: int
    by: str


def set_up(wanted: Wanted, customer: Customer, receipt_key: str, fingerprint: str, now: datetime) -> Decision:
    """A task for an agent; its receipt makes the same request one task. Raises Invalid."""
    if wanted.deadline <= wanted.due_at:
        raise Invalid("the deadline is after due_at", "/deadline")
    task = Task(
        id=ids.derived_ulid(now, receipt_key),
        customer_id=customer.id,
        play=BY_HAND,
        purpose=wanted.purpose,
        channel=wanted.channel,
        tier=customer.tier,
        why=wanted.why or f"set up by {wanted.by}",
        created_at=now,
        updated_at=now,
        due_at=wanted.due_at,
        deadline=wanted.deadline,
        goal=wanted.goal,
        queue=wanted.queue,
        routing=Routing(
            channel=wanted.channel,
            since=wanted.due_at,
            order_at=wanted.due_at,
            needs=dict(wanted.needs),
            wants=dict(wanted.wants),
            language=customer.language,
            language_level=wanted.language_level,
            team=customer.team,
        ),
    )
    receipt = Receipt(key=receipt_key, fingerprint=fingerprint, at=now, customer_id=customer.id, interaction_id=task.id)
    return Decision((task, receipt), reason=f"planned for {clock.iso(task.due_at)}")


def done(
    task: Task, customer: Customer, *, outcome: str, note: str, by: str, again_at: datetime | None, now: datetime
) -> Decision:
    """What came of a task that an agent did: told on the timeline. `again_at`: she tries again then.

    Raises Conflict for one that is over, or was not hers to do.
    """
    if task.play != BY_HAND or task.state.final:
        raise Conflict(f"this task is {task.state.value}; only one that an agent has to do can be done")
    if again_at and again_at >= task.deadline:
        raise Invalid("again_at is after the task's deadline; leave it out, or set up another task", "/again_at")
    told = Event(
        id=ids.derived_ulid(now, task.id, outcome, str(task.version)),
        customer_id=task.customer_id,
        what=EventKind.OUTCOME,
        at=now,
        task_id=task.id,
        detail={"goal": task.goal, "outcome": outcome, "note": note, "by": by},
    )
    line = task.routing and replace(task.routing, offer=None, taken_at=None, kept_for="", kept_until=None)
    over = replace(
        task,
        state=TaskState.PLANNED if again_at else TaskState.DONE,
        due_at=again_at or task.due_at,
        outcome=outcome_in_words(outcome, note),
        done_by=by,
        assigned_to="",
        routing=line,
        updated_at=now,
    )
    changes: tuple[object, ...] = (over, told)
    if outcome == REACHED:
        changes += (replace(customer, notices_sent=(*customer.notices_sent, now)[-NOTICES_REMEMBERED:]),)
    return Decision(changes, reason=outcome)


def outcome_in_words(outcome: str, note: str) -> str:
    return f"{outcome}: {note}" if note else outcome


def passed_over(task: Task, reason: str, now: datetime) -> Decision:
    """She is not contacted; the reason begins with the name of what decided."""
    over = replace(task, state=TaskState.PASSED_OVER, reason=reason, updated_at=now)
    return Decision((over,), reason=reason)
