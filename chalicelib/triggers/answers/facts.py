"""What became of each fact."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.triggers.answers.shared import Output
from chalicelib.triggers.http import Problem


class FactResult(Output, frozen=True):
    event_id: Annotated[str, Meta(description="Empty when it could not be read.")]
    outcome: Literal["recorded", "duplicate", "refused"]
    customer_id: str = ""
    problem: Problem | None = None


class FactsOut(Output, frozen=True):
    """One result for each fact, in the order they were sent."""

    results: list[FactResult]
