"""What an agent says at her desk."""

from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.agent import Presence
from chalicelib.triggers.contract.customers import ULID
from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input, form

AgentId = Annotated[str, form(ULID, "An agent's id."), Meta(description="The agent; who signed in herself is it.")]
ChannelName = Literal["email", "web", "app", "phone", "chat", "board"]
Why = Annotated[str, Meta(max_length=300), ONE_LINE]
QueueName = Annotated[str, form("[A-Za-z0-9_-]{1,40}", "A queue of the touchpoint map.")]


class PresenceIn(Input, frozen=True, kw_only=True):
    """Whether she is there. It holds for five minutes, unless she says or does something at her desk again."""

    presence: Presence
    release: Annotated[bool, Meta(description="When she goes: all she has in hand goes back into line.")] = False
    agent_id: AgentId = ""


class NextIn(Input, frozen=True, kw_only=True):
    """Asks for an agent's next work."""

    accepts: Annotated[
        list[ChannelName], Meta(max_length=10, description="Work of these channels only; all if left out.")
    ] = field(default_factory=list)
    agent_id: AgentId = ""


class OfferIn(Input, frozen=True, kw_only=True):
    """Whether she takes what she was offered."""

    answer: Literal["accept", "decline"]
    reason: Annotated[Why, Meta(description="Why not; kept with the work.")] = ""
    agent_id: AgentId = ""


class AssignmentIn(Input, frozen=True, kw_only=True):
    """Whose it is from now on: an agent's, who is offered it first; a queue's; with neither, its own queue's."""

    to_agent: Annotated[str, form(ULID, "An agent's id.")] = ""
    to_queue: QueueName = ""
    author: Annotated[Agent, Meta(description="Who decided it; told on the timeline.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]

    def __post_init__(self) -> None:
        if self.to_agent and self.to_queue:
            raise ValueError("Give to_agent or to_queue, not both.")


class DeskQuery(Input, frozen=True):
    agent_id: AgentId = ""


_AGENT = "01KAM8Q6C3V8QW2E0N4B7T9XYA"
EXAMPLES: Examples = {
    PresenceIn: [{"presence": "online", "agent_id": _AGENT}],
    NextIn: [{"accepts": ["chat", "email"], "agent_id": _AGENT}],
    OfferIn: [
        {"answer": "accept", "agent_id": _AGENT},
        {"answer": "decline", "reason": "I know her in person.", "agent_id": _AGENT},
    ],
    AssignmentIn: [
        {"to_agent": _AGENT, "author": "Tom", "reason": "She knows the matter."},
        {"to_queue": "support", "author": "Tom", "reason": "Not a matter of billing."},
        {"author": "Tom", "reason": "I am off."},
    ],
}
