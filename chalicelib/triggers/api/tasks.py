"""Proactive contacts: planned, made, or passed over, and why."""

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.outreach import service as outreach_service
from chalicelib.outreach import views as outreach
from chalicelib.outreach.calling import Said
from chalicelib.outreach.planning import Wanted
from chalicelib.triggers.answers.tasks import TaskOut, TasksOut
from chalicelib.triggers.api.shared import by_of
from chalicelib.triggers.contract.tasks import OutcomeIn, TaskIn, TasksQuery
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/tasks",
    scope=Scope.TASKS_READ,
    teams=Teams.FILTERED,
    summary="Proactive contacts by state",
    query=TasksQuery,
    returns=TasksOut,
    whose="customer_id",
)
def list_tasks(call: Call[TasksQuery]) -> TasksOut:
    """Whoever was not contacted is here as well, in the state passed_over, with the reason."""
    page = outreach.tasks(call.input.state, call.after, call.input.limit)
    return TasksOut(items=[TaskOut.of(task) for task in page.items], next=call.cursor(page.next))


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/tasks/{task_id}",
    scope=Scope.TASKS_READ,
    teams=Teams.OF_PATH,
    summary="One proactive contact",
    returns=TaskOut,
    errors=(404,),
    looks_at="customer_id",
)
def get_task(_call: Call[None], customer_id: str, task_id: str) -> TaskOut:
    return TaskOut.of(outreach.task(customer_id, task_id))


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/tasks",
    scope=Scope.TASKS_WRITE,
    teams=Teams.OF_PATH,
    summary="Set up a contact that an agent is to make",
    body=TaskIn,
    returns=TaskOut,
    status=201,
    errors=(404,),
    idempotent=True,
    looks_at="customer_id",
)
def create_task(call: Call[TaskIn], customer_id: str) -> TaskOut:
    """When it is due it stands in line with everything else, if no guardrail objects; they are asked again when it is
    handed to an agent."""
    said = call.input
    task = outreach_service.set_up(
        customer_id,
        Wanted(
            goal=said.goal,
            why=said.why,
            purpose=said.purpose,
            channel=said.channel,
            due_at=max(said.due_at, call.at),
            deadline=said.deadline,
            queue=said.queue,
            needs=said.needs,
            wants=said.wants,
            language_level=said.language_level,
            by=by_of(call, said.author),
        ),
        receipt_key=call.receipt_key,
        fingerprint=call.fingerprint,
    )
    return TaskOut.of(task)


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/tasks/{task_id}/outcome",
    scope=Scope.TASKS_WRITE,
    teams=Teams.OF_PATH,
    summary="Say what came of a task",
    body=OutcomeIn,
    returns=TaskOut,
    errors=(404, 409),
    looks_at="customer_id",
)
def record_task_outcome(call: Call[OutcomeIn], customer_id: str, task_id: str) -> TaskOut:
    """It is done, or tried again: at `again_at`, or at another hour when she was not there. A wrong number is not
    called any more. Told on the timeline. The same again changes nothing."""
    said = call.input
    what = Said(
        outcome=said.outcome,
        note=said.note,
        by=by_of(call, said.author),
        agent_id=call.principal.staff_id or said.agent_id,
        again_at=said.again_at,
        do_not_call=said.do_not_call,
    )
    return TaskOut.of(outreach_service.finish(customer_id, task_id, what, call.at))
