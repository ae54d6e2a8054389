"""What keeps the knowledge base true: what readers say of an article, what was found to be wrong with it, and words
that mean the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from chalicelib.kernel import ids

MOST_MONTHS = 24  # an article's sums are kept of
MOST_MISSING = 20  # newest remarks kept with an article
MOST_LINKS = 50  # of an article that are looked after
MOST_WORDS = 300  # a language's unknown words
ASKERS_KEPT = 10  # fingerprints kept to count who asked
ASKERS_TO_SHOW = 3  # a word fewer people wrote may be a name


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleVote:
    """Whether an article helped one reader: the last she said. Her row is named by a fingerprint of who she is."""

    article_id: str
    voter: str  # fingerprint of a customer's, visitor's or caller's id
    helpful: bool
    missing: str = ""  # what was missing, masked
    language: str = ""
    at: datetime
    counted: str = ""  # the lesson that is in the sums; empty: none
    version: int | None = None

    @property
    def lesson(self) -> str:
        """What goes into the sums: the month, whether it helped, and what was missing, which she may say later."""
        said = f"no:{ids.fingerprint(self.missing)[:8]}" if self.missing else "no"
        return f"{self.at:%Y-%m}:{'yes' if self.helpful else said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Votes:
    helpful: int = 0
    not_helpful: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What a reader missed, masked."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page elsewhere that an article names. `failures` were on different days."""

    url: str
    looked_at: datetime | None = None
    failures: int = 0
    because: str = ""  # why it could not be reached


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleCare:
    """What is known of an article besides its words. Only the learner writes it, a few times a minute at most."""

    article_id: str
    votes: Votes = field(default_factory=Votes)
    by_month: Mapping[str, Votes] = field(default_factory=dict)  # `2026-11`, the newest MOST_MONTHS
    solved: int = 0  # askers who said that it solved it
    unsolved: int = 0  # who said the contrary, or turned to a person
    standing: int = 100  # percent: less for one that does not solve what it is found for
    missing: tuple[Missing, ...] = ()  # the newest
    heard_at: datetime | None = None  # of the last vote
    gaps: tuple[str, ...] = ()  # gaps it answers, or will
    links: tuple[Link, ...] = ()
    named_in: tuple[str, ...] = ()  # articles with findings that name this one
    look_at: datetime | None = None  # when to look at it again, though nobody changed it
    version: int | None = None


class FindingKind(Enum):
    DUPLICATE = "duplicate"
    DEAD_LINK = "dead_link"
    MOVED_LINK = "moved_link"
    CONTRADICTION = "contradiction"
    REVIEW_DUE = "review_due"
    PAST_DATE = "past_date"
    TRANSLATION_BEHIND = "translation_behind"
    NOT_HELPFUL = "not_helpful"
    DOES_NOT_SOLVE = "does_not_solve"


class FindingState(Enum):
    OPEN = "open"
    DISMISSED = "dismissed"  # it is as it should be; it comes back when the text changes
    FIXED = "fixed"  # it is not so any more


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something about an article that somebody should look at. `id` follows from what it is about; `basis` is a
    fingerprint of the words it rests on."""

    id: str  # <slug>.<hash>
    what: FindingKind
    article_id: str
    language: str = ""
    other_id: str = ""  # the other article, of two
    evidence: str  # the words that show it
    fix: str = ""  # what to write instead, where that is known
    basis: str = ""
    state: FindingState = FindingState.OPEN
    owner: str = ""
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None = None
    closed_by: str = ""
    version: int | None = None


class PairState(Enum):
    SUGGESTED = "suggested"
    APPROVED = "approved"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPair:
    """Who asked with `word` and found nothing found it with `other`: they may mean the same."""

    language: str = ""
    word: str
    other: str
    askers: tuple[str, ...] = ()  # fingerprints, at most ASKERS_KEPT
    state: PairState = PairState.SUGGESTED
    last_at: datetime
    decided_at: datetime | None = None
    decided_by: str = ""
    version: int | None = None

    @property
    def id(self) -> str:
        return f"{self.language or 'und'}.{self.word}.{self.other}"

    @property
    def shown(self) -> bool:
        """Whether enough people wrote it that no word of it is one person's."""
        return len(self.askers) >= ASKERS_TO_SHOW or self.state is not PairState.SUGGESTED


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownWord:
    word: str
    heat: int
    askers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownWords:
    """Words of a language that were asked for and that no article knows, the most asked for first."""

    language: str = ""
    words: tuple[UnknownWord, ...] = ()
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Learning:
    """When there is something to learn, to tidy up and to tell; one a stage. Empty times: not before something
    happens."""

    learn_at: datetime | None = None
    idle: int = 0  # runs in a row that found nothing
    told_until: datetime | None = None  # what happened by then was told to whoever looks after articles
    tell_at: datetime | None = None
    version: int | None = None
