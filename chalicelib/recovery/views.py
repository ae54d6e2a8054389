"""What is shown of recoveries: the open ones, one of them, and figures."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.configuration import policy
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.model.page import Page
from chalicelib.model.recovery import Recovery
from chalicelib.model.tally import words_of
from chalicelib.recovery.following import COUNTER
from chalicelib.storage import recoveries as storage
from chalicelib.storage import tallies

MOST_DAYS = 31  # of a report: 16 queries each


def open_ones(after: str | None, limit: int) -> Page[Recovery]:
    """The highest tier first, and in it the oldest."""
    return storage.open_recoveries(list(reversed(policy().tiers.bands.tiers)), after, limit)


def recovery(customer_id: str, recovery_id: str) -> Recovery:
    """Raises NotFound."""
    found = storage.recovery(customer_id, recovery_id).recovery
    if found is None:
        raise NotFound("she has no such recovery")
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """Of a day, a cause and a tier. `caused`: how often it was seen; the others: of recoveries it began."""

    day: str
    cause: str
    tier: str
    caused: int
    opened: int
    answered: int
    answer_seconds: int  # sum
    kept: int
    lost: int

    @property
    def kept_share(self) -> float | None:
        settled = self.kept + self.lost
        return round(self.kept / settled, 4) if settled else None

    @property
    def seconds_to_answer(self) -> int | None:
        return self.answer_seconds // self.answered if self.answered else None


def report(first: date, last: date) -> list[Line]:
    """By the day a recovery began. Raises Invalid for too many days."""
    lines = []
    for day in days(first, last):
        found: Counter[tuple[str, ...]] = Counter()
        for of_what, amount in tallies.sums((COUNTER, day)).items():
            found[words_of(of_what)] += amount
        for cause, tier in sorted({words[1:] for words in found}):
            counted = {name: found[name, cause, tier] for name in _COUNTED}
            lines.append(Line(day, cause, tier, **counted))
    return lines


_COUNTED = ("caused", "opened", "answered", "answer_seconds", "kept", "lost")


def days(first: date, last: date) -> Iterator[str]:
    """As counters name them. Raises Invalid."""
    if last < first:
        raise Invalid("from comes before to", "/to")
    if (last - first).days >= MOST_DAYS:
        raise Invalid(f"a report has at most {MOST_DAYS} days; ask for the next ones by another", "/to")
    return (f"{first + timedelta(days=day):%Y-%m-%d}" for day in range((last - first).days + 1))
