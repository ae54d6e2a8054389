"""Tasks in the table. AP-6 may we contact her · AP-106 what waits for her · AP-111 does it still hold."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from chalicelib.kernel import clock
from chalicelib.model.customer import Customer
from chalicelib.model.interaction import Interaction
from chalicelib.model.page import Page
from chalicelib.model.task import SEGMENT, Grounds, Task, TaskState, grounds_named
from chalicelib.storage import customers, keys, table


class Planned(NamedTuple):
    task: Task | None
    customer: Customer | None


def task(customer_id: str, task_id: str) -> Planned:
    """AP-6: the task and the customer, whose row holds all that guardrails ask for; one round trip."""
    found, customer = customers.entry(customer_id, task_id)
    return Planned(found if isinstance(found, Task) else None, customer)


def grounds(task: Task, customer_id: str) -> Grounds:
    """AP-111: what the task stands on, in one BatchGet; one read more for an article that was renamed. `customer_id`:
    hers by now, where records were merged."""
    slug, case_id = grounds_named(task)
    places = {
        "fact": keys.timeline(task.customer_id, task.stands_on) if task.stands_on else None,
        "article": keys.article(slug) if slug else None,
        "case": keys.case(case_id) if case_id else None,
        "memberships": keys.memberships(customer_id) if SEGMENT in task.context else None,
    }
    rows = table.rows_at(place for place in places.values() if place)
    found = {what: rows.get(place) if place else None for what, place in places.items()}
    article = found["article"]
    if article and article.moved_to:
        article = table.row_at(keys.article(article.moved_to))
    return Grounds(found["fact"], article, found["case"], found["memberships"])


def messages(record_ids: Iterable[str], now: datetime, limit: int) -> list[Interaction]:
    """AP-106: what waits in the app or the chat for these records of hers, the newest first: a Query
    each on the list index, a BatchGet."""
    until = clock.iso(now)
    found = [
        entry
        for record_id in record_ids
        for entry in table.listed(keys.waits_for_her(record_id, "", "").pk, after=until, limit=limit)
    ]
    waiting = [thing for thing in table.page_of(found, limit).items if thing.kept_for_her]
    return sorted(waiting, key=lambda message: message.id, reverse=True)


def tasks(state: TaskState, after: str | None, limit: int) -> Page[Task]:
    """Tasks in one state: pending ones by when they are due, finished ones newest first."""
    shards = [keys.tasks_shard(state.value, n) for n in range(keys.LIST_SHARDS)]
    found = table.listed_in_all(shards, after=after or "", newest_first=state.final, limit=limit)
    return table.page_of(found, limit)
