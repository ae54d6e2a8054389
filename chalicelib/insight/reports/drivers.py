"""What makes people call, and whom would it spare a call to be told beforehand?

Counted are people, once a week: who asked about a topic, to whom something happened, and who asked within a week after
it. How much likelier that made it is compared with everybody else; the more pairs are looked at, the wider is an
interval, so that noise proposes nothing.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import NormalDist
from typing import Any

from chalicelib.insight.statistics import ALPHA, Interval, Share, lift
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import DeliveryState, Direction, Interaction, Purpose
from chalicelib.model.play import PlayDefinition, When, Words
from chalicelib.model.tally import words_as_one, words_of

COUNTER = "drivers"  # by week
SALT, EXPERIMENT = "v1", "drivers"
BACK = timedelta(days=7)  # within which somebody asks because of something
LAGS = (1, 3, 5, 7)  # days: how long after
FEWEST_PEOPLE = 20
FEWEST_LIFT = 1.0  # that its interval lies above
MOST_LABELS = 30  # of one person in one week
LONGEST_NAME = 60
MOST_PROPOSALS = 50
_TELLING = ("what", "status", "event", "kind")  # of a fact's data: what makes it another thing
_OF_CONTACT = frozenset({FactKind.SEARCH, FactKind.ARTICLE_READ, FactKind.RATING, FactKind.CORRECTION})
_EVENTS = frozenset(
    {
        EventKind.TIER_CHANGED, EventKind.TIER_WILL_CHANGE, EventKind.PROMISE_BROKEN, EventKind.CASE_SOLVED,
        EventKind.CASE_CLOSED, EventKind.ORGANISATION_JOINED, EventKind.ORGANISATION_LEFT,
    }
)  # fmt: skip


# ── What is counted ───────────────────────────────────────────────────────────────────────────────


def week_of(at: date) -> str:
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02d}"


def weeks(first: date, last: date) -> list[str]:
    """All that these days lie in."""
    found = []
    day = first - timedelta(days=first.weekday())
    while day <= last:
        found.append(week_of(day))
        day += timedelta(days=7)
    return found


def label_of(entry: object) -> str:
    """What happened, as it is counted; empty: nothing that could make somebody ask."""
    match entry:
        case Fact(what=what, data=data, corrected_by="") if what not in _OF_CONTACT:
            telling = next((f"{name}={data[name]}" for name in _TELLING if data.get(name)), "")
            return _named(f"fact:{what.value}" + (f":{telling}" if telling else ""))
        case Event(what=what) if what in _EVENTS:
            return _named(f"event:{what.value}")
        case Interaction(direction=Direction.OUT, purpose=Purpose.NOTICE, delivery=delivery) if delivery:
            left = delivery.state in (DeliveryState.SENT, DeliveryState.DELIVERED)
            return "notice" if left else ""
    return ""


def _named(name: str) -> str:
    return "".join(each for each in name.lower() if each.isprintable())[:LONGEST_NAME]


def moment_of(entry: Any) -> datetime:
    at: datetime = entry.occurred_at if isinstance(entry, Fact) else entry.at
    return at


def before(entries: Iterable[Any], at: datetime) -> dict[str, int]:
    """What happened to her in the week before, and how many days before the last time."""
    found: dict[str, int] = {}
    for entry in entries:
        label = label_of(entry)
        ago = at - moment_of(entry) if label else BACK * 2
        if timedelta() <= ago <= BACK and len(found) < MOST_LABELS:
            found[label] = min(found.get(label, BACK.days), ago.days)
    return found


def of_question(topic: str, tier: str, cost: int, happened: Mapping[str, int]) -> dict[str, int]:
    """What is added to the sums of the week, for one person who asked about a topic."""
    topic = _named(topic)
    amounts = {words_as_one("asked", topic, tier): 1, words_as_one("cost", topic): cost}
    for label, days in happened.items():
        lag = next(each for each in LAGS if days <= each)
        amounts[words_as_one("pair", topic, label, str(lag), tier)] = 1
    return {name: amount for name, amount in amounts.items() if amount}


def of_fact(label: str) -> dict[str, int]:
    return {words_as_one("had", label): 1}


# ── What it comes to ──────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Sums:
    """Of some weeks. `pairs`: by topic, what happened, and days at most between both."""

    asked: Counter[str]
    cost: Counter[str]
    had: Counter[str]
    pairs: Counter[tuple[str, str, int]]

    @classmethod
    def of(cls, counted: Iterable[Mapping[str, int]], tier: str = "") -> "Sums":
        """`tier`: of these customers only; what happened is not told apart by tier."""
        asked, cost, had = Counter[str](), Counter[str](), Counter[str]()
        pairs = Counter[tuple[str, str, int]]()
        for sums in counted:
            for name, amount in sums.items():
                match words_of(name):
                    case ("asked", topic, of) if not tier or of == tier:
                        asked[topic] += amount
                    case ("cost", topic):
                        cost[topic] += amount
                    case ("had", label):
                        had[label] += amount
                    case ("pair", topic, label, lag, of) if not tier or of == tier:
                        pairs[topic, label, int(lag)] += amount
        return cls(asked, cost, had, pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A topic. `trend`: by what part more (or fewer) people asked than in as many weeks before."""

    topic: str
    people: int
    people_before: int
    cost: int
    trend: float | None
    trend_interval: Interval | None
    preceded: tuple["Preceded", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preceded:
    """How many who asked about it had that in the week before. `of`: all who had it; `times`: how much likelier it made
    them to ask, with an interval that knows how many pairs were looked at."""

    topic: str
    label: str
    people: int
    of: int
    days: int  # within which nine of ten of them asked
    times: float | None
    interval: Interval | None

    @property
    def share(self) -> float:
        return self.people / self.of if self.of else 0.0

    @property
    def proposes(self) -> bool:
        return self.people >= FEWEST_PEOPLE and self.interval is not None and self.interval.low > FEWEST_LIFT

    @property
    def id(self) -> str:
        """Of a play that would be made of it: the same each time."""
        return hashlib.sha256(f"{self.topic}\x1f{self.label}".encode()).hexdigest()[:16]

    @property
    def happened(self) -> str:
        """In words."""
        kind, _, telling = self.label.partition(":")[2].partition(":")
        return " ".join(filter(None, (kind or self.label, telling.partition("=")[2]))).replace("_", " ")

    @property
    def says(self) -> str:
        return (
            f"{self.people} people asked about {self.topic} within {self.days} days after {self.happened} "
            f"({self.share:.0%} of "
            f"those with it, {self.times:.1f} times the usual): warn them"
        )


def lines(now: Sums, earlier: Sums, customers: int, in_weeks: int) -> list[Line]:
    """The topics people asked about most. `customers`: how many there are by whom it is learnt."""
    found = preceded(now, customers, in_weeks)
    return [
        Line(
            topic=topic,
            people=people,
            people_before=earlier.asked[topic],
            cost=now.cost[topic],
            **_trend(people, earlier.asked[topic], customers * in_weeks),
            preceded=tuple(each for each in found if each.topic == topic)[:10],
        )
        for topic, people in now.asked.most_common(100)
    ]


def _trend(people: int, people_before: int, of: int) -> dict[str, Any]:
    of = max(of, people, people_before, 1)
    found = lift(Share(people, of), Share(people_before, of))
    return {"trend": found[0] if found else None, "trend_interval": found[1] if found else None}


def preceded(now: Sums, customers: int, in_weeks: int) -> list[Preceded]:
    """What comes before questions, the most people first."""
    pairs: dict[tuple[str, str], Counter[int]] = {}
    for (topic, label, lag), people in now.pairs.items():
        pairs.setdefault((topic, label), Counter())[lag] += people
    looked_at = max(1, len(now.asked) * len(now.had))
    found = []
    for (topic, label), by_lag in pairs.items():
        people, of = sum(by_lag.values()), max(now.had[label], sum(by_lag.values()))
        times, interval = _times(people, of, now.asked[topic], customers * in_weeks, looked_at)
        within = next(lag for lag in LAGS if sum(n for each, n in by_lag.items() if each <= lag) >= 0.9 * people)
        found.append(
            Preceded(topic=topic, label=label, people=people, of=of, days=within, times=times, interval=interval)
        )
    return sorted(found, key=lambda each: (-each.people, each.topic, each.label))


def proposals(found: Sequence[Preceded], dismissed: Iterable[str]) -> list[Preceded]:
    """Those worth a play, not yet dismissed, the most people first."""
    gone = {*dismissed}
    return [each for each in found if each.proposes and each.id not in gone][:MOST_PROPOSALS]


def _times(people: int, of: int, asked: int, person_weeks: int, looked_at: int) -> tuple[float | None, Interval | None]:
    """The share of those who had it and asked, over the share of person-weeks without it in which somebody asked. Both
    counts lie where chance puts them: their intervals are put together, Bonferroni's for all that was looked at."""
    others, weeks_of_others = max(0, asked - people), person_weeks - of
    if not people or not others or weeks_of_others <= others:
        return None, None
    per = weeks_of_others / of
    mine, theirs = _of_chance(people, looked_at), _of_chance(others, looked_at)
    return people / others * per, Interval(mine.low / theirs.high * per, mine.high / theirs.low * per)


def _of_chance(count: int, looked_at: int) -> Interval:
    """Of the mean that made a count: Byar's approximation of the exact interval of a Poisson mean (Breslow and Day,
    Statistical Methods in Cancer Research 2, 1987), which holds for small counts, where a normal one finds too much."""
    z = NormalDist().inv_cdf(1 - ALPHA / 2 / looked_at)
    above = count + 1
    low = count * max(0.0, 1 - 1 / (9 * count) - z / (3 * math.sqrt(count))) ** 3
    return Interval(low, above * (1 - 1 / (9 * above) + z / (3 * math.sqrt(above))) ** 3)


# ── A play of it ──────────────────────────────────────────────────────────────────────────────────


def definition_of(found: Preceded) -> PlayDefinition | None:
    """A play that tells people at once, to be worded by who knows what helps: nothing of it is sent before a second
    person approved it. None where a play cannot be made of what happened."""
    told, _, rest = found.label.partition(":")
    kind, _, telling = rest.partition(":")
    name, _, value = telling.partition("=")
    if told not in ("fact", "event"):
        return None
    when = When(fact=kind, where={name: value} if name else {}) if told == "fact" else When(event=kind)
    return PlayDefinition(
        when=when,
        texts={
            language: Words(subject=subject.format(topic=found.topic), body=body.format(topic=found.topic))
            for language, (subject, body) in _BEGINNINGS.items()
        },
        goal=f"know about {found.topic} before having to ask",
        topic=found.topic,
    )


_BEGINNINGS = {
    "en": (
        "About {topic}",
        "Hello {{{{ name }}}},\n\nmany customers ask us about {topic} at this point. [Write what to know.]",
    ),
    "zh-Hans": (
        "关于{topic}",
        "{{{{ name }}}}，您好：\n\n此时许多客户会向我们咨询{topic}。［请在此写明他们需要了解的内容。］",
    ),
}
