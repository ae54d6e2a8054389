"""What is learned of questions and votes: gaps, how articles fare, words."""

from datetime import datetime, timedelta

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.model.gap import Gap
from chalicelib.model.upkeep import ArticleCare, ArticleVote, Finding, Learning, UnknownWords, WordPair
from chalicelib.storage import keys
from chalicelib.storage.attributes import ListOf, MapOf
from chalicelib.storage.keys import Key
from chalicelib.storage.rows.base import Row

GAPS_KEPT = timedelta(days=400)  # since they were asked for last: a year's seasons
PAIRS_KEPT = timedelta(days=90)  # unless somebody decided about them


class GapRow(Row, discriminator="gap"):
    model = Gap
    id = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    question = UnicodeAttribute(null=True)
    examples = ListOf(null=True)
    asks = NumberAttribute(null=True)
    heat = NumberAttribute(null=True)
    sketch = ListOf(null=True)
    with_person = NumberAttribute(null=True)
    cost = NumberAttribute(null=True)
    tiers = MapOf(null=True)
    topics = MapOf(null=True)
    cases = ListOf(null=True)
    state = UnicodeAttribute()
    owner = UnicodeAttribute(null=True)
    article_id = UnicodeAttribute(null=True)
    alternatives = ListOf(null=True)
    absorbed = ListOf(null=True)
    merged_into = UnicodeAttribute(null=True)
    opened_at = UnicodeAttribute()
    last_at = UnicodeAttribute()
    proposed_at = UnicodeAttribute(null=True)
    settled_at = UnicodeAttribute(null=True)
    settled_heat = NumberAttribute(null=True)
    answered_at = UnicodeAttribute(null=True)
    look_at = UnicodeAttribute(null=True)
    looks = NumberAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Gap) -> Key:
        return keys.gap(thing.id)

    @classmethod
    def due_place(cls, thing: Gap) -> tuple[keys.DueLane, datetime] | None:
        """When its cases are looked through for an answer."""
        return ("work", thing.look_at) if thing.look_at else None

    @classmethod
    def list_place(cls, thing: Gap) -> Key | None:
        """By demand and cost, in steps: an ask seldom moves it."""
        return keys.ranked_gap(thing.state.value, thing.rank, thing.id) if not thing.merged_into else None

    @classmethod
    def expiry_of(cls, thing: Gap) -> datetime:
        return thing.last_at + GAPS_KEPT


class ArticleVoteRow(Row, discriminator="article_vote"):
    model = ArticleVote
    article_id = UnicodeAttribute()
    voter = UnicodeAttribute()
    helpful = BooleanAttribute()
    missing = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    at = UnicodeAttribute()
    counted = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ArticleVote) -> Key:
        return keys.article_vote(thing.article_id, thing.voter)

    @classmethod
    def list_place(cls, thing: ArticleVote) -> Key | None:
        """While it is not in the sums."""
        return keys.unlearned_vote(thing.article_id, thing.voter, thing.at) if thing.lesson != thing.counted else None

    @classmethod
    def expiry_of(cls, thing: ArticleVote) -> datetime:
        return thing.at + GAPS_KEPT


class ArticleCareRow(Row, discriminator="article_care"):
    model = ArticleCare
    article_id = UnicodeAttribute()
    votes = MapOf()
    by_month = MapOf(null=True)
    solved = NumberAttribute(null=True)
    unsolved = NumberAttribute(null=True)
    standing = NumberAttribute(null=True)
    missing = ListOf(null=True)
    heard_at = UnicodeAttribute(null=True)
    gaps = ListOf(null=True)
    links = ListOf(null=True)
    named_in = ListOf(null=True)
    look_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: ArticleCare) -> Key:
        return keys.article_care(thing.article_id)

    @classmethod
    def due_place(cls, thing: ArticleCare) -> tuple[keys.DueLane, datetime] | None:
        """When it is looked at again, though nobody changed it."""
        return ("work", thing.look_at) if thing.look_at else None

    @classmethod
    def list_place(cls, thing: ArticleCare) -> Key | None:
        """Once a reader said something of it."""
        return keys.heard_of(thing.article_id, thing.heard_at) if thing.heard_at else None


class FindingRow(Row, discriminator="finding"):
    model = Finding
    id = UnicodeAttribute()
    what = UnicodeAttribute()
    article_id = UnicodeAttribute()
    language = UnicodeAttribute(null=True)
    other_id = UnicodeAttribute(null=True)
    evidence = UnicodeAttribute(null=True)
    fix = UnicodeAttribute(null=True)
    basis = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    owner = UnicodeAttribute(null=True)
    first_at = UnicodeAttribute()
    last_at = UnicodeAttribute()
    closed_at = UnicodeAttribute(null=True)
    closed_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: Finding) -> Key:
        return keys.finding(thing.id)

    @classmethod
    def list_place(cls, thing: Finding) -> Key:
        return keys.finding_by_age(thing.id, thing.state.value, thing.first_at)

    @classmethod
    def expiry_of(cls, thing: Finding) -> datetime | None:
        return thing.closed_at + GAPS_KEPT if thing.closed_at else None


class WordPairRow(Row, discriminator="word_pair"):
    model = WordPair
    language = UnicodeAttribute(null=True)
    word = UnicodeAttribute()
    other = UnicodeAttribute()
    askers = ListOf(null=True)
    state = UnicodeAttribute()
    last_at = UnicodeAttribute()
    decided_at = UnicodeAttribute(null=True)
    decided_by = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, thing: WordPair) -> Key:
        return keys.word_pair(thing.language, thing.word, thing.other)

    @classmethod
    def list_place(cls, thing: WordPair) -> Key | None:
        """Once it is certain that no word of it is one person's."""
        return keys.pair_in_state(thing.state.value, thing.id) if thing.shown else None

    @classmethod
    def expiry_of(cls, thing: WordPair) -> datetime | None:
        return None if thing.decided_at else thing.last_at + PAIRS_KEPT


class UnknownWordsRow(Row, discriminator="unknown_words"):
    model = UnknownWords
    language = UnicodeAttribute(null=True)
    words = ListOf(null=True)

    @classmethod
    def key_of(cls, thing: UnknownWords) -> Key:
        return keys.unknown_words(thing.language)

    @classmethod
    def list_place(cls, thing: UnknownWords) -> Key:
        return Key(keys.UNKNOWN, thing.language or "und")


class LearningRow(Row, discriminator="learning"):
    model = Learning
    learn_at = UnicodeAttribute(null=True)
    idle = NumberAttribute(null=True)
    told_until = UnicodeAttribute(null=True)
    tell_at = UnicodeAttribute(null=True)

    @classmethod
    def key_of(cls, _thing: Learning) -> Key:
        return keys.LEARNING

    @classmethod
    def due_place(cls, thing: Learning) -> tuple[keys.DueLane, datetime] | None:
        """When there is something to learn, or to tell."""
        times = [at for at in (thing.learn_at, thing.tell_at) if at]
        return ("work", min(times)) if times else None
