"""What is shown of tasks and plays."""

from datetime import date

from chalicelib.configuration import policy
from chalicelib.kernel import clock
from chalicelib.kernel.errors import NotFound
from chalicelib.model.customer import Customer
from chalicelib.model.page import Page
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach import explaining, handing, playbook, wording
from chalicelib.outreach.counting import COUNTER
from chalicelib.outreach.explaining import WhyNot
from chalicelib.outreach.figures import Day, day_of, days_from, summed
from chalicelib.outreach.plays.base import Running
from chalicelib.storage import brakes, customers, tallies
from chalicelib.storage import outreach as storage

LOOKED_THROUGH = 200  # entries of her timeline, for the newest task of a play


def tasks(state: TaskState, after: str | None, limit: int) -> Page[Task]:
    """Tasks in one state: pending ones by when they are due, finished ones newest first."""
    return storage.tasks(state, after, limit)


def task(customer_id: str, task_id: str) -> Task:
    found = storage.task(customer_id, task_id).task
    if found is None:
        raise NotFound("this customer has no such task")
    return found


def why_not(customer_id: str, name: str) -> tuple[Customer, Running, WhyNot]:
    """Why a play would not contact her now. Two round trips and a Query of her timeline, and one trip for what her task
    stands on. Raises NotFound."""
    running = playbook.named(name)
    if running is None:
        raise NotFound("there is no such play")
    customer = customers.customer(customer_id)
    if customer is None:
        raise NotFound("no customer has this id")
    task = _newest_task(customer.id, name)
    text = groundless = ""
    if task:
        grounded, groundless = handing.grounded(task, customer)
        text = "\n".join(wording.notice(grounded, customer, running.play.words))
    said = explaining.why_not(
        customer,
        running,
        task,
        policy(),
        clock.now(),
        text=text,
        groundless=groundless,
        braked=brakes.fresh_brake().pulled,
    )
    return customer, running, said


def figures(name: str, first: date, last: date) -> tuple[list[Day], Day]:
    """What a play came to, by day and in all: 16 Queries a day. Raises NotFound."""
    if playbook.named(name) is None:
        raise NotFound("there is no such play")
    by_day = {day: tallies.sums((COUNTER, name, f"{day:%Y-%m-%d}")) for day in days_from(first, last)}
    return [day_of(day, sums) for day, sums in by_day.items() if sums], summed(by_day.values())


def _newest_task(customer_id: str, play: str) -> Task | None:
    after, seen = None, 0
    while seen < LOOKED_THROUGH:
        page = customers.timeline(customer_id, after, LOOKED_THROUGH // 2)
        found = (entry for entry in page.items if isinstance(entry, Task) and entry.play == play)
        if task := next(found, None):
            return task
        after, seen = page.next, seen + LOOKED_THROUGH // 2
        if after is None:
            break
    return None
