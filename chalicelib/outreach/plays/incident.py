"""Something is broken for many: whoever it hits hears of it from us, and hears from us when it is over.

Nothing triggers it: it is sent as a campaign, to a list or a segment, with the words of the incident as the context of
its texts; the news that it is solved go, as another campaign, to exactly those whom the first one reached.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.model.customer import Customer
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.outreach.plays.base import Given, Occasion, Play

BEGUN, SOLVED = "begun", "solved"


def _words(name: str, says: str) -> tuple[Parameter, Parameter]:
    """In English, and in Chinese; where there are no Chinese ones the English ones are read."""
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


def _occasions(_told: Any, _customer: Customer, _given: Given) -> Iterable[Occasion]:
    return ()


def _still_needed(_customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    """An incident nobody put into words is none."""
    return bool(context.get("what"))


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
