"""The self-service index by the API, of what was really asked and taken in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.auth.permissions import Role
from chalicelib.cases import service as cases
from chalicelib.configuration import policy
from chalicelib.insight import views
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.knowledge import deflection
from chalicelib.model.arrival import Arrival
from chalicelib.model.customer import Handle
from chalicelib.model.deflection import Visitor
from chalicelib.model.question import AskedThrough, Question
from chalicelib.storage import tallies
from chalicelib.storage.commit import commit
from chalicelib.storage.visitors import visitor
from tests.auth.callers import Caller, caller, shared_stage
from tests.workbench import Bench

ADDRESS = "/v1/reports/self-service"


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage() as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    """The stage has its own environment, which stays for the whole module."""


@pytest.fixture
def analyst() -> Caller:
    return caller("reports:read")


def visit(topic: str) -> str:
    """Somebody nobody knows asks the help centre, and is shown an answer."""
    who = Visitor(id=ids.derived_ulid(clock.now(), topic), seen_at=clock.now())
    question = Question(
        id=ids.derived_ulid(clock.now(), "asked", topic),
        asked_at=clock.now(),
        text="Where is my parcel from yesterday?",
        through=AskedThrough.HELP_CENTRE,
        visitor_id=who.id,
        topic=topic,
        shown=("parcels",),
        answered=True,
    )
    commit(Decision((question, *deflection.asked(who, question, policy()))))
    return who.id


def write(visitor_id: str, text: str) -> None:
    now = clock.now()
    cases.take_in(
        Arrival(
            receipt_key=f"api:test:{visitor_id}",
            fingerprint="f",
            channel="web",
            at=now,
            sender=Handle("external", visitor_id),
            text=text,
            visitor_id=visitor_id,
        )
    )


def fates(topic: str) -> dict[str, int]:
    cells = views.rule.cells_of(tallies.sums((deflection.COUNTER, f"{clock.now():%Y-%m}")))
    return {cell.fate: cell.requests for cell in cells if cell.topic == topic and cell.requests}


def test_a_visitor_who_writes_about_what_she_asked_was_not_served_and_nothing_is_counted_twice(
    analyst: Caller,
) -> None:
    for _ in range(3):
        visit("parcels")
    her = visit("parcels")
    other = visit("parcels")
    write(her, "I was told yesterday: my parcel is where?")
    write(her, "I was told yesterday: my parcel is where?")
    write(other, "Do you sell stoves?")

    line = next(line for line in analyst.get(ADDRESS).json["items"] if line["name"] == "parcels")

    assert (line["requests"], line["person"], line["served"], line["index"]) == (5, 1, 4, 0.8)
    assert line["provisional"] == 5
    assert line["person_cost"] == 999
    assert line["saved"] == 4 * (999 - 117)
    assert visitor(her) is None  # what she asked is hers now


def test_the_report_says_of_what_it_is(analyst: Caller) -> None:
    told = analyst.get(f"{ADDRESS}?from=2026-01-05&to=2026-01-06&by=week").json

    assert (told["from"], told["to"], told["items"], told["change"]) == ("2026-01-05", "2026-01-06", [], None)
    assert told["served_after_days"] == 7
    assert told["final_before"] == f"{clock.now() - timedelta(days=14):%Y-%m-%d}"
    assert (told["total"]["requests"], told["total"]["index"]) == (0, None)


@pytest.mark.parametrize(
    ("query", "pointer"),
    [("from=2026-02-01&to=2026-01-15", "/to"), ("from=2025-01-01&to=2026-01-15", "/to"), ("by=agent", "/by")],
    ids=["backwards", "more than a year", "by nothing known"],
)
def test_what_cannot_be_reported_is_refused(analyst: Caller, query: str, pointer: str) -> None:
    assert analyst.get(f"{ADDRESS}?{query}").pointers == [pointer]


def test_analysts_and_leads_read_it_and_agents_do_not() -> None:
    assert "reports:read" in {scope.value for scope in Role.ANALYST.scopes & Role.LEAD.scopes}
    assert "reports:read" not in {scope.value for scope in Role.AGENT.scopes}


def test_a_range_names_each_month_once() -> None:
    assert list(
        views.months(clock.from_iso("2025-11-30T00:00:00Z").date(), clock.from_iso("2026-02-01T00:00:00Z").date())
    ) == [
        "2025-11",
        "2025-12",
        "2026-01",
        "2026-02",
    ]
