"""What an agent is given to call somebody."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from chalicelib.desk.views import Card
from chalicelib.triggers.answers.shared import Output
from chalicelib.triggers.answers.tasks import TaskOut
from chalicelib.triggers.answers.timeline import Entry, entry_of


class AgreedOut(Output, frozen=True):
    """What she said of calls for one purpose."""

    purpose: str
    granted: bool
    at: datetime


class CallCard(Output, frozen=True):
    """What an agent needs to call somebody."""

    title: Annotated[str, Meta(description="Of the play.")]
    goal: str
    words: Annotated[str, Meta(description="What she may say, in the customer's language; empty: nothing suggested.")]
    words_for_you: Annotated[str, Meta(description="The same in the agent's language, where that is another.")]
    local_time: Annotated[datetime, Meta(description="Where the customer is.")]
    number: Annotated[str, Meta(description="Of a play's call only once it is begun: POST …/begin.")]
    agreed: list[AgreedOut]
    calls: Annotated[int, Meta(description="How often she was called in vain before.")]
    open_cases: Annotated[dict[str, str], Meta(description="By id: the topic.")]
    history: Annotated[list[Entry], Meta(description="The newest 10 entries of her timeline.")]

    @classmethod
    def of(cls, card: Card) -> "CallCard":
        return cls(
            title=card.title,
            goal=card.goal,
            words=card.words,
            words_for_you=card.words_for_you,
            local_time=card.local_time,
            number=card.number,
            agreed=[AgreedOut(purpose=each, granted=said.granted, at=said.at) for each, said in card.agreed.items()],
            calls=card.calls,
            open_cases=dict(card.open_cases),
            history=[entry_of(each) for each in card.history],  # type: ignore[arg-type]  # what timelines hold
        )


class BegunOut(Output, frozen=True):
    """A call that is made now."""

    customer_id: str
    task: TaskOut
    call: CallCard
