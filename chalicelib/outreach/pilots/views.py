"""What is shown of pilots."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.configuration import policy
from chalicelib.kernel.errors import Malformed, NotFound
from chalicelib.model.page import Page
from chalicelib.model.pilot import Cause, Evidence, Pilot, PilotState
from chalicelib.outreach import holding_out
from chalicelib.outreach.holding_out import Quarter
from chalicelib.outreach.pilots import service
from chalicelib.outreach.pilots.reading import NOT_YET, WITHHELD, Reading
from chalicelib.storage import pilots as storage
from chalicelib.storage import plays

NOBODY_HELD_OUT, UNDECIDED = "nobody_held_out", "undecided"  # of the company-wide hold-out


@dataclass(frozen=True, slots=True)
class Report:
    """A pilot, what it says by now, and what was kept when it mattered, the oldest first."""

    pilot: Pilot
    reading: Reading | None
    evidence: tuple[Evidence, ...]

    @property
    def verdict(self) -> str:
        """What the one look found counts, for whoever looks again finds more than there is; else what stands however
        often one looks. Nothing counts while everything is withheld."""
        now = self.reading.verdict if self.reading else NOT_YET
        once = next((kept.reading.get("verdict") for kept in self.evidence if kept.cause is Cause.PLANNED), NOT_YET)
        return now if now == WITHHELD or once == NOT_YET else str(once)


@dataclass(frozen=True, slots=True)
class OfAllPlays:
    """What a quarter says of all plays together. `hold_out` is the share of now, whatever it was then."""

    quarter: Quarter
    pilot: Pilot
    hold_out: float
    reading: Reading
    over: bool

    @property
    def verdict(self) -> str:
        """That of the reading, unless nobody was drawn and nobody will be, or nothing more comes."""
        said = self.reading.verdict
        if not sum(self.reading.drawn.values()) and (self.over or not self.hold_out):
            return NOBODY_HELD_OUT
        return UNDECIDED if said == NOT_YET and self.over else said


def pilots(after: str | None, limit: int) -> Page[Pilot]:
    return storage.pilots(after, limit)


def report(pilot_id: str, now: datetime) -> Report:
    """17 Queries: the pilot with its evidence, and the sums. Raises NotFound."""
    pilot, evidence = storage.with_evidence(pilot_id)
    if pilot is None:
        raise NotFound("there is no such pilot")
    began = pilot.state in (PilotState.RUNNING, PilotState.STOPPED)
    told = sorted(evidence, key=lambda kept: (kept.at, kept.id))
    return Report(pilot, service.read(pilot, now) if began else None, tuple(told))


def of_play(name: str, now: datetime) -> Report:
    """Of the pilot that decides whom the play contacts now. Raises NotFound."""
    record = plays.play(name)
    if record is None or record.pilot is None:
        raise NotFound("this play has no pilot now; GET /v1/pilots shows those it had")
    return report(record.pilot.id, now)


def of_all_plays(name: str, now: datetime) -> OfAllPlays:
    """Of a quarter, the current one if none is named: 16 Queries. Raises Malformed for one that has not begun."""
    current = holding_out.quarter_of(now)
    quarter = holding_out.quarter_named(name) if name else current
    if quarter > current:
        raise Malformed(f"This quarter has not begun; the current one is {current.name}.", "/quarter")
    pilot = holding_out.pilot_of(quarter)
    return OfAllPlays(
        quarter=quarter,
        pilot=pilot,
        hold_out=policy().outreach.hold_out,
        reading=service.read(pilot, now),
        over=now >= quarter.ends,
    )
