"""Articles for agents."""

from typing import Annotated

from msgspec import Meta

from chalicelib.model.question import LONGEST_QUESTION
from chalicelib.triggers.contract.shared import CaseRef, Input, Language

Words = Annotated[str, Meta(max_length=LONGEST_QUESTION)]
Most = Annotated[int, Meta(ge=1, le=10, description="How many to give at most.")]


class FittingQuery(Input, frozen=True):
    text: Annotated[Words, Meta(description="Other words to look for than those she said last.")] = ""
    limit: Most = 5


class HeardQuery(Input, frozen=True):
    text: Annotated[Words, Meta(min_length=2, description="What you hear, as you type it.")]
    case_id: CaseRef = ""
    language: Annotated[Language, Meta(description="Hers; that of the case, if you name one.")] = ""
    limit: Most = 5
