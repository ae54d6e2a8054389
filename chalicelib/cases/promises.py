"""What do we promise, and what when a promise is due?

Promises are counted in business time of their channel's calendar. The clock of each stands still while the next move is
the customer's; a case's log says when and why.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.cases import audience, calendars, language, later
from chalicelib.desk import routing
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import Message, SendMail
from chalicelib.model.calendar import Calendars
from chalicelib.model.case import (
    LONGEST_LOG,
    Case,
    CaseStatus,
    Promise,
    PromiseEntry,
    PromiseKind,
    PromiseState,
    PromiseStep,
)
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.interaction import Delivery, Direction, Interaction, Purpose
from chalicelib.model.policy import Policy
from chalicelib.model.tier import Tier
from chalicelib.model.urgency import Urgency

WARN_IN_LAST = 0.25  # of the promised time
WAIT_FOR_CUSTOMER = timedelta(days=7)
RANKED = {Urgency.LOW: 0, Urgency.NORMAL: 0, Urgency.HIGH: 2, Urgency.URGENT: 4}  # what is added lies above
AT_RISK_PRIORITY = 1
BROKEN_PRIORITY = 2
BROKEN_AGAIN_PRIORITY = 3
A_MOMENT = timedelta(hours=1)  # in which an answer that is due is sent, whatever else is
HER_MOVE, HER_WORD = "the next move is the customer's", "the customer wrote"


def made(
    kind: PromiseKind,
    tier: Tier,
    channel: str,
    now: datetime,
    policy: Policy,
    *,
    tell: str = "",
    urgency: Urgency = Urgency.NORMAL,
) -> Promise | None:
    """The promise to a customer of this tier who wrote on this channel just now; None where none is made. `tell`: the
    address that hears of it before it breaks."""
    within = tier.within(kind, channel)
    if within is None:
        return None
    within *= factor(urgency, channel, tier.name, now, policy)
    calendar = policy.calendars.of(channel)
    return Promise(
        made_at=now,
        due_at=calendars.add(calendar, now, within),
        warn_at=calendars.add(calendar, now, within * (1 - WARN_IN_LAST)),
        kind=kind,
        channel=channel,
        tell=tell,
    )


def factor(urgency: Urgency, channel: str, tier: str, now: datetime, policy: Policy) -> float:
    """How much of what a tier promises holds at this urgency: as the touchpoint map says, else as tiers do."""
    return routing.applies(policy, channel, tier, now).factor(urgency, policy.tiers)


def opened(case: Case, tier: Tier, channel: str, now: datetime, policy: Policy, *, tell: str = "") -> Case:
    """The case with what is promised to whoever opens one."""
    return replace(
        case,
        promise=made(PromiseKind.FIRST_ANSWER, tier, channel, now, policy, tell=tell, urgency=case.urgency),
        solution=made(PromiseKind.SOLUTION, tier, channel, now, policy, tell=tell, urgency=case.urgency),
    )


def asked(case: Case, tier: Tier, channel: str, now: datetime, policy: Policy, *, tell: str = "") -> Case:
    """The case after the customer wrote again and the next move is ours: a new answer is promised, and the clock of
    the solution goes on."""
    if case.promise is None:
        return opened(case, tier, channel, now, policy, tell=tell)
    kind = case.promise.kind if case.promise.open else PromiseKind.NEXT_ANSWER
    before = None if case.promise.open else replace(case.promise, told_by=None)
    return replace(
        resumed(case, now, policy.calendars, HER_WORD),
        first_answer=case.first_answer or before,
        promise=made(kind, tier, channel, now, policy, tell=tell, urgency=case.urgency),
    )


def answered(case: Case, now: datetime, *, solved: bool) -> Case:
    """The case after an agent's answer: promises that broke stay broken. Unless it solves the case, the clock of the
    solution stands still from here on."""
    case = _kept(case, case.promise, now, "answered")
    if solved:
        return _kept(case, case.solution, now, "solved")
    if case.solution and case.solution.state is PromiseState.BROKEN:
        return replace(case, solution=replace(case.solution, told_by=None))  # what was said of it is said anew
    if case.solution and case.solution.running:
        if case.solution.due_at <= now:  # the clock has not seen it yet
            return _with(case, replace(case.solution, state=PromiseState.BROKEN), PromiseStep.BROKEN, now, "not solved")
        return _with(case, replace(case.solution, paused_at=now), PromiseStep.PAUSED, now, HER_MOVE)
    return case


def paused(case: Case, now: datetime) -> Case:
    """The case with its clocks standing: the next move is the customer's, though nobody answered."""
    for promise in (case.promise, case.solution):
        if promise and promise.running:
            case = _with(case, replace(promise, paused_at=now), PromiseStep.PAUSED, now, HER_MOVE)
    return case


def solved(case: Case, now: datetime) -> Case:
    """The case solved by an agent who did not answer: only the promise of a solution is kept by that; the clock of an
    answer stands, should it be opened again."""
    return paused(_kept(case, case.solution, now, "solved"), now)


def resumed(case: Case, now: datetime, open_hours: Calendars, why: str) -> Case:
    """The case with its clocks going on: each promise is due later by the business time that passed while it stood, or
    while the case was taken for solved."""
    answer, solution = case.promise, case.solution
    if answer and answer.open and answer.paused_at:
        case = _going_on(case, answer, answer.paused_at, now, open_hours, why)
    if solution is None:
        return case
    since = solution.kept_at if solution.state is PromiseState.KEPT else solution.paused_at
    return _going_on(case, solution, since, now, open_hours, why) if since else case


def _going_on(case: Case, promise: Promise, since: datetime, now: datetime, open_hours: Calendars, why: str) -> Case:
    calendar = open_hours.of(promise.channel)
    stood = calendars.between(calendar, since, now)
    going = replace(
        promise,
        state=promise.state if promise.open else PromiseState.OPEN,
        kept_at=None,
        paused_at=None,
        due_at=calendars.add(calendar, promise.due_at, stood),
        warn_at=calendars.add(calendar, promise.warn_at, stood),
        told_by=promise.told_by and calendars.add(calendar, promise.told_by, stood),
        said_by=promise.said_by and calendars.add(calendar, promise.said_by, stood),
    )
    return _with(case, going, PromiseStep.RESUMED, now, why)


def moved(case: Case, tier: Tier, channel: str, now: datetime, policy: Policy, why: str) -> Case:
    """The case with the answer and solution that were promised for its last contact promised from now on."""
    promised_at = case.promise.made_at if case.promise else None
    for promise in case.promises:
        again = made(promise.kind, tier, channel, now, policy, tell=promise.tell, urgency=case.urgency)
        if again and promise.made_at == promised_at:
            case = _with(case, again, PromiseStep.MOVED, now, why)
    return case


def hastened(case: Case, before: Urgency, now: datetime, policy: Policy) -> Case:
    """The case, more urgent than before, with what is left of the time of its running promises shortened in proportion:
    never later, and never broken by that alone. What she was told stays known."""
    for promise in case.promises:
        after, until_now = (
            factor(urgency, promise.channel or case.channel, case.tier, now, policy)
            for urgency in (case.urgency, before)
        )
        ratio = after / until_now
        if ratio >= 1 or not promise.open or promise.due_at <= now:
            continue
        calendar, since = policy.calendars.of(promise.channel), promise.paused_at or now
        due_at, warn_at = (
            calendars.add(calendar, since, calendars.between(calendar, since, at) * ratio) if at > since else at
            for at in (promise.due_at, promise.warn_at)
        )
        said_by = promise.said_by or promise.due_at
        sooner = replace(
            promise, due_at=min(due_at, promise.due_at), warn_at=min(warn_at, promise.warn_at), said_by=said_by
        )
        case = _with(case, sooner, PromiseStep.HASTENED, now, f"the case is {case.urgency.value}")
    return case


def pressed(case: Case, points: int) -> int:
    """The priority of a case of its urgency, with what presses besides; what pressed before still does."""
    base = RANKED[case.urgency]
    return base + max(case.priority - base, points)


def reranked(case: Case, urgency: Urgency) -> Case:
    """The case of another urgency, or of its own; what presses besides stays."""
    pressing = max(0, case.priority - RANKED[case.urgency])
    return replace(case, urgency=urgency, priority=RANKED[urgency] + pressing)


def act_on_due(
    case: Case,
    customer: Customer | None,
    now: datetime,
    policy: Policy,
    hers: Interaction | None = None,
    *,
    at_work: bool = True,
) -> Decision:
    """What the clock does to a case whose time has come. Nothing, if it is not due after all: the clock may
    come twice, and the case may have moved on. `hers`: the mail her letter continues, if she is written one. `at_work`:
    whether the agent who has it is there."""
    if case.due_at is None or case.due_at > now:
        return Decision(reason="not due")
    if case.status is CaseStatus.SOLVED:
        return Decision((replace(case, status=CaseStatus.CLOSED, lease=None),), reason="solved long enough ago")
    if case.status is CaseStatus.WAITING and case.waiting_until and case.waiting_until <= now:
        return _close_wait(case, customer, now)
    urgent, moved = case, ""
    if case.status.ours:
        urgent, moved = routing.clocked(case, now, customer.team if customer else "")
    awake = replace(urgent, snoozed_at=None, snoozed_until=None)  # nothing breaks out of sight
    if not _due_by(case, now):
        if case.snoozed_until and case.snoozed_until <= now:
            woken = _told(case, EventKind.CASE_WOKEN, now, why="its time came")
            return Decision((replace(awake, updated_at=now), woken), reason="snooze over")
        return Decision((urgent,), reason=moved)
    told: list[Event] = []
    urgent = awake
    wait = to_tell(case, customer, now, policy)
    for promise in _due_by(case, now):
        told_by = _second_time(case, promise, policy) if promise is wait else promise.told_by
        urgent, event = _due(urgent, replace(promise, told_by=told_by), now)
        told.append(_with_letter(event) if promise is wait else event)
    if urgent.routing is None and customer:  # from before there were queues
        urgent = routing.routed(urgent, customer, case.channel, now, policy, last_free=False)
    urgent, news = routing.taken_back(urgent, now, at_work=at_work)
    changes: tuple[object, ...] = (urgent, *told, *news)
    messages: tuple[Message, ...] = audience.news(urgent, policy, told)
    if customer and wait:
        letter = _letter(urgent, wait, customer, now, _second_time(case, wait, policy), hers)
        changes += (letter,)
        messages = (SendMail(customer_id=letter.customer_id, interaction_id=letter.id), *messages)
    return Decision(changes, messages, reason=" and ".join(dict.fromkeys(event.what.value for event in told)))


def _with_letter(event: Event) -> Event:
    """Whoever else would tell her need not."""
    return replace(event, detail={**event.detail, "letter": "yes"})


def to_tell(case: Case, customer: Customer | None, now: datetime, policy: Policy) -> Promise | None:
    """The promise she is written of now because it will not be kept, or was not while nobody watched: once, and where
    she was acknowledged. None: she is not written to."""
    if customer is None or not policy.delays_told or not case.status.ours:
        return None
    for promise in _due_by(case, now):
        own = promise.tell in customer.handles_of("email") and promise.tell not in customer.suppressed
        if promise.open and promise.told_by is None and own and not policy.is_ours(promise.tell):
            return promise if now < _second_time(case, promise, policy) else None
    return None


def _due_by(case: Case, now: datetime) -> list[Promise]:
    """None while the next move is not ours: whatever else is due then, no promise breaks."""
    if not case.status.ours:
        return []
    return [promise for promise in case.promises if promise.next_at and promise.next_at <= now]


def _second_time(case: Case, promise: Promise, policy: Policy) -> datetime:
    """By when she will have an answer instead: as long again as her tier is promised."""
    calendar = policy.calendars.of(promise.channel)
    within = policy.tiers.named(case.tier).within(promise.kind, promise.channel)
    said_by = promise.said_by or promise.due_at
    again = within or calendars.between(calendar, promise.made_at, said_by)
    return calendars.add(calendar, said_by, again)


def _letter(
    case: Case, promise: Promise, customer: Customer, now: datetime, told_by: datetime, hers: Interaction | None
) -> Interaction:
    return Interaction(
        id=ids.derived_ulid(now, case.id, "delay", promise.kind.value, clock.iso(promise.made_at)),
        customer_id=case.customer_id,
        case_id=case.id,
        at=now,
        channel="email",
        direction=Direction.OUT,
        purpose=Purpose.DELAY,
        tier=case.tier,
        author="Liana",
        subject=case.subject,
        language=language.of_answers(case, customer),
        references=(*hers.references, hers.message_id) if hers and hers.message_id else (),
        delivery=Delivery(to=promise.tell, since=now),
        template={
            "promise": promise.kind.value,
            "promised_by": clock.iso(promise.said_by or promise.due_at),
            "told_by": clock.iso(told_by),
        },
    )


def _due(case: Case, promise: Promise, now: datetime) -> tuple[Case, Event]:
    """It is about to break, or broke, or what she was told instead did: the case rises, and its timeline tells."""
    if promise.state is PromiseState.BROKEN and promise.told_by:
        due = promise.told_by.isoformat(timespec="minutes")
        told = _told(case, EventKind.PROMISE_BROKEN, now, due=due, promise=promise.kind.value, again="yes")
        case = _with(case, replace(promise, told_by=None), PromiseStep.BROKEN, now, "what she was told instead")
        return replace(case, priority=pressed(case, BROKEN_AGAIN_PRIORITY), updated_at=now), told
    broken = promise.due_at <= now
    step = PromiseStep.BROKEN if broken else PromiseStep.AT_RISK
    case = _with(case, replace(promise, state=PromiseState(step.value)), step, now)
    priority = BROKEN_PRIORITY if broken else AT_RISK_PRIORITY
    what = EventKind.PROMISE_BROKEN if broken else EventKind.PROMISE_AT_RISK
    due = promise.due_at.isoformat(timespec="minutes")
    told = _told(case, what, now, due=due, promise=promise.kind.value)
    return replace(case, priority=pressed(case, priority), updated_at=now), told


def _close_wait(case: Case, customer: Customer | None, now: datetime) -> Decision:
    """She did not come back in time: solved, until she writes again, which reopens it. Not while we have promised
    ourselves to write to her."""
    last = later.waits_until(case)
    if last and last > now - A_MOMENT:
        longer = replace(case, waiting_until=max(last, now) + WAIT_FOR_CUSTOMER, updated_at=now)
        return Decision((longer,), reason="an answer waits")
    why = "no answer from the customer"
    solved = _kept(case, case.solution, now, why)
    solved = replace(
        solved,
        status=CaseStatus.SOLVED,
        waiting_until=None,
        solved_at=now,
        snoozed_at=None,
        snoozed_until=None,
        updated_at=now,
    )
    changes: tuple[object, ...] = (solved, _told(case, EventKind.CASE_SOLVED, now, why=why))
    if customer:
        after = routing.remembered(without_case(customer, case.id), case)
        changes += (after,) if after != customer else ()
    return Decision(changes, reason="wait over")


def _kept(case: Case, promise: Promise | None, now: datetime, why: str) -> Case:
    """The case with the promise kept, unless it is too late for that. While its clock stood it could not break."""
    if promise is None or not promise.open:
        late = promise and promise is case.promise and promise.kept_at is None
        return replace(case, promise=replace(promise, kept_at=now)) if promise and late else case
    in_time = (promise.paused_at or now) < promise.due_at
    state = PromiseState.KEPT if in_time else PromiseState.BROKEN
    settled = replace(promise, state=state, kept_at=now, paused_at=None)
    return _with(case, settled, PromiseStep(state.value), now, why)


def _with(case: Case, promise: Promise, step: PromiseStep, now: datetime, why: str = "") -> Case:
    """The case with the promise in place of the one of its kind, and its log."""
    entry = PromiseEntry(at=now, promise=promise.kind, step=step, why=why, due_at=promise.due_at)
    log = (*case.promise_log, entry)[-LONGEST_LOG:]
    if promise.kind is PromiseKind.SOLUTION:
        return replace(case, solution=promise, promise_log=log)
    return replace(case, promise=promise, promise_log=log)


def without_case(customer: Customer, case_id: str) -> Customer:
    left = {open_id: topic for open_id, topic in customer.open_cases.items() if open_id != case_id}
    return replace(customer, open_cases=left)


def _told(case: Case, what: EventKind, now: datetime, **detail: str) -> Event:
    return Event(
        id=ids.derived_ulid(now, case.id, what.value, detail.get("promise", ""), str(case.version)),
        customer_id=case.customer_id,
        what=what,
        at=now,
        case_id=case.id,
        detail=detail,
    )
