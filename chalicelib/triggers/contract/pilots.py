"""Pilots of plays."""

from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.fact import FactKind
from chalicelib.model.pilot import MOST_DAYS, PRIMARY
from chalicelib.outreach.pilots.designing import Wanted
from chalicelib.triggers.contract.desk import AgentId
from chalicelib.triggers.contract.shared import ONE_LINE, Examples, Input

Tier = Annotated[str, Meta(min_length=1, max_length=40), ONE_LINE]
Shares = Annotated[
    dict[Tier, Annotated[float, Meta(ge=0, le=1)]],
    Meta(max_length=20, description="Of all, 0 to 1, by tier; `*`: any other."),
]
Reason = Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]
Primary = Literal["repeat_contact", "contacts", "low_rating", "churn", "goal", "spend"]
GoalFact = Annotated[str, Meta(max_length=40), ONE_LINE]


class PilotIn(Input, frozen=True, kw_only=True):
    """What is to be found out, and on how many. Nothing of it is changed once it was started."""

    primary_outcome: Annotated[Primary, Meta(description="The one outcome that decides.")]
    minimum_difference: Annotated[
        float, Meta(gt=0, le=10**9, description="Worth finding: of a share 0 to 1, of contacts, or in minor units.")
    ]
    expected: Annotated[
        float, Meta(ge=-(10**9), le=10**9, description="Of those held out: the share, or the mean.")
    ] = 0.0
    expected_spread: Annotated[float, Meta(ge=0, le=10**9, description="Of a mean: its standard deviation.")] = 0.0
    planned_people: Annotated[
        int, Meta(ge=0, le=10**8, description="In both groups, when it is decided. 0: what the difference needs.")
    ] = 0
    contacted: Shares = field(default_factory=lambda: {"*": 0.5})
    held_out: Shares = field(default_factory=lambda: {"*": 0.5})
    agents: Annotated[list[AgentId], Meta(max_length=100, description="Who alone do its calls; empty: anybody.")] = (
        field(default_factory=list)
    )
    window_days: Annotated[
        int, Meta(ge=1, le=180, description="For how long it is looked what becomes of somebody.")
    ] = 28
    grace_days: Annotated[int, Meta(ge=0, le=30, description="For facts that are told late.")] = 2
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS, description="For how long people are drawn.")] = 90
    spend_cap: Annotated[int, Meta(ge=1, le=10**9, description="Minor units: more of one person counts as this.")] = (
        100_000
    )
    goal_fact: Annotated[GoalFact, Meta(description="The kind of fact that says that the goal was reached.")] = ""
    why: Annotated[str, Meta(max_length=300), ONE_LINE] = ""
    overlapping: Annotated[
        bool, Meta(description="More than two pilots of the same outcome may reach the same people.")
    ] = False

    def __post_init__(self) -> None:
        if self.goal_fact and self.goal_fact not in {kind.value for kind in FactKind}:
            raise ValueError(f"goal_fact is a kind of fact: {', '.join(kind.value for kind in FactKind)}.")

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            primary=next(outcome for outcome in PRIMARY if outcome.value == self.primary_outcome),
            minimum=self.minimum_difference,
            expected=self.expected,
            spread=self.expected_spread,
            planned=self.planned_people,
            contacted=self.contacted,
            held_out=self.held_out,
            agents=tuple(self.agents),
            window_days=self.window_days,
            grace_days=self.grace_days,
            days=self.days,
            spend_cap=self.spend_cap,
            goal_fact=self.goal_fact,
            why=self.why,
            overlapping=self.overlapping,
        )


class WidenIn(Input, frozen=True, kw_only=True):
    """Tiers that are not named stay as they are. Nobody's share is lowered."""

    contacted: Shares
    why: Reason


class StopIn(Input, frozen=True, kw_only=True):
    then: Annotated[
        Literal["for_all", "stop"],
        Meta(description="`for_all`: the play goes on for everybody, which takes plays:approve; `stop`: it stops."),
    ]
    why: Reason


class DropIn(Input, frozen=True, kw_only=True):
    why: Reason


EXAMPLES: Examples = {
    PilotIn: [
        {
            "primary_outcome": "goal",
            "minimum_difference": 0.05,
            "expected": 0.3,
            "contacted": {"*": 0.5},
            "held_out": {"*": 0.5},
            "window_days": 21,
            "goal_fact": "card_updated",
            "why": "Do more cards get updated in time when we write two weeks before?",
        }
    ],
    WidenIn: [{"contacted": {"*": 0.9}, "why": "Fewer contacts, at any time looked."}],
    StopIn: [{"then": "stop", "why": "More contacts than without."}],
    DropIn: [{"why": "The play changes first."}],
}
