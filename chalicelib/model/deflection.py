"""What somebody asked of late, and whether a person was needed for it: as much as it takes to tell.

One request is one matter: what is asked about it again within the window belongs to it. It is counted once, on the day
it began.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

MOST_REQUESTS = 10  # kept of one customer: the oldest go, and stay counted as they are
MOST_JOINED = 8  # questions and cases of one request that are remembered
MOST_WORDS = 16  # kept to compare by
A_WORD = 4  # characters of one
LONGEST_TOPIC = 40
VISITORS_KEPT = timedelta(days=90)  # as long as the cookie that names them
CONTACT = "contact"  # in figures: how a request came that was no question first


class Fate(Enum):
    """Each request has one at any time."""

    SERVED = "served"  # an answer was shown, and no person was turned to so far
    UNSERVED = "unserved"  # none was shown, or it did not help; no person was turned to either
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A request, named by its first question or contact. `at` is its day in all figures, `last_at` when it was asked
    about last: a person turned to within the window of that was needed for it."""

    id: str
    at: datetime
    fate: Fate
    through: str = ""  # of its first question, see AskedThrough; empty: it began with a contact, whose case names it
    topic: str = ""
    tier: str = ""  # empty: of a visitor nobody knows
    channel: str = ""  # of the person
    group: str = ""  # of the comparison it counts in; empty: in none
    again_at: datetime | None = None  # when it was asked about last, if it was more than once
    words: str = ""  # checksums of those that tell what it is about: nobody reads them again
    slug: str = ""  # the best article shown
    asked: tuple[str, ...] = ()  # ids of further questions
    cases: tuple[str, ...] = ()  # in which persons saw to it, beside one that names it

    @property
    def last_at(self) -> datetime:
        return self.again_at or self.at

    @property
    def seen_to_in(self) -> tuple[str, ...]:
        """The cases in which persons saw to it."""
        return self.cases if self.through else (self.id, *self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Somebody without a name who asked, until she says who she is."""

    id: str
    seen_at: datetime
    questions: tuple[OpenQuestion, ...] = ()
    compared: str = ""  # as a customer's
    version: int | None = None
