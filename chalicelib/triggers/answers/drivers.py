"""What makes people call, and the plays it proposes."""

from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta, field

from chalicelib.insight.driving import Proposed
from chalicelib.insight.reports import drivers as report
from chalicelib.triggers.answers.reports import DIGITS, IntervalOut, MinorUnits
from chalicelib.triggers.answers.shared import Links, Output


class PrecededOut(Output, frozen=True):
    """What some of those who asked had in the week before, or ahead of them in the week after."""

    what: Annotated[
        str,
        Meta(
            description="`fact:` or `event:` and its kind, and what the fact says; `notice:` and its play. "
            "`ahead:` and a fact, or a trait that holds the day: it was still to come."
        ),
    ]
    people: Annotated[int, Meta(description="Who had it and asked, once a week each.")]
    of: Annotated[int, Meta(description="All who had it, likewise.")]
    days: Annotated[int, Meta(description="Within which nine of ten of them asked: after it, or before its day.")]
    times: Annotated[
        float | None,
        Meta(
            description="How much likelier than usual; null: there is no usual yet, or it was not counted who had it."
        ),
    ]
    interval: Annotated[IntervalOut | None, Meta(description="Of that, for all pairs that were looked at together.")]

    @classmethod
    def of_line(cls, one: report.Preceded) -> "PrecededOut":
        return cls(
            what=one.label,
            people=one.people,
            of=one.of,
            days=one.days,
            times=round(one.times, 2) if one.times else None,
            interval=IntervalOut.of(one.interval) if one.interval else None,
        )


class DriverLine(Output, frozen=True):
    topic: str
    people: Annotated[int, Meta(description="Who asked about it, once a week each.")]
    people_before: Annotated[int, Meta(description="In as many weeks before.")]
    cost: MinorUnits
    trend: Annotated[float | None, Meta(description="By what part more (or, below 0, fewer) people asked.")]
    trend_interval: IntervalOut | None
    preceded: Annotated[list[PrecededOut], Meta(description="The ten that most of them had, at most.")]

    @classmethod
    def of(cls, line: report.Line) -> "DriverLine":
        return cls(
            topic=line.topic,
            people=line.people,
            people_before=line.people_before,
            cost=line.cost,
            trend=round(line.trend, DIGITS) if line.trend is not None else None,
            trend_interval=IntervalOut.of(line.trend_interval) if line.trend_interval else None,
            preceded=[PrecededOut.of_line(each) for each in line.preceded],
        )


class DriversReport(Output, frozen=True):
    """What people asked about, and what came before. Of whole weeks, by UTC."""

    first: date = field(name="from")
    last: date = field(name="to")
    weeks: int
    items: Annotated[list[DriverLine], Meta(description="The 100 topics most people asked about.")]
    links: Links = field(name="_links")


class ProposalOut(Output, frozen=True):
    """A play that would spare people a question."""

    id: str
    says: str
    topic: str
    found: PrecededOut
    definition: Annotated[
        dict[str, Any] | None,
        Meta(description="A play by configuration to begin with; null: none can be made of a notice."),
    ]
    play: Annotated[str, Meta(description="The play it became; empty: none yet.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, proposed: Proposed, links: dict[str, str]) -> "ProposalOut":
        one = proposed.found
        play = report.definition_of(one)
        return cls(
            id=one.id,
            says=one.says,
            topic=one.topic,
            found=PrecededOut.of_line(one),
            definition=msgspec.to_builtins(play) if play else None,
            play=proposed.play,
            links=links,
        )


class ProposalsOut(Output, frozen=True):
    """Of the last four weeks, the most people first; at most 50."""

    items: list[ProposalOut]


class DismissedOut(Output, frozen=True):
    id: str
