"""Articles, and what is asked of the knowledge base."""

from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib import configuration
from chalicelib.model.article import Article, ArticleEdition, ArticleImage
from chalicelib.model.deflection import VISITORS_KEPT, Visitor
from chalicelib.model.question import LearnedQuestion, Question
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf, SparseListOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row, kept_until


class ArticleRow(Row, discriminator="article"):
    model = Article
    id = UnicodeAttribute()
    uid = UnicodeAttribute(null=True)
    texts = MapOf(null=True)  # none of one that moved
    original = UnicodeAttribute(null=True)
    changed = MapOf(null=True)
    made_from = MapOf(null=True)
    state = UnicodeAttribute(null=True)
    published = MapOf(null=True)
    published_edition = NumberAttribute(null=True)
    published_at = UnicodeAttribute(null=True)
    published_by = UnicodeAttribute(null=True)
    writers = ListOf(null=True)
    word = UnicodeAttribute(null=True)
    audience = UnicodeAttribute(null=True)
    tiers = ListOf(null=True)
    topic = UnicodeAttribute(null=True)
    labels = ListOf(null=True)
    owner = UnicodeAttribute(null=True)
    images = ListOf(null=True)
    publish_at = UnicodeAttribute(null=True)
    scheduled_by = UnicodeAttribute(null=True)
    review_at = UnicodeAttribute(null=True)
    stale = BooleanAttribute(null=True)
    moved_to = UnicodeAttribute(null=True)
    former = ListOf(null=True)
    edition = NumberAttribute()
    updated_at = UnicodeAttribute()
    updated_by = UnicodeAttribute()
    used = NumberAttribute(null=True)

    def domain(self) -> Any:
        if self.texts is None:
            self.texts = {}
        return super().domain()

    @classmethod
    def key_of(cls, thing: Article) -> Key:
        return keys.article(thing.id)

    @classmethod
    def list_place(cls, thing: Article) -> Key | None:
        return None if thing.moved_to else keys.article_by_slug(thing.id)

    @classmethod
    def due_place(cls, thing: Article) -> tuple[keys.DueLane, datetime] | None:
        """When it is to be published, or somebody must look at it again."""
        return ("work", thing.next_look_at) if thing.next_look_at else None


class ArticleEditionRow(Row, discriminator="article_edition"):
    model = ArticleEdition
    uid = UnicodeAttribute()
    edition = NumberAttribute()
    texts = MapOf()
    audience = UnicodeAttribute(null=True)
    tiers = ListOf(null=True)
    topic = UnicodeAttribute(null=True)
    published_at = UnicodeAttribute()
    published_by = UnicodeAttribute()
    note = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ArticleEdition) -> Key:
        return keys.article_edition(thing.uid, thing.edition)


class ArticleImageRow(Row, discriminator="article_image"):
    model = ArticleImage
    id = UnicodeAttribute()
    article_id = UnicodeAttribute()
    name = UnicodeAttribute()
    type = UnicodeAttribute()
    size = NumberAttribute()
    at = UnicodeAttribute()
    by = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: ArticleImage) -> Key:
        return keys.article_image(thing.id)


class QuestionRow(Row, discriminator="question"):
    model = Question
    id = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    text = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    through = UnicodeAttribute()
    customer_id = UnicodeAttribute(null=True)
    visitor_id = UnicodeAttribute(null=True)
    tier = UnicodeAttribute(null=True)
    topic = UnicodeAttribute(null=True)
    shown = ListOf(null=True)
    confidence = NumberAttribute(null=True)
    answered = BooleanAttribute(null=True)
    held_out = BooleanAttribute(null=True)
    read = ListOf(null=True)
    state = UnicodeAttribute()
    solved_by = UnicodeAttribute(null=True)
    missing = UnicodeAttribute(null=True)
    case_id = UnicodeAttribute(null=True)
    gap_id = UnicodeAttribute(null=True)
    learned_as = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Question) -> Key:
        if thing.customer_id:
            return keys.timeline(thing.customer_id, thing.id)
        return keys.question_of_visitor(thing.visitor_id, thing.id)

    @classmethod
    def list_place(cls, thing: Question) -> Key | None:
        """While there is something to learn of it, and then with the gap it is an instance of."""
        if thing.lesson != thing.learned_as:
            return keys.gap_question(thing.id)
        return keys.question_of_gap(thing.gap_id, thing.id) if thing.gap_id else None

    @classmethod
    def expiry_of(cls, thing: Question) -> datetime | None:
        return kept_until(thing.asked_at, configuration.retention().question)


class LearnedQuestionRow(Row, discriminator="learned_question"):
    model = LearnedQuestion
    article_id = UnicodeAttribute()
    text = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    times = NumberAttribute()
    last_at = UnicodeAttribute()

    @classmethod
    def key_of(cls, thing: LearnedQuestion) -> Key:
        return keys.learned_question(thing.article_id, thing.text)


class VisitorRow(Row, discriminator="visitor"):
    model = Visitor
    id = UnicodeAttribute()
    seen_at = UnicodeAttribute()
    questions = SparseListOf(null=True)
    compared = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Visitor) -> Key:
        return keys.visitor(thing.id)

    @classmethod
    def expiry_of(cls, thing: Visitor) -> datetime | None:
        return thing.seen_at + VISITORS_KEPT
