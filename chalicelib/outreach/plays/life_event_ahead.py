"""Something changes in her life: she gets the guide to what she and her family are entitled to, before she has to ask.

Nothing is sent while nobody can read the guide, and nothing once the fact turned out to be wrong.
"""

from collections.abc import Iterable, Mapping

from chalicelib.model.customer import Customer
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.play import Parameter, ParameterKind
from chalicelib.model.task import ARTICLE
from chalicelib.outreach.plays import given as read
from chalicelib.outreach.plays.base import Given, Occasion, Play

LEAD = Parameter(
    name="lead_days",
    kind=ParameterKind.NUMBER,
    default=14,
    says="How many days before the day of the event she gets it; at once, where it is known later.",
    at_least=0,
    at_most=120,
)
AFTER = Parameter(
    name="days_after",
    kind=ParameterKind.NUMBER,
    default=14,
    says="For how many days after the event it still helps.",
    at_least=1,
    at_most=90,
)
GUIDES = Parameter(
    name="guides",
    kind=ParameterKind.TEXT,
    default="",
    says="Which article goes with which event: `moved=moving-house birth=new-child`. Others are told nothing.",
    longest=1_000,
)


def _occasions(fact: Fact, _customer: Customer, given: Given) -> Iterable[Occasion]:
    what = fact.data["what"]
    guide = read.found_for(what, given, GUIDES)
    on = fact.data.get("on") or f"{fact.occurred_at:%Y-%m-%d}"
    deadline = read.start_of(on) + read.days(given, AFTER)
    if not guide or deadline <= fact.recorded_at:
        return
    yield Occasion(
        key=f"{what}:{on}",
        due_at=max(read.start_of(on) - read.days(given, LEAD), fact.recorded_at),
        deadline=deadline,
        why=f"{what} on {on}",
        context={"what": what, "on": on, ARTICLE: guide},
        stands_on=fact.id,
    )


def _still_needed(_customer: Customer, _context: Mapping[str, str], _given: Given) -> bool:
    return True


PLAY = Play(
    name="life_event_ahead",
    title="A life event ahead",
    purpose="service",
    goal="know what she and her family are entitled to",
    triggers=frozenset({FactKind.LIFE_EVENT}),
    occasions=_occasions,
    still_needed=_still_needed,
    parameters=(LEAD, AFTER, GUIDES),
    channels=("email", "app"),
    topic="entitlements",
)
