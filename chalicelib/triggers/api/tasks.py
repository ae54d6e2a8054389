"""Proactive contacts: planned, made, or passed over, and why."""

from chalicelib.auth.permissions import Scope
from chalicelib.outreach import views as outreach
from chalicelib.triggers.answers.tasks import TaskOut, TasksOut
from chalicelib.triggers.contract.tasks import TasksQuery
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/tasks",
    scope=Scope.TASKS_READ,
    summary="Proactive contacts by state",
    query=TasksQuery,
    returns=TasksOut,
)
def list_tasks(call: Call[TasksQuery]) -> TasksOut:
    """Whoever was not contacted is here as well, in the state passed_over, with the reason."""
    page = outreach.tasks(call.input.state, call.after, call.input.limit)
    return TasksOut(items=[TaskOut.of(task) for task in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/tasks/{task_id}",
    scope=Scope.TASKS_READ,
    summary="One proactive contact",
    returns=TaskOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_task(_call: Call[None], customer_id: str, task_id: str) -> TaskOut:
    return TaskOut.of(outreach.task(customer_id, task_id))
