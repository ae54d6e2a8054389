"""She takes up what a play offered her: what is to be done, with everything that is known of it?"""

from datetime import datetime, timedelta

from chalicelib.kernel.errors import Conflict, NotFound
from chalicelib.model.agent import DEFAULT_QUEUE
from chalicelib.model.arrival import Arrival
from chalicelib.model.customer import Customer
from chalicelib.model.task import Task, TaskState
from chalicelib.outreach.planning import Wanted

CALL, CHAT = "call", "chat"
PURPOSE = "call_back"  # what she agrees to by asking for one
PLAYS = frozenset({"lingering", "promise_about_to_break"})
STANDS_FOR = timedelta(minutes=30)  # after its deadline: she may have read on
RUNG_WITHIN = timedelta(hours=1)
_SAID = (TaskState.SENT, TaskState.DELIVERED, TaskState.OPENED, TaskState.ANSWERED)


def check(task: Task, now: datetime) -> None:
    """Raises NotFound for what is no offer, Conflict for one that does not stand any more."""
    if task.play not in PLAYS:
        raise NotFound("this was no offer; write to us instead")
    if task.state not in _SAID or now > task.deadline + STANDS_FOR:
        raise Conflict("this offer is over; write to us, and say what you need")


def call_back(task: Task, customer: Customer, now: datetime) -> Wanted:
    """The call she asked for. Raises Conflict where no number of hers is known."""
    if not customer.handles_of("phone"):
        raise Conflict("no number of yours is known; take the chat, or tell us a number first", "/wants")
    return Wanted(
        goal="ring her back, as she asked",
        why=f"she took up our offer: {task.why}",
        purpose=PURPOSE,
        channel="phone",
        due_at=now,
        deadline=now + RUNG_WITHIN,
        queue=DEFAULT_QUEUE,
        needs={},
        wants={},
        language_level=0,
        by="herself",
    )


def chat(task: Task, customer: Customer, now: datetime, *, receipt_key: str, fingerprint: str) -> Arrival:
    """The chat she asked for, as a contact of hers: in the case the offer was about, else in one of its own."""
    return Arrival(
        receipt_key=receipt_key,
        fingerprint=fingerprint,
        channel="chat",
        at=now,
        sender=None,
        customer_id=customer.id,
        subject=f"Chat: {task.why}",
        text=f"She took up our offer of a chat: {task.why}.",
        topic=task.topic,
        case_id=task.context.get("case", ""),
    )
