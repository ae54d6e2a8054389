"""An article: one answer of the knowledge base, written once, in the languages its customers read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

SLUG = "[a-z0-9-]{1,80}"  # the form of an article's id
MOST_IN_AN_ANSWER = 5
IMAGE_TYPES = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}  # to their endings


@dataclass(frozen=True, slots=True)
class ArticleText:
    title: str
    body: str  # plain text; Markdown stays as it is written


class ArticleState(Enum):
    """Of the texts its editors work on; what readers see is another matter (`Article.live`)."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    RETIRED = "retired"


class Audience(Enum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    TIERS = "tiers"  # signed in, and of one of these tiers
    AGENTS = "agents"


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """`edition` counts how often its texts were changed: that is what two editors must agree on. The row's
    `version` rises with every use, too."""

    id: str  # its slug
    texts: Mapping[str, ArticleText]  # by language, BCP 47
    state: ArticleState = ArticleState.PUBLISHED
    published: Mapping[str, ArticleText] = field(default_factory=dict)  # what is read while newer texts are worked on
    audience: Audience = Audience.PUBLIC
    tiers: tuple[str, ...] = ()  # with Audience.TIERS
    topic: str = ""
    owner: str = ""  # who hears what readers say of it: a member of staff's id, or a caller's name
    publish_at: datetime | None = None  # SCHEDULED
    review_at: datetime | None = None  # when somebody must look at it again
    edition: int = 1
    updated_at: datetime
    updated_by: str
    used: int = 0  # how often it was inserted in an answer
    version: int | None = None

    @property
    def live(self) -> Mapping[str, ArticleText]:
        """What readers see, by language; empty before it is published and once it is retired."""
        return self.texts if self.state is ArticleState.PUBLISHED else self.published
