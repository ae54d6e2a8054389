"""Figures."""

from datetime import date
from typing import Annotated

from msgspec import Meta, field

from chalicelib.insight.reports import self_service as report
from chalicelib.insight.statistics import Interval, Share
from chalicelib.triggers.answers.shared import Links, Output

Rate = Annotated[float | None, Meta(description="0 to 1; null: of too few to tell.")]
MinorUnits = Annotated[int, Meta(description="In minor units of the stage's currency.")]
DIGITS = 4


class IntervalOut(Output, frozen=True):
    """Of 95 %."""

    low: float
    high: float

    @classmethod
    def of(cls, interval: Interval) -> "IntervalOut":
        return cls(low=round(interval.low, DIGITS), high=round(interval.high, DIGITS))


class SelfServiceLine(Output, frozen=True):
    """Requests of one name: a topic, a tier, a way or a period."""

    name: Annotated[str, Meta(description="Empty: none is known. (others): topics of fewer than 5 requests, together.")]
    requests: int
    person: Annotated[int, Meta(description="A person was turned to about it within the window.")]
    served: Annotated[int, Meta(description="An answer was shown, and nobody was turned to.")]
    unserved: Annotated[
        int, Meta(description="Nobody was turned to either, but there was no answer, or it did not help.")
    ]
    provisional: Annotated[int, Meta(description="Requests that may still be counted otherwise.")]
    index: Annotated[Rate, Meta(description="The self-service index: 1 - person / requests.")]
    interval: IntervalOut | None
    answered_index: Annotated[Rate, Meta(description="The stricter one: served / requests.")]
    person_cost: Annotated[MinorUnits, Meta(description="What the persons cost.")]
    answer_cost: Annotated[MinorUnits, Meta(description="What the answers cost that served.")]
    saved: Annotated[
        MinorUnits, Meta(description="What persons would have cost more. A claim, unless a comparison proves it.")
    ]

    @classmethod
    def of(cls, line: report.Line) -> "SelfServiceLine":
        return cls(
            name=line.name,
            requests=line.requests,
            person=line.person,
            served=line.served,
            unserved=line.unserved,
            provisional=line.provisional,
            index=line.index,
            interval=IntervalOut.of(line.interval) if line.interval else None,
            answered_index=line.answered_index,
            person_cost=line.person_cost,
            answer_cost=line.answer_cost,
            saved=line.saved,
        )


class ChangeOut(Output, frozen=True):
    """Against as many days before. Nobody was held out: other things may have changed it, too."""

    requests: Annotated[int, Meta(description="Of the days before.")]
    person: int
    index: Rate
    by: Annotated[float, Meta(description="How much higher the index is now.")]
    interval: IntervalOut

    @classmethod
    def of(cls, change: report.Change) -> "ChangeOut":
        before = change.before
        return cls(
            requests=before.requests,
            person=before.person,
            index=before.index,
            by=change.by,
            interval=IntervalOut.of(change.interval),
        )


class GroupOut(Output, frozen=True):
    requests: Annotated[int, Meta(description="One a month of everybody who asked.")]
    person: int
    rate: Rate

    @classmethod
    def of(cls, share: Share) -> "GroupOut":
        return cls(requests=share.of, person=share.events, rate=round(share.rate, DIGITS) if share.of else None)


class FoundOut(Output, frozen=True):
    """What the groups say. Positive: answers that come unasked spare people."""

    difference: Annotated[float, Meta(description="Share of the held out that turned to a person, less the others'.")]
    interval: Annotated[IntervalOut, Meta(description="If one looks once, when it was planned.")]
    p_value: Annotated[float, Meta(description="Likewise.")]
    lift: Annotated[float | None, Meta(description="By what part fewer (negative) or more turned to a person.")]
    lift_interval: IntervalOut | None
    anytime_interval: Annotated[IntervalOut | None, Meta(description="However often one looks.")]
    anytime_p_value: Annotated[float | None, Meta(description="Likewise.")]
    saved: Annotated[MinorUnits, Meta(description="By those who were shown answers, less what these cost.")]
    saved_low: Annotated[int | None, Meta(description="At least so much, however often one looks.")]
    saved_high: int | None

    @classmethod
    def of(cls, one: report.Comparison) -> "FoundOut":
        lift, anytime, saved = one.lift, one.anytime, one.saved_between
        return cls(
            difference=round(one.difference, DIGITS),
            interval=IntervalOut.of(one.interval),
            p_value=round(one.p_value, 6),
            lift=round(lift[0], DIGITS) if lift else None,
            lift_interval=IntervalOut.of(lift[1]) if lift else None,
            anytime_interval=IntervalOut.of(anytime.interval) if anytime else None,
            anytime_p_value=round(anytime.p_value, 6) if anytime else None,
            saved=one.saved,
            saved_low=int(saved.low) if saved else None,
            saved_high=int(saved.high) if saved else None,
        )


class ComparisonOut(Output, frozen=True):
    """Those who were shown answers unasked, and those who were shown none, while this share was held out."""

    hold_out: float
    held: GroupOut
    shown: GroupOut
    state: Annotated[
        str,
        Meta(
            description="`told`; `not_enough_yet`: fewer than 200 in a group, or fewer than 30 in it who turned to a"
            " person or did not; `split_is_wrong`: the groups are not as large as the draw makes them, so nothing is"
            " told: somebody was lost on the way into one."
        ),
    ]
    split_p_value: float
    found: Annotated[FoundOut | None, Meta(description="Null unless it is told.")]

    @classmethod
    def of(cls, one: report.Comparison) -> "ComparisonOut":
        state = "told" if one.tells else "not_enough_yet" if one.sound else "split_is_wrong"
        return cls(
            hold_out=one.share,
            held=GroupOut.of(one.held),
            shown=GroupOut.of(one.shown),
            state=state,
            split_p_value=round(one.split_p_value, 6),
            found=FoundOut.of(one) if one.tells else None,
        )


class SelfServiceReport(Output, frozen=True):
    """How much was served without a person, by the day a matter was asked about first. It stays when customers are
    erased."""

    first: date = field(name="from")
    last: date = field(name="to")
    final_before: Annotated[date, Meta(description="Requests of earlier days are counted for good.")]
    served_after_days: Annotated[int, Meta(description="The window in which a person is turned to, or is not.")]
    total: SelfServiceLine
    items: list[SelfServiceLine]
    unproven: Annotated[int, Meta(description="Questions of nobody who could be seen again: not among the requests.")]
    change: Annotated[ChangeOut | None, Meta(description="Null for more than 92 days, and with nothing before.")]
    comparisons: list[ComparisonOut]
    links: Links = field(name="_links")
