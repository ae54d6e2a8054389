"""What did this thread read last? So what changes a case, or a task of a campaign, can say what it was."""

import threading

from chalicelib.model.case import Case
from chalicelib.model.task import Task

CASES_REMEMBERED = 200  # in a thread
TASKS_REMEMBERED = 1_000  # likewise


class _Read(threading.local):
    def __init__(self) -> None:
        self.cases: dict[tuple[str, int | None], Case] = {}
        self.tasks: dict[tuple[str, int | None], Task] = {}  # of campaigns


_read = _Read()


def remember_case(case: Case) -> None:
    if len(_read.cases) >= CASES_REMEMBERED:
        _read.cases.clear()
    _read.cases[case.id, case.version] = case


def remember_task(task: Task) -> None:
    if len(_read.tasks) >= TASKS_REMEMBERED:
        _read.tasks.clear()
    _read.tasks[task.id, task.version] = task


def as_read(case: Case) -> Case | None:
    """The case as this thread read it in the version it has; None when it did not."""
    return _read.cases.get((case.id, case.version))


def task_as_read(task: Task) -> Task | None:
    """The same of a campaign's task."""
    return _read.tasks.get((task.id, task.version))


def forget_read() -> None:
    """What was read of another table is no more."""
    _read.cases.clear()
    _read.tasks.clear()
