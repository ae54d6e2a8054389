"""What waits for a customer in the app or the chat."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.kernel import clock
from chalicelib.model.interaction import Interaction
from chalicelib.model.task import Task, TaskState
from chalicelib.triggers.answers.shared import Links, Output


class MessageOut(Output, frozen=True):
    task_id: Annotated[str, Meta(description="By which one says what she did with it.")]
    at: datetime
    until: Annotated[datetime, Meta(description="Later it helps nobody: it is not shown any more.")]
    subject: str
    text: str
    language: str
    new: Annotated[bool, Meta(description="It is fetched for the first time.")]

    @classmethod
    def of(cls, message: Interaction, *, new: bool) -> "MessageOut":
        return cls(
            task_id=message.task_id,
            at=message.at,
            until=clock.from_iso(message.template["until"]),
            subject=message.subject,
            text=message.preview,
            language=message.language,
            new=new,
        )


class MessagesOut(Output, frozen=True):
    """The newest first, 20 at most."""

    customer_id: str
    items: list[MessageOut]


class MessageSaid(Output, frozen=True):
    """Where it stands by now."""

    customer_id: str
    task_id: str
    state: TaskState
    links: Links = field(name="_links")

    @classmethod
    def of(cls, task: Task, links: Links) -> "MessageSaid":
        return cls(customer_id=task.customer_id, task_id=task.id, state=task.state, links=links)
