"""By which channel is she contacted?

A channel is possible where she agreed to it, there is somewhere to send it, and it was not tried in vain. Among those
the company's order counts, and it is moved by what she answers on, by hurry, and by cost:

    score = order × how she answers × hurry − cost / worth

Each is a number near 1, said in `why`, so that a person can follow it. docs/plays.md has the table.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.customers import reaching
from chalicelib.model.customer import Customer, consent_key
from chalicelib.model.policy import Policy
from chalicelib.model.task import BY_HAND, Task
from chalicelib.outreach.channels import REGISTRY, Carrier, Way
from chalicelib.outreach.plays.base import Running

BY_AGENTS = frozenset(name for name, way in REGISTRY.items() if way.carrier is Carrier.AGENT)

EACH_PLACE = 0.6  # of what the channel before it in the company's order counts
USUAL = 0.1  # of ten contacts one is answered, until she shows otherwise
AS_MANY = 10.0  # contacts on a channel whose word weighs as much as that
MOST, LEAST = 4.0, 0.25  # times the usual: a few contacts say no more
TOO_SLOW = 0.4  # what an urgent contact is worth on a channel she looks at later
QUICK_MINUTES = 60
WORTH_IN_CALLS = 10  # what reaching her is worth, in calls she need not make


@dataclass(frozen=True, slots=True)
class Choice:
    """One channel for one contact. `why` says in words how its score came about, or what is in the way."""

    channel: str
    possible: bool
    why: str
    score: float = 0.0


def choices(
    task: Task, customer: Customer, running: Running | None, policy: Policy, now: datetime
) -> tuple[Choice, ...]:
    """Every channel of the play, the best first, then those that are not possible, in the company's order."""
    order = (running.channels if running else ()) or task.channels or (task.channel,)
    judged = [_judged(name, place, task, customer, policy, now) for place, name in enumerate(order)]
    return tuple(sorted(judged, key=lambda choice: (not choice.possible, -choice.score)))


def with_channel(task: Task, customer: Customer, running: Running | None, policy: Policy, now: datetime) -> Task:
    """The task by the channel that suits her. Where none does, by the first that was not tried: the guardrails then say
    why she is not contacted. What an agent set up by hand stays as she wanted it."""
    if task.play == BY_HAND or running is None:
        return task
    judged = choices(task, customer, running, policy, now)
    best = next((choice.channel for choice in judged if choice.possible), "")
    untried = next((choice.channel for choice in judged if choice.channel not in task.tried), task.channel)
    return replace(task, channel=best or untried, channels=tuple(choice.channel for choice in judged))


def _judged(name: str, place: int, task: Task, customer: Customer, policy: Policy, now: datetime) -> Choice:
    way = REGISTRY.get(name)
    if way is None:
        return Choice(name, possible=False, why=f"there is no channel {name}")
    if objection := _objection(way, task, customer, policy):
        return Choice(name, possible=False, why=objection)
    order, answers, hurry = EACH_PLACE**place, _how_she_answers(way, customer, now), _hurry(way, task, now)
    cost = way.cost(policy, "x" * min(way.longest, 140))
    score = order * answers * hurry - cost / (WORTH_IN_CALLS * max(1, policy.contact_costs.get("phone", 1)))
    why = f"order {order:g} × answers {answers:.2f} × hurry {hurry:g} − cost {cost:g} = {score:.2f}"
    return Choice(name, possible=True, why=why, score=round(score, 4))


def _objection(way: Way, task: Task, customer: Customer, policy: Policy) -> str:
    if not way.on(policy):
        return "it is not switched on"
    if way.name in task.tried:
        return "she was tried there already"
    consent = customer.consents.get(consent_key(way.name, task.purpose))
    if consent is None:
        return f"she never agreed to {task.purpose} by {way.name}"
    if not consent.granted:
        return f"she wants no {task.purpose} by {way.name} since {consent.at:%Y-%m-%d}"
    return way.lacks(customer)


def _how_she_answers(way: Way, customer: Customer, now: datetime) -> float:
    """How much more often than usual; 1 for a channel nobody wrote to her on."""
    reach = reaching.faded(customer.reach.get(way.name), now)
    rate = (reach.answered + AS_MANY * USUAL) / (reach.sent + AS_MANY)
    return min(MOST, max(LEAST, rate / USUAL))


def _hurry(way: Way, task: Task, now: datetime) -> float:
    quick = way.seen_within.total_seconds() <= QUICK_MINUTES * 60
    in_time = now + way.seen_within < task.deadline
    return 1.0 if in_time and (quick or not task.urgent) else TOO_SLOW
