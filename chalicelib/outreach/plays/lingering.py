"""She stays on a page as if she were stuck: she is offered a chat or a call-back, at once and only for minutes.

Offered late it is only strange, so nothing waits: where it cannot be said within minutes it is not said.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Occasion, Play

OFFERED_FOR = timedelta(minutes=10)
SECONDS = Parameter(
    name="seconds",
    kind=ParameterKind.NUMBER,
    default=90,
    says="From how many seconds on one page she is offered help.",
    at_least=10,
    at_most=3_600,
)
PAGES = Parameter(
    name="pages",
    kind=ParameterKind.TEXT,
    default="",
    says="On which pages: beginnings of their paths, with commas between. Empty: on all.",
    longest=1_000,
)
AGAIN = Parameter(
    name="again_days",
    kind=ParameterKind.NUMBER,
    default=14,
    says="For how many days after an offer she is offered nothing.",
    at_least=1,
    at_most=365,
)
CALLED = Parameter(
    name="called_tiers",
    kind=ParameterKind.TEXT,
    default="platinum",
    says="Whom an agent may call where no message reaches her: tiers, with commas between. Empty: nobody.",
)


def _occasions(fact: Fact, customer: Customer, given: Given) -> Iterable[Occasion]:
    page, seconds = fact.data["page"], int(fact.data["seconds"])
    pages = read.names(given, PAGES)
    deadline = fact.occurred_at + OFFERED_FOR
    watched = not pages or page.startswith(pages)
    if seconds < float(given[SECONDS.name]) or not watched or deadline <= fact.recorded_at:
        return
    yield Occasion(
        key="",
        due_at=fact.recorded_at,
        deadline=deadline,
        why=f"{seconds} seconds on {page}",
        context={"page": page},
        channels=("app", "phone") if customer.tier in read.names(given, CALLED) else ("app",),
        again=read.days(given, AGAIN),
        stands_on=fact.id,
    )


def _still_needed(customer: Customer, _context: Mapping[str, str], _given: Given) -> bool:
    return not customer.open_cases


PLAY = Play(
    name="lingering",
    title="Lingering on a page",
    purpose="service",
    goal="get help where she is stuck, by chat or by a call",
    triggers=frozenset({FactKind.LINGERING}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(SECONDS, PAGES, AGAIN, CALLED),
    channels=("app", "phone"),
    topic="help",
    urgent=True,
)
