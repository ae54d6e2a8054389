"""Why a play contacts somebody or not, and what it came to."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, field

from chalicelib.model.brake import Brake
from chalicelib.model.customer import Customer
from chalicelib.outreach.braking import Reading
from chalicelib.outreach.explaining import WhyNot
from chalicelib.outreach.figures import Day
from chalicelib.outreach.plays.base import Running
from chalicelib.triggers.answers.shared import Links, Output
from chalicelib.triggers.answers.tasks import TaskOut


class GuardrailOut(Output, frozen=True):
    rule: str
    says: Annotated[str, Meta(description="`passes`, `refuses`, `postpones`, or `passed_by`: it is not asked.")]
    why: str
    until: datetime | None


class ChannelOut(Output, frozen=True):
    channel: str
    possible: bool
    why: Annotated[str, Meta(description="How its score came about, or what is in the way.")]
    score: float


class WhyNotOut(Output, frozen=True):
    """What would decide, if the play wanted to contact her now. `decides` names the first guardrail in the way; empty:
    none is. `task` is the newest that this play planned for her; null: she never had an occasion."""

    customer_id: str
    play: str
    state: Annotated[str, Meta(description="Of the play: off, running, paused, stopped.")]
    decides: str
    guardrails: list[GuardrailOut]
    channel: Annotated[str, Meta(description="The one that would be used.")]
    channels: list[ChannelOut]
    pilot_id: str
    arm: Annotated[str, Meta(description="Of the pilot, if there is one: contacted, held_out or outside.")]
    task: TaskOut | None
    links: Links = field(name="_links")

    @classmethod
    def of(cls, customer: Customer, running: Running, said: WhyNot, links: dict[str, str]) -> "WhyNotOut":
        return cls(
            customer_id=customer.id,
            play=running.play.name,
            state=running.state.value,
            decides=said.decides,
            guardrails=[GuardrailOut(one.rule, one.says, one.why, one.until) for one in said.said],
            channel=said.channel,
            channels=[ChannelOut(one.channel, one.possible, one.why, one.score) for one in said.channels],
            pilot_id=said.pilot_id,
            arm=said.arm,
            task=TaskOut.of(said.task) if said.task else None,
            links=links,
        )


class OutreachOut(Output, frozen=True):
    """Whether anything is sent to customers first, and what was counted in the last seven days."""

    braked: bool
    why: Annotated[str, Meta(description="The brake was pulled, the last time.")]
    at: Annotated[datetime | None, Meta(description="It was pulled or released.")]
    by: Annotated[str, Meta(description="Who released it; empty: nobody, or it is pulled.")]
    released_because: str
    sent: int
    bounced: Annotated[int, Meta(description="For good.")]
    complained: int

    @classmethod
    def of(cls, brake: Brake, counted: Reading) -> "OutreachOut":
        return cls(
            braked=brake.pulled,
            why=brake.why,
            at=brake.at,
            by=brake.by,
            released_because=brake.released_because,
            sent=counted.sent,
            bounced=counted.bounced,
            complained=counted.complained,
        )


class PlayDayOut(Output, frozen=True):
    day: date | None
    counted: Annotated[Mapping[str, int], Meta(description="Tasks that came to each state that day; planned included.")]
    refused: Annotated[Mapping[str, int], Meta(description="Tasks each guardrail refused, the most first.")]

    @classmethod
    def of(cls, day: Day) -> "PlayDayOut":
        return cls(day=day.day, counted=day.counted, refused=day.refused)


class PlayFiguresOut(Output, frozen=True):
    """Days by UTC on which nothing was counted are left out."""

    play: str
    first: date
    last: date
    total: PlayDayOut
    items: list[PlayDayOut]
