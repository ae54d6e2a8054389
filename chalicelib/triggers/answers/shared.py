"""What several subjects give."""

from typing import Annotated

from msgspec import Meta, Struct, field


class Output(Struct, frozen=True):
    pass


Links = Annotated[dict[str, str], Meta(description="Relative references to what belongs to it.")]


class Taken(Output, frozen=True):
    """It is stored; what follows from it will be done. `duplicate`: it had been before, and nothing is done
    twice.

    Without a customer and a case it was put aside because nobody could be named."""

    interaction_id: str
    case_id: str
    case_number: str
    customer_id: str
    duplicate: bool
    links: Links = field(name="_links")


class TemplateUse(Output, frozen=True):
    """The template an answer was made of."""

    slug: str
    language: Annotated[str, Meta(description="Of its text.")]
    fallback: Annotated[bool, Meta(description="It has no text in the customer's language.")]


Index = Annotated[
    float | None, Meta(description="The customer's value index after it, 0 to 100; null: it changed none.")
]


def points(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


Next = Annotated[str | None, Meta(description="The cursor of the next page; null at the end.")]
