"""What is shown of tasks."""

from chalicelib.kernel.errors import NotFound
from chalicelib.model.page import Page
from chalicelib.model.task import Task, TaskState
from chalicelib.storage import outreach as storage


def tasks(state: TaskState, after: str | None, limit: int) -> Page[Task]:
    """Tasks in one state: pending ones by when they are due, finished ones newest first."""
    return storage.tasks(state, after, limit)


def task(customer_id: str, task_id: str) -> Task:
    found = storage.task(customer_id, task_id).task
    if found is None:
        raise NotFound("this customer has no such task")
    return found
