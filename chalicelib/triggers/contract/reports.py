"""Which figures are asked for."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.triggers.contract.recoveries import DaysQuery
from chalicelib.triggers.contract.shared import Agent, Examples, Input

Only = Annotated[str, Meta(max_length=100)]


class DriversQuery(DaysQuery, frozen=True, kw_only=True):
    tier: Annotated[Only, Meta(description="Only customers of this tier.")] = ""


class DismissIn(Input, frozen=True, kw_only=True):
    """That no play is to be made of it."""

    author: Annotated[Agent, Meta(description="Who decides it.")]


EXAMPLES: Examples = {DismissIn: [{"author": "Tom"}]}


class SelfServiceQuery(DaysQuery, frozen=True, kw_only=True):
    by: Annotated[
        Literal["topic", "tier", "through", "day", "week", "month", "quarter"],
        Meta(description="What the lines are of. Weeks are ISO weeks."),
    ] = "topic"
    topic: Annotated[Only | None, Meta(description="Only this topic; empty: what has none.")] = None
    tier: Annotated[Only | None, Meta(description="Only customers of this tier; empty: visitors nobody knows.")] = None
    through: Annotated[
        Literal["help_centre", "form", "api", "letter", "contact"] | None,
        Meta(description="Only what began so; contact: with a person, and no question before."),
    ] = None
