"""A pass over all customers now, not only at night: started by the function the night starts, watched until its end."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from infra.cloud import Cloud
from infra.hub import as_the_stage
from infra.stack import Stack
from infra.trouble import Trouble

FUNCTION = "Calibrate"
PATIENCE = 6 * 3600  # seconds: a hundred million customers take some three hours


@dataclass(frozen=True)
class Outcome:
    """A run that is closed, and what holds since."""

    customers: int
    seconds: float
    published: bool
    thresholds: dict[str, float]  # tier → index it is won at


def start(cloud: Cloud, stack: Stack) -> str:
    """Starts a run of its own name, and returns the name."""
    run = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    found = cloud.client("cloudformation").describe_stack_resource(StackName=stack.name, LogicalResourceId=FUNCTION)
    answer = cloud.client("lambda").invoke(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"], Payload=json.dumps(_event(cloud, run)).encode()
    )
    said = json.loads(answer["Payload"].read() or b"null")
    if "FunctionError" in answer:
        why = (said or {}).get("errorMessage") or answer["FunctionError"]
        raise Trouble(f"calibrate failed: {' '.join(str(why).split())}; its log is /liana/{stack.stage}/calibrate")
    return str(said["run"])


def outcome_of(cloud: Cloud, stack: Stack, run: str) -> Outcome | None:
    """None while it is under way. Reads the stage's table with the operator's own credentials."""
    from chalicelib.customers.night import CALIBRATION
    from chalicelib.storage import calibration, sweeps

    with as_the_stage(cloud, stack):
        sweep = sweeps.run(CALIBRATION, run)
        if sweep is None or sweep.closed_at is None:
            return None
        stored = calibration.stored()
    bands = stored.bands.bands if stored.bands else ()
    return Outcome(
        customers=sweep.customers,
        seconds=(sweep.closed_at - sweep.started_at).total_seconds(),
        published=stored.run.startswith(run),  # or the one that follows the first at once
        thresholds={band.tier: band.up_at for band in bands},
    )


def wait(
    cloud: Cloud,
    stack: Stack,
    run: str,
    look: Callable[[Cloud, Stack, str], Outcome | None] = outcome_of,
    patience: float = PATIENCE,
) -> Outcome:
    """Until the run is closed; Trouble when it is not in time."""
    deadline = time.monotonic() + patience
    while (outcome := look(cloud, stack, run)) is None:
        if time.monotonic() > deadline:
            raise Trouble(f"run {run} is not over: look for BackgroundDeadLetters with make status, then make redrive")
        time.sleep(cloud.pause)
    return outcome


def told(outcome: Outcome) -> str:
    """The figures in one line."""
    seen = f"{outcome.customers:,} customers in {outcome.seconds:,.0f} s"
    if not outcome.published:
        return f"recalibrate: {seen}; nothing published: there is nobody, or a later run was quicker"
    won = ", ".join(f"{tier} at {up_at:.1f}" for tier, up_at in outcome.thresholds.items())
    return f"recalibrate: {seen}; {won}"


def _event(cloud: Cloud, run: str) -> dict[str, Any]:
    """As the schedule sends it, with a name for the run."""
    return {
        "version": "0",
        "id": "recalibrate",
        "detail-type": "Scheduled Event",
        "source": "liana.operator",
        "account": "000000000000",
        "region": cloud.region,
        "time": run,
        "resources": [],
        "detail": {"run": run},
    }
