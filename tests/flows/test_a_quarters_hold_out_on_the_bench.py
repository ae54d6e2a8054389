"""A share is held out from all plays: drawn as their tasks come due, judged by the clock a month later, and read."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest

from chalicelib.kernel import clock, ids
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import JudgeSubject
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.pilot import Arm, Subject
from chalicelib.model.play import PlayState
from chalicelib.model.task import Task, TaskState
from chalicelib.model.tier import Standing
from chalicelib.outreach import holding_out
from chalicelib.outreach import service as outreach
from chalicelib.outreach.pilots import views
from chalicelib.outreach.pilots.views import OfAllPlays
from chalicelib.storage import due
from chalicelib.storage.commit import commit
from chalicelib.triggers import handlers
from tests.factories import make_customer, make_interaction, make_task
from tests.workbench import Bench, forget_caches

SHARE = 0.2
EACH = 3  # people held out, compared with them, and in neither group
QUARTER = holding_out.quarter_of(holding_out.quarter_of(clock.now()).ends)  # the coming one: all of it lies ahead
DRAWN_AT = QUARTER.begins + timedelta(days=7, hours=12)
A_WEEK_LATER, JUDGED_AT = DRAWN_AT + timedelta(days=7), DRAWN_AT + timedelta(days=30)
PLAYS = {"payment_will_fail": DRAWN_AT, "tier_will_change": A_WEEK_LATER}
AGREED = {"email/service": Consent(granted=True, at=clock.now() - timedelta(days=30), proof="sign-up form")}
Groups = dict[Arm, list[str]]


@pytest.fixture(autouse=True)
def a_fifth_is_held_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    hold_out(monkeypatch, SHARE)
    for play in PLAYS:
        bench.set_play(play, PlayState.RUNNING)
    yield
    forget_caches()


def hold_out(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    monkeypatch.setenv("OUTREACH", f'{{"hold_out": {share}}}')
    forget_caches()


@pytest.fixture
def people(bench: Bench) -> Groups:
    """As many of each group, each with a task of both plays."""
    found: Groups = {Arm.HELD_OUT: [], Arm.CONTACTED: [], Arm.OUTSIDE: []}
    for number in count():
        ann = somebody(number)
        group = found[holding_out.arm_of(ann, SHARE, DRAWN_AT)]
        if len(group) < EACH:
            group.append(ann.id)
            commit(Decision((ann, *(task_of(ann.id, play) for play in PLAYS)), reason="there"))
        if all(len(group) == EACH for group in found.values()):
            break
    return found


def somebody(number: int) -> Customer:
    return make_customer(
        id=ids.derived_ulid(clock.now() - timedelta(days=90), str(number)),
        handles=(Handle("email", f"c{number}@example.org"),),
        consents=AGREED,
        traits={"card_expires_on": f"{JUDGED_AT:%Y-%m-%d}"},
        standing=Standing(tier="gold", since=QUARTER.begins, lost_at=JUDGED_AT),
        version=None,
    )


def task_of(customer_id: str, play: str) -> Task:
    return make_task(
        id=ids.derived_ulid(clock.now(), "task", customer_id, play),
        customer_id=customer_id,
        play=play,
        due_at=PLAYS[play],
        deadline=PLAYS[play] + timedelta(days=10),
        context={"expires_on": f"{JUDGED_AT:%Y-%m-%d}", "before": "gold", "on": f"{JUDGED_AT:%Y-%m-%d}"},
        version=None,
    )


def come_due(bench: Bench) -> None:
    """Both plays' tasks, each as often as a queue may say it."""
    for task in sorted(bench.rows(Task), key=lambda task: task.due_at):
        for _ in range(2):
            outreach.consider_task(task.customer_id, task.id, PLAYS[task.play])


def turn_to_us(customer_id: str) -> None:
    at = DRAWN_AT + timedelta(days=3)
    contact = make_interaction(id=ids.derived_ulid(at, "c", customer_id), at=at, customer_id=customer_id, version=None)
    commit(Decision((contact,), reason="told"))


def judge_all() -> list[str]:
    """As the clock finds them, and as often as a queue may say it."""
    found = [message for page in due.outreach(JUDGED_AT) for message in page if isinstance(message, JudgeSubject)]
    for each in (*found, *found):
        handlers.HANDLERS[JudgeSubject](each)
    return sorted(each.customer_id for each in found)


def report() -> OfAllPlays:
    return views.of_all_plays(QUARTER.name, JUDGED_AT)


def test_both_groups_are_drawn_once_judged_by_the_clock_and_read(bench: Bench, people: Groups) -> None:
    come_due(bench)

    states = {task.customer_id: task.state for task in bench.rows(Task) if task.play == "payment_will_fail"}
    assert {states[who] for who in people[Arm.HELD_OUT]} == {TaskState.PASSED_OVER}
    assert {states[who] for arm in (Arm.CONTACTED, Arm.OUTSIDE) for who in people[arm]} == {TaskState.QUEUED}
    assert {subject.play for subject in bench.rows(Subject)} == {"payment_will_fail"}
    assert {one.id for one in bench.rows(Customer) if one.pilots} == {*people[Arm.HELD_OUT], *people[Arm.CONTACTED]}
    drawn = report().reading
    assert (drawn.drawn["contacted"], drawn.drawn["held_out"], drawn.waiting) == (EACH, EACH, 2 * EACH)

    for who in (*people[Arm.HELD_OUT], people[Arm.CONTACTED][0], people[Arm.OUTSIDE][0]):
        turn_to_us(who)
    judged = judge_all()

    told = report()
    assert judged == sorted(people[Arm.HELD_OUT] + people[Arm.CONTACTED])
    assert (told.verdict, told.reading.judged) == ("not_yet", {"contacted": EACH, "held_out": EACH})
    assert told.reading.primary is not None
    assert (told.reading.primary.contacted.events, told.reading.primary.held_out.events) == (1, EACH)
    assert judge_all() == []


def test_when_the_share_was_changed_nobody_is_counted_and_the_reason_is(
    bench: Bench, people: Groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    come_due(bench)
    hold_out(monkeypatch, 0.0)

    judge_all()

    assert report().reading.excluded == {"moved": {"contacted": EACH, "held_out": EACH}}
