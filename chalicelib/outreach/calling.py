"""What came of a call that an agent made for us, and what follows from it?

Who was not there is tried again at other hours, less and less often, while it still helps; then by another channel, if
the play has one. What she said on the phone counts from that moment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.customers import consent, reaching
from chalicelib.kernel import ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.kernel.messages import NoteSign
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.policy import Policy
from chalicelib.model.task import BY_HAND, Task, TaskState
from chalicelib.outreach import falling_back, frequency
from chalicelib.outreach.counting import counted
from chalicelib.outreach.plays.base import Running

REACHED, SOLVED, REFUSED, NO_ANSWER, VOICEMAIL, WRONG_NUMBER, CALL_BACK, NOT_REACHED = (
    "reached", "solved", "refused", "no_answer", "voicemail", "wrong_number", "call_back", "not_reached",
)  # fmt: skip
SPOKEN_TO = (REACHED, SOLVED, REFUSED, CALL_BACK)
IN_VAIN = (NO_ANSWER, VOICEMAIL, NOT_REACHED)
GAPS: Mapping[int, timedelta] = {1: timedelta(hours=2), 2: timedelta(hours=22), 3: timedelta(hours=51)}  # other hours
ASKS_WHETHER_IT_IS_RIGHT = "recovery_follow_up"
NOT_HERS = "this task is not in your hand: calls that were not begun go back into line when more customers come to us"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of it. `do_not_call`: she wants no calls of ours any more; `again_at`: she is tried again then."""

    outcome: str
    by: str
    note: str = ""
    agent_id: str = ""
    again_at: datetime | None = None
    do_not_call: bool = False

    @property
    def in_words(self) -> str:
        return f"{self.outcome}: {self.note}" if self.note else self.outcome


def begun(task: Task, agent_id: str, now: datetime) -> Decision:
    """She looks at the number: from now on it is not taken from her. Raises Conflict if it is not hers (any more)."""
    if task.state is not TaskState.TAKEN or task.assigned_to != agent_id:
        raise Conflict(NOT_HERS)
    if task.begun_at:
        return Decision(reason="begun already")
    return Decision((replace(task, begun_at=now, updated_at=now), counted(task, now, "claimed")), reason="begun")


def put_down(task: Task) -> Task:
    """The task out of its agent's hand."""
    line = task.routing and replace(task.routing, offer=None, taken_at=None, kept_for="", kept_until=None)
    return replace(task, assigned_to="", begun_at=None, routing=line)


def finished(
    task: Task, customer: Customer, running: Running | None, policy: Policy, said: Said, now: datetime
) -> Decision:
    """The task and the customer as it leaves them; told on the timeline. `running`: its play, None if it has none.

    Raises Conflict for one that is over, or was not an agent's to do, Invalid for a time that helps nobody.
    """
    if task.state.final or (task.play != BY_HAND and (task.routing is None or task.state is not TaskState.TAKEN)):
        raise Conflict(f"this task is {task.state.value}; only one that an agent has to do can be done")
    if said.agent_id and task.assigned_to and task.assigned_to != said.agent_id:
        raise Conflict(NOT_HERS)
    if said.outcome == CALL_BACK and said.again_at is None:
        raise Invalid("say when she wants to be called: again_at", "/again_at")
    if said.again_at and said.again_at >= task.deadline:
        raise Invalid("again_at is after the task's deadline; leave it out, or set up another task", "/again_at")
    known, refusals = _after(customer, task, said, now)
    after, follows = _next(task, known, running, policy, said, now)
    told = Event(
        id=ids.derived_ulid(now, task.id, said.outcome, str(task.version)),
        customer_id=task.customer_id,
        what=EventKind.OUTCOME,
        at=now,
        task_id=task.id,
        detail=_detail(task, said, follows),
    )
    changes: tuple[object, ...] = (after, told, *refusals)
    if known != customer:
        changes += (known,)
    if said.outcome in SPOKEN_TO:
        changes += (counted(task, now, "answered"),)
    news = (NoteSign(customer_id=told.customer_id, fact_id=told.id),) if task.play == ASKS_WHETHER_IT_IS_RIGHT else ()
    return Decision(changes, news, reason=said.outcome)


def _detail(task: Task, said: Said, follows: str) -> dict[str, str]:
    detail = {"goal": task.goal or task.play, "outcome": said.outcome, "note": said.note, "by": said.by}
    if task.play != BY_HAND:
        detail |= {"play": task.play, "then": follows}
        detail |= {"do_not_call": "true"} if said.do_not_call else {}
    return detail


def _after(customer: Customer, task: Task, said: Said, now: datetime) -> tuple[Customer, list[object]]:
    """What she said, or the line, teaches us of her; and what is told of her refusals."""
    if said.outcome in (REACHED, SOLVED, VOICEMAIL) or (said.outcome == CALL_BACK and task.play != BY_HAND):
        customer = frequency.contacted(customer, task, now)
    if said.outcome == WRONG_NUMBER and task.channel == "phone" and customer.phone:
        customer = replace(customer, suppressed={**customer.suppressed, customer.phone: WRONG_NUMBER})
    customer = reaching.counted(customer, task.channel, now, sent=1, answered=int(said.outcome in SPOKEN_TO))
    told: list[object] = []
    if said.do_not_call:
        known = {key.partition("/")[2] for key in customer.consents if key.startswith(f"{task.channel}/")}
        for purpose in sorted({task.purpose, *known}):
            proof = f"said to {said.by} by {task.channel}"
            refused = consent.withdraw(customer, task.channel, purpose, proof, now, under=task.customer_id)
            for change in refused.changes:
                if isinstance(change, Customer):
                    customer = change
                else:
                    told.append(change)
    return customer, told


def _next(
    task: Task, customer: Customer, running: Running | None, policy: Policy, said: Said, now: datetime
) -> tuple[Task, str]:
    """The task, and in a word what follows."""
    told = replace(put_down(task), outcome=said.in_words, done_by=said.by)
    if said.again_at:
        return _again(told, said.again_at, now, keep=said.agent_id), "again"
    if said.outcome in IN_VAIN and not (task.play == BY_HAND and said.outcome == NOT_REACHED):
        told = replace(told, calls=task.calls + 1)
        at = now + GAPS.get(told.calls, timedelta())
        if told.calls in GAPS and at < task.deadline:
            return _again(told, at, now), "again"
        return _by_another(told, customer, running, policy, said.outcome, now)
    if said.outcome == WRONG_NUMBER:
        if customer.phone and task.channel == "phone" and now < task.deadline:
            return _again(told, now, now), "other number"
        return _by_another(told, customer, running, policy, said.outcome, now)
    return told.moved(TaskState.DONE, now), "done"


def _again(task: Task, at: datetime, now: datetime, keep: str = "") -> Task:
    line = task.routing and replace(task.routing, last_agent=keep or task.routing.last_agent)
    return task.moved(TaskState.PLANNED, now, due_at=at, routing=line)


def _by_another(
    task: Task, customer: Customer, running: Running | None, policy: Policy, why: str, now: datetime
) -> tuple[Task, str]:
    if again := falling_back.elsewhere(task, customer, running, policy, why, now):
        return again, again.channel
    tried = task.tried if task.play == BY_HAND else (*task.tried, task.channel)
    return task.moved(TaskState.DONE, now, tried=tried), "done"
