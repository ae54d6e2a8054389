"""Value and tiers: what is decided by hand."""

from typing import Annotated

from msgspec import Meta

from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input, Moment, Word


class TierIn(Input, frozen=True):
    """A tier until a date, whatever her index says."""

    tier: Annotated[Word, Meta(description="One of the configured tiers.")]
    until: Annotated[Moment, Meta(description="At most two years from now. Then her index decides again.")]
    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


EXAMPLES: Examples = {
    TierIn: [
        {
            "tier": "gold",
            "until": "2027-03-31T00:00:00Z",
            "author": "Tom",
            "reason": "We broke our promise to her three times this month.",
        }
    ],
}
