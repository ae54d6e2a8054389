"""What is done about complaints: look, from time to time while something is sent, and stop by itself."""

import time

from chalicelib.configuration import policy
from chalicelib.kernel import clock
from chalicelib.kernel.decision import Decision
from chalicelib.model.brake import Brake
from chalicelib.outreach import braking
from chalicelib.outreach.braking import Reading
from chalicelib.storage import brakes, campaigns
from chalicelib.storage.commit import settle
from chalicelib.telemetry import Counted, count, logger

LOOKED_EVERY = 60.0  # seconds, in each process that sends
_looked: list[float] = []


def braked() -> bool:
    """Whether nothing may be sent first. Fifteen seconds old at most; whoever sends asks the row itself. While
    something is sent each process looks at the counts once a minute: nothing runs while nothing is sent."""
    if not _looked or time.monotonic() >= _looked[0] + LOOKED_EVERY:
        _looked[:] = [time.monotonic()]
        look()
    return brakes.fresh_brake().pulled


def look() -> Reading:
    """Pulls the brake if it must be. Seven BatchGets."""
    counts = brakes.counts(braking.days_until(clock.now().date()))

    def decide() -> tuple[Decision, Brake]:
        known = brakes.brake()
        return braking.judged(counts, known, policy().outreach, clock.now()), known

    decision, known = settle(decide)
    reading = braking.read(counts, known, policy().outreach)
    if decision.changes:
        count(Counted.OUTREACH_BRAKED)
        logger.error("outreach_braked", why=reading.why)
        brakes.forget()
    elif reading.warns and not known.pulled:
        count(Counted.OUTREACH_COMPLAINED)
        logger.warning("outreach_complained", complained=reading.complained, sent=reading.sent)
    return reading


def complained(campaign_id: str) -> None:
    """Somebody complained just now: the counts are looked at, and those of her campaign, if she is of one, rather than
    within the minute. Where it stands still already, one read says so."""
    if not brakes.fresh_brake().pulled:
        look()
    if campaign_id:
        _look_at(campaign_id)


def _look_at(campaign_id: str) -> None:
    """Pauses a campaign that too many complained of: a read by key, 16 Queries, and a write if it must be."""

    def decide() -> tuple[Decision, None]:
        campaign = campaigns.campaign(campaign_id)
        if campaign is None or campaign.state not in braking.SENDING:
            return Decision(reason="stands still"), None
        return braking.of_campaign(campaign, campaigns.figures(campaign_id), policy().outreach, clock.now()), None

    decision, _ = settle(decide)
    if decision.changes:
        count(Counted.OUTREACH_BRAKED)
        logger.error("campaign_braked", campaign=campaign_id, reason=decision.reason)


def shown() -> tuple[Brake, Reading]:
    """The brake as it stands, and what was counted in the last seven days."""
    known = brakes.brake()
    return known, braking.read(brakes.counts(braking.days_until(clock.now().date())), known, policy().outreach)


def release(*, by: str, because: str) -> Brake:
    """Sending goes on, on a person's word."""
    counts = brakes.counts(braking.days_until(clock.now().date()))

    def decide() -> tuple[Decision, Brake]:
        known = brakes.brake()
        decision = braking.released(counts, known, by=by, because=because, now=clock.now())
        return decision, next((change for change in decision.changes if isinstance(change, Brake)), known)

    decision, freed = settle(decide)
    brakes.forget()
    logger.info("outreach_released", reason=decision.reason)
    return freed


def forget() -> None:
    """As a process begins."""
    _looked.clear()
    brakes.forget()
