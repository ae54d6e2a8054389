"""Letting sending go on."""

from typing import Annotated

from msgspec import Meta

from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input


class ReleaseIn(Input, frozen=True, kw_only=True):
    """On whose word notices leave again, and why."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


EXAMPLES: Examples = {
    ReleaseIn: [
        {"author": "Lea", "reason": "The campaign to the old list is stopped; the others were not complained of."}
    ],
}
