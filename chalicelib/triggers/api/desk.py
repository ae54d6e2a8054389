"""An agent's desk: that she is there, what is next, and what becomes of it."""

from typing import Any

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.cases import self_service
from chalicelib.cases import views as cases
from chalicelib.desk import service as desk_service
from chalicelib.desk import views as desk
from chalicelib.kernel.errors import NotFound
from chalicelib.model.agent import Agent
from chalicelib.model.case import Case
from chalicelib.model.task import Task
from chalicelib.outreach import service as outreach_service
from chalicelib.storage.desk import TASK, Work
from chalicelib.triggers.answers.calls import BegunOut, CallCard
from chalicelib.triggers.answers.cases import CaseHead, RoutingOut
from chalicelib.triggers.answers.desk import AgentOut, DeskOut, NextOut, WorkOut
from chalicelib.triggers.answers.suggestions import AskedBefore
from chalicelib.triggers.answers.tasks import TaskOut
from chalicelib.triggers.api.agents import agent_out
from chalicelib.triggers.api.shared import agent_of, by_of, case_head
from chalicelib.triggers.contract.desk import AssignmentIn, DeskQuery, NextIn, OfferIn, PresenceIn
from chalicelib.triggers.contract.tasks import BeginIn
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "PUT",
    "/v1/desk/presence",
    scope=Scope.DESK_WORK,
    teams=Teams.NOT_ABOUT_ANYBODY,
    summary="Say whether an agent is there",
    body=PresenceIn,
    returns=AgentOut,
    errors=(404,),
)
def set_presence(call: Call[PresenceIn]) -> AgentOut:
    """For five minutes; asking for work says so, too. When she goes, what she was offered comes back into line, and
    what she took stays hers unless she releases it."""
    said = call.input
    agent_id = agent_of(call, said.agent_id)
    return agent_out(call, desk_service.set_presence(agent_id, said.presence, call.at, release=said.release))


@api.endpoint(
    "POST",
    "/v1/desk/next",
    scope=Scope.DESK_WORK,
    teams=Teams.HANDED,
    summary="Get an agent's next work",
    body=NextIn,
    returns=NextOut,
    errors=(404, 409),
    looks_at="customer_id",
)
def next_work(call: Call[NextIn]) -> NextOut:
    """The case or task that is right for her: it is offered to her alone. Asked again before she said whether she takes
    it, this answers with the same: a request whose answer was lost is just repeated. With nothing for her, `work` is
    null and `why` says what to do."""
    agent_id = agent_of(call, call.input.agent_id)
    handed = desk_service.next_for(agent_id, call.at, team=call.principal.team, accepts=call.input.accepts)
    return NextOut(
        work=_work_out(call, handed.work, whole=True, to=handed.agent) if handed.work else None,
        why=list(handed.why),
        ask_again_seconds=int(handed.again_after.total_seconds()),
        customer_id=handed.work.customer_id if handed.work else "",
    )


@api.endpoint(
    "GET",
    "/v1/desk",
    scope=Scope.DESK_WORK,
    teams=Teams.HANDED,
    summary="What an agent has in hand",
    query=DeskQuery,
    returns=DeskOut,
    errors=(404, 422),
    whose="customer_id",
)
def get_desk(call: Call[DeskQuery]) -> DeskOut:
    """What she took, and what she is offered."""
    agent = desk.agent(agent_of(call, call.input.agent_id))
    return DeskOut(agent=agent_out(call, agent), items=[_work_out(call, work) for work in desk.in_hand(agent)])


@api.endpoint(
    "POST",
    "/v1/cases/{case_id}/offer",
    scope=Scope.DESK_WORK,
    teams=Teams.OF_PATH,
    summary="Take or decline a case that was offered",
    body=OfferIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
)
def answer_case_offer(call: Call[OfferIn], case_id: str) -> CaseHead:
    """Declined, it goes back to its place in line, and not to her for half an hour. May be repeated."""
    said = call.input
    desk_service.answer_offer(
        case_id, agent_of(call, said.agent_id), call.at, takes=said.answer == "accept", reason=said.reason
    )
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "PUT",
    "/v1/cases/{case_id}/assignment",
    scope=Scope.CASES_WRITE,
    teams=Teams.OF_PATH,
    summary="Hand a case on",
    body=AssignmentIn,
    returns=CaseHead,
    errors=(404, 409),
    looks_at="customer_id",
)
def assign_case(call: Call[AssignmentIn], case_id: str) -> CaseHead:
    """To an agent, for whom it is kept for an hour, to a queue, or back into its own. Told on the timeline."""
    said = call.input
    desk_service.hand_on(
        case_id,
        call.at,
        by=by_of(call, said.author),
        why=said.reason,
        to=said.to_agent,
        queue=said.to_queue,
        team=call.principal.team,
    )
    return case_head(call, cases.case(case_id))


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/tasks/{task_id}/offer",
    scope=Scope.DESK_WORK,
    teams=Teams.OF_PATH,
    summary="Take or decline a task that was offered",
    body=OfferIn,
    returns=TaskOut,
    errors=(404, 409),
    looks_at="customer_id",
)
def answer_task_offer(call: Call[OfferIn], customer_id: str, task_id: str) -> TaskOut:
    """As that of a case."""
    said, work_id = call.input, f"{TASK}{customer_id}:{task_id}"
    agent_id = agent_of(call, said.agent_id)
    work = desk_service.answer_offer(work_id, agent_id, call.at, takes=said.answer == "accept", reason=said.reason)
    return TaskOut.of(work)  # type: ignore[arg-type]  # by its name


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/tasks/{task_id}/begin",
    scope=Scope.DESK_WORK,
    teams=Teams.OF_PATH,
    summary="Begin a call",
    body=BeginIn,
    returns=BegunOut,
    errors=(404, 409),
    looks_at="customer_id",
)
def begin_task(call: Call[BeginIn], customer_id: str, task_id: str) -> BegunOut:
    """The number to call, and from now on the call is hers: one that was not begun goes back into line when more
    customers come to us. May be repeated."""
    agent_id = agent_of(call, call.input.agent_id)
    task = outreach_service.begin(customer_id, task_id, agent_id, call.at)
    card = desk.card(task, desk.agent(agent_id), call.at)
    if card is None:
        raise NotFound("no customer has this id")
    return BegunOut(customer_id=customer_id, task=TaskOut.of(task), call=CallCard.of(card))


def _work_out(call: Call[Any], work: Work, *, whole: bool = False, to: Agent | None = None) -> WorkOut:
    before = self_service.asked_before(work) if whole and isinstance(work, Case) else []
    links = {"customer": call.link(f"v1/customers/{work.customer_id}")}
    if isinstance(work, Case):
        links |= {name: call.link(f"v1/cases/{work.id}{end}") for name, end in (("self", ""), ("offer", "/offer"))}
    else:
        own = f"v1/customers/{work.customer_id}/tasks/{work.id}"
        ends = (("self", ""), ("offer", "/offer"), ("begin", "/begin"), ("outcome", "/outcome"))
        links |= {name: call.link(f"{own}{end}") for name, end in ends}
    card = desk.card(work, to, call.at) if to and isinstance(work, Task) else None
    return WorkOut(
        kind="case" if isinstance(work, Case) else "task",
        customer_id=work.customer_id,
        offered=not work.assigned_to,
        case=case_head(call, work) if isinstance(work, Case) else None,
        task=None if isinstance(work, Case) else TaskOut.of(work),
        routing=RoutingOut.of(work.routing) if work.routing else None,
        call=CallCard.of(card) if card else None,
        asked_before=[AskedBefore.of(one) for one in before],
        links=links,
    )
