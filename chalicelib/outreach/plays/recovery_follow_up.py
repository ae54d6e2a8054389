"""We let her down, and set it right: some days later somebody asks whether it is right now.

What she says is a sign in her recovery, whichever way she says it: an agent records it with the call, and what she
writes back is a contact that is read as any other.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import ASKS_WHETHER_IT_IS_RIGHT, Given, Later, Occasion, Play

RECOVERY = "recovery"  # in a context: which one
TIME_TO_ASK = timedelta(days=14)
A_DAY = timedelta(days=1)
DAYS = Parameter(
    name="days",
    kind=ParameterKind.NUMBER,
    default=3,
    says="How many days after the case was solved she is asked.",
    at_least=1,
    at_most=30,
)
TIERS = Parameter(
    name="call_tiers",
    kind=ParameterKind.TEXT,
    default="platinum, gold",
    says="Who is called: tiers, with commas between. Others are written to.",
)


def _occasions(event: Event, customer: Customer, given: Given) -> Iterable[Occasion]:
    if not customer.recovery:
        return
    due_at = event.at + read.days(given, DAYS)
    called = customer.tier in read.names(given, TIERS)
    yield Occasion(
        key=customer.recovery,
        due_at=due_at,
        deadline=due_at + TIME_TO_ASK,
        why="something went wrong for her, and its case was solved",
        context={RECOVERY: customer.recovery, "solved": clock.iso(event.at)},
        channels=() if called else ("email", "app"),
    )


def _later(customer: Customer, _context: Mapping[str, str], _given: Given, now: datetime) -> Later | None:
    """Not while something is open: it would be asking whether it is right before it is."""
    return Later(now + A_DAY, now + TIME_TO_ASK) if customer.open_cases and customer.recovery else None


def _still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    asked = customer.rating_asked_at
    asked_since = asked is not None and asked >= clock.from_iso(context["solved"])
    return customer.recovery == context[RECOVERY] and not asked_since


PLAY = Play(
    name=ASKS_WHETHER_IT_IS_RIGHT,
    title="Is it right now?",
    purpose="service",
    goal="say whether it is right now, and have it set right if it is not",
    triggers=frozenset({EventKind.CASE_SOLVED}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(DAYS, TIERS),
    channels=("phone", "email", "app"),
    topic="recovery",
    later=_later,
    about=frozenset({"open_complaint", "same_matter", "bad_contact"}),
)
