"""What the knowledge base learns."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.model.gap import GapState
from chalicelib.model.upkeep import FindingState, PairState
from chalicelib.triggers.contract.shared import Examples, Input, Language, Name, Paged, Slug, Word

Decided = Literal["approved", "dismissed"]


class GapsQuery(Paged, frozen=True):
    state: GapState = GapState.PROPOSED


class OwnerIn(Input, frozen=True):
    owner: Annotated[Name, Meta(description="The id of a member of the staff, an address, or a name; empty: nobody.")]


class GapArticleIn(Input, frozen=True):
    article: Slug


class UpkeepQuery(Paged, frozen=True):
    state: FindingState = FindingState.OPEN


class PairsQuery(Paged, frozen=True):
    state: PairState = PairState.SUGGESTED


class PairIn(Input, frozen=True):
    state: Annotated[Decided, Meta(description="Whether the two mean the same.")]


class VoteIn(Input, frozen=True):
    """What a reader says of an article; her last word counts."""

    voter: Annotated[Word, Meta(description="Your id of the reader. Only a fingerprint of it is kept.")]
    helpful: bool
    missing: Annotated[str, Meta(max_length=500, description="What was missing, in her words. It is masked.")] = ""
    language: Language = ""


EXAMPLES: Examples = {
    OwnerIn: [{"owner": "eve@example.com"}],
    GapArticleIn: [{"article": "returning-goods"}],
    PairIn: [{"state": "approved"}],
    VoteIn: [{"voter": "visitor-7", "helpful": False, "missing": "What does it cost from abroad?", "language": "en"}],
}
