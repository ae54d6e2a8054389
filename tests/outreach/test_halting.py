"""A play that is paused or stopped contacts nobody."""

from datetime import timedelta

import pytest

from chalicelib.model.play import PlayState
from chalicelib.model.task import TaskState
from chalicelib.outreach import halting
from tests.factories import NOON, make_play_record, make_task

HOUR = timedelta(hours=1)


def test_a_running_play_is_in_nobodys_way() -> None:
    assert halting.halted(make_task(), make_play_record(), NOON) is None


@pytest.mark.parametrize("state", [PlayState.PAUSED, PlayState.OFF])
def test_what_a_play_planned_that_does_not_run_waits(state: PlayState) -> None:
    waits = halting.halted(make_task(TaskState.QUEUED), make_play_record(state=state, state_at=NOON), NOON)

    assert waits is not None
    assert (waits.state, waits.reason, waits.due_at) == (TaskState.PLANNED, "paused", NOON + halting.SOONEST)


@pytest.mark.parametrize(("paused_for", "next_look"), [(HOUR, HOUR / 2), (3 * HOUR, 1.5 * HOUR), (99 * HOUR, 2 * HOUR)])
def test_the_longer_a_play_is_paused_the_less_often_its_tasks_are_looked_at(
    paused_for: timedelta, next_look: timedelta
) -> None:
    record = make_play_record(state=PlayState.PAUSED, state_at=NOON - paused_for)

    waits = halting.halted(make_task(), record, NOON)

    assert waits is not None
    assert waits.due_at == NOON + next_look


def test_a_task_is_not_put_off_beyond_its_deadline() -> None:
    record = make_play_record(state=PlayState.PAUSED, state_at=NOON)

    waits = halting.halted(make_task(deadline=NOON + HOUR / 10), record, NOON)

    assert waits is not None
    assert waits.due_at == NOON + HOUR / 10


def test_what_a_stopped_play_planned_is_withdrawn_with_the_reason_it_was_stopped_for() -> None:
    record = make_play_record(state=PlayState.STOPPED, why="the text names a wrong date")

    gone = halting.halted(make_task(TaskState.QUEUED), record, NOON)

    assert gone is not None
    assert (gone.state, gone.reason) == (TaskState.WITHDRAWN, "stopped: the text names a wrong date")


def test_nothing_leaves_for_a_play_without_a_record_or_without_an_approved_edition() -> None:
    assert not halting.may_leave(None, NOON)
    assert not halting.may_leave(make_play_record(live=None), NOON)


def test_what_was_planned_before_a_stop_stays_withdrawn_when_the_play_is_started_again() -> None:
    record = make_play_record(stopped_at=NOON - HOUR)

    before = halting.halted(make_task(created_at=NOON - 2 * HOUR), record, NOON)

    assert before is not None
    assert before.state is TaskState.WITHDRAWN
    assert not halting.may_leave(record, NOON - 2 * HOUR)
    assert halting.halted(make_task(created_at=NOON), record, NOON) is None
    assert halting.may_leave(record, NOON)
