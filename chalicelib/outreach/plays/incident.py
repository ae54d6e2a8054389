"""Something is broken for many: whoever it hits hears of it from us, and hears from us when it is over.

Nothing triggers it: it is sent as a campaign, to a list or a segment, with the words of the incident as its
parameters; the news that it is solved go to exactly those who were told.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.outreach.plays.base import Given, Occasion, Play

BEGUN, SOLVED = "begun", "solved"
OF_USE_FOR = timedelta(days=2)


def _words(name: str, says: str) -> tuple[Parameter, Parameter]:
    """In English, and in Chinese; whose language has none reads the English ones."""
    return (
        Parameter(name=name, kind=ParameterKind.TEXT, default="", says=says, longest=300),
        Parameter(
            name=f"{name}_zh", kind=ParameterKind.TEXT, default="", says=f"The same in Chinese: {name}.", longest=300
        ),
    )


NEWS = Parameter(
    name="news",
    kind=ParameterKind.CHOICE,
    default=BEGUN,
    says="What is told: that it began, or that it is solved.",
    one_of=(BEGUN, SOLVED),
)
PARAMETERS = (
    NEWS,
    *_words("what", "What happened, as the end of a sentence: `our app shows no balances`."),
    *_words("since", "Since when: `Tuesday, 9:30`."),
    *_words("do", "What she can do meanwhile, or what to do now that it is over: one or two sentences. May be empty."),
    *_words("next_news", "When she hears of us again: `today by 18:00`. May be empty."),
)


def _occasions(told: Any, _customer: Customer, given: Given) -> Iterable[Occasion]:
    """`told` is the campaign: one occasion for everybody it is sent to."""
    now = clock.now()
    news = str(given[NEWS.name])
    yield Occasion(
        key=told.id,
        due_at=now,
        deadline=getattr(told, "deadline", None) or now + OF_USE_FOR,
        why=f"{given['what']}: {news}",
        context={name: str(value) for name, value in given.items()},
        step=news,
    )


def _still_needed(_customer: Customer, _context: Mapping[str, str], _given: Given) -> bool:
    return True


PLAY = Play(
    name="incident",
    title="An incident that hits many",
    purpose="service",
    goal="know what is wrong, what to do meanwhile, and when it is over",
    triggers=frozenset(),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=PARAMETERS,
    channels=("sms", "app", "email"),
    topic="incident",
    urgent=True,
    essential=True,
)
