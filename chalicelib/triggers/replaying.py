"""Stored mail is to be read again: by days, or what lies in quarantine. Whoever operates the stage calls this."""

from typing import Any

from chalice import Blueprint

from chalicelib.cases import archive
from chalicelib.telemetry import logger

bp = Blueprint(__name__)
WRAP_UP_MS = 20_000


# Chalice hands a plain function what Lambda gave it, (event, context), and no event of its own as kit.observed expects.
@bp.lambda_function(name="replay_mail")
@logger.inject_lambda_context(clear_state=True)
def replay_mail(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`{"days": ["2026-11-01", …], "quarantine": false, "after": null}` queues the mail of these days again and
    answers `{"announced": n, "after": cursor}`; with a cursor, it ran out of time and wants to be called again.

    Raises Invalid for what is no such request."""
    asked = archive.Asked.of(event)
    announced, after = archive.announce(asked, lambda: context.get_remaining_time_in_millis() < WRAP_UP_MS)
    logger.info("replay_announced", announced=announced, left=after is not None)
    return {"announced": announced, "after": after}
