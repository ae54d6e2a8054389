"""What agents can do."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from chalicelib.model.agent import DEFAULT_CAPACITY, DEFAULT_QUEUE
from chalicelib.model.team import TEAM
from chalicelib.triggers.contract.articles import Expected
from chalicelib.triggers.contract.desk import QueueName
from chalicelib.triggers.contract.shared import Examples, Input, Name, form

Skill = Annotated[str, form("[A-Za-z0-9_-]{1,40}", "A skill's name.")]
Level = Annotated[int, Meta(ge=1, le=5)]
Spoken = Annotated[str, form("[a-z]{2,3}", "A language alone: en, zh.")]
Place = Annotated[str, form(r"email|web|app|phone|chat|board|\*|total", "A channel, * for all others, or total.")]
Most = Annotated[int, Meta(ge=0, le=100)]


class AgentIn(Input, frozen=True, kw_only=True):
    """All she can do from now on: what is left out is removed, or as by default."""

    name: Name = ""
    skills: Annotated[dict[Skill, Level], Meta(max_length=20, description="And their levels, 1 to 5.")] = field(
        default_factory=dict
    )
    languages: Annotated[dict[Spoken, Level], Meta(max_length=10, description="And how well, 1 to 5.")] = field(
        default_factory=dict
    )
    capacity: Annotated[
        dict[Place, Most], Meta(max_length=10, description="How much she has in hand at most, by channel.")
    ] = field(default_factory=lambda: dict(DEFAULT_CAPACITY))
    queues: Annotated[list[QueueName], Meta(min_length=1, max_length=10, description="Whose work she gets.")] = field(
        default_factory=lambda: [DEFAULT_QUEUE]
    )
    teams: Annotated[
        list[Annotated[str, form(TEAM, "A team's name.")]],
        Meta(max_length=5, description="Whose customers she serves besides those who are everybody's."),
    ] = field(default_factory=list)
    expected_version: Expected | UnsetType = UNSET


EXAMPLES: Examples = {
    AgentIn: [
        {
            "name": "Bo Lind",
            "skills": {"billing": 4},
            "languages": {"en": 5, "de": 3},
            "capacity": {"chat": 3, "email": 5, "phone": 1, "*": 5, "total": 6},
            "queues": ["support"],
        }
    ],
}
