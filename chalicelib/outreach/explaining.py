"""Why would this play not contact her, if it wanted to at this moment? Everything that decides it, in order."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import choosing, guardrails, piloting
from chalicelib.outreach.choosing import Choice
from chalicelib.outreach.guardrails import Contact, Objection, Postponement
from chalicelib.outreach.plays.base import Running

PASSES, PASSED_BY, REFUSES, POSTPONES = "passes", "passed_by", "refuses", "postpones"
NO_OCCASION = "nothing called for it: no fact or event of hers led to a task of this play"
HELP_FOR = timedelta(days=7)  # for which a contact nothing called for is taken to help


@dataclass(frozen=True, slots=True)
class Said:
    """What one guardrail says. `passed_by`: this play does not ask it."""

    rule: str
    says: str
    why: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyNot:
    """`decides` is the first guardrail that is in the way, empty: none is, and the pilot's draw may hold her out still.
    `task` is the newest of this play that she had, None: she never had an occasion."""

    said: tuple[Said, ...]
    decides: str
    channel: str
    channels: tuple[Choice, ...]
    pilot_id: str
    arm: str
    task: Task | None


def why_not(
    customer: Customer,
    running: Running,
    task: Task | None,
    policy: Policy,
    now: datetime,
    *,
    text: str,
    braked: bool,
    groundless: str = "",
) -> WhyNot:
    """For anybody, whether or not she has a task. One that is over is asked about as if its occasion were now.
    `groundless`: why what the task stands on holds no more, as grounds.objection says it."""
    asked = _asked(customer, running, task, now)
    asked = choosing.with_channel(asked, customer, running, policy, now)
    contact = Contact(customer=customer, task=asked, running=running, policy=policy, now=now, text=text, braked=braked)
    passed = guardrails.passes_by(running)
    without = replace(contact, running=_without_occasion(running)) if task is None else contact
    said = tuple(
        _said(rule, objection, passed, no_occasion=groundless.partition(": ")[2] if task else NO_OCCASION)
        for rule, objection in guardrails.all_objections(without)
    )
    drawn = piloting.drawn(asked, customer, running.record.pilot, now=now).task
    return WhyNot(
        said=said,
        decides=next((one.rule for one in said if one.says in (REFUSES, POSTPONES)), ""),
        channel=asked.channel,
        channels=choosing.choices(asked, customer, running, policy, now),
        pilot_id=drawn.pilot_id,
        arm="held_out" if drawn.state is TaskState.HELD_OUT else drawn.arm,
        task=task,
    )


def _said(rule: str, objection: Objection | None, passed: frozenset[str], *, no_occasion: str) -> Said:
    if rule in passed:
        return Said(rule, PASSED_BY)
    if rule == guardrails.not_needed.__name__ and no_occasion:
        return Said(rule, REFUSES, no_occasion)
    if isinstance(objection, Postponement):
        return Said(rule, POSTPONES, until=objection.until)
    return Said(rule, REFUSES, objection.why) if objection else Said(rule, PASSES)


def _asked(customer: Customer, running: Running, task: Task | None, now: datetime) -> Task:
    play = running.play
    if task is not None:
        return replace(task, state=TaskState.PLANNED, tried=() if task.state.final else task.tried)
    return Task(
        id="",
        customer_id=customer.id,
        play=play.name,
        purpose=play.purpose,
        channel=running.channels[0],
        channels=running.channels,
        topic=play.topic,
        urgent=play.urgent,
        tier=customer.tier,
        why="",
        created_at=now,
        updated_at=now,
        due_at=now,
        deadline=now + HELP_FOR,
    )


def _without_occasion(running: Running) -> Running:
    """Whether she needs it still cannot be asked of what nothing called for."""
    return Running(replace(running.play, still_needed=lambda *_: True), running.record)
