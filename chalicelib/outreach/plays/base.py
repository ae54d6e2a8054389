"""What a play is: a reason to write to a customer before she has to write to us."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chalicelib.model.customer import Customer
from chalicelib.model.event import EventKind
from chalicelib.model.fact import FactKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One occasion to act: when it is right, when it is too late, what the text needs, why, for people.

    `key` tells occasions apart: the same one reported twice is one task.
    """

    key: str
    due_at: datetime
    deadline: datetime
    why: str
    context: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """Texts lie in plays/templates/<name>/<language>/{subject,body}.txt."""

    name: str
    purpose: str  # what the customer must have agreed to
    goal: str  # what it helps her with, in a sentence
    triggers: frozenset[FactKind | EventKind]
    occasion: Callable[[Any, Customer], Occasion | None]  # of a Fact or Event that triggers it
    still_needed: Callable[[Customer, dict[str, str]], bool]  # given the task's context, by what is true now
