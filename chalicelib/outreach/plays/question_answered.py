"""She asked what nobody's article answered, and now there is one: she gets it, if she is not helped yet."""

from collections.abc import Iterable, Mapping

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer
from chalicelib.model.deflection import Fate
from chalicelib.model.event import Event, EventKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.model.task import ARTICLE
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Occasion, Play

LONGEST_QUESTION = 160  # of her words that are said again
WITHIN = Parameter(
    name="within_days",
    kind=ParameterKind.NUMBER,
    default=30,
    says="For how many days after she asked the answer still helps.",
    at_least=1,
    at_most=90,
)


def _occasions(event: Event, customer: Customer, given: Given) -> Iterable[Occasion]:
    deadline = clock.from_iso(event.detail["asked_at"]) + read.days(given, WITHIN)
    if deadline <= event.at or _helped(customer, event.id, event.case_id):
        return
    yield Occasion(
        key=event.detail["gap"],
        due_at=event.at,
        deadline=deadline,
        why="an article answers what she asked",
        context={
            ARTICLE: event.detail["article"],
            "question": _shortened(event.detail["question"]),
            "asked": event.id,
            "asked_in": event.case_id,
        },
    )


def _shortened(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= LONGEST_QUESTION else line[: LONGEST_QUESTION - 1].rstrip() + "…"


def _helped(customer: Customer, asked: str, case_id: str) -> bool:
    """By an answer she was shown, or by a person who is about it."""
    mine = (one for one in customer.questions if asked in (one.id, *one.asked))
    return case_id in customer.open_cases or any(
        one.fate is Fate.SERVED or any(each in customer.open_cases for each in one.seen_to_in) for one in mine
    )


def _still_needed(customer: Customer, context: Mapping[str, str], _given: Given) -> bool:
    return not _helped(customer, context["asked"], context["asked_in"])


PLAY = Play(
    name="question_answered",
    title="A question that is answered now",
    purpose="service",
    goal="get the answer to what she asked",
    triggers=frozenset({EventKind.QUESTION_ANSWERED}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(WITHIN,),
    channels=("email", "app"),
    topic="question",
)
