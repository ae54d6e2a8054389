"""Whom would a play reach, whom not and why, and how much work is that? By a sample, before anybody is contacted.

Of each of the sample it is asked what was told of her in the last weeks, and whether the play would have contacted her
for it; the guardrails are asked as if it was due now. What is counted is brought to everybody, with Wilson's interval.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.insight.statistics import Share
from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy
from chalicelib.model.task import Task
from chalicelib.outreach import choosing, guardrails, planning
from chalicelib.outreach.guardrails import Contact, Postponement
from chalicelib.outreach.plays.base import Running, Told

CALL_MINUTES = 6.0  # of an agent, what comes before and after included
ANSWERED = 0.1  # of the contacts, before a play has shown how many
FEW = 5  # ids beside each reason


@dataclass(frozen=True, slots=True)
class Sampled:
    """A customer of the sample, and what was told of her in the window, the newest first."""

    customer: Customer
    told: tuple[Told, ...]


@dataclass(slots=True)
class Group:
    """Those of the sample for whom the play would do the same."""

    people: list[str] = field(default_factory=list)  # ids, each once
    occasions: int = 0

    def add(self, customer_id: str) -> None:
        self.occasions += 1
        if customer_id not in self.people:
            self.people.append(customer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Of everybody: the number that is likely, and between which it lies in 19 of 20 samples."""

    likely: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    sampled: int
    of: int  # all whom the sample stands for
    window_days: int
    reached: Group
    later: Mapping[str, Group]  # by guardrail: it would be put off first
    refused: Mapping[str, Group]  # by guardrail
    channels: Mapping[str, int]  # occasions
    reached_share: Share  # of people, in the window

    @property
    def people(self) -> Estimate:
        """Whom it would reach in the window."""
        wide = self.reached_share.interval
        return Estimate(likely=self.reached_share.rate * self.of, low=wide.low * self.of, high=wide.high * self.of)

    @property
    def a_day(self) -> Estimate:
        """Contacts. Of people who are reached several times each occasion counts."""
        each = self.reached.occasions / len(self.reached.people) if self.reached.people else 1.0
        scale = each / self.window_days
        return Estimate(likely=self.people.likely * scale, low=self.people.low * scale, high=self.people.high * scale)

    def call_minutes_a_day(self) -> float:
        """Of agents who make the calls."""
        calls = sum(many for channel, many in self.channels.items() if channel in choosing.BY_AGENTS)
        return self.a_day.likely * calls / self.reached.occasions * CALL_MINUTES if self.reached.occasions else 0.0

    def answers_a_day(self, answered: float = ANSWERED) -> float:
        """Contacts that come back, at this share of answers."""
        return self.a_day.likely * answered


def of_sample(
    sample: Iterable[Sampled], running: Running, policy: Policy, *, of: int, window_days: int, now: datetime
) -> Preview:
    """`running` with the edition that is asked about as its live one, running, and without a pilot."""
    reached, later, refused = Group(), defaultdict[str, Group](Group), defaultdict[str, Group](Group)
    channels: Counter[str] = Counter()
    sampled = 0
    for one in sample:
        sampled += 1
        for task in _tasks(one, running, now):
            due = choosing.with_channel(task, one.customer, running, policy, now)
            objection = guardrails.objection_to(
                Contact(customer=one.customer, task=due, running=running, policy=policy, now=now)
            )
            if objection and not isinstance(objection, Postponement):
                refused[objection.rule].add(one.customer.id)
                continue
            if objection:
                later[objection.rule].add(one.customer.id)
            reached.add(one.customer.id)
            channels[due.channel] += 1
    return Preview(
        sampled=sampled,
        of=of,
        window_days=window_days,
        reached=reached,
        later=dict(later),
        refused=dict(refused),
        channels=dict(channels),
        reached_share=Share(len(reached.people), sampled),
    )


def _tasks(one: Sampled, running: Running, now: datetime) -> Iterable[Task]:
    """What it would have planned, each occasion once, moved so that it is due now."""
    found: dict[str, Task] = {}
    for told in one.told:
        if told.what not in running.play.triggers:
            continue
        for occasion in running.play.occasions(told, one.customer, running.given):
            plan = planning.planned(running, occasion, one.customer.id, one.customer.tier, now)
            task = next(change for change in plan.changes if isinstance(change, Task))
            moved = replace(task, due_at=now, deadline=now + (task.deadline - task.due_at))
            found.setdefault(f"{occasion.key}:{occasion.step}", moved)
    return found.values()
