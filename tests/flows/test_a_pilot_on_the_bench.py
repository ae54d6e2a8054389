"""A play is tried: people are drawn as their tasks come due, judged when their windows are over, and read."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from chalicelib.customers import service as customers
from chalicelib.customers import views as shown
from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import JudgeSubject
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.fact import FactKind
from chalicelib.model.pilot import Outcome, Subject, Then
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import service as outreach
from chalicelib.outreach.life import Person
from chalicelib.outreach.pilots import service, views
from chalicelib.outreach.pilots.designing import Wanted
from chalicelib.outreach.pilots.reading import Reading
from chalicelib.storage import due
from chalicelib.storage.commit import commit
from chalicelib.triggers import handlers
from tests.factories import make_customer, make_fact, make_interaction, make_task
from tests.workbench import Bench

TOM, LEA = Person(id="tom", name="Tom"), Person(id="lea", name="Lea")
PEOPLE = 8
GROUPS = {"contacted", "held_out", "outside"}
AGREED = {"email/service": Consent(granted=True, at=clock.now() - timedelta(days=30), proof="sign-up form")}


def at_noon(days: int) -> datetime:
    day = clock.now() + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


DRAWN_AT, JUDGED_AT = at_noon(1), at_noon(1 + 21 + 2)


def somebody(number: int) -> tuple[Customer, Task]:
    """With a card that expires, of which she is to be told tomorrow at noon."""
    customer_id = ids.derived_ulid(clock.now() - timedelta(days=90), str(number))
    ann = make_customer(
        id=customer_id,
        handles=(Handle("email", f"c{number}@example.org"),),
        consents=AGREED,
        traits={"card_expires_on": "2026-12-10"},
        version=None,
    )
    task = make_task(
        id=ids.derived_ulid(clock.now(), "task", str(number)),
        customer_id=customer_id,
        due_at=DRAWN_AT,
        deadline=DRAWN_AT + timedelta(days=10),
        version=None,
    )
    return ann, task


@pytest.fixture
def pilot_id(bench: Bench) -> str:
    wanted = Wanted(
        primary=Outcome.GOAL,
        minimum=0.05,
        expected=0.3,
        contacted={"*": 0.4},
        held_out={"*": 0.4},
        window_days=21,
        goal_fact="card_updated",
    )
    prepared = service.prepare("payment_will_fail", wanted, TOM, receipt_key="one", fingerprint="one")
    return service.start(prepared.id, LEA).id


@pytest.fixture
def drawn(bench: Bench, pilot_id: str) -> dict[str, str]:
    """The group of everybody whose task came due: of so many people, or as many as it takes to have all groups."""
    arms: dict[str, str] = {}
    for number in count():
        ann, task = somebody(number)
        commit(Decision((ann, task), reason="there"))
        for _ in range(2):
            outreach.consider_task(ann.id, task.id, DRAWN_AT)
        arms = {task.customer_id: task.arm for task in bench.rows(Task)}
        if number + 1 >= PEOPLE and len({*arms.values()}) == len(GROUPS):
            break
    assert {*arms.values()} == GROUPS
    return arms


def act(customer_id: str) -> None:
    """Three days after she was drawn she gives another card, and writes."""
    at = DRAWN_AT + timedelta(days=3)
    named = {"customer_id": customer_id, "version": None}
    fact = make_fact(FactKind.CARD_UPDATED, id=ids.derived_ulid(at, "f", customer_id), occurred_at=at, data={}, **named)
    contact = make_interaction(id=ids.derived_ulid(at, "c", customer_id), at=at, **named)
    commit(Decision((fact, contact), reason="told"))


def judge_all(drawn: dict[str, str], pilot_id: str) -> list[str]:
    """As the clock does, and as often as a queue may."""
    message = [JudgeSubject(customer_id=who, pilot_id=pilot_id, as_of=clock.iso(JUDGED_AT)) for who in drawn]
    return [str(handlers.HANDLERS[JudgeSubject](each)) for each in (*message, *message)]


def reading_of(pilot_id: str) -> Reading:
    told = views.report(pilot_id, JUDGED_AT).reading
    assert told is not None
    return told


def test_people_are_drawn_once_judged_once_and_read(bench: Bench, drawn: dict[str, str], pilot_id: str) -> None:
    arms = Counter(drawn.values())
    contacted, held_out = ([who for who, arm in drawn.items() if arm == of] for of in ("contacted", "held_out"))
    states = {task.arm: task.state for task in bench.rows(Task)}
    assert states == {
        "contacted": TaskState.QUEUED,
        "held_out": TaskState.HELD_OUT,
        "outside": TaskState.PASSED_OVER,
    }
    assert reading_of(pilot_id).drawn == dict(arms)
    assert [each for each in shown.timeline(held_out[0], None, 9).items if isinstance(each, Task)] == []
    due_then = [message for page in due.outreach(JUDGED_AT) for message in page if isinstance(message, JudgeSubject)]
    assert {message.customer_id for message in due_then} == {*contacted, *held_out}
    for who in (*contacted, held_out[0]):
        act(who)

    judge_all(drawn, pilot_id)

    told = reading_of(pilot_id)
    assert told.judged == {"contacted": len(contacted), "held_out": len(held_out)}
    assert told.primary is not None
    assert (told.verdict, told.primary.enough, told.waiting) == ("not_yet", False, 0)
    assert (told.primary.contacted.events, told.primary.held_out.events) == (len(contacted), 1)
    outcomes = {subject.customer_id: subject.outcomes for subject in bench.rows(Subject)}
    assert outcomes[held_out[0]]["contacts"] == 1


def test_two_records_of_one_person_in_both_groups_are_left_out(
    bench: Bench, drawn: dict[str, str], pilot_id: str
) -> None:
    one, other = (next(who for who, arm in drawn.items() if arm == of) for of in ("contacted", "held_out"))
    customers.merge(one, into=other, author="Tom", reason="One person.", confirm_external=True)

    judge_all(drawn, pilot_id)

    assert reading_of(pilot_id).excluded == {"merged": {"contacted": 1, "held_out": 1}}


def test_stopped_for_all_it_reaches_those_held_out_by_their_next_occasion(
    bench: Bench, drawn: dict[str, str], pilot_id: str
) -> None:
    held_out = next(who for who, arm in drawn.items() if arm == "held_out")
    service.stop(pilot_id, Then.FOR_ALL, LEA, "We know enough.")
    again = replace(somebody(99)[1], customer_id=held_out)
    commit(Decision((again,), reason="there"))

    outreach.consider_task(held_out, again.id, DRAWN_AT)
    judge_all(drawn, pilot_id)

    (task,) = [task for task in bench.rows(Task) if task.id == again.id]
    assert (task.state, task.arm) == (TaskState.QUEUED, "")
    assert {subject.judged for subject in bench.rows(Subject)} == {"cut_short"}
