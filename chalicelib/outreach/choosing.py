"""By which channel is she contacted?"""

from dataclasses import replace

from chalicelib.model.customer import Customer
from chalicelib.model.task import Task

BY_AGENTS = frozenset({"phone"})  # an agent does it


def with_channel(task: Task, _customer: Customer) -> Task:
    """The task by the channel that suits her; as it is where none does: the guardrails say why."""
    return replace(task, channel=task.channels[0]) if task.channels and not task.channel else task
