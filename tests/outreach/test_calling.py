"""What follows from a call that an agent made for us."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.decision import Decision, Tally
from chalicelib.kernel.errors import Conflict, Invalid
from chalicelib.model.customer import Consent, Customer, Handle
from chalicelib.model.event import Event, EventKind
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import calling
from chalicelib.outreach.calling import Said
from chalicelib.outreach.plays import payment_will_fail
from tests.factories import ANN, BO_ID, NOON, make_customer, make_policy, make_routing, make_running, make_task

HOUR = timedelta(hours=1)
HOME, WORK = Handle("phone", "+49301"), Handle("phone", "+49302")
ANN_AGREES = make_customer(
    handles=(ANN, HOME),
    consents={
        key: Consent(True, NOON - 9 * HOUR, "form") for key in ("phone/service", "phone/marketing", "email/service")
    },
)
CALLS = make_running(replace(payment_will_fail.PLAY, channels=("phone", "email")))


def a_call(state: TaskState = TaskState.TAKEN, **fields: Any) -> Task:
    """One that Bo has in hand."""
    return make_task(
        state,
        **{
            "channel": "phone",
            "channels": ("phone", "email"),
            "assigned_to": BO_ID,
            "routing": make_routing(channel="phone", outbound=True, last_agent=BO_ID, taken_at=NOON),
            **fields,
        },
    )


def after(outcome: str, *, customer: Customer = ANN_AGREES, task: Task | None = None, **said: Any) -> Decision:
    what = Said(outcome=outcome, by="Bo", agent_id=BO_ID, **said)
    return calling.finished(task or a_call(), customer, CALLS, make_policy(), what, NOON)


def task_of(decision: Decision) -> Task:
    return next(change for change in decision.changes if isinstance(change, Task))


def customer_of(decision: Decision) -> Customer | None:
    return next((change for change in decision.changes if isinstance(change, Customer)), None)


@pytest.mark.parametrize("outcome", ["reached", "solved", "refused"])
def test_whoever_was_spoken_to_is_not_called_again(outcome: str) -> None:
    task = task_of(after(outcome))

    assert (task.state, task.holder, task.done_by) == (TaskState.DONE, "", "Bo")


@pytest.mark.parametrize(
    ("before", "gap"), [(0, timedelta(hours=2)), (1, timedelta(hours=22)), (2, timedelta(hours=51))]
)
def test_who_was_not_there_is_tried_at_other_hours_and_less_and_less_often(before: int, gap: timedelta) -> None:
    task = task_of(after("no_answer", task=a_call(calls=before)))

    assert (task.state, task.due_at, task.calls) == (TaskState.PLANNED, NOON + gap, before + 1)


def test_who_is_never_there_is_written_to_instead() -> None:
    task = task_of(after("no_answer", task=a_call(calls=3)))

    assert (task.state, task.channel, task.tried, task.due_at) == (TaskState.PLANNED, "email", ("phone",), NOON)
    assert task.routing is None


def test_nobody_is_tried_again_when_it_would_be_too_late() -> None:
    task = task_of(after("voicemail", task=a_call(deadline=NOON + HOUR)))

    assert (task.state, task.channel) == (TaskState.PLANNED, "email")


def test_where_she_agreed_to_no_other_channel_it_is_over() -> None:
    only_calls = replace(ANN_AGREES, consents={"phone/service": Consent(True, NOON, "form")})

    task = task_of(after("no_answer", customer=only_calls, task=a_call(calls=3)))

    assert (task.state, task.outcome) == (TaskState.DONE, "no_answer")


def test_a_wrong_number_is_not_called_any_more_and_another_of_hers_is() -> None:
    decision = after("wrong_number", customer=make_customer(handles=(HOME, WORK)))

    ann = customer_of(decision)
    assert ann and (ann.suppressed, ann.phone) == ({HOME.value: "wrong_number"}, WORK.value)
    assert (task_of(decision).state, task_of(decision).channel, task_of(decision).due_at) == (
        TaskState.PLANNED, "phone", NOON,
    )  # fmt: skip


def test_after_her_only_number_was_wrong_she_is_written_to() -> None:
    assert task_of(after("wrong_number")).channel == "email"


def test_who_wants_no_calls_has_said_so_for_every_purpose_and_it_is_told() -> None:
    decision = after("refused", do_not_call=True)

    ann = customer_of(decision)
    assert ann and {key: said.granted for key, said in ann.consents.items()} == {
        "email/service": True,
        "phone/service": False,
        "phone/marketing": False,
    }
    told = [change for change in decision.changes if isinstance(change, Event)]
    assert [event.what for event in told] == [EventKind.OUTCOME, EventKind.UNSUBSCRIBED, EventKind.UNSUBSCRIBED]


def test_who_merely_refuses_keeps_what_she_agreed_to() -> None:
    ann = customer_of(after("refused"))

    assert ann
    assert all(said.granted for said in ann.consents.values())


def test_who_wants_to_be_called_later_is_called_then_by_who_spoke_to_her() -> None:
    task = task_of(after("call_back", again_at=NOON + 5 * HOUR))

    assert task.routing and (task.state, task.due_at, task.routing.last_agent) == (
        TaskState.PLANNED, NOON + 5 * HOUR, BO_ID,
    )  # fmt: skip


@pytest.mark.parametrize("again_at", [None, NOON + timedelta(days=11)])
def test_a_call_back_needs_a_time_at_which_it_still_helps(again_at: Any) -> None:
    with pytest.raises(Invalid):
        after("call_back", again_at=again_at)


def test_who_was_reached_counts_as_contacted_and_among_the_answers_of_the_play() -> None:
    decision = after("reached")

    ann = customer_of(decision)
    assert ann and ann.notices_sent == (NOON,)
    assert Tally(("outreach", "payment_will_fail", "2026-11-20"), {"answered": 1}) in decision.changes


@pytest.mark.parametrize("state", [TaskState.WAITING, TaskState.PLANNED, TaskState.DONE, TaskState.SENT])
def test_only_a_call_in_hand_has_an_outcome(state: TaskState) -> None:
    with pytest.raises(Conflict):
        after("reached", task=a_call(state))


def test_nobody_says_what_came_of_anothers_call() -> None:
    with pytest.raises(Conflict, match="not in your hand"):
        after("reached", task=a_call(assigned_to="Tom"))


def test_a_call_is_begun_once() -> None:
    begun = calling.begun(a_call(), BO_ID, NOON)

    assert task_of(begun).begun_at == NOON
    assert calling.begun(task_of(begun), BO_ID, NOON + HOUR).changes == ()


@pytest.mark.parametrize("fields", [{"state": TaskState.WAITING, "assigned_to": ""}, {"assigned_to": "Tom"}])
def test_a_call_that_went_back_into_line_is_not_begun(fields: dict[str, Any]) -> None:
    with pytest.raises(Conflict, match="not in your hand"):
        calling.begun(a_call(**fields), BO_ID, NOON)
