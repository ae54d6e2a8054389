"""An article: one answer of the knowledge base, written once, in the languages its customers read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

SLUG = "[a-z0-9-]{1,80}"  # the form of an article's id
MOST_IN_AN_ANSWER = 5


@dataclass(frozen=True, slots=True)
class ArticleText:
    title: str
    body: str  # plain text; Markdown stays as it is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """`edition` counts how often its texts were changed: that is what two editors must agree on. The row's
    `version` rises with every use, too."""

    id: str  # its slug
    texts: Mapping[str, ArticleText]  # by language, BCP 47
    edition: int = 1
    updated_at: datetime
    updated_by: str
    used: int = 0  # how often it was inserted in an answer
    version: int | None = None
