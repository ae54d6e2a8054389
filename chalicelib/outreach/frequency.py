"""How often was she contacted first? What her row remembers of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.model.customer import Customer
from chalicelib.model.outreach import REMEMBERED
from chalicelib.model.task import BY_HAND, Task

MOST_PLAYS = 20  # her row remembers, those of the newest contacts


def contacted(customer: Customer, task: Task, now: datetime) -> Customer:
    """The customer after this contact, which counts for the caps of all channels and plays, and for its own."""
    sent = (*customer.notices_sent, now)[-REMEMBERED:]
    if task.play == BY_HAND:
        return replace(customer, notices_sent=sent)
    return replace(customer, notices_sent=sent, told_of=_newest({**customer.told_of, told_key(task): now}))


def taken_back(customer: Customer, task: Task, at: datetime) -> Customer:
    """The customer as if she had not been contacted then, because it did not leave after all."""
    sent = tuple(when for when in customer.notices_sent if when != at)
    told_of = {play: when for play, when in customer.told_of.items() if (play, when) != (told_key(task), at)}
    return replace(customer, notices_sent=sent, told_of=told_of)


def told_key(task: Task) -> str:
    """Of a play, or one of its steps."""
    return f"{task.play}/{task.step}" if task.step else task.play


def _newest(told_of: Mapping[str, datetime]) -> dict[str, datetime]:
    newest = sorted(told_of.items(), key=lambda one: one[1])[-MOST_PLAYS:]
    return dict(newest)
