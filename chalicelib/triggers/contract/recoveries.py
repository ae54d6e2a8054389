"""What is done about recoveries, how urgent a case is, how a contact sounds, and which days a report is of."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, field

from chalicelib.model.mood import MoodLevel
from chalicelib.model.recovery import Deed
from chalicelib.model.urgency import Urgency
from chalicelib.triggers.contract.shared import ONE_LINE, Agent, Examples, Input, Paged


class UrgencyIn(Input, frozen=True):
    """How urgent a case is, on somebody's word: rules may raise it then, and lower it no more."""

    urgency: Urgency
    author: Annotated[Agent, Meta(description="Who says so.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


class MoodIn(Input, frozen=True):
    """How a contact really sounded. It counts, and is kept to learn from."""

    level: MoodLevel
    author: Annotated[Agent, Meta(description="Who says so.")]


class RecoveryIn(Input, frozen=True):
    """What was done about it, or how it ended, or both."""

    author: Annotated[Agent, Meta(description="Who did it, or knows.")]
    did: Annotated[Deed | None, Meta(description="What was done.")] = None
    note: Annotated[str, Meta(max_length=500, description="About what was done.")] = ""
    state: Annotated[Literal["kept", "lost"] | None, Meta(description="How it ended; needs a reason.")] = None
    reason: Annotated[str, Meta(max_length=300), ONE_LINE] = ""

    def __post_init__(self) -> None:
        if self.did is None and self.state is None:
            raise ValueError("Say what was done (`did`), or how it ended (`state`).")
        if self.state and not self.reason:
            raise ValueError("Say why it ended so (`reason`).")


class RecoveriesQuery(Paged, frozen=True, kw_only=True):
    role: Annotated[
        Literal["agent", "lead"] | None, Meta(description="Only those that are this role's; pages may then be short.")
    ] = None


class RatingsQuery(Paged, frozen=True, kw_only=True):
    at_most: Annotated[int, Meta(ge=1, le=5, description="Only votes of this score or less.")] = 5


class DaysQuery(Input, frozen=True, kw_only=True):
    first: Annotated[date | None, Meta(description="The first day, in UTC; six days before the last if left out.")] = (
        field(name="from", default=None)
    )
    last: Annotated[date | None, Meta(description="The last day, in UTC; today if left out.")] = field(
        name="to", default=None
    )


EXAMPLES: Examples = {
    UrgencyIn: [{"urgency": "urgent", "author": "Tom", "reason": "Her wedding is on Saturday."}],
    MoodIn: [{"level": "angry", "author": "Tom"}],
    RecoveryIn: [
        {"author": "Lea", "did": "apology", "note": "Called her, sent flowers."},
        {"author": "Lea", "state": "kept", "reason": "She said on the phone that all is well."},
    ],
}
