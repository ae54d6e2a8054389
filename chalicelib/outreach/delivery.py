"""From a queued task to its outcome. A task is claimed by the write that stores its notice.

planned ─▶ queued ─▶ claimed ─▶ sent ─▶ delivered ─▶ opened ─▶ answered
   ▲  └─▶ passed over ◀─┘  └─▶ held · failed   └─▶ bounced · complained
   └────────── another channel ◀──┴──────────────────┘

Which state may follow which is one table, `MOVES` in model/task.py; whatever changes a task's state goes through it.
"""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from chalicelib.customers import reaching
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import ConsiderTask, Message, SendMail
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import ANSWERED, Delivery, DeliveryState, Direction, Interaction, Purpose, preview_of
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import falling_back, frequency, guardrails, halting, planning, replying
from chalicelib.outreach.channels import REGISTRY, Carrier, Way
from chalicelib.outreach.counting import counted
from chalicelib.outreach.guardrails import Contact
from chalicelib.outreach.plays.base import Running

NOT_SEEN = "not looked at in time"
BY_THE_MAILER = frozenset({Carrier.MAIL, Carrier.TEXT})
_UNREACHED = frozenset({TaskState.BOUNCED, TaskState.FAILED})
# What only something that was handed over can come to: its report of that may be late, or lost.
_SENT = frozenset(
    {TaskState.SENT, TaskState.DELIVERED, TaskState.OPENED, TaskState.ANSWERED}
    | {TaskState.BOUNCED, TaskState.COMPLAINED}
)


class Notice(NamedTuple):
    """What is said, and where the whole of it lies when a row cannot carry it."""

    subject: str
    text: str
    body_key: str = ""


class News(NamedTuple):
    """What became of a task: of which notice of it, on which channel, and what she said, if she did."""

    state: TaskState
    interaction_id: str = ""  # empty: its last
    channel: str = ""
    said: str = ""


def release(
    task: Task,
    customer: Customer,
    running: Running | None,
    notice: Notice,
    policy: Policy,
    now: datetime,
    *,
    braked: bool = False,
) -> Decision:
    """Store the notice and hand it to whoever brings it, if the guardrails still agree: they know what it says now."""
    if task.state is not TaskState.QUEUED:
        return Decision(reason=f"is {task.state.value}")
    if running is not None and (instead := halting.halted(task, running.record, now, running.campaign)):
        return halting.decided(instead, now)
    way = REGISTRY.get(task.channel)
    to = way.address(customer) if way and way.carrier is not Carrier.AGENT else ""
    words = f"{notice.subject}\n{notice.text}"
    contact = None
    if running:
        contact = Contact(
            customer=customer, task=task, running=running, policy=policy, now=now, text=words, braked=braked
        )
    if contact is None or way is None or not to or guardrails.objection_to(contact):
        due = task.moved(TaskState.PLANNED, now, due_at=min(task.due_at, now))
        return planning.consider(due, customer, running, policy, now, text=words, braked=braked)
    state = _begins(way, policy)
    said = _notice(task, customer, notice, Delivery(to=to, state=state, since=now), now)
    released = task.moved(
        TaskState(state.value) if state is not DeliveryState.QUEUED else TaskState.CLAIMED,
        now,
        interaction_id=said.id,
        reason="",
        fall_back_at=_patience_ends(task, way, now) if state is DeliveryState.SENT else None,
    )
    known = reaching.counted(frequency.contacted(customer, task, now), task.channel, now, sent=1)
    messages: tuple[Message, ...] = ()
    if way.carrier in BY_THE_MAILER:
        messages = (SendMail(customer_id=task.customer_id, interaction_id=said.id, bulk=True),)
    counts = counted(task, now, *dict.fromkeys((TaskState.CLAIMED.value, released.state.value)))
    return Decision((said, released, known, counts), messages, reason="released")


def _begins(way: Way, policy: Policy) -> DeliveryState:
    """The mailer takes what is queued; what is kept for her to fetch needs nobody."""
    if way.carrier in BY_THE_MAILER:
        return DeliveryState.QUEUED
    return DeliveryState.SENT if policy.sending_on else DeliveryState.HELD


def _notice(task: Task, customer: Customer, notice: Notice, delivery: Delivery, now: datetime) -> Interaction:
    return Interaction(
        id=ids.derived_ulid(now, task.id, "notice", task.channel),
        customer_id=task.customer_id,
        at=now,
        channel=task.channel,
        direction=Direction.OUT,
        purpose=Purpose.NOTICE,
        tier=customer.tier,
        author="Liana",
        subject=notice.subject,
        preview=preview_of(notice.text),
        body_key=notice.body_key,
        language=customer.language,
        delivery=delivery,
        template={
            "why": task.why,
            "purpose": task.purpose,
            "play": task.play,
            "until": clock.iso(task.deadline),
            **({"campaign": task.campaign_id} if task.campaign_id else {}),
        },
        task_id=task.id,
    )


def _patience_ends(task: Task, way: Way, now: datetime) -> datetime | None:
    """When she is tried elsewhere, if there is an elsewhere: half of the time that is left at the latest."""
    if way.patience is None or not {*task.channels} - {*task.tried, task.channel}:
        return None
    return now + min(way.patience, (task.deadline - now) / 2)


def settled(
    task: Task, news: News, customer: Customer, running: Running | None, policy: Policy, now: datetime
) -> Decision:
    """What became of its notice; later news replace earlier ones, never the other way round.

    Where it did not reach her she is tried elsewhere, if there is an elsewhere. News of an earlier channel say nothing
    of this one, unless she answered or complained: then nobody tries her any more.
    """
    earlier = bool(news.interaction_id) and news.interaction_id != task.interaction_id
    told_meanwhile = news.state in (TaskState.ANSWERED, TaskState.COMPLAINED)
    if news.state not in task.state.next or (earlier and not told_meanwhile):
        return Decision(reason=f"is {task.state.value} already")
    if news.state in _UNREACHED and (
        again := falling_back.elsewhere(task, customer, running, policy, news.state.value, now)
    ):
        counts = _counts(task, news.state, now)
        return Decision(
            (again, _told(task, news.state, {**_detail(task, news), "channel": task.channel}, now), counts),
            (ConsiderTask(customer_id=task.customer_id, task_id=task.id, as_of=clock.iso(now)),),
            reason=f"{news.state.value}; tried elsewhere",
        )
    return _settled(task, news, customer, now)


def _settled(task: Task, news: News, customer: Customer, now: datetime) -> Decision:
    over = task.moved(news.state, now, outcome=news.said or task.outcome, fall_back_at=None)
    told = _told(task, news.state, _detail(task, news), now)
    changes: tuple[object, ...] = (over, told, _counts(task, news.state, now))
    messages: tuple[Message, ...] = ()
    if news.state is TaskState.ANSWERED:
        channel = news.channel or task.channel
        known = reaching.counted(customer, channel, now, answered=1)
        known, facts, messages = replying.heeded(task, told, news.said, channel, known, now)
        changes += (known, *facts)
    return Decision(changes, messages, reason=news.state.value)


def fetched(task: Task, message: Interaction, customer: Customer, now: datetime) -> Decision:
    """Her app has a message that waited: it is delivered, in one write with its task."""
    if message.delivery is None:
        raise ValueError("not an outbound message")
    there = replace(message, delivery=replace(message.delivery, state=DeliveryState.DELIVERED, since=now))
    news = _of_kept(task, News(TaskState.DELIVERED, message.id, message.channel), customer, now)
    return replace(news, changes=(there, *news.changes), reason="delivered")


def said(task: Task, message: Interaction, news: News, customer: Customer, now: datetime) -> Decision:
    """What she did with a message that waited for her. Opened, it goes on waiting; answered, it does not."""
    if message.delivery is None:
        raise ValueError("not an outbound message")
    over = news.state is TaskState.ANSWERED
    way = replace(message.delivery, state=DeliveryState.DELIVERED, detail=ANSWERED if over else "")
    decision = _of_kept(task, news, customer, now)
    if way == message.delivery:
        return decision
    return replace(decision, changes=(replace(message, delivery=way), *decision.changes), reason=news.state.value)


def _of_kept(task: Task, news: News, customer: Customer, now: datetime) -> Decision:
    """No such news says that she was not reached: no other channel comes into it."""
    if news.state not in task.state.next or (news.interaction_id != task.interaction_id):
        return Decision(reason=f"is {task.state.value} already")
    return _settled(task, news, customer, now)


def taken_back(task: Task, notice: Interaction | None, customer: Customer, running: Running, now: datetime) -> Decision:
    """Its notice was stored and did not leave, because its play or campaign was paused or stopped meanwhile, or the
    brake pulled: the task waits or is withdrawn, and the notice counts neither for limits nor as a contact."""
    if task.state is not TaskState.CLAIMED or notice is None or notice.id != task.interaction_id:
        return Decision(reason=f"is {task.state.value}")
    # Resumed by now, or braked: it is due at once, under a notice of its own, and the guardrails are asked.
    instead = halting.halted(task, running.record, now, running.campaign) or task.moved(
        TaskState.PLANNED, now, due_at=now, interaction_id=""
    )
    told = reaching.taken_back(frequency.taken_back(customer, task, notice.at), notice.channel, notice.at)
    decision = halting.decided(instead, now)
    return replace(decision, changes=(*decision.changes, told), reason=instead.reason or "resumed")


def caught_up(
    task: Task, notice: Interaction | None, customer: Customer, running: Running | None, policy: Policy, now: datetime
) -> Decision:
    """A released task nobody reported on: take its notice's word, look again while that is on its way, or try her
    elsewhere when a kept message was not looked at in time."""
    if task.next_look_at is None or task.next_look_at > now:
        return Decision(reason="not due")
    if notice is None or notice.delivery is None or notice.delivery.state.pending:
        return Decision((replace(task, updated_at=now),), reason="still on its way")
    if running is not None and task.state is TaskState.CLAIMED and notice.given_back:
        return taken_back(task, notice, customer, running, now)  # nobody was told, or not yet
    state = TaskState(notice.delivery.state.value)
    if task.state is not TaskState.SENT or state is not TaskState.SENT:
        return settled(task, News(state, notice.id), customer, running, policy, now)
    return _not_seen(task, notice, notice.delivery, customer, running, policy, now)


def _not_seen(
    task: Task,
    notice: Interaction,
    way: Delivery,
    customer: Customer,
    running: Running | None,
    policy: Policy,
    now: datetime,
) -> Decision:
    """Taken back and tried elsewhere, in one write: whoever fetches it at this moment finds it gone, or is first."""
    again = falling_back.elsewhere(task, customer, running, policy, NOT_SEEN, now)
    if again is None:
        return Decision((replace(task, fall_back_at=None, updated_at=now),), reason="there is no other channel")
    taken_back = replace(notice, delivery=replace(way, state=DeliveryState.FAILED, since=now, detail=NOT_SEEN))
    message = ConsiderTask(customer_id=task.customer_id, task_id=task.id, as_of=clock.iso(now))
    detail = {"play": task.play, "outcome": TaskState.FAILED.value, "channel": task.channel, "why": NOT_SEEN}
    told = _told(task, TaskState.FAILED, detail, now)
    return Decision((again, taken_back, told, counted(task, now, TaskState.FAILED.value)), (message,), reason=NOT_SEEN)


def _detail(task: Task, news: News) -> dict[str, str]:
    detail = {"play": task.play, "outcome": news.state.value}
    return {**detail, "said": news.said} if news.said else detail


def _told(task: Task, state: TaskState, detail: dict[str, str], now: datetime) -> Event:
    return Event(
        id=ids.derived_ulid(now, task.id, task.interaction_id, state.value),
        customer_id=task.customer_id,
        what=EventKind.OUTCOME,
        at=now,
        task_id=task.id,
        detail=detail,
    )


def _counts(task: Task, state: TaskState, now: datetime) -> object:
    """One in this state, and one sent, where this is the first that is heard of it."""
    sent = (TaskState.SENT.value,) if task.state is TaskState.CLAIMED and state in _SENT else ()
    return counted(task, now, *dict.fromkeys((*sent, state.value)))
