"""The clock: what is due, what is to be planned, what got lost."""

from typing import Any

from chalice import Blueprint, Cron, Rate

from chalicelib.cases import archive
from chalicelib.cases import service as cases
from chalicelib.customers import night
from chalicelib.customers import service as customers
from chalicelib.outreach import service as outreach
from chalicelib.sweeps import service as sweeps
from chalicelib.telemetry import logger
from chalicelib.triggers.kit import observed, tick_time

bp = Blueprint(__name__)
WRAP_UP_MS = 30_000


@bp.schedule(Rate(1, unit=Rate.MINUTES), name="act_on_due")
@observed
def act_on_due(event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Promises about to break or broken, waits that are over, mail that got stuck."""
    announced = cases.announce_due(tick_time(event))
    logger.info("tick", due=announced)
    return {"announced": announced}


@bp.schedule(Rate(5, unit=Rate.MINUTES), name="plan_outreach")
@observed
def plan_outreach(event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Tasks whose time has come."""
    announced = outreach.announce_due(tick_time(event))
    logger.info("tick", due=announced)
    return {"announced": announced}


@bp.schedule(Rate(15, unit=Rate.MINUTES), name="reconcile_mail")
@observed
def reconcile_mail(_event: dict[str, Any], context: Any) -> dict[str, str | None]:
    """Mail in the bucket that never became an interaction. Out of time, it goes on at the next tick: what it
    has done is filed away and not looked at again."""
    left = archive.reconcile("", lambda: context.get_remaining_time_in_millis() < WRAP_UP_MS)
    logger.info("reconciled", left=left is not None)
    return {"left": left}


@bp.schedule(Cron(0, 3, "*", "*", "?", "*"), name="calibrate")
@observed
def calibrate(event: dict[str, Any], _context: Any) -> dict[str, Any]:
    """Starts the night's pass over all customers, once a day (UTC). An operator names a run of her own in `detail`."""
    at = tick_time(event)
    run = str(event.get("detail", {}).get("run") or f"{at:%Y-%m-%d}")
    return {"run": run, "started": sweeps.start(night.CALIBRATION, run, customers.night_begins(at))}
