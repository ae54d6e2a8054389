"""What is shown of ratings: what customers said, and figures."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from chalicelib.model.page import Page
from chalicelib.model.rating import SCORES, Rating
from chalicelib.model.tally import words_of
from chalicelib.ratings.asking import COUNTER
from chalicelib.recovery.views import days
from chalicelib.storage import ratings as storage
from chalicelib.storage import tallies


def answered(at_most: int, after: str | None, limit: int) -> Page[Rating]:
    """Those of this score or less, the newest first."""
    return storage.answered([score for score in SCORES if score <= at_most], after, limit)


@dataclass(frozen=True, slots=True)
class Line:
    tier: str
    channel: str
    topic: str
    sent: int
    answered: int
    score: int  # sum

    @property
    def share(self) -> float | None:
        return round(self.answered / self.sent, 4) if self.sent else None

    @property
    def mean(self) -> float | None:
        return round(self.score / self.answered, 3) if self.answered else None


def report(first: date, last: date) -> list[Line]:
    """By tier, channel and topic, of those who were asked on these days. Raises Invalid for too many days."""
    found: Counter[tuple[str, ...]] = Counter()
    for day in days(first, last):
        for of_what, amount in tallies.sums((COUNTER, day)).items():
            found[words_of(of_what)] += amount
    lines = sorted({words[1:] for words in found})
    return [
        Line(tier, channel, topic, *(found[what, tier, channel, topic] for what in ("sent", "answered", "score")))
        for tier, channel, topic in lines
    ]
