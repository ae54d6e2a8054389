"""An article: one answer of the knowledge base, written once, in the languages its customers read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

SLUG = "[a-z0-9-]{1,80}"  # the form of an article's id
MOST_IN_AN_ANSWER = 5
MOST_BYTES = 180_000  # UTF-8 of all its texts: twice that, read and worked on, must fit in one row of 400 KB
MOST_IMAGES = 50
MOST_NAMES = 20  # it had before, each of which still leads to it
MOST_WRITERS = 20  # remembered of what is not published yet
LONGEST_WORD = 1_000  # characters, of what a reviewer says
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
    `version` rises with every use, too. One that was renamed leaves `moved_to` under its old slug, and nothing else."""

    id: str  # its slug
    uid: str = ""  # under which its published editions lie, whatever it is called; empty: under its slug
    texts: Mapping[str, ArticleText]  # by language, BCP 47
    original: str = ""  # the language the others are translated from, if somebody said
    changed: Mapping[str, int] = field(default_factory=dict)  # by language: the edition in which its text changed last
    made_from: Mapping[str, int] = field(default_factory=dict)  # of a translation: `changed` of the original it follows
    state: ArticleState = ArticleState.PUBLISHED
    published: Mapping[str, ArticleText] = field(default_factory=dict)  # what is read while newer texts are worked on
    published_edition: int = 0  # 0: none since editions are kept
    published_at: datetime | None = None
    published_by: str = ""
    writers: tuple[str, ...] = ()  # who wrote what is not published yet: as receipts know callers, or her name
    word: str = ""  # why it was sent back
    audience: Audience = Audience.PUBLIC
    tiers: tuple[str, ...] = ()  # with Audience.TIERS
    topic: str = ""
    labels: tuple[str, ...] = ()
    owner: str = ""  # who hears what readers say of it: a member of staff's id, or a caller's name
    images: tuple[str, ...] = ()  # ids
    publish_at: datetime | None = None  # SCHEDULED
    scheduled_by: str = ""
    review_at: datetime | None = None  # when somebody must look at it again
    stale: bool = False  # that time has come
    moved_to: str = ""
    former: tuple[str, ...] = ()  # slugs it had before, the oldest first
    edition: int = 1
    updated_at: datetime
    updated_by: str
    used: int = 0  # how often it was inserted in an answer
    version: int | None = None

    @property
    def live(self) -> Mapping[str, ArticleText]:
        """What readers see, by language; empty before it is published and once it is retired."""
        return self.texts if self.state is ArticleState.PUBLISHED else self.published

    @property
    def lasting(self) -> str:
        """What its published editions lie under."""
        return self.uid or self.id

    @property
    def source(self) -> str:
        """The language the others are translated from: the one somebody named, else English, else the first."""
        if self.original in self.texts:
            return self.original
        return "en" if "en" in self.texts else min(self.texts, default="")

    @property
    def behind(self) -> tuple[str, ...]:
        """The languages whose original changed since they were translated."""
        source = self.source
        now = self.changed.get(source, 0)
        return tuple(tag for tag in sorted(self.texts) if tag != source and self.made_from.get(tag, 0) < now)

    @property
    def next_look_at(self) -> datetime | None:
        """When the clock has something to do about it."""
        looks = []
        if self.state is ArticleState.SCHEDULED and self.publish_at:
            looks.append(self.publish_at)
        if self.review_at and self.live and not self.stale:
            looks.append(self.review_at)
        return min(looks, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleEdition:
    """What was published, as it was."""

    uid: str  # `Article.lasting`
    edition: int
    texts: Mapping[str, ArticleText]
    audience: Audience = Audience.PUBLIC
    tiers: tuple[str, ...] = ()
    topic: str = ""
    published_at: datetime
    published_by: str
    note: str = ""  # what is different, in the words of who published it
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleImage:
    """What an article shows. It lies in object storage and never changes; `article_id` follows a renamed article."""

    id: str
    article_id: str
    name: str
    type: str  # one of IMAGE_TYPES
    size: int  # bytes
    at: datetime
    by: str
    version: int | None = None

    @property
    def key(self) -> str:
        return f"articles/images/{self.id}"

    @property
    def file(self) -> str:
        """What a text calls it, behind `images/`."""
        return f"{self.id}.{IMAGE_TYPES[self.type]}"
