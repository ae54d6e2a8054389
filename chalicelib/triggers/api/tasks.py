"""Proactive contacts: planned, made, or passed over, and why."""

from chalicelib.auth.permissions import Scope
from chalicelib.outreach import views as outreach
from chalicelib.triggers import answers, contract
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/tasks",
    scope=Scope.TASKS_READ,
    summary="Proactive contacts by state",
    query=contract.TasksQuery,
    returns=answers.TasksOut,
)
def list_tasks(call: Call[contract.TasksQuery]) -> answers.TasksOut:
    """Whoever was not contacted is here as well, in the state passed_over, with the reason."""
    page = outreach.tasks(call.input.state, call.after, call.input.limit)
    return answers.TasksOut(items=[answers.TaskOut.of(task) for task in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/tasks/{task_id}",
    scope=Scope.TASKS_READ,
    summary="One proactive contact",
    returns=answers.TaskOut,
    errors=(404,),
)
def get_task(_call: Call[None], customer_id: str, task_id: str) -> answers.TaskOut:
    return answers.TaskOut.of(outreach.task(customer_id, task_id))
