"""What does a night do with each customer, and what does it publish? The job `calibration`.

Each customer goes into the statistics of her part; who has another standing by now, because time passed or because the
table was renewed, is to be judged. At the end the parts add up to one Calibration, the only row all functions read. The
first night, and the first by new tiers, is followed by another at once, which judges everybody by what it made.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.customers import calibration, tiers
from chalicelib.customers.calibration import Statistics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import JudgeTier, Message, RebuildSegments, Recalibrate
from chalicelib.model.calibration import Calibration, Snapshot
from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy
from chalicelib.model.sweep import Sweep
from chalicelib.model.value import Parameters

CALIBRATION = "calibration"  # the job's name
_A_MONTH = timedelta(days=32)


def begin(published: Calibration, at: datetime, erased: Callable[[str], Mapping[str, int]]) -> dict[str, Any]:
    """What all parts of a night count with, as the sweep keeps it: another night may publish meanwhile. `erased`: what
    is left of those who were erased in a month."""
    past = calibration.past_of(published.snapshots, at)
    return {
        "at": clock.iso(at),
        "parameters": asdict(published.learnt),
        "past": {**asdict(past), "at": clock.iso(past.at)} if past else None,
        "margin_of_erased": _margin_of_erased(past, at, erased) if past else 0,
    }


def _margin_of_erased(past: Snapshot, at: datetime, erased: Callable[[str], Mapping[str, int]]) -> int:
    """What those brought whom the forecast of `past` counted and nobody can count any more, by whole months."""
    known_by, months = f"{past.at:%Y-%m}", []
    month = (past.at.replace(day=1) + _A_MONTH).replace(day=1)
    while month <= at:
        months.append(f"{month:%Y-%m}")
        month = (month + _A_MONTH).replace(day=1)
    return sum(
        amount
        for left in map(erased, months)
        for name, amount in left.items()
        if name.startswith("margin.") and name.removeprefix("margin.") <= known_by
    )


@dataclass(frozen=True, slots=True)
class Gathering:
    """The statistics of a part."""

    statistics: Statistics
    policy: Policy
    now: datetime

    def look_at(self, customer: Customer) -> Iterable[Message]:
        self.statistics.add(tiers.of_today(customer).value, customer.tier)
        if not tiers.judged(customer, self.policy, self.now).changes:
            return ()
        return (JudgeTier(customer_id=customer.id, as_of=clock.iso(self.statistics.at), bulk=True),)

    def to_bytes(self) -> bytes:
        return zlib.compress(json.dumps(self.statistics.to_json(), separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Night:
    """`policy`: the company's, with what was published last, to judge by; `stored`: what is replaced."""

    policy: Callable[[], Policy]
    stored: Callable[[], Calibration]

    def gathering(self, sweep: Sweep, gathered: bytes, now: datetime) -> Gathering:
        statistics = _statistics(sweep.given, gathered)
        return Gathering(statistics, self.policy(), max(now, statistics.at))

    def conclusion(self, sweep: Sweep, gathered: Iterable[bytes]) -> Decision:
        whole = _statistics(sweep.given, b"")
        whole.margin_of_past += sweep.given.get("margin_of_erased", 0)
        for part in gathered:
            whole.merge(_statistics(sweep.given, part))
        before = self.stored()
        if not whole.customers:
            return Decision(reason="nobody is there")
        if before.at and before.at >= whole.at:
            return Decision(reason="a later night was quicker")
        tiers_now = self.policy().tiers
        published = calibration.renewed(before, whole, tiers_now, sweep.run)
        following: list[Message] = [RebuildSegments()]
        if calibration.is_new(before, tiers_now):
            following.append(Recalibrate(run=f"{sweep.run}: judged by it", after=clock.iso(whole.at)))
        return Decision((published,), tuple(following), "published")


def _statistics(given: Mapping[str, Any], gathered: bytes) -> Statistics:
    at, parameters, past = clock.from_iso(given["at"]), Parameters(**given["parameters"]), None
    if told := given.get("past"):
        past = Snapshot(**{**told, "at": clock.from_iso(told["at"])})
    if not gathered:
        return Statistics(at=at, parameters=parameters, past=past)
    return Statistics.from_json(json.loads(zlib.decompress(gathered)), at, parameters, past)
