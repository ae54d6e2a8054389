"""Where does work stand in line, and how does it move: routed, offered, taken, put back, relaxed?

Its place is a moment, `order_at`: since when she waits, less the head start of her tier. It is set once and needs no
rewriting; work that comes later than another's place, by more than the longest head start, never passes it.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from chalicelib.cases import calendars, language
from chalicelib.kernel import ids
from chalicelib.model.agent import PRESENT_FOR, Agent
from chalicelib.model.case import Case
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task, TaskState
from chalicelib.model.touchpoint import ALWAYS, CLOSED, LONGEST_NAME, MOST_SKILLS, OPEN, Touchpoint
from chalicelib.model.work import LEVELS, MOST_REFUSALS, Handling, Offer, Refusal, Routing

Work = TypeVar("Work", bound=Case | Task)

NOT_AGAIN = timedelta(minutes=30)  # it is not offered to who declined it
NOT_AGAIN_UNANSWERED = timedelta(minutes=10)  # nor to who did not answer
NOT_AGAIN_TAKEN = timedelta(hours=1)  # nor to who had it taken from her
TO_THE_FRONT = timedelta(days=30)  # before everything that came within a month
JUST_TAKEN = timedelta(minutes=15)  # whoever took it so lately is about it
KEPT_ON_TRANSFER = timedelta(hours=1)
A_DAYS_START = timedelta(days=1)  # of a call that helps less a day later
SPOKEN = 2  # how well her language must be spoken by who calls her unasked
UNANSWERED, DECLINED, BREACH = "did not answer the offer", "declined", "a promise ran out"


def applies(policy: Policy, channel: str, tier: str, now: datetime) -> Touchpoint:
    """The entry of the map that counts at this moment."""
    return next(entry for entry in policy.touchpoints.of(channel, tier) if holds(entry, policy, channel, now))


def holds(entry: Touchpoint, policy: Policy, channel: str, now: datetime) -> bool:
    """Whether it is its time."""
    if entry.when == ALWAYS:
        return True
    if entry.hours is not None:
        return calendars.is_open(entry.hours, now)
    is_open = calendars.is_open(policy.calendars.of(channel), now)
    return is_open if entry.when == OPEN else entry.when == CLOSED and not is_open


def head_start(entry: Touchpoint, policy: Policy, channel: str, tier: str) -> timedelta:
    """By how much it stands before who came at the same time."""
    if entry.head_start is not None:
        return entry.head_start
    slowest = max(each.promised(channel) for each in policy.tiers.tiers)
    return slowest - policy.tiers.named(tier).promised(channel)


# ── Into line ─────────────────────────────────────────────────────────────────────────────────────


def routed(case: Case, customer: Customer, channel: str, now: datetime, policy: Policy, *, last_free: bool) -> Case:
    """The case in line, because the next move is ours from now on. `last_free`: whether the agent who had her last
    could take it. Where she may help herself first a person waits only once she was given something to do so:
    `helping_herself`."""
    tier = policy.tiers.named(customer.tier).name
    entry = applies(policy, channel, tier, now)
    handling, takes, ready_at = entry.handling, channel, now
    if handling is Handling.CALL_BACK and customer.handles_of("phone"):
        takes, ready_at = "phone", calendars.next_opening(policy.calendars.of("phone"), now)
    elif handling is Handling.CALL_BACK:
        handling = Handling.QUEUE  # nobody knows her number
    last = last_agent(case, customer)
    return replace(
        case,
        queue=entry.queue,
        assigned_to="",
        routing=Routing(
            channel=takes,
            handling=handling,
            since=now,
            order_at=ready_at if ready_at > now else now - head_start(entry, policy, channel, tier),
            needs=dict(entry.needs),
            wants=dict(entry.wants),
            language=language.of_answers(case, customer),
            language_level=entry.language_level,
            team=customer.team,
            relax_at=ready_at + entry.relax,
            last_agent=last,
            kept_for=last if last_free else "",
            kept_until=ready_at + entry.keep if last_free else None,
        ),
    )


def helping_herself(case: Case, now: datetime, policy: Policy) -> Case:
    """The case, for which a person comes after a while only: she was shown articles that are likely to answer it, and
    the map says that this goes first. The same case where it does not, or an agent has it already."""
    line = case.routing
    if line is None or line.handling is not Handling.SELF_SERVICE_FIRST or line.deferred or not case.waits:
        return case
    entry = applies(policy, line.channel, case.tier, line.since)
    if entry.handling is not Handling.SELF_SERVICE_FIRST or now + entry.after <= line.since:
        return case
    return replace(case, routing=_ready(line, entry, now + entry.after, now + entry.after))


def at_once(case: Case, now: datetime, policy: Policy) -> Case:
    """The case at the place it would have, had she not been given the time to help herself; the same case if she was
    not."""
    line = case.routing
    if line is None or line.handling is not Handling.SELF_SERVICE_FIRST or not line.deferred:
        return case
    entry = applies(policy, line.channel, case.tier, line.since)
    place = line.since - head_start(entry, policy, line.channel, case.tier)
    return replace(case, routing=_ready(line, entry, place, now))


def _ready(line: Routing, entry: Touchpoint, order_at: datetime, ready_at: datetime) -> Routing:
    return replace(
        line,
        order_at=order_at,
        relax_at=None if line.relaxed else ready_at + entry.relax,
        kept_until=ready_at + entry.keep if line.kept_for else None,
    )


def last_agent(case: Case, customer: Customer) -> str:
    """Who had her last: in this case, else in another."""
    return (case.routing.last_agent if case.routing else "") or customer.last_agent


def task_routed(task: Task, customer: Customer, policy: Policy, now: datetime, *, last_free: bool = False) -> Task:
    """The task in line. What one set up by hand asks of agents was said then; a play's asks what the map asks of who
    serves her by that channel, and that they speak her language. `last_free`: whether the agent who had her last could
    take it; among the few who alone may have it she must be one."""
    if task.routing is not None and not task.routing.outbound:
        line = replace(task.routing, since=now, order_at=now, relax_at=now + Touchpoint().relax, team=customer.team)
        line = replace(line, language=line.language or customer.language)
        return task.moved(TaskState.WAITING, now, reason="", routing=line)
    tier = policy.tiers.named(customer.tier).name
    entry = applies(policy, task.channel, tier, now)
    before = task.routing
    last = (before.last_agent if before else "") or customer.last_agent
    kept = bool(last) and last_free and (not task.agents or last in task.agents)
    knows = {task.topic: LEVELS[0]} if _is_skill(task.topic) and len(entry.wants) < MOST_SKILLS else {}
    line = Routing(
        channel=task.channel,
        since=now,
        order_at=now - head_start(entry, policy, task.channel, tier) - (A_DAYS_START if task.urgent else timedelta()),
        needs=dict(entry.needs),
        wants={**knows, **entry.wants},
        language=customer.language,
        language_level=max(entry.language_level, SPOKEN) if customer.language else 0,
        team=customer.team,
        relax_at=now + entry.relax,
        last_agent=last,
        kept_for=last if kept else "",
        kept_until=now + entry.keep if kept else None,
        outbound=True,
        only=task.agents,
        group=(task.pilot_id or task.id) if task.agents else "",
        refusals=before.refusals if before else (),
    )
    return task.moved(TaskState.WAITING, now, reason="", queue=entry.queue, assigned_to="", routing=line)


def _is_skill(name: str) -> bool:
    return 0 < len(name) <= LONGEST_NAME and name.isascii() and name.replace("-", "").replace("_", "").isalnum()


# ── To an agent ───────────────────────────────────────────────────────────────────────────────────


def offered(work: Work, line: Routing, agent_id: str, now: datetime, offered_for: timedelta) -> Work:
    """The work, for which she must say whether she takes it."""
    offer = Offer(agent_id=agent_id, at=now, expires_at=now + offered_for)
    return replace(work, routing=replace(line, offer=offer))


def holding(agent: Agent, work_id: str, hand: str, now: datetime, *, offered: bool) -> Agent:
    """The agent with it in hand."""
    held = {**agent.held, work_id: hand}
    return replace(heard_of(agent, now), held=held, offered=work_id if offered else agent.offered)


def without(agent: Agent, work_id: str) -> Agent:
    """The agent without it; the same one if she did not have it."""
    if work_id not in agent.held and agent.offered != work_id:
        return agent
    held = {each: channel for each, channel in agent.held.items() if each != work_id}
    return replace(agent, held=held, offered="" if agent.offered == work_id else agent.offered)


def heard_of(agent: Agent, now: datetime) -> Agent:
    """She is there for a while longer. Written only when half of the time is over: most of what she does needs no
    place on the clock moved."""
    if agent.present_until and agent.present_until - now < PRESENT_FOR / 2:
        return replace(agent, present_until=now + PRESENT_FOR)
    return agent


def taken(work: Work, line: Routing, agent_id: str, now: datetime) -> Work:
    """She has it, until the next move is the customer's."""
    line = replace(line, offer=None, kept_for="", kept_until=None, taken_at=now, last_agent=agent_id)
    work = replace(work, assigned_to=agent_id, routing=line)
    return work.moved(TaskState.TAKEN, now) if isinstance(work, Task) else work


# ── Back into line ────────────────────────────────────────────────────────────────────────────────


def put_back(work: Work, line: Routing, now: datetime, refused: Refusal | None = None, *, front: bool = False) -> Work:
    """The work at the place it had, or before all others; `refused`: who is passed over for a while."""
    still = [one for one in line.refusals if now < one.until and (not refused or one.agent_id != refused.agent_id)]
    line = replace(
        line,
        offer=None,
        kept_for="",
        kept_until=None,
        taken_at=None,
        order_at=line.since - TO_THE_FRONT if front else line.order_at,
        refusals=(*still, *([refused] if refused else []))[-MOST_REFUSALS:],
    )
    work = replace(work, assigned_to="", routing=line)
    if isinstance(work, Task):
        return work.moved(TaskState.WAITING, now, begun_at=None)
    return work


def transferred(work: Work, line: Routing, now: datetime, *, to: str = "", queue: str = "") -> Work:
    """To another queue, or to an agent: it is kept for her for an hour, there or not."""
    work = replace(put_back(work, line, now), queue=queue or work.queue)
    if not to or work.routing is None:
        return work
    refusals = tuple(one for one in work.routing.refusals if one.agent_id != to)
    kept = replace(work.routing, kept_for=to, kept_until=now + KEPT_ON_TRANSFER, refusals=refusals)
    return replace(work, routing=kept)


def clocked(work: Work, now: datetime, team: str) -> tuple[Work, str]:
    """What time does to work that nobody took, and in words; the same work when nothing is due. `team`: her customer's
    by now, so that nothing waits for agents who are no longer asked."""
    line = work.routing
    if line is None or work.assigned_to or line.next_at is None or now < line.next_at:
        return work, ""
    if line.offer:
        refusal = Refusal(agent_id=line.offer.agent_id, until=now + NOT_AGAIN_UNANSWERED, reason=UNANSWERED)
        return put_back(work, line, now, refusal), UNANSWERED
    if line.kept_until and line.kept_until <= now:
        return replace(work, routing=replace(line, kept_for="", kept_until=None)), "kept long enough"
    wishes = {**line.wants, **line.needs}
    spoken = line.language_level if line.outbound else 0  # nobody is called unasked in a language she does not speak
    open_to_all = replace(line, needs={}, wants=wishes, language_level=spoken, relaxed=True, relax_at=None, team=team)
    return replace(work, routing=open_to_all), "open to every agent"


# ── Out of hand ───────────────────────────────────────────────────────────────────────────────────


def left(case: Case) -> Case:
    """The case when the next move is not ours any more: nobody has it in hand, and who had it is remembered."""
    if case.routing is None:
        return case
    holder = case.assigned_to or (case.routing.offer.agent_id if case.routing.offer else "")
    line = replace(
        case.routing, offer=None, kept_for="", kept_until=None, taken_at=None,
        last_agent=holder or case.routing.last_agent,
    )  # fmt: skip
    return replace(case, assigned_to="", routing=line)


def remembered(customer: Customer, case: Case) -> Customer:
    """The customer of a case that is solved: who had it is who knows her."""
    last = case.routing.last_agent if case.routing else ""
    return replace(customer, last_agent=last) if last else customer


def taken_back(case: Case, now: datetime, *, at_work: bool) -> tuple[Case, tuple[Event, ...]]:
    """The case before all others, and this told, because one of its promises ran out in an agent's hand; the same case
    if she took it only just now and is there (`at_work`)."""
    line = case.routing
    if line is None or not case.assigned_to:
        return case, ()
    if at_work and line.taken_at and now - line.taken_at < JUST_TAKEN:
        return case, ()
    refused = Refusal(agent_id=case.assigned_to, until=now + NOT_AGAIN_TAKEN, reason=BREACH)
    told = reassigned(case, now, by="Liana", why=BREACH)
    return put_back(case, line, now, refused, front=True), (told,)


def reassigned(case: Case, now: datetime, *, by: str, why: str, to: str = "") -> Event:
    detail = {"from": case.assigned_to, "to": to, "by": by, "why": why}
    return Event(
        id=ids.derived_ulid(now, case.id, EventKind.CASE_REASSIGNED.value, str(case.version)),
        customer_id=case.customer_id,
        what=EventKind.CASE_REASSIGNED,
        at=now,
        case_id=case.id,
        detail={name: value for name, value in detail.items() if value},
    )
