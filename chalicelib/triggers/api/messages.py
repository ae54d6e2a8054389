"""What waits for a customer in the app or the chat: for her own session, and for the backend that shows it."""

from chalicelib.auth.permissions import Scope
from chalicelib.auth.teams import Teams
from chalicelib.model.task import TaskState
from chalicelib.outreach import inbox
from chalicelib.triggers.answers.messages import MessageOut, MessageSaid, MessagesOut
from chalicelib.triggers.contract.messages import MessageSaidIn, MessagesQuery
from chalicelib.triggers.http import Call, Endpoints

api = Endpoints()


@api.endpoint(
    "GET",
    "/v1/me/messages",
    scope=Scope.OWN_READ,
    teams=Teams.OWN,
    summary="What we tell you first",
    query=MessagesQuery,
    returns=MessagesOut,
    errors=(404,),
    looks_at="customer_id",
)
def list_my_messages(call: Call[MessagesQuery]) -> MessagesOut:
    """As long as it is of use. What is fetched here was delivered."""
    return _shown(call.principal.customer_id, call.input.channel)


@api.endpoint(
    "POST",
    "/v1/me/messages/{task_id}/outcome",
    scope=Scope.OWN_WRITE,
    teams=Teams.OWN,
    summary="Say what you did with a message",
    body=MessageSaidIn,
    returns=MessageSaid,
    errors=(404, 409),
)
def answer_my_message(call: Call[MessageSaidIn], task_id: str) -> MessageSaid:
    """Opened, or answered. The same again changes nothing."""
    return _said(call, call.principal.customer_id, task_id, "v1/me/messages")


@api.endpoint(
    "GET",
    "/v1/customers/{customer_id}/messages",
    scope=Scope.REQUESTS_WRITE,
    teams=Teams.OF_PATH,
    summary="What your app or chat shows a customer",
    query=MessagesQuery,
    returns=MessagesOut,
    errors=(404,),
    looks_at="customer_id",
)
def list_messages(call: Call[MessagesQuery], customer_id: str) -> MessagesOut:
    """For whoever shows it to her: what is fetched here was delivered. To look only, read her timeline."""
    return _shown(customer_id, call.input.channel)


@api.endpoint(
    "POST",
    "/v1/customers/{customer_id}/messages/{task_id}/outcome",
    scope=Scope.REQUESTS_WRITE,
    teams=Teams.OF_PATH,
    summary="Say what a customer did with a message",
    body=MessageSaidIn,
    returns=MessageSaid,
    errors=(404, 409),
)
def answer_message(call: Call[MessageSaidIn], customer_id: str, task_id: str) -> MessageSaid:
    """Opened, or answered. The same again changes nothing."""
    return _said(call, customer_id, task_id, f"v1/customers/{customer_id}/messages")


def _shown(customer_id: str, channel: str) -> MessagesOut:
    found = inbox.fetch(customer_id, channel)
    return MessagesOut(customer_id=customer_id, items=[MessageOut.of(each.message, new=each.new) for each in found])


def _said(call: Call[MessageSaidIn], customer_id: str, task_id: str, place: str) -> MessageSaid:
    task = inbox.say(customer_id, task_id, TaskState(call.input.what), call.input.said)
    return MessageSaid.of(task, {"messages": call.link(place)})
