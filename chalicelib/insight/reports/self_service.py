"""How much is served without a person, by what, and what does that save?

Of counted requests only (knowledge/deflection.py): so it stays as it is when customers are erased, and whoever reads it
learns of nobody.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.insight import statistics
from chalicelib.insight.statistics import Anytime, Interval, Share
from chalicelib.knowledge.deflection import HELD, NAMELESS, SHOWN
from chalicelib.model.deflection import Fate
from chalicelib.model.tally import words_of

FEWEST = 5  # requests of a line, below which it tells no rate; of a topic, below which it is told among the others
MOST_LINES = 200  # the largest; the rest is told together
OTHERS = "(others)"
WORTH_FINDING = 0.02  # the difference of the two groups a comparison is planned for


@dataclass(frozen=True, slots=True)
class Cell:
    """So many requests that are alike in everything."""

    day: date
    fate: str
    topic: str
    tier: str
    through: str
    channel: str
    group: str
    requests: int


def cells_of(sums: Mapping[str, int]) -> Iterator[Cell]:
    for name, amount in sums.items():
        day, fate, topic, tier, through, channel, group = words_of(name)
        if amount:
            yield Cell(date.fromisoformat(day), fate, topic, tier, through, channel, group, amount)


def _week(cell: Cell) -> str:
    year, week, _ = cell.day.isocalendar()
    return f"{year}-W{week:02d}"


BY: Mapping[str, Callable[[Cell], str]] = {
    "topic": lambda cell: cell.topic,
    "tier": lambda cell: cell.tier,
    "through": lambda cell: cell.through,
    "day": lambda cell: cell.day.isoformat(),
    "week": _week,
    "month": lambda cell: f"{cell.day:%Y-%m}",
    "quarter": lambda cell: f"{cell.day.year}-Q{(cell.day.month + 2) // 3}",
}
PERIODS = ("day", "week", "month", "quarter")


# ── The index ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Line:
    """`served`: an answer was shown, and nobody was turned to. `unserved`: nobody was turned to either, but there was
    no answer, or it did not help. Money in minor units: what the persons cost, what the answers cost, and what persons
    would have cost more for what was served."""

    name: str
    requests: int
    person: int
    served: int
    unserved: int
    provisional: int  # requests that may still be counted otherwise
    person_cost: int
    answer_cost: int
    saved: int

    @property
    def share(self) -> Share:
        """Served without a person: also what nobody answered, as the field counts it."""
        return Share(self.requests - self.person, self.requests)

    @property
    def index(self) -> float | None:
        return round(self.share.rate, 4) if self.requests >= FEWEST else None

    @property
    def interval(self) -> Interval | None:
        return self.share.interval if self.requests >= FEWEST else None

    @property
    def answered_index(self) -> float | None:
        """Stricter: without what was left unanswered."""
        return round(self.served / self.requests, 4) if self.requests >= FEWEST else None


@dataclass(frozen=True, slots=True)
class Costs:
    """In minor units. `usual`: of a contact on a channel nobody knows."""

    by_channel: Mapping[str, int]
    answer: int
    usual: int

    def of(self, channel: str) -> int:
        return self.by_channel.get(channel, self.usual)


def costs(cells: Iterable[Cell], by_channel: Mapping[str, int], answer: int) -> Costs:
    """With what a person costs on average, of those who were turned to; of a mail, if nobody was."""
    persons = [cell for cell in cells if cell.fate == Fate.PERSON.value and cell.channel in by_channel]
    people = sum(cell.requests for cell in persons)
    spent = sum(cell.requests * by_channel[cell.channel] for cell in persons)
    return Costs(by_channel, answer, round(spent / people) if people else by_channel.get("email", 0))


def counted(cells: Iterable[Cell]) -> list[Cell]:
    """Requests of somebody who could be seen again."""
    return [cell for cell in cells if cell.fate != NAMELESS]


def line(name: str, cells: Iterable[Cell], paid: Costs, final_before: date) -> Line:
    cells = list(cells)
    of = {fate: [cell for cell in cells if cell.fate == fate.value] for fate in Fate}
    served = sum(cell.requests for cell in of[Fate.SERVED])
    return Line(
        name=name,
        requests=sum(cell.requests for cell in cells),
        person=sum(cell.requests for cell in of[Fate.PERSON]),
        served=served,
        unserved=sum(cell.requests for cell in of[Fate.UNSERVED]),
        provisional=sum(cell.requests for cell in cells if cell.day >= final_before),
        person_cost=sum(cell.requests * paid.of(cell.channel) for cell in of[Fate.PERSON]),
        answer_cost=served * paid.answer,
        saved=sum(cell.requests * (paid.of(cell.channel) - paid.answer) for cell in of[Fate.SERVED]),
    )


def lines(cells: Iterable[Cell], by: str, paid: Costs, final_before: date) -> list[Line]:
    """Periods in their order, others with the most requests first. Topics of a few requests, and what is more than
    fits, are told together."""
    grouped: dict[str, list[Cell]] = {}
    for cell in cells:
        grouped.setdefault(BY[by](cell), []).append(cell)
    if by in PERIODS:
        return [line(name, grouped[name], paid, final_before) for name in sorted(grouped)]
    size = {name: sum(cell.requests for cell in group) for name, group in grouped.items()}
    largest = sorted(grouped, key=lambda name: (-size[name], name))
    told = [name for name in largest if by != "topic" or size[name] >= FEWEST][: MOST_LINES - 1]
    rest = [cell for name in largest if name not in told for cell in grouped[name]]
    found = [line(name, grouped[name], paid, final_before) for name in told]
    return [*found, line(OTHERS, rest, paid, final_before)] if rest else found


@dataclass(frozen=True, slots=True)
class Change:
    """Against as many days before, by what is counted for good of these: nobody was held out, so other things may have
    changed it, too."""

    before: Line
    by: float
    interval: Interval


def change(now: Line, before: Line) -> Change | None:
    """None where either has too few requests to tell a rate."""
    if min(now.requests, before.requests) < FEWEST:
        return None
    by = now.share.rate - before.share.rate
    return Change(before, round(by, 4), statistics.difference(now.share, before.share))


# ── Held out ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of those who were shown answers unasked with those who were shown none, by the share held out. `difference`: by
    how much fewer of the former turned to a person, or stayed with one."""

    share: float
    held: Share
    shown: Share
    split_p_value: float
    paid: Costs

    @property
    def sound(self) -> bool:
        """Whether the groups are as large as the draw makes them: if not, they are not comparable."""
        return self.split_p_value >= statistics.SUSPICIOUS

    @property
    def enough(self) -> bool:
        return self.held.enough and self.shown.enough

    @property
    def tells(self) -> bool:
        return self.sound and self.enough

    @property
    def difference(self) -> float:
        return self.held.rate - self.shown.rate

    @property
    def interval(self) -> Interval:
        return statistics.difference(self.held, self.shown)

    @property
    def p_value(self) -> float:
        return statistics.p_value(self.held, self.shown)

    @property
    def lift(self) -> tuple[float, Interval] | None:
        """By what part of those who are shown nothing fewer or more turn to a person."""
        return statistics.lift(self.shown, self.held)

    @property
    def anytime(self) -> Anytime | None:
        spread = statistics.variance(self.held, self.shown)
        return statistics.anytime(self.difference, spread, WORTH_FINDING**2)

    @property
    def saved(self) -> int:
        """By answers that came unasked, in minor units: persons they spared, less what the answers cost."""
        return self._saved_at(self.difference)

    @property
    def saved_between(self) -> Interval | None:
        found = self.anytime
        return Interval(*map(self._saved_at, (found.interval.low, found.interval.high))) if found else None

    def _saved_at(self, difference: float) -> int:
        return round(self.shown.of * (difference * self.paid.usual - self.paid.answer))


def comparisons(cells: Iterable[Cell], paid: Costs, final_before: date) -> list[Comparison]:
    """One for each share somebody was held out with; of requests only that are counted for good."""
    found: dict[str, dict[str, list[Cell]]] = {}
    for cell in cells:
        arm, _, share = cell.group.partition("@")
        if share and cell.day < final_before:
            found.setdefault(share, {HELD: [], SHOWN: []})[arm].append(cell)
    return [
        Comparison(
            share=float(share),
            held=_needed(groups[HELD]),
            shown=_needed(groups[SHOWN]),
            split_p_value=statistics.split_p_value(_needed(groups[HELD]).of, _needed(groups[SHOWN]).of, float(share)),
            paid=paid,
        )
        for share, groups in sorted(found.items())
    ]


def _needed(cells: Iterable[Cell]) -> Share:
    cells = list(cells)
    person = sum(cell.requests for cell in cells if cell.fate == Fate.PERSON.value)
    return Share(person, sum(cell.requests for cell in cells))


# ── All of it ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Of which days, by what, and only of which; None: of all."""

    first: date
    last: date
    by: str
    topic: str | None = None
    tier: str | None = None
    through: str | None = None

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "tuple[date, date]":
        return self.first - timedelta(days=self.days), self.first - timedelta(days=1)

    def of(self, cells: Iterable[Cell], first: date, last: date) -> list[Cell]:
        return [
            cell
            for cell in cells
            if first <= cell.day <= last
            and self.topic in (None, cell.topic)
            and self.tier in (None, cell.tier)
            and self.through in (None, cell.through)
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    total: Line
    lines: list[Line]
    nameless: int
    change: Change | None
    comparisons: list[Comparison]
    final_before: date
    paid: Costs


def report(
    wanted: Wanted, cells: Iterable[Cell], by_channel: Mapping[str, int], answer: int, final_before: date
) -> Report:
    cells = list(cells)
    asked = wanted.of(cells, wanted.first, wanted.last)
    known = counted(asked)
    paid = costs(known, by_channel, answer)
    total = line("", known, paid, final_before)
    earlier = line("", counted(wanted.of(cells, *wanted.before)), paid, final_before)
    return Report(
        total=total,
        lines=lines(known, wanted.by, paid, final_before),
        nameless=sum(cell.requests for cell in asked if cell.fate == NAMELESS),
        change=change(line("", (cell for cell in known if cell.day < final_before), paid, final_before), earlier),
        comparisons=comparisons(known, paid, final_before),
        final_before=final_before,
        paid=paid,
    )
