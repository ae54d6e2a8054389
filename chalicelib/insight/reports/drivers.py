"""What makes people call, and whom would it spare a call to be told beforehand?

Counted are people, once a week: who asked about a topic, to whom something happened, and who asked within a week after
it; likewise for whom a day is known on which something will, and who asked within a week before it. How much likelier
that made it is compared with everybody else; the more pairs are looked at, the wider is an interval, so that noise
proposes nothing.

A label says what happened: `fact:<kind>`, `fact:<kind>:what=<what>`, `event:<kind>`, `notice:<play>`; or what will:
`ahead:fact:<kind>:what=<what>`, `ahead:trait:<name of the trait that holds the day>`.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import NormalDist
from typing import Any

from chalicelib.insight.statistics import ALPHA, Interval, Share, drawn, lift
from chalicelib.model.event import Event, EventKind
from chalicelib.model.fact import Fact, FactKind
from chalicelib.model.interaction import DeliveryState, Direction, Interaction, Purpose
from chalicelib.model.play import TO_WRITE, PlayDefinition, When, Words
from chalicelib.model.tally import words_as_one, words_of

COUNTER = "drivers"  # by week
SALT, EXPERIMENT = "v1", "drivers"
BACK = timedelta(days=7)  # within which somebody asks because of something, after it or before its day
LAGS = (1, 3, 5, 7)  # days: how long after, or before
FARTHEST = timedelta(days=400)  # a day that is known; farther ones make nobody ask yet
MOST_DATES = 5  # days to come that one fact names
FEWEST_PEOPLE = 20
FEWEST_LIFT = 1.0  # that its interval lies above
MOST_LABELS = 30  # of one person in one week
LONGEST_NAME = 60
LONGEST_LABEL = 60
MOST_PROPOSALS = 50
# Facts of these kinds say in a word what makes them another thing; other words are free text, or names.
_TELLING = frozenset({FactKind.LIFE_EVENT, FactKind.PROBLEM_AHEAD, FactKind.PROBLEM_SOLVED})
_NO_REASON = frozenset(
    {
        FactKind.SEARCH, FactKind.ARTICLE_READ, FactKind.RATING, FactKind.CORRECTION, FactKind.CONSENT, FactKind.USAGE,
    }
)  # fmt: skip
EVENTS = frozenset(
    {
        EventKind.TIER_CHANGED, EventKind.TIER_WILL_CHANGE, EventKind.PROMISE_BROKEN, EventKind.CASE_SOLVED,
        EventKind.ORGANISATION_JOINED, EventKind.ORGANISATION_LEFT,
    }
)  # fmt: skip
LEFT = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})  # a notice that she may have read
_DAY_OF = {FactKind.LIFE_EVENT: "on", FactKind.PROBLEM_AHEAD: "on"}
_CARD_TRAIT, _PROBLEM_TRAIT = "card_expires_on", "problem_"  # a company's own traits have no _ in their names


# ── What is counted ───────────────────────────────────────────────────────────────────────────────


def is_drawn(customer_id: str, share: float) -> bool:
    """Whether it is learnt by her."""
    return drawn(SALT, EXPERIMENT, customer_id) < share


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
        case Fact(what=what, corrected_by="") if what not in _NO_REASON:
            return _of_fact(entry)
        case Event(what=what) if what in EVENTS:
            return f"event:{what.value}"
        case Interaction(direction=Direction.OUT, purpose=Purpose.NOTICE, delivery=delivery) if delivery:
            return f"notice:{entry.template.get('play', '')}" if delivery.state in LEFT else ""
    return ""


def _of_fact(fact: Fact) -> str:
    kind = f"fact:{fact.what.value}"
    told = f"{kind}:what={fact.data.get('what', '')}"
    tells = fact.what in _TELLING and fact.data.get("what") and told.isprintable() and len(told) <= LONGEST_LABEL
    return told if tells else kind


def _named(name: str) -> str:
    return "".join(each for each in name.lower() if each.isprintable())[:LONGEST_NAME]


def days_of(fact: Fact) -> dict[str, date]:
    """The days to come that a fact tells of."""
    if fact.corrected_by:
        return {}
    found: dict[str, str] = {}
    if name := _DAY_OF.get(fact.what):
        found = {f"ahead:{_of_fact(fact)}": fact.data.get(name, "")}
    elif fact.what is FactKind.CARD_EXPIRING:
        found = {f"ahead:trait:{_CARD_TRAIT}": fact.data.get("expires_on", "")}
    elif fact.what is FactKind.TRAIT:
        found = {f"ahead:trait:{name}": value for name, value in fact.data.items()}
    told_on = fact.recorded_at.date()
    days = {label: on for label, value in found.items() if (on := _day(value)) and told_on <= on <= told_on + FARTHEST}
    return dict(list(days.items())[:MOST_DATES])


def _day(value: str) -> date | None:
    """Of `2026-12-31`, with a time behind it or without."""
    try:
        return date.fromisoformat(value[:10]) if value[4:5] == "-" else None
    except ValueError:
        return None


def ahead(entries: Iterable[Any], traits: Mapping[str, str], asked_on: date) -> dict[str, date]:
    """What lay ahead of her within a week: days in her traits, and those her latest life events told of."""
    found: dict[str, date | None] = {}
    for entry in entries:
        if isinstance(entry, Fact) and entry.what is FactKind.LIFE_EVENT:
            found |= days_of(entry)
    for name, value in traits.items():
        problem = name.removeprefix(_PROBLEM_TRAIT) if name.startswith(_PROBLEM_TRAIT) else ""
        found[f"ahead:fact:problem_ahead:what={problem}" if problem else f"ahead:trait:{name}"] = _day(value)
    near = {label: on for label, on in found.items() if on and asked_on <= on <= asked_on + BACK}
    return dict(list(near.items())[:MOST_LABELS])


def counted_in(on: date, told_on: date) -> str:
    """The week of a day to come: the one in which the week before it begins, or in which it was told, if later."""
    return week_of(max(on - BACK, told_on))


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


def of_happening(label: str) -> dict[str, int]:
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
    """How many who asked about it had that in the week before, or ahead of them. `of`: all who had it; `times`: how
    much likelier it made them to ask, with an interval that knows how many pairs were looked at; None, where nobody
    counted who had it."""

    topic: str
    label: str
    people: int
    of: int
    days: int  # after it, or before its day, within which nine of ten of them asked
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
    def lies_ahead(self) -> bool:
        return self.label.startswith("ahead:")

    @property
    def is_notice(self) -> bool:
        return self.label.startswith("notice:")

    @property
    def happened(self) -> str:
        """In words."""
        told, _, rest = self.label.removeprefix("ahead:").partition(":")
        kind, _, telling = rest.partition(":")
        words = (told if self.is_notice else "", kind, telling.partition("=")[2])
        return " ".join(filter(None, words)).replace("_", " ")

    @property
    def says(self) -> str:
        return (
            f"{self.people} people asked about {self.topic} within {self.days} days "
            f"{'before' if self.lies_ahead else 'after'} {self.happened} ({self.share:.0%} of those with it, "
            f"{self.times:.1f} times the usual): {'look at what it says' if self.is_notice else 'warn them'}"
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
        times, interval = None, None
        if now.had[label]:
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
    """A play that tells people at once, or the day before nine of ten of those who asked began to; to be worded by who
    knows what helps: it cannot be submitted as it is. None where a play cannot be made of what happened."""
    when = _when(found)
    if when is None:
        return None
    return PlayDefinition(
        when=when,
        texts={
            language: Words(subject=subject.format(topic=found.topic), body=body.format(topic=found.topic))
            for language, (subject, body) in _BEGINNINGS.items()
        },
        goal=f"know about {found.topic} before having to ask",
        topic=found.topic,
    )


def _when(found: Preceded) -> When | None:
    told, _, rest = found.label.removeprefix("ahead:").partition(":")
    kind, _, telling = rest.partition(":")
    name, _, value = telling.partition("=")
    days = -(found.days + 1) if found.lies_ahead else 0
    match told:
        case "fact":
            return When(fact=kind, where={name: value} if name else {}, days=days)
        case "trait":
            return When(trait=kind, days=days)
        case "event":
            return When(event=kind)
    return None


def title_of(found: Preceded) -> str:
    when = f"{found.days + 1} days before" if found.lies_ahead else "after"
    return f"About {found.topic}, {when} {found.happened}"


def play_of(proposal_id: str) -> str:
    """The name of the play a proposal becomes: the same each time, so that it becomes one."""
    return f"proposed_{proposal_id}"


_BEGINNINGS = {
    "en": (
        "About {topic}",
        "Hello {{{{ name }}}},\n\nmany customers ask us about {topic} at this point. " + TO_WRITE,
    ),
    "zh-Hans": (
        "关于{topic}",
        "{{{{ name }}}}，您好：\n\n此时许多客户会向我们咨询{topic}。" + TO_WRITE,
    ),
}
