"""What is asked of the knowledge base, and what became of it."""

from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.kernel import ids
from chalicelib.model.question import LONGEST_QUESTION
from chalicelib.triggers.contract.shared import CaseRef, Examples, Input, Key, Language, Slug

Question = Annotated[
    str,
    Meta(min_length=1, max_length=LONGEST_QUESTION, description="In the words of whoever asks.", examples=["parcel"]),
]
Fewer = Annotated[int, Meta(ge=1, le=20)]
VISITOR = "An id of yours for somebody whose name nobody knows, 26 characters as ours have; left out: a new one."


class Asking(Input, frozen=True):
    """Who asks: a customer, or a visitor whose name nobody knows; at most one of both."""

    customer_id: Annotated[Key, Meta(description="A customer who is signed in with you.")] = ""
    visitor_id: Annotated[str, Meta(max_length=26, description=VISITOR)] = ""

    def __post_init__(self) -> None:
        if self.customer_id and self.visitor_id:
            raise ValueError("Give customer_id or visitor_id, not both.")
        if self.visitor_id and not ids.is_ulid(self.visitor_id):
            raise ValueError("A visitor_id is a ULID: 26 digits and capital letters.")


class AnswersQuery(Asking, frozen=True, kw_only=True):
    q: Question
    language: Annotated[Language, Meta(description="What she reads; articles in it come first.")] = ""
    limit: Fewer = 5


class TypedQuery(Asking, frozen=True, kw_only=True):
    """What she has typed so far; it is not written down."""

    q: Question
    language: Language = ""
    limit: Fewer = 5


class PopularQuery(Asking, frozen=True, kw_only=True):
    language: Language = ""
    limit: Fewer = 10


class OwnAnswersQuery(Input, frozen=True, kw_only=True):
    q: Question
    language: Language = ""
    limit: Fewer = 5


class OwnOutcomeIn(Input, frozen=True, kw_only=True):
    """What became of a question: she opened an article, it solved it, it did not, or she turned to a person."""

    outcome: Literal["read", "solved", "unsolved", "person"]
    article: Annotated[Slug | Literal[""], Meta(description="With read and solved: which one.")] = ""
    missing: Annotated[str, Meta(max_length=2_000, description="With unsolved: what was missing, in her words.")] = ""
    case_id: Annotated[CaseRef, Meta(description="With person: the case it became.")] = ""

    def __post_init__(self) -> None:
        if bool(self.article) != (self.outcome in ("read", "solved")):
            raise ValueError("Name the article with read and solved, and only with these.")


class QuestionOutcomeIn(OwnOutcomeIn, frozen=True, kw_only=True):
    """Likewise, with who asked: as the answer to her question told."""

    customer_id: Key = ""
    visitor_id: Annotated[str, Meta(max_length=26)] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.customer_id) == bool(self.visitor_id):
            raise ValueError("Give customer_id or visitor_id, exactly one.")


EXAMPLES: Examples = {
    OwnOutcomeIn: [{"outcome": "solved", "article": "returning-goods"}],
    QuestionOutcomeIn: [
        {"outcome": "solved", "article": "returning-goods", "customer_id": "01KAM8Q6C3V8QW2E0N4B7T9XYZ"},
        {"outcome": "unsolved", "missing": "What it costs.", "visitor_id": "01KAM8Q6C3V8QW2E0N4B7T9XYZ"},
    ],
}
