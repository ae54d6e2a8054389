"""She rings for what she could have in a minute otherwise: she is shown how, and stays free to ring.

Once in a year at most, whatever became of it, and never when she said no.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from chalicelib.model.customer import Customer
from chalicelib.model.event import Event, EventKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.model.task import SEE
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Occasion, Play

A_YEAR = timedelta(days=365)
SAID_NO = ("invitations", "no")  # a trait of hers: she wants no more of these
AFTER_THE_CALL = timedelta(days=1)
TIME_TO_TELL = timedelta(days=7)
CALLS = Parameter(name="calls", kind=ParameterKind.NUMBER, default=3, says="How often she rang.", at_least=2, at_most=6)
DAYS = Parameter(
    name="days", kind=ParameterKind.NUMBER, default=60, says="Within how many days.", at_least=7, at_most=365
)
TOPICS = Parameter(
    name="topics",
    kind=ParameterKind.TEXT,
    default="",
    says="About what, as cases have it, with commas between: what can be served otherwise. Empty: all but complaints.",
    longest=500,
)
MINUTES = Parameter(
    name="minutes",
    kind=ParameterKind.NUMBER,
    default=5,
    says="How many minutes a call takes her, waiting included.",
    at_least=1,
    at_most=60,
)
GUIDE = Parameter(
    name="guide",
    kind=ParameterKind.TEXT,
    default="",
    says="The article that shows how it is done otherwise: its slug.",
    longest=80,
)
THANKS, THANKS_ZH = (
    Parameter(name=name, kind=ParameterKind.TEXT, default="", says=says, longest=160)
    for name, says in (
        ("thanks", "What she gets for trying it, as a sentence: `The first time you do, we waive the fee.`"),
        ("thanks_zh", "The same in Chinese."),
    )
)


def _occasions(event: Event, customer: Customer, given: Given) -> Iterable[Occasion]:
    topics = read.names(given, TOPICS)
    since = event.at - read.days(given, DAYS)
    calls = [
        one
        for one in customer.rung
        if since < one.at <= event.at and (one.topic in topics if topics else one.topic != "complaint")
    ]
    if len(calls) < float(given[CALLS.name]) or event.at not in {one.at for one in calls}:
        return
    due_at = event.at + AFTER_THE_CALL
    yield Occasion(
        key="",
        due_at=due_at,
        deadline=due_at + TIME_TO_TELL,
        why=f"she rang {len(calls)} times in {given[DAYS.name]} days",
        context={
            "calls": str(len(calls)),
            "minutes": f"{float(given[MINUTES.name]):g}",
            "thanks": str(given[THANKS.name]),
            "thanks_zh": str(given[THANKS_ZH.name]),
            SEE: str(given[GUIDE.name]),
        },
        again=A_YEAR,
    )


def _still_needed(customer: Customer, _context: Mapping[str, str], _given: Given) -> bool:
    trait, no = SAID_NO
    return customer.traits.get(trait) != no and not customer.open_cases


PLAY = Play(
    name="channel_invitation",
    title="An invitation to another channel",
    purpose="service",
    goal="have it done in less time, if she likes",
    triggers=frozenset({EventKind.CALLED}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(CALLS, DAYS, TOPICS, MINUTES, GUIDE, THANKS, THANKS_ZH),
    channels=("email", "app", "sms"),
    topic="channels",
    no_means=SAID_NO,
)
