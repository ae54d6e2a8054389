"""The whole knowledge base indexed anew: ordered with the operator's own credentials, done by the stage itself."""

import time
from dataclasses import dataclass

from infra.cloud import Cloud
from infra.hub import as_the_stage
from infra.stack import Stack
from infra.trouble import Trouble

PATIENCE = 3600  # seconds


@dataclass(frozen=True)
class Outcome:
    number: int
    documents: int
    megabytes: float


def start(cloud: Cloud, stack: Stack) -> int:
    """Orders it; returns the number of the snapshot that is searched now, 0 for none."""
    from chalicelib.knowledge import building
    from chalicelib.storage import search

    with as_the_stage(cloud, stack):
        newest = search.newest()
        building.order()
    return newest.number if newest else 0


def outcome_of(cloud: Cloud, stack: Stack, before: int) -> Outcome | None:
    """None while it is under way."""
    from chalicelib.storage import search

    with as_the_stage(cloud, stack):
        work = search.work()
        if work.build.rebuild or work.newest is None or work.newest.number <= before:
            return None
        (snapshot,) = search.snapshots((work.newest.number,))
    return Outcome(snapshot.number, snapshot.documents, round(snapshot.size / 1e6, 1))


def wait(cloud: Cloud, stack: Stack, before: int, patience: float = PATIENCE) -> Outcome:
    """Raises Trouble when it takes longer than that: it goes on all the same."""
    until = time.monotonic() + patience
    while (found := outcome_of(cloud, stack, before)) is None:
        if time.monotonic() > until:
            raise Trouble(f"it is still under way; its log is /liana/{stack.stage}/background")
        time.sleep(cloud.pause)
    return found


def told(outcome: Outcome) -> str:
    return f"snapshot {outcome.number}: {outcome.documents} texts, {outcome.megabytes} MB"
