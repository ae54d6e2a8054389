"""What does a night do with each customer, and what does it publish? The jobs `calibration` and `tiers`.

Each customer goes into the statistics of her part; who has another standing by now, because time passed or because the
table was renewed, is to be judged. At the end the parts add up to one Calibration, the only row all functions read.
Everybody is judged by it in the night that follows: a day is nothing to a grace period of weeks. Only after the first
one, and where an operator asked for it, the job `tiers` judges everybody at once.
"""

import json
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.customers import calibration, tiers
from chalicelib.customers.calibration import Statistics
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import JudgeTier, Message
from chalicelib.model.calibration import Calibration, Snapshot
from chalicelib.model.customer import Customer
from chalicelib.model.policy import Policy
from chalicelib.model.sweep import Sweep
from chalicelib.model.value import Parameters
from chalicelib.sweeps import progress

CALIBRATION, TIERS = "calibration", "tiers"  # the jobs' names


def begin(published: Calibration, at: datetime, *, judge: bool = False) -> dict[str, Any]:
    """What all parts of a night count with, as the sweep keeps it: another night may publish meanwhile. `judge`: have
    everybody judged by what it publishes, as soon as it did."""
    past = calibration.past_of(published.snapshots, at)
    return {
        "at": clock.iso(at),
        "parameters": asdict(published.learnt),
        "past": {**asdict(past), "at": clock.iso(past.at)} if past else None,
        "judge": judge or not published.table.values,
    }


@dataclass(frozen=True, slots=True)
class Gathering:
    """The statistics of a part."""

    statistics: Statistics
    policy: Policy
    now: datetime

    def look_at(self, customer: Customer) -> Iterable[Message]:
        self.statistics.add(customer.value, customer.tier)
        return _to_judge(customer, self.policy, self.now)

    def to_bytes(self) -> bytes:
        return zlib.compress(json.dumps(self.statistics.to_json(), separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Judging:
    """Nothing is gathered where everybody is only judged."""

    policy: Policy
    now: datetime

    def look_at(self, customer: Customer) -> Iterable[Message]:
        return _to_judge(customer, self.policy, self.now)

    def to_bytes(self) -> bytes:
        return b""


@dataclass(frozen=True, slots=True)
class Night:
    """`policy`: the company's; `stored`: what was published last, read anew, to judge by and to be replaced."""

    policy: Callable[[], Policy]
    stored: Callable[[], Calibration]

    def gathering(self, sweep: Sweep, gathered: bytes, now: datetime) -> Gathering:
        statistics = _statistics(sweep.given, gathered)
        return Gathering(statistics, self.current_policy(), max(now, statistics.at))

    def conclusion(self, sweep: Sweep, gathered: Iterable[bytes]) -> Decision:
        whole = _statistics(sweep.given, b"")
        for part in gathered:
            whole.merge(_statistics(sweep.given, part))
        before = self.stored()
        if not whole.customers:
            return Decision(reason="nobody is there")
        if before.at and before.at >= whole.at:
            return Decision(reason="a later night was quicker")
        published = calibration.renewed(before, whole, self.policy().tiers, sweep.run)
        if not sweep.given.get("judge"):
            return Decision((published,), reason="published")
        judging = progress.begin(TIERS, sweep.run, {"at": sweep.given["at"]}, sweep.parts, whole.at)
        return Decision((published, *judging.changes), judging.messages, "published, to be judged by at once")

    def current_policy(self) -> Policy:
        return replace(self.policy(), calibration=self.stored())


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everybody is judged by what was published last."""

    night: Night

    def gathering(self, sweep: Sweep, _gathered: bytes, now: datetime) -> Judging:
        return Judging(self.night.current_policy(), max(now, clock.from_iso(sweep.given["at"])))

    def conclusion(self, _sweep: Sweep, _gathered: Iterable[bytes]) -> Decision:
        return Decision(reason="judged")


def _to_judge(customer: Customer, policy: Policy, now: datetime) -> Iterable[Message]:
    if not tiers.judged(customer, policy, now).changes:
        return ()
    run = policy.calibration.run
    return (JudgeTier(customer_id=customer.id, as_of=clock.iso(now), run=run, bulk=True),)


def _statistics(given: Mapping[str, Any], gathered: bytes) -> Statistics:
    at, parameters, past = clock.from_iso(given["at"]), Parameters(**given["parameters"]), None
    if told := given.get("past"):
        past = Snapshot(**{**told, "at": clock.from_iso(told["at"])})
    if not gathered:
        return Statistics(at=at, parameters=parameters, past=past)
    return Statistics.from_json(json.loads(zlib.decompress(gathered)), at, parameters, past)
