"""Tasks in the table. AP-6 may we contact her."""

from typing import NamedTuple

from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import customers, keys, table


class Planned(NamedTuple):
    task: Task | None
    customer: Customer | None


def task(customer_id: str, task_id: str) -> Planned:
    """AP-6: the task and the customer, whose row holds all that guardrails ask for; one round trip."""
    found, customer = customers.entry(customer_id, task_id)
    return Planned(found if isinstance(found, Task) else None, customer)


def tasks(state: TaskState, after: str | None, limit: int) -> Page[Task]:
    """Tasks in one state: pending ones by when they are due, finished ones newest first."""
    shards = [keys.tasks_shard(state.value, n) for n in range(keys.LIST_SHARDS)]
    found = table.listed_in_all(shards, after=after or "", newest_first=state.final, limit=limit)
    return table.page_of(found, limit)
