"""The clock's functions: what is due is announced on its lane, and an idle table announces nothing."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.kernel import clock, messages
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import ActOnCase, ConsiderTask, Message
from chalicelib.storage.commit import commit
from chalicelib.triggers import schedule
from tests.factories import NOON, make_case, make_task
from tests.workbench import Bench, Context


def ticked(handler: Any, context: Context | None = None) -> Any:
    keys = ("resources", "detail", "source", "account", "region", "version", "id", "detail-type")
    return handler({**dict.fromkeys(keys, ""), "time": clock.iso(NOON)}, context or Context())


def waiting_in(bench: Bench, queue: str) -> list[Message]:
    url = bench.queue_urls[queue]
    got = bench.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [messages.from_json(message["Body"]) for message in got]


def test_each_clock_announces_what_is_due_on_its_own_lane(bench: Bench) -> None:
    commit(Decision((make_case(overdue=True, version=None),)))
    commit(Decision((make_task(version=None),)))

    assert ticked(schedule.act_on_due) == {"announced": 1}
    assert ticked(schedule.plan_outreach) == {"announced": 1}

    as_of = clock.iso(NOON)
    assert waiting_in(bench, "follow_ups") == [ActOnCase(case_id=make_case().id, as_of=as_of)]
    task = make_task()
    assert waiting_in(bench, "outreach") == [ConsiderTask(customer_id=task.customer_id, task_id=task.id, as_of=as_of)]


def test_an_idle_table_announces_nothing(bench: Bench) -> None:
    later = replace(make_task(version=None), due_at=NOON + timedelta(minutes=1))
    commit(Decision((later,)))

    assert ticked(schedule.act_on_due) == {"announced": 0}
    assert ticked(schedule.plan_outreach) == {"announced": 0}


class NearlyOver(Context):
    """A Lambda with less time left than it takes to wrap up."""

    def get_remaining_time_in_millis(self) -> int:
        return schedule.WRAP_UP_MS - 1


def test_out_of_time_the_reconciler_says_where_it_stopped(bench: Bench) -> None:
    bench.receive(b"Subject: hi\r\n\r\nhello", ses_id="aaa", announce=False)

    assert ticked(schedule.reconcile_mail, NearlyOver()) == {"left": "in/aaa"}
    assert ticked(schedule.reconcile_mail) == {"left": None}
