"""Which proactive contacts; those that agents do."""

from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.agent import DEFAULT_QUEUE
from chalicelib.model.task import TaskState
from chalicelib.triggers.contract.agents import Level, Skill
from chalicelib.triggers.contract.desk import AgentId, ChannelName, QueueName, Why
from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input, Moment, Paged


class TasksQuery(Paged, frozen=True, kw_only=True):
    state: Annotated[TaskState, Meta(description="Tasks in this state, as they come up.")]


class TaskIn(Input, frozen=True, kw_only=True):
    """A contact that an agent is to make. Guardrails are asked when it is due, and when it is handed out."""

    goal: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
    why: Annotated[Why, Meta(description="What makes it necessary.")] = ""
    purpose: Annotated[
        Literal["service", "marketing"], Meta(description="What she must have agreed to, on this channel.")
    ] = "service"
    channel: ChannelName = "phone"
    due_at: Moment
    deadline: Annotated[Moment, Meta(description="Later it helps nobody.")]
    queue: QueueName = DEFAULT_QUEUE
    needs: Annotated[dict[Skill, Level], Meta(max_length=5)] = field(default_factory=dict)
    wants: Annotated[dict[Skill, Level], Meta(max_length=5)] = field(default_factory=dict)
    language_level: Annotated[int, Meta(ge=0, le=5, description="How well the agent must speak her language.")] = 0
    author: Annotated[Agent, Meta(description="Who sets it up.")]


class OutcomeIn(Input, frozen=True, kw_only=True):
    """What came of a task."""

    outcome: Annotated[
        Literal["reached", "solved", "no_answer", "voicemail", "refused", "wrong_number", "call_back", "not_reached"],
        Meta(description="`call_back`: she wants to be called at `again_at`."),
    ]
    note: Why = ""
    again_at: Annotated[Moment | None, Meta(description="She is tried again then.")] = None
    do_not_call: Annotated[bool, Meta(description="She wants no more calls of ours: her consent is withdrawn.")] = False
    author: Annotated[Agent, Meta(description="Who did it; told on the timeline.")]
    agent_id: AgentId = ""


class BeginIn(Input, frozen=True, kw_only=True):
    """That she calls now."""

    agent_id: AgentId = ""


EXAMPLES: Examples = {
    TaskIn: [
        {
            "goal": "Ask whether the new tent arrived dry.",
            "due_at": "2026-11-23T09:00:00Z",
            "deadline": "2026-11-27T17:00:00Z",
            "needs": {"outdoor": 2},
            "author": "Tom",
        }
    ],
    OutcomeIn: [
        {"outcome": "reached", "note": "All is well.", "author": "Bo"},
        {"outcome": "refused", "do_not_call": True, "author": "Bo"},
        {"outcome": "call_back", "again_at": "2026-11-24T15:00:00Z", "author": "Bo"},
    ],
    BeginIn: [{"agent_id": "01KAM8Q6C3V8QW2E0N4B7T9XYA"}],
}
