"""What does a fact call for, and is a task's time right?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.customers import tiers, value_index
from chalicelib.desk import routing
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.messages import ConsiderTask, DeliverTask
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Direction, Interaction, Receipt
from chalicelib.model.policy import Policy
from chalicelib.model.task import BY_HAND, Task, TaskState
from chalicelib.model.work import Routing
from chalicelib.outreach import choosing, guardrails, halting, holding_out, piloting
from chalicelib.outreach.campaigns import pacing
from chalicelib.outreach.counting import counted
from chalicelib.outreach.guardrails import Contact, Postponement
from chalicelib.outreach.plays.base import Occasion, Running, Told

_TOO_LATE = "too_late: its deadline has passed"
RENEWED_AFTER = timedelta(days=100)  # far less than receipts are kept


def plans_for(told: Told, customer: Customer, running: Iterable[Running], now: datetime) -> list[Decision]:
    """One decision per notice the fact or event calls for; the receipt in it makes the same occasion one task, ever."""
    return [
        planned(each, occasion, told.customer_id if occasion.again is None else customer.id, customer.tier, now)
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
    return Decision(
        (task, receipt, counted(task, now, "planned")),
        at_once if task.due_at <= now else (),
        reason=f"planned for {clock.iso(task.due_at)}",
    )


def once(plan: Decision, known: Receipt | None, earlier: Task | None, now: datetime) -> Decision:
    """The plan, unless its occasion has its task: `known` is its receipt, `earlier` the task that one names. Where the
    same may come again, it is a new occasion when that time is over and the earlier task is not open any more; an old
    receipt of an open one is renewed, so that it outlives its task."""
    if known is None:
        return plan
    if known.until is None or known.until > now:
        return Decision(reason="has its task")
    if earlier and earlier.state in _OPEN:
        old = now - known.at > RENEWED_AFTER
        return Decision((replace(known, at=now),) if old else (), reason="has an open task")
    anew = (replace(one, version=known.version) if isinstance(one, Receipt) else one for one in plan.changes)
    return replace(plan, changes=tuple(anew))


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
    task: Task,
    customer: Customer,
    running: Running | None,
    policy: Policy,
    now: datetime,
    *,
    last_free: bool = False,
    text: str = "",
    braked: bool = False,
) -> Decision:
    """The task when its time has come: queued, postponed, or passed over with the reason stored. `last_free`: whether
    the agent who had her last could take a call. `text`: what is written already; `braked`: whether too many complained
    of what was sent."""
    if task.next_look_at is None or task.next_look_at > now:
        return Decision(reason="not due")
    by_hand = task.play == BY_HAND and task.routing is not None
    if task.state in (TaskState.WAITING, TaskState.TAKEN):
        return _clocked(task, customer, running, now)
    if running is None and not by_hand:
        return passed_over(task, f"no_play: {task.play} is no longer configured", now)
    if running is not None and (halted := _halted(task, running, now)):
        return halted
    pilot = running.record.pilot if running else None
    if running is not None and task.state is TaskState.PLANNED:
        instead_at = running.play.later(customer, task.context, running.given, now)
        if instead_at and instead_at.due_at > now:
            moved = replace(task, due_at=instead_at.due_at, deadline=instead_at.deadline, updated_at=now)
            return Decision((moved,), reason=f"moved to {clock.iso(moved.due_at)}")
    task = choosing.with_channel(task, customer, running, policy, now)
    contact = Contact(customer=customer, task=task, running=running, policy=policy, now=now, text=text, braked=braked)
    objection = guardrails.objection_to(contact)
    match objection:
        case None:
            customer, noted = _compared(contact)
            expected = _expected(customer, pilot.window_days, policy, now) if pilot else 0
            drawn = piloting.drawn(task, customer, pilot, expected=expected, now=now)
            changes = (*drawn.changes, *_beside(drawn.changes, noted))
            return _released(drawn.task, changes, customer, policy, now, last_free=last_free)
        case Postponement():
            until = objection.until
            if running and running.campaign:  # not all of them at once in the morning
                until = pacing.spread(running.campaign, customer.id, until, task.deadline)
            later = task.moved(TaskState.PLANNED, now, due_at=until, reason=str(objection))
            return Decision((later,), reason=str(objection))
    noted = _compared(contact)[1] if objection.rule == guardrails.held_out.__name__ else ()
    refused = piloting.refused(passed_over(task, str(objection), now), pilot, objection.rule)
    return replace(refused, changes=(*refused.changes, *noted))


def _compared(contact: Contact) -> tuple[Customer, tuple[object, ...]]:
    """Her row, and what is stored if she is of the company-wide hold-out or of those compared with it: asked of both
    at the same point, where everything else let her pass. A second look at what is written already draws nobody: those
    who were contacted had their draw by the first."""
    outreach, running, customer, now = contact.policy.outreach, contact.running, contact.customer, contact.now
    passed = guardrails.passes_by(running)
    if running is None or not outreach.hold_out or contact.text or guardrails.held_out.__name__ in passed:
        return customer, ()
    expected = _expected(customer, holding_out.WINDOW, contact.policy, now)
    return holding_out.drawn(contact.task, customer, outreach.hold_out, expected=expected, now=now)


def _beside(pilots: tuple[object, ...], noted: tuple[object, ...]) -> tuple[object, ...]:
    """What is noted of her beside what the pilot changed: her row is written once, as the later of both has it."""
    written = any(isinstance(change, Customer) for change in pilots)
    return tuple(change for change in noted if not (written and isinstance(change, Customer)))


def _halted(task: Task, running: Running, now: datetime) -> Decision | None:
    """What becomes of it because its play or campaign was halted. Too late to wait, it is over: it would be due at
    once, again and again."""
    instead = halting.halted(task, running.record, now, running.campaign)
    if instead is None:
        return None
    if instead.state is TaskState.PLANNED and now >= task.deadline:
        return passed_over(task, _TOO_LATE, now)
    return halting.decided(instead, now)


def _expected(customer: Customer, window_days: int, policy: Policy, now: datetime) -> int:
    """What she is expected to earn us within the window, in minor units."""
    value, parameters = tiers.of_today(customer).value, policy.calibration.parameters
    return round(value_index.expected_value(value, parameters, now, window_days / 7))


def _released(
    task: Task, changes: tuple[object, ...], customer: Customer, policy: Policy, now: datetime, *, last_free: bool
) -> Decision:
    """Nothing speaks against it: handed to an agent or to whoever sends, unless the draw says otherwise."""
    if task.state.final:
        what = task.state.value if task.state is TaskState.HELD_OUT else f"refused.{piloting.OUTSIDE_PILOT}"
        return Decision((task, *changes, counted(task, now, what)), reason=task.reason)
    if task.channel in choosing.BY_AGENTS or task.play == BY_HAND:
        waiting = routing.task_routed(task, customer, policy, now, last_free=last_free)
        return Decision((waiting, *changes), reason="waits for an agent")
    queued = task.moved(TaskState.QUEUED, now, reason="")
    message = DeliverTask(customer_id=task.customer_id, task_id=task.id, as_of=clock.iso(now))
    return Decision((queued, *changes), (message,), reason="queued")


def _clocked(task: Task, customer: Customer, running: Running | None, now: datetime) -> Decision:
    """A task that waits for an agent, or that one is about. The few who alone may have it are those of a pilot that
    runs: with its end anybody may."""
    if now >= task.deadline:
        return passed_over(task, _TOO_LATE, now)
    pilot = running.record.pilot if running else None
    if task.agents and task.waits and task.routing and not (pilot and pilot.id == task.pilot_id):
        open_to_all = replace(task.routing, only=(), group="")
        return Decision((replace(task, agents=(), routing=open_to_all),), reason="its pilot is over")
    moved, why = routing.clocked(task, now, customer.team)
    return Decision((moved,), reason=why) if why else Decision(reason="not due")


def objected(task: Task, customer: Customer, running: Running | None, policy: Policy, now: datetime) -> Decision | None:
    """What becomes of an agent's task if its play was halted, or a guardrail objects, just as it is handed out; None:
    she may contact her."""
    if running is not None and (halted := _halted(task, running, now)):
        return halted
    if running is None and task.play != BY_HAND:
        return passed_over(task, f"no_play: {task.play} is no longer configured", now)
    objection = guardrails.objection_to(Contact(customer=customer, task=task, running=running, policy=policy, now=now))
    match objection:
        case None:
            return None
        case Postponement():
            later = task.moved(TaskState.PLANNED, now, due_at=objection.until, reason=str(objection))
            return Decision((later,), reason=later.reason)
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


def passed_over(task: Task, reason: str, now: datetime) -> Decision:
    """She is not contacted; the reason begins with the name of what decided."""
    over = task.moved(TaskState.PASSED_OVER, now, reason=reason)
    refused = counted(task, now, "refused." + reason.partition(":")[0])
    return Decision((over, refused), reason=reason)
