"""Pilots: what was planned, who was drawn, what is said of it, and what was said when it mattered."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta, field

from chalicelib.model.pilot import Design, Evidence, Outcome, Period, Pilot, PilotState
from chalicelib.outreach.pilots import reading as rule
from chalicelib.outreach.pilots.reading import Reading
from chalicelib.outreach.pilots.views import OfAllPlays
from chalicelib.triggers.answers.reports import DIGITS, IntervalOut
from chalicelib.triggers.answers.shared import Links, Next, Output

BothGroups = Annotated[Mapping[str, int], Meta(description="By group: contacted and held_out.")]
ByArm = Annotated[Mapping[str, int], Meta(description="By group: contacted, held_out, and outside of both.")]


class DesignOut(Output, frozen=True):
    """What was said before anybody was drawn."""

    primary_outcome: Outcome
    minimum_difference: float
    expected: float
    expected_spread: float
    planned_people: int
    agents: list[str]
    window_days: int
    grace_days: int
    days: int
    spend_cap: int
    goal_fact: str
    why: str
    overlapping: bool

    @classmethod
    def of(cls, design: Design) -> "DesignOut":
        return cls(
            primary_outcome=design.primary,
            minimum_difference=design.minimum,
            expected=design.expected,
            expected_spread=design.spread,
            planned_people=design.planned,
            agents=list(design.agents),
            window_days=design.window_days,
            grace_days=design.grace_days,
            days=design.days,
            spend_cap=design.spend_cap,
            goal_fact=design.goal_fact,
            why=design.why,
            overlapping=design.overlapping,
        )


class PeriodOut(Output, frozen=True):
    """A time with the same shares: people are compared within it."""

    number: int
    since: datetime
    contacted: Mapping[str, float]
    held_out: Mapping[str, float]
    by: str

    @classmethod
    def of(cls, period: Period) -> "PeriodOut":
        return cls(
            number=period.number,
            since=period.since,
            contacted=period.contacted,
            held_out=period.held_out,
            by=period.by,
        )


class PilotOut(Output, frozen=True):
    """A play tried on a part of those it would reach."""

    id: str
    play: str
    state: PilotState
    design: DesignOut
    contacted: Annotated[Mapping[str, float], Meta(description="Shares that hold now.")]
    held_out: Mapping[str, float]
    periods: list[PeriodOut]
    prepared_by: str
    prepared_at: datetime
    started_by: str
    started_at: datetime | None
    decided_at: Annotated[datetime | None, Meta(description="When the planned number was reached, and read once.")]
    stopped_by: str
    stopped_at: datetime | None
    then: Annotated[str, Meta(description="What became of the play: for_all or stop; empty while it runs.")]
    why: Annotated[str, Meta(description="It was stopped or dropped.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, pilot: Pilot, links: dict[str, str]) -> "PilotOut":
        last = pilot.periods[-1] if pilot.periods else pilot.design
        return cls(
            id=pilot.id,
            play=pilot.play,
            state=pilot.state,
            design=DesignOut.of(pilot.design),
            contacted=last.contacted,
            held_out=last.held_out,
            periods=[PeriodOut.of(period) for period in pilot.periods],
            prepared_by=pilot.prepared_by,
            prepared_at=pilot.prepared_at,
            started_by=pilot.started_by,
            started_at=pilot.started_at,
            decided_at=pilot.decided_at,
            stopped_by=pilot.stopped_by,
            stopped_at=pilot.stopped_at,
            then=pilot.then,
            why=pilot.why,
            links=links,
        )


class PilotsOut(Output, frozen=True):
    """The newest first."""

    items: list[PilotOut]
    next: Next


class PilotGroupOut(Output, frozen=True):
    people: int
    total: Annotated[int, Meta(description="How many had it; of a mean, its sum.")]
    mean: Annotated[float, Meta(description="The share, or the mean, of the same mix of tiers in both groups.")]

    @classmethod
    def of(cls, group: rule.Group) -> "PilotGroupOut":
        return cls(people=group.people, total=group.events, mean=round(group.mean, DIGITS))


class EffectOut(Output, frozen=True):
    """One outcome. Nothing is told of a difference unless there are enough people and events."""

    outcome: Outcome
    contacted: PilotGroupOut
    held_out: PilotGroupOut
    enough: bool
    difference: Annotated[float | None, Meta(description="Contacted less held out.")]
    towards: Annotated[str | None, Meta(description="Whether that is better or worse; no claim that it is there.")]
    lift: Annotated[float | None, Meta(description="By what part of the held out.")]
    anytime_interval: Annotated[
        IntervalOut | None,
        Meta(description="However often one looks: of 99 %; of side views of 95 % for all of them together."),
    ]
    anytime_p_value: Annotated[float | None, Meta(description="Likewise; of side views by Holm.")]
    once_interval: Annotated[IntervalOut | None, Meta(description="Of the one look at the planned number: of 96 %.")]
    once_p_value: float | None
    sharpened: Annotated[bool, Meta(description="Without what was expected of them at the draw.")]

    @classmethod
    def of(cls, found: rule.Finding) -> "EffectOut":
        return cls(
            outcome=found.outcome,
            contacted=PilotGroupOut.of(found.contacted),
            held_out=PilotGroupOut.of(found.held_out),
            enough=found.enough,
            difference=_rounded(found.difference),
            towards=None if found.difference is None else found.towards,
            lift=_rounded(found.lift),
            anytime_interval=IntervalOut.of(found.interval) if found.interval else None,
            anytime_p_value=_rounded(found.p_value, 6),
            once_interval=IntervalOut.of(found.once_interval) if found.once_interval else None,
            once_p_value=_rounded(found.once_p_value, 6),
            sharpened=found.sharpened,
        )


class CompanyOut(Output, frozen=True):
    """Whether both groups were equally much in something else."""

    what: str
    contacted: Annotated[float, Meta(description="Share of those who had any.")]
    held_out: float
    p_value: float

    @classmethod
    def of(cls, one: rule.Company) -> "CompanyOut":
        return cls(
            what=one.what,
            contacted=round(one.contacted, DIGITS),
            held_out=round(one.held_out, DIGITS),
            p_value=round(one.p_value, 6),
        )


class ReadingOut(Output, frozen=True):
    """What it says at this moment."""

    at: datetime
    verdict: Annotated[
        str,
        Meta(description="better, worse, no_difference_of_that_size, not_yet or withheld, of the primary outcome."),
    ]
    why: Annotated[str, Meta(description="It is withheld: split_is_wrong or other_pilots_overlap.")]
    warnings: list[str]
    refused: Annotated[Mapping[str, int], Meta(description="Tasks that a guardrail refused, by its name.")]
    drawn: ByArm
    judged: ByArm
    excluded: Annotated[Mapping[str, Mapping[str, int]], Meta(description="By reason, then by group.")]
    waiting: Annotated[int, Meta(description="Drawn, and neither judged nor left out: their windows are not over.")]
    split_p_value: float
    company: list[CompanyOut]
    primary: EffectOut | None
    others: Annotated[list[EffectOut], Meta(description="Seen from the side: they decide nothing.")]
    missing_people: int
    missing_days: Annotated[int | None, Meta(description="At the pace of until now; null: nobody comes.")]

    @classmethod
    def of(cls, told: Reading) -> "ReadingOut":
        return cls(
            at=told.at,
            verdict=told.verdict,
            why=told.why,
            warnings=list(told.warnings),
            refused=told.refused,
            drawn=told.drawn,
            judged=told.judged,
            excluded=told.excluded,
            waiting=told.waiting,
            split_p_value=round(told.split_p_value, 6),
            company=[CompanyOut.of(one) for one in told.company],
            primary=EffectOut.of(told.primary) if told.primary else None,
            others=[EffectOut.of(one) for one in told.others],
            missing_people=told.missing_people,
            missing_days=told.missing_days,
        )


class EvidenceOut(Output, frozen=True):
    """What it said when it was decided, widened or stopped, as it was kept then."""

    at: datetime
    cause: str
    by: str
    why: str
    verdict: str
    reading: Annotated[Mapping[str, Any], Meta(description="All of it, by the names of then.")]

    @classmethod
    def of(cls, kept: Evidence) -> "EvidenceOut":
        return cls(
            at=kept.at,
            cause=kept.cause.value,
            by=kept.by,
            why=kept.why,
            verdict=str(kept.reading.get("verdict", "")),
            reading=kept.reading,
        )


class PilotReport(Output, frozen=True):
    """All there is of a pilot. It tells of nobody, and stays when customers are erased."""

    pilot: PilotOut
    verdict: Annotated[str, Meta(description="The one look's, once it found something; else that of this moment.")]
    reading: Annotated[ReadingOut | None, Meta(description="Null before it was started.")]
    evidence: list[EvidenceOut]

    @classmethod
    def of(
        cls, pilot: PilotOut, verdict: str, reading: Reading | None, evidence: tuple[Evidence, ...]
    ) -> "PilotReport":
        return cls(
            pilot=pilot,
            verdict=verdict,
            reading=ReadingOut.of(reading) if reading else None,
            evidence=[EvidenceOut.of(kept) for kept in evidence],
        )


def _rounded(value: float | None, digits: int = DIGITS) -> float | None:
    return None if value is None else round(value, digits)


class OutreachReport(Output, frozen=True):
    """What a quarter says of all plays together. It tells of nobody, and stays when customers are erased."""

    quarter: str
    begins_at: datetime
    ends_at: datetime
    draws_until: Annotated[datetime | None, Meta(description="Who has her first occasion later is not compared.")]
    window_days: Annotated[int, Meta(description="For how long it is looked what becomes of somebody.")]
    hold_out: Annotated[float, Meta(description="The share that no play contacts, as it is set now.")]
    over: Annotated[bool, Meta(description="The quarter is, and with it all windows: nothing more comes.")]
    verdict: Annotated[
        str,
        Meta(
            description="better, worse, no_difference_of_that_size, not_yet or withheld, of the primary outcome;"
            " undecided: the quarter is over without an answer; nobody_held_out: nobody is, so nothing is found out."
        ),
    ]
    why: Annotated[str, Meta(description="It is withheld: split_is_wrong.")]
    at: datetime
    minimum_difference: Annotated[float, Meta(description="The smallest worth finding, of a share.")]
    drawn: BothGroups
    judged: BothGroups
    excluded: Annotated[Mapping[str, Mapping[str, int]], Meta(description="By reason, then by group.")]
    waiting: Annotated[int, Meta(description="Drawn, and neither judged nor left out: their windows are not over.")]
    split_p_value: float
    primary: EffectOut | None
    others: Annotated[list[EffectOut], Meta(description="Seen from the side: they decide nothing.")]
    links: Links = field(name="_links")

    @classmethod
    def of(cls, found: OfAllPlays, links: dict[str, str]) -> "OutreachReport":
        told, design = found.reading, found.pilot.design
        return cls(
            quarter=found.quarter.name,
            begins_at=found.quarter.begins,
            ends_at=found.quarter.ends,
            draws_until=found.pilot.plan.draws_until,
            window_days=design.window_days,
            hold_out=found.hold_out,
            over=found.over,
            verdict=found.verdict,
            why=told.why,
            at=told.at,
            minimum_difference=design.minimum,
            drawn={group: told.drawn[group] for group in told.judged},
            judged=told.judged,
            excluded=told.excluded,
            waiting=told.waiting,
            split_p_value=round(told.split_p_value, 6),
            primary=EffectOut.of(told.primary) if told.primary else None,
            others=[EffectOut.of(one) for one in told.others],
            links=links,
        )
