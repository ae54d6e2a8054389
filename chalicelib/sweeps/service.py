"""What is done about sweeps: start one, go on with a part of it, end it. Each may come twice and is done once."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.gateways import queues
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.kernel.messages import Lane, Message, lane_of, to_json
from chalicelib.storage import customers
from chalicelib.storage import sweeps as storage
from chalicelib.storage.commit import Refused, commit, settle
from chalicelib.storage.keys import POPULATION_SHARDS
from chalicelib.sweeps import progress
from chalicelib.sweeps.job import Jobs
from chalicelib.telemetry import logger

PAGE = 1_000  # customers read at once: what a worker holds in memory
SLICE = 20_000  # customers, some ten seconds: what is done again when a worker dies


def start(job: str, run: str, given: Mapping[str, Any]) -> bool:
    """Starts a run of a job over everybody. False: this run was started before, and goes on as it did.

    `given` is what all parts must agree on; it is kept with the run."""
    try:
        commit(progress.begin(job, run, given, POPULATION_SHARDS, clock.now()))
    except Refused:
        return False
    logger.info("sweep_started", job=job, run=run)
    return True


def go_on(jobs: Jobs, job: str, run: str, number: int, after: str, out_of_time: Callable[[], bool]) -> int:
    """Takes a part one slice further, from behind the customer `after`; returns how many it saw. Slices end after
    SLICE customers, or with the page in which time runs out; what does not fit a part's place is left alone."""
    now = clock.now()
    sweep, part = storage.part(job, run, number)
    if sweep is None or not progress.is_next(sweep, part, after, now):
        return 0
    part = part or progress.unbegun(sweep, number)
    gathering = jobs[job].gathering(sweep, part.gathered, now)
    upto: str | None = after
    seen, caused = 0, 0
    while upto is not None:
        page = customers.population(number, upto, PAGE)
        caused += _send([message for customer in page.items for message in gathering.look_at(customer)])
        seen, upto = seen + len(page.items), page.next
        if seen >= SLICE or out_of_time():
            break
    try:
        commit(progress.advanced(part, upto, seen, gathering.to_bytes()))
    except Refused:  # another worker had the same message, and took the part as far
        return 0
    logger.info("sweep_went_on", job=job, run=run, part=number, seen=seen, caused=caused, done=upto is None)
    return seen


def end(jobs: Jobs, job: str, run: str) -> bool:
    """Closes a run whose last part is done, with what the job makes of it. False: it is not over, or closed already."""
    now = clock.now()

    def decide() -> tuple[Decision, bool]:
        sweep, parts = storage.whole(job, run)
        if sweep is None or not progress.is_over(sweep, parts):
            return Decision(), False
        conclusion = jobs[job].conclusion(sweep, (part.gathered for part in parts))
        return progress.closed(sweep, parts, conclusion, now), True

    decision, closed = settle(decide)
    if closed:
        logger.info("sweep_closed", job=job, run=run, reason=decision.reason)
    return closed


def _send(caused: list[Message]) -> int:
    """At least once, before the row says so: in its outbox they would keep the relay from what people wait for."""
    lanes: defaultdict[Lane, list[str]] = defaultdict(list)
    for message in caused:
        lanes[lane_of(message)].append(to_json(message))
    for lane, bodies in lanes.items():
        queues.queues.send(lane, bodies)
    return len(caused)
