"""What makes people call, over a table: counted once a person and week."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.insight import driving
from chalicelib.insight.reports import drivers
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Invalid
from chalicelib.model.calibration import Calibration
from chalicelib.model.fact import FactKind
from chalicelib.model.interaction import Receipt
from chalicelib.storage import calibration, tallies
from chalicelib.storage.commit import commit
from tests.auth.callers import shared_stage
from tests.factories import ANNS_ID, make_case, make_customer, make_fact
from tests.workbench import Bench, create_table

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Bench]:
    with shared_stage(stream=False) as bench:
        yield bench


@pytest.fixture(autouse=True)
def no_aws(stage: Bench) -> None:
    stage.client("dynamodb").delete_table(TableName=stage.bucket)
    create_table(stage.bucket)
    calibration._kept.clear()


def store(*things: object) -> None:
    for thing in things:
        commit(Decision((thing,), reason="there"))


def summed() -> dict[str, int]:
    return tallies.sums((drivers.COUNTER, drivers.week_of(clock.now().date())))


def test_a_question_is_counted_once_with_what_came_before() -> None:
    now = clock.now()
    moved = make_fact(
        FactKind.LIFE_EVENT, id=ids.derived_ulid(now, "moved"), occurred_at=now - timedelta(hours=1),
        data={"what": "moved"}, version=None,
    )  # fmt: skip
    case = make_case(topic="billing", opened_at=now, version=None)
    store(make_customer(version=None), moved, case)

    for _ in range(2):
        driving.note_fact(ANNS_ID, moved.id)
        driving.note_case(case.id)

    happened = "fact%3Alife_event%3Awhat%3Dmoved"
    assert summed() == {
        "asked/billing/standard": 1,
        "cost/billing": 999,
        f"had/{happened}": 1,
        f"pair/billing/{happened}/1/standard": 1,
    }


def test_what_is_counted_names_nobody(stage: Bench) -> None:
    now = clock.now()
    store(make_customer(version=None), make_case(topic="billing", opened_at=now, version=None))

    driving.note_case(make_case().id)

    (receipt,) = stage.rows(Receipt)
    assert ANNS_ID not in receipt.key
    assert receipt.customer_id == ""


def test_a_case_without_a_topic_is_not_counted() -> None:
    store(make_customer(version=None), make_case(version=None))

    driving.note_case(make_case().id)

    assert summed() == {}


def people_call() -> None:
    """412 of 3,433 whose card expires ask about billing, of 100,000 customers."""
    week = drivers.week_of(clock.now().date())
    sums = {
        "asked/billing/standard": 1_200,
        "cost/billing": 1_200 * 999,
        "had/fact%3Acard_expiring": 3_433,
        "pair/billing/fact%3Acard_expiring/5/standard": 412,
    }
    store(Calibration(at=clock.now(), customers=100_000))
    commit(Decision((Receipt(key="x", at=clock.now()), Tally((drivers.COUNTER, week), sums)), reason="counted"))


def test_what_people_ask_proposes_a_play_until_it_is_dismissed() -> None:
    people_call()
    now = clock.now()
    (found,) = driving.proposals(now)
    assert found.says.startswith(
        "412 people asked about billing within 5 days after card expiring (12% of those with it"
    )

    for _ in range(2):
        driving.dismiss(found.id, "Tom", now)

    assert driving.proposals(now) == []


def test_the_report_tells_topics_with_what_they_cost() -> None:
    people_call()
    today = clock.now().date()

    lines, weeks = driving.report(today - DAY * today.weekday(), today)

    assert weeks == 1
    assert [(line.topic, line.people, line.people_before, line.cost) for line in lines] == [
        ("billing", 1_200, 0, 1_198_800)
    ]


@pytest.mark.parametrize(("back", "says"), [(-1, "from comes before to"), (92, "at most 92 days")])
def test_a_report_of_too_much_is_refused(back: int, says: str) -> None:
    today = clock.now().date()

    with pytest.raises(Invalid, match=says):
        driving.report(today - DAY * back, today)
