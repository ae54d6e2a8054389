"""What is shown of pilots."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.kernel.errors import NotFound
from chalicelib.model.page import Page
from chalicelib.model.pilot import Cause, Evidence, Pilot, PilotState
from chalicelib.outreach.pilots import service
from chalicelib.outreach.pilots.reading import NOT_YET, WITHHELD, Reading
from chalicelib.storage import pilots as storage
from chalicelib.storage import plays


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
