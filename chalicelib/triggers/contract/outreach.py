"""Letting sending go on, and which quarter a report is of."""

from typing import Annotated

from msgspec import Meta

from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input, form


class ReleaseIn(Input, frozen=True, kw_only=True):
    """On whose word notices leave again, and why."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


class QuarterQuery(Input, frozen=True, kw_only=True):
    quarter: Annotated[
        str,
        form("(20[0-9]{2}-Q[1-4])?", "A calendar quarter, by UTC: 2026-Q4. The current one if left out."),
    ] = ""


EXAMPLES: Examples = {
    ReleaseIn: [
        {"author": "Lea", "reason": "The campaign to the old list is stopped; the others were not complained of."}
    ],
}
