"""A promise to her is about to break: she hears it from us before it does, and may have a call instead.

Where the case's own letter told her (setting `delay_mail`), this says nothing: it is one thing, told once, and what the
letter cannot reach (who rang or chatted, has no address that works, or whose company switched it off) is this play's.
"""

from collections.abc import Iterable, Mapping

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.model.task import CASE
from chalicelib.outreach.grounds import PROMISE
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Occasion, Play

TIERS = Parameter(
    name="call_back_tiers",
    kind=ParameterKind.TEXT,
    default="platinum, gold",
    says="Who is offered a call: tiers, with commas between.",
)


def _occasions(event: Event, customer: Customer, given: Given) -> Iterable[Occasion]:
    breaks_at = clock.from_iso(event.detail["due"])
    if event.detail.get("letter") or breaks_at <= event.at:
        return
    yield Occasion(
        key=f"{event.case_id}:{event.detail['promise']}:{event.detail['due']}",
        due_at=event.at,
        deadline=breaks_at,
        why=f"the {event.detail['promise'].replace('_', ' ')} is due at {event.detail['due']}",
        context={
            CASE: event.case_id,
            PROMISE: event.detail["promise"],
            "breaks_at": clock.iso(breaks_at),
            "call_back": "yes" if customer.tier in read.names(given, TIERS) else "",
        },
    )


def _still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    return context[CASE] in customer.open_cases


PLAY = Play(
    name="promise_about_to_break",
    title="A promise is about to break",
    purpose="service",
    goal="know that it takes longer, before she has to ask",
    triggers=frozenset({EventKind.PROMISE_AT_RISK}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(TIERS,),
    channels=("app", "sms", "email"),
    urgent=True,
    essential=True,
)
