"""Which proactive contacts."""

from typing import Annotated

from msgspec import Meta

from chalicelib.model.task import TaskState
from chalicelib.triggers.contract.shared import Paged


class TasksQuery(Paged, frozen=True, kw_only=True):
    state: Annotated[TaskState, Meta(description="Tasks in this state, as they come up.")]
