"""Forms of text, and what several subjects take."""

from datetime import datetime
from typing import Annotated, TypeVar

from msgspec import Meta, Struct, UnsetType

from chalicelib.model.article import MOST_IN_AN_ANSWER, SLUG
from chalicelib.model.customer import HANDLE_KINDS
from chalicelib.triggers.decoding import FORMS


def form(pattern: str, words: str) -> Meta:
    """A form of text, and how it is told to people."""
    whole = rf"^(?![\s\S]*\n){pattern}$"  # in Python, $ alone lets a last line feed pass
    FORMS[whole] = words
    return Meta(pattern=whole, description=words)


ONE_LINE = form(r"[^\u0000-\u001f\u007f]*", "One line, without control characters.")
Line = Annotated[str, Meta(max_length=300), ONE_LINE]
Text = Annotated[str, Meta(min_length=1, max_length=100_000, description="Plain text.")]
Name = Annotated[str, Meta(max_length=200), ONE_LINE]
Agent = Annotated[str, Meta(min_length=1, max_length=100), ONE_LINE]
Label = Annotated[str, Meta(max_length=60), ONE_LINE, Meta(description="A topic of yours: billing, delivery.")]
Word = Annotated[str, Meta(min_length=1, max_length=100), ONE_LINE]
Language = Annotated[str, form("([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3})?", "A language in BCP 47: en, zh-Hans.")]
Slug = Annotated[str, form(SLUG, "1 to 80 small letters, digits and -."), Meta(examples=["returning-goods"])]
Zone = Annotated[str, Meta(max_length=60), ONE_LINE, Meta(description="An IANA time zone: Europe/Berlin.")]
Moment = Annotated[datetime, Meta(tz=True, description="RFC 3339, with its zone.")]
CaseRef = Annotated[str, Meta(max_length=40, description="A case's id, or its number as people read it out.")]
Visitor = Annotated[
    str,
    form("([A-Za-z0-9_-]{16,64})?", "16 to 64 letters, digits, - and _."),
    Meta(description="Under whom she asked the knowledge base before: what she asked comes with her."),
]
Answers = Annotated[
    int, Meta(ge=0, le=MOST_IN_AN_ANSWER, description="How many articles you will show her that may answer it.")
]
Key = Annotated[str, Meta(min_length=1, max_length=320), ONE_LINE]

Examples = dict[type, list[object]]
T = TypeVar("T")


class Input(Struct, frozen=True, forbid_unknown_fields=True):
    pass


def if_told(value: T | UnsetType) -> T | None:
    """A field as it was told; None, if it was left out."""
    return None if isinstance(value, UnsetType) else value


class CustomerRef(Input, frozen=True):
    """Who it is: her id, or exactly one handle. A handle nobody has makes a new customer. What else is said
    of her is taken when it was unknown."""

    customer_id: Annotated[Key, Meta(description="The id Liana gave her.")] = ""
    email: Key = ""
    phone: Annotated[Key, Meta(description="E.164, with its country code: +49301234567.")] = ""
    chat: Annotated[Key, Meta(description="Her name in your chat.")] = ""
    external: Annotated[Key, Meta(description="Her id in your own systems.")] = ""
    device: Annotated[Key, Meta(description="An installation of your app.")] = ""
    name: Name = ""
    language: Language = ""
    time_zone: Zone = ""

    def __post_init__(self) -> None:
        given = [name for name in ("customer_id", *HANDLE_KINDS) if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(f"Give exactly one of customer_id, {', '.join(HANDLE_KINDS)}.")

    @property
    def handle(self) -> tuple[str, str] | None:
        """Kind and value as given, not normalised; None when she is named by id."""
        return next(((kind, value) for kind in HANDLE_KINDS if (value := getattr(self, kind))), None)


class VouchIn(Input, frozen=True):
    """On whose word, and why. Both are kept."""

    author: Annotated[Agent, Meta(description="The agent who answers for it.")]
    reason: Annotated[str, Meta(min_length=1, max_length=300), ONE_LINE]


class AuthorIn(Input, frozen=True):
    """On whose word. A member of staff who signed in is named herself."""

    author: Annotated[Agent, Meta(description="The agent who does it.")]


class AuthorQuery(AuthorIn, frozen=True):
    """As a query."""


Limit = Annotated[int, Meta(ge=1, le=100, description="How many to give at most.")]
Cursor = Annotated[str, Meta(max_length=1000, description="`next` of the page before; leave out for the first.")]


class Paged(Input, frozen=True):
    limit: Limit = 25
    cursor: Cursor = ""


EXAMPLES: Examples = {
    AuthorIn: [{"author": "Tom"}],
    VouchIn: [{"author": "Tom", "reason": "She called and said that she sent it."}],
}
